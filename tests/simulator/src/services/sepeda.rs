//! Sepeda Keren: classes for women, people with disabilities, children and other vulnerable people in the villages.

use crate::{
    World,
    dice::Dice,
    services::{shown, village},
};
use chrono::{Datelike, Days, NaiveDate};
use std::collections::BTreeSet;

/// Classes a year of the real size.
const A_YEAR: usize = 28;
/// Meetings of a class, one a week.
pub(crate) const MEETINGS: u64 = 12;
pub(crate) const TOPICS: [&str; 12] = [
    "Tata kelola desa",
    "Kepemimpinan perempuan",
    "Advokasi",
    "Komunikasi",
    "Pemantauan pembangunan",
    "Hak asasi manusia",
    "Kesehatan reproduksi",
    "Perencanaan desa",
    "Penganggaran desa",
    "Usaha bersama",
    "Perlindungan anak",
    "Musrena Keren",
];

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Class {
    pub(crate) id: String,
    pub(crate) village: usize,
    /// Day of the first meeting.
    pub(crate) from: NaiveDate,
    pub(crate) module: &'static str,
    pub(crate) mentor: &'static str,
    tag: u64,
}

/// Somebody in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) nik: String,
    pub(crate) group: &'static str,
    pub(crate) age: u32,
    pub(crate) disability: &'static str,
    tag: u64,
}

impl Class {
    /// Days of the meetings.
    pub(crate) fn days(&self) -> impl Iterator<Item = NaiveDate> {
        let from = self.from;
        (0..MEETINGS).map(move |week| from + Days::new(7 * week))
    }

    /// Day of the last meeting.
    pub(crate) fn last(&self) -> NaiveDate {
        self.from + Days::new(7 * (MEETINGS - 1))
    }

    /// Who is in it; nobody twice.
    pub(crate) fn members(&self, world: &World) -> Vec<Member> {
        let mut dice = Dice::of(self.tag, [791, 0, 0]);
        let mut seated = BTreeSet::new();
        (1..=16 + dice.below(12))
            .map(|number| self.member(world, number, &mut seated, Dice::of(dice.bits(), [792, 0, 0])))
            .collect()
    }

    fn member(&self, world: &World, number: usize, seated: &mut BTreeSet<String>, mut dice: Dice) -> Member {
        let group = dice
            .weighted(&[
                ("perempuan", 52),
                ("disabilitas", 14),
                ("anak", 10),
                ("lansia", 12),
                ("eks_migran", 8),
                ("lain", 4),
            ])
            .unwrap_or("lain");
        let age = match group {
            "anak" => 12 + dice.below(6),
            "lansia" => 60 + dice.below(18),
            _ => 20 + dice.below(36),
        } as u32;
        let disability = if group == "disabilitas" {
            ["fisik", "netra", "rungu wicara", "mental", "intelektual"][dice.below(5)]
        } else {
            ""
        };
        let sex = (group == "perempuan").then_some(true);
        let citizen = (0..6)
            .filter_map(|_| world.citizen(self.village, (&(age..=age + 4), sex), self.from, &mut dice))
            .find(|citizen| seated.insert(citizen.nik.clone()));
        let age = citizen
            .as_ref()
            .and_then(|citizen| self.from.years_since(citizen.birth))
            .unwrap_or(age);
        Member {
            id: format!("{}-{number:02}", self.id),
            nik: citizen.map_or_else(String::new, |citizen| citizen.nik),
            group,
            age,
            disability,
            tag: dice.bits(),
        }
    }
}

impl Member {
    /// True when there at a meeting; some stop coming.
    pub(crate) fn is_there(&self, meeting: usize) -> bool {
        let mut dice = Dice::of(self.tag, [793, 0, 0]);
        let (diligence, stops) = (
            0.7 + 0.28 * dice.unit(),
            if dice.chance(0.12) { dice.below(12) } else { 99 },
        );
        meeting < stops && Dice::of(self.tag, [794, meeting as u64, 0]).chance(diligence)
    }

