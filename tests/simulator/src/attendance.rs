//! One school on one day, class by class. The counts always add up: `hadir + sakit + izin + alpa = terdaftar`, and a
//! school's counts are the sums of its classes'.

use crate::{World, absence, calendar::school_year, dice::Dice, school::School};
use chrono::{Datelike, NaiveDate};

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

/// The codes of the classes of `school` by seat on `day`, which must be one of its school days: `S`, `I`, `A`, or `H`
/// for who is there.
pub(crate) fn seats(world: &World, school: &School, day: NaiveDate) -> Vec<(Class, Vec<char>)> {
    let chances = absence::Day::of(world, school, day);
    classes(world.seed, school, day)
        .into_iter()
        .map(|class| {
            let codes = chances.codes(&class);
            (class, codes)
        })
        .collect()
}

/// What the classes of `school` counted on `day`, which must be one of its school days. The school's recap is their sum.
pub fn by_class(world: &World, school: &School, day: NaiveDate) -> Vec<(Class, Attendance)> {
    let count = |(class, codes): (Class, Vec<char>)| {
        let of = |wanted: char| codes.iter().filter(|code| **code == wanted).count() as u32;
        let counts = Attendance {
            day,
            enrolled: class.pupils,
            present: of('H'),
            sick: of('S'),
            excused: of('I'),
            unexcused: of('A'),
        };
        (class, counts)
    };
    seats(world, school, day).into_iter().map(count).collect()
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
