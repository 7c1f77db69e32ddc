//! The people of the regency. Invariant: every NIK and family number starts with 99, which no real one does.

pub(crate) mod event;
mod evolve;
mod household;
mod moves;
pub(crate) mod names;
pub(crate) mod person;
pub(crate) mod registry;
mod step;
mod work;

pub(crate) use evolve::OUTSIDE;
pub(crate) use registry::Registry;

use crate::{World, dice::Dice};
use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// Draws before somebody is looked for from door to door, and the most doors.
const DRAWS: usize = 16;
const DOORS: usize = 2000;

/// A registered person, as feeds of services see one: who asks for something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Citizen {
    /// 16 digits, prefix 99.
    pub(crate) nik: String,
    /// Full name in capitals, as the registry writes it.
    pub(crate) name: String,
    pub(crate) female: bool,
    pub(crate) birth: NaiveDate,
    /// Position of the village.
    pub(crate) village: usize,
}

impl World {
    /// Somebody registered in the village on `day` whose age and sex are `wanted` (true for women, none for both); none when nobody was found, which is
    /// likely for rare ages in small worlds.
    pub(crate) fn citizen(
        &self,
        village: usize,
        wanted: (&RangeInclusive<u32>, Option<bool>),
        day: NaiveDate,
        dice: &mut Dice,
    ) -> Option<Citizen> {
        let registry = self.registry();
        let stays = registry.stays.get(village)?;
        let fits = |position: usize| {
            let stay = stays.get(position)?;
            let person = registry.persons.get(stay.person as usize)?;
            let here = (stay.from..stay.to).contains(&day) && person.birth <= day;
            let sex = wanted.1.is_none_or(|female| female == person.female);
            (here && sex && wanted.0.contains(&person.age(day))).then(|| Citizen {
                nik: person.nik(),
                name: person.full_name(),
                female: person.female,
                birth: person.birth,
                village,
            })
        };
        let drawn = (0..DRAWS).find_map(|_| fits(dice.below(stays.len())));
        // Rare ages are looked for from door to door, or whoever is rare would have no number.
        let start = dice.below(stays.len());
        drawn.or_else(|| (0..stays.len().min(DOORS)).find_map(|step| fits((start + step) % stays.len())))
    }
}
