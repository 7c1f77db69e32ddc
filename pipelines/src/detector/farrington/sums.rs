//! Sums that stay the same in all rounds of a regression: of the counts, and of R's starting point, mu = y + 0.1.

use super::super::line::MAX_GROUPS;
use super::reference::{Reference, Run};
use super::table::{Moments, Table};
use super::weights::Weights;

/// The counts of a time point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Data<'a> {
    /// All of the series.
    pub y: &'a [f64],
    pub table: &'a Table,
    pub reference: &'a Reference,
}

impl<'a> Data<'a> {
    /// The counts of a run.
    pub fn counts(&self, run: &Run) -> &'a [f64] {
        let at = self.reference.origin + run.at;
        &self.y[at..at + run.len]
    }

    /// The counts of all runs.
    pub fn all(self) -> impl Iterator<Item = f64> + use<'a> {
        let runs = self.reference.runs.iter();
        runs.flat_map(move |run| self.counts(run)).copied()
    }
}

/// Sums of a level: weights, which are prior weight times mean, and their first two moments in time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub w: f64,
    pub wt: f64,
    pub wtt: f64,
}

/// What the working responses come to: with log link, weight times working response is prior weight times (y - mean),
/// so that its sums follow from those of the counts.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// Sum of weighted responses of each level.
    pub level: [f64; MAX_GROUPS],
    /// Sum of weighted responses times time.
    pub time: f64,
}

/// Sums over the counts.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub y: [f64; MAX_GROUPS],
    pub yt: f64,
    /// Of the deviance: all that does not depend on the solution.
    pub constant: f64,
    /// Its largest part, against which rounding is measured.
    pub size: f64,
    /// At the start: weights, working responses, and half of the deviance.
    pub start: [Sums; MAX_GROUPS],
    pub target: Target,
    pub deviance: f64,
}

impl Totals {
    /// Takes the sums with equal weights.
    pub fn fill(&mut self, data: Data<'_>) {
        let levels = data.reference.levels;
        self.y[..levels].fill(0.0);
        self.start[..levels].fill(Sums::default());
        self.target.level[..levels].fill(0.0);
        (self.yt, self.constant, self.size) = (0.0, 0.0, 0.0);
        (self.target.time, self.deviance) = (0.0, 0.0);
        for run in &data.reference.runs {
            self.add(run, &data.table.moments(data.reference, run), 1.0);
        }
    }

    /// Takes the sums with these weights; `equal` are those with equal ones.
    pub fn fill_weighted(&mut self, equal: &Self, data: Data<'_>, weights: &Weights) {
        let f = weights.common;
        for g in 0..data.reference.levels {
            self.y[g] = equal.y[g] * f;
            self.target.level[g] = equal.target.level[g] * f;
            let Sums { w, wt, wtt } = equal.start[g];
            self.start[g] = Sums {
                w: w * f,
                wt: wt * f,
                wtt: wtt * f,
            };
        }
        self.yt = equal.yt * f;
        self.constant = equal.constant * f;
        self.size = equal.size * f;
        self.target.time = equal.target.time * f;
        self.deviance = equal.deviance * f;
        for outlier in &weights.outliers {
            let moments = data.table.moments(data.reference, &outlier.run);
            self.add(&outlier.run, &moments, outlier.less);
        }
    }

    /// Whether no case is among the counts.
    pub fn is_zero(&self, data: Data<'_>) -> bool {
        self.y[..data.reference.levels].iter().all(|&y| y == 0.0)
    }

    fn add(&mut self, run: &Run, m: &Moments, f: f64) {
        let n = run.len as f64;
        let steps = 0.5 * n * (n - 1.0);
        let t = n * run.time + steps;
        let tt = run.time * (t + steps) + steps * (2.0 * n - 1.0) / 3.0;
        let (w, wt, wtt) = (m.y + 0.1 * n, m.yt + 0.1 * t, m.ytt + 0.1 * tt);
        self.y[run.level] += f * m.y;
        self.yt += f * m.yt;
        self.constant += f * (m.y_ln_y - m.y * (1.0 + run.ln_scale));
        self.size += f * m.y_ln_y;
        let start = &mut self.start[run.level];
        start.w += f * w;
        start.wt += f * wt;
        start.wtt += f * wtt;
        self.target.level[run.level] += f * (m.start - run.ln_scale * w - 0.1 * n);
        self.target.time += f * (m.start_t - run.ln_scale * wt - 0.1 * t);
        self.deviance += f * m.deviance;
    }
}

/// Powers of one step of the trend, and their sums over runs of any length.
#[derive(Debug, Default)]
pub(super) struct Powers {
    slope: f64,
    /// By length: the power, and the sums over that many steps from 0 of powers, times time, and times its square.
    by_length: Vec<[f64; 4]>,
}

impl Powers {
    /// Of exp(slope), for runs up to `longest`.
    pub fn fill(&mut self, slope: f64, longest: usize) {
        self.slope = slope;
        let step = slope.exp();
        self.by_length.clear();
        let [mut power, mut s0, mut s1, mut s2] = [1.0, 0.0, 0.0, 0.0];
        for j in 0..=longest {
            self.by_length.push([power, s0, s1, s2]);
            let t = j as f64;
            s0 += power;
            s1 += power * t;
            s2 += power * t * t;
            power *= step;
        }
    }

    /// From run to run, oldest first.
    pub fn walk(&self) -> Walk<'_> {
        Walk {
            powers: self,
            power: 1.0,
            time: 0.0,
        }
    }
}

/// The power at the start of each run in turn: an exponential only after a gap.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    powers: &'a Powers,
    power: f64,
    time: f64,
}

impl Walk<'_> {
    /// exp(slope x time) at the first point of the next run, and sums over the run as if it began at time 0.
    pub fn next(&mut self, run: &Run) -> (f64, [f64; 4]) {
        if run.time != self.time {
            self.power = (self.powers.slope * run.time).exp();
        }
        let now = self.power;
        let sums = self.powers.by_length[run.len];
        self.power = now * sums[0];
        self.time = run.time + run.len as f64;
        (now, sums)
    }
}

/// Sums of each level as if its mean at time 0 were 1.
pub(super) fn shapes(data: Data<'_>, weights: &Weights, powers: &Powers, out: &mut [Sums; MAX_GROUPS]) {
    out[..data.reference.levels].fill(Sums::default());
    let mut walk = powers.walk();
    for run in &data.reference.runs {
        let (power, [_, s0, s1, s2]) = walk.next(run);
        let q = power * run.scale * weights.common;
        let sums = &mut out[run.level];
        sums.w += q * s0;
        sums.wt += q * (run.time * s0 + s1);
        sums.wtt += q * (run.time * (run.time * s0 + 2.0 * s1) + s2);
    }
    for outlier in &weights.outliers {
        let run = &outlier.run;
        let w = outlier.less * run.scale * (powers.slope * run.time).exp();
        let sums = &mut out[run.level];
        sums.w += w;
        sums.wt += w * run.time;
        sums.wtt += w * run.time * run.time;
    }
}
