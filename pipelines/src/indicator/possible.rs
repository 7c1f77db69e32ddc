//! What a method cannot judge, told when the header is read.

use super::{
    header::{Calendar, Direction, Grain},
    method::{Detector, How, Way},
};
use crate::detector::{
    Error, Series, attendance,
    farrington::{ThresholdMethod, classic, flexible},
    gamma_poisson, nb_predictive,
    params::probability,
    run, scan,
};
use chrono::{Days, NaiveDate};

/// What cannot be judged so.
pub(super) fn possible(
    found: &Detector,
    grain: Grain,
    calendar: Calendar,
    lookback: Option<u32>,
    direction: Direction,
) -> Result<(), Error> {
    let rises_only = matches!(found.how, How::Scan(_) | How::Pooled(_) | How::Run { way: Way::Rises });
    if rises_only && direction != Direction::Naik {
        return Err(Error::new(format!(
            "{} sees rises only: write `direction: naik`, or take ears-c2, switch, auto or farrington-flexible",
            found.method
        )));
    }
    let is_of_cases = found
        .parameters
        .iter()
        .any(|(key, value)| key == "p0" && value != "auto");
    if is_of_cases && direction != Direction::Naik {
        return Err(Error::new(
            "p0 is the share of a rise: leave it out where falls are watched",
        ));
    }
    let years = match &found.how {
        How::Flexible(params) => {
            let by_quantile = params.threshold_method == ThresholdMethod::NbPlugin;
            if direction != Direction::Naik && !by_quantile {
                return Err(Error::new(
                    "a lower bound is a quantile of the negative binomial: write threshold_method: nbPlugin",
                ));
            }
            params.b
        }
        How::Classic(params) => params.b,
        How::NbPredictive(params) => {
            if direction != Direction::Naik && params.b > 0 {
                return Err(Error::new("a lower bound is of the most recent points: write b: 0"));
            }
            params.b
        }
        _ => 0,
    };
    let is_seasonal = years > 0 || matches!(found.how, How::Auto(_));
    if is_seasonal && grain == Grain::Hari && calendar != Calendar::SetiapHari {
        return Err(Error::new(format!(
            "{} looks at the same season of earlier years, which closed days would shift: take `calendar: setiap_hari`, \
             weeks or months",
            found.method
        )));
    }
    let needed = u32::try_from(years * 366 + 31).unwrap_or(u32::MAX);
    if years > 0 && lookback.is_some_and(|days| days < needed) {
        return Err(Error::new(format!(
            "{years} years back need `lookback: {needed}` days or more, or a smaller b"
        )));
    }
    in_range(found)
}

/// Parameters that no series can have.
fn in_range(found: &Detector) -> Result<(), Error> {
    match &found.how {
        How::Attendance { params, .. } => {
            attendance::c2(&[], params)?;
            attendance::detect(&[], params).map(drop)
        }
        How::Auto(params) => probability("alpha", params.alpha),
        How::NbPredictive(params) => nb_predictive::detect(&sample(found.freq), params).map(drop),
        How::Flexible(params) => flexible::detect(&sample(found.freq), Some(0..0), params).map(drop),
        How::Classic(params) => classic::detect(&sample(found.freq), Some(0..0), params).map(drop),
        How::Laney(params) if params.baseline < 2 => Err(Error::new("parameter baseline: give 2 periods or more")),
        How::Laney(_) | How::Rule => Ok(()),
        How::Pooled(params) => gamma_poisson::check(params),
        How::Scan(cluster) => scan::check_parameters(&cluster.scan),
        How::Ears(..) | How::Run { .. } => found.try_out(),
    }
}

impl Detector {
    /// Runs the method on a made-up series, so that a parameter out of range is told before there are any rows.
    fn try_out(&self) -> Result<(), Error> {
        run::run(self.method, &sample(self.freq), &self.pairs()).map(drop)
    }
}

/// Eight years of counts, a little different every day.
fn sample(freq: usize) -> Series {
    let len = match freq {
        0..=100 => 8 * freq.max(12),
        _ => 3 * freq,
    };
    let observed: Vec<f64> = (0..len).map(|t| 20.0 + ((t * 7) % 5) as f64).collect();
    let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    Series {
        population: Some(vec![1000.0; len]),
        dates: (0..len as u64)
            .map(|day| start.checked_add_days(Days::new(day)))
            .collect(),
        observed,
        freq,
    }
}
