//! Seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae and Terpenning 1990, J Off Stat 6:3-73), and
//! anomalies of what is left. The number of loops follows `statsmodels` or R (`loops`).

use super::loess::Loess;
use super::params::{choice, parameters};
use super::partial_sort::two_middles;
use super::trend::median;
use super::{Error, Series, Verdict};

choice! {
    /// Whose number of loops.
    pub enum Loops {
        /// 5 inner, or 2 inner in each of 15 robust outer ones.
        Statsmodels = "statsmodels",
        /// 2 inner, or 1 inner in each of 15 robust outer ones.
        R = "r",
    }
}

parameters! {
    /// Parameters of STL.
    pub struct Stl {
        /// Points in a cycle; auto is `freq`.
        period: Option<usize> = None,
        /// Window of the seasonal smoother, odd, at least 7.
        seasonal: usize = 7,
        /// Window of the trend smoother, odd; auto is the next odd above 1.5 period / (1 - 1.5 / seasonal).
        trend_window: Option<usize> = None,
        /// Degree of the seasonal smoother, 0 or 1.
        seasonal_deg: usize = 1,
        /// Whether outliers lose their weight.
        robust: bool = true,
        /// Whose number of loops.
        loops: Loops = Loops::Statsmodels,
        /// Whether log(1 + y) is decomposed.
        log: bool = true,
        /// Residuals, in units of 1.4826 times their median absolute value, that alarm, up or down.
        threshold: f64 = 3.5,
    }
}

/// The parts of a series; they add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Slow movement.
    pub trend: Vec<f64>,
    /// Cycle, which may change slowly.
    pub seasonal: Vec<f64>,
    /// Robustness weights; all 1 unless asked for.
    pub weights: Vec<f64>,
}

/// Decomposes values without gaps.
///
/// # Errors
/// Fewer than two cycles, windows out of range, missing values.
pub fn decompose(y: &[f64], period: usize, params: &Stl) -> Result<Parts, Error> {
    let n = y.len();
    if period < 2 || n < 2 * period {
        return Err(Error::new(format!(
            "STL with period={period} needs two cycles, {} observations, and there are {n}: collect more or give a shorter period",
            2 * period
        )));
    }
    if let Some(at) = y.iter().position(|y| y.is_nan()) {
        return Err(Error::new(format!(
            "observation {} is missing, and STL needs all: fill or cut the series",
            at + 1
        )));
    }
    if params.seasonal < 3 || params.seasonal.is_multiple_of(2) {
        return Err(Error::new(format!(
            "parameter seasonal: {} is not odd and at least 3",
            params.seasonal
        )));
    }
    let trend_window = params
        .trend_window
        .unwrap_or_else(|| default_trend(period, params.seasonal));
    if trend_window <= period || trend_window.is_multiple_of(2) {
        return Err(Error::new(format!(
            "parameter trend_window: {trend_window} is not odd and above {period}"
        )));
    }
    let (inner, outer) = match (params.loops, params.robust) {
        (Loops::Statsmodels, false) => (5, 0),
        (Loops::Statsmodels, true) => (2, 15),
        (Loops::R, false) => (2, 0),
        (Loops::R, true) => (1, 15),
    };
    let line = |len: usize| Loess {
        len,
        degree: 1,
        jump: 1,
    };
    let passes = Passes {
        period,
        seasonal: Loess {
            degree: params.seasonal_deg,
            ..line(params.seasonal)
        },
        trend: line(trend_window),
        low_pass: line(period + 1 + period % 2),
    };
    let mut parts = Parts {
        trend: vec![0.0; n],
        seasonal: vec![0.0; n],
        weights: vec![1.0; n],
    };
    for round in 0..=outer {
        for _ in 0..inner {
            passes.run(y, round > 0, &mut parts);
        }
        if round < outer {
            parts.weights = robustness(y, &parts, params.loops);
        }
    }
    Ok(parts)
}

fn default_trend(period: usize, seasonal: usize) -> usize {
    let window = (1.5 * period as f64 / (1.0 - 1.5 / seasonal as f64)).ceil() as usize;
    window + 1 - window % 2
}

/// The smoothers of the inner loop.
struct Passes {
    period: usize,
    seasonal: Loess,
    trend: Loess,
    low_pass: Loess,
}

impl Passes {
    /// One inner loop.
    fn run(&self, y: &[f64], is_robust: bool, parts: &mut Parts) {
        let n = y.len();
        let weights = parts.weights.clone();
        let robustness = is_robust.then_some(weights.as_slice());
        let mut scratch = Vec::new();
        let detrended: Vec<f64> = y.iter().zip(&parts.trend).map(|(y, t)| y - t).collect();
        let cycles = self.cycles(&detrended, robustness, &mut scratch);
        let averaged = average(&average(&average(&cycles, self.period), self.period), 3);
        let mut low = vec![0.0; n];
        self.low_pass.smooth(&averaged, None, &mut low, &mut scratch);
        for t in 0..n {
            parts.seasonal[t] = cycles[self.period + t] - low[t];
        }
        let adjusted: Vec<f64> = y.iter().zip(&parts.seasonal).map(|(y, s)| y - s).collect();
        self.trend.smooth(&adjusted, robustness, &mut parts.trend, &mut scratch);
    }

