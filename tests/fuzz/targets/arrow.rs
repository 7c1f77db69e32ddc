#![no_main]
smartcenter_fuzz::decoder!("arrow", "x.arrow");
