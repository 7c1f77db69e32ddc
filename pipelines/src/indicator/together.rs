//! Attendance: all units of a group in one panel, so that what a day does to all of them is no alarm of any.

use super::{
    Indicator,
    group::Group,
    header::Direction,
    line::{Finding, SHORT},
    panel::Unit,
};
use crate::detector::{
    attendance::{self, Attendance, Row, School},
    special::t_quantile,
};

/// What the slow watch says.
const DRIFT: &str = "naik perlahan";

/// Findings of the group's points in the chunk: unit, place among its points, finding.
pub(super) fn judge(
    indicator: &Indicator,
    (params, has_floor): (&Attendance, bool),
    group: &Group,
    units: &[Unit],
) -> Vec<(usize, usize, Finding)> {
    let mut params = params.clone();
    // Floors of the indicator take the place of those that the detector would have.
    if indicator.floor.excess.is_some() && !has_floor {
        (params.excess_floor, params.excess_floor_small) = (0.0, 0.0);
    }
    if indicator.direction == Direction::DuaArah {
        params.q /= 2.0;
    }
    let schools = schools(group, units);
    let rises = |schools: &[School]| panel(schools, &params, group.chunk);
    let rising = (indicator.direction != Direction::Turun).then(|| rises(&schools));
    let falling = (indicator.direction != Direction::Naik).then(|| {
        let mut found = rises(&others(&schools));
        for (findings, school) in found.iter_mut().zip(&schools) {
            for (session, finding) in findings.iter_mut().enumerate() {
                let pupils = school.pupils[group.chunk + session];
                *finding = std::mem::take(finding).mirrored(|absent| pupils - absent);
                finding.note = finding.note.take().filter(|note| note != DRIFT);
            }
        }
        found
    });
    let mut all = Vec::new();
    for (member, (at, places)) in group.units.iter().enumerate() {
        for (i, place) in places[group.chunk..].iter().enumerate() {
            let Some(place) = *place else { continue };
            let one = |side: &Option<Vec<Vec<Finding>>>| side.as_ref().map(|side| side[member][i].clone());
            let value = schools[member].absent[group.chunk + i];
            let finding = match (one(&rising), one(&falling)) {
                (Some(rise), Some(fall)) => rise.of_both(fall, value),
                (one, other) => one.or(other).unwrap_or_default(),
            };
            all.push((*at, place, finding));
        }
    }
    all
}

fn schools(group: &Group, units: &[Unit]) -> Vec<School> {
    let of = |member: usize, value: fn(&super::panel::Point) -> f64| {
        let sessions = 0..group.sessions.len();
        let point = |session| {
            group
                .point(units, member, session)
                .filter(|point| !point.value.is_nan())
        };
        sessions.map(|session| point(session).map_or(f64::NAN, value)).collect()
    };
    let school = |member| School {
        absent: of(member, |point| point.value),
        pupils: of(member, |point| point.population),
    };
    (0..group.units.len()).map(school).collect()
}

/// A fall of the absent is a rise of the present: the logit only turns its sign.
fn others(schools: &[School]) -> Vec<School> {
    let other = |school: &School| School {
        absent: school.absent.iter().zip(&school.pupils).map(|(a, n)| n - a).collect(),
        pupils: school.pupils.clone(),
    };
    schools.iter().map(other).collect()
}

/// Findings of each school in the sessions of the chunk.
fn panel(schools: &[School], params: &Attendance, chunk: usize) -> Vec<Vec<Finding>> {
    let Ok(judged) = attendance::detect(schools, params) else {
        let none = |school: &School| vec![Finding::none(SHORT); school.absent.len() - chunk];
        return schools.iter().map(none).collect();
    };
    let sessions = judged.day_effect.len();
    let limits: Vec<f64> = (chunk..sessions)
        .map(|session| limit(judged.schools.iter().filter_map(|rows| rows[session].as_ref()), params))
        .collect();
    let finding = |school: &School, row: Option<Row>, session: usize| {
        let Some(row) = row else {
            return Finding::none(SHORT);
        };
        let logit = row.mean + limits[session - chunk] * row.sigma + judged.day_effect[session];
        let pupils = school.pupils[session];
        Finding {
            expected: Some(row.expected),
            bound: Some(((pupils + 1.0) / (1.0 + (-logit).exp()) - 0.5).clamp(0.0, pupils)),
            score: Some(row.z),
            p: Some(row.p),
            alarm: Some(row.alarm),
            note: (row.watch_alarm && !row.alarm).then(|| DRIFT.into()),
            ..Finding::default()
        }
    };
    let findings = schools.iter().zip(&judged.schools).map(|(school, rows)| {
        let chunk = chunk..sessions;
        chunk.map(|session| finding(school, rows[session], session)).collect()
    });
    findings.collect()
}

/// The statistic beyond which a school of the day alarms: of n tested and k alarmed ones, the quantile of q k / n.
fn limit<'a>(rows: impl Iterator<Item = &'a Row>, params: &Attendance) -> f64 {
    let (mut tested, mut alarmed) = (0.0_f64, 0.0_f64);
    for row in rows {
        tested += 1.0;
        alarmed += f64::from(u8::from(row.q <= params.q));
    }
    t_quantile(
        1.0 - params.q * alarmed.max(1.0) / tested.max(1.0),
        params.baseline as f64 - 1.0,
    )
}
