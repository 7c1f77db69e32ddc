//! `anggaran_realisasi`: budget and spending by programme, cumulative, a workbook by month with rupiah as text.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, months},
};
use crate::{
    Envelope, Result, World,
    dice::Dice,
    services::{
        institution, name_number,
        workbook::{self, Cell, Layout},
    },
};
use chrono::{Datelike, Days, NaiveDate};

const DATASET: &str = "anggaran_realisasi";
const PROGRAMMES: [&str; 4] = [
    "Penunjang Urusan Pemerintahan Daerah",
    "Pelayanan Publik dan Fasilitasi",
    "Pembangunan dan Pemeliharaan",
    "Pemberdayaan Masyarakat",
];

/// The treasury.
pub(crate) struct Budget;

impl Feed for Budget {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("realisasi_anggaran_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(8, 14), move |world| {
                sheet(world, &file, period)
            })
        };
        Ok(arrived(months(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

/// Share of the year's money that is spent by the end of a month: slow until summer, a rush in December.
fn spent(month: u32, habit: f64) -> f64 {
    (f64::from(month) / 12.0).powf(1.25 * habit) * (0.9 + 0.06 * f64::from(month) / 12.0)
}

fn sheet(world: &World, name: &str, period: Period) -> Result<Envelope> {
    let (year, month) = (period.from.year(), period.from.month());
    let words = workbook::MONTHS
        .get(period.from.month0() as usize)
        .copied()
        .unwrap_or_default();
    let mut rows = Vec::new();
    for (number, id) in (1..).zip(institution::employers(world, year)) {
        for (position, programme) in (1..).zip(PROGRAMMES) {
            let parts = [871, name_number(&id) ^ position, year.unsigned_abs().into()];
            let mut dice = Dice::of(world.seed, parts);
            let ceiling = (2.2e9 * (0.9 * dice.normal()).exp() / 1e5).round() * 1e5;
            let habit = (0.22 * dice.normal()).exp();
            let cents = (0..month).map(|_| dice.unit()).sum::<f64>() / 12.0 * 1e6;
            let actual = (ceiling * spent(month, habit) + cents).min(ceiling);
            rows.push(vec![
                Cell::Number(f64::from(year)),
                Cell::text(words),
                Cell::text(&id),
                Cell::text(format!("{}.{number:02}.{position:02}", 1 + number % 7)),
                Cell::text(format!("Program {programme}")),
                Cell::text(format!("Rp {}", workbook::decimal(ceiling, 2))),
                Cell::text(format!("Rp {}", workbook::decimal(actual, 2))),
            ]);
        }
    }
    let layout = Layout {
        sheet: "LRA",
        titles: &[
            "PEMERINTAH KABUPATEN TRENGGALEK".to_owned(),
            format!("LAPORAN REALISASI ANGGARAN S.D. {} {year}", words.to_uppercase()),
        ],
        headers: &[
            "Tahun Anggaran",
            "s.d. Bulan",
            "SKPD",
            "Kode",
            "Uraian Program",
            "Anggaran (Rp)",
            "Realisasi (Rp)",
        ],
        signature: &[
            format!("Trenggalek, {}", workbook::date_words(period.to + Days::new(8))),
            "Kepala Badan".to_owned(),
        ],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
