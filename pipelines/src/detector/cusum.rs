//! CUSUM of transformed counts (Rossi, Lampugnani and Marchi 1999, Stat Med 18:2111-2122), without reset, as
//! `surveillance::cusum` 1.20.3: C = max(0, C + x' - k), alarm at C >= h.

use super::params::{choice, parameters};
use super::{Error, Series, Verdict};

choice! {
    /// How a count becomes nearly standard normal.
    pub enum Trans {
        /// (x - 3m + 2 sqrt(xm)) / (2 sqrt m).
        Rossi = "rossi",
        /// (x - m) / sqrt m.
        Standard = "standard",
        /// 3/2 (x^(2/3) - m^(2/3)) / m^(1/6).
        Anscombe = "anscombe",
    }
}

parameters! {
    /// Parameters of the CUSUM.
    pub struct Cusum {
        /// Points whose mean is expected; the first judged is the one after.
        training: usize = 104,
        /// Reference value, half the shift worth noticing.
        k: f64 = 1.04,
        /// Decision limit.
        h: f64 = 2.26,
        /// How a count becomes nearly standard normal.
        trans: Trans = Trans::Rossi,
    }
}

impl Trans {
    fn apply(self, x: f64, m: f64) -> f64 {
        match self {
            Self::Rossi => (x - 3.0 * m + 2.0 * (x * m).sqrt()) / (2.0 * m.sqrt()),
            Self::Standard => (x - m) / m.sqrt(),
            Self::Anscombe => 1.5 * (x.cbrt().powi(2) - m.cbrt().powi(2)) / m.powf(1.0 / 6.0),
        }
    }

    /// The count that becomes `z`; 0 where none does.
    fn invert(self, z: f64, m: f64) -> f64 {
        let root = m.sqrt();
        let x = match self {
            Self::Rossi => ((4.0 * m + 2.0 * root * z).max(0.0).sqrt() - root).max(0.0).powi(2),
            Self::Standard => m + z * root,
            Self::Anscombe => (m.cbrt().powi(2) + z * m.powf(1.0 / 6.0) / 1.5).max(0.0).powf(1.5),
        };
        x.max(0.0)
    }
}

/// Judges the points after the training; the score is C, the bound the count that brings it to h. A missing count
/// leaves C as it is.
///
/// # Errors
/// A training without cases, or longer than the series.
pub fn detect(series: &Series, params: &Cusum) -> Result<Vec<Verdict>, Error> {
    let y = &series.observed;
    if params.training == 0 || params.training >= y.len() {
        return Err(Error::new(format!(
            "parameter training: {} of {} observations leave none to judge: give a smaller one",
            params.training,
            y.len()
        )));
    }
    let known: Vec<f64> = y[..params.training].iter().copied().filter(|y| !y.is_nan()).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    if mean.is_nan() || mean <= 0.0 {
        return Err(Error::new(
            "the training holds no cases: give a longer one, or use nb-predictive",
        ));
    }
    let mut c = 0.0_f64;
    let judge = |(t, &x): (usize, &f64)| {
        if x.is_nan() {
            return Verdict::none(t, x);
        }
        let upper = params.trans.invert(params.k + params.h - c, mean);
        c = (c + params.trans.apply(x, mean) - params.k).max(0.0);
        Verdict {
            expected: Some(mean),
            upper: Some(upper),
            score: Some(c),
            alarm: Some(c >= params.h),
            ..Verdict::none(t, x)
        }
    };
    Ok(y.iter().enumerate().skip(params.training).map(judge).collect())
}
