//! `spbe_indikator`: the yearly self-assessment of digital government, 47 indicators in four domains, CSV.

use super::{Feed, Shipment, Timed, arrived, arriving, periods::moment};
use crate::{
    Envelope, Result, World,
    dice::Dice,
    services::{text, workbook},
};
use chrono::{Datelike, Months, NaiveDate};

const DATASET: &str = "spbe_indikator";
/// Domain as the form writes it, aspect, number of indicators, and weight of one.
const ASPECTS: [(&str, &str, u32, f64); 8] = [
    (
        "Kebijakan Internal SPBE",
        "Kebijakan internal tata kelola SPBE",
        10,
        1.3,
    ),
    ("Tata Kelola SPBE", "Perencanaan strategis SPBE", 4, 2.5),
    ("Tata Kelola SPBE", "Teknologi informasi dan komunikasi", 4, 2.5),
    ("Tata Kelola SPBE", "Penyelenggara SPBE", 2, 2.5),
    ("Manajemen SPBE", "Penerapan manajemen SPBE", 8, 1.5),
    ("Manajemen SPBE", "Audit TIK", 3, 1.5),
    ("Layanan SPBE", "Layanan administrasi pemerintahan", 10, 2.75),
    ("Layanan SPBE", "Layanan publik berbasis elektronik", 6, 3.0),
];

/// The assessment.
pub(crate) struct Assessment;

impl Feed for Assessment {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        // Of a year, at the end of March of the next one; the last one before the history is what a hub starts with.
        let shipment = |year: i32| {
            let day = NaiveDate::from_ymd_opt(year + 1, 3, 28)?;
            let file = Shipment::new(DATASET, format!("spbe_{year}.csv"), moment(day, 15, 0), move |world| {
                Ok(sheet(world, year))
            });
            (day > from - Months::new(12)).then_some(file)
        };
        Ok(arrived((from.year() - 2..=to.year()).filter_map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

fn sheet(world: &World, year: i32) -> Envelope {
    let mut body = String::new();
    text::line(
        &mut body,
        ';',
        &[
            "tahun",
            "kode_indikator",
            "nama_indikator",
            "domain_spbe",
            "aspek",
            "bobot",
            "nilai",
            "penanggung_jawab",
            "bukti_dukung",
        ],
    );
    let mut number = 0;
    for (domain, aspect, count, weight) in ASPECTS {
        for position in 1..=count {
            number += 1;
            let mut dice = Dice::of(world.seed, [891, number, 0]);
            let start = 2.4 + 0.7 * dice.normal();
            let level = (start + 0.22 * f64::from(year - 2022)).round().clamp(1.0, 5.0);
            let office = ["kominfo", "kominfo", "setda", "bappeda", "inspektorat", "bkd"][dice.below(6)];
            // The paper writes a comma, the sheets of the institutions a point.
            let weight = if office == "kominfo" {
                workbook::decimal(weight, 2)
            } else {
                format!("{weight:.1}")
            };
            let cells = [
                &year.to_string(),
                &format!("I{number:02}"),
                &format!("{aspect}, butir {position}"),
                domain,
                aspect,
                &weight,
                &format!("{level:.0}"),
                office,
                "Dokumen kebijakan; tangkapan layar",
            ];
            text::line(&mut body, ';', &cells);
        }
    }
    Envelope::csv(DATASET, &format!("spbe_{year}.csv"), body, number as usize)
}
