//! Quasi-Poisson regression with log link on seasonal levels and a trend, by iteratively reweighted least squares
//! with the start and the stopping rule of R's `glm.fit`: working weights are those of the last solve, and the
//! detectors' dispersion and hat values depend on that.
//!
//! A round does not touch the counts: the mean is that of the level times a power of the trend, sums of powers over a
//! run are closed, and working responses and deviance follow from sums taken once. With X'WX an arrow matrix, the
//! solution is closed as well.

use super::super::line::MAX_GROUPS;
use super::reference::Run;
use super::sums::{Data, Powers, Sums, Target, Totals, shapes};
use super::weights::Weights;

/// R's defaults of `glm.control`.
const ROUNDS: usize = 25;
const TOLERANCE: f64 = 1e-8;
/// A sum of squares of time smaller than this share of it leaves no slope to be told from the levels.
const SINGULAR: f64 = 1e-10;

/// Coefficients, and what their variance needs.
#[derive(Debug)]
pub(super) struct Solution {
    /// Logarithm of the mean of each level at time 0; NaN of a level without counts.
    level: [f64; MAX_GROUPS],
    /// Trend on the log scale; 0 without.
    pub slope: f64,
    /// Sum of weights, and weighted mean time, of each level.
    weight: [f64; MAX_GROUPS],
    time: [f64; MAX_GROUPS],
    /// Weighted squares of time within levels; 0 without trend.
    pub spread: f64,
    rank: usize,
}

impl Solution {
    const NONE: Self = Self {
        level: [f64::NAN; MAX_GROUPS],
        slope: 0.0,
        weight: [0.0; MAX_GROUPS],
        time: [0.0; MAX_GROUPS],
        spread: 0.0,
        rank: 0,
    };

    /// Forgets the solution so far.
    fn begin(&mut self, levels: usize) {
        self.level[..levels].fill(f64::NAN);
        self.slope = 0.0;
    }

    /// Solves for the working responses, which are deviations from the solution so far: that keeps digits which their
    /// levels would cost. Of the first round they are the responses themselves.
    fn solve(&mut self, sums: &[Sums], target: &Target, trend: bool, is_first: bool) {
        let (mut spread, mut product, mut total) = (0.0, target.time, 0.0);
        self.rank = 0;
        for (g, (sums, wz)) in sums.iter().zip(target.level).enumerate() {
            self.weight[g] = sums.w;
            if sums.w > 0.0 {
                self.rank += 1;
                let mean = sums.wt / sums.w;
                self.time[g] = mean;
                spread += sums.wtt - sums.wt * mean;
                product -= mean * wz;
                total += sums.wtt;
            }
        }
        let mut step = 0.0;
        let before = self.slope;
        (self.slope, self.spread) = (0.0, 0.0);
        if trend && spread > SINGULAR * total {
            self.spread = spread;
            self.rank += 1;
            step = product / spread;
            self.slope = step + before;
        }
        for (g, (sums, wz)) in sums.iter().zip(target.level).enumerate() {
            if sums.w > 0.0 {
                let level = wz / sums.w - step * self.time[g];
                self.level[g] = level + if is_first { 0.0 } else { self.level[g] };
            }
        }
    }

    /// Linear predictor of a level at a time since the first count, without offset.
    pub fn eta(&self, level: usize, time: f64) -> f64 {
        self.level[level] + self.slope * time
    }

    /// Its variance, in units of the dispersion.
    pub fn variance(&self, level: usize, time: f64) -> f64 {
        let deviation = time - self.time[level];
        let slope = if self.spread > 0.0 {
            deviation * deviation / self.spread
        } else {
            0.0
        };
        1.0 / self.weight[level] + slope
    }
}

/// Means: of each level at time 0, and the trend.
#[derive(Debug)]
struct Means {
    base: [f64; MAX_GROUPS],
    slope: f64,
}

impl Means {
    const NONE: Self = Self {
        base: [0.0; MAX_GROUPS],
        slope: 0.0,
    };

    /// Takes a power of the means of a solution.
    fn take(&mut self, power: f64, line: &Solution, levels: usize) {
        self.slope = line.slope * power;
        for (base, level) in self.base[..levels].iter_mut().zip(&line.level) {
            *base = (level * power).exp();
        }
    }

