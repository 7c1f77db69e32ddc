//! Poisson, negative binomial and binomial tails and quantiles.

use super::gamma::{inc_gamma_lower, inc_gamma_upper};
use super::{inc_beta, normal_quantile};

/// A quantile is the smallest k whose distribution function reaches p up to rounding, as R has it.
const FUZZ: f64 = 64.0 * f64::EPSILON;

/// P(X >= k) for a Poisson count with this mean.
pub fn poisson_sf(k: f64, mean: f64) -> f64 {
    if k <= 0.0 { 1.0 } else { inc_gamma_lower(k, mean) }
}

/// P(X >= k) for a negative binomial count with this mean and size (variance mean + mean^2 / size).
pub fn nb_sf(k: f64, mean: f64, size: f64) -> f64 {
    if k <= 0.0 {
        return 1.0;
    }
    let whole = size + mean;
    inc_beta(k, size, mean / whole, size / whole)
}

/// P(X >= k) for a binomial count of n trials with probability p.
pub fn binom_sf(k: f64, n: f64, p: f64) -> f64 {
    if k <= 0.0 {
        1.0
    } else if k > n {
        0.0
    } else {
        inc_beta(k, n - k + 1.0, p, 1.0 - p)
    }
}

/// The smallest k with P(X <= k) >= p for a Poisson count.
pub fn poisson_quantile(p: f64, mean: f64) -> f64 {
    if mean.is_nan() || mean < 0.0 {
        return f64::NAN;
    }
    if mean == 0.0 {
        return 0.0;
    }
    quantile(p, mean, mean, 1.0 / mean.sqrt(), |k| inc_gamma_upper(k + 1.0, mean))
}

/// The smallest k with P(X <= k) >= p for a negative binomial count with this mean and size.
pub fn nb_quantile(p: f64, mean: f64, size: f64) -> f64 {
    if mean.is_nan() || size.is_nan() || mean < 0.0 || size <= 0.0 {
        return f64::NAN;
    }
    if mean == 0.0 {
        return 0.0;
    }
    let whole = size + mean;
    let (success, failure) = (size / whole, mean / whole);
    let variance = mean / success;
    let skew = (1.0 + failure) / (size * failure).sqrt();
    quantile(p, mean, variance, skew, |k| inc_beta(size, k + 1.0, success, failure))
}

/// Starts at the Cornish-Fisher approximation and walks, doubling its stride, to the bracket; then bisects.
fn quantile(p: f64, mean: f64, variance: f64, skew: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    if !(0.0..1.0).contains(&p) {
        return if p == 1.0 { f64::INFINITY } else { f64::NAN };
    }
    let p = p * (1.0 - FUZZ);
    let z = normal_quantile(p);
    let start = (mean + variance.sqrt() * (z + skew * (z * z - 1.0) / 6.0))
        .round()
        .max(0.0);
    if !start.is_finite() {
        return f64::NAN;
    }
    let (mut low, mut high); // cdf(low) < p <= cdf(high); low = -1 always qualifies
    let mut stride = 1.0;
    if cdf(start) >= p {
        high = start;
        low = high - stride;
        while low >= 0.0 && cdf(low) >= p {
            high = low;
            stride *= 2.0;
            low = high - stride;
        }
        low = low.max(-1.0);
    } else {
        low = start;
        high = low + stride;
        while cdf(high) < p {
            low = high;
            stride *= 2.0;
            high = low + stride;
            if high > 1e15 {
                return f64::INFINITY;
            }
        }
    }
    while high - low > 1.0 {
        let middle = ((low + high) / 2.0).floor();
        if cdf(middle) >= p {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
