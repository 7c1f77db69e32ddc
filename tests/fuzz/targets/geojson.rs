#![no_main]
smartcenter_fuzz::decoder!("geojson", "x.geojson");
