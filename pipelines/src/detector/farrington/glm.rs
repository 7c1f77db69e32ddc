//! Quasi-Poisson regression with log link on seasonal levels and a trend, by iteratively reweighted least squares
//! with the start and the stopping rule of R's `glm.fit`: working weights are those of the last solve, and the
//! detectors' dispersion and hat values depend on that.
//!
//! Each round is one pass over the counts without an exponential, logarithm or division per count: the mean is that of
//! the level times a power of the trend, and working responses and deviance follow from sums. With X'WX an arrow
//! matrix, the solution is closed.

use super::super::line::MAX_GROUPS;
use super::counts::{Counts, Run};

/// R's defaults of `glm.control`.
const ROUNDS: usize = 25;
const TOLERANCE: f64 = 1e-8;
/// A sum of squares of time smaller than this share of it leaves no slope to be told from the levels.
const SINGULAR: f64 = 1e-10;

/// Sums of a level at a solution: weights, which are prior weight times mean, and their first two moments in time.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    w: f64,
    wt: f64,
    wtt: f64,
}

/// What the working responses come to: with log link, weight times working response is prior weight times (y - mean),
/// so that its sums follow from those of the counts.
#[derive(Debug, Clone, Copy)]
struct Target {
    /// Sum of weighted responses of each level.
    level: [f64; MAX_GROUPS],
    /// Sum of weighted responses times time.
    time: f64,
}

/// Sums over the counts that stay the same in all rounds of a fit.
#[derive(Debug, Clone, Copy)]
struct Totals {
    y: [f64; MAX_GROUPS],
    yt: f64,
    /// Of the deviance: all that does not depend on the solution.
    constant: f64,
    /// Its largest part, against which rounding is measured.
    size: f64,
}

/// Coefficients, and what their variance needs.
#[derive(Debug, Clone, Copy)]
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
    /// Solves for the working responses; of a later round they are deviations from the solution `before`, which keeps
    /// digits that their levels would cost.
    fn new(sums: &[Sums], target: &Target, trend: bool, before: Option<&Self>) -> Self {
        let mut found = Self {
            level: [f64::NAN; MAX_GROUPS],
            slope: 0.0,
            weight: [0.0; MAX_GROUPS],
            time: [0.0; MAX_GROUPS],
            spread: 0.0,
            rank: 0,
        };
        let (mut spread, mut product, mut total) = (0.0, target.time, 0.0);
        for (sums, wz) in sums.iter().zip(target.level).filter(|(sums, _)| sums.w > 0.0) {
            found.rank += 1;
            spread += sums.wtt - sums.wt * sums.wt / sums.w;
            product -= sums.wt * wz / sums.w;
            total += sums.wtt;
        }
        let mut step = 0.0;
        if trend && spread > SINGULAR * total {
            found.spread = spread;
            found.rank += 1;
            step = product / spread;
            found.slope = step + before.map_or(0.0, |before| before.slope);
        }
        for (g, (sums, wz)) in sums
            .iter()
            .zip(target.level)
            .enumerate()
            .filter(|(_, (sums, _))| sums.w > 0.0)
        {
            found.weight[g] = sums.w;
            found.time[g] = sums.wt / sums.w;
            found.level[g] = (wz - step * sums.wt) / sums.w + before.map_or(0.0, |before| before.level[g]);
        }
        found
    }

    /// Mean of each level at time 0.
    fn bases(&self, levels: usize) -> [f64; MAX_GROUPS] {
        let mut bases = [0.0; MAX_GROUPS];
        for (base, level) in bases[..levels].iter_mut().zip(&self.level) {
            *base = level.exp();
        }
        bases
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

/// A fitted regression.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub line: Solution,
    /// The solution before: working weights are its means; none if the start was.
    before: Option<Solution>,
    /// Residual degrees of freedom.
    pub df: f64,
    pub converged: bool,
}

/// Buffers of the passes.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    powers: Vec<f64>,
    sixth: Vec<f64>,
    mu: Vec<f64>,
    work: Vec<f64>,
}

