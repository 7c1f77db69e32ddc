//! One school on one day, class by class. The counts always add up: `hadir + sakit + izin + alpa = terdaftar`, and a
//! school's counts are the sums of its classes'.

use crate::{
    World,
    calendar::school_year,
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

/// A class of a school year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Grade; 0 in kindergartens.
    pub grade: u32,
    /// Name, such as `4A`.
    pub name: String,
    /// Pupils on the day asked for.
    pub pupils: u32,
}

/// Most pupils in a class.
const LARGEST_CLASS: u32 = 32;

/// The classes of `school` on `day`. Sizes are fixed for a school year; leavers of the first semester are missing from
/// the last class afterwards.
pub fn classes(seed: u64, school: &School, day: NaiveDate) -> Vec<Class> {
    let year = school_year(day);
    let mut dice = Dice::of(seed, [14, school.index, u64::from(year.unsigned_abs())]);
    let (total, leavers) = enrolment(seed, school, day);
    let grades: Vec<u32> = school.kind.grades().collect();
    let weights: Vec<f64> = grades.iter().map(|_| 0.8 + 0.4 * dice.unit()).collect();
    let sum: f64 = weights.iter().sum();
    let mut left = total;
    let mut all = Vec::new();
    for (position, (grade, weight)) in grades.iter().zip(&weights).enumerate() {
        let last = position + 1 == grades.len();
        let size = if last {
            left
        } else {
            ((f64::from(total) * weight / sum) as u32).min(left)
        };
        left -= size;
        let parallel = size.div_ceil(LARGEST_CLASS).max(1);
        for number in 0..parallel {
            let letter = char::from(b'A' + (number % 26) as u8);
            let name = if *grade == 0 {
                letter.to_string()
            } else {
                format!("{grade}{letter}")
            };
            let pupils = size / parallel + u32::from(number < size % parallel);
            all.push(Class {
                grade: *grade,
                name,
                pupils,
            });
        }
    }
    if let Some(largest) = all.iter_mut().max_by_key(|class| class.pupils) {
        largest.pupils = largest.pupils.saturating_sub(leavers);
    }
    all.retain(|class| class.pupils > 0);
    all
}

/// What the classes of `school` counted on `day`, which must be one of its school days. The school's recap is their sum.
pub fn by_class(world: &World, school: &School, day: NaiveDate) -> Vec<(Class, Attendance)> {
    let (seed, calendar) = (world.seed, &world.calendar);
    let mut dice = Dice::of(seed, [2, school.index, day_number(day)]);
    let place = world.regions.kecamatan_of(&school.kecamatan).unwrap_or_default();
    let rain = if world.weather.rain(place, day) > 25.0 {
        1.25
    } else {
        1.0
    };
    let flood = if world.weather.flood(place, day) { 6.0 } else { 1.0 };
    let illness = 0.013 * school.habit * season(day) * weekday(day) * colds(seed, school, day);
    let leave = 0.009 * school.habit * weekday(day) * if calendar.is_relaxed(day) { 2.6 } else { 1.0 } * rain * flood;
    let bridge = if calendar.touches_holiday(day) { 3.0 } else { 1.0 };
    let older = matches!(school.kind, Kind::Smp | Kind::Mts | Kind::Sma | Kind::Smk | Kind::Ma);
    let truancy = if older { 0.008 } else { 0.003 } * school.habit * weekday(day) * bridge * rain * flood;
    let told = world.stories.absence(school, day);
    let count = |class: Class| {
        let size = f64::from(class.pupils);
        let ill = world.stories.school_illness(school, &class.name, day);
        // Some parents report illness as leave, some not at all.
        let (mut noted, mut leave_told, mut silent) = (ill, 0, 0);
        for case in 0..ill {
            let code = Dice::of(seed, [15, school.index * 64 + u64::from(case), day_number(day)]).unit();
            if code > 0.86 {
                noted -= 1;
                if code > 0.94 { silent += 1 } else { leave_told += 1 }
            }
        }
        let sick = (dice.poisson(size * illness) + noted).min(class.pupils);
        let left = class.pupils - sick;
        let excused = (dice.poisson(size * leave * told) + leave_told).min(left);
        let unexcused = (dice.poisson(size * truancy * told) + silent).min(left - excused);
        let counts = Attendance {
            day,
            enrolled: class.pupils,
            present: class.pupils - sick - excused - unexcused,
            sick,
            excused,
            unexcused,
        };
        (class, counts)
    };
    classes(seed, school, day).into_iter().map(count).collect()
}

/// What `school` counted on `day`, which must be one of its school days.
pub fn attendance(world: &World, school: &School, day: NaiveDate) -> Attendance {
    let mut all = Attendance {
        day,
        enrolled: 0,
        present: 0,
        sick: 0,
        excused: 0,
        unexcused: 0,
    };
    for (_, class) in by_class(world, school, day) {
        all.enrolled += class.enrolled;
        all.present += class.present;
        all.sick += class.sick;
        all.excused += class.excused;
        all.unexcused += class.unexcused;
    }
    all
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

/// Enrolment is fixed for a school year and drifts between years; a few pupils leave after the first semester. Pupils
/// at the start of the year and leavers so far.
fn enrolment(seed: u64, school: &School, day: NaiveDate) -> (u32, u32) {
    let year = school_year(day);
    let mut dice = Dice::of(seed, [4, school.index, u64::from(year.unsigned_abs())]);
    let change = 1.0 + 0.04 * dice.normal();
    let leavers = if day.month() < 7 { dice.below(3) as u32 } else { 0 };
    ((f64::from(school.pupils) * change).round().max(8.0) as u32, leavers)
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

/// Colds that go round in a kecamatan for some weeks, strongest in the middle; 1 outside of them. Too weak to be an
/// outbreak: those are stories.
fn colds(seed: u64, school: &School, day: NaiveDate) -> f64 {
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
    let height = 0.2 + 0.5 * dice.unit();
    let away = ((number % PERIOD) as f64 - peak) / 6.0;
    // Not every school of the kecamatan is hit.
    let hit = Dice::of(seed, [6, school.index, number / PERIOD]).chance(0.6);
    if hit {
        1.0 + height * (-away * away / 2.0).exp()
    } else {
        1.0
    }
}
