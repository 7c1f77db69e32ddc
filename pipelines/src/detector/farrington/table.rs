//! What depends on a count alone, worked out once for the series and not again for each of the hundreds of regressions
//! it takes part in; and the sums of that over any stretch, by difference.

use super::super::Series;
use super::reference::{Reference, Run};
use std::sync::LazyLock;

/// Functions of one count.
#[derive(Debug, Clone, Copy)]
struct Functions {
    /// y ln y.
    y_ln_y: f64,
    /// (y + 0.1) ln(y + 0.1): weight times linear predictor where R's regression starts.
    start: f64,
    /// Half of the deviance there.
    deviance: f64,
    /// y^(2/3).
    two_thirds: f64,
}

impl Functions {
    fn of(y: f64) -> Self {
        let y_ln_y = if y > 0.0 { y * y.ln() } else { 0.0 };
        let eta = (y + 0.1).ln();
        let root = y.cbrt();
        Self {
            y_ln_y,
            start: (y + 0.1) * eta,
            deviance: y_ln_y - y * eta + 0.1,
            two_thirds: root * root,
        }
    }
}

/// Counts are mostly small whole numbers.
static SMALL: LazyLock<Vec<Functions>> = LazyLock::new(|| (0..1024_u32).map(|y| Functions::of(f64::from(y))).collect());

/// Sums over a stretch. Times of a prefix are positions, those of a run the times of its points.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Moments {
    pub y: f64,
    pub yt: f64,
    pub ytt: f64,
    pub y_ln_y: f64,
    /// Of (y + 0.1) ln(y + 0.1), and the same times time.
    pub start: f64,
    pub start_t: f64,
    pub deviance: f64,
}

/// A series prepared. Buffers are reused from one series to the next.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// y^(2/3).
    pub two_thirds: Vec<f64>,
    /// Sums before each position. A missing count adds nothing; no run holds one.
    before: Vec<Moments>,
    /// Whether a count is missing.
    pub has_gaps: bool,
}

impl Table {
    /// Takes a series.
    pub fn fill(&mut self, series: &Series) {
        let small = &*SMALL;
        self.two_thirds.clear();
        self.before.clear();
        self.before.reserve(series.len() + 1);
        self.has_gaps = false;
        let mut sums = Moments::default();
        self.before.push(sums);
        for (t, &y) in series.observed.iter().enumerate() {
            let known = small.get(y as usize).filter(|_| y as usize as f64 == y);
            let f = known.copied().unwrap_or_else(|| Functions::of(y));
            if y.is_nan() {
                self.has_gaps = true;
            } else {
                let t = t as f64;
                sums.y += y;
                sums.yt += y * t;
                sums.ytt += y * t * t;
                sums.y_ln_y += f.y_ln_y;
                sums.start += f.start;
                sums.start_t += f.start * t;
                sums.deviance += f.deviance;
            }
            self.two_thirds.push(f.two_thirds);
            self.before.push(sums);
        }
    }

    /// Sums over a run.
    pub fn moments(&self, reference: &Reference, run: &Run) -> Moments {
        let at = reference.origin + run.at;
        let (low, high) = (&self.before[at], &self.before[at + run.len]);
        let shift = run.time - at as f64;
        let (y, yt, start) = (high.y - low.y, high.yt - low.yt, high.start - low.start);
        Moments {
            y,
            yt: yt + shift * y,
            ytt: high.ytt - low.ytt + shift * (2.0 * yt + shift * y),
            y_ln_y: high.y_ln_y - low.y_ln_y,
            start,
            start_t: high.start_t - low.start_t + shift * start,
            deviance: high.deviance - low.deviance,
        }
    }
}
