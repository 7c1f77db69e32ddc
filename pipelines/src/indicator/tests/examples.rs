//! What a reader would expect of a few series, by hand.

use super::super::Days;
use super::fixture::*;

/// Twenty schools of 300 pupils from October 2025 to the end of March 2026, about 15 absent a day.
fn schools() -> Vec<Row> {
    let days = weekdays(day(2025, 10, 1), day(2026, 3, 31));
    let school = |unit: usize| {
        let name = format!("s{unit:02}");
        let rows = days.iter().enumerate();
        rows.map(move |(at, day)| row(&name, *day, 15.0 + wave(unit, at)))
            .collect::<Vec<_>>()
    };
    (0..20).flat_map(school).collect()
}

fn change(rows: &mut [Row], unit: &str, day: chrono::NaiveDate, change: impl Fn(&mut Row)) {
    change(rows.iter_mut().find(|row| row.unit == unit && row.day == day).unwrap());
}

const MARCH: (i32, u32) = (2026, 3);

fn march() -> std::ops::RangeInclusive<chrono::NaiveDate> {
    day(MARCH.0, MARCH.1, 1)..=day(MARCH.0, MARCH.1, 31)
}

#[test]
fn a_school_with_ten_more_absent_than_usual_is_flagged_and_rain_everywhere_is_not() {
    let indicator = indicator(ATTENDANCE);
    let mut rows = schools();
    let (outbreak, rain) = (day(2026, 3, 18), day(2026, 3, 10));
    change(&mut rows, "s03", outbreak, |row| row.value = Some(29.0));
    change(&mut rows, "s04", outbreak, |row| row.value = Some(22.0));
    rows.iter_mut()
        .filter(|row| row.day == rain)
        .for_each(|row| row.value = row.value.map(|value| value + 20.0));
    let found = judge(&indicator, &rows, &Days::default(), &march());
    let flagged: Vec<_> = found
        .iter()
        .filter(|row| row.flag == Some(true))
        .map(|row| (row.unit.as_str(), row.day))
        .collect();
    assert_eq!(flagged, [("s03", outbreak)]);
    let school = at(&found, "s03", outbreak);
    assert!((13.0..17.0).contains(&school.expected.unwrap()), "{school:?}");
    assert!(school.bound.unwrap() < 29.0 && school.bound.unwrap() > school.expected.unwrap());
    assert!(school.p.unwrap() < 1e-4);
    assert_eq!(school.severity.as_deref(), Some("sedang"));
    assert_eq!(school.method, "attendance");
    // Seven more are fewer than the floor of a school of 300.
    assert_eq!(at(&found, "s04", outbreak).flag, Some(false));
    // Twenty-two days, twenty schools, nothing twice.
    assert_eq!(found.len(), 22 * 20);
}

#[test]
fn severity_grows_with_the_excess_and_floors_are_smaller_for_small_schools() {
    let indicator = indicator(ATTENDANCE);
    let mut rows = schools();
    let outbreak = day(2026, 3, 18);
    change(&mut rows, "s05", outbreak, |row| row.value = Some(45.0));
    change(&mut rows, "s06", outbreak, |row| row.value = Some(70.0));
    // A school of 120 with about 3 absent.
    rows.iter_mut().filter(|row| row.unit == "s07").for_each(|row| {
        row.population = Some(120.0);
        row.value = row.value.map(|value| value - 12.0);
    });
    change(&mut rows, "s07", outbreak, |row| row.value = Some(12.0));
    let found = judge(&indicator, &rows, &Days::default(), &march());
    assert_eq!(at(&found, "s05", outbreak).severity.as_deref(), Some("tinggi"));
    assert_eq!(at(&found, "s06", outbreak).severity.as_deref(), Some("kritis"));
    assert_eq!(
        at(&found, "s07", outbreak).flag,
        Some(true),
        "{:?}",
        at(&found, "s07", outbreak)
    );
}

