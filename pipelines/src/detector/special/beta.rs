//! The regularised incomplete beta function.

use super::gamma::{deviance, ln_gamma, nonzero, stirling_error};
use std::f64::consts::PI;

/// I_x(a, b) for a, b > 0 and 0 <= x <= 1, with `y` = 1 - x handed in so that neither tail loses digits.
/// Continued fraction (DLMF 8.17.22) by the modified Lentz method.
pub fn inc_beta(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if y <= 0.0 {
        return 1.0;
    }
    if x <= (a + 1.0) / (a + b + 2.0) {
        prefix(a, b, x, y) * fraction(a, b, x) / a
    } else {
        1.0 - prefix(b, a, y, x) * fraction(b, a, y) / b
    }
}

/// x^a y^b / B(a, b).
fn prefix(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    if a < 1.0 || b < 1.0 {
        return (a * x.ln() + b * y.ln() + ln_gamma(n) - ln_gamma(a) - ln_gamma(b)).exp();
    }
    // Loader's binomial density at a of n trials, times a b / n.
    let exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    exponent.exp() * (a * b / (2.0 * PI * n)).sqrt()
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let tiny = 1e-300;
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0), tiny);
    let mut h = d;
    for m in 1..20_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d, tiny);
        c = nonzero(1.0 + even / c, tiny);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d, tiny);
        c = nonzero(1.0 + odd / c, tiny);
        let delta = d * c;
        h *= delta;
        if (delta - 1.0).abs() < 1e-15 {
            break;
        }
    }
    h
}
