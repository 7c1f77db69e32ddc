//! Binomial CUSUM (Rogerson and Yamada 2004, Stat Med 23:2195-2214): the log-likelihood ratio of a share that is
//! higher by a fixed shift of its logit, summed up and never below 0. The right tool for slow drifts of attendance,
//! where the denominator changes daily.

use super::params::{parameters, probability};
use super::{Error, Series, Verdict};

parameters! {
    /// Parameters of the binomial CUSUM.
    pub struct CusumBinomial {
        /// Share in ordinary times; auto is the pooled share of the training.
        p0: Option<f64> = None,
        /// Points before the first one judged, if `p0` is auto.
        training: usize = 28,
        /// Shift of the logit worth noticing.
        shift: f64 = 0.5,
        /// Decision limit.
        h: f64 = 5.0,
        /// Whether the sum begins anew after an alarm.
        reset: bool = true,
    }
}

/// The sum, fed one observation after the other.
#[derive(Debug, Clone, Copy)]
pub struct Sum {
    /// Weight of a case, and of a person.
    case: f64,
    person: f64,
    /// The sum.
    pub c: f64,
}

impl Sum {
    /// A sum for this share and shift of the logit.
    pub fn new(p0: f64, shift: f64) -> Self {
        let logit = (p0 / (1.0 - p0)).ln() + shift;
        let p1 = 1.0 / (1.0 + (-logit).exp());
        Self {
            case: shift,
            person: (-p1).ln_1p() - (-p0).ln_1p(),
            c: 0.0,
        }
    }

    /// The count of n persons that brings the sum to h.
    pub fn bound(&self, n: f64, h: f64) -> f64 {
        (h - self.c - n * self.person) / self.case
    }

    /// Adds y cases of n persons.
    pub fn add(&mut self, y: f64, n: f64) {
        self.c = (self.c + y * self.case + n * self.person).max(0.0);
    }
}

/// Judges counts of `population`; the score is the sum, the bound the count beyond which it exceeds h. A missing count
/// leaves the sum as it is.
///
/// # Errors
/// No denominators, a count above its denominator, parameters out of range, a training without or with only cases.
pub fn detect(series: &Series, params: &CusumBinomial) -> Result<Vec<Verdict>, Error> {
    let (y, n) = (&series.observed, series.denominators("cusum-binomial")?);
    if let Some(at) = (0..y.len()).find(|&t| y[t] < 0.0 || y[t] > n[t]) {
        return Err(Error::new(format!(
            "observation {}: {} is not a count out of {}",
            at + 1,
            y[at],
            n[at]
        )));
    }
    if params.shift <= 0.0 {
        return Err(Error::new(format!(
            "parameter shift: {} is no rise, give 0.5",
            params.shift
        )));
    }
    let (first, p0) = match params.p0 {
        Some(p0) => (0, p0),
        None => (params.training.min(y.len()), training_share(y, n, params.training)),
    };
    if params.p0.is_none() && !(p0 > 0.0 && p0 < 1.0) {
        return Err(Error::new(format!(
            "the first {} observations give no share to start from: give p0, or a longer training",
            params.training
        )));
    }
    probability("p0", p0)?;
    let mut sum = Sum::new(p0, params.shift);
    let judge = |t: usize| {
        if y[t].is_nan() {
            return Verdict::none(t, y[t]);
        }
        let upper = sum.bound(n[t], params.h);
        sum.add(y[t], n[t]);
        let (score, alarm) = (sum.c, sum.c > params.h);
        if alarm && params.reset {
            sum.c = 0.0;
        }
        Verdict {
            expected: Some(n[t] * p0),
            upper: Some(upper),
            score: Some(score),
            alarm: Some(alarm),
            ..Verdict::none(t, y[t])
        }
    };
    Ok((first..y.len()).map(judge).collect())
}

fn training_share(y: &[f64], n: &[f64], training: usize) -> f64 {
    let pairs = y.iter().zip(n).take(training).filter(|(y, _)| !y.is_nan());
    let (cases, persons) = pairs.fold((0.0, 0.0), |(a, b), (y, n)| (a + y, b + n));
    cases / persons
}
