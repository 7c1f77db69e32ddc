//! STL with several cycles, such as 7 and 365 days (Bandara, Hyndman and Bergmeir 2021, as `statsmodels` 0.15): the
//! cycles are taken out in turn, the shortest first, twice.

use super::params::parameters;
use super::stl::{Loops, Stl, decompose, judge};
use super::{Error, Series, Verdict};

/// Rounds over the cycles.
const ROUNDS: usize = 2;

parameters! {
    /// Parameters of MSTL.
    pub struct Mstl {
        /// Points in the two cycles.
        periods: (usize, usize) = (7, 365),
        /// Windows of their seasonal smoothers, odd.
        windows: (usize, usize) = (11, 15),
        /// Whether outliers lose their weight.
        robust: bool = true,
        /// Whether log(1 + y) is decomposed.
        log: bool = true,
        /// Residuals, in units of 1.4826 times their median absolute value, that alarm, up or down.
        threshold: f64 = 3.5,
    }
}

/// The parts of a series; they add up to it with the residual.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// Slow movement.
    pub trend: Vec<f64>,
    /// One cycle for each period, the shortest first.
    pub seasonal: Vec<Vec<f64>>,
}

/// Decomposes values without gaps into `cycles` (period and window), the shortest first.
///
/// # Errors
/// As [`decompose`].
pub fn split(y: &[f64], cycles: &[(usize, usize)], robust: bool) -> Result<Parts, Error> {
    let mut parts = Parts {
        trend: vec![0.0; y.len()],
        seasonal: vec![vec![0.0; y.len()]; cycles.len()],
    };
    let mut rest = y.to_vec();
    let rounds = if cycles.len() == 1 { 1 } else { ROUNDS };
    for _ in 0..rounds {
        for (&(period, window), seasonal) in cycles.iter().zip(&mut parts.seasonal) {
            rest.iter_mut().zip(seasonal.iter()).for_each(|(y, s)| *y += s);
            let params = Stl {
                seasonal: window,
                robust,
                loops: Loops::Statsmodels,
                ..Stl::default()
            };
            let found = decompose(&rest, period, &params)?;
            *seasonal = found.seasonal;
            parts.trend = found.trend;
            rest.iter_mut().zip(seasonal.iter()).for_each(|(y, s)| *y -= s);
        }
    }
    Ok(parts)
}

/// Judges the whole series: what is expected is trend and seasons, and residuals far from it alarm, up or down.
///
/// # Errors
/// As [`decompose`].
pub fn detect(series: &Series, params: &Mstl) -> Result<Vec<Verdict>, Error> {
    let mut cycles = [
        (params.periods.0, params.windows.0),
        (params.periods.1, params.windows.1),
    ];
    cycles.sort_unstable();
    judge(series, params.log, params.threshold, |y| {
        let parts = split(y, &cycles, params.robust)?;
        let fit = |t: usize| parts.trend[t] + parts.seasonal.iter().map(|s| s[t]).sum::<f64>();
        Ok((0..y.len()).map(fit).collect())
    })
}
