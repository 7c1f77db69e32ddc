//! Which method judges which points.

use super::{
    Indicator, chart, cluster,
    given::Given,
    group::groups,
    line::{Finding, Line},
    method::How,
    panel::{State, Unit},
    pooled,
    settle::{Settled, settle, unjudged},
    single, together,
};
use chrono::NaiveDate;
use std::thread;

/// What is said of the points of each unit from the chunk's first on.
pub(super) fn all(indicator: &Indicator, given: &Given, units: &[Unit], chunk: NaiveDate) -> Vec<Vec<Settled>> {
    let detector = &indicator.detector;
    let findings = match &detector.how {
        How::Rule => units
            .iter()
            .map(|unit| vec![None; unit.points.len() - unit.chunk])
            .collect(),
        How::Attendance { params, has_floor } => {
            let found = groups(given, units, chunk);
            let found = found
                .iter()
                .flat_map(|group| together::judge(indicator, (params, *has_floor), group, units));
            spread(units, found)
        }
        How::Scan(params) => {
            let found = groups(given, units, chunk);
            let found = found
                .iter()
                .flat_map(|group| cluster::judge(params, given, group, units));
            spread(units, found)
        }
        How::Pooled(params) => {
            let found = groups(given, units, chunk);
            let found = found
                .iter()
                .flat_map(|group| pooled::judge(params, given, group, units));
            spread(units, found)
        }
        _ => apart(indicator, units),
    };
    let settled = |(unit, findings): (&Unit, Vec<Option<Finding>>)| {
        let points = unit.points[unit.chunk..].iter().zip(findings);
        points
            .map(|(point, finding)| match point.state {
                State::Ordinary => settle(indicator, point, finding.unwrap_or_default()),
                state => unjudged(indicator, state),
            })
            .collect()
    };
    units.iter().zip(findings).map(settled).collect()
}

type Findings = Vec<Vec<Option<Finding>>>;

/// Findings by unit and place, as they lie in the units.
fn spread(units: &[Unit], found: impl Iterator<Item = (usize, usize, Finding)>) -> Findings {
    let mut all: Findings = units
        .iter()
        .map(|unit| vec![None; unit.points.len() - unit.chunk])
        .collect();
    for (unit, place, finding) in found {
        if let Some(place) = place.checked_sub(units[unit].chunk) {
            all[unit][place] = Some(finding);
        }
    }
    all
}

/// Units that nothing binds, on all processors.
fn apart(indicator: &Indicator, units: &[Unit]) -> Findings {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = units.len().div_ceil(threads).max(MIN_UNITS);
    let parts: Vec<Findings> = thread::scope(|scope| {
        let parts: Vec<_> = units
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(|unit| one(indicator, unit)).collect::<Findings>()))
            .collect();
        parts.into_iter().map(|part| part.join().unwrap_or_default()).collect()
    });
    parts.into_iter().flatten().collect()
}

/// Fewer units are not worth a thread.
const MIN_UNITS: usize = 16;

fn one(indicator: &Indicator, unit: &Unit) -> Vec<Option<Finding>> {
    let mut all = vec![None; unit.points.len() - unit.chunk];
    let line = Line::of(&indicator.detector, indicator.grain, unit);
    let findings = match &indicator.detector.how {
        How::Laney(params) => chart::judge(params, indicator.direction, &line),
        _ => single::judge(&indicator.detector, indicator.direction, &line),
    };
    for (t, finding) in findings {
        all[line.at[t] - unit.chunk] = Some(finding);
    }
    all
}
