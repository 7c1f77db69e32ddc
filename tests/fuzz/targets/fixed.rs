#![no_main]
smartcenter_fuzz::decoder!("fixed", "x.prn");
