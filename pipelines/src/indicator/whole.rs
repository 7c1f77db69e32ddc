//! Methods that judge a series as a whole, each point by the series up to it: trends, steps, decompositions. They look up
//! and down, and the sign of their score tells which.

use super::{
    header::Direction,
    line::{Finding, Line, SHORT},
    lower,
    method::Detector,
};
use crate::detector::{Series, Verdict, params::Parameters, run, trend::pelt::Pelt};

/// Findings of a chunk's points that have a value, by position.
pub(super) fn judge(detector: &Detector, direction: Direction, line: &Line) -> Vec<(usize, Finding)> {
    let none = |t: usize| match direction {
        Direction::Turun => Finding::none(SHORT),
        _ => line.otherwise(t),
    };
    let one = |t: usize| {
        let verdicts = up_to(detector, line, t)?;
        let found = match detector.method {
            "pelt" => step(detector, &verdicts),
            "stl" | "mstl" => rest(detector, &verdicts),
            _ => trend(&verdicts),
        };
        found.map(|found| wanted(found, direction))
    };
    line.judged().map(|t| (t, one(t).unwrap_or_else(|| none(t)))).collect()
}

/// What the method says of the series up to a point.
fn up_to(detector: &Detector, line: &Line, t: usize) -> Option<Vec<Verdict>> {
    let whole = &line.series;
    let mut series = Series {
        observed: whole.observed[..=t].to_vec(),
        freq: whole.freq,
        ..Series::default()
    };
    if matches!(detector.method, "stl" | "mstl") {
        bridge(&mut series.observed);
    }
    run::run(detector.method, &series, &detector.pairs()).ok()
}

/// An alarm only in the direction that is watched, at the one-sided probability.
fn wanted(mut found: Finding, direction: Direction) -> Finding {
    let is_fall = found.score.is_some_and(|score| score < 0.0);
    let is_wanted = match direction {
        Direction::Naik => !is_fall,
        Direction::Turun => is_fall,
        Direction::DuaArah => return found,
    };
    found.alarm = found.alarm.map(|alarm| alarm && is_wanted);
    found.p = found.p.map(|p| if is_wanted { p / 2.0 } else { 1.0 - p / 2.0 });
    found
}

/// A trend: what is expected is where its line began, and the distance is what it went since.
fn trend(verdicts: &[Verdict]) -> Option<Finding> {
    let (first, last) = (verdicts.first()?.expected?, verdicts.last()?);
    Some(Finding {
        expected: Some(first),
        whole: last.expected.map(|now| (now, first)),
        ..Finding::rise(last)
    })
}

/// A step is known some points after it happened. It alarms at those, until as many again have passed; what is expected
/// is the level before.
fn step(detector: &Detector, verdicts: &[Verdict]) -> Option<Finding> {
    let min_size = Pelt::from_pairs(detector.pairs()).unwrap_or_default().min_size;
    let last = verdicts.last()?;
    let none = Finding {
        alarm: Some(false),
        ..Finding::rise(last)
    };
    let Some(since) = verdicts.iter().rposition(|verdict| verdict.score.is_some()) else {
        return Some(none);
    };
    let known = verdicts[since..].iter().filter(|verdict| verdict.expected.is_some());
    if known.count() >= 2 * min_size {
        return Some(none);
    }
    let before = verdicts[..since].iter().rev().find_map(|verdict| verdict.expected);
    Some(Finding {
        expected: before,
        score: verdicts[since].score,
        alarm: Some(true),
        whole: last.expected.zip(before),
        ..Finding::default()
    })
}

/// What trend and season leave; none where nothing else varies, so that there is no scale.
fn rest(detector: &Detector, verdicts: &[Verdict]) -> Option<Finding> {
    let last = verdicts.last()?;
    let score = last.score.unwrap_or(0.0);
    let (expected, value) = (last.expected?, last.observed);
    if score == 0.0 && (expected - value).abs() > 1e-9 {
        return None;
    }
    let mut found = Finding::rise(last);
    if score < 0.0 {
        let given = detector.parameters.iter();
        let log = given.clone().all(|(key, value)| key != "log" || value == "true");
        found.bound = lower::mirrored_bound(found.expected, found.bound, log);
    }
    Some(found)
}

/// Fills gaps with a straight line between their neighbours, for methods that allow none.
fn bridge(values: &mut [f64]) {
    let known: Vec<usize> = (0..values.len()).filter(|t| !values[*t].is_nan()).collect();
    if let Some(&first) = known.first() {
        let value = values[first];
        values[..first].fill(value);
    }
    for pair in known.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let step = (values[to] - values[from]) / (to - from) as f64;
        for t in from + 1..to {
            values[t] = values[from] + step * (t - from) as f64;
        }
    }
}
