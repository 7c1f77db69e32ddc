//! Which method a weekly series can have, by the length of its history; as it grows, it passes from one to the next.
//! The rule follows the signal-detection tool of United4Surveillance, with longer histories for Farrington.

use super::farrington::{Flexible, flexible};
use super::nb_predictive::{NbPredictive, predict};
use super::params::{parameters, probability};
use super::{Error, Series, Verdict};
use std::ops::Range;

/// The methods in the order of the history they need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Too short for any statistics: the static rule of the disease is all there is.
    Static,
    /// Negative-binomial prediction from the last points.
    NbPredictive,
    /// Farrington Flexible with this many years, without trend if there are fewer than three.
    Flexible {
        /// Years back.
        b: usize,
    },
}

/// Points that a prediction needs.
const LEAST: usize = 7;
/// Most years of Farrington.
const MOST_YEARS: usize = 5;

/// The method for a point with this many points before it.
pub fn choose(history: usize, freq: usize, w: usize) -> Choice {
    if history < LEAST {
        return Choice::Static;
    }
    let years = history.saturating_sub(w) / freq.max(1);
    if history >= 3 * freq && years >= 2 {
        return Choice::Flexible {
            b: years.min(MOST_YEARS),
        };
    }
    Choice::NbPredictive
}

parameters! {
    /// Parameters of the automatic choice.
    pub struct Auto {
        /// Probability beyond the bound.
        alpha: f64 = 0.01,
        /// Half width of Farrington's windows.
        w: usize = 3,
        /// Points of the prediction from short histories.
        recent: usize = 12,
        /// Fewest cases that can alarm; of the static rule, those that do.
        floor: usize = 3,
    }
}

/// Judges every point of `range`, by default of the series, by what lies before it.
///
/// # Errors
/// Parameters out of range.
pub fn detect(series: &Series, range: Option<Range<usize>>, params: &Auto) -> Result<Vec<Verdict>, Error> {
    probability("alpha", params.alpha)?;
    let judge = |t: usize| match choose(t, series.freq, params.w) {
        Choice::Static => Ok(by_rule(series, t, params)),
        Choice::NbPredictive => Ok(by_prediction(series, t, params)),
        Choice::Flexible { b } => {
            let flexible = Flexible {
                b,
                w: params.w,
                trend: b >= 3,
                alpha: params.alpha,
                ..Flexible::default()
            };
            let verdict = flexible::detect(series, Some(t..t + 1), &flexible)?.into_iter().next();
            Ok(floored(
                verdict.unwrap_or_else(|| Verdict::none(t, series.observed[t])),
                params.floor,
            ))
        }
    };
    range.unwrap_or(0..series.len()).map(judge).collect()
}

/// The static rule: as many cases as the floor.
fn by_rule(series: &Series, t: usize, params: &Auto) -> Verdict {
    let y = series.observed[t];
    Verdict {
        alarm: (!y.is_nan() && params.floor > 0).then_some(y >= params.floor as f64),
        ..Verdict::none(t, y)
    }
}

fn by_prediction(series: &Series, t: usize, params: &Auto) -> Verdict {
    let y = series.observed[t];
    let recent = params.recent.max(NbPredictive::default().w);
    let reference = series.observed[t.saturating_sub(recent)..t].iter().copied();
    let Some(prediction) = predict(reference, y, params.alpha) else {
        return by_rule(series, t, params);
    };
    let verdict = Verdict {
        expected: Some(prediction.expected),
        upper: Some(prediction.upper),
        score: (!y.is_nan()).then_some(-prediction.p.log10()),
        p: (!y.is_nan()).then_some(prediction.p),
        alarm: (!y.is_nan()).then_some(y > prediction.upper),
        ..Verdict::none(t, y)
    };
    floored(verdict, params.floor)
}

fn floored(mut verdict: Verdict, floor: usize) -> Verdict {
    if verdict.alarm == Some(true) && verdict.observed < floor as f64 {
        verdict.alarm = Some(false);
    }
    verdict
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_method_grows_with_the_history() {
        assert_eq!(choose(6, 52, 3), Choice::Static);
        assert_eq!(choose(7, 52, 3), Choice::NbPredictive);
        assert_eq!(choose(155, 52, 3), Choice::NbPredictive);
        assert_eq!(choose(156, 52, 3), Choice::Flexible { b: 2 });
        assert_eq!(choose(159, 52, 3), Choice::Flexible { b: 3 });
        assert_eq!(choose(208, 52, 3), Choice::Flexible { b: 3 });
        assert_eq!(choose(900, 52, 3), Choice::Flexible { b: 5 });
    }

    /// At every age, silence followed by 25 cases alarms, and silence does not.
    #[test]
    fn cases_after_silence_alarm_at_every_age() {
        for age in [0, 3, 10, 60, 158, 230, 320] {
            let mut series = Series::new(vec![0.0; age + 1], 52);
            series.observed[age] = 25.0;
            let verdicts = detect(&series, None, &Auto::default()).unwrap();
            let alarms: Vec<_> = verdicts
                .iter()
                .filter(|v| v.alarm == Some(true))
                .map(|v| v.index)
                .collect();
            assert_eq!(alarms, [age]);
        }
    }
}
