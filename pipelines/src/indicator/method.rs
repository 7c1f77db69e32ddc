//! Methods and their parameters, checked once when the header is read.

use super::{
    header::{Calendar, Direction, Grain},
    possible::possible,
};
use crate::detector::{
    Error,
    attendance::Attendance,
    choose::Auto,
    ears,
    farrington::{Classic, Flexible},
    gamma_poisson::GammaPoisson,
    laney::Laney,
    nb_predictive::NbPredictive,
    params::{Parameters, Value},
    run,
    scan::{self, Scan},
};
use crate::yaml::{Map, Wrong};

/// How an indicator is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Detector {
    /// The method's name.
    pub method: &'static str,
    /// Its parameters, as the header has them.
    pub parameters: Vec<(String, String)>,
    /// Steps in a year.
    pub(super) freq: usize,
    pub(super) how: How,
}

impl Detector {
    /// No statistics.
    pub(super) fn rule() -> Self {
        Self {
            method: RULE,
            parameters: Vec::new(),
            freq: 1,
            how: How::Rule,
        }
    }

    /// Whether there are no statistics, only a rule.
    pub fn is_rule(&self) -> bool {
        self.how == How::Rule
    }

    /// Whether `penyebut` is needed.
    pub(super) fn needs_population(&self) -> bool {
        match &self.how {
            How::Attendance { .. } | How::Laney(_) | How::Pooled(_) => true,
            How::Flexible(params) => params.population_offset,
            How::Run { .. } => self.method == "cusum-binomial",
            _ => false,
        }
    }

    /// Whether `nilai` is a part of `penyebut`.
    pub(super) fn is_share(&self) -> bool {
        self.needs_population() && !matches!(self.how, How::Flexible(_) | How::Pooled(_))
    }

    /// Whether `nilai` cannot be negative.
    pub(super) fn counts(&self) -> bool {
        match self.how {
            How::Rule | How::Ears(..) => false,
            How::Run { .. } => matches!(self.method, "cusum" | "cusum-binomial" | "outbreak-p"),
            _ => true,
        }
    }
}

/// A method with its parameters read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum How {
    Rule,
    /// Over all units of a group; whether the detector's own floors were given.
    Attendance {
        params: Attendance,
        has_floor: bool,
    },
    Laney(Laney),
    /// Over all units of a group.
    Pooled(GammaPoisson),
    Scan(Cluster),
    Auto(Auto),
    NbPredictive(NbPredictive),
    Flexible(Flexible),
    Classic(Classic),
    Ears(ears::Rule, ears::Ears),
    /// By name, with everything as text.
    Run {
        way: Way,
    },
}

/// What a method that runs by name does with a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Judges all points, each by those before it. A fall is a rise of the mirrored series.
    Mirror,
    /// The same; a fall of the cases is a rise of all others.
    Others,
    /// The same, of rises only.
    Rises,
    /// Judges the series as a whole, up and down: the sign of the score tells which.
    Whole,
}

/// Parameters of the scan beside its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cluster {
    pub scan: Scan,
    /// Service days that are looked at.
    pub days: usize,
    /// Statistic of the most likely cluster from which shuffles tell its probability; below, it is none.
    pub screen: f64,
    /// Least share of those days that a place must have reported.
    pub min_complete: f64,
}

const RULE: &str = "rule";
const SCAN: &str = "scan-stp";
const ATTENDANCE: &str = "attendance";
const POOLED: &str = "gamma-poisson";

/// Reads `detector`.
pub(super) fn read(
    map: &Map<'_>,
    (grain, calendar, lookback): (Option<Grain>, Calendar, Option<u32>),
    direction: Direction,
    wrong: &mut Wrong,
) -> Option<Detector> {
    if !map.has("detector") {
        map.fault(
            "detector",
            "`detector` is needed, such as {method: ears-c2, baseline: 28}",
            wrong,
        );
    }
    let map = map.map("detector", &[], wrong)?;
    let name = map.required("method", wrong)?;
    let parameters = map.pairs("method", wrong);
    let grain = grain?;
    let found = detector(&name, parameters, grain, calendar)
        .and_then(|found| possible(&found, grain, calendar, lookback, direction).map(|()| found));
    match found {
        Ok(found) => Some(found),
        Err(error) => {
            map.fault("method", format!("`detector`: {error}"), wrong);
            None
        }
    }
}