    fn at(&self, run: &Run) -> f64 {
        self.base[run.level] * run.scale * (self.slope * run.time).exp()
    }
}

/// A regression. It lives on from one fit to the next, and so do its buffers.
#[derive(Debug)]
pub(super) struct Fit {
    pub line: Solution,
    means: Means,
    /// Those of the solution before are the working weights, if there was one; else the start.
    before: Means,
    has_before: bool,
    /// Residual degrees of freedom.
    pub df: f64,
    pub converged: bool,
    powers: Powers,
    others: Powers,
    shapes: [Sums; MAX_GROUPS],
    sums: [Sums; MAX_GROUPS],
    target: Target,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            line: Solution::NONE,
            means: Means::NONE,
            before: Means::NONE,
            has_before: false,
            df: f64::NAN,
            converged: false,
            powers: Powers::default(),
            others: Powers::default(),
            shapes: Default::default(),
            sums: Default::default(),
            target: Target::default(),
        }
    }
}

impl Fit {
    /// Fits with these prior weights, of which `totals` are the sums.
    pub fn run(&mut self, data: Data<'_>, weights: &Weights, totals: &Totals, trend: bool) {
        let levels = data.reference.levels;
        self.line.begin(levels);
        self.line.solve(&totals.start[..levels], &totals.target, trend, true);
        let mut deviance = 2.0 * totals.deviance;
        self.has_before = false;
        let mut slope = f64::NAN;
        let mut rounds = 0;
        loop {
            self.means.take(1.0, &self.line, levels);
            if slope != self.means.slope {
                slope = self.means.slope;
                self.powers.fill(slope, data.reference.longest);
                shapes(data, weights, &self.powers, &mut self.shapes);
            }
            let now = self.look(totals, levels);
            // Of a nearly perfect fit the differences in it are rounding noise.
            let now = if now.abs() < 1e-7 * totals.size {
                self.exact_deviance(data, weights)
            } else {
                2.0 * now
            };
            self.converged = (now - deviance).abs() / (now.abs() + 0.1) < TOLERANCE;
            rounds += 1;
            if self.converged || rounds == ROUNDS || !now.is_finite() {
                self.df = data.reference.count as f64 - self.line.rank as f64;
                return;
            }
            deviance = now;
            self.line.solve(&self.sums[..levels], &self.target, trend, false);
            std::mem::swap(&mut self.before, &mut self.means);
            self.has_before = true;
        }
    }

    /// Sums and working responses of the next round, and half of the deviance of this one.
    fn look(&mut self, totals: &Totals, levels: usize) -> f64 {
        self.target.time = totals.yt;
        let mut deviance = totals.constant - self.line.slope * totals.yt;
        for g in 0..levels {
            let (shape, base) = (self.shapes[g], self.means.base[g]);
            let own = Sums {
                w: base * shape.w,
                wt: base * shape.wt,
                wtt: base * shape.wtt,
            };
            self.sums[g] = own;
            // A level without counts has none.
            if shape.w > 0.0 {
                self.target.level[g] = totals.y[g] - own.w;
                self.target.time -= own.wt;
                deviance += own.w - self.line.level[g] * totals.y[g];
            }
        }
        deviance
    }

    fn exact_deviance(&self, data: Data<'_>, weights: &Weights) -> f64 {
        let term = |y: f64, mu: f64| if y > 0.0 { y * (y / mu).ln() - (y - mu) } else { mu };
        let step = self.means.slope.exp();
        let mut walk = self.powers.walk();
        let mut sum = 0.0;
        for run in &data.reference.runs {
            let mut mu = walk.next(run).0 * self.means.base[run.level] * run.scale;
            for &y in data.counts(run) {
                sum += term(y, mu);
                mu *= step;
            }
        }
        sum *= weights.common;
        for outlier in &weights.outliers {
            sum += outlier.less * term(data.counts(&outlier.run)[0], self.means.at(&outlier.run));
        }
        2.0 * sum
    }

    /// Whether a trend is part of it.
    pub fn has_trend(&self) -> bool {
        self.line.spread > 0.0
    }

