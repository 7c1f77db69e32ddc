//! Lower bounds of counts: the quantile `alpha` of the distribution whose quantile 1 - `alpha` is the upper one, and
//! P(count <= observed). Counts near zero cannot fall: then the bound is 0, and nothing alarms.

use super::{
    line::{Finding, Line, SHORT},
    single,
};
use crate::detector::{
    choose::{Auto, Choice, choose},
    farrington::{self, Classic, Flexible, PowerTrans},
    special::{inc_beta, nb_quantile, normal_quantile, normal_sf, poisson_quantile, poisson_sf},
};

/// Points that a prediction looks at, if `auto` makes it, and the fewest.
const LEAST: usize = 7;

/// A count below what a distribution of this mean and size allows; an infinite size is Poisson's.
fn below(value: f64, mean: f64, size: f64, alpha: f64) -> Finding {
    let (bound, p) = if size.is_finite() {
        let whole = size + mean;
        let p = inc_beta(size, value.floor() + 1.0, size / whole, mean / whole);
        (nb_quantile(alpha, mean, size), p)
    } else {
        (
            poisson_quantile(alpha, mean),
            1.0 - poisson_sf(value.floor() + 1.0, mean),
        )
    };
    let p = p.clamp(0.0, 1.0);
    Finding {
        expected: Some(mean),
        bound: Some(bound),
        score: Some(p.max(f64::MIN_POSITIVE).log10()),
        p: Some(p),
        alarm: Some(value < bound),
        ..Finding::default()
    }
}

/// From the last `w` reported points.
pub(super) fn predictive(line: &Line, t: usize, w: usize, alpha: f64) -> Finding {
    let recent: Vec<f64> = line.past(t).take(w).collect();
    if recent.len() < w.min(LEAST) || recent.is_empty() {
        return Finding::none(SHORT);
    }
    let size = recent.iter().sum::<f64>() + 0.5;
    below(line.value(t), size / recent.len() as f64, size, alpha)
}

/// By the length of the history, as its upper bounds.
pub(super) fn auto(line: &Line, t: usize, params: &Auto, share: f64) -> Finding {
    let alpha = params.alpha * share;
    let found = match choose(t, line.series.freq, params.w) {
        // The rule of a fixed number knows no falls.
        Choice::Static => return Finding::none(SHORT),
        Choice::NbPredictive => predictive(line, t, params.recent.max(LEAST), alpha),
        Choice::Flexible { b } => {
            let params = Flexible {
                b,
                w: params.w,
                trend: b >= 3,
                alpha: params.alpha,
                ..Flexible::default()
            };
            flexible(line, t, &params, share)
        }
    };
    Finding {
        method: found.method.or(Some(single::method(t, line.series.freq, params.w))),
        ..found
    }
}

/// Farrington's regression, and the negative binomial of its mean and dispersion. Its floor of five cases in four weeks is
/// for rises: a fall to nothing is what is looked for.
pub(super) fn flexible(line: &Line, t: usize, params: &Flexible, share: f64) -> Finding {
    let rows = farrington::flexible::rows(&line.series, Some(t..t + 1), params);
    let row = rows.ok().and_then(|mut rows| rows.pop()?.1);
    match row.filter(|row| !row.is_fallback) {
        Some(row) => {
            let size = if row.phi > 1.0 {
                row.expected / (row.phi - 1.0)
            } else {
                f64::INFINITY
            };
            below(line.value(t), row.expected, size, params.alpha * share)
        }
        None => short(line, t, params.alpha * share),
    }
}

/// The original: its interval is symmetric on a power of the count, so the lower end lies as far below as the upper one
/// above.
pub(super) fn classic(line: &Line, t: usize, params: &Classic) -> Finding {
    let alpha = params.alpha;
    let rows = farrington::classic::rows(&line.series, Some(t..t + 1), params);
    let row = rows.ok().and_then(|mut rows| rows.pop()?.1);
    let Some(row) = row.filter(|row| !row.is_fallback) else {
        return short(line, t, alpha / 2.0);
    };
    let power = match params.power_trans {
        PowerTrans::TwoThirds => 2.0 / 3.0,
        PowerTrans::Half => 0.5,
        PowerTrans::None => 1.0,
    };
    let (mean, upper, value) = (row.expected.powf(power), row.upper.powf(power), line.value(t));
    let bound = (2.0 * mean - upper).max(0.0).powf(1.0 / power);
    let sigma = (upper - mean) / normal_quantile(1.0 - alpha / 2.0);
    let score = (value.powf(power) - mean) / sigma;
    Finding {
        expected: Some(row.expected),
        bound: Some(bound),
        score: Some(score).filter(|score| score.is_finite()),
        p: Some(normal_sf(-score)).filter(|p| p.is_finite()),
        alarm: Some(value < bound),
        ..Finding::default()
    }
}

/// Where the years are not there yet.
fn short(line: &Line, t: usize, alpha: f64) -> Finding {
    let found = predictive(line, t, 12, alpha);
    if line.past(t).take(LEAST).count() < LEAST {
        return Finding::none(SHORT);
    }
    Finding {
        method: Some("nb-predictive"),
        ..found
    }
}

/// The bound as far below what is expected as another is above, on the scale of log(1 + y) or of y itself.
pub(super) fn mirrored_bound(expected: Option<f64>, upper: Option<f64>, log: bool) -> Option<f64> {
    let (expected, upper) = (expected?, upper?);
    Some(if log {
        (2.0 * expected.ln_1p() - upper.ln_1p()).exp_m1()
    } else {
        2.0 * expected - upper
    })
}
