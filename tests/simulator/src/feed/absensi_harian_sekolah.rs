//! The daily recap that every school sends through its kecamatan. A file per kecamatan and month, in the office's own
//! habit; reports that were missing and rows that were typed wrongly come afterwards, one by one.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_weeks},
};
use crate::{
    Result, World,
    attendance::{Fate, day_number},
    dice::Dice,
    sheet::{self, Habit},
    world::Report,
};
use chrono::{Days, NaiveDate, NaiveTime};

/// The feed.
pub(crate) struct Recaps;

const DATASET: &str = "absensi_harian_sekolah";
/// A straggler is at most so many days late.
const LATEST: u64 = 40;

impl Feed for Recaps {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let mut all = Vec::new();
        for period in months_and_weeks(from, to) {
            for place in 0..world.regions.kecamatan.len() {
                all.extend(file(world, place, period));
            }
            let name = format!("absensi_susulan_{}.csv", period.label());
            let title = name.clone();
            // Reports of earlier days, whenever the history starts.
            let late = Shipment::new(DATASET, name, period.after(0, 20), move |world| {
                let reports: Vec<_> = period.days().flat_map(|day| later(world, from, day)).collect();
                Ok(sheet::attendance_file(&title, Habit::PLAIN, world.seed, &reports))
            });
            if period.days().any(|day| !later(world, from, day).is_empty()) {
                all.push(late);
            }
        }
        Ok(all)
    }

    /// Schools report in the morning, one to three at a time; what comes late comes through the day.
    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let mut today: Vec<_> = world.reports(day, day).filter(|r| r.fate != Fate::Straggler).collect();
        today.sort_by_cached_key(|report| Dice::of(world.seed, [12, report.school.index, day_number(day)]).bits());
        let mut dice = Dice::of(world.seed, [11, day_number(day), 0]);
        let mut all = Vec::new();
        let mut rest = &today[..];
        while let Some(first) = rest.first() {
            // A wrongly typed report is refused alone.
            let alone = first.fate == Fate::Spoilt;
            let count = if alone { 1 } else { 1 + dice.below(3) };
            let count = rest
                .iter()
                .take(count)
                .take_while(|r| alone || r.fate != Fate::Spoilt)
                .count();
            let (now, after) = rest.split_at(count.max(1));
            all.push(timed(world, now, 7 * 3600 + (3.5 * 3600.0 * dice.unit()) as u32));
            rest = after;
        }
        for report in later(world, day - Days::new(LATEST), day) {
            all.push(timed(world, &[report], 8 * 3600 + (7.0 * 3600.0 * dice.unit()) as u32));
        }
        Ok(all)
    }
}

fn timed(world: &World, reports: &[Report<'_>], second: u32) -> Timed {
    Timed {
        at: NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or(NaiveTime::MIN),
        envelope: sheet::attendance_lines(world.seed, reports),
    }
}

/// The file of a kecamatan; none where no school had lessons.
fn file(world: &World, place: usize, period: Period) -> Option<Shipment> {
    let code = world.regions.code(place);
    let any = world
        .schools
        .iter()
        .any(|s| s.kecamatan == code && period.days().any(|day| world.teaches(s, day)));
    let name = format!("absensi_{}_{}.csv", code.replace('.', ""), period.label());
    let title = name.clone();
    any.then(|| {
        Shipment::new(DATASET, name, period.after(0, 18), move |world| {
            let reports = on_time(world, place, period);
            Ok(sheet::attendance_file(
                &title,
                Habit::of(world.regions.code(place)),
                world.seed,
                &reports,
            ))
        })
    })
}

/// The reports of a kecamatan's file in sending order, late ones at the end.
pub(crate) fn on_time(world: &World, place: usize, period: Period) -> Vec<Report<'_>> {
    let code = world.regions.code(place);
    let own = world.schools.iter().filter(|s| s.kecamatan == code);
    let own: Vec<_> = own.collect();
    let days = period
        .days()
        .flat_map(|day| own.iter().filter_map(move |s| world.report(s, day)));
    let mut reports: Vec<_> = days
        .filter(|report| !matches!(report.fate, Fate::Straggler | Fate::Never))
        .collect();
    reports.sort_by_key(|report| report.fate == Fate::Late);
    reports
}

/// Reports of days since `from` that reach the hub on `day`: stragglers, and corrections of what was typed wrongly.
pub(crate) fn later(world: &World, from: NaiveDate, day: NaiveDate) -> Vec<Report<'_>> {
    let first = from.max(day - Days::new(LATEST));
    let mut all = Vec::new();
    for past in first.iter_days().take_while(|past| *past < day) {
        for school in &world.schools {
            // The dice are cheaper than the counts.
            let due = arrival(world, school.index, past);
            if due != day || !world.teaches(school, past) {
                continue;
            }
            if let Some(report) = world
                .report(school, past)
                .filter(|r| matches!(r.fate, Fate::Straggler | Fate::Spoilt))
            {
                all.push(Report {
                    fate: Fate::Straggler,
                    ..report
                });
            }
        }
    }
    all
}

/// When a report of `day` comes that did not come in time.
pub(crate) fn arrival(world: &World, school: u64, day: NaiveDate) -> NaiveDate {
    let mut dice = Dice::of(world.seed, [17, school, day_number(day)]);
    let late = (-(1.0 - dice.unit()).ln() * 7.0) as u64;
    day + Days::new((1 + late).min(LATEST))
}
