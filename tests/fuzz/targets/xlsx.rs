#![no_main]
smartcenter_fuzz::decoder!("xlsx", "x.xlsx");
