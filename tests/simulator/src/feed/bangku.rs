//! `bangku`: the list of Smart Benches, a small CSV.

use crate::{
    Envelope, Result, World,
    services::{bench, text},
};

const DATASET: &str = "bangku";

/// The file.
pub(crate) fn make(world: &World) -> Result<Envelope> {
    let mut body = String::new();
    text::line(
        &mut body,
        ';',
        &[
            "ID Bangku",
            "Nama Lokasi",
            "Kode Desa",
            "Latitude",
            "Longitude",
            "Tanggal Pasang",
            "Status",
        ],
    );
    let all = bench::benches(world);
    for bench in &all {
        let Some(village) = world.regions.villages.get(bench.village) else {
            continue;
        };
        let [lat, lon] = [village.place.0, village.place.1].map(|degrees| format!("{degrees:.6}"));
        let installed = bench.installed.format("%d/%m/%Y").to_string();
        text::line(
            &mut body,
            ';',
            &[&bench.id, &bench.name, &village.code, &lat, &lon, &installed, "aktif"],
        );
    }
    Ok(Envelope::csv(DATASET, "bangku.csv", body, all.len()))
}
