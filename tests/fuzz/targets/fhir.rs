#![no_main]
smartcenter_fuzz::decoder!("fhir", "x.fhir.json");