impl Fit {
    /// Fits with the prior weights of the counts.
    pub fn new(counts: &Counts, trend: bool, buffers: &mut Buffers) -> Self {
        let mut sums = [Sums::default(); MAX_GROUPS];
        let sums = &mut sums[..counts.levels];
        let totals = Totals::new(counts);
        let (mut deviance, target) = start(counts, sums);
        let mut before = None;
        let mut line = Solution::new(sums, &target, trend, None);
        let mut rounds = 0;
        loop {
            let (now, target) = pass(counts, &totals, &line, sums, &mut buffers.powers);
            let converged = (now - deviance).abs() / (now.abs() + 0.1) < TOLERANCE;
            rounds += 1;
            if converged || rounds == ROUNDS || !now.is_finite() {
                return Self {
                    df: counts.y.len() as f64 - line.rank as f64,
                    line,
                    before,
                    converged,
                };
            }
            deviance = now;
            let next = Solution::new(sums, &target, trend, Some(&line));
            before = Some(line);
            line = next;
        }
    }

    /// Whether a trend is part of it.
    pub fn has_trend(&self) -> bool {
        self.line.spread > 0.0
    }

    /// Dispersions: with the working weights of the last solve, and with prior weights in their place.
    pub fn dispersions(&self, counts: &Counts, buffers: &mut Buffers) -> (f64, f64) {
        means(counts, &self.line, &mut buffers.powers, &mut buffers.mu);
        match &self.before {
            Some(before) => means(counts, before, &mut buffers.powers, &mut buffers.work),
            None => {
                buffers.work.clear();
                buffers.work.extend(counts.y.iter().map(|y| y + 0.1));
            }
        }
        let (mut proper, mut prior) = (0.0, 0.0);
        for (((y, mu), work), omega) in counts
            .y
            .iter()
            .zip(&buffers.mu)
            .zip(&mut buffers.work)
            .zip(&counts.prior)
        {
            *work *= omega;
            let residual = (y - mu) / mu;
            proper += *work * residual * residual;
            prior += omega * residual * residual;
        }
        (proper / self.df, prior / self.df)
    }

    /// Sets prior weights that weigh down counts far above the fit, by their Anscombe residuals. After
    /// [`Fit::dispersions`], whose working weights it needs.
    pub fn weigh_down(&self, counts: &mut Counts, phi: f64, threshold: f64, buffers: &mut Buffers) {
        counts.powers(self.line.slope / 6.0, &mut buffers.sixth);
        let limit = threshold * threshold * phi;
        let mut bases = self.line.level;
        bases[..counts.levels]
            .iter_mut()
            .for_each(|level| *level = (*level / 6.0).exp());
        let mut sum = 0.0;
        for &Run { start, end, level } in &counts.runs {
            for i in start..end {
                let persons = counts.population.as_ref().map_or(1.0, |(p, _)| p[i].powf(1.0 / 6.0));
                let root = bases[level] * buffers.sixth[i] * persons;
                let excess = 1.5 * (counts.two_thirds[i] / root - root * root * root);
                let mut weight = 1.0;
                if excess > 0.0 {
                    let left = 1.0 - buffers.work[i] * self.line.variance(level, counts.time[i]);
                    if excess * excess > limit * left {
                        weight = phi * left / (excess * excess);
                    }
                }
                counts.prior[i] = weight;
                sum += weight;
            }
        }
        let factor = counts.y.len() as f64 / sum;
        counts.prior.iter_mut().for_each(|w| *w *= factor);
    }
}

impl Totals {
    fn new(counts: &Counts) -> Self {
        let mut totals = Self {
            y: [0.0; MAX_GROUPS],
            yt: 0.0,
            constant: 0.0,
            size: 0.0,
        };
        for &Run { start, end, level } in &counts.runs {
            let mut sum = 0.0;
            for i in start..end {
                let y = counts.prior[i] * counts.y[i];
                let y_ln_y = counts.prior[i] * counts.y_ln_y[i];
                sum += y;
                totals.yt += y * counts.time[i];
                totals.constant += y_ln_y - y;
                totals.size += y_ln_y;
            }
            totals.y[level] += sum;
        }
        if let Some((_, logs)) = &counts.population {
            let terms = counts.prior.iter().zip(&counts.y).zip(logs);
            totals.constant -= terms.map(|((prior, y), log)| prior * y * log).sum::<f64>();
        }
        totals
    }
}

