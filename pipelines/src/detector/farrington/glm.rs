//! Quasi-Poisson regression with log link on seasonal levels and a trend, by iteratively reweighted least squares
//! with the start and the stopping rule of R's `glm.fit`: working weights are those of the last solve, and the
//! detectors' dispersion and hat values depend on that.

use super::super::line::{Design, Line};

/// R's defaults of `glm.control`.
const ROUNDS: usize = 25;
const TOLERANCE: f64 = 1e-8;

/// Counts with their design, and the logarithm of the population.
#[derive(Debug, Clone, Copy)]
pub(super) struct Data<'a> {
    pub y: &'a [f64],
    pub design: Design<'a>,
    pub offset: Option<&'a [f64]>,
}

/// A fitted regression.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    pub line: Line,
    /// Fitted means.
    pub mu: Vec<f64>,
    /// Working weights of the last solve, prior weights included.
    pub work: Vec<f64>,
    /// Residual degrees of freedom.
    pub df: f64,
    pub converged: bool,
    pub trend: bool,
}

impl Fit {
    /// Fits with these prior weights.
    pub fn new(data: &Data<'_>, prior: &[f64], trend: bool) -> Self {
        let n = data.y.len();
        let offset = |i: usize| data.offset.map_or(0.0, |offset| offset[i]);
        let mut mu: Vec<f64> = data.y.iter().map(|y| y + 0.1).collect();
        let mut eta: Vec<f64> = mu.iter().map(|m| m.ln()).collect();
        let mut work = vec![0.0; n];
        let mut z = vec![0.0; n];
        let mut before = deviance(data.y, &mu, prior);
        let mut rounds = 0;
        loop {
            for i in 0..n {
                work[i] = prior[i] * mu[i];
                z[i] = eta[i] - offset(i) + (data.y[i] - mu[i]) / mu[i];
            }
            let line = Line::fit(&data.design, &work, &z, trend);
            for i in 0..n {
                eta[i] = line.at(usize::from(data.design.group[i]), data.design.time[i]) + offset(i);
                mu[i] = eta[i].exp();
            }
            let now = deviance(data.y, &mu, prior);
            let converged = (now - before).abs() / (now.abs() + 0.1) < TOLERANCE;
            before = now;
            rounds += 1;
            if converged || rounds == ROUNDS || !now.is_finite() {
                return Self {
                    df: n as f64 - line.rank as f64,
                    trend: trend && line.spread > 0.0,
                    line,
                    mu,
                    work,
                    converged,
                };
            }
        }
    }

    /// The dispersion with the model's own working weights.
    pub fn dispersion(&self, y: &[f64]) -> f64 {
        self.dispersion_with(y, &self.work)
    }

    /// The dispersion with other weights.
    pub fn dispersion_with(&self, y: &[f64], weights: &[f64]) -> f64 {
        let squares = weights.iter().zip(y).zip(&self.mu).map(|((w, y), mu)| {
            let residual = (y - mu) / mu;
            w * residual * residual
        });
        squares.sum::<f64>() / self.df
    }

    /// Weights that weigh down counts far above the fit, by their Anscombe residuals.
    pub fn outbreak_weights(&self, data: &Data<'_>, phi: f64, threshold: f64) -> Vec<f64> {
        let n = data.y.len();
        let mut weights: Vec<f64> = (0..n)
            .map(|i| {
                let (group, time) = (usize::from(data.design.group[i]), data.design.time[i]);
                let hat = self.work[i] * self.line.variance(group, time);
                let power = data.y[i].cbrt().powi(2) / self.mu[i].powf(1.0 / 6.0);
                let s = 1.5 * (power - self.mu[i].sqrt()) / (phi * (1.0 - hat)).sqrt();
                if s > threshold { 1.0 / (s * s) } else { 1.0 }
            })
            .collect();
        let scale = n as f64 / weights.iter().sum::<f64>();
        weights.iter_mut().for_each(|w| *w *= scale);
        weights
    }
}

fn deviance(y: &[f64], mu: &[f64], prior: &[f64]) -> f64 {
    let term = |y: f64, mu: f64| if y > 0.0 { y * (y / mu).ln() - (y - mu) } else { mu };
    let terms = y.iter().zip(mu).zip(prior).map(|((&y, &mu), w)| w * term(y, mu));
    2.0 * terms.sum::<f64>()
}
