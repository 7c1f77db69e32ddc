//! The model of a time point: with or without trend, past outbreaks weighed down, and what it predicts.

use super::super::special::t_sf;
use super::glm::Fit;
use super::sums::{Data, Totals};
use super::weights::Weights;

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

/// What the fits work on, from one time point to the next.
#[derive(Debug, Default)]
pub(super) struct Bench {
    /// Sums over the counts, to be filled first.
    pub totals: Totals,
    weighted: Totals,
    weights: Weights,
    fit: Fit,
}

/// Fits and predicts. `None` where the regression does not converge.
pub(super) fn predict(data: Data<'_>, bench: &mut Bench, point: Point, settings: &Settings) -> Option<Prediction> {
    if settings.trend {
        let (prediction, p) = one(data, bench, point, settings, true)?;
        let is_kept = || {
            let mu = prediction.eta.exp();
            // Of counts that are all 0, 0 is the largest.
            let is_reached = mu <= 0.0 || data.all().any(|y| y >= mu);
            settings.b >= 3 && p < settings.p_threshold_trend && is_reached
        };
        // Without a trend to keep, the model is already the one without.
        if prediction.trend.is_none() || is_kept() {
            return Some(prediction);
        }
    }
    one(data, bench, point, settings, false).map(|(prediction, _)| prediction)
}

/// One model, with the two-sided p-value of its trend (1 without).
fn one(data: Data<'_>, bench: &mut Bench, point: Point, settings: &Settings, trend: bool) -> Option<(Prediction, f64)> {
    let Bench {
        totals,
        weighted,
        weights,
        fit,
    } = bench;
    weights.reset();
    fit.run(data, weights, totals, trend);
    if !fit.converged && trend {
        fit.run(data, weights, totals, false);
    }
    if !fit.converged || fit.df <= 0.0 {
        return None;
    }
    let (mut raw, mut prior) = fit.dispersions(data, weights);
    let mut error = raw;
    if let Some(threshold) = settings.reweight {
        fit.weigh_down(data, raw.max(1.0), threshold, weights);
        // With equal weights it would be the same fit again.
        if !weights.outliers.is_empty() {
            weighted.fill_weighted(totals, data, weights);
            fit.run(data, weights, weighted, fit.has_trend());
            (raw, prior) = fit.dispersions(data, weights);
        }
        error = if settings.errors == Errors::RCompat { prior } else { raw };
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
