//! Visits of the health centres: lines of JSON for what is over, FHIR bundles while the day is lived. Mountain centres
//! send two days later, in batches. Codes of diagnoses are written as doctors write them.

mod fhir;

use super::{
    Feed, Shipment, Timed,
    periods::{moment, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    health::visit::{Visit, visits},
};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use std::fmt::Write;

/// The feed.
pub(crate) struct Visits;

const DATASET: &str = "kunjungan_puskesmas";
/// Days by which a mountain centre is behind.
pub(crate) const BEHIND: u64 = 2;

impl Feed for Visits {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for period in months_and_days(from, to) {
            let name = format!("elink_{}.ndjson", period.label());
            let title = name.clone();
            all.push(Shipment::new(DATASET, name, period.after(1, 0), move |world| {
                let centres = (0..world.regions.centres.len()).filter(|c| !world.regions.centres[*c].mountain);
                let centres: Vec<_> = centres.collect();
                Ok(export(world, &title, &centres, period.days()))
            }));
        }
        for (centre, place) in world.regions.centres.iter().enumerate().filter(|(_, c)| c.mountain) {
            for period in months_and_days(from, to - Days::new(BEHIND)) {
                let name = format!("elink_{}_{}.ndjson", place.code, period.label());
                let title = name.clone();
                all.push(Shipment::new(DATASET, name, period.after(BEHIND, 15), move |world| {
                    Ok(export(world, &title, &[centre], period.days()))
                }));
            }
        }
        all.sort_by_key(|shipment| shipment.arrives);
        Ok(all)
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut all = Vec::new();
        for (centre, place) in world.regions.centres.iter().enumerate() {
            if place.mountain {
                let past = day - Days::new(BEHIND);
                let envelope = export(
                    world,
                    &format!("{} {past}", place.name),
                    &[centre],
                    std::iter::once(past),
                );
                if envelope.rows > 0 {
                    all.push(Timed {
                        at: moment(day, 15, centre as u32).time(),
                        envelope,
                    });
                }
                continue;
            }
            for visit in delivered(world, centre, day) {
                // One in five is announced when the patient arrives and sent again when the visit is over.
                if visit.finished.is_some()
                    && Dice::of(world.seed, [78, visit.age_days.into(), day_number(day)]).chance(0.2)
                {
                    all.push(Timed {
                        at: visit.arrived.time(),
                        envelope: fhir::bundle(world, &visit, true),
                    });
                }
                let end = visit.finished.unwrap_or(visit.arrived);
                let at = if end.date() > day {
                    NaiveTime::from_hms_opt(23, 59, 0)
                } else {
                    Some(end.time())
                };
                all.push(Timed {
                    at: at.unwrap_or(NaiveTime::MIN),
                    envelope: fhir::bundle(world, &visit, false),
                });
            }
        }
        Ok(all)
    }
}

/// Visits that reach the hub; a story may lose some on the way.
fn delivered(world: &World, centre: usize, day: NaiveDate) -> Vec<Visit> {
    let share = world
        .stories
        .delivery(DATASET, &world.regions.centres[centre].code, day);
    let mut all = visits(world, centre, day);
    if share < 1.0 {
        let mut dice = Dice::of(world.seed, [79, centre as u64, day_number(day)]);
        all.retain(|_| dice.unit() < share);
    }
    all
}

fn export(world: &World, name: &str, centres: &[usize], days: impl Iterator<Item = NaiveDate>) -> Envelope {
    let (mut body, mut rows) = (String::new(), 0);
    for day in days {
        for centre in centres {
            for visit in delivered(world, *centre, day) {
                let _ = writeln!(body, "{}", object(world, &visit));
                rows += 1;
            }
        }
    }
    Envelope::ndjson(DATASET, name.to_owned(), body, rows)
}

/// Local time with its offset.
fn time(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+07:00").to_string()
}

fn status(visit: &Visit) -> &'static str {
    if visit.finished.is_some() {
        "finished"
    } else {
        "cancelled"
    }
}

fn object(world: &World, visit: &Visit) -> serde_json::Value {
    let centre = &world.regions.centres[visit.centre];
    serde_json::json!({
        "kunjungan_id": visit.id,
        "kode_faskes": centre.code,
        "poli": visit.poli,
        "datang_pada": time(visit.arrived),
        "selesai_pada": visit.finished.map(time),
        "nik": visit.nik,
        "umur_hari": visit.age_days,
        "jenis_kelamin": if visit.female { "P" } else { "L" },
        "kode_desa": visit.village.map(|v| world.regions.villages[v].code.as_str()),
        "penjamin": visit.payer,
        "icd10": written(world, visit),
        "icd10_sekunder": visit.second,
        "kasus_baru": visit.new_case,
        "dirujuk_ke": visit.referred,
        "status": status(visit),
        "diperbarui": time(visit.finished.unwrap_or(visit.arrived)),
    })
}

/// A code as it was typed: with a comma, in lower case, without a dot.
fn written(world: &World, visit: &Visit) -> String {
    let number = visit.arrived.and_utc().timestamp().unsigned_abs();
    match Dice::of(world.seed, [80, visit.centre as u64, number]).unit() {
        ..0.04 => visit.icd10.replace('.', ","),
        0.04..0.08 => visit.icd10.to_lowercase(),
        0.08..0.11 => visit.icd10.replace('.', ""),
        _ => visit.icd10.to_owned(),
    }
}
