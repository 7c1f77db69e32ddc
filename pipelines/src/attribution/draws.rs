//! Draws of counts around what was counted: a parametric bootstrap (Efron, Tibshirani 1993) with overdispersed counts.

use super::{Area, Counts};
use crate::detector::special::normal_quantile;
use rand::{Rng, SeedableRng, distr::Open01};
use rand_chacha::ChaCha8Rng;

/// A stream of draws; the same seed gives the same stream.
pub(super) struct Draws {
    random: ChaCha8Rng,
    dispersion: f64,
}

impl Draws {
    pub fn of(seed: u64, dispersion: f64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
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

    /// A standard normal number. Within the open interval, where the quantile is finite.
    fn normal(&mut self) -> f64 {
        normal_quantile(self.random.sample(Open01))
    }
}
