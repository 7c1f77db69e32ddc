//! Clusters: the prospective space-time permutation scan over the units of a group, for every day of the chunk.
//!
//! A scan takes a place that falls silent, or begins to report, for a cluster. So only places that reported most of the
//! days take part, and a day that is missing counts as what the place usually has: neither a gap nor its end is news.

use super::{
    given::{Given, number},
    group::Group,
    line::{Finding, SHORT},
    method::Cluster,
    panel::Unit,
};
use crate::{
    detector::scan::{self, Cases, Place, Window},
    words::{self, Language},
};

/// No verdict: no position.
const NOWHERE: &str = "tanpa koordinat";
/// No verdict: too many reports are missing.
const SILENT: &str = "laporan kurang lengkap";

/// Findings of the group's points in the chunk: unit, place among its points, finding.
pub(super) fn judge(params: &Cluster, given: &Given, group: &Group, units: &[Unit]) -> Vec<(usize, usize, Finding)> {
    let mut all = Vec::new();
    let days = service_days(group, units);
    for session in group.chunk..group.sessions.len() {
        let window = days
            .iter()
            .position(|day| *day == session)
            .map(|at| &days[(at + 1).saturating_sub(params.days)..=at]);
        let findings = match window {
            Some(window) if window.len() >= 2 * params.scan.max_days => day(params, given, group, units, window),
            _ => group.units.iter().map(|_| Finding::none(SHORT)).collect(),
        };
        for ((at, places), finding) in group.units.iter().zip(findings) {
            if let Some(place) = places[session] {
                all.push((*at, place, finding));
            }
        }
    }
    all
}

/// Sessions that are due to most of the units that have begun, and reported by some: a session of few (Saturdays of some
/// schools) would be a day of a few places.
fn service_days(group: &Group, units: &[Unit]) -> Vec<usize> {
    let begins = |places: &Vec<Option<usize>>| places.iter().position(Option::is_some);
    let begun: Vec<Option<usize>> = group.units.iter().map(|(_, places)| begins(places)).collect();
    let is_served = |session: &usize| {
        let points = (0..group.units.len()).filter_map(|member| group.point(units, member, *session));
        let (due, reported) = points.fold((0, 0), |(due, reported), point| {
            (due + 1, reported + usize::from(!point.value.is_nan()))
        });
        let begun = begun.iter().flatten().filter(|first| *first <= session).count();
        2 * due > begun && reported > 0
    };
    (0..group.sessions.len()).filter(is_served).collect()
}

/// A place of the scan: its member, and its cases on each day, NaN where nothing was reported.
struct Reporter {
    member: usize,
    cases: Vec<f64>,
}

/// What the scan says on the last day of `window`, for each member of the group.
fn day(params: &Cluster, given: &Given, group: &Group, units: &[Unit], window: &[usize]) -> Vec<Finding> {
    let mut findings = vec![Finding::default(); group.units.len()];
    let (mut reporters, mut places) = (Vec::new(), Vec::new());
    for (member, finding) in findings.iter_mut().enumerate() {
        let value = |session: &usize| {
            group
                .point(units, member, *session)
                .map_or(f64::NAN, |point| point.value)
        };
        let cases: Vec<f64> = window.iter().map(value).collect();
        let latest = window
            .iter()
            .rev()
            .find_map(|session| group.point(units, member, *session));
        let row = latest.map_or(0, |point| point.like as usize);
        let (latitude, longitude) = (
            number(given.latitude.as_ref(), row),
            number(given.longitude.as_ref(), row),
        );
        let reported = cases.iter().filter(|cases| !cases.is_nan()).count();
        if !(latitude.abs() <= 90.0 && longitude.abs() <= 180.0) {
            *finding = Finding::none(NOWHERE);
        } else if reported == 0 || (reported as f64) < params.min_complete * window.len() as f64 {
            *finding = Finding::none(SILENT);
        } else {
            places.push(Place {
                name: String::new(),
                latitude,
                longitude,
                population: 1.0,
            });
            reporters.push(Reporter { member, cases });
        }
    }
    let cases = cases(&reporters);
    let expected = expected(&cases, places.len(), window.len());
    let scanned = Window {
        places,
        cases,
        days: window.len(),
    };
    // A window that cannot be scanned has no cluster.
    let clusters = scan::alarms(&scanned, &params.scan, params.screen).unwrap_or_default();
    for (reporter, expected) in reporters.iter().zip(expected) {
        findings[reporter.member] = Finding {
            expected: Some(expected),
            alarm: Some(false),
            ..Finding::default()
        };
    }
    for cluster in &clusters {
        let since = group.sessions[window[cluster.first_day]];
        let note = format!(
            "klaster {} unit sejak {}: {} kasus, lazimnya {}",
            cluster.members.len(),
            words::date(Language::Id, since),
            number_id(cluster.cases),
            number_id(cluster.expected)
        );
        for place in &cluster.members {
            let finding = &mut findings[reporters[*place].member];
            finding.score = Some(cluster.statistic);
            finding.p = Some(cluster.p);
            finding.alarm = Some(true);
            finding.note = Some(note.clone().into());
            finding.whole = Some((cluster.cases, cluster.expected));
        }
    }
    findings
}

fn number_id(x: f64) -> String {
    words::number(Language::Id, x, Some(0))
}

/// The cases of all places; a missing day has the mean of the reported ones, rounded.
fn cases(reporters: &[Reporter]) -> Vec<Cases> {
    let mut all = Vec::new();
    for (place, reporter) in reporters.iter().enumerate() {
        let known = reporter.cases.iter().filter(|cases| !cases.is_nan());
        let (sum, count) = known.fold((0.0, 0.0), |(sum, count), cases| (sum + cases, count + 1.0));
        let usual = sum / count;
        for (day, cases) in reporter.cases.iter().enumerate() {
            let cases = if cases.is_nan() { usual } else { *cases };
            // Values of counts; what exceeds the type is no count.
            let count = cases.round().clamp(0.0, f64::from(u32::MAX)) as u32;
            if count > 0 {
                all.push(Cases { place, day, count });
            }
        }
    }
    all
}

/// Cases expected of each place on the last day: its share of all, of the day's.
fn expected(cases: &[Cases], places: usize, days: usize) -> Vec<f64> {
    let mut place = vec![0.0; places];
    let (mut today, mut all) = (0.0, 0.0);
    for one in cases {
        let count = f64::from(one.count);
        place[one.place] += count;
        all += count;
        if one.day + 1 == days {
            today += count;
        }
    }
    place
        .iter()
        .map(|cases| if all > 0.0 { cases * today / all } else { 0.0 })
        .collect()
}
