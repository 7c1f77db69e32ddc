//! Weighted least squares on a level per group and one common slope, the design of every regression here: weekday
//! means and a trend, or season levels and a trend. With X'WX an arrow matrix the solution is closed: the slope from
//! deviations within groups, then a mean per group. O(n), no matrix, and an empty group or a group of zeros harms
//! nobody else.

/// The design: group and time of each observation.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    /// Group of each observation, below `groups`.
    pub group: &'a [u8],
    /// Time of each observation.
    pub time: &'a [f64],
}

/// The largest number of groups.
pub const MAX_GROUPS: usize = 24;

/// A fitted line per group.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Sum of weights per group.
    pub weight: [f64; MAX_GROUPS],
    /// Weighted mean time per group.
    pub time: [f64; MAX_GROUPS],
    /// Fitted value of each group at time 0; NaN where the group is empty.
    pub level: [f64; MAX_GROUPS],
    /// The common slope; 0 without trend.
    pub slope: f64,
    /// Weighted squared deviations of time within groups; 0 without trend.
    pub spread: f64,
    /// Number of parameters: groups with weight, plus the slope.
    pub rank: usize,
}

impl Line {
    /// Fits `z` with weights `w`. A slope that cannot be told from the groups is left out.
    pub fn fit(design: &Design<'_>, w: &[f64], z: &[f64], trend: bool) -> Self {
        let mut line = Self {
            weight: [0.0; MAX_GROUPS],
            time: [0.0; MAX_GROUPS],
            level: [f64::NAN; MAX_GROUPS],
            slope: 0.0,
            spread: 0.0,
            rank: 0,
        };
        let mut mean = [0.0; MAX_GROUPS];
        for (((&g, &t), &w), &z) in design.group.iter().zip(design.time).zip(w).zip(z) {
            let g = usize::from(g);
            line.weight[g] += w;
            line.time[g] += w * t;
            mean[g] += w * z;
        }
        for ((weight, time), mean) in line.weight.iter().zip(&mut line.time).zip(&mut mean) {
            if *weight > 0.0 {
                *time /= weight;
                *mean /= weight;
                line.rank += 1;
            }
        }
        if trend {
            line.fit_slope(design, w, z, &mean);
        }
        for ((level, mean), (weight, time)) in line.level.iter_mut().zip(mean).zip(line.weight.iter().zip(line.time)) {
            if *weight > 0.0 {
                *level = mean - line.slope * time;
            }
        }
        line
    }

    fn fit_slope(&mut self, design: &Design<'_>, w: &[f64], z: &[f64], mean: &[f64; MAX_GROUPS]) {
        let (mut spread, mut product, mut total) = (0.0, 0.0, 0.0);
        for (((&g, &t), &w), &z) in design.group.iter().zip(design.time).zip(w).zip(z) {
            let g = usize::from(g);
            let deviation = t - self.time[g];
            spread += w * deviation * deviation;
            product += w * deviation * (z - mean[g]);
            total += w * t * t;
        }
        if spread > 1e-13 * total {
            self.spread = spread;
            self.slope = product / spread;
            self.rank += 1;
        }
    }

    /// The fitted value of a group at a time; NaN for an empty group.
    pub fn at(&self, group: usize, time: f64) -> f64 {
        self.level[group] + self.slope * time
    }
}
