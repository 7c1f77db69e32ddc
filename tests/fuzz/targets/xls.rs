#![no_main]
smartcenter_fuzz::decoder!("xls", "x.xls");
