//! Rare cases: all units of a group in one panel, each of which borrows from what all of them have.

use super::{
    given::{Given, number},
    group::Group,
    line::{Finding, SHORT},
    panel::Unit,
};
use crate::detector::gamma_poisson::{self, GammaPoisson, Place};

/// Findings of the group's points in the chunk: unit, place among its points, finding.
pub(super) fn judge(
    params: &GammaPoisson,
    given: &Given,
    group: &Group,
    units: &[Unit],
) -> Vec<(usize, usize, Finding)> {
    let places: Vec<Place> = (0..group.units.len())
        .map(|member| place(given, group, units, member))
        .collect();
    // Parameters were checked when the header was read.
    let judged = gamma_poisson::detect(&places, group.chunk, params).unwrap_or_default();
    let mut all = Vec::new();
    for ((at, places), verdicts) in group.units.iter().zip(judged) {
        for (place, verdict) in places[group.chunk..].iter().zip(verdicts) {
            let Some(place) = *place else { continue };
            let finding = match verdict.alarm {
                Some(_) => Finding::rise(&verdict),
                None => Finding::none(SHORT),
            };
            all.push((*at, place, finding));
        }
    }
    all
}

fn place(given: &Given, group: &Group, units: &[Unit], member: usize) -> Place {
    let sessions = 0..group.sessions.len();
    let points: Vec<_> = sessions.map(|session| group.point(units, member, session)).collect();
    let window = |row: u32| {
        let steps = number(given.window.as_ref(), row as usize);
        if steps >= 1.0 { steps as usize } else { 0 }
    };
    let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
    Place {
        cases: points
            .iter()
            .map(|point| or_nan(point.map(|point| point.value)))
            .collect(),
        exposure: points
            .iter()
            .map(|point| or_nan(point.map(|point| point.population)))
            .collect(),
        window: points
            .iter()
            .map(|point| point.map_or(0, |point| window(point.like)))
            .collect(),
    }
}
