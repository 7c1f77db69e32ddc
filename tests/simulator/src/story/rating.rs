//! What people say: an institution whose satisfaction falls, and ratings that nobody who was served has given - bursts
//! of fives from a few devices, or an employee who rates himself.

use super::{Answer, Planted, Setting, Story, mall};
use crate::dice::Dice;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::sync::Arc;

/// Institutions with enough answers that a change can be seen.
const UNITS: [&str; 6] = ["dukcapil", "polres", "bpkad", "bpjs_kesehatan", "dpmptsp", "samsat"];

#[derive(Debug)]
struct Falling {
    institution: &'static str,
    from: NaiveDate,
    until: NaiveDate,
    points: f64,
}

#[derive(Debug)]
struct Fraud {
    institution: &'static str,
    /// The officer that rates himself; none for bursts.
    officer: Option<usize>,
    from: NaiveDate,
    until: NaiveDate,
    per_day: u32,
    devices: u64,
}

/// In most quarters an institution that falls, and up to two frauds at others.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    let (first, last) = setting.quarter;
    if first < crate::services::office::MPP_OPENED {
        return Vec::new();
    }
    let mut units = UNITS.to_vec();
    let mut draw = |dice: &mut Dice| units.swap_remove(dice.below(units.len()));
    let start = |dice: &mut Dice| mall::monday(first + Days::new(10 + dice.below(28) as u64));
    let (falling, bursts, own) = (draw(dice), draw(dice), draw(dice));
    let (a, b, c) = (start(dice), start(dice), start(dice));
    let all: [Arc<dyn Story>; 3] = [
        Arc::new(Falling {
            institution: falling,
            from: a,
            until: (a + Days::new(48)).min(last),
            points: -0.55 - 0.25 * dice.unit(),
        }),
        Arc::new(Fraud {
            institution: bursts,
            officer: None,
            from: b,
            until: b + Days::new(18),
            per_day: 9 + dice.below(8) as u32,
            devices: 3,
        }),
        Arc::new(Fraud {
            institution: own,
            officer: Some(dice.below(2)),
            from: c,
            until: (c + Days::new(39)).min(last),
            per_day: 3,
            devices: 1,
        }),
    ];
    // A third of them is not told: a quarter without any is possible.
    all.into_iter().filter(|_| dice.chance(2.0 / 3.0)).collect()
}

impl Story for Falling {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        Answer {
            kind: "falling_satisfaction".into(),
            datasets: vec!["skm_respons".into(), "penilaian_layanan".into(), "pengaduan".into()],
            units: vec![self.institution.into()],
            from: self.from,
            until: self.until,
            expected: "alarm".into(),
            note: format!(
                "survey answers and ratings of {} fall by about {:.1} points",
                self.institution, -self.points
            ),
            ..Answer::default()
        }
    }

    fn opinion(&self, institution: &str, _place: &str, day: NaiveDate) -> f64 {
        let grown = ((day - self.from).num_days() as f64 / 10.0).clamp(0.0, 1.0);
        if institution == self.institution {
            self.points * grown
        } else {
            0.0
        }
    }
}

impl Story for Fraud {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let (kind, note) = match self.officer {
            None => ("rating_burst", "bursts of fives without tickets from a few devices"),
            Some(_) => ("rating_self", "one device gives an officer fives day after day"),
        };
        Answer {
            kind: kind.into(),
            datasets: vec!["penilaian_layanan".into()],
            units: vec![self.institution.into(), "MPP".into()],
            from: self.from,
            until: self.until,
            expected: "alarm".into(),
            note: note.into(),
            ..Answer::default()
        }
    }

    fn planted(&self, day: NaiveDate) -> Vec<Planted> {
        // Bursts come on Tuesdays and Fridays; who rates himself does it on every working day.
        let due = match self.officer {
            None => matches!(day.weekday(), Weekday::Tue | Weekday::Fri),
            Some(_) => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        };
        if !due {
            return Vec::new();
        }
        vec![Planted {
            institution: self.institution,
            place: "MPP",
            officer: self.officer,
            count: self.per_day,
            devices: self.devices,
            tag: mall::tag(self.from, u64::from(self.officer.is_some())),
        }]
    }
}
