//! Changes of level by PELT (Killick, Fearnhead and Eckley 2012, JASA 107:1590-1598) with squared error, as
//! `ruptures` 1.1.10 with jump 1. A step at a change of form or system must be registered as such, not alarmed.

use super::super::params::parameters;
use super::super::{Error, Series, Verdict};
use super::present;

parameters! {
    /// Parameters of PELT.
    pub struct Pelt {
        /// Penalty of a change, in units of the noise variance; auto is 3 ln n.
        pen: Option<f64> = None,
        /// Fewest points between changes.
        min_size: usize = 5,
    }
}

/// Standard deviation of the noise, from differences of neighbours, which a few steps do not inflate.
pub fn noise(y: &[f64]) -> f64 {
    let differences: Vec<f64> = y.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let squares: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum();
    (squares / (n - 1.0) / 2.0).sqrt()
}

/// Ends of the segments (exclusive), the last being the length, of values in units of the noise.
pub fn segments(y: &[f64], pen: f64, min_size: usize) -> Vec<usize> {
    let n = y.len();
    let mut sums = vec![(0.0, 0.0); n + 1];
    // About the mean, so that the sums of squares keep their digits.
    let mean = y.iter().sum::<f64>() / n as f64;
    for (t, y) in y.iter().enumerate() {
        let d = y - mean;
        sums[t + 1] = (sums[t].0 + d, sums[t].1 + d * d);
    }
    let cost = |start: usize, end: usize| {
        let (sum, squares) = (sums[end].0 - sums[start].0, sums[end].1 - sums[start].1);
        squares - sum * sum / (end - start) as f64
    };
    let min_size = min_size.max(1);
    let mut best = vec![f64::INFINITY; n + 1];
    best[0] = 0.0;
    let mut previous = vec![0; n + 1];
    let mut admissible: Vec<usize> = Vec::new();
    for end in min_size..=n {
        let newest = end - min_size;
        if best[newest].is_finite() {
            admissible.push(newest);
        }
        for &start in &admissible {
            let value = best[start] + cost(start, end) + pen;
            if value < best[end] {
                (best[end], previous[end]) = (value, start);
            }
        }
        let limit = best[end] + pen;
        admissible.retain(|&start| best[start] + cost(start, end) + pen <= limit);
    }
    let mut ends = Vec::new();
    let mut end = n;
    while end > 0 {
        ends.push(end);
        end = previous[end];
    }
    ends.reverse();
    ends
}

/// Judges the whole series: the expected value is the mean of the segment; the first point of each segment but the
/// first is an alarm, with the step in units of the noise as score. Missing values are left out.
///
/// # Errors
/// Parameters out of range, fewer than twice `min_size` observations.
pub fn detect(series: &Series, params: &Pelt) -> Result<Vec<Verdict>, Error> {
    let least = 2 * params.min_size.max(4);
    let (at, y) = present(series, least, "pelt")?;
    let scale = noise(&y);
    let pen = params.pen.unwrap_or(3.0 * (y.len() as f64).ln());
    if pen <= 0.0 {
        return Err(Error::new(format!(
            "parameter pen: {pen} is no penalty, give a number above 0"
        )));
    }
    let scale = if scale > 0.0 { scale } else { 1.0 };
    let scaled: Vec<f64> = y.iter().map(|y| y / scale).collect();
    let mut all: Vec<_> = series
        .observed
        .iter()
        .enumerate()
        .map(|(t, &y)| Verdict::none(t, y))
        .collect();
    let mut start = 0;
    let mut before = None;
    for end in segments(&scaled, pen, params.min_size) {
        let mean = y[start..end].iter().sum::<f64>() / (end - start) as f64;
        for (i, &position) in at[start..end].iter().enumerate() {
            let step = before.filter(|_| i == 0).map(|before: f64| (mean - before) / scale);
            all[position].expected = Some(mean);
            all[position].score = step;
            all[position].alarm = Some(step.is_some());
        }
        before = Some(mean);
        start = end;
    }
    Ok(all)
}
