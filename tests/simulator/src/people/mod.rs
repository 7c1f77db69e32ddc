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
    /// Somebody registered in the village on `day` whose age lies in `ages`; none when nobody was found in a few
    /// draws, which is likely for rare ages in small worlds.
    pub(crate) fn citizen(
        &self,
        village: usize,
        ages: RangeInclusive<u32>,
        day: NaiveDate,
        dice: &mut Dice,
    ) -> Option<Citizen> {
        let registry = self.registry();
        let stays = registry.stays.get(village)?;
        for _ in 0..16 {
            let stay = stays.get(dice.below(stays.len()))?;
            let person = registry.persons.get(stay.person as usize)?;
            if (stay.from..stay.to).contains(&day) && person.birth <= day && ages.contains(&person.age(day)) {
                return Some(Citizen {
                    nik: person.nik(),
                    name: person.full_name(),
                    female: person.female,
                    birth: person.birth,
                    village,
                });
            }
        }
        None
    }
}
