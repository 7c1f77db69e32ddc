//! The reference counts of a time point, laid out for the regression. What depends on a count alone is worked out once
//! for the series and not again for each of the hundreds of regressions it takes part in.

use super::super::Series;
use super::reference::Reference;

/// For each observation of a series: the count, ln(y + 0.1), y ln y and y^(2/3).
#[derive(Debug)]
pub(super) struct Table(Vec<[f64; 4]>);

impl Table {
    pub fn new(series: &Series) -> Self {
        let row = |&y: &f64| {
            let y_ln_y = if y > 0.0 { y * y.ln() } else { 0.0 };
            [y, (y + 0.1).ln(), y_ln_y, y.cbrt() * y.cbrt()]
        };
        Self(series.observed.iter().map(row).collect())
    }
}

/// Consecutive points of one seasonal level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub start: usize,
    pub end: usize,
    pub level: usize,
}

/// Reference counts with their design. Buffers are reused from one time point to the next.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub y: Vec<f64>,
    /// ln(y + 0.1), where the regression starts.
    pub start: Vec<f64>,
    pub y_ln_y: Vec<f64>,
    /// y^(2/3).
    pub two_thirds: Vec<f64>,
    /// Time since the first point.
    pub time: Vec<f64>,
    /// Whether times are 0, 1, 2 and so on.
    is_unbroken: bool,
    /// Population and its logarithm, if they are an offset.
    pub population: Option<(Vec<f64>, Vec<f64>)>,
    pub runs: Vec<Run>,
    pub levels: usize,
    /// Prior weights.
    pub prior: Vec<f64>,
}

impl Counts {
    /// Takes the counts of a reference.
    pub fn fill(&mut self, reference: &Reference, table: &Table, population: Option<&[f64]>) {
        let first = reference.time.first().copied().unwrap_or(0.0);
        let column = |k: usize| reference.at.iter().map(move |&at| table.0[at][k]);
        refill(&mut self.y, column(0));
        refill(&mut self.start, column(1));
        refill(&mut self.y_ln_y, column(2));
        refill(&mut self.two_thirds, column(3));
        refill(&mut self.time, reference.time.iter().map(|t| t - first));
        self.is_unbroken = self
            .time
            .last()
            .is_some_and(|&last| last + 1.0 == self.time.len() as f64)
            && self.time.iter().all(|t| t.fract() == 0.0);
        refill(&mut self.prior, reference.at.iter().map(|_| 1.0));
        self.population = population.map(|p| {
            let persons: Vec<f64> = reference.at.iter().map(|&at| p[at]).collect();
            let logs = persons.iter().map(|p| p.ln()).collect();
            (persons, logs)
        });
        self.levels = reference.levels;
        self.runs.clear();
        let mut start = 0;
        for run in reference.level.chunk_by(|a, b| a == b) {
            self.runs.push(Run {
                start,
                end: start + run.len(),
                level: usize::from(run[0]),
            });
            start += run.len();
        }
    }

    /// exp(slope x time) of every point. Where times are whole steps, powers of one step by doubling.
    pub fn powers(&self, slope: f64, out: &mut Vec<f64>) {
        out.clear();
        let n = self.time.len();
        if slope == 0.0 {
            out.resize(n, 1.0);
        } else if self.is_unbroken {
            out.resize(n, 1.0);
            let (mut done, mut power) = (1, slope.exp());
            while done < n {
                let (known, unknown) = out.split_at_mut(done);
                known
                    .iter()
                    .zip(unknown)
                    .for_each(|(known, next)| *next = known * power);
                (done, power) = (2 * done, power * power);
            }
        } else {
            let step = slope.exp();
            let (mut now, mut before) = (1.0, f64::NAN);
            out.extend(self.time.iter().map(|&time| {
                now = if time - before == 1.0 {
                    now * step
                } else {
                    (slope * time).exp()
                };
                before = time;
                now
            }));
        }
    }
}

fn refill(buffer: &mut Vec<f64>, values: impl Iterator<Item = f64>) {
    buffer.clear();
    buffer.extend(values);
}
