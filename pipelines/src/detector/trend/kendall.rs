//! Kendall's tau-b of a series with time, as `scipy.stats.kendalltau`: exact for short series without ties.

use super::super::special::normal_sf;
use super::{concordance, ties, variance};

/// Longest series with an exact p-value.
const EXACT: usize = 33;

/// Tau-b and its two-sided p-value; NaN of a constant series.
pub fn kendall(y: &[f64]) -> (f64, f64) {
    let n = y.len() as f64;
    let s = concordance(y);
    let pairs = n * (n - 1.0) / 2.0;
    let tied: f64 = ties(y).into_iter().map(|t| t * (t - 1.0) / 2.0).sum();
    let tau = s / (pairs * (pairs - tied)).sqrt();
    let p = if tied == 0.0 && y.len() <= EXACT {
        exact(y.len(), (pairs - s.abs()) / 2.0)
    } else {
        2.0 * normal_sf((s / variance(y).sqrt()).abs())
    };
    (tau, if tau.is_nan() { f64::NAN } else { p })
}

/// Twice the share of the permutations of n with at most `most` inversions.
fn exact(n: usize, most: f64) -> f64 {
    let mut share = vec![1.0];
    for size in 2..=n {
        // A new largest element adds 0 to size - 1 inversions, each as likely.
        let length = share.len() + size - 1;
        let at = |k: usize| {
            let from = (k + 1).saturating_sub(size);
            share[from.min(share.len())..(k + 1).min(share.len())]
                .iter()
                .sum::<f64>()
                / size as f64
        };
        share = (0..length).map(at).collect();
    }
    let below = share.iter().take(most.max(0.0) as usize + 1).sum::<f64>();
    (2.0 * below).min(1.0)
}
