//! `bangku`: the list of Smart Benches, a small CSV.

use super::{Feed, Shipment, periods::moment};
use crate::{
    Envelope, Result, World,
    services::{bench, text},
};
use chrono::NaiveDate;

const DATASET: &str = "bangku";

/// The benches.
pub(crate) struct Benches;

impl Feed for Benches {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn reference(&self) -> bool {
        true
    }

    fn history(&self, _world: &World, from: NaiveDate, _to: NaiveDate) -> Result<Vec<Shipment>> {
        Ok(vec![Shipment::new(
            DATASET,
            "bangku.csv",
            moment(from, 0, 10),
            |world| Ok(sheet(world)),
        )])
    }
}

fn sheet(world: &World) -> Envelope {
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
    Envelope::csv(DATASET, "bangku.csv", body, all.len())
}
