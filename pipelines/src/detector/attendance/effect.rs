//! What all schools of a day have in common.

use super::{Gaps, median};

/// The median of the `baseline` sessions before each; NaN where there are not as many, or, if gaps are refused, where
/// one of them is missing.
pub fn own_median(x: &[f64], baseline: usize, gaps: Gaps) -> Vec<f64> {
    let mut window: Vec<f64> = Vec::with_capacity(baseline);
    let before = |t: usize| {
        window.clear();
        let past = x[..t].iter().rev().copied();
        match gaps {
            Gaps::Skip => window.extend(past.filter(|x| !x.is_nan()).take(baseline)),
            Gaps::Refuse => window.extend(past.take(baseline)),
        }
        if window.len() < baseline || window.iter().any(|x| x.is_nan()) {
            return f64::NAN;
        }
        median(&mut window)
    };
    (0..x.len()).map(before).collect()
}

/// The median over schools of the deviation from their own median, for each session; NaN while no school has one, and
/// 0 where fewer than `min_schools` have: nothing in common can be told.
pub fn day_effect(logits: &[Vec<f64>], medians: &[Vec<f64>], sessions: usize, min_schools: usize) -> Vec<f64> {
    let effect = |t: usize| {
        let deviations = logits.iter().zip(medians).map(|(x, m)| x[t] - m[t]);
        let mut known: Vec<f64> = deviations.filter(|d| !d.is_nan()).collect();
        if known.is_empty() {
            f64::NAN
        } else if known.len() < min_schools {
            0.0
        } else {
            median(&mut known)
        }
    };
    (0..sessions).map(effect).collect()
}
