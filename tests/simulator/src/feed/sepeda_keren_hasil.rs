//! `sepeda_keren_hasil`: what became of the members: businesses, capital, offices, proposals. A workbook by month.

use super::{
    Feed, Shipment, Timed, arrived, arriving,
    periods::{Period, months},
};
use crate::{
    Envelope, Result, World,
    services::{
        sepeda,
        workbook::{self, Cell, Layout},
    },
};
use chrono::NaiveDate;

const DATASET: &str = "sepeda_keren_hasil";

/// The outcomes.
pub(crate) struct Outcomes;

impl Feed for Outcomes {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("hasil_sepeda_keren_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(4, 9), move |world| {
                sheet(world, &file, period)
            })
        };
        Ok(arrived(months(from, to).into_iter().map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

fn sheet(world: &World, name: &str, period: Period) -> Result<Envelope> {
    let mut rows = Vec::new();
    for class in sepeda::around(world, period.from, period.to) {
        let village = world
            .regions
            .villages
            .get(class.village)
            .map_or("", |v| v.code.as_str());
        for member in class.members(world) {
            let Some((kind, day, rupiah)) = member.outcome(&class) else {
                continue;
            };
            if (period.from..=period.to).contains(&day) {
                let kind = match kind {
                    "modal" => "modal usaha",
                    "usulan_musrena" => "Musrena Keren",
                    "jabatan_desa" => "jabatan desa",
                    kind => kind,
                };
                let value = if rupiah > 0 {
                    format!("Rp {},-", workbook::thousands(rupiah))
                } else {
                    "-".to_owned()
                };
                rows.push(vec![
                    Cell::text(format!("H-{}", member.id)),
                    Cell::text(&member.id),
                    Cell::text(kind),
                    Cell::text(workbook::date_words(day)),
                    Cell::text(value),
                    Cell::text(village),
                ]);
            }
        }
    }
    let layout = Layout {
        sheet: "Hasil",
        titles: &["HASIL SEPEDA KEREN".to_owned()],
        headers: &[
            "ID Hasil",
            "No Peserta",
            "Jenis Hasil",
            "Tanggal",
            "Nilai (Rp)",
            "Kode Desa",
        ],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
