//! Look-alikes: many pupils are away, and nobody is ill. Teachers enter a part of them as ill all the same, and sizes
//! and lengths are those of outbreaks, so no single number of a school tells the two apart: only that nobody comes to
//! the health centre, that neighbours are away too, the calendar, and the weather.

use super::{Answer, Setting, Story};
use crate::{
    absence::Away,
    attendance::day_number,
    dice::Dice,
    school::{Kind, School},
    weather::Weather,
};
use chrono::{Datelike, Days, NaiveDate};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Bersih desa, nyadran: a village keeps its children at home, its school stays open or closed.
    LocalHoliday,
    /// Roads under water, on the wettest days of the quarter.
    Flood,
    /// Fields are harvested for some days, and children help.
    Harvest,
    /// One grade writes exams, the others are on leave at home.
    Exam,
    /// A trip, entered as leave.
    Trip,
}

#[derive(Debug)]
struct Look {
    reason: Reason,
    /// Index of the schools, with number and the share of the absent that the school enters as ill.
    schools: BTreeMap<u64, (String, f64)>,
    places: Vec<String>,
    from: NaiveDate,
    until: NaiveDate,
    factor: f64,
    closed: bool,
    tag: u64,
}

/// Two to five look-alikes a quarter.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    (0..2 + dice.below(4))
        .filter_map(|_| draw(setting, dice))
        .map(|story| Arc::new(story) as Arc<dyn Story>)
        .collect()
}

fn draw(setting: &Setting<'_>, dice: &mut Dice) -> Option<Look> {
    let (first, last) = setting.quarter;
    let length = (last - first).num_days().unsigned_abs() as usize;
    let school = setting.schools.get(dice.below(setting.schools.len()))?;
    let kecamatan = |s: &&School| s.kecamatan == school.kecamatan;
    let village = |s: &&School| s.village == school.village;
    let older =
        |s: &&School| kecamatan(s) && matches!(s.kind, Kind::Smp | Kind::Mts | Kind::Sma | Kind::Smk | Kind::Ma);
    let all = setting.schools.iter();
    let (reason, chosen, days): (_, Vec<&School>, _) = match dice.below(6) {
        0 => (Reason::LocalHoliday, all.filter(village).collect(), 1 + dice.below(2)),
        1 => (Reason::LocalHoliday, all.filter(kecamatan).collect(), 1),
        2 => (Reason::Flood, all.filter(kecamatan).collect(), 2 + dice.below(3)),
        3 => (Reason::Harvest, all.filter(village).collect(), 4 + dice.below(9)),
        4 => (Reason::Exam, all.filter(older).collect(), 3 + dice.below(3)),
        _ => (Reason::Trip, vec![school], 1 + dice.below(3)),
    };
    let drawn = first + Days::new(dice.below(length) as u64);
    let from = setting.calendar.last_school_day(match reason {
        Reason::Flood => wettest(setting, school)?,
        Reason::Exam => exams(first)? + Days::new(dice.below(5) as u64),
        _ => drawn,
    });
    if from < first || chosen.is_empty() {
        return None;
    }
    let whole = chosen.iter().all(|s| s.village == school.village);
    let place = if whole { &school.village } else { &school.kecamatan };
    let noted = |s: &School, dice: &mut Dice| match reason {
        Reason::Exam | Reason::Trip => (s.npsn.clone(), 0.0),
        _ => (s.npsn.clone(), 0.2 + 0.3 * dice.unit()),
    };
    Some(Look {
        places: vec![place.clone()],
        schools: chosen.iter().map(|s| (s.index, noted(s, dice))).collect(),
        until: from + Days::new(days as u64 - 1),
        closed: reason == Reason::LocalHoliday && dice.chance(0.4),
        factor: 3.0 + 7.0 * dice.unit(),
        tag: day_number(from) << 16 | dice.bits() >> 48,
        reason,
        from,
    })
}

/// The day with most rain in the school's kecamatan, when there was enough to cut a road.
fn wettest(setting: &Setting<'_>, school: &School) -> Option<NaiveDate> {
    let (place, weather) = (
        setting.regions.kecamatan_of(&school.kecamatan)?,
        Weather::new(setting.seed),
    );
    let (first, last) = setting.quarter;
    first
        .iter_days()
        .take_while(|day| *day <= last)
        .filter(|day| setting.calendar.is_school_day(*day, false))
        .map(|day| (weather.rain(place, day), day))
        .filter(|(rain, _)| *rain > 45.0)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, day)| day)
}

/// Start of the weeks of exams of a quarter: middle and end of each semester.
fn exams(first: NaiveDate) -> Option<NaiveDate> {
    let (month, day) = match first.month() {
        1 => (3, 9),
        4 => (6, 2),
        7 => (9, 14),
        _ => (12, 1),
    };
    NaiveDate::from_ymd_opt(first.year(), month, day)
}

impl Look {
    /// How far it goes on that day: a harvest begins and ends with few.
    fn shape(&self, day: NaiveDate) -> f64 {
        if self.reason != Reason::Harvest {
            return 1.0;
        }
        let length = (self.until - self.from).num_days() as f64 + 1.0;
        let part = ((day - self.from).num_days() as f64 + 0.5) / length;
        0.35 + 0.65 * (part * std::f64::consts::PI).sin()
    }
}

impl Story for Look {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let (kind, note) = match self.reason {
            Reason::LocalHoliday if self.closed => ("local_holiday", "schools are closed for a feast of the place"),
            Reason::LocalHoliday => ("local_holiday", "children stay at home for a feast of the place"),
            Reason::Flood => ("flood", "roads are under water"),
            Reason::Harvest => ("harvest", "children help with the harvest"),
            Reason::Exam => ("exam", "one grade writes exams, the others are entered as excused"),
            Reason::Trip => ("trip", "a school trip is entered as leave"),
        };
        Answer {
            kind: kind.into(),
            datasets: ["absensi_harian_sekolah", "absensi_kelas", "absensi_siswa"]
                .map(String::from)
                .to_vec(),
            places: self.places.clone(),
            units: self.schools.values().map(|school| school.0.clone()).collect(),
            from: self.from,
            until: self.until,
            expected: "none".into(),
            note: note.into(),
            ..Answer::default()
        }
    }

    fn absence(&self, school: &School, day: NaiveDate) -> Away {
        let Some((_, noted_ill)) = self.schools.get(&school.index).filter(|_| !self.closed) else {
            return Away::NONE;
        };
        let factor = 1.0 + (self.factor - 1.0) * self.shape(day);
        Away {
            leave: factor,
            truancy: match self.reason {
                Reason::Exam | Reason::Trip => 1.0,
                _ => factor,
            },
            noted_ill: *noted_ill,
            tag: self.tag,
        }
    }

    fn school_closed(&self, school: &School, _: NaiveDate) -> bool {
        self.closed && self.schools.contains_key(&school.index)
    }
}
