//! Negative-binomial predictive bound (Höhle 2007, the Bayesian subsystem of Riebler 2004): with n reference counts of
//! sum S and a Jeffreys prior on their Poisson mean, the next count is negative binomial with size S + 1/2 and
//! success probability n / (n + 1). For 7 to 150 weeks of history, and wherever a regression gives no verdict.

use super::params::{parameters, probability};
use super::special::{nb_quantile, nb_sf};
use super::{Error, Series, Verdict};

parameters! {
    /// Parameters of the predictive bound.
    pub struct NbPredictive {
        /// Years back whose windows serve as reference.
        b: usize = 0,
        /// Half width of those windows, and number of most recent points.
        w: usize = 6,
        /// Whether the most recent `w` points serve as reference; without them `b` must be at least 1.
        act_y: bool = true,
        /// Probability beyond the bound. On seasonal data the default alarms on 10 % of weeks: take 0.005 to 0.01.
        alpha: f64 = 0.05,
        /// Fewest cases that can alarm.
        floor: usize = 0,
    }
}

/// Bound and tail probability from reference counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// Mean of the predictive distribution, (S + 1/2) / n.
    pub expected: f64,
    /// Quantile 1 - alpha.
    pub upper: f64,
    /// P(next >= observed).
    pub p: f64,
}

/// Predicts from reference counts; missing ones (NaN) are left out. `None` if none is left.
pub fn predict(reference: impl Iterator<Item = f64>, observed: f64, alpha: f64) -> Option<Prediction> {
    let (n, sum) = reference
        .filter(|y| !y.is_nan())
        .fold((0.0, 0.0), |(n, sum), y| (n + 1.0, sum + y));
    if n == 0.0 {
        return None;
    }
    let size = sum + 0.5;
    let expected = size / n;
    Some(Prediction {
        expected,
        upper: nb_quantile(1.0 - alpha, expected, size),
        p: nb_sf(observed, expected, size),
    })
}

/// Judges every time point from `start` (by default the first with all its windows) to the end.
///
/// # Errors
/// Parameters out of range or without any reference.
pub fn detect(series: &Series, params: &NbPredictive) -> Result<Vec<Verdict>, Error> {
    probability("alpha", params.alpha)?;
    let &NbPredictive { b, w, act_y, .. } = params;
    if b == 0 && !act_y {
        return Err(Error::new(
            "b=0 with act_y=false leaves no reference: give b=1 or more, or act_y=true",
        ));
    }
    if act_y && w == 0 && b == 0 {
        return Err(Error::new("w=0 with b=0 leaves no reference: give w=6"));
    }
    let first = if b == 0 { w } else { b * series.freq + w };
    let y = &series.observed;
    let judge = |t: usize| {
        let recent = if act_y { t - w..t } else { t..t };
        let years = (1..=b).flat_map(|i| t - i * series.freq - w..=t - i * series.freq + w);
        let reference = recent.chain(years).filter(|&at| at < t).map(|at| y[at]);
        let Some(prediction) = predict(reference, y[t], params.alpha) else {
            return Verdict::none(t, y[t]);
        };
        let is_over = y[t] > prediction.upper && y[t] >= params.floor as f64;
        Verdict {
            index: t,
            observed: y[t],
            expected: Some(prediction.expected),
            upper: Some(prediction.upper),
            score: (!y[t].is_nan()).then_some(-prediction.p.log10()),
            p: (!y[t].is_nan()).then_some(prediction.p),
            alarm: (!y[t].is_nan()).then_some(is_over),
        }
    };
    Ok((first..y.len()).map(judge).collect())
}
