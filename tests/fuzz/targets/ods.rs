#![no_main]
smartcenter_fuzz::decoder!("ods", "x.ods");