    /// Each cycle-subseries smoothed and extended by one point at either end.
    fn cycles(&self, y: &[f64], robustness: Option<&[f64]>, scratch: &mut Vec<f64>) -> Vec<f64> {
        let period = self.period;
        let mut all = vec![0.0; y.len() + 2 * period];
        for phase in 0..period {
            let sub = |from: &[f64]| -> Vec<f64> { from[phase..].iter().step_by(period).copied().collect() };
            let values = sub(y);
            let weights = robustness.map(sub);
            let weights = weights.as_deref();
            let k = values.len();
            let mut smooth = vec![0.0; k];
            self.seasonal.smooth(&values, weights, &mut smooth, scratch);
            let reach = self.seasonal.len.min(k) - 1;
            let before = self.seasonal.fit(&values, -1.0, (0, reach), weights, scratch);
            let after = self
                .seasonal
                .fit(&values, k as f64, (k - 1 - reach, k - 1), weights, scratch);
            all[phase] = before.unwrap_or(smooth[0]);
            for (i, value) in smooth.iter().enumerate() {
                all[(i + 1) * period + phase] = *value;
            }
            all[(k + 1) * period + phase] = after.unwrap_or(smooth[k - 1]);
        }
        all
    }
}

/// Moving averages of `len` points.
fn average(y: &[f64], len: usize) -> Vec<f64> {
    let mut sum: f64 = y[..len].iter().sum();
    let mut out = vec![sum / len as f64];
    for t in len..y.len() {
        sum += y[t] - y[t - len];
        out.push(sum / len as f64);
    }
    out
}

/// Bisquare weights of the residuals in units of six times their median.
fn robustness(y: &[f64], parts: &Parts, loops: Loops) -> Vec<f64> {
    let fitted = parts.trend.iter().zip(&parts.seasonal).map(|(t, s)| t + s);
    let residual: Vec<f64> = y.iter().zip(fitted).map(|(y, fit)| (y - fit).abs()).collect();
    let scale = match loops {
        Loops::Statsmodels => 6.0 * median(&mut residual.clone()),
        Loops::R => 3.0 * two_middles(&mut residual.clone()),
    };
    let weight = |r: &f64| {
        if *r <= 0.001 * scale {
            1.0
        } else if *r <= 0.999 * scale {
            let u = r / scale;
            (1.0 - u * u) * (1.0 - u * u)
        } else {
            0.0
        }
    };
    residual.iter().map(weight).collect()
}

/// Judges the whole series: what is expected is trend and season, and residuals far from it alarm, up or down.
///
/// # Errors
/// As [`decompose`]; with `log`, values of -1 or less.
pub fn detect(series: &Series, params: &Stl) -> Result<Vec<Verdict>, Error> {
    let period = params.period.unwrap_or(series.freq);
    judge(series, params.log, params.threshold, |y| {
        let parts = decompose(y, period, params)?;
        Ok(parts.trend.iter().zip(&parts.seasonal).map(|(t, s)| t + s).collect())
    })
}

/// Residuals of a fit against their median absolute value.
pub(super) fn judge(
    series: &Series,
    log: bool,
    threshold: f64,
    fit: impl Fn(&[f64]) -> Result<Vec<f64>, Error>,
) -> Result<Vec<Verdict>, Error> {
    if let Some(at) = series.observed.iter().position(|&y| log && y <= -1.0) {
        return Err(Error::new(format!(
            "observation {} is not above -1 and has no log(1 + y): give log=false",
            at + 1
        )));
    }
    let y: Vec<f64> = series
        .observed
        .iter()
        .map(|&y| if log { y.ln_1p() } else { y })
        .collect();
    let fitted = fit(&y)?;
    let residual: Vec<f64> = y.iter().zip(&fitted).map(|(y, f)| y - f).collect();
    let middle = median(&mut residual.clone());
    let scale = 1.4826 * median(&mut residual.iter().map(|r| (r - middle).abs()).collect::<Vec<_>>());
    let back = |x: f64| if log { x.exp_m1() } else { x };
    let row = |t: usize| {
        let score = if scale > 0.0 { residual[t] / scale } else { 0.0 };
        Verdict {
            expected: Some(back(fitted[t])),
            upper: Some(back(fitted[t] + threshold * scale)),
            score: Some(score),
            alarm: Some(score.abs() > threshold),
            ..Verdict::none(t, series.observed[t])
        }
    };
    Ok((0..y.len()).map(row).collect())
}
