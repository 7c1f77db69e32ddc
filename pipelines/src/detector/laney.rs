//! Laney's p' chart (Laney 2002, Quality Engineering 14:531-537): a p chart whose limits widen with the variation from
//! period to period, so that large denominators do not alarm on trifles. For satisfaction and other shares by month.

use super::params::parameters;
use super::{Error, Series, Verdict};

/// Mean moving range of two standard normal values.
const RANGE: f64 = 1.128;

parameters! {
    /// Parameters of the chart.
    pub struct Laney {
        /// Periods from which centre and width are learnt; the first judged is the one after.
        baseline: usize = 20,
        /// Fewest answers in a period; smaller ones are pooled with those that follow.
        min_n: f64 = 30.0,
        /// Widths from the centre to either limit.
        sigmas: f64 = 3.0,
    }
}

/// Centre and width of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chart {
    /// Pooled share.
    pub centre: f64,
    /// Variation between periods in units of the binomial one.
    pub sigma_z: f64,
}

impl Chart {
    /// Learns from counts and their denominators; `None` from fewer than two periods or a share of 0 or 1.
    pub fn learn(periods: &[(f64, f64)]) -> Option<Self> {
        let (cases, persons) = periods.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0, b + p.1));
        let centre = cases / persons;
        if periods.len() < 2 || !(centre > 0.0 && centre < 1.0) {
            return None;
        }
        let z: Vec<f64> = periods
            .iter()
            .map(|&(y, n)| (y / n - centre) / binomial(centre, n))
            .collect();
        let range = z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f64>() / (z.len() - 1) as f64;
        Some(Self {
            centre,
            sigma_z: range / RANGE,
        })
    }

    /// Standard deviation of a share out of n.
    pub fn width(&self, n: f64) -> f64 {
        self.sigma_z * binomial(self.centre, n)
    }
}

fn binomial(p: f64, n: f64) -> f64 {
    (p * (1.0 - p) / n).sqrt()
}

/// Judges the periods after the baseline, up and down; observed, expected and upper are counts, the score is the
/// distance from the centre in widths.
///
/// # Errors
/// No denominators, a count above its denominator, a baseline without variation or longer than the series.
pub fn detect(series: &Series, params: &Laney) -> Result<Vec<Verdict>, Error> {
    let (y, n) = (&series.observed, series.denominators("laney-p")?);
    if let Some(at) = (0..y.len()).find(|&t| y[t] < 0.0 || y[t] > n[t]) {
        return Err(Error::new(format!(
            "observation {}: {} is not a count out of {}",
            at + 1,
            y[at],
            n[at]
        )));
    }
    let pooled = pool(y, n, params.min_n);
    let periods: Vec<(f64, f64)> = pooled.iter().map(|p| (p.1, p.2)).collect();
    let chart = periods.get(..params.baseline).and_then(Chart::learn).ok_or_else(|| {
        Error::new(format!(
            "the chart needs {} periods of {} answers with a share between 0 and 1, and there are {}: collect more, or \
             give a smaller baseline",
            params.baseline,
            params.min_n,
            pooled.len()
        ))
    })?;
    let first = pooled[params.baseline - 1].0 + 1;
    let mut all: Vec<_> = (first..y.len()).map(|t| Verdict::none(t, y[t])).collect();
    for &(t, cases, persons) in &pooled[params.baseline..] {
        let width = chart.width(persons);
        let score = if width > 0.0 {
            (cases / persons - chart.centre) / width
        } else {
            0.0
        };
        let verdict = &mut all[t - first];
        verdict.observed = cases;
        verdict.expected = Some(persons * chart.centre);
        verdict.upper = Some(persons * (chart.centre + params.sigmas * width));
        verdict.score = Some(score);
        verdict.alarm = Some(score.abs() > params.sigmas);
    }
    Ok(all)
}

/// (last position, cases, persons) of periods pooled until each has enough persons.
fn pool(y: &[f64], n: &[f64], least: f64) -> Vec<(usize, f64, f64)> {
    let mut pooled = Vec::new();
    let (mut cases, mut persons) = (0.0, 0.0);
    for t in 0..y.len() {
        if y[t].is_nan() {
            continue;
        }
        cases += y[t];
        persons += n[t];
        if persons >= least {
            pooled.push((t, cases, persons));
            (cases, persons) = (0.0, 0.0);
        }
    }
    pooled
}