    /// What came of it: kind, day, rupiah.
    pub(crate) fn outcome(&self, class: &Class) -> Option<(&'static str, NaiveDate, u64)> {
        let mut dice = Dice::of(self.tag, [795, 0, 0]);
        let kind = dice.weighted(&[
            ("", 60),
            ("usaha", 13),
            ("modal", 9),
            ("jabatan_desa", 4),
            ("usulan_musrena", 14),
        ])?;
        let day = class.last() + Days::new(5 + dice.below(120) as u64);
        let rupiah = match kind {
            "modal" => 1_000_000 + 250_000 * dice.below(17) as u64,
            "usulan_musrena" => 2_500_000 * (1 + dice.below(16) as u64),
            _ => 0,
        };
        (!kind.is_empty()).then_some((kind, day, rupiah))
    }
}

/// Classes whose first meeting lies in that year, by first day.
pub(crate) fn classes(world: &World, year: i32) -> Vec<Class> {
    let count = ((A_YEAR as f64 * shown(world)).round() as usize).clamp(8, A_YEAR);
    let mut all: Vec<_> = (0..count)
        .filter_map(|number| {
            let mut dice = Dice::of(world.seed, [796, number as u64, year.unsigned_abs().into()]);
            let kecamatan = dice.below(world.regions.kecamatan.len());
            let from = NaiveDate::from_ymd_opt(year, 1, 8)? + Days::new((330 * number / count + dice.below(20)) as u64);
            Some(Class {
                id: format!("SK-{year}-{:02}", number + 1),
                village: village(world, kecamatan, &mut dice),
                // Classes meet on Wednesdays.
                from: from + Days::new((9 - u64::from(from.weekday().num_days_from_monday())) % 7),
                module: [
                    "Dasar",
                    "Dasar; Perempuan",
                    "Dasar; Disabilitas",
                    "Dasar; Anak",
                    "Pekerja migran",
                ][dice.below(5)],
                mentor: [
                    "Hj. Siti Simulasi, S.Sos.",
                    "Dra. Endang Simulasi",
                    "Nur Simulasi, S.Pd.",
                    "Wahyu Simulasi",
                ][dice.below(4)],
                tag: dice.bits(),
            })
        })
        .collect();
    all.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    all
}

/// Classes with anything on the days `from..=to`: meetings, or outcomes up to four months later.
pub(crate) fn around(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Class> {
    (from.year() - 1..=to.year())
        .flat_map(|year| classes(world, year))
        .filter(|class| class.from <= to && class.last() + Days::new(130) >= from)
        .collect()
}

/// Age group as the forms have it.
pub(crate) fn age_group(age: u32) -> &'static str {
    match age {
        0..20 => "<20",
        20..30 => "20-29",
        30..40 => "30-39",
        40..50 => "40-49",
        50..60 => "50-59",
        _ => "60+",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    #[test]
    fn members_are_who_they_are_said_to_be_and_sit_once_in_a_class() {
        let world = World::new(14, 1).unwrap();
        let registry = world.registry();
        let persons: std::collections::HashMap<_, _> = registry.persons.iter().map(|p| (p.nik(), p)).collect();
        let mut known = 0;
        for class in classes(&world, 2026) {
            let mut seen = BTreeSet::new();
            for member in class.members(&world).into_iter().filter(|m| !m.nik.is_empty()) {
                let person = persons[&member.nik];
                assert!(seen.insert(member.nik.clone()), "{member:?} sits twice");
                assert_eq!(person.age(class.from), member.age, "{member:?}");
                assert!(member.group != "perempuan" || person.female, "{member:?}");
                known += 1;
            }
            assert!(class.mentor.contains("Simulasi"), "{}", class.mentor);
        }
        assert!(known > 60, "{known}");
    }
}
