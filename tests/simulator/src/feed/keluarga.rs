//! Family cards from SIAK, as residents: everybody first, then what changed. A card without members is deleted.

use super::{
    Feed, Shipment, Timed,
    penduduk::by_hour,
    periods::{moment, months_and_days},
};
use crate::{Envelope, Result, World, people::person::Family, table::Table};
use chrono::{NaiveDate, NaiveDateTime};

/// The feed.
pub(crate) struct Families;

const DATASET: &str = "keluarga";
const HEADERS: [&str; 9] = [
    "_op",
    "NO_KK",
    "KODE_WILAYAH",
    "NAMA_DUSUN",
    "NO_RT",
    "NO_RW",
    "NIK_KEPALA_KELUARGA",
    "JML_ANGGOTA",
    "TGL_UBAH",
];
const HAMLETS: [&str; 6] = ["KRAJAN", "NGLARAN", "JATI", "TUMPAK", "SUMBER", "KEDUNG"];

impl Feed for Families {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let name = format!("SIAK_KELUARGA_{from}.csv");
        let title = name.clone();
        let mut all = vec![Shipment::new(DATASET, name, moment(from, 0, 30), move |world| {
            let rows = world.registry().dated(from).1;
            Ok(sheet(
                world,
                &title,
                rows.iter().filter(|row| !row.0.members.is_empty()),
            ))
        })];
        for period in months_and_days(from, to) {
            let name = format!("SIAK_UBAH_KELUARGA_{}.csv", period.label());
            let title = name.clone();
            all.push(Shipment::new(DATASET, name, period.after(1, 2), move |world| {
                let rows = world.registry().changed(period.from, period.to).1;
                Ok(sheet(world, &title, rows.iter()))
            }));
        }
        Ok(all)
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let rows = world.registry().changed(day, day).1;
        Ok(by_hour(&rows, |hour, own| {
            sheet(
                world,
                &format!("SIAK_UBAH_KELUARGA_{day}_{hour:02}.csv"),
                own.iter().copied(),
            )
        }))
    }
}

fn sheet<'a>(world: &World, name: &str, rows: impl Iterator<Item = &'a (Family, NaiveDateTime)>) -> Envelope {
    let mut table = Table::new(';', "\r\n", &HEADERS);
    for (family, changed) in rows {
        let head = family
            .members
            .first()
            .map(|id| world.registry().persons[*id as usize].nik());
        table.row(&[
            if head.is_some() { "U" } else { "D" }.to_owned(),
            family.number(),
            world.regions.villages[usize::from(family.village)].code.clone(),
            HAMLETS[usize::from(family.rw) % HAMLETS.len()].to_owned(),
            // Spreadsheets have eaten the zeros.
            family.rt.to_string(),
            family.rw.to_string(),
            head.unwrap_or_default(),
            family.members.len().max(1).to_string(),
            changed.format("%d-%m-%Y %H:%M:%S").to_string(),
        ]);
    }
    table.envelope(DATASET, name)
}
