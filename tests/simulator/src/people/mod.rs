//! The people of the regency. Invariant: every NIK and family number starts with 99, which no real one does.

use crate::{World, dice::Dice};
use chrono::{Datelike, Days, NaiveDate};
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
        let age = *ages.start() + dice.below((ages.end() - ages.start() + 1) as usize) as u32;
        let birth = day - Days::new(u64::from(age) * 365 + dice.below(365) as u64);
        let female = dice.chance(0.5);
        let place = self.regions.villages.get(village)?.kecamatan + 1;
        let date = birth.day() + if female { 40 } else { 0 };
        Some(Citizen {
            nik: format!(
                "9935{place:02}{date:02}{:02}{:02}{:04}",
                birth.month(),
                birth.year() % 100,
                1 + dice.below(40)
            ),
            name: if female { "SITI SIMULASI" } else { "BUDI SIMULASI" }.into(),
            female,
            birth,
            village,
        })
    }
}
