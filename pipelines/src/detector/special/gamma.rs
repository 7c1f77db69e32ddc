//! Incomplete gamma functions, and the saddle-point pieces that keep densities exact for large arguments
//! (Loader 2000, "Fast and accurate computation of binomial probabilities").

use std::f64::consts::PI;

const LN_SQRT_2PI: f64 = 0.918_938_533_204_672_8;
const ROUNDS: usize = 10_000;

/// ln Gamma(x).
pub(super) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln(x!) - Stirling's approximation of it, for x > 0.
pub(super) fn stirling_error(x: f64) -> f64 {
    if x < 15.0 {
        return ln_gamma(x + 1.0) - (x + 0.5) * x.ln() + x - LN_SQRT_2PI;
    }
    let x2 = x * x;
    let series = 1.0 / 1680.0 - (1.0 / 1188.0 - 691.0 / 360_360.0 / x2) / x2;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - series / x2) / x2) / x2) / x
}

/// The deviance x ln(x/m) + m - x, without cancellation near x = m.
pub(super) fn deviance(x: f64, m: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    let v2 = v * v;
    for j in 1..1000 {
        term *= v2;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The Poisson density at a real x >= 0 with mean m: m^x e^-m / Gamma(x+1).
pub(super) fn poisson_density(x: f64, m: f64) -> f64 {
    if m == 0.0 {
        return if x == 0.0 { 1.0 } else { 0.0 };
    }
    if x == 0.0 {
        return (-m).exp();
    }
    (-stirling_error(x) - deviance(x, m)).exp() / (2.0 * PI * x).sqrt()
}

/// The regularised lower incomplete gamma function P(a, x), a > 0.
pub fn inc_gamma_lower(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x < a + 1.0 {
        series(a, x)
    } else {
        1.0 - fraction(a, x)
    }
}

/// The regularised upper incomplete gamma function Q(a, x), a > 0.
pub fn inc_gamma_upper(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x < a + 1.0 {
        1.0 - series(a, x)
    } else {
        fraction(a, x)
    }
}

fn series(a: f64, x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..ROUNDS {
        term *= x / (a + k as f64);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum * poisson_density(a, x)
}

fn fraction(a: f64, x: f64) -> f64 {
    // Modified Lentz for Q(a,x) = x^a e^-x / Gamma(a) * 1/(x+1-a- 1(1-a)/(x+3-a- ...)).
    let tiny = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / tiny;
    let mut d = 1.0 / b;
    let mut h = d;
    for k in 1..ROUNDS {
        let k = k as f64;
        let step = -k * (k - a);
        b += 2.0;
        d = 1.0 / nonzero(step * d + b, tiny);
        c = nonzero(b + step / c, tiny);
        let delta = d * c;
        h *= delta;
        if (delta - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h * a * poisson_density(a, x)
}

pub(super) fn nonzero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}
