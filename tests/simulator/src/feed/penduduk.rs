//! Residents, as an export of SIAK: semicolons, codes for words, capitals. First everybody, a file per kecamatan; then
//! the rows that changed.

use super::{
    Feed, Shipment, Timed,
    periods::{moment, months_and_days},
};
use crate::{
    Envelope, Result, World,
    people::{
        person::{FAITHS, JOBS, Marital, Person, Relation, Status},
        registry::Dated,
    },
    table::Table,
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use std::sync::{Arc, OnceLock};

/// The feed.
pub(crate) struct Residents;

const DATASET: &str = "penduduk";
const HEADERS: [&str; 14] = [
    "NIK",
    "NO_KK",
    "NAMA_LGKP",
    "JENIS_KLMIN",
    "TMPT_LHR",
    "TGL_LHR",
    "AGAMA",
    "STAT_KWN",
    "STAT_HBKEL",
    "PDDK_AKH",
    "JENIS_PKRJN",
    "KODE_WILAYAH",
    "FLAG_STATUS",
    "TGL_UBAH",
];

impl Feed for Residents {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let everybody: Arc<OnceLock<Dated<Person>>> = Arc::default();
        let mut all = Vec::new();
        for place in 0..world.regions.kecamatan.len() {
            let shared = everybody.clone();
            let code = world.regions.code(place).replace('.', "");
            let name = format!("SIAK_BIODATA_{code}_{from}.csv");
            let title = name.clone();
            all.push(Shipment::new(
                DATASET,
                name,
                moment(from, 1, place as u32),
                move |world| {
                    let rows = shared.get_or_init(|| world.registry().dated(from).0);
                    let own = rows
                        .iter()
                        .filter(|(person, _)| world.regions.villages[usize::from(person.village)].kecamatan == place);
                    Ok(sheet(world, &title, own))
                },
            ));
        }
        for period in months_and_days(from, to) {
            let name = format!("SIAK_UBAH_BIODATA_{}.csv", period.label());
            let title = name.clone();
            all.push(Shipment::new(DATASET, name, period.after(1, 2), move |world| {
                let rows = world.registry().changed(period.from, period.to).0;
                Ok(sheet(world, &title, rows.iter()))
            }));
        }
        Ok(all)
    }

    /// Changes of an hour come at its end.
    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let rows = world.registry().changed(day, day).0;
        Ok(by_hour(&rows, |hour, own| {
            sheet(
                world,
                &format!("SIAK_UBAH_BIODATA_{day}_{hour:02}.csv"),
                own.iter().copied(),
            )
        }))
    }
}

/// Splits changes by the hour of their recording.
pub(super) fn by_hour<T>(rows: &Dated<T>, make: impl Fn(u32, &[&(T, NaiveDateTime)]) -> Envelope) -> Vec<Timed> {
    use chrono::Timelike;
    let of = |hour: u32| rows.iter().filter(move |row| row.1.hour() == hour).collect::<Vec<_>>();
    (0..24)
        .map(|hour| (hour, of(hour)))
        .filter(|(_, own)| !own.is_empty())
        .map(|(hour, own)| Timed {
            at: NaiveTime::from_hms_opt(hour, 59, 30).unwrap_or(NaiveTime::MIN),
            envelope: make(hour, &own),
        })
        .collect()
}

fn sheet<'a>(world: &World, name: &str, rows: impl Iterator<Item = &'a (Person, NaiveDateTime)>) -> Envelope {
    let mut table = Table::new(';', "\r\n", &HEADERS);
    for (person, changed) in rows {
        table.row(&cells(world, person, *changed));
    }
    table.envelope(DATASET, name)
}

fn cells(world: &World, person: &Person, changed: NaiveDateTime) -> [String; 14] {
    let registry = world.registry();
    let village = &world.regions.villages[usize::from(person.village)];
    let birthplace = world
        .regions
        .kecamatan
        .get(usize::from(person.origin).wrapping_sub(1))
        .map_or("SURABAYA", |_| "TRENGGALEK");
    let marital = match person.marital {
        Marital::Single => "1",
        Marital::Married => "2",
        Marital::Divorced => "3",
        Marital::Widowed => "4",
    };
    let relation = match person.relation {
        Relation::Head => "1",
        Relation::Wife => "3",
        Relation::Child => "4",
        Relation::Parent => "7",
        Relation::InLaw => "8",
    };
    let status = match person.status {
        Status::Active => "0",
        Status::Dead => "1",
        Status::Moved => "2",
    };
    // The list of the registry has two kinds of diploma that nobody here holds.
    let education = u32::from(person.education) + if person.education >= 5 { 2 } else { 1 };
    [
        person.nik(),
        registry.families[person.family as usize].number(),
        person.full_name(),
        if person.female { "2" } else { "1" }.into(),
        birthplace.into(),
        person.birth.format("%d-%m-%Y").to_string(),
        faith(person.faith).into(),
        marital.into(),
        relation.into(),
        education.to_string(),
        JOBS[usize::from(person.job)].into(),
        village.code.clone(),
        status.into(),
        changed.format("%d-%m-%Y %H:%M:%S").to_string(),
    ]
}

/// Number of a faith in the registry's list.
fn faith(position: u8) -> &'static str {
    match FAITHS[usize::from(position)] {
        "KRISTEN" => "2",
        "KATOLIK" => "3",
        "BUDDHA" => "5",
        _ => "1",
    }
}
