//! Vital and registry events from the bridge to SIAK: one JSON object per line, English names, times with offset.

use super::{Feed, Shipment, Timed, periods::months_and_days};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    people::{
        OUTSIDE,
        event::{Event, Kind},
    },
};
use chrono::{Datelike, NaiveDate, TimeDelta};
use std::fmt::Write;

/// The feed.
pub(crate) struct Events;

const DATASET: &str = "peristiwa_kependudukan";

impl Feed for Events {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let months = months_and_days(from, to).into_iter().map(|period| {
            let name = format!("peristiwa_{}.ndjson", period.label());
            let title = name.clone();
            Shipment::new(DATASET, name, period.after(1, 1), move |world| {
                let events = world.registry().recorded(period.from, period.to);
                Ok(lines(world, title.clone(), events.iter().filter(|e| arrives(world, e))))
            })
        });
        Ok(months.collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let events = world.registry().recorded(day, day).iter();
        Ok(events
            .filter(|event| arrives(world, event))
            .map(|event| Timed {
                at: (event.recorded + TimeDelta::seconds(3)).time(),
                envelope: lines(world, event.kind.word().to_owned(), std::iter::once(event)),
            })
            .collect())
    }
}

fn arrives(world: &World, event: &Event) -> bool {
    let share = world.stories.delivery(DATASET, "", event.recorded.date());
    share >= 1.0 || dice(world, event, 1).unit() < share
}

fn dice(world: &World, event: &Event, what: u64) -> Dice {
    let day = day_number(event.recorded.date());
    Dice::of(world.seed, [72 + (what << 8), u64::from(event.number), day])
}

fn lines<'a>(world: &World, name: String, events: impl Iterator<Item = &'a Event>) -> Envelope {
    let mut body = String::new();
    let mut rows = 0;
    for event in events {
        let _ = writeln!(body, "{}", object(world, event));
        rows += 1;
    }
    Envelope::ndjson(DATASET, name, body, rows)
}

fn object(world: &World, event: &Event) -> serde_json::Value {
    let registry = world.registry();
    let person = &registry.persons[event.person as usize];
    let code = |village: Option<u8>| village.map(|v| world.regions.villages[usize::from(v)].code.as_str());
    let time = event.recorded.format("%Y-%m-%dT%H:%M:%S+07:00").to_string();
    serde_json::json!({
        "event_id": id(event),
        "event_type": event.kind.word(),
        "occurred_on": event.occurred,
        "registered_at": time,
        "nik": person.nik(),
        "no_kk": registry.families[event.family as usize].number(),
        "sex": if person.female { "P" } else { "L" },
        "age": person.age(event.occurred),
        "desa_code_before": code(event.from),
        "desa_code_after": code(event.to),
        "kode_luar": event.outside,
        "kelas_pindah": class_of_move(world, event),
        "jumlah_orang": event.persons,
        "document_no": document(event),
        "lokasi": place(world, event),
        "updated_at": time,
    })
}

/// Month of recording and number in it.
fn id(event: &Event) -> String {
    format!("SIAK-{}-{:06}", event.recorded.format("%Y%m"), event.number)
}

fn class_of_move(world: &World, event: &Event) -> Option<&'static str> {
    if !matches!(event.kind, Kind::Arrival | Kind::Departure) {
        return None;
    }
    if let Some(code) = event.outside {
        let near = OUTSIDE.iter().any(|(outside, near, _)| *outside == code && *near);
        return Some(if near { "provinsi" } else { "antar_provinsi" });
    }
    let (from, to) = (usize::from(event.from?), usize::from(event.to?));
    let kecamatan = |village: usize| world.regions.villages[village].kecamatan;
    Some(match from {
        _ if from == to => "desa",
        _ if kecamatan(from) == kecamatan(to) => "kecamatan",
        _ => "kabupaten",
    })
}

/// Numbers of certificates start with 9903, which no office has.
fn document(event: &Event) -> Option<String> {
    let sort = match event.kind {
        Kind::Birth if (event.recorded.date() - event.occurred).num_days() <= 60 => "LU",
        Kind::Birth => "LT",
        Kind::Death => "KM",
        Kind::Marriage => "KW",
        Kind::Divorce => "CR",
        Kind::Arrival | Kind::Departure => "SKPWNI",
        _ => return None,
    };
    let day = event.recorded.format("%d%m%Y");
    Some(format!("9903-{sort}-{day}-{:04}", event.number % 10_000))
}

/// Where it was recorded: the kecamatan, the two service centres, or the village.
fn place(world: &World, event: &Event) -> Option<String> {
    let village = &world.regions.villages[usize::from(event.from.or(event.to)?)];
    let mall = event.recorded.year() * 100 + event.recorded.month() as i32 >= 202_409;
    Some(match dice(world, event, 0).unit() {
        ..0.42 => format!("KEC-{}", world.regions.code(village.kecamatan)),
        ..0.68 if mall => "MPP".into(),
        ..0.85 => "CPP".into(),
        _ => format!("DESA-{}", village.code),
    })
}
