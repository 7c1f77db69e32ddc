//! Rain per kecamatan and day, and the floods that follow it. Invariant: the weather of a day depends on the seed, the
//! kecamatan and the days before it, on nothing that anybody does.

use crate::{attendance::day_number, dice::Dice};
use chrono::{Datelike, Days, NaiveDate};

/// Kecamatan (position) whose rivers leave their beds: Munjungan, Tugu, Watulimo, Trenggalek, Pogalan.
const LOW: [usize; 5] = [1, 4, 7, 10, 11];
/// Rain of three days in mm from which a low place is under water.
const FLOOD_MM: f64 = 230.0;

/// The weather of one world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    seed: u64,
}

impl Weather {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Rain in mm of `day` in the kecamatan of that position; wet from November to April.
    pub(crate) fn rain(self, kecamatan: usize, day: NaiveDate) -> f64 {
        // Most rain is common to the regency, some is local.
        let mut common = Dice::of(self.seed, [21, day_number(day), 0]);
        let mut local = Dice::of(self.seed, [22, day_number(day), kecamatan as u64]);
        let wet = wetness(day);
        if common.unit() * 0.7 + local.unit() * 0.3 > 0.12 + 0.62 * wet {
            return 0.0;
        }
        let mm = -(1.0 - common.unit()).ln() * (4.0 + 22.0 * wet) * (0.5 + local.unit());
        (mm * 10.0).round() / 10.0
    }

    /// True when a part of the kecamatan is under water on `day`: much rain in three days at a low place.
    pub(crate) fn flood(self, kecamatan: usize, day: NaiveDate) -> bool {
        LOW.contains(&kecamatan)
            && (0..3)
                .map(|back| self.rain(kecamatan, day - Days::new(back)))
                .sum::<f64>()
                > FLOOD_MM
    }
}

/// 0 in the driest time (August), 1 in the wettest (January and February).
pub(crate) fn wetness(day: NaiveDate) -> f64 {
    let phase = (f64::from(day.ordinal0()) - 30.0) / 365.25 * std::f64::consts::TAU;
    0.5 + 0.5 * phase.cos()
}
