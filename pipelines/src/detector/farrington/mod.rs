//! Farrington's regression against the same season of earlier years, in the flexible form of Noufaily et al. 2013
//! (Stat Med 32:1206-1222) and in the original of Farrington et al. 1996 (J R Stat Soc A 159:547-563).
//!
//! Both fit a quasi-Poisson regression to reference counts of the past, weigh down past outbreaks, and compare today
//! with a quantile of the prediction. They agree with `surveillance` 1.20.3 where that gives a verdict; where its
//! regression does not converge (an all-zero past), the negative-binomial prediction from the same reference counts
//! speaks instead, so that 25 cases after years without any do alarm.

mod bound;
pub mod classic;
mod fit;
pub mod flexible;
mod glm;
mod reference;
mod sums;
mod table;
#[cfg(test)]
mod tests;
mod weights;

use super::params::{choice, parameters, probability};
use super::special::normal_quantile;
use super::{Error, Series};

choice! {
    /// How the bound is made of the fitted mean, its standard error and the dispersion.
    pub enum ThresholdMethod {
        /// A normal interval on a power of the count.
        Delta = "delta",
        /// Quantile of the negative binomial with the fitted mean and dispersion.
        NbPlugin = "nbPlugin",
        /// The same with the upper confidence limit of the mean.
        Muan = "muan",
    }
}

choice! {
    /// The power of the count that is nearly normal.
    pub enum PowerTrans {
        /// Least skew.
        TwoThirds = "2/3",
        /// Stable variance.
        Half = "1/2",
        /// The count itself.
        None = "none",
    }
}

choice! {
    /// Which dispersion goes into standard errors after reweighting.
    pub enum SeMode {
        /// That of the refitted model.
        Proper = "proper",
        /// As R has it, whose working weights then miss a factor: standard errors about sqrt(mean) too small. The
        /// score, too, is R's, which mixes scales.
        RCompat = "r_compat",
    }
}

parameters! {
    /// Parameters of the flexible form; the defaults are Noufaily's setting as recommended for alerts.
    pub struct Flexible {
        /// Years back.
        b: usize = 5,
        /// Half width of the window around the same week of earlier years.
        w: usize = 3,
        /// Levels of the seasonal factor; 1 uses the windows only.
        no_periods: usize = 10,
        /// Most recent points kept out of the reference; auto is `w`.
        past_weeks_not_included: Option<usize> = Some(26),
        /// Whether past outbreaks are weighed down.
        reweight: bool = true,
        /// Anscombe residual from which they are.
        weights_threshold: f64 = 2.58,
        /// Probability beyond the bound, one-sided.
        alpha: f64 = 0.01,
        /// Whether a trend is tried.
        trend: bool = true,
        /// It is kept if its p-value is below this; 1 keeps it unless it extrapolates.
        p_threshold_trend: f64 = 1.0,
        /// How the bound is made.
        threshold_method: ThresholdMethod = ThresholdMethod::NbPlugin,
        /// Of the delta bound.
        power_trans: PowerTrans = PowerTrans::TwoThirds,
        /// No alarm unless the last (second) points hold at least (first) cases.
        limit54: (usize, usize) = (5, 4),
        /// Whether the logarithm of the population is an offset.
        population_offset: bool = false,
        /// Which dispersion goes into standard errors.
        se_mode: SeMode = SeMode::Proper,
    }
}

parameters! {
    /// Parameters of the original.
    pub struct Classic {
        /// Years back.
        b: usize = 5,
        /// Half width of the window around the same week of earlier years.
        w: usize = 3,
        /// Whether past outbreaks are weighed down.
        reweight: bool = true,
        /// Probability outside the two-sided interval whose upper end is the bound.
        alpha: f64 = 0.05,
        /// Whether a trend is tried; it is kept if its p-value is below 0.05.
        trend: bool = true,
        /// The power of the count that is nearly normal.
        power_trans: PowerTrans = PowerTrans::TwoThirds,
        /// No alarm unless the last (second) points hold at least (first) cases.
        limit54: (usize, usize) = (5, 4),
    }
}

/// What a regression says about one time point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Predicted mean.
    pub expected: f64,
    /// The bound.
    pub upper: f64,
    /// (observed - expected) / (upper - expected), or R's score where that was asked for.
    pub score: f64,
    /// P(count >= observed).
    pub p: f64,
    /// Dispersion, at least 1.
    pub phi: f64,
    /// The trend per unit of time on the log scale, where it was kept.
    pub trend: Option<f64>,
    /// Whether the last points hold enough cases to alarm at all.
    pub enough: bool,
    /// Whether the regression gave no verdict and the negative-binomial prediction speaks.
    pub is_fallback: bool,
    /// Whether the observation is unusual; `None` if it is missing.
    pub alarm: Option<bool>,
}

impl Row {
    /// The judgement of the negative-binomial prediction from the same reference counts.
    fn fallback(reference: impl Iterator<Item = f64>, observed: f64, alpha: f64, enough: bool) -> Option<Self> {
        let prediction = super::nb_predictive::predict(reference, observed, alpha)?;
        let (expected, upper) = (prediction.expected, prediction.upper);
        Some(Self {
            expected,
            upper,
            score: score(observed, expected, upper),
            p: prediction.p,
            phi: 1.0,
            trend: None,
            enough,
            is_fallback: true,
            alarm: (!observed.is_nan()).then_some(enough && observed > upper),
        })
    }
}

/// How far towards the bound an observation is: 0 at the expected count, above 1 beyond the bound.
fn score(observed: f64, expected: f64, upper: f64) -> f64 {
    // A bound of 0 below an expected count near 0 would turn the sign.
    if upper > expected {
        (observed - expected) / (upper - expected)
    } else if observed > upper {
        1.0 + observed - upper
    } else {
        0.0
    }
}

/// Whether the points up to `t` hold enough cases; missing ones count as none.
fn enough(series: &Series, t: usize, (cases, points): (usize, usize)) -> bool {
    let start = (t + 1).saturating_sub(points);
    let sum: f64 = series.observed[start..=t].iter().filter(|y| !y.is_nan()).sum();
    sum >= cases as f64
}

/// The standard normal quantile of the bound.
fn bound_quantile(alpha: f64) -> Result<f64, Error> {
    probability("alpha", alpha)?;
    Ok(normal_quantile(1.0 - alpha))
}
