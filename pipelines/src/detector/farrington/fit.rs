//! The model of a time point: with or without trend, past outbreaks weighed down, and what it predicts.

use super::super::special::t_sf;
use super::glm::{Data, Fit};

/// Settings of a fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    pub b: usize,
    pub trend: bool,
    pub p_threshold_trend: f64,
    /// Threshold of the Anscombe residual, if outbreaks are weighed down.
    pub reweight: Option<f64>,
    pub errors: Errors,
}

/// Which dispersion goes into the trend's test and the standard error of the prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errors {
    /// The dispersion, at least 1, in both.
    Proper,
    /// Of the 1996 form: the raw dispersion in the test, at least 1 in the prediction.
    Classic,
    /// Of R's flexible form: prior weights in place of working weights after reweighting.
    RCompat,
}

/// What the model predicts for the point judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prediction {
    /// Linear predictor, offset included.
    pub eta: f64,
    /// Its standard error.
    pub se: f64,
    /// Dispersion, at least 1.
    pub phi: f64,
    /// Trend per unit of time, where it was kept.
    pub trend: Option<f64>,
}

/// The point judged: its level, time and log population.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub level: usize,
    pub time: f64,
    pub offset: f64,
}

/// Fits and predicts. `None` where the regression does not converge.
pub(super) fn predict(data: &Data<'_>, point: Point, settings: &Settings) -> Option<Prediction> {
    if settings.trend {
        let (prediction, p) = one(data, point, settings, true)?;
        let max = data.y.iter().copied().fold(0.0, f64::max);
        let is_kept = settings.b >= 3 && p < settings.p_threshold_trend && prediction.eta.exp() <= max;
        if is_kept && prediction.trend.is_some() {
            return Some(prediction);
        }
    }
    one(data, point, settings, false).map(|(prediction, _)| prediction)
}

/// One model, with the two-sided p-value of its trend (1 without).
fn one(data: &Data<'_>, point: Point, settings: &Settings, trend: bool) -> Option<(Prediction, f64)> {
    let ones = vec![1.0; data.y.len()];
    let mut fit = Fit::new(data, &ones, trend);
    if !fit.converged && trend {
        fit = Fit::new(data, &ones, false);
    }
    if !fit.converged || fit.df <= 0.0 {
        return None;
    }
    let mut raw = fit.dispersion(data.y);
    let mut error = raw;
    if let Some(threshold) = settings.reweight {
        let weights = fit.outbreak_weights(data, raw.max(1.0), threshold);
        fit = Fit::new(data, &weights, fit.trend);
        raw = fit.dispersion(data.y);
        error = match settings.errors {
            Errors::RCompat => fit.dispersion_with(data.y, &weights),
            _ => raw,
        };
    }
    let (test, prediction) = match settings.errors {
        Errors::Proper => (raw.max(1.0), raw.max(1.0)),
        Errors::Classic => (raw, raw.max(1.0)),
        Errors::RCompat => (error, error),
    };
    let p = if fit.trend {
        2.0 * t_sf((fit.line.slope / (test / fit.line.spread).sqrt()).abs(), fit.df)
    } else {
        1.0
    };
    let eta = fit.line.at(point.level, point.time) + point.offset;
    let se = (prediction * fit.line.variance(point.level, point.time)).sqrt();
    let found = Prediction {
        eta,
        se,
        phi: raw.max(1.0),
        trend: fit.trend.then_some(fit.line.slope),
    };
    (eta.is_finite() && se.is_finite()).then_some((found, p))
}
