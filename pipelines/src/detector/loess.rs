//! Local regression of degree 0 or 1 on equally spaced points, the smoother of STL (Cleveland et al. 1990).

/// A smoother with a window of `len` points.
#[derive(Debug, Clone, Copy)]
pub struct Loess {
    /// Points in the window, odd; may exceed the number of points.
    pub len: usize,
    /// 0 constant, 1 line.
    pub degree: usize,
    /// The fit is evaluated at every `jump`th point and interpolated between.
    pub jump: usize,
}

impl Loess {
    /// Fitted values at all points. `robustness` are extra weights.
    pub fn smooth(&self, y: &[f64], robustness: Option<&[f64]>, out: &mut [f64], weights: &mut Vec<f64>) {
        let n = y.len();
        if n < 2 {
            out[..n].copy_from_slice(y);
            return;
        }
        let jump = self.jump.min(n - 1).max(1);
        let mut at = 0;
        let mut last = 0;
        loop {
            let (left, right) = self.window(at, n);
            out[at] = self
                .fit(y, at as f64, (left, right), robustness, weights)
                .unwrap_or(y[at]);
            interpolate(out, last, at);
            last = at;
            if at == n - 1 {
                return;
            }
            at = (at + jump).min(n - 1);
        }
    }

    /// First and last point of the window of a point.
    fn window(&self, at: usize, n: usize) -> (usize, usize) {
        if self.len >= n {
            return (0, n - 1);
        }
        let left = at.saturating_sub(self.len / 2).min(n - self.len);
        (left, left + self.len - 1)
    }

    /// The fit at a position, which may lie outside the points; `None` if no point has weight.
    pub fn fit(
        &self,
        y: &[f64],
        x: f64,
        (left, right): (usize, usize),
        robustness: Option<&[f64]>,
        weights: &mut Vec<f64>,
    ) -> Option<f64> {
        let n = y.len();
        let mut h = (x - left as f64).max(right as f64 - x);
        if self.len > n {
            h += ((self.len - n) / 2) as f64;
        }
        weights.clear();
        weights.extend((left..=right).map(|j| {
            let weight = tricube((j as f64 - x).abs(), h);
            robustness.map_or(weight, |r| weight * r[j])
        }));
        let total: f64 = weights.iter().sum();
        if total <= 0.0 {
            return None;
        }
        weights.iter_mut().for_each(|w| *w /= total);
        if h > 0.0 && self.degree > 0 {
            let position = |i: usize| (left + i) as f64;
            let centre: f64 = weights.iter().enumerate().map(|(i, w)| w * position(i)).sum();
            let squared = |i: usize| (position(i) - centre) * (position(i) - centre);
            let spread: f64 = weights.iter().enumerate().map(|(i, w)| w * squared(i)).sum();
            if spread.sqrt() > 0.001 * (n as f64 - 1.0) {
                let slope = (x - centre) / spread;
                for (i, w) in weights.iter_mut().enumerate() {
                    *w *= slope * (position(i) - centre) + 1.0;
                }
            }
        }
        Some(weights.iter().zip(&y[left..=right]).map(|(w, y)| w * y).sum())
    }
}

fn tricube(distance: f64, h: f64) -> f64 {
    if distance > 0.999 * h {
        return 0.0;
    }
    if distance <= 0.001 * h {
        return 1.0;
    }
    let u = distance / h;
    let v = 1.0 - u * u * u;
    v * v * v
}

fn interpolate(out: &mut [f64], from: usize, to: usize) {
    let (start, end) = (out[from], out[to]);
    let slope = (end - start) / (to - from).max(1) as f64;
    for (step, value) in out[from..to].iter_mut().enumerate().skip(1) {
        *value = start + slope * step as f64;
    }
}