#[test]
fn a_missing_report_is_a_point_without_value_and_a_closed_day_is_none() {
    let indicator = indicator(ATTENDANCE);
    let mut rows = schools();
    let (gone, closed) = (day(2026, 3, 12), day(2026, 3, 19));
    rows.retain(|row| !(row.unit == "s03" && row.day == gone) && row.day != closed);
    // One school reports on the holiday all the same, and on a Sunday.
    rows.push(row("s05", closed, 200.0));
    rows.push(row("s05", day(2026, 3, 15), 200.0));
    let days = Days::marked(&[(closed, "libur")], &[closed]);
    let found = judge(&indicator, &rows, &days, &march());
    let missing = at(&found, "s03", gone);
    assert_eq!(
        (missing.value, missing.flag, missing.note.as_deref()),
        (None, None, Some("laporan belum masuk"))
    );
    assert_eq!(
        missing.name.as_deref(),
        Some("SD s03"),
        "a unit has a name on days without report, too"
    );
    let on_closed: Vec<_> = found
        .iter()
        .filter(|row| row.day == closed)
        .map(|row| row.unit.as_str())
        .collect();
    assert_eq!(on_closed, ["s05"]);
    assert_eq!(at(&found, "s05", closed).note.as_deref(), Some("libur"));
    assert_eq!(at(&found, "s05", day(2026, 3, 15)).note.as_deref(), Some("hari tutup"));
    assert_eq!(at(&found, "s05", closed).flag, None);
    // Steps count due days: over the holiday and over the weekend it is one.
    let step = |on| at(&found, "s05", on).step;
    assert_eq!(step(day(2026, 3, 20)) - step(day(2026, 3, 18)), 1);
    assert_eq!(step(day(2026, 3, 23)) - step(day(2026, 3, 20)), 1);
    // What was reported on closed days is in no baseline.
    rows.retain(|row| row.day != closed && row.day != day(2026, 3, 15));
    let without = judge(&indicator, &rows, &days, &march());
    assert_eq!(
        at(&without, "s05", day(2026, 3, 20)),
        at(&found, "s05", day(2026, 3, 20))
    );
}

#[test]
fn steps_of_two_chunks_fit_each_other() {
    let indicator = indicator(ATTENDANCE);
    let closed = day(2025, 10, 15);
    let days = Days::marked(&[], &[closed]);
    let february = day(2026, 2, 1)..=day(2026, 2, 28);
    let before = judge(&indicator, &schools(), &days, &february);
    let after = judge(&indicator, &schools(), &days, &march());
    // Friday 27 February, Monday 2 March.
    assert_eq!(
        at(&after, "s00", day(2026, 3, 2)).step - at(&before, "s00", day(2026, 2, 27)).step,
        1
    );
}

#[test]
fn masked_and_incomplete_days_are_kept_and_not_judged() {
    let indicator = indicator(&format!(
        "{ATTENDANCE}rule: {{sql: \"nilai >= 10\", title: Sepuluh, title_en: Ten, severity: info, alerts: false}}\n"
    ));
    let mut rows = schools();
    let (exam, flood, part) = (day(2026, 3, 10), day(2026, 3, 11), day(2026, 3, 12));
    rows.iter_mut()
        .filter(|row| row.day == exam)
        .for_each(|row| row.value = Some(150.0));
    change(&mut rows, "s01", flood, |row| {
        row.value = Some(290.0);
        row.masker = Some("sakit; banjir".to_owned());
    });
    change(&mut rows, "s02", part, |row| row.complete = Some(false));
    let days = Days::marked(&[(exam, "ujian_akhir")], &[]);
    let found = judge(&indicator, &rows, &days, &march());
    let words = |unit, on| {
        let row = at(&found, unit, on);
        (row.value, row.flag, row.rule, row.note.clone().unwrap_or_default())
    };
    assert_eq!(words("s09", exam), (Some(150.0), None, None, "ujian".to_owned()));
    assert_eq!(words("s01", flood), (Some(290.0), None, None, "banjir".to_owned()));
    assert_eq!(words("s02", part).3, "belum lengkap");
    assert_eq!(at(&found, "s03", part).rule, Some(true));
}

#[test]
fn the_literal_rule_of_ten_absent_stands_beside_the_statistics() {
    let indicator = indicator(&format!(
        "{ATTENDANCE}rule: {{sql: \"nilai >= 10\", title: Sepuluh murid, title_en: Ten pupils, severity: info, alerts: false}}\n"
    ));
    let mut rows = schools();
    change(&mut rows, "s03", day(2026, 3, 18), |row| row.value = Some(9.0));
    change(&mut rows, "s04", day(2026, 3, 18), |row| row.value = None);
    let found = judge(&indicator, &rows, &Days::default(), &march());
    let nine = at(&found, "s03", day(2026, 3, 18));
    assert_eq!((nine.rule, nine.severity.as_deref()), (Some(false), None));
    assert_eq!(
        at(&found, "s04", day(2026, 3, 18)).rule,
        Some(false),
        "what is not known does not hold"
    );
    let usual = at(&found, "s05", day(2026, 3, 18));
    assert_eq!(
        (usual.rule, usual.flag, usual.severity.as_deref()),
        (Some(true), Some(false), Some("info"))
    );
}

