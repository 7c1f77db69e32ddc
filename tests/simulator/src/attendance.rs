//! One school on one day. The counts always add up: `hadir + sakit + izin + alpa = terdaftar`.

use crate::{
    calendar::{Calendar, school_year},
    dice::Dice,
    school::{Kind, School},
};
use chrono::{Datelike, NaiveDate, Weekday};

/// A row of `absensi_harian_sekolah`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// School day.
    pub day: NaiveDate,
    /// Pupils enrolled.
    pub enrolled: u32,
    /// Pupils present.
    pub present: u32,
    /// Absent with illness.
    pub sick: u32,
    /// Absent with leave.
    pub excused: u32,
    /// Absent without word.
    pub unexcused: u32,
}

/// What becomes of a school's report of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Sent with the others.
    OnTime,
    /// Sent, but at the end of the file, after the others.
    Late,
    /// Typed wrongly: goes to quarantine and is corrected afterwards.
    Spoilt,
    /// Not sent with the history; comes much later, one by one.
    Straggler,
    /// Never sent: a missing report, not zero absence.
    Never,
}

/// What `school` counted on `day`, which must be one of its school days.
pub fn attendance(seed: u64, school: &School, day: NaiveDate, calendar: &Calendar) -> Attendance {
    let mut dice = Dice::of(seed, [2, school.index, day_number(day)]);
    let enrolled = enrolled(seed, school, day);
    let size = f64::from(enrolled);
    let illness = 0.013 * school.habit * season(day) * weekday(day) * outbreak(seed, school, day);
    let sick = dice.poisson(size * illness).min(enrolled / 2);
    let leave = 0.009 * school.habit * weekday(day) * if calendar.is_relaxed(day) { 2.6 } else { 1.0 };
    let excused = dice.poisson(size * leave).min((enrolled - sick) / 2);
    let bridge = if calendar.touches_holiday(day) { 3.0 } else { 1.0 };
    let older = matches!(school.kind, Kind::Smp | Kind::Mts | Kind::Sma | Kind::Smk | Kind::Ma);
    let truancy = if older { 0.008 } else { 0.003 } * school.habit * weekday(day) * bridge;
    let unexcused = dice.poisson(size * truancy).min((enrolled - sick - excused) / 2);
    Attendance {
        day,
        enrolled,
        present: enrolled - sick - excused - unexcused,
        sick,
        excused,
        unexcused,
    }
}

/// The fate of the report of `school` on `day`.
pub fn fate(seed: u64, school: &School, day: NaiveDate) -> Fate {
    let mut dice = Dice::of(seed, [3, school.index, day_number(day)]);
    if dice.chance(school.missing) {
        return if dice.chance(0.6) { Fate::Straggler } else { Fate::Never };
    }
    match dice.unit() {
        ..0.002 => Fate::Spoilt,
        ..0.025 => Fate::Late,
        _ => Fate::OnTime,
    }
}

pub(crate) fn day_number(day: NaiveDate) -> u64 {
    day.num_days_from_ce().unsigned_abs().into()
}

/// Enrolment is fixed for a school year and drifts between years; a few pupils leave after the first semester.
fn enrolled(seed: u64, school: &School, day: NaiveDate) -> u32 {
    let year = school_year(day);
    let mut dice = Dice::of(seed, [4, school.index, u64::from(year.unsigned_abs())]);
    let change = 1.0 + 0.04 * dice.normal();
    let leavers = if day.month() < 7 { dice.below(3) as u32 } else { 0 };
    ((f64::from(school.pupils) * change).round().max(8.0) as u32).saturating_sub(leavers)
}

/// Illness through the year: highest in the rains (November to April, peak late January).
fn season(day: NaiveDate) -> f64 {
    let phase = (f64::from(day.ordinal0()) - 25.0) / 365.25 * std::f64::consts::TAU;
    1.0 + 0.3 * phase.cos()
}

fn weekday(day: NaiveDate) -> f64 {
    match day.weekday() {
        Weekday::Mon => 1.2,
        Weekday::Fri => 1.1,
        Weekday::Sat => 1.3,
        _ => 0.92,
    }
}

/// Waves of illness that visit a kecamatan for some weeks, strongest in the middle; 1 outside of them.
fn outbreak(seed: u64, school: &School, day: NaiveDate) -> f64 {
    const PERIOD: u64 = 42;
    let number = day_number(day);
    let place = school
        .kecamatan
        .bytes()
        .fold(0u64, |hash, byte| hash * 31 + u64::from(byte));
    let mut dice = Dice::of(seed, [5, place, number / PERIOD]);
    if !dice.chance(0.18) {
        return 1.0;
    }
    let peak = 12.0 + 18.0 * dice.unit();
    let height = 1.0 + 3.0 * dice.unit();
    let away = ((number % PERIOD) as f64 - peak) / 6.0;
    // Not every school of the kecamatan is hit.
    let hit = Dice::of(seed, [6, school.index, number / PERIOD]).chance(0.6);
    if hit {
        1.0 + height * (-away * away / 2.0).exp()
    } else {
        1.0
    }
}
