#![no_main]
smartcenter_fuzz::decoder!("ndjson", "x.ndjson");
