//! Falls, and both directions.

use super::super::Days;
use super::fixture::*;

/// A service of about 60 visits a working day.
fn visits(level: f64) -> Vec<Row> {
    let days = weekdays(day(2025, 9, 1), day(2026, 3, 31));
    days.iter()
        .enumerate()
        .map(|(at, day)| row("mpp", *day, level + 2.0 * wave(0, at)))
        .collect()
}

fn daily(method: &str, direction: &str) -> super::super::Indicator {
    indicator(&format!(
        "grain: hari\ncalendar: hari_kerja\ndirection: {direction}\ndetector: {{method: {method}}}\nfloor: {{excess: 10}}\n"
    ))
}

#[test]
fn a_fall_of_visits_alarms_where_falls_are_watched() {
    let low = day(2026, 3, 18);
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    for method in [
        "ewma",
        "switch",
        "adaptive-regression",
        "ears-c1",
        "ears-c2",
        "ears-c3",
        "nb-predictive",
    ] {
        let mut rows = visits(60.0);
        rows.iter_mut().find(|row| row.day == low).unwrap().value = Some(20.0);
        for (direction, falls) in [("turun", true), ("naik", false), ("dua_arah", true)] {
            let found = judge(&daily(method, direction), &rows, &Days::default(), &march);
            let point = at(&found, "mpp", low);
            assert_eq!(point.flag, Some(falls), "{method} {direction}: {point:?}");
            let other = at(&found, "mpp", day(2026, 3, 10));
            assert_eq!(other.flag, Some(false), "{method} {direction}: {other:?}");
            if falls {
                let (bound, expected) = (point.bound.unwrap(), point.expected.unwrap());
                assert!(
                    bound < expected && bound > 20.0 && (50.0..70.0).contains(&expected),
                    "{method} {direction}: {point:?}"
                );
                assert!(point.score.unwrap() < 0.0, "{method} {direction}: {point:?}");
            }
        }
    }
}

/// On a series that is its own mirror image, rise and fall are judged alike.
#[test]
fn the_mirror_image_of_a_rise_is_a_fall() {
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    for method in ["ewma", "switch", "ears-c2"] {
        let mut up = visits(100.0);
        up.iter_mut().find(|row| row.day == day(2026, 3, 18)).unwrap().value = Some(121.5);
        let mut down = up.clone();
        down.iter_mut()
            .for_each(|row| row.value = row.value.map(|value| 200.0 - value));
        let rises = judge(&daily(method, "naik"), &up, &Days::default(), &march);
        let falls = judge(&daily(method, "turun"), &down, &Days::default(), &march);
        assert_eq!(rises.len(), falls.len());
        for (rise, fall) in rises.iter().zip(&falls) {
            assert_eq!(rise.flag, fall.flag);
            let close = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-6;
            assert!(
                close(rise.expected, fall.expected.map(|x| 200.0 - x)),
                "{rise:?} {fall:?}"
            );
            assert!(
                close(rise.bound, fall.bound.map(|x| 200.0 - x)),
                "{method} {rise:?} {fall:?}"
            );
            assert!(close(rise.score, fall.score.map(|x| -x)), "{rise:?} {fall:?}");
        }
    }
}

#[test]
fn weekly_counts_fall_below_the_quantile_of_the_same_distribution() {
    for (method, weeks) in [
        ("farrington-flexible", 300),
        ("farrington", 300),
        ("auto", 300),
        ("auto", 60),
        ("farrington-flexible", 60),
    ] {
        let indicator = indicator(&format!(
            "grain: minggu\ndirection: turun\ndetector: {{method: {method}}}\n"
        ));
        let days = saturdays(day(2020, 3, 1), weeks);
        let mut rows: Vec<Row> = days
            .iter()
            .enumerate()
            .map(|(at, day)| row("a", *day, 40.0 + 2.0 * wave(0, at)))
            .collect();
        let last = *days.last().unwrap();
        rows.last_mut().unwrap().value = Some(8.0);
        let found = judge(&indicator, &rows, &Days::default(), &indicator.chunk_of(last));
        let point = at(&found, "a", last);
        assert_eq!(point.flag, Some(true), "{method} {weeks}: {point:?}");
        assert!(
            point.bound.unwrap() > 8.0 && point.bound.unwrap() < point.expected.unwrap(),
            "{method}: {point:?}"
        );
        assert!(point.p.unwrap() < 0.01);
        assert!(
            found
                .iter()
                .filter(|row| row.day != last)
                .all(|row| row.flag == Some(false)),
            "{method}: {found:?}"
        );
        // Counts near zero cannot fall.
        rows.iter_mut().for_each(|row| row.value = Some(1.0));
        rows.last_mut().unwrap().value = Some(0.0);
        let found = judge(&indicator, &rows, &Days::default(), &indicator.chunk_of(last));
        assert_eq!(
            at(&found, "a", last).flag,
            Some(false),
            "{method}: {:?}",
            at(&found, "a", last)
        );
    }
}

