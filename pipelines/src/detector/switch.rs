//! The switch of the ESSENCE system (as in CDC's `Rnssp` 0.3.1): the adaptive regression where weekdays and trend
//! explain the baseline (adjusted R2 of at least `min_r2`), EWMA elsewhere.

use super::adaptive_regression::{self, Fit, mute, weekdays};
use super::ewma::{self, Essence, Row, reported, verdicts};
use super::{Error, Series, Verdict};

/// Which of the two spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// EWMA.
    Ewma,
    /// The adaptive regression.
    Regression,
}

/// Judges reported days in order.
///
/// # Errors
/// Parameters out of range.
pub fn rows(observed: &[f64], weekday: &[u8], params: &Essence) -> Result<Vec<Option<(Source, Row)>>, Error> {
    let smoothed = ewma::rows(observed, params)?;
    let fitted = adaptive_regression::rows(observed, weekday, params)?;
    let choose = |(smooth, fit): (Option<Row>, Option<Fit>)| match (smooth, fit) {
        (_, Some(fit)) if fit.adjusted_r2 >= params.min_r2 => Some((Source::Regression, fit.row)),
        (Some(row), _) => Some((Source::Ewma, row)),
        (None, _) => None,
    };
    Ok(smoothed.into_iter().zip(fitted).map(choose).collect())
}

/// Judges a series; the score is T of whichever spoke. `holiday` marks holidays and may be empty.
///
/// # Errors
/// Parameters out of range, or a series without dates.
pub fn detect(series: &Series, holiday: &[bool], params: &Essence) -> Result<Vec<Verdict>, Error> {
    let (days, counts) = reported(series);
    let weekday = weekdays(series, &days, holiday, "switch")?;
    let rows = rows(&counts, &weekday, params)?;
    let is_regression = |t: usize| matches!(rows[t], Some((Source::Regression, _)));
    let mut all = verdicts(
        series,
        &days,
        rows.iter().map(|row| row.map(|(_, row)| row)),
        params.alpha,
    );
    mute(&mut all, &days, &counts, &weekday, params, is_regression);
    Ok(all)
}
