//! Prior weights: all points have the same but the few that are weighed down.

use super::reference::Run;

/// A point with a weight of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outlier {
    /// The point, a run of one.
    pub run: Run,
    /// Its weight less that of all others.
    pub less: f64,
}

/// The weights of a fit.
#[derive(Debug)]
pub(super) struct Weights {
    pub common: f64,
    pub outliers: Vec<Outlier>,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            common: 1.0,
            outliers: Vec::new(),
        }
    }
}

impl Weights {
    /// Every point as any other.
    pub fn reset(&mut self) {
        self.common = 1.0;
        self.outliers.clear();
    }

    /// Gives the point at `place` of a run the weight `own`, while all others have 1.
    pub fn add(&mut self, run: &Run, place: usize, own: f64) {
        self.outliers.push(Outlier {
            run: Run {
                at: run.at + place,
                len: 1,
                time: run.time + place as f64,
                ..*run
            },
            less: own - 1.0,
        });
    }

    /// Scales the weights so that they sum to the number of points.
    pub fn scale(&mut self, count: usize) {
        let n = count as f64;
        let factor = n / (n + self.outliers.iter().map(|o| o.less).sum::<f64>());
        self.common = factor;
        self.outliers.iter_mut().for_each(|o| o.less *= factor);
    }
}