fn detector(
    name: &str,
    parameters: Vec<(String, String)>,
    grain: Grain,
    calendar: Calendar,
) -> Result<Detector, Error> {
    let mut freq = match (grain, calendar) {
        (Grain::Minggu, _) => 52,
        (Grain::Bulan, _) => 12,
        (Grain::Hari, Calendar::SetiapHari) => 365,
        (Grain::Hari, _) => 245,
    };
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (key, value) in &parameters {
        match key.as_str() {
            "freq" => {
                freq = usize::read(value)
                    .filter(|freq| *freq > 0)
                    .ok_or_else(|| Error::new(format!("parameter freq: {value:?} is not a whole number above 0")))?;
            }
            "range" => return Err(Error::new("there is no `range`: the points of the chunk are judged")),
            _ => pairs.push((key, value)),
        }
    }
    let (method, how) = how(name, &pairs)?;
    Ok(Detector {
        method,
        freq,
        how,
        parameters,
    })
}

fn how(name: &str, pairs: &[(&str, &str)]) -> Result<(&'static str, How), Error> {
    let given = || pairs.iter().copied();
    let how = match name {
        RULE => {
            if let Some((key, _)) = pairs.first() {
                return Err(Error::new(format!("method rule has no parameter {key}")));
            }
            return Ok((RULE, How::Rule));
        }
        ATTENDANCE => {
            let has_floor = pairs.iter().any(|(key, _)| key.starts_with("excess_floor"));
            let params = Attendance::from_pairs(given())?;
            return Ok((ATTENDANCE, How::Attendance { params, has_floor }));
        }
        POOLED => return Ok((POOLED, How::Pooled(GammaPoisson::from_pairs(given())?))),
        SCAN => return Ok((SCAN, How::Scan(cluster(pairs)?))),
        "laney-p" => How::Laney(Laney::from_pairs(given())?),
        "auto" => How::Auto(Auto::from_pairs(given())?),
        "nb-predictive" => How::NbPredictive(NbPredictive::from_pairs(given())?),
        "farrington-flexible" => How::Flexible(Flexible::from_pairs(given())?),
        "farrington" => How::Classic(Classic::from_pairs(given())?),
        "ears-c1" => How::Ears(ears::Rule::C1, ears::Ears::from_pairs(given())?),
        "ears-c2" => How::Ears(ears::Rule::C2, ears::Ears::from_pairs(given())?),
        "ears-c3" => How::Ears(ears::Rule::C3, ears::Ears::from_pairs(given())?),
        "cusum-binomial" => How::Run { way: Way::Others },
        "cusum" | "outbreak-p" => How::Run { way: Way::Rises },
        "mann-kendall" | "theil-sen" | "pelt" | "stl" | "mstl" => How::Run { way: Way::Whole },
        _ => How::Run { way: Way::Mirror },
    };
    let method = run::method(name)
        .map_err(|error| Error::new(format!("{error} {ATTENDANCE} {POOLED} {RULE}")))?
        .name;
    Ok((method, how))
}

fn cluster(pairs: &[(&str, &str)]) -> Result<Cluster, Error> {
    let mut found = Cluster {
        scan: Scan {
            max_radius: Some(10.0),
            ..Scan::default()
        },
        days: 60,
        screen: 6.0,
        min_complete: 0.8,
    };
    let bad = |key: &str, value: &str, what: &str| Error::new(format!("parameter {key}: {value:?} is not {what}"));
    for &(key, value) in pairs {
        match key {
            "days" => {
                found.days = usize::read(value).ok_or_else(|| bad(key, value, "a whole number"))?;
            }
            "screen" => found.screen = f64::read(value).ok_or_else(|| bad(key, value, "a number"))?,
            "min_complete" => {
                found.min_complete = f64::read(value)
                    .filter(|share| (0.0..=1.0).contains(share))
                    .ok_or_else(|| bad(key, value, "a share from 0 to 1"))?;
            }
            _ => found.scan.set(key, value)?,
        }
    }
    if found.scan.model != scan::Model::Permutation {
        return Err(Error::new("scan-stp is the space-time permutation: leave `model` out"));
    }
    if found.days < 2 * found.scan.max_days {
        return Err(Error::new(format!(
            "parameter days: {} are too few for periods up to {} days: give {} or more",
            found.days,
            found.scan.max_days,
            2 * found.scan.max_days
        )));
    }
    Ok(found)
}

impl Detector {
    /// Parameters of a method as it takes them.
    pub(super) fn pairs(&self) -> Vec<(&str, &str)> {
        let all = self
            .parameters
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()));
        all.filter(|(key, _)| *key != "freq").collect()
    }
}
