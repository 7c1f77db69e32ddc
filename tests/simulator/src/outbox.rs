//! What is still to be sent, worked out from what the hub already holds. The hub's own rows are the memory of a
//! second start: nothing is sent twice, whatever day it is and wherever the first run was stopped.

use crate::{
    attendance::Fate,
    sheet::{self, Envelope, Habit},
    world::{Report, World},
};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashSet};

/// Reports the hub holds: school number and day.
#[derive(Debug, Clone, Default)]
pub struct Present(HashSet<(String, NaiveDate)>);

impl Present {
    /// Notes that the hub holds this report.
    pub fn add(&mut self, npsn: String, day: NaiveDate) {
        self.0.insert((npsn, day));
    }

    /// True when the hub holds this report.
    pub fn holds(&self, report: &Report<'_>) -> bool {
        // A tuple of owned values cannot be looked up by reference; a school number is eight bytes.
        self.0.contains(&(report.school.npsn.clone(), report.counts.day))
    }

    /// How many reports the hub holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when the hub holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A monthly file of a kecamatan, not yet written out: year, month, kecamatan and its reports in sending order.
#[derive(Debug)]
pub struct MonthlyFile<'a> {
    /// Kemendagri code of the kecamatan.
    pub kecamatan: String,
    /// Name of the file as the sender would call it.
    pub name: String,
    habit: Habit,
    /// The reports, late ones at the end.
    pub reports: Vec<Report<'a>>,
}

impl MonthlyFile<'_> {
    /// The file as it goes over the wire, spoilt cells included.
    pub fn envelope(&self, seed: u64) -> Envelope {
        sheet::attendance_file(&self.name, self.habit, seed, &self.reports)
    }
}

/// The files of the history `from..=to`: one per kecamatan and month, oldest month first. A day of a kecamatan of
/// which the hub holds any report was sent before and is left out, and so are stragglers.
pub fn history<'a>(world: &'a World, from: NaiveDate, to: NaiveDate, present: &Present) -> Vec<MonthlyFile<'a>> {
    let sent: HashSet<(&str, NaiveDate)> = world
        .reports(from, to)
        .filter(|report| present.holds(report))
        .map(|report| (report.school.kecamatan.as_str(), report.counts.day))
        .collect();
    let mut files: BTreeMap<(i32, u32, &str), Vec<Report<'a>>> = BTreeMap::new();
    for report in world.reports(from, to) {
        let (place, day) = (report.school.kecamatan.as_str(), report.counts.day);
        if report.fate != Fate::Straggler && !sent.contains(&(place, day)) {
            files.entry((day.year(), day.month(), place)).or_default().push(report);
        }
    }
    files
        .into_iter()
        .map(|((year, month, place), mut reports)| {
            reports.sort_by_key(|report| report.fate == Fate::Late);
            MonthlyFile {
                kecamatan: place.to_owned(),
                name: format!("absensi_{}_{year}-{month:02}.csv", place.replace('.', "")),
                habit: Habit::of(place),
                reports,
            }
        })
        .collect()
}

/// Reports of `from..=to` that the hub lacks after the history was sent: stragglers, and rows to be corrected.
/// Newest day first, as an office works through its pile.
pub fn backlog<'a>(world: &'a World, from: NaiveDate, to: NaiveDate, present: &Present) -> Vec<Report<'a>> {
    let mut all: Vec<_> = world
        .reports(from, to)
        .filter(|report| !present.holds(report))
        .collect();
    all.sort_by_key(|report| std::cmp::Reverse(report.counts.day));
    all
}
