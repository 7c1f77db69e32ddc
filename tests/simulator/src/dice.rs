//! Chance that depends on nothing but the seed and the thing it is thrown for. A row is the same whatever was
//! generated before it, so a world can be cut, resumed and compared byte for byte.

/// SplitMix64 (Steele, Lea, Flood 2014): tiny, and its stream is fixed for ever, unlike a library's default generator.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of one thing: `parts` name it (a purpose, a school, a day).
    pub(crate) fn of(seed: u64, parts: [u64; 3]) -> Self {
        let mut state = mix(seed ^ 0x5851_f42d_4c95_7f2d);
        for part in parts {
            state = mix(state ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        }
        Self(state)
    }

    /// 64 fair bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// A number in `0..n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    /// One of `choices` by weight.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(T, u32)]) -> Option<T> {
        let total: u32 = choices.iter().map(|c| c.1).sum();
        let mut left = self.below(total as usize) as u32;
        choices
            .iter()
            .find(|(_, weight)| {
                left < *weight || {
                    left -= weight;
                    false
                }
            })
            .map(|c| c.0)
    }

    /// A standard normal number (Box-Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A Poisson count with mean `mean`: inversion for small means, rounded normal above 60.
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
        if mean <= 0.0 {
            return 0;
        }
        if mean > 60.0 {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0) as u32;
        }
        let (mut count, mut term) = (0, (-mean).exp());
        let (mut reached, goal) = (term, self.unit());
        while reached < goal && count < 400 {
            count += 1;
            term *= mean / f64::from(count);
            reached += term;
        }
        count
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
