//! EWMA of the ESSENCE system (Elbert and Burkom 2009, Stat Med 28:3226-3248, as in CDC's `Rnssp` 0.3.1): a smoothed
//! count against the mean of a sliding baseline, with two smoothing weights of which the more surprised one speaks.
//! For daily series of a few counts a day. Days without report are left out: the baseline is the last reported days.

use super::params::{parameters, probability, within};
use super::special::{t_quantile, t_sf};
use super::{Error, Series, Verdict};

/// Fewest baseline days.
const LEAST: usize = 7;

parameters! {
    /// Parameters of EWMA; the adaptive regression and the switch share them.
    pub struct Essence {
        /// Most days in the baseline.
        baseline: usize = 28,
        /// Days between today and the baseline.
        guard: usize = 2,
        /// Smoothing weight that sees slow rises.
        w1: f64 = 0.4,
        /// Smoothing weight that sees sudden ones.
        w2: f64 = 0.9,
        /// Tail probability below which there is an alarm ("red").
        alpha: f64 = 0.01,
        /// Of the regression: whether days below their own recent mean are muted.
        mute: bool = true,
        /// Of the switch: adjusted R2 from which the regression is used.
        min_r2: f64 = 0.6,
    }
}

impl Essence {
    /// Checks the ranges.
    ///
    /// # Errors
    /// The first parameter out of range.
    pub fn check(&self) -> Result<(), Error> {
        if self.baseline < 11 {
            return Err(Error::new(format!(
                "parameter baseline: {} days are too few, give at least 11 (default 28)",
                self.baseline
            )));
        }
        within("w1", self.w1, 0.0, 1.0)?;
        within("w2", self.w2, 0.0, 1.0)?;
        if self.w1 == 0.0 || self.w2 == 0.0 {
            return Err(Error::new("parameters w1 and w2: they must be above 0"));
        }
        probability("alpha", self.alpha)
    }
}

/// What a daily detector says about a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Mean of the baseline, or the forecast.
    pub expected: f64,
    /// The standardised excess T.
    pub statistic: f64,
    /// P(T_df > statistic).
    pub p: f64,
    /// The standard error in the statistic.
    pub sigma: f64,
    /// The count at which p would be `alpha`.
    pub upper: f64,
}

/// Judges reported days in order; `None` where the baseline is shorter than seven days.
///
/// # Errors
/// Parameters out of range.
pub fn rows(observed: &[f64], params: &Essence) -> Result<Vec<Option<Row>>, Error> {
    params.check()?;
    let scales: Vec<_> = (0..=params.baseline).map(|l| Scales::new(l, params.alpha)).collect();
    let slow = smooth(observed, params.w1, params, &scales);
    let fast = smooth(observed, params.w2, params, &scales);
    let surprised = |(slow, fast): (Option<Row>, Option<Row>)| match (slow, fast) {
        (Some(a), Some(b)) => Some(if a.p < b.p { a } else { b }),
        (one, other) => one.or(other),
    };
    Ok(slow.into_iter().zip(fast).map(surprised).collect())
}

/// Quantiles of the t distribution for a baseline of L days.
struct Scales {
    alarm: f64,
    watch: f64,
    at_alpha: f64,
}

impl Scales {
    fn new(days: usize, alpha: f64) -> Self {
        let df = days.saturating_sub(1) as f64;
        Self {
            alarm: five_places(t_quantile(0.99, df)),
            watch: five_places(t_quantile(0.95, df)),
            at_alpha: t_quantile(1.0 - alpha, df),
        }
    }
}

/// The reference keeps its quantiles as a table of five decimals.
pub(super) fn five_places(x: f64) -> f64 {
    (x * 1e5).round() / 1e5
}

fn smooth(observed: &[f64], w: f64, params: &Essence, scales: &[Scales]) -> Vec<Option<Row>> {
    let guard = params.guard;
    let mut z = f64::NAN;
    let mut rows = Vec::with_capacity(observed.len());
    for (t, &y) in observed.iter().enumerate() {
        let before = z;
        z = if t == 0 { y } else { w * y + (1.0 - w) * z };
        let end = t.saturating_sub(guard);
        if end < LEAST {
            rows.push(None);
            continue;
        }
        let window = &observed[end.saturating_sub(params.baseline)..end];
        let scale = &scales[window.len()];
        let (mean, sigma) = (mean(window), standard_error(window, w, guard, scale));
        let statistic = (z - mean) / sigma;
        // Otherwise the smoother would remember an outbreak long after it.
        if statistic.abs() > scale.alarm {
            z = mean + statistic.signum() * scale.alarm * sigma;
        }
        rows.push(Some(Row {
            expected: mean,
            statistic,
            p: t_sf(statistic, window.len() as f64 - 1.0),
            sigma,
            upper: (mean + scale.at_alpha * sigma - (1.0 - w) * before) / w,
        }));
    }
    rows
}

fn mean(window: &[f64]) -> f64 {
    window.iter().sum::<f64>() / window.len() as f64
}

/// Standard error of the smoothed count less the mean, with the floor of the reference for nearly constant series.
fn standard_error(window: &[f64], w: f64, guard: usize, scale: &Scales) -> f64 {
    let days = window.len() as f64;
    let mean = mean(window);
    let squares: f64 = window.iter().map(|y| (y - mean) * (y - mean)).sum();
    let sd = (squares / (days - 1.0)).sqrt();
    let v = 1.0 - w;
    let power = |k: usize| v.powi(i32::try_from(k).unwrap_or(i32::MAX));
    let overlap = 2.0 * power(guard + 1) * (1.0 - power(window.len())) / days;
    let correction = (w / (2.0 - w) + 1.0 / days - overlap).sqrt();
    let unit = w / scale.watch;
    let least = unit * (0.01 + 0.05 * v * v);
    let added = unit * (0.1289 - (0.2414 - 0.1826 * power(4)) * 0.5_f64.ln());
    least.max(sd * correction + added)
}

/// The positions that were reported, and their counts.
pub(super) fn reported(series: &Series) -> (Vec<usize>, Vec<f64>) {
    let days = series.observed.iter().enumerate().filter(|(_, y)| !y.is_nan());
    days.map(|(at, &y)| (at, y)).unzip()
}

/// Judges a series; the score is T.
///
/// # Errors
/// Parameters out of range.
pub fn detect(series: &Series, params: &Essence) -> Result<Vec<Verdict>, Error> {
    let (days, counts) = reported(series);
    let rows = rows(&counts, params)?;
    Ok(verdicts(series, &days, rows.into_iter(), params.alpha))
}

/// One verdict for each time point; days without a row, or without report, are not judged.
pub(super) fn verdicts(
    series: &Series,
    days: &[usize],
    rows: impl Iterator<Item = Option<Row>>,
    alpha: f64,
) -> Vec<Verdict> {
    let mut all: Vec<_> = series
        .observed
        .iter()
        .enumerate()
        .map(|(t, &y)| Verdict::none(t, y))
        .collect();
    for (&day, row) in days.iter().zip(rows) {
        if let Some(row) = row {
            all[day] = Verdict {
                expected: Some(row.expected),
                upper: Some(row.upper.max(0.0)),
                score: Some(row.statistic),
                p: Some(row.p),
                alarm: Some(row.p < alpha),
                ..all[day]
            };
        }
    }
    all
}
