#![no_main]
smartcenter_fuzz::decoder!("json", "x.json");