#[test]
fn shares_fall_as_the_rest_rises() {
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    let mut rows = visits(60.0);
    rows.iter_mut()
        .filter(|row| row.day >= day(2026, 3, 16))
        .for_each(|row| row.value = Some(10.0));
    let found = judge(&daily("cusum-binomial", "turun"), &rows, &Days::default(), &march);
    assert!(found.iter().any(|row| row.flag == Some(true)));
    let first = found.iter().find(|row| row.flag == Some(true)).unwrap();
    assert!(
        first.day >= day(2026, 3, 16) && first.expected.unwrap() > 50.0,
        "{first:?}"
    );
    // All come to school.
    let attendance = indicator(
        "grain: hari\ncalendar: hari_sekolah\ndirection: turun\ndetector: {method: attendance}\nfloor: {excess: 10}\n",
    );
    let mut rows: Vec<Row> = Vec::new();
    for unit in 0..8 {
        let days = weekdays(day(2025, 10, 1), day(2026, 3, 31));
        rows.extend(
            days.iter()
                .enumerate()
                .map(|(at, day)| row(&format!("s{unit}"), *day, 30.0 + wave(unit, at))),
        );
    }
    rows.iter_mut()
        .find(|row| row.unit == "s1" && row.day == day(2026, 3, 18))
        .unwrap()
        .value = Some(0.0);
    let found = judge(&attendance, &rows, &Days::default(), &march);
    let flagged: Vec<_> = found.iter().filter(|row| row.flag == Some(true)).collect();
    assert_eq!(flagged.len(), 1);
    assert!(
        flagged[0].bound.unwrap() < flagged[0].expected.unwrap() && flagged[0].bound.unwrap() > 0.0,
        "{flagged:?}"
    );
}

#[test]
fn a_trend_is_wanted_in_one_direction() {
    for (direction, slope, flag) in [
        ("turun", -1.0, true),
        ("naik", -1.0, false),
        ("naik", 1.0, true),
        ("dua_arah", -1.0, true),
    ] {
        for method in ["mann-kendall", "theil-sen"] {
            let indicator = indicator(&format!(
                "grain: bulan\ndirection: {direction}\ndetector: {{method: {method}}}\n"
            ));
            let rows: Vec<Row> = (0..24)
                .map(|m: i32| {
                    let first = day(2024 + m / 12, (m % 12) as u32 + 1, 1);
                    let last = first + chrono::Months::new(1) - chrono::TimeDelta::days(1);
                    row("a", last, 100.0 + slope * f64::from(m) + wave(0, m as usize))
                })
                .collect();
            let found = judge(
                &indicator,
                &rows,
                &Days::default(),
                &(day(2025, 1, 1)..=day(2025, 12, 31)),
            );
            assert_eq!(
                found.last().unwrap().flag,
                Some(flag),
                "{method} {direction} {:?}",
                found.last()
            );
        }
    }
}

#[test]
fn a_step_alarms_when_it_is_known_and_not_for_ever() {
    let indicator = indicator("grain: minggu\ndirection: turun\ndetector: {method: pelt}\n");
    let days = saturdays(day(2024, 1, 7), 100);
    let rows: Vec<Row> = days
        .iter()
        .enumerate()
        .map(|(at, day)| {
            let level = if at < 80 { 50.0 } else { 20.0 };
            row("a", *day, level + wave(0, at))
        })
        .collect();
    let flagged: Vec<usize> = (0..100)
        .filter(|week| {
            let chunk = days[*week]..=days[*week];
            judge(&indicator, &rows, &Days::default(), &chunk)[0].flag == Some(true)
        })
        .collect();
    // Known from the first points of it on, and news until ten have passed.
    let first = flagged[0];
    assert!((80..=84).contains(&first), "{flagged:?}");
    assert_eq!(flagged, (first..=88).collect::<Vec<_>>());
}
