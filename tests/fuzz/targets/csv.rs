#![no_main]
smartcenter_fuzz::decoder!("csv", "x.csv");
