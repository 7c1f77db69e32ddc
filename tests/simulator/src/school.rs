//! The schools of the synthetic regency. School `i` is the same in a small and in a large world of one seed, so a
//! demo can grow without changing what it has already sent.

use crate::{
    Result,
    dice::Dice,
    facts::{self, Kecamatan},
};
use std::collections::HashMap;

/// Kind of school with its weight (schools per 1,250) and the log-normal of its enrolment: median and sigma
/// (domain model: SD 95 pupils with p10 40 and p90 220, and so on).
const KINDS: [(Kind, u32); 8] = [
    (Kind::Tk, 420),
    (Kind::Sd, 420),
    (Kind::Mi, 110),
    (Kind::Smp, 95),
    (Kind::Mts, 50),
    (Kind::Sma, 20),
    (Kind::Smk, 30),
    (Kind::Ma, 25),
];

/// Kind of school (`jenjang`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Kindergarten.
    Tk,
    /// Primary school.
    Sd,
    /// Primary madrasah.
    Mi,
    /// Lower secondary school.
    Smp,
    /// Lower secondary madrasah.
    Mts,
    /// Upper secondary school.
    Sma,
    /// Vocational school.
    Smk,
    /// Upper secondary madrasah.
    Ma,
}

impl Kind {
    /// The word used in the data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tk => "TK",
            Self::Sd => "SD",
            Self::Mi => "MI",
            Self::Smp => "SMP",
            Self::Mts => "MTs",
            Self::Sma => "SMA",
            Self::Smk => "SMK",
            Self::Ma => "MA",
        }
    }

    /// First and last grade; 0 for kindergartens.
    pub(crate) fn grades(self) -> std::ops::RangeInclusive<u32> {
        match self {
            Self::Tk => 0..=0,
            Self::Sd | Self::Mi => 1..=6,
            Self::Smp | Self::Mts => 7..=9,
            Self::Sma | Self::Smk | Self::Ma => 10..=12,
        }
    }

    /// Who is in charge of it (`kewenangan`).
    pub(crate) fn authority(self) -> &'static str {
        match self {
            Self::Tk | Self::Sd | Self::Smp => "kabupaten",
            Self::Mi | Self::Mts | Self::Ma => "kemenag",
            Self::Sma | Self::Smk => "provinsi",
        }
    }

    fn is_private(self, dice: &mut Dice) -> bool {
        dice.chance(match self {
            Self::Tk | Self::Mi => 0.95,
            Self::Mts | Self::Ma => 0.85,
            Self::Smk => 0.6,
            Self::Smp => 0.2,
            Self::Sd | Self::Sma => 0.06,
        })
    }

    fn enrolment(self) -> (f64, f64) {
        match self {
            Self::Tk => (30.0, 0.45),
            Self::Sd => (95.0, 0.66),
            Self::Mi => (110.0, 0.6),
            Self::Smp => (200.0, 0.6),
            Self::Mts => (160.0, 0.6),
            Self::Sma | Self::Smk | Self::Ma => (330.0, 0.6),
        }
    }

    /// Share of schools of this kind that teach on Saturday.
    fn six_days(self) -> f64 {
        match self {
            Self::Tk => 0.55,
            Self::Sd | Self::Mi | Self::Mts | Self::Ma => 0.85,
            Self::Smp => 0.6,
            Self::Sma | Self::Smk => 0.2,
        }
    }
}

/// A made-up school.
#[derive(Debug, Clone, PartialEq)]
pub struct School {
    /// Position in the world; part of every throw of the dice.
    pub index: u64,
    /// School number: eight digits starting with 99, which no real school has.
    pub npsn: String,
    /// Name with the word "Simulasi".
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Kemendagri code of the kecamatan.
    pub kecamatan: String,
    /// Distance of the kecamatan to the town in km.
    pub distance_km: u32,
    /// Pupils, before yearly change.
    pub pupils: u32,
    /// Teaches on Saturday.
    pub six_days: bool,
    /// Its own level of absence; 1 is usual.
    pub habit: f64,
    /// Share of school days without a report.
    pub missing: f64,
    /// Kemendagri code of the village.
    pub village: String,
    /// The most detailed report it sends.
    pub reporting: Reporting,
    /// Run by a foundation.
    pub private: bool,
}

/// What a school reports beside the recap that every school sends (`cara_lapor`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporting {
    /// Every pupil's code.
    Pupils,
    /// Counts per class.
    Classes,
    /// The recap only.
    Recap,
}

impl Reporting {
    /// The word used in the data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pupils => "siswa",
            Self::Classes => "kelas",
            Self::Recap => "rekap",
        }
    }
}

/// The first `count` schools of the world of `seed`.
pub fn schools(seed: u64, count: usize) -> Result<Vec<School>> {
    let kecamatan = facts::kecamatan()?;
    let mut named = HashMap::new();
    Ok((0..count as u64)
        .map(|index| school(seed, index, &kecamatan, &mut named))
        .collect())
}

fn reporting(kind: Kind, dice: &mut Dice) -> Reporting {
    // Kindergartens have no application; madrasah have one of their own ministry.
    let (pupils, classes) = match kind {
        Kind::Tk => (0.0, 0.2),
        Kind::Mi | Kind::Mts | Kind::Ma => (0.06, 0.3),
        _ => (0.18, 0.36),
    };
    match dice.unit() {
        x if x < pupils => Reporting::Pupils,
        x if x < pupils + classes => Reporting::Classes,
        _ => Reporting::Recap,
    }
}

/// Gives nearly every school, kindergartens included, an application for each pupil.
pub(crate) fn digitise(seed: u64, school: &mut School) {
    if Dice::of(seed, [19, school.index, 0]).chance(0.98) {
        school.reporting = Reporting::Pupils;
    }
}

fn school(seed: u64, index: u64, all: &[Kecamatan], named: &mut HashMap<String, u32>) -> School {
    let mut dice = Dice::of(seed, [1, index, 0]);
    let weights: Vec<_> = all.iter().map(|k| (k, k.population)).collect();
    // The first schools visit every kecamatan once, so that the smallest world has no empty one.
    let place = match all.get(index as usize) {
        Some(first) => first,
        None => dice.weighted(&weights).unwrap_or(&all[0]),
    };
    let kind = if index < all.len() as u64 {
        Kind::Sd
    } else {
        dice.weighted(&KINDS).unwrap_or(Kind::Sd)
    };
    let position = dice.below(place.villages.len());
    let village = place.villages.get(position).map_or(place.name.as_str(), String::as_str);
    let (median, sigma) = kind.enrolment();
    let stem = format!("{} Simulasi {village}", kind.as_str());
    // Ten village names occur in two kecamatan: count them apart, or two schools would share a name.
    let number = named.entry(stem.clone()).and_modify(|n| *n += 1).or_insert(1);
    let mut more = Dice::of(seed, [13, index, 0]);
    School {
        village: place.village_codes.get(position).cloned().unwrap_or_default(),
        reporting: reporting(kind, &mut more),
        private: kind.is_private(&mut more),
        index,
        npsn: format!("{}", 99_000_001 + index),
        name: format!("{stem} {number}"),
        kind,
        kecamatan: place.code.clone(),
        distance_km: place.distance_km,
        pupils: (median * (sigma * dice.normal()).exp()).round().clamp(9.0, 1200.0) as u32,
        six_days: dice.chance(kind.six_days()),
        habit: (0.25 * dice.normal()).exp(),
        // Far and mountainous places miss more reports; a few schools hardly report at all.
        missing: if dice.chance(0.03) {
            0.35
        } else {
            0.02 + 0.0008 * f64::from(place.distance_km)
        },
    }
}
