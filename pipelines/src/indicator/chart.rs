//! Laney's p' chart that moves along: centre and width of each period are learnt from the periods before it, so that the
//! chart does not depend on where the history that it was given begins. Small periods are pooled backwards with those
//! before, up and down alike.

use super::{
    header::Direction,
    line::{Finding, Line},
};
use crate::detector::laney::{Chart, Laney};

/// Findings of a chunk's points that have a value, by position.
pub(super) fn judge(params: &Laney, direction: Direction, line: &Line) -> Vec<(usize, Finding)> {
    line.judged().map(|t| (t, one(params, direction, line, t))).collect()
}

fn one(params: &Laney, direction: Direction, line: &Line, t: usize) -> Finding {
    let periods = pooled(line, t, params.min_n, params.baseline + 1);
    let none = || {
        if direction == Direction::Turun {
            Finding::none(super::line::SHORT)
        } else {
            line.otherwise(t)
        }
    };
    let [before @ .., (cases, persons)] = periods.as_slice() else {
        return none();
    };
    let chart = (before.len() == params.baseline)
        .then(|| Chart::learn(before))
        .flatten();
    let Some(chart) = chart.filter(|chart| chart.sigma_z > 0.0) else {
        return none();
    };
    let (share, width) = (cases / persons, chart.width(*persons));
    let score = (share - chart.centre) / width;
    let is_wanted = match direction {
        Direction::Naik => score > 0.0,
        Direction::Turun => score < 0.0,
        Direction::DuaArah => true,
    };
    let side = match direction {
        Direction::Naik => 1.0,
        Direction::Turun => -1.0,
        Direction::DuaArah => score.signum(),
    };
    // Of the period alone, if others were pooled with it.
    let own = line
        .series
        .population
        .as_ref()
        .map_or(*persons, |population| population[t]);
    let bound = own * (chart.centre + side * params.sigmas * width);
    Finding {
        expected: Some(own * chart.centre),
        bound: Some(bound.clamp(0.0, own)),
        score: Some(score),
        alarm: Some(is_wanted && score.abs() > params.sigmas),
        whole: Some((own * share, own * chart.centre)),
        ..Finding::default()
    }
}

/// (cases, persons) of the last `most` periods up to `t`, oldest first, each pooled until it has enough persons.
fn pooled(line: &Line, t: usize, least: f64, most: usize) -> Vec<(f64, f64)> {
    let Some(population) = &line.series.population else {
        return Vec::new();
    };
    let mut periods = Vec::with_capacity(most);
    let (mut cases, mut persons) = (0.0, 0.0);
    for at in (0..=t).rev().filter(|at| !line.value(*at).is_nan()) {
        cases += line.value(at);
        persons += population[at];
        if persons >= least && persons > 0.0 {
            periods.push((cases, persons));
            (cases, persons) = (0.0, 0.0);
            if periods.len() == most {
                break;
            }
        }
    }
    periods.reverse();
    periods
}
