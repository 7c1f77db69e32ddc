#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

/// Schools with a little variation of their own, the same on every run.
fn panel(schools: usize, sessions: usize) -> Vec<School> {
    let wave = |s: usize, t: usize| ((s * 7 + t * 13) % 5) as f64 - 2.0;
    let school = |s: usize| School {
        absent: (0..sessions).map(|t| 15.0 + wave(s, t)).collect(),
        pupils: vec![300.0; sessions],
    };
    (0..schools).map(school).collect()
}

#[test]
fn an_outbreak_alarms_and_rain_does_not() {
    let mut schools = panel(20, 80);
    for school in &mut schools {
        school.absent[70] += 20.0;
    }
    schools[3].absent[75] += 25.0;
    let judged = detect(&schools, &Attendance::default()).unwrap();
    let alarms: Vec<(usize, usize)> = (0..20)
        .flat_map(|s| (0..80).map(move |t| (s, t)))
        .filter(|&(s, t)| judged.schools[s][t].is_some_and(|row| row.alarm))
        .collect();
    assert_eq!(alarms, [(3, 75)]);
    assert!(judged.day_effect[70] > 0.7);
    let row = judged.schools[3][75].unwrap();
    assert!((row.excess - 25.0).abs() < 5.0 && row.q < 1e-6);
}

/// A drift of a few children a day is nothing on any one day; the slow watch adds it up.
#[test]
fn the_slow_watch_sees_a_drift() {
    let mut schools = panel(20, 90);
    for t in 75..90 {
        schools[5].absent[t] += 9.0;
    }
    let judged = detect(&schools, &Attendance::default()).unwrap();
    assert!(judged.schools[5].iter().flatten().any(|row| row.watch_alarm));
    assert!(!judged.schools[6].iter().flatten().any(|row| row.watch_alarm));
}

#[test]
fn a_missing_report_is_not_judged_and_its_gap_is_bridged() {
    let mut schools = panel(20, 80);
    schools[3].absent[74] = f64::NAN;
    schools[3].absent[75] += 25.0;
    let judged = detect(&schools, &Attendance::default()).unwrap();
    assert_eq!(judged.schools[3][74], None);
    assert!(judged.schools[3][75].unwrap().alarm);
    let refuse = Attendance {
        gaps: Gaps::Refuse,
        ..Attendance::default()
    };
    assert_eq!(detect(&schools, &refuse).unwrap().schools[3][75], None);
}

#[test]
fn alarms_close_together_are_one_episode() {
    let mut alarms = vec![false; 12];
    for t in [1, 2, 5, 9] {
        alarms[t] = true;
    }
    assert_eq!(episodes(&alarms), [(1, 5), (9, 9)]);
}

#[test]
fn more_absent_than_pupils_is_refused() {
    let mut schools = panel(2, 3);
    schools[1].absent[2] = 301.0;
    assert_eq!(
        detect(&schools, &Attendance::default()).unwrap_err().to_string(),
        "school 2, session 3: 301 absent of 300 pupils is not possible"
    );
}
