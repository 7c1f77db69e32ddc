//! Look-alikes: many pupils are away, and nobody is ill. A watchful hub stays calm.

use super::{Answer, Setting, Story};
use crate::{
    dice::Dice,
    school::{Kind, School},
};
use chrono::{Days, NaiveDate};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// Bersih desa, nyadran: a village keeps its children at home, its school stays open or closed.
    LocalHoliday,
    /// Roads under water.
    Flood,
    /// One grade writes exams, the others stay at home.
    Exam,
    /// A class trip, entered as leave.
    Trip,
}

#[derive(Debug)]
struct Away {
    reason: Reason,
    /// Index and number of the schools.
    schools: BTreeMap<u64, String>,
    places: Vec<String>,
    from: NaiveDate,
    until: NaiveDate,
    factor: f64,
    closed: bool,
}

/// Two to four look-alikes a quarter.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    (0..2 + dice.below(3))
        .filter_map(|_| draw(setting, dice))
        .map(|story| Arc::new(story) as Arc<dyn Story>)
        .collect()
}

fn draw(setting: &Setting<'_>, dice: &mut Dice) -> Option<Away> {
    let (first, last) = setting.quarter;
    let length = (last - first).num_days().unsigned_abs() as usize;
    let from = setting
        .calendar
        .last_school_day(first + Days::new(dice.below(length) as u64));
    let school = setting.schools.get(dice.below(setting.schools.len()))?;
    if from < first {
        return None;
    }
    let kecamatan = |s: &&School| s.kecamatan == school.kecamatan;
    let village = |s: &&School| s.village == school.village;
    let all = setting.schools.iter();
    let (reason, chosen, days, factor): (_, Vec<&School>, _, _) = match dice.below(5) {
        0 => (Reason::LocalHoliday, all.filter(village).collect(), 1, 30.0),
        1 => (Reason::LocalHoliday, all.filter(kecamatan).collect(), 1, 14.0),
        2 => (Reason::Flood, all.filter(kecamatan).collect(), 2, 12.0),
        3 => {
            let older = |s: &&School| {
                kecamatan(s) && matches!(s.kind, Kind::Smp | Kind::Mts | Kind::Sma | Kind::Smk | Kind::Ma)
            };
            (Reason::Exam, all.filter(older).collect(), 3, 25.0)
        }
        _ => (Reason::Trip, vec![school], 1, 35.0),
    };
    let closed = reason == Reason::LocalHoliday && dice.chance(0.4);
    let whole =
        matches!(reason, Reason::LocalHoliday | Reason::Trip) && chosen.iter().all(|s| s.village == school.village);
    (!chosen.is_empty()).then(|| Away {
        places: vec![if whole {
            school.village.clone()
        } else {
            school.kecamatan.clone()
        }],
        schools: chosen.iter().map(|s| (s.index, s.npsn.clone())).collect(),
        until: from + Days::new(days - 1),
        reason,
        from,
        factor,
        closed,
    })
}

impl Story for Away {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let (kind, note) = match self.reason {
            Reason::LocalHoliday if self.closed => ("local_holiday", "schools are closed for a feast of the place"),
            Reason::LocalHoliday => ("local_holiday", "children stay at home for a feast of the place"),
            Reason::Flood => ("flood", "roads are under water"),
            Reason::Exam => ("exam", "one grade writes exams, the others are entered as excused"),
            Reason::Trip => ("trip", "a school trip is entered as leave"),
        };
        Answer {
            kind: kind.into(),
            datasets: ["absensi_harian_sekolah", "absensi_kelas", "absensi_siswa"]
                .map(String::from)
                .to_vec(),
            places: self.places.clone(),
            units: self.schools.values().cloned().collect(),
            from: self.from,
            until: self.until,
            expected: "none".into(),
            note: note.into(),
            ..Answer::default()
        }
    }

    fn absence(&self, school: &School, _: NaiveDate) -> f64 {
        if self.schools.contains_key(&school.index) && !self.closed {
            self.factor
        } else {
            1.0
        }
    }

    fn school_closed(&self, school: &School, _: NaiveDate) -> bool {
        self.closed && self.schools.contains_key(&school.index)
    }
}