    /// Dispersions: with the working weights of the last solve, and with prior weights in their place.
    pub fn dispersions(&mut self, data: Data<'_>, weights: &Weights) -> (f64, f64) {
        let longest = data.reference.longest;
        self.powers.fill(-self.means.slope, longest);
        self.others.fill(self.before.slope, longest);
        let (mut inverse, mut walk) = (self.powers.walk(), self.others.walk());
        let step = (-self.means.slope).exp();
        let (mut proper, mut prior) = (0.0, 0.0);
        if self.has_before {
            let work_step = self.before.slope.exp();
            for run in &data.reference.runs {
                let mut q = inverse.next(run).0 / (self.means.base[run.level] * run.scale);
                let mut work = walk.next(run).0 * self.before.base[run.level] * run.scale;
                for y in data.counts(run) {
                    let residual = y * q - 1.0;
                    let square = residual * residual;
                    proper += work * square;
                    prior += square;
                    q *= step;
                    work *= work_step;
                }
            }
        } else {
            for run in &data.reference.runs {
                let mut q = inverse.next(run).0 / (self.means.base[run.level] * run.scale);
                for y in data.counts(run) {
                    let residual = y * q - 1.0;
                    proper += (y + 0.1) * residual * residual;
                    prior += residual * residual;
                    q *= step;
                }
            }
        }
        (proper, prior) = (proper * weights.common, prior * weights.common);
        for outlier in &weights.outliers {
            let y = data.counts(&outlier.run)[0];
            let residual = y / self.means.at(&outlier.run) - 1.0;
            let square = outlier.less * residual * residual;
            proper += self.work(&outlier.run, y) * square;
            prior += square;
        }
        (proper / self.df, prior / self.df)
    }

    /// The working weight of a point, without its prior weight.
    fn work(&self, run: &Run, y: f64) -> f64 {
        if self.has_before { self.before.at(run) } else { y + 0.1 }
    }

    /// Sets prior weights that weigh down counts far above the fit, by their Anscombe residuals. The fit had none. After
    /// [`Fit::dispersions`], which makes the powers of working weights.
    pub fn weigh_down(&mut self, data: Data<'_>, phi: f64, threshold: f64, weights: &mut Weights) {
        let limit = threshold * threshold * phi;
        let mut roots = Means::NONE;
        roots.take(1.0 / 6.0, &self.line, data.reference.levels);
        self.powers.fill(roots.slope, data.reference.longest);
        let (mut walk, mut works) = (self.powers.walk(), self.others.walk());
        weights.reset();
        for run in &data.reference.runs {
            let (power, [step, ..]) = walk.next(run);
            let root = roots.base[run.level] * power * sixth_root(run.scale);
            let root = root.min(root * step);
            let left = if self.has_before {
                let (power, [step, ..]) = works.next(run);
                let work = self.before.base[run.level] * run.scale * power * step.max(1.0);
                let end = run.time + run.len as f64;
                let variance = |time| self.line.variance(run.level, time);
                (1.0 - work * variance(run.time).max(variance(end))).max(0.0)
            } else {
                0.0
            };
            // No count of the run that is smaller can be too large.
            let least = root * (root * root * root + (limit * left).sqrt() / 1.5) * (1.0 - 1e-9);
            let at = data.reference.origin + run.at;
            for (place, &two_thirds) in data.table.two_thirds[at..at + run.len].iter().enumerate() {
                if two_thirds < least {
                    continue;
                }
                let point = Run {
                    time: run.time + place as f64,
                    ..*run
                };
                let root = roots.base[run.level] * sixth_root(run.scale) * (roots.slope * point.time).exp();
                let excess = 1.5 * (two_thirds / root - root * root * root);
                let work = self.work(&point, data.y[at + place]);
                let left = 1.0 - work * self.line.variance(run.level, point.time);
                if excess > 0.0 && excess * excess > limit * left {
                    weights.add(run, place, phi * left / (excess * excess));
                }
            }
        }
        weights.scale(data.reference.count);
    }
}

fn sixth_root(scale: f64) -> f64 {
    if scale == 1.0 { 1.0 } else { scale.powf(1.0 / 6.0) }
}
