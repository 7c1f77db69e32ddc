//! One month of the registry. Events are planned per village from its size, then carried out in the order of their
//! recording, each on whom it may happen to on that day.

use super::{
    event::Kind,
    registry::{Registry, office_day},
    step::Step,
};
use crate::{World, dice::Dice};
use chrono::{Days, NaiveDate, NaiveDateTime};

/// Where people come from and go to outside the regency, with its distance: `true` within the province. Kemendagri codes
/// of regencies.
pub(crate) const OUTSIDE: [(&str, bool, u32); 9] = [
    ("35.04", true, 24),
    ("35.02", true, 14),
    ("35.01", true, 8),
    ("35.78", true, 14),
    ("35.15", true, 8),
    ("35.07", true, 8),
    ("33.12", false, 6),
    ("31.75", false, 10),
    ("64.72", false, 8),
];

/// What is to happen where and when; `number` counts the plans of a month from 1.
pub(super) struct Plan {
    pub(super) recorded: NaiveDateTime,
    pub(super) village: u8,
    pub(super) kind: Kind,
    pub(super) number: u32,
}

/// Carries out the month that starts on `first`.
pub(super) fn month(all: &mut Registry, world: &World, first: NaiveDate) {
    let mut plans = Vec::new();
    for village in 0..all.stays.len() {
        let people = all.stays[village].iter().filter(|s| s.to == NaiveDate::MAX).count();
        let mut dice = Dice::of(world.seed, [31, village as u64, crate::attendance::day_number(first)]);
        for (kind, rate) in Kind::RATES {
            for _ in 0..dice.poisson(people as f64 / 1000.0 * rate * season(kind, world, first)) {
                let day = office_day(world, first, &mut dice);
                let second = dice.below(8 * 3600) as i64;
                plans.push(Plan {
                    recorded: day.and_time(chrono::NaiveTime::MIN)
                        + chrono::TimeDelta::seconds(7 * 3600 + 1800 + second),
                    village: village as u8,
                    kind,
                    number: 0,
                });
            }
        }
    }
    plans.sort_by_key(|p| (p.recorded, p.village, p.kind));
    for (number, plan) in (1..).zip(&mut plans) {
        plan.number = number;
    }
    for plan in &plans {
        let mut dice = Dice::of(
            world.seed,
            [32, u64::from(plan.number), crate::attendance::day_number(first)],
        );
        Step {
            all,
            world,
            plan,
            dice: &mut dice,
            made: 0,
        }
        .happen();
    }
}

/// Weddings avoid the month of fasting; people come home before its end and leave after it.
fn season(kind: Kind, world: &World, first: NaiveDate) -> f64 {
    let fasting = world.calendar.is_ramadan(first + Days::new(14));
    match kind {
        Kind::Marriage if fasting => 0.25,
        Kind::IdRecorded | Kind::IdPrinted if fasting => 0.8,
        _ => 1.0,
    }
}
