//! A person and a family as the registry holds them. Small values, because the whole regency has 754,000 of them.

use super::names::Name;
use chrono::{Datelike, NaiveDate};

/// Relation to the head of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Head,
    Wife,
    Child,
    Parent,
    InLaw,
}

/// Marital status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marital {
    Single,
    Married,
    Divorced,
    Widowed,
}

/// Whether the registry counts the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Dead,
    Moved,
}

/// A registered person.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Person {
    /// Position in the registry; never changes.
    pub(crate) id: u32,
    /// Position of the family.
    pub(crate) family: u32,
    pub(crate) birth: NaiveDate,
    pub(crate) name: Name,
    /// Position of the village.
    pub(crate) village: u8,
    /// Number 1 to 14 of the kecamatan of first registration, 90 for elsewhere.
    pub(crate) origin: u8,
    /// Number among those with the same origin, sex and birth date.
    pub(crate) serial: u16,
    pub(crate) female: bool,
    pub(crate) relation: Relation,
    pub(crate) marital: Marital,
    pub(crate) status: Status,
    /// Position in [`EDUCATION`].
    pub(crate) education: u8,
    /// Position in [`JOBS`].
    pub(crate) job: u8,
    /// Position in [`FAITHS`].
    pub(crate) faith: u8,
}

/// Highest schooling in the registry's words.
pub(crate) const EDUCATION: [&str; 8] = [
    "TIDAK/BELUM SEKOLAH",
    "BELUM TAMAT SD/SEDERAJAT",
    "TAMAT SD/SEDERAJAT",
    "SLTP/SEDERAJAT",
    "SLTA/SEDERAJAT",
    "DIPLOMA III",
    "DIPLOMA IV/STRATA I",
    "STRATA II",
];
/// Occupations in the registry's words.
pub(crate) const JOBS: [&str; 12] = [
    "BELUM/TIDAK BEKERJA",
    "PELAJAR/MAHASISWA",
    "MENGURUS RUMAH TANGGA",
    "PETANI/PEKEBUN",
    "BURUH TANI/PERKEBUNAN",
    "WIRASWASTA",
    "KARYAWAN SWASTA",
    "PEDAGANG",
    "NELAYAN/PERIKANAN",
    "PEGAWAI NEGERI SIPIL",
    "GURU",
    "PENSIUNAN",
];
/// Faiths in the registry's words.
pub(crate) const FAITHS: [&str; 4] = ["ISLAM", "KRISTEN", "KATOLIK", "BUDDHA"];

impl Person {
    /// Full years on `day`.
    pub(crate) fn age(&self, day: NaiveDate) -> u32 {
        day.years_since(self.birth).unwrap_or(0)
    }

    /// 16 digits: 99, 03, kecamatan, birth date (women 40 days later), serial.
    pub(crate) fn nik(&self) -> String {
        let day = self.birth.day() + if self.female { 40 } else { 0 };
        format!(
            "9903{:02}{day:02}{:02}{:02}{:04}",
            self.origin,
            self.birth.month(),
            self.birth.year().rem_euclid(100),
            self.serial
        )
    }

    /// Full name in capitals.
    pub(crate) fn full_name(&self) -> String {
        self.name.text(self.female)
    }
}

/// A family card.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    /// Position of the village.
    pub(crate) village: u8,
    /// Number of the kecamatan that issued the card.
    pub(crate) origin: u8,
    /// Day of first issue.
    pub(crate) issued: NaiveDate,
    /// Number among the cards of that kecamatan and day.
    pub(crate) serial: u16,
    pub(crate) rt: u8,
    pub(crate) rw: u8,
    /// Active members, head first as long as there is one.
    pub(crate) members: Vec<u32>,
}

impl Family {
    /// 16 digits: 99, 03, kecamatan, day of issue, serial.
    pub(crate) fn number(&self) -> String {
        format!(
            "9903{:02}{}{:04}",
            self.origin,
            self.issued.format("%d%m%y"),
            self.serial
        )
    }
}
