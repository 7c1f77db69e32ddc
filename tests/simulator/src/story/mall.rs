//! Fewer people at the Mal Pelayanan Publik, for one of three reasons: the villages serve the same need; papers are
//! right the first time, so fewer come again; or the service got worse. Each calendar year tells each of the three in an
//! order of the seed, and has a quarter in which mostly nothing happens. The first two are good news, and only what
//! happens elsewhere tells them from the third.

use super::{Answer, Setting, Story};
use crate::{attendance::day_number, dice::Dice};
use chrono::{Datelike, Days, NaiveDate};
use std::sync::Arc;

const PLACE: &str = "MPP";
/// Days until a story has its full effect.
const RAMP: f64 = 14.0;
const CIVIL: [&str; 5] = [
    "DUKCAPIL-KTP-CETAK",
    "DUKCAPIL-KK",
    "DUKCAPIL-AKTA-LAHIR",
    "DUKCAPIL-AKTA-MATI",
    "DUKCAPIL-PINDAH",
];
/// The registry's other services, which no village can take over.
const CIVIL_TOO: [&str; 4] = [
    "DUKCAPIL-KTP-REKAM",
    "DUKCAPIL-KIA",
    "DUKCAPIL-IKD",
    "DUKCAPIL-LEGALISIR",
];
/// Letters by which villages serve the needs of [`CIVIL`].
const CIVIL_LETTERS: [&str; 5] = ["pengantar_ktp", "pengantar_kk", "kelahiran", "kematian", "pindah"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    Villages,
    FewerRepeats,
    WorseService,
}

/// What makes people stay away.
#[derive(Debug)]
struct Mall {
    reason: Reason,
    institution: &'static str,
    services: Vec<&'static str>,
    kecamatan: Vec<String>,
    from: NaiveDate,
    until: NaiveDate,
    strength: f64,
}

/// What each quarter of `year` tells: the three reasons and a quarter that is quiet in two of three years, shuffled.
/// Drawn per calendar year, not per world, because days of runs with other spans must agree.
fn plan(seed: u64, year: i32) -> [Option<Reason>; 4] {
    let mut dice = Dice::of(seed, [25, year.unsigned_abs().into(), 0]);
    let reasons = [Reason::Villages, Reason::FewerRepeats, Reason::WorseService].map(Some);
    let fourth = if dice.chance(1.0 / 3.0) {
        reasons[dice.below(3)]
    } else {
        None
    };
    let mut all = [reasons[0], reasons[1], reasons[2], fourth];
    for last in (1..all.len()).rev() {
        all.swap(last, dice.below(last + 1));
    }
    all
}

/// At most one story a quarter.
pub(super) fn tell(setting: &Setting<'_>, dice: &mut Dice) -> Vec<Arc<dyn Story>> {
    let (first, last) = setting.quarter;
    if first < crate::services::office::MPP_OPENED {
        return Vec::new();
    }
    let Some(reason) = plan(setting.seed, first.year())[first.month0() as usize / 3] else {
        return Vec::new();
    };
    let from = monday(first + Days::new(7 + dice.below(21) as u64));
    let (institution, services) = match (reason, dice.below(2)) {
        (Reason::FewerRepeats, _) => ("dukcapil", CIVIL.iter().chain(&CIVIL_TOO).copied().collect()),
        (Reason::Villages, _) | (_, 0) => ("dukcapil", CIVIL.to_vec()),
        (_, _) => ("polres", vec!["POLRES-SKCK", "POLRES-SIM", "POLRES-KEHILANGAN"]),
    };
    let mut places: Vec<_> = setting.regions.kecamatan.iter().map(|k| k.code.clone()).collect();
    let kept = if reason == Reason::Villages { 3 } else { places.len() };
    while places.len() > kept {
        places.swap_remove(dice.below(places.len()));
    }
    places.sort();
    vec![Arc::new(Mall {
        reason,
        institution,
        services,
        kecamatan: places,
        from,
        until: (from + Days::new(55)).min(last),
        strength: 0.8 + 0.2 * dice.unit(),
    })]
}

