//! Draws the benchmark needs, from a seeded stream that is the same everywhere.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::f64::consts::TAU;

/// A seeded stream of draws.
pub struct Random(ChaCha8Rng);

impl Random {
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Self(random)
    }

    /// Uniform in (0, 1).
    pub fn unit(&mut self) -> f64 {
        loop {
            let u: f64 = self.0.random();
            if u > 0.0 {
                return u;
            }
        }
    }

    /// Uniform in low..=high.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low..=high)
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (TAU * self.unit()).cos()
    }

    /// Poisson: products of uniforms, in portions small enough for exp.
    pub fn poisson(&mut self, mut mean: f64) -> f64 {
        let mut count = 0.0;
        while mean > 0.0 {
            let portion = mean.min(30.0);
            mean -= portion;
            let limit = (-portion).exp();
            let mut product = self.unit();
            while product > limit {
                count += 1.0;
                product *= self.unit();
            }
        }
        count
    }

    /// Gamma with scale 1 (Marsaglia and Tsang 2000).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = self.unit().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let z = self.normal();
            let v = (1.0 + c * z).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A count with this mean and variance phi * mean.
    pub fn count(&mut self, mean: f64, phi: f64) -> f64 {
        if phi <= 1.0 {
            return self.poisson(mean);
        }
        let rate = self.gamma(mean / (phi - 1.0)) * (phi - 1.0);
        self.poisson(rate)
    }
}
