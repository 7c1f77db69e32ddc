//! From the prediction to a bound and a p-value.

use super::super::special::{nb_quantile, nb_sf, normal_sf, poisson_quantile, poisson_sf};
use super::{PowerTrans, ThresholdMethod, fit::Prediction};

/// Bound and P(count >= observed).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bound {
    pub upper: f64,
    pub p: f64,
}

/// The normal interval on a power of the count. `tau` is the dispersion plus the prediction's own variance over its
/// mean.
pub(super) fn delta(mu: f64, tau: f64, z: f64, observed: f64, power: PowerTrans) -> Bound {
    let (exponent, sd) = match power {
        PowerTrans::TwoThirds => (2.0 / 3.0, (4.0 / 9.0 * mu.cbrt() * tau).sqrt()),
        PowerTrans::Half => (0.5, (tau / 4.0).sqrt()),
        PowerTrans::None => (1.0, (mu * tau).sqrt()),
    };
    let centre = mu.powf(exponent);
    Bound {
        upper: (centre + z * sd).powf(1.0 / exponent),
        p: normal_sf((observed.powf(exponent) - centre) / sd),
    }
}

/// The bound of the flexible form.
pub(super) fn flexible(
    prediction: &Prediction,
    (alpha, z): (f64, f64),
    observed: f64,
    method: ThresholdMethod,
    power: PowerTrans,
) -> Bound {
    let &Prediction { eta, se, phi, .. } = prediction;
    match method {
        ThresholdMethod::Delta => {
            let mu = eta.exp();
            delta(mu, phi + se * se * mu, z, observed, power)
        }
        ThresholdMethod::NbPlugin => plug_in(eta.exp(), phi, alpha, observed),
        ThresholdMethod::Muan => plug_in((eta + z * se).exp(), phi, alpha, observed),
    }
}

/// The quantile of the count with this mean and dispersion.
fn plug_in(mu: f64, phi: f64, alpha: f64, observed: f64) -> Bound {
    if phi > 1.0 {
        let size = mu / (phi - 1.0);
        return Bound {
            upper: nb_quantile(1.0 - alpha, mu, size),
            p: nb_sf(observed, mu, size),
        };
    }
    Bound {
        upper: poisson_quantile(1.0 - alpha, mu),
        p: poisson_sf(observed, mu),
    }
}
