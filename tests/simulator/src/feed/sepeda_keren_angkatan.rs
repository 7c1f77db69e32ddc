//! `sepeda_keren_angkatan`: classes of Sepeda Keren, a workbook by quarter with dates in words.

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
use chrono::{Days, Months, NaiveDate};

const DATASET: &str = "sepeda_keren_angkatan";

/// The list of classes.
pub(crate) struct Classes;

impl Feed for Classes {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn reference(&self) -> bool {
        true
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("angkatan_sepeda_keren_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 9), move |world| {
                sheet(world, &file, period)
            })
        };
        // Classes that were there before come first, in one file.
        let before = from - Months::new(12);
        let all = std::iter::once(Period {
            from: before,
            to: from - Days::new(1),
        });
        Ok(arrived(all.chain(months(from, to)).map(shipment), to))
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        arriving(self, world, day)
    }
}

fn sheet(world: &World, name: &str, period: Period) -> Result<Envelope> {
    let row = |class: &sepeda::Class| {
        let village = world.regions.villages.get(class.village);
        let kecamatan = village.and_then(|v| world.regions.kecamatan.get(v.kecamatan));
        let last = if class.last() > period.to + Days::new(14) {
            "berjalan".to_owned()
        } else {
            workbook::date_words(class.last())
        };
        vec![
            Cell::text(&class.id),
            Cell::text(kecamatan.map_or(String::new(), |k| format!("Kecamatan {}", k.name))),
            Cell::text(village.map_or("", |v| v.name.as_str())),
            Cell::text(workbook::date_words(class.from)),
            Cell::text(last),
            Cell::text(class.module),
            Cell::text(class.mentor),
        ]
    };
    // Classes that begin or end in the month: the second time with their last day.
    let rows: Vec<_> = sepeda::around(world, period.from, period.to)
        .iter()
        .filter(|class| {
            [class.from, class.last()]
                .iter()
                .any(|day| (period.from..=period.to).contains(day))
        })
        .map(row)
        .collect();
    let layout = Layout {
        sheet: "Angkatan",
        titles: &["DAFTAR ANGKATAN SEPEDA KEREN".to_owned()],
        headers: &[
            "Kode Angkatan",
            "Nama Kecamatan",
            "Desa/Kelurahan",
            "Tanggal Mulai",
            "Tanggal Selesai",
            "Materi",
            "Nama Pendamping",
        ],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