/// The Monday on or after `day`.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day + Days::new((7 - u64::from(day.weekday().num_days_from_monday())) % 7)
}

impl Mall {
    /// 0 before, growing to the strength of the story.
    fn force(&self, day: NaiveDate) -> f64 {
        self.strength * ((day - self.from).num_days() as f64 / RAMP).clamp(0.0, 1.0)
    }

    fn about(&self, service: &str, place: &str) -> bool {
        place == PLACE && self.services.contains(&service)
    }
}

impl Story for Mall {
    fn span(&self) -> (NaiveDate, NaiveDate) {
        (self.from, self.until)
    }

    fn answer(&self) -> Answer {
        let (kind, note, datasets): (_, _, &[&str]) = match self.reason {
            Reason::Villages => (
                "mall_villages_serve",
                "fewer visits at the MPP because villages of these kecamatan serve the same letters",
                &["antrean_peristiwa", "permohonan_desa"],
            ),
            Reason::FewerRepeats => (
                "mall_fewer_repeats",
                "fewer visits at the MPP because papers are complete the first time",
                &["antrean_peristiwa"],
            ),
            Reason::WorseService => (
                "mall_worse_service",
                "fewer visits at the MPP because the service got worse: longer waits, missed calls, complaints",
                &["antrean_peristiwa", "skm_respons", "penilaian_layanan", "pengaduan"],
            ),
        };
        Answer {
            kind: kind.into(),
            datasets: datasets.iter().map(|d| (*d).to_owned()).collect(),
            places: self.kecamatan.clone(),
            units: [PLACE, self.institution]
                .iter()
                .copied()
                .chain(self.services.iter().copied())
                .map(str::to_owned)
                .collect(),
            from: self.from,
            until: self.until,
            expected: "alarm".into(),
            note: note.into(),
            ..Answer::default()
        }
    }

    fn demand(&self, service: &str, kecamatan: &str, place: &str, day: NaiveDate) -> f64 {
        let here = self.kecamatan.iter().any(|k| k == kecamatan);
        match self.reason {
            Reason::Villages if here && self.about(service, place) => 1.0 - 0.75 * self.force(day),
            Reason::Villages if here && place == "DESA" && CIVIL_LETTERS.contains(&service) => {
                1.0 + 1.6 * self.force(day)
            }
            Reason::WorseService if self.about(service, place) => 1.0 - 0.3 * self.force(day),
            _ => 1.0,
        }
    }

    fn incomplete(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        match self.reason {
            Reason::FewerRepeats if self.about(service, place) => 1.0 - 0.92 * self.force(day),
            Reason::WorseService if self.about(service, place) => 1.0 + 0.5 * self.force(day),
            _ => 1.0,
        }
    }

    fn slowness(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        match self.reason {
            // Two of five counters are not staffed: those that are left take the longer for everybody.
            Reason::WorseService if self.about(service, place) => 1.0 + 0.85 * self.force(day),
            _ => 1.0,
        }
    }

    fn opinion(&self, institution: &str, place: &str, day: NaiveDate) -> f64 {
        let here = institution == self.institution && (place == PLACE || place.is_empty());
        match self.reason {
            Reason::WorseService if here => -0.7 * self.force(day),
            _ => 0.0,
        }
    }
}

/// A number for the story's devices and people, from its first day.
pub(super) fn tag(from: NaiveDate, kind: u64) -> u64 {
    day_number(from) * 100 + kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_tells_each_reason_in_an_order_of_the_seed_and_some_quarters_tell_none() {
        let (mut orders, mut quiet) = (std::collections::HashSet::new(), 0);
        for seed in 0..60 {
            let year = plan(seed, 2026);
            for reason in [Reason::Villages, Reason::FewerRepeats, Reason::WorseService] {
                assert!(year.contains(&Some(reason)), "{year:?}");
            }
            quiet += usize::from(year.contains(&None));
            orders.insert(format!("{year:?}"));
        }
        assert!(orders.len() > 20, "{}", orders.len());
        assert!((25..56).contains(&quiet), "{quiet}");
    }
}
