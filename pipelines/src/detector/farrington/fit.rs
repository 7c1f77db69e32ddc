//! The model of a time point: with or without trend, past outbreaks weighed down, and what it predicts.

use super::super::special::t_sf;
use super::counts::Counts;
use super::glm::{Buffers, Fit};

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

/// The point judged: its level, time since the first reference count, and log population.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub level: usize,
    pub time: f64,
    pub offset: f64,
}

/// What the fits of one time point work on.
#[derive(Debug, Default)]
pub(super) struct Bench {
    pub counts: Counts,
    buffers: Buffers,
}

/// Fits and predicts. `None` where the regression does not converge.
pub(super) fn predict(bench: &mut Bench, point: Point, settings: &Settings) -> Option<Prediction> {
    if settings.trend {
        let (prediction, p) = one(bench, point, settings, true)?;
        let max = bench.counts.y.iter().copied().fold(0.0, f64::max);
        let is_kept = settings.b >= 3 && p < settings.p_threshold_trend && prediction.eta.exp() <= max;
        // Without a trend to keep, the model is already the one without.
        if is_kept || prediction.trend.is_none() {
            return Some(prediction);
        }
    }
    one(bench, point, settings, false).map(|(prediction, _)| prediction)
}

/// One model, with the two-sided p-value of its trend (1 without).
fn one(bench: &mut Bench, point: Point, settings: &Settings, trend: bool) -> Option<(Prediction, f64)> {
    let Bench { counts, buffers } = bench;
    counts.prior.fill(1.0);
    let mut fit = Fit::new(counts, trend, buffers);
    if !fit.converged && trend {
        fit = Fit::new(counts, false, buffers);
    }
    if !fit.converged || fit.df <= 0.0 {
        return None;
    }
    let (mut raw, _) = fit.dispersions(counts, buffers);
    let mut error = raw;
    if let Some(threshold) = settings.reweight {
        fit.weigh_down(counts, raw.max(1.0), threshold, buffers);
        fit = Fit::new(counts, fit.has_trend(), buffers);
        let (proper, prior) = fit.dispersions(counts, buffers);
        raw = proper;
        error = if settings.errors == Errors::RCompat {
            prior
        } else {
            proper
        };
    }
    let (test, prediction) = match settings.errors {
        Errors::Proper => (raw.max(1.0), raw.max(1.0)),
        Errors::Classic => (raw, raw.max(1.0)),
        Errors::RCompat => (error, error),
    };
    let p = if fit.has_trend() {
        let t = (fit.line.slope / (test / fit.line.spread).sqrt()).abs();
        // Rounding noise is no trend; and with a threshold of 1 any other passes.
        if t < 1e-6 {
            1.0
        } else if settings.p_threshold_trend >= 1.0 && t > 1e-3 {
            0.0
        } else {
            2.0 * t_sf(t, fit.df)
        }
    } else {
        1.0
    };
    let eta = fit.line.eta(point.level, point.time) + point.offset;
    let se = (prediction * fit.line.variance(point.level, point.time)).sqrt();
    let found = Prediction {
        eta,
        se,
        phi: raw.max(1.0),
        trend: fit.has_trend().then_some(fit.line.slope),
    };
    (eta.is_finite() && se.is_finite()).then_some((found, p))
}
