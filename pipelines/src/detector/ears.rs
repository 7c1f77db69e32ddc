//! EARS C1, C2 and C3 (Hutwagner et al. 2003, J Urban Health 80:i89-i96; Fricker et al. 2008, Stat Med 27:3407-3429):
//! today against the mean and standard deviation of a short baseline. For series with 9 to 40 points.
//!
//! C1 takes the `baseline` points before today, C2 and C3 leave a guard of two. C3 sums what today and the two days
//! before exceed by more than one standard deviation. What the R package `surveillance` calls C3 puts today's count
//! where the mean belongs and so ignores it; it is here only to be compared with (`c3_mode=r_compat`).

use super::params::{choice, parameters, probability};
use super::special::normal_quantile;
use super::{Error, Series, Verdict, series::known};

/// Points between today and the baseline of C2 and C3.
const GUARD: usize = 2;
/// Days before today that C3 adds up.
const LAGS: usize = 2;

choice! {
    /// Which of the three.
    pub enum Rule {
        /// Baseline ends yesterday.
        C1 = "c1",
        /// Baseline ends three points ago.
        C2 = "c2",
        /// C2 of three days added up.
        C3 = "c3",
    }
}

choice! {
    /// Which C3.
    pub enum C3Mode {
        /// The sum over today and the two days before.
        Published = "published",
        /// As in R, where today's count has no influence on whether there is an alarm.
        RCompat = "r_compat",
    }
}

parameters! {
    /// Parameters of EARS.
    pub struct Ears {
        /// Points in the baseline, at least 3.
        baseline: usize = 7,
        /// Probability beyond the bound; auto is 0.001 for C1 and C2, 0.025 for C3.
        alpha: Option<f64> = None,
        /// Least standard deviation; at least 0.5 is wise for weekly and 1 for daily counts.
        min_sigma: f64 = 0.0,
        /// Which C3.
        c3_mode: C3Mode = C3Mode::Published,
    }
}

/// What EARS says about one time point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Mean of the baseline.
    pub mean: f64,
    /// Standard deviation of the baseline, at least `min_sigma`.
    pub sigma: f64,
    /// (observed - mean) / sigma.
    pub statistic: f64,
    /// Of C3: the two past terms.
    pub lag_sum: f64,
    /// Of C3: the three terms of the published form.
    pub published: f64,
    /// The bound.
    pub upper: f64,
    /// Whether the bound is exceeded; `None` where the baseline has a gap or does not vary (C3).
    pub alarm: Option<bool>,
}

/// Judges every time point that has a full baseline; the first is position `baseline` for C1, two later for C2 and
/// four later for C3. Cost: one pass, O(baseline) per point.
///
/// # Errors
/// Parameters out of range.
pub fn rows(observed: &[f64], rule: Rule, params: &Ears) -> Result<Vec<(usize, Row)>, Error> {
    let alpha = params.alpha.unwrap_or(if rule == Rule::C3 { 0.025 } else { 0.001 });
    probability("alpha", alpha)?;
    if params.baseline < 3 {
        return Err(Error::new(format!(
            "parameter baseline: {} points are too few, give at least 3",
            params.baseline
        )));
    }
    if params.min_sigma < 0.0 {
        return Err(Error::new("parameter min_sigma: it cannot be negative"));
    }
    let z = normal_quantile(1.0 - alpha);
    let guard = if rule == Rule::C1 { 0 } else { GUARD };
    let first = params.baseline + guard;
    let judged = if rule == Rule::C3 { first + LAGS } else { first };
    let moments: Vec<_> = (first..observed.len())
        .map(|t| moments(&observed[t - first..t - guard], params.min_sigma))
        .collect();
    let statistic = |t: usize| {
        let (mean, sigma) = moments[t - first];
        (observed[t] - mean) / sigma
    };
    // Not f64::max, which would turn "not known" into 0.
    let beyond = |t: usize| {
        let excess = statistic(t) - 1.0;
        if excess > 0.0 || excess.is_nan() { excess } else { 0.0 }
    };
    let row = |t: usize| {
        let (mean, sigma) = moments[t - first];
        let mut row = Row {
            mean,
            sigma,
            statistic: statistic(t),
            lag_sum: f64::NAN,
            published: f64::NAN,
            upper: mean + z * sigma,
            alarm: None,
        };
        if rule == Rule::C3 {
            row.lag_sum = beyond(t - 1) + beyond(t - 2);
            row.published = beyond(t) + row.lag_sum;
            row.upper = c3_bound(observed[t], &row, z, params.c3_mode);
        }
        row.alarm = (!row.upper.is_nan() && !observed[t].is_nan()).then(|| observed[t] > row.upper);
        if rule == Rule::C3 && params.c3_mode == C3Mode::Published {
            row.alarm = (!row.published.is_nan()).then_some(row.published > z);
        }
        row
    };
    Ok((judged..observed.len()).map(|t| (t, row(t))).collect())
}

/// The count above which C3 alarms. R clamps it at 0. In the published form the past alone can already exceed the
/// limit; then any count does, and the bound is minus infinity, shown as the lowest count there is, 0.
fn c3_bound(observed: f64, row: &Row, z: f64, mode: C3Mode) -> f64 {
    let left = z - row.lag_sum;
    let bound = match mode {
        C3Mode::RCompat => observed + row.sigma * left,
        C3Mode::Published if left < 0.0 => 0.0,
        C3Mode::Published => row.mean + row.sigma * (left + 1.0),
    };
    if bound < 0.0 { 0.0 } else { bound }
}

/// Mean and standard deviation (n - 1), the latter at least `min_sigma`. NaN if a value is missing.
fn moments(window: &[f64], min_sigma: f64) -> (f64, f64) {
    let n = window.len() as f64;
    let mean = window.iter().sum::<f64>() / n;
    let squares: f64 = window.iter().map(|y| (y - mean) * (y - mean)).sum();
    let sd = (squares / (n - 1.0)).sqrt();
    (mean, if sd < min_sigma { min_sigma } else { sd })
}

/// Judges a series; the score is the statistic tested.
///
/// # Errors
/// Parameters out of range.
pub fn detect(series: &Series, rule: Rule, params: &Ears) -> Result<Vec<Verdict>, Error> {
    let rows = rows(&series.observed, rule, params)?;
    let verdict = |(index, row): (usize, Row)| {
        let score = match (rule, params.c3_mode) {
            (Rule::C3, C3Mode::Published) => row.published,
            (Rule::C3, C3Mode::RCompat) => row.lag_sum,
            _ => row.statistic,
        };
        Verdict {
            index,
            observed: series.observed[index],
            expected: known(row.mean),
            upper: known(row.upper),
            score: known(score),
            p: None,
            alarm: row.alarm,
        }
    };
    Ok(rows.into_iter().map(verdict).collect())
}
