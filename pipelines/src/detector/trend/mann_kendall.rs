//! The Mann-Kendall family of tests for a monotone trend (Mann 1945, Econometrica 13:245-259), as `pymannkendall`
//! 1.4.3: the original, seasonal (Hirsch, Slack and Smith 1982), and two corrections for autocorrelation, that of
//! Hamed and Rao 1998 over significant lags, and that of Yue and Wang 2004 over all lags, which can explode and is
//! here only to be compared with.

use super::super::params::{choice, parameters, probability};
use super::super::special::{normal_quantile, normal_sf};
use super::super::{Error, Series, Verdict};
use super::theil_sen::{line, seasonal_slope, slope};
use super::{concordance, present, variance};

choice! {
    /// Which test of the family.
    pub enum Test {
        /// Independent values.
        Original = "original",
        /// Variance corrected over significant lags of the ranks.
        HamedRao = "hamed_rao",
        /// Variance corrected over all lags.
        YueWang = "yue_wang",
        /// Sums over the seasons.
        Seasonal = "seasonal",
    }
}

parameters! {
    /// Parameters of the tests.
    pub struct MannKendall {
        /// Which test.
        test: Test = Test::HamedRao,
        /// Steps in a season's cycle, of the seasonal test; auto is `freq`.
        period: Option<usize> = None,
        /// Significance level.
        alpha: f64 = 0.05,
    }
}

/// The outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Whether there is a trend: 1 rising, -1 falling, 0 none.
    pub trend: i8,
    /// Two-sided p-value.
    pub p: f64,
    /// Standardised sum.
    pub z: f64,
    /// Sum over its largest value.
    pub tau: f64,
    /// Sum of the signs of all pairs.
    pub s: f64,
    /// Variance of the sum.
    pub variance: f64,
    /// Slope per step, of the seasonal test per period.
    pub slope: f64,
    /// Value at position 0.
    pub intercept: f64,
}

/// Tests values at equal steps.
pub fn test(y: &[f64], test: Test, period: usize, alpha: f64) -> Outcome {
    let n = y.len() as f64;
    let pairs = |n: f64| 0.5 * n * (n - 1.0);
    if test == Test::Seasonal {
        let seasons: Vec<Vec<f64>> = (0..period.min(y.len()))
            .map(|season| y[season..].iter().step_by(period).copied().collect())
            .collect();
        let sum = |f: &dyn Fn(&[f64]) -> f64| seasons.iter().map(|season| f(season)).sum::<f64>();
        let largest = sum(&|season| pairs(season.len() as f64));
        let line = seasonal_slope(y, period);
        return outcome(
            sum(&concordance),
            sum(&variance),
            largest,
            (line.slope, line.intercept),
            alpha,
        );
    }
    let x: Vec<f64> = (0..y.len()).map(|t| t as f64).collect();
    let line = slope(&x, y, alpha);
    let detrended = || {
        y.iter()
            .zip(1..)
            .map(|(y, t)| y - f64::from(t) * line.slope)
            .collect::<Vec<_>>()
    };
    let factor = match test {
        Test::HamedRao => hamed_rao(&detrended(), alpha),
        Test::YueWang => yue_wang(&detrended()),
        _ => 1.0,
    };
    outcome(
        concordance(y),
        variance(y) * factor,
        pairs(n),
        (line.slope, line.intercept),
        alpha,
    )
}

fn outcome(s: f64, variance: f64, largest: f64, (slope, intercept): (f64, f64), alpha: f64) -> Outcome {
    let z = if s == 0.0 {
        0.0
    } else {
        (s - s.signum()) / variance.sqrt()
    };
    let is_trend = z.abs() > normal_quantile(1.0 - alpha / 2.0);
    Outcome {
        trend: match (is_trend, z > 0.0) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => -1,
        },
        p: 2.0 * normal_sf(z.abs()),
        z,
        tau: s / largest,
        s,
        variance,
        slope,
        intercept,
    }
}

/// Autocorrelation at lags 0 to n - 1, with divisor n.
fn autocorrelation(y: &[f64]) -> Vec<f64> {
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let product = |lag: usize| -> f64 {
        let pairs = y[lag..].iter().zip(y);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let all: Vec<f64> = (0..y.len()).map(product).collect();
    all.iter().map(|p| p / all[0]).collect()
}

fn hamed_rao(detrended: &[f64], alpha: f64) -> f64 {
    let n = detrended.len() as f64;
    let bound = normal_quantile(1.0 - alpha / 2.0) / n.sqrt();
    let correlations = autocorrelation(&ranks(detrended));
    let term = |(lag, r): (usize, &f64)| {
        let left = n - lag as f64;
        left * (left - 1.0) * (left - 2.0) * r
    };
    let significant = |(_, r): &(usize, &f64)| r.is_nan() || r.abs() > bound;
    let sum: f64 = correlations
        .iter()
        .enumerate()
        .skip(1)
        .filter(significant)
        .map(term)
        .sum();
    1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * sum
}

fn yue_wang(detrended: &[f64]) -> f64 {
    let n = detrended.len() as f64;
    let correlations = autocorrelation(detrended);
    let terms = correlations.iter().enumerate().skip(1);
    1.0 + 2.0 * terms.map(|(lag, r)| (1.0 - lag as f64 / n) * r).sum::<f64>()
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(y: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..y.len()).collect();
    order.sort_by(|&a, &b| y[a].total_cmp(&y[b]));
    let mut ranks = vec![0.0; y.len()];
    let mut before = 0;
    for group in order.chunk_by(|&a, &b| y[a] == y[b]) {
        let rank = before as f64 + (group.len() as f64 + 1.0) / 2.0;
        group.iter().for_each(|&at| ranks[at] = rank);
        before += group.len();
    }
    ranks
}

/// Tests the whole series. The verdict stands in the last row: z as score, an alarm if there is a trend; the expected
/// values are the line of Theil and Sen. Missing values are left out.
///
/// # Errors
/// Parameters out of range, fewer than eight observations (24 of the seasonal test).
pub fn detect(series: &Series, params: &MannKendall) -> Result<Vec<Verdict>, Error> {
    probability("alpha", params.alpha)?;
    let is_seasonal = params.test == Test::Seasonal;
    let period = params.period.unwrap_or(series.freq);
    if is_seasonal && period < 2 {
        return Err(Error::new(format!(
            "parameter period: {period} is no season, give 12 for months"
        )));
    }
    let least = if is_seasonal { 24.max(2 * period) } else { 8 };
    let (_, y) = present(series, least, "mann-kendall")?;
    let found = test(&y, params.test, period, params.alpha);
    let step = if is_seasonal { period as f64 } else { 1.0 };
    let mut all = line(series, found.slope / step, found.intercept);
    if let Some(last) = all.last_mut() {
        last.score = Some(found.z);
        last.p = Some(found.p);
        last.alarm = Some(found.trend != 0);
    }
    Ok(all)
}
