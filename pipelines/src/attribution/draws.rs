//! Draws of counts around what was counted: a parametric bootstrap (Efron, Tibshirani 1993) with overdispersed counts.

use super::{Area, Counts};

/// A stream of draws; the same seed gives the same stream.
pub(super) struct Draws {
    state: u64,
    dispersion: f64,
}

impl Draws {
    pub fn of(seed: u64, dispersion: f64) -> Self {
        Self {
            state: seed ^ 0x9e37_79b9_7f4a_7c15,
            dispersion: dispersion.max(1.0),
        }
    }

    /// The area as it might have been counted. What is expected is not drawn: calendar and population are known.
    pub fn area(&mut self, area: &Area) -> Area {
        Area {
            before: self.counts(&area.before),
            after: self.counts(&area.after),
            expected_ratio: area.expected_ratio,
        }
    }

    fn counts(&mut self, counts: &Counts) -> Counts {
        Counts {
            first: self.count(counts.first),
            repeat: self.count(counts.repeat),
            elsewhere: self.count(counts.elsewhere),
        }
    }

    /// On the scale of square roots, where the variance of a count does not depend on its mean (Anscombe 1948).
    fn count(&mut self, mean: f64) -> f64 {
        if mean <= 0.0 {
            return 0.0;
        }
        let root = mean.sqrt() + 0.5 * self.dispersion.sqrt() * self.normal();
        root.max(0.0).powi(2)
    }

    /// A standard normal number (Box-Muller).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A number in `[0, 1)` (SplitMix64; Steele, Lea, Flood 2014).
    fn unit(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