#[test]
fn a_rule_alone_has_no_statistics() {
    let indicator = indicator(
        "grain: hari\ncalendar: setiap_hari\ndirection: naik\ndetector: {method: rule}\n\
         rule: {sql: \"nilai >= 10 AND keterangan IS NULL\", title: a, title_en: b, severity: tinggi, alerts: false}\n",
    );
    let found = judge(
        &indicator,
        &[row("a", day(2026, 3, 1), 12.0)],
        &Days::default(),
        &march(),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].flag, found[0].rule, found[0].note.as_deref()),
        (None, Some(true), None)
    );
    assert_eq!(found[0].severity.as_deref(), Some("tinggi"));
}

/// At every method of counts, silence followed by 25 cases alarms, and silence does not.
#[test]
fn an_all_zero_past_then_25_alarms() {
    for method in [
        "auto",
        "nb-predictive",
        "farrington-flexible",
        "farrington",
        "ears-c1",
        "ears-c2",
        "ears-c3",
        "ewma",
        "switch",
        "adaptive-regression",
        "cusum, training: 20",
        "outbreak-p",
        "stl",
        "laney-p",
        "cusum-binomial",
        "gamma-poisson, min_baseline: 10",
    ] {
        for history in [20, 180, 320] {
            let indicator = indicator(&format!(
                "grain: minggu\ndirection: naik\ndetector: {{method: {method}}}\n"
            ));
            let weeks = saturdays(day(2020, 1, 5), history + 1);
            let mut rows: Vec<Row> = weeks.iter().map(|day| row("a", *day, 0.0)).collect();
            rows.last_mut().unwrap().value = Some(25.0);
            let last = *weeks.last().unwrap();
            let found = judge(&indicator, &rows, &Days::default(), &indicator.chunk_of(last));
            let flagged: Vec<_> = found
                .iter()
                .filter(|row| row.flag == Some(true))
                .map(|row| row.day)
                .collect();
            assert_eq!(flagged, [last], "{method} after {history} weeks: {:?}", found.last());
        }
    }
}

#[test]
fn a_short_history_has_no_verdict_and_says_so() {
    let indicator =
        indicator("grain: hari\ncalendar: setiap_hari\ndirection: naik\ndetector: {method: ears-c2, baseline: 28}\n");
    let days: Vec<_> = day(2026, 3, 1).iter_days().take(20).collect();
    let rows: Vec<Row> = days.iter().map(|day| row("a", *day, 4.0)).collect();
    let found = judge(&indicator, &rows, &Days::default(), &march());
    assert!(
        found
            .iter()
            .all(|row| row.flag.is_none() && row.note.as_deref() == Some("riwayat pendek"))
    );
}

#[test]
fn values_that_cannot_be_are_not_judged() {
    let indicator = indicator(ATTENDANCE);
    let mut rows = schools();
    let on = day(2026, 3, 18);
    change(&mut rows, "s01", on, |row| row.value = Some(301.0));
    change(&mut rows, "s02", on, |row| row.population = None);
    change(&mut rows, "s03", on, |row| row.value = Some(-1.0));
    let found = judge(&indicator, &rows, &Days::default(), &march());
    let note = |unit| at(&found, unit, on).note.clone().unwrap();
    assert_eq!(note("s01"), "nilai melebihi penyebut");
    assert_eq!(note("s02"), "penyebut kosong");
    assert_eq!(note("s03"), "nilai negatif");
}

#[test]
fn satisfaction_by_month_alarms_up_and_down() {
    let indicator =
        indicator("grain: bulan\ndirection: dua_arah\ndetector: {method: laney-p, baseline: 12}\nfloor: {excess: 5}\n");
    let months: Vec<_> = (0..30)
        .map(|m| {
            let first = day(2024 + m / 12, (m % 12) as u32 + 1, 1);
            first + chrono::Months::new(1) - chrono::TimeDelta::days(1)
        })
        .collect();
    let mut rows: Vec<Row> = months
        .iter()
        .enumerate()
        .map(|(at, day)| Row {
            population: Some(200.0),
            ..row("mpp", *day, 160.0 + 2.0 * wave(0, at))
        })
        .collect();
    rows.last_mut().unwrap().value = Some(110.0);
    let found = judge(
        &indicator,
        &rows,
        &Days::default(),
        &(day(2026, 1, 1)..=day(2026, 12, 31)),
    );
    let flags: Vec<_> = found.iter().map(|row| row.flag).collect();
    assert_eq!(flags[..5], [Some(false); 5]);
    assert_eq!(flags[5], Some(true));
    let june = &found[5];
    assert!(
        june.score.unwrap() < -3.0 && june.bound.unwrap() < june.expected.unwrap() && june.bound.unwrap() > 110.0,
        "{june:?}"
    );
    assert_eq!(found[5].step - found[0].step, 5);
}
