//! Trends of usage and satisfaction: is there one (Mann-Kendall), how large (Theil-Sen), where did it break (PELT).

pub mod kendall;
pub mod mann_kendall;
pub mod pelt;
pub mod theil_sen;

use super::{Error, Series};

/// The values of a series without the missing ones, and their positions.
fn present(series: &Series, least: usize, method: &str) -> Result<(Vec<usize>, Vec<f64>), Error> {
    let points = series.observed.iter().enumerate().filter(|(_, y)| !y.is_nan());
    let (at, y): (Vec<_>, Vec<_>) = points.map(|(at, &y)| (at, y)).unzip();
    if y.len() < least {
        return Err(Error::new(format!(
            "{method} needs {least} observations or more, and there are {}: collect more, or take a static rule",
            y.len()
        )));
    }
    Ok((at, y))
}

/// Median of values without NaN; NaN of none. Reorders them.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return f64::NAN;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (lower + upper) / 2.0
}

/// Sizes of groups of equal values.
fn ties(y: &[f64]) -> Vec<f64> {
    let mut sorted = y.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|group| group.len() as f64).collect()
}

/// Sum over pairs of the sign of the later less the earlier. O(n^2).
fn concordance(y: &[f64]) -> f64 {
    let sign = |a: f64, b: f64| f64::from(i8::from(b > a) - i8::from(b < a));
    let from = |i: usize| y[i + 1..].iter().map(|&later| sign(y[i], later)).sum::<f64>();
    (0..y.len()).map(from).sum()
}

/// Variance of that sum if there is no trend, ties taken into account (Kendall 1955).
fn variance(y: &[f64]) -> f64 {
    let n = y.len() as f64;
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    (term(n) - ties(y).into_iter().map(term).sum::<f64>()) / 18.0
}
