//! `kinerja_opd`: targets and results of the institutions by quarter, a workbook with decimal commas. Some do not report.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, quarter_ends},
};
use crate::{
    Envelope, Result, World,
    dice::Dice,
    services::{
        institution, name_number,
        workbook::{self, Cell, Layout},
    },
};
use chrono::{Datelike, NaiveDate};

const DATASET: &str = "kinerja_opd";
/// Name, unit, direction, usual target at the end of the year, source.
const INDICATORS: [(&str, &str, &str, &str, f64, &str); 5] = [
    (
        "iku",
        "Indeks kepuasan masyarakat",
        "indeks",
        "naik",
        86.0,
        "skm_respons",
    ),
    ("iku", "Nilai SAKIP perangkat daerah", "nilai", "naik", 84.5, ""),
    (
        "ikd",
        "Waktu tanggapan pengaduan",
        "hari kerja",
        "turun",
        3.5,
        "pengaduan",
    ),
    ("program", "Serapan anggaran", "%", "naik", 96.0, "anggaran_realisasi"),
    (
        "program",
        "Layanan yang diselesaikan",
        "berkas",
        "naik",
        5200.0,
        "antrean_peristiwa",
    ),
];

/// E-SAKIP.
pub(crate) struct Performance;

impl Feed for Performance {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let quarter = period.from.month().div_ceil(3);
            let name = format!("kinerja_{}_TW{quarter}.xlsx", period.from.year());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(14, 11), move |world| {
                sheet(world, &file, period, quarter)
            })
        };
        Ok(arrived(quarter_ends(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

fn sheet(world: &World, name: &str, period: Period, quarter: u32) -> Result<Envelope> {
    let year = period.from.year();
    let numeral = ["I", "II", "III", "IV"][(quarter as usize).clamp(1, 4) - 1];
    let mut rows = Vec::new();
    for id in institution::employers(world, year) {
        for (position, (level, title, unit, direction, target, source)) in (1u64..).zip(INDICATORS) {
            let mut dice = Dice::of(world.seed, [881, name_number(&id) ^ position, 0]);
            let own = 1.0 + 0.04 * dice.normal();
            let able = 1.0 + 0.07 * dice.normal();
            // Sums grow over the year; indices do not.
            let grown = if matches!(unit, "%" | "berkas") {
                f64::from(quarter) / 4.0
            } else {
                1.0
            };
            let target = target * own * grown;
            let parts = [
                882,
                name_number(&id) ^ position,
                u64::from(quarter) + 10 * u64::from(year.unsigned_abs()),
            ];
            let mut now = Dice::of(world.seed, parts);
            let missing = now.chance(0.08);
            let mut result = target * able * (1.0 + 0.04 * now.normal());
            if unit == "indeks" || unit == "%" {
                result = result.min(100.0);
            }
            rows.push(vec![
                Cell::text(format!("{}-{position:02}", id.to_uppercase())),
                Cell::text(&id),
                Cell::Number(f64::from(year)),
                Cell::text(format!("TW {numeral}")),
                Cell::text(level),
                Cell::text(title),
                Cell::text(unit),
                Cell::text(if direction == "naik" { "positif" } else { "negatif" }),
                Cell::text(workbook::decimal(target, 2)),
                Cell::text(if missing {
                    "belum".to_owned()
                } else {
                    workbook::decimal(result, 2)
                }),
                Cell::text(source),
            ]);
        }
    }
    let layout = Layout {
        sheet: "Capaian",
        titles: &[format!(
            "CAPAIAN KINERJA PERANGKAT DAERAH TRIWULAN {numeral} TAHUN {year}"
        )],
        headers: &[
            "Kode",
            "Perangkat Daerah",
            "Tahun",
            "TW",
            "Jenis Indikator",
            "Indikator Kinerja",
            "Satuan Ukur",
            "Polaritas",
            "Target Triwulan",
            "Realisasi Triwulan",
            "Sumber Data",
        ],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
