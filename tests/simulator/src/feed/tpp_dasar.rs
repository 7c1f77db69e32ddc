//! `tpp_dasar`: the base of the allowance by person and month, a CSV with semicolons and points between thousands.

use super::{
    Feed, Shipment, Timed, arrived, arriving, pegawai,
    periods::{Period, months},
};
use crate::{
    Envelope, Result, World,
    services::{text, workbook},
};
use chrono::{Datelike, NaiveDate};

const DATASET: &str = "tpp_dasar";

/// The allowance.
pub(crate) struct Allowance;

impl Feed for Allowance {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("tpp_{}.csv", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(3, 10), move |world| {
                Ok(sheet(world, &file, period))
            })
        };
        Ok(arrived(months(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

fn sheet(world: &World, name: &str, period: Period) -> Envelope {
    let mut body = String::new();
    text::line(
        &mut body,
        ';',
        &["NIP Baru", "Tahun", "Bulan", "Unit Kerja", "Kelas Jabatan", "TPP (Rp)"],
    );
    let year = period.from.year().to_string();
    let month = workbook::MONTHS
        .get(period.from.month0() as usize)
        .copied()
        .unwrap_or_default();
    let mut rows = 0;
    for post in pegawai::posts(world, period.from.year()) {
        if pegawai::state(&post.officer, period.to) == "pensiun" {
            continue;
        }
        let class = post.officer.class;
        // Grows with the class of the post; contract staff gets three fifths.
        let base = 1_150_000 + 265_000 * u64::from(class) + 9_500 * u64::from(class).pow(2);
        let rupiah = if post.officer.kind == "pns" { base } else { base * 3 / 5 } / 1000 * 1000;
        let cells = [
            &post.officer.nip,
            &year,
            month,
            &post.institution,
            &class.to_string(),
            &workbook::thousands(rupiah),
        ];
        text::line(&mut body, ';', &cells);
        rows += 1;
    }
    Envelope::csv(DATASET, name, body, rows)
}