/// Sums, deviance and working responses at R's starting point, mu = y + 0.1.
fn start(counts: &Counts, sums: &mut [Sums]) -> (f64, Target) {
    let mut deviance = 0.0;
    let mut target = Target {
        level: [0.0; MAX_GROUPS],
        time: 0.0,
    };
    for &Run { start, end, level } in &counts.runs {
        for i in start..end {
            let (y, eta, time) = (counts.y[i], counts.start[i], counts.time[i]);
            let w = counts.prior[i] * (y + 0.1);
            let offset = counts.population.as_ref().map_or(0.0, |(_, logs)| logs[i]);
            let wz = w * (eta - offset) - 0.1 * counts.prior[i];
            sums[level].w += w;
            sums[level].wt += w * time;
            sums[level].wtt += w * time * time;
            target.level[level] += wz;
            target.time += wz * time;
            deviance += counts.prior[i] * (counts.y_ln_y[i] - y * eta + 0.1);
        }
    }
    (2.0 * deviance, target)
}

/// Deviance at a solution, and sums and working responses of the next.
fn pass(counts: &Counts, totals: &Totals, line: &Solution, sums: &mut [Sums], powers: &mut Vec<f64>) -> (f64, Target) {
    counts.powers(line.slope, powers);
    sums.fill(Sums::default());
    let persons = counts.population.as_ref().map(|(persons, _)| persons.as_slice());
    let bases = line.bases(counts.levels);
    for &Run { start, end, level } in &counts.runs {
        let base = bases[level];
        let (mut w0, mut w1, mut w2) = (0.0, 0.0, 0.0);
        let points = counts.prior[start..end]
            .iter()
            .zip(&powers[start..end])
            .zip(&counts.time[start..end]);
        for (i, ((prior, power), time)) in points.enumerate() {
            let w = prior * power * persons.map_or(1.0, |p| p[start + i]);
            w0 += w;
            w1 += w * time;
            w2 += w * time * time;
        }
        sums[level].w += base * w0;
        sums[level].wt += base * w1;
        sums[level].wtt += base * w2;
    }
    let mut target = Target {
        level: [0.0; MAX_GROUPS],
        time: totals.yt,
    };
    let mut deviance = totals.constant - line.slope * totals.yt;
    for (g, sums) in sums.iter().enumerate().filter(|(_, sums)| sums.w > 0.0) {
        target.level[g] = totals.y[g] - sums.w;
        target.time -= sums.wt;
        deviance += sums.w - line.level[g] * totals.y[g];
    }
    // Of a nearly perfect fit the differences above are rounding noise.
    if deviance.abs() < 1e-7 * totals.size {
        return (exact_deviance(counts, line, powers), target);
    }
    (2.0 * deviance, target)
}

fn exact_deviance(counts: &Counts, line: &Solution, powers: &mut Vec<f64>) -> f64 {
    let mut mu = Vec::with_capacity(counts.y.len());
    means(counts, line, powers, &mut mu);
    let term = |y: f64, mu: f64| if y > 0.0 { y * (y / mu).ln() - (y - mu) } else { mu };
    let terms = counts.y.iter().zip(&mu).zip(&counts.prior);
    2.0 * terms.map(|((&y, &mu), prior)| prior * term(y, mu)).sum::<f64>()
}

/// Means at a solution.
fn means(counts: &Counts, line: &Solution, powers: &mut Vec<f64>, mu: &mut Vec<f64>) {
    counts.powers(line.slope, powers);
    mu.clear();
    let bases = line.bases(counts.levels);
    for &Run { start, end, level } in &counts.runs {
        let base = bases[level];
        mu.extend(powers[start..end].iter().map(|power| base * power));
    }
    if let Some((persons, _)) = &counts.population {
        mu.iter_mut().zip(persons).for_each(|(mu, p)| *mu *= p);
    }
}
