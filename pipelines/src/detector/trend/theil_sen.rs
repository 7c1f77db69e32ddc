//! Slope of Theil and Sen (Sen 1968, JASA 63:1379-1389): the median of the slopes of all pairs, which a fifth of wild
//! values does not move, with the interval from the variance of Kendall's sum. As `scipy.stats.theilslopes`.

use super::super::params::{parameters, probability};
use super::super::special::normal_quantile;
use super::super::{Error, Series, Verdict};
use super::{median, present, variance};

parameters! {
    /// Parameters of the slope.
    pub struct TheilSen {
        /// Probability outside the interval of the slope.
        alpha: f64 = 0.05,
    }
}

/// A line, and the interval of its slope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// Per step.
    pub slope: f64,
    /// Value at position 0.
    pub intercept: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Slope {
    /// Change in percent of the median level per year of `freq` steps.
    pub fn percent_per_year(&self, freq: usize, level: f64) -> f64 {
        100.0 * self.slope * freq as f64 / level
    }
}

/// Slopes of all pairs at positions `x`, sorted. O(n^2 log n) time and O(n^2) memory.
fn slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(y.len() * y.len().saturating_sub(1) / 2);
    for i in 0..y.len() {
        slopes.extend((i + 1..y.len()).map(|j| (y[j] - y[i]) / (x[j] - x[i])));
    }
    slopes.sort_by(f64::total_cmp);
    slopes
}

/// Slope through values at increasing positions.
pub fn slope(x: &[f64], y: &[f64], alpha: f64) -> Slope {
    let mut slopes = slopes(x, y);
    let sigma = variance(y).sqrt();
    let last = slopes.len().saturating_sub(1) as f64;
    let reach = normal_quantile(1.0 - alpha / 2.0) * sigma;
    let count = slopes.len() as f64;
    let upper = ((count + reach) / 2.0).round_ties_even().min(last).max(0.0);
    let lower = (((count - reach) / 2.0).round_ties_even() - 1.0).max(0.0);
    let at = |rank: f64| slopes.get(rank as usize).copied().unwrap_or(f64::NAN);
    let (low, high) = (at(lower), at(upper));
    let slope = median(&mut slopes);
    Slope {
        slope,
        intercept: median(&mut y.to_vec()) - slope * median(&mut x.to_vec()),
        low,
        high,
    }
}

/// Median slope of the pairs within each season of `period` steps, per `period`, and the line through the medians.
pub fn seasonal_slope(y: &[f64], period: usize) -> Slope {
    let mut all = Vec::new();
    for season in 0..period.min(y.len()) {
        let values: Vec<f64> = y[season..].iter().step_by(period).copied().collect();
        let years: Vec<f64> = (0..values.len()).map(|year| year as f64).collect();
        all.extend(slopes(&years, &values));
    }
    let slope = median(&mut all);
    let middle = (y.len() as f64 - 1.0) / 2.0;
    Slope {
        slope,
        intercept: median(&mut y.to_vec()) - middle / period as f64 * slope,
        low: f64::NAN,
        high: f64::NAN,
    }
}

/// The line through the whole series. The verdict stands in the last row: the slope as score, and an alarm if its
/// interval excludes 0. Missing values are left out, their positions kept.
///
/// # Errors
/// Parameters out of range, fewer than eight observations.
pub fn detect(series: &Series, params: &TheilSen) -> Result<Vec<Verdict>, Error> {
    probability("alpha", params.alpha)?;
    let (at, y) = present(series, 8, "theil-sen")?;
    let x: Vec<f64> = at.iter().map(|&at| at as f64).collect();
    let found = slope(&x, &y, params.alpha);
    let mut all = line(series, found.slope, found.intercept);
    if let Some(last) = all.last_mut() {
        last.score = Some(found.slope);
        last.alarm = Some(found.low > 0.0 || found.high < 0.0);
    }
    Ok(all)
}

/// One row for each time point with the line as expected value.
pub(super) fn line(series: &Series, slope: f64, intercept: f64) -> Vec<Verdict> {
    let row = |(t, &y): (usize, &f64)| Verdict {
        expected: Some(intercept + slope * t as f64),
        ..Verdict::none(t, y)
    };
    series.observed.iter().enumerate().map(row).collect()
}
