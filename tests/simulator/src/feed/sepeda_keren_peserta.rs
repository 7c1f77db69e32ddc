//! `sepeda_keren_peserta`: who takes part, a workbook by month of the classes that begin in it.

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

const DATASET: &str = "sepeda_keren_peserta";

/// The lists of members.
pub(crate) struct Members;

impl Feed for Members {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("peserta_sepeda_keren_{}.xlsx", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(2, 9), move |world| {
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
    let mut rows = Vec::new();
    for class in sepeda::around(world, period.from, period.to) {
        if !(period.from..=period.to).contains(&class.from) {
            continue;
        }
        let village = world
            .regions
            .villages
            .get(class.village)
            .map_or("", |v| v.code.as_str());
        for member in class.members(world) {
            let age = match sepeda::age_group(member.age) {
                "<20" => "< 20 tahun".to_owned(),
                "60+" => "60 tahun ke atas".to_owned(),
                band => format!("{band} tahun"),
            };
            let group = match member.group {
                "eks_migran" => "eks PMI",
                "disabilitas" => "penyandang disabilitas",
                group => group,
            };
            rows.push(vec![
                Cell::text(&member.id),
                Cell::text(&class.id),
                Cell::text(&member.nik),
                Cell::text(group),
                Cell::text(age),
                Cell::text(if member.disability.is_empty() {
                    "tidak ada"
                } else {
                    member.disability
                }),
                Cell::text(village),
            ]);
        }
    }
    let layout = Layout {
        sheet: "Peserta",
        titles: &["DAFTAR PESERTA SEPEDA KEREN".to_owned(), "Dinas Sosial P3A".to_owned()],
        headers: &[
            "No Peserta",
            "Kode Angkatan",
            "NIK",
            "Kelompok Peserta",
            "Usia",
            "Ragam Disabilitas",
            "Kode Desa",
        ],
        signature: &[],
    };
    workbook::table(DATASET, name, &layout, &rows)
}
