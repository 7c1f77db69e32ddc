//! One series as detectors take it, and what they say of its points.

use super::{
    header::Grain,
    method::Detector,
    panel::{Point, State, Unit},
};
use crate::detector::{Series, Verdict, nb_predictive};
use std::borrow::Cow;

/// What is said of a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Finding {
    pub expected: Option<f64>,
    /// The value beyond which it is unusual.
    pub bound: Option<f64>,
    /// The method's statistic; negative below expectation.
    pub score: Option<f64>,
    pub p: Option<f64>,
    /// `None` is no verdict.
    pub alarm: Option<bool>,
    /// The method that spoke, if it is not the indicator's.
    pub method: Option<&'static str>,
    pub note: Option<Cow<'static, str>>,
    /// Value and expectation that floors and severities look at, if not those of the point: of a cluster.
    pub whole: Option<(f64, f64)>,
}

impl Finding {
    /// No verdict, and why.
    pub(super) fn none(note: &'static str) -> Self {
        Self {
            note: Some(Cow::Borrowed(note)),
            ..Self::default()
        }
    }

    /// A rise, as a detector says it.
    pub(super) fn rise(verdict: &Verdict) -> Self {
        Self {
            expected: verdict.expected,
            bound: verdict.upper,
            score: verdict.score,
            p: verdict.p,
            alarm: verdict.alarm,
            ..Self::default()
        }
    }

    /// What is said of a value that the detector saw as `image` of it, smaller ones above larger ones.
    pub(super) fn mirrored(mut self, image: impl Fn(f64) -> f64) -> Self {
        self.expected = self.expected.map(&image);
        self.bound = self.bound.map(image);
        self.score = self.score.map(|score| -score);
        self
    }

    /// Both sides of a value together: the more surprised one speaks, and its probability counts twice. A side without a
    /// verdict leaves it to the other.
    pub(super) fn of_both(self, fall: Self, value: f64) -> Self {
        let twice = |p: f64| (2.0 * p).min(1.0);
        let (Some(up), Some(down)) = (self.alarm, fall.alarm) else {
            let mut one = if fall.alarm.is_some() { fall } else { self };
            one.p = one.p.map(twice);
            return one;
        };
        let p = match (self.p, fall.p) {
            (Some(rise), Some(fall)) => Some(rise.min(fall)),
            (one, other) => one.or(other),
        };
        let is_below = self.expected.or(fall.expected).is_some_and(|expected| value < expected);
        let speaks = if down && !up || down == up && is_below {
            fall
        } else {
            self
        };
        Self {
            p: p.map(twice),
            alarm: Some(up || down),
            ..speaks
        }
    }
}

/// Reported points that the prediction of a short history looks at, and the fewest that it needs.
const RECENT: usize = 12;
const LEAST: usize = 7;
/// Fewest cases after silence that alarm.
const FEWEST: f64 = 3.0;
/// Probability of an alarm of the prediction where the method has none of its own.
pub(super) const ALPHA: f64 = 0.01;
const PREDICTION: &str = "nb-predictive";

/// The due points of a unit, closed days left out.
pub(super) struct Line {
    /// NaN where nothing was reported, or what was is not to be looked at.
    pub series: Series,
    /// Position of the first point of the chunk.
    pub chunk: usize,
    /// Where each position is among the unit's points.
    pub at: Vec<usize>,
}

impl Line {
    pub(super) fn of(detector: &Detector, grain: Grain, unit: &Unit) -> Self {
        let due = |point: &&Point| !matches!(point.state, State::Closed | State::Holiday);
        let at: Vec<usize> = (0..unit.points.len()).filter(|at| due(&&unit.points[*at])).collect();
        let points = || at.iter().map(|at| &unit.points[*at]);
        let population = detector.needs_population();
        Self {
            series: Series {
                observed: points().map(|point| point.value).collect(),
                population: population.then(|| points().map(|point| point.population).collect()),
                // Last days of months have no counterpart in other years; months are counted.
                dates: (grain != Grain::Bulan).then(|| points().map(|point| point.day).collect()),
                freq: detector.freq,
            },
            chunk: at.partition_point(|at| *at < unit.chunk),
            at,
        }
    }

    pub(super) fn value(&self, t: usize) -> f64 {
        self.series.observed[t]
    }

    /// Positions of the chunk that have a value.
    pub(super) fn judged(&self) -> impl Iterator<Item = usize> + '_ {
        (self.chunk..self.series.len()).filter(|t| !self.value(*t).is_nan())
    }

    /// The last known values before a position, newest first.
    pub(super) fn past(&self, t: usize) -> impl Iterator<Item = f64> + '_ {
        self.series.observed[..t].iter().rev().copied().filter(|y| !y.is_nan())
    }

    /// The points with a value only, and the position of each.
    pub(super) fn known(&self) -> (Series, Vec<usize>) {
        let known: Vec<usize> = (0..self.series.len()).filter(|t| !self.value(*t).is_nan()).collect();
        let picked = |values: &Vec<f64>| known.iter().map(|t| values[*t]).collect();
        let series = Series {
            observed: picked(&self.series.observed),
            population: self.series.population.as_ref().map(picked),
            dates: self
                .series
                .dates
                .as_ref()
                .map(|dates| known.iter().map(|t| dates[*t]).collect()),
            freq: self.series.freq,
        };
        (series, known)
    }

    /// The prediction from the last values; none from too short a history.
    pub(super) fn prediction(&self, t: usize, alpha: f64) -> Option<Finding> {
        let recent: Vec<f64> = self.past(t).take(RECENT).collect();
        let value = self.value(t);
        if recent.len() < LEAST || value < 0.0 || recent.iter().any(|y| *y < 0.0) {
            return None;
        }
        let prediction = nb_predictive::predict(recent.into_iter(), value, alpha)?;
        Some(Finding {
            expected: Some(prediction.expected),
            bound: Some(prediction.upper),
            score: Some(-prediction.p.log10()),
            p: Some(prediction.p),
            alarm: Some(value > prediction.upper && value >= FEWEST),
            method: Some(PREDICTION),
            ..Finding::default()
        })
    }

    /// What is said where a method says nothing: many after a past of nothing but zeros alarm all the same.
    pub(super) fn otherwise(&self, t: usize) -> Finding {
        let is_silent = self.past(t).take(RECENT).all(|y| y == 0.0);
        let found = if is_silent { self.prediction(t, ALPHA) } else { None };
        found.unwrap_or_else(|| Finding::none(SHORT))
    }
}

/// No verdict: too few points before.
pub(super) const SHORT: &str = "riwayat pendek";
