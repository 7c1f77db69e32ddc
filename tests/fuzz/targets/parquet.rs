#![no_main]
smartcenter_fuzz::decoder!("parquet", "x.parquet");
