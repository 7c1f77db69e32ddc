//! Student's t distribution.

use super::{inc_beta, normal_quantile};

/// P(T > x) with `df` degrees of freedom.
pub fn t_sf(x: f64, df: f64) -> f64 {
    if x.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if x.is_infinite() {
        return if x > 0.0 { 0.0 } else { 1.0 };
    }
    let whole = df + x * x;
    let half = 0.5 * inc_beta(df / 2.0, 0.5, df / whole, x * x / whole);
    if x >= 0.0 { half } else { 1.0 - half }
}

/// The x with P(T <= x) = p, by bracketed Newton steps on the tail probability.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(p > 0.0 && p < 1.0) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if p < 0.5 {
        return -t_quantile(1.0 - p, df);
    }
    let tail = 1.0 - p;
    let (mut low, mut high) = (0.0, normal_quantile(p).max(1.0));
    while t_sf(high, df) > tail && high < 1e300 {
        high *= 2.0;
    }
    let mut x = 0.5 * (low + high);
    for _ in 0..200 {
        let excess = t_sf(x, df) - tail;
        if excess > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let step = excess / density(x, df);
        let next = x + step;
        let next = if next > low && next < high {
            next
        } else {
            0.5 * (low + high)
        };
        if (next - x).abs() <= 1e-15 * x.abs() {
            return next;
        }
        x = next;
    }
    x
}

fn density(x: f64, df: f64) -> f64 {
    let scale = libm::lgamma((df + 1.0) / 2.0) - libm::lgamma(df / 2.0) - 0.5 * (df * std::f64::consts::PI).ln();
    (scale - (df + 1.0) / 2.0 * (x * x / df).ln_1p()).exp()
}
