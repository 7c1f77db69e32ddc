//! Civil servants: who works where, and who sits at a counter on a day.

use crate::{
    World,
    attendance::day_number,
    dice::Dice,
    services::{name_number, place::Site},
};
use chrono::{Datelike, Days, NaiveDate};

const WOMEN: [&str; 16] = [
    "Sri Wahyuni",
    "Endang Lestari",
    "Dewi Anggraini",
    "Siti Fatimah",
    "Rina Kusuma",
    "Yuni Astuti",
    "Ratna Sari",
    "Wiwik Handayani",
    "Lilik Nurhayati",
    "Eka Puspita",
    "Nur Aini",
    "Tutik Rahayu",
    "Diah Permata",
    "Anis Maulida",
    "Kartini",
    "Sulastri",
];
const MEN: [&str; 16] = [
    "Budi Santoso",
    "Agus Prasetyo",
    "Eko Wahyudi",
    "Slamet Riyadi",
    "Joko Susilo",
    "Imam Mustofa",
    "Hadi Purnomo",
    "Bambang Irawan",
    "Wahyu Nugroho",
    "Dwi Cahyono",
    "Arif Hidayat",
    "Suyatno",
    "Mujiono",
    "Rudi Hartono",
    "Andi Setiawan",
    "Sugeng",
];

/// A made-up civil servant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Officer {
    /// 18 digits; the year of birth starts with 99, which no real number has.
    pub(crate) nip: String,
    /// Name with the word "Simulasi".
    pub(crate) name: String,
    pub(crate) started: NaiveDate,
    /// `pns` or `pppk`.
    pub(crate) kind: &'static str,
    /// Class of the post, 5 to 15; decides the allowance.
    pub(crate) class: u32,
}

/// The `number`-th officer of an institution at a place.
pub(crate) fn officer(seed: u64, institution: &str, place: &str, number: usize) -> Officer {
    let mut dice = Dice::of(
        seed ^ name_number(place),
        [721, name_number(institution), number as u64],
    );
    let female = dice.chance(0.5);
    let list = if female { &WOMEN } else { &MEN };
    let name = list.get(dice.below(list.len())).copied().unwrap_or("Sugeng");
    let kind = if dice.chance(0.72) { "pns" } else { "pppk" };
    let birth_year = 68 + dice.below(32);
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    let start_year = (2000 + dice.below(25)) as i32;
    let start_month = 1 + dice.below(12) as u32;
    let sex = if female { 2 } else { 1 };
    // Running number of people born on a day: taken from the dice, wide enough to tell a few hundred officers apart.
    let running = dice.below(1000);
    Officer {
        nip: format!("99{birth_year:02}{month:02}{day:02}{start_year}{start_month:02}{sex}{running:03}"),
        name: format!("{name} Simulasi"),
        started: NaiveDate::from_ymd_opt(start_year, start_month, 1).unwrap_or_default(),
        kind,
        class: 5 + dice.below(if kind == "pns" { 9 } else { 5 }) as u32,
    }
}

/// How many officers share the counters of a pool.
pub(crate) fn crew(counters: usize) -> usize {
    counters + 1 + counters / 4
}

/// The officer at a counter of a pool on `day`; changes from day to day.
pub(crate) fn at_counter(world: &World, site: &Site, pool: usize, counter: usize, day: NaiveDate) -> Officer {
    let (institution, counters) = site
        .pools
        .get(pool)
        .map_or(("", 1), |pool| (pool.institution.as_str(), pool.counters));
    let number = (counter + day_number(day) as usize / 2) % crew(counters);
    officer(world.seed, institution, &site.code, number)
}

/// Officers of an institution's own office, away from counters; the larger the more it does.
pub(crate) fn office_size(institution: &str) -> usize {
    18 + (name_number(institution) % 30) as usize
}

/// Age in years on `day` by the birth date in a number.
pub(crate) fn retires(officer: &Officer) -> NaiveDate {
    let year = officer
        .nip
        .get(2..4)
        .and_then(|text| text.parse::<i32>().ok())
        .unwrap_or(80);
    let month = officer.nip.get(4..6).and_then(|text| text.parse().ok()).unwrap_or(1);
    let born = if year > 60 { 1900 + year } else { 2000 + year };
    let first = NaiveDate::from_ymd_opt(born + 58, month, 1).unwrap_or(NaiveDate::MAX);
    first
        .checked_add_days(Days::new(31))
        .map_or(first, |next| next.with_day(1).unwrap_or(next))
}
