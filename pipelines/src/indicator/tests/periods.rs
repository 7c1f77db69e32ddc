//! Weeks, months, chunks.

use super::super::Days;
use super::fixture::*;
use chrono::{Datelike, TimeDelta, Weekday};

fn of(grain: &str) -> super::super::Indicator {
    let calendar = if grain == "hari" { "calendar: setiap_hari\n" } else { "" };
    indicator(&format!(
        "grain: {grain}\n{calendar}direction: naik\ndetector: {{method: ears-c2}}\n"
    ))
}

#[test]
fn chunks_meet_without_gaps() {
    for grain in ["hari", "minggu", "bulan"] {
        let indicator = of(grain);
        let mut chunk = indicator.chunk_of(day(2024, 2, 10));
        for _ in 0..20 {
            assert!(chunk.start() <= chunk.end());
            for inside in chunk.start().iter_days().take_while(|day| day <= chunk.end()) {
                assert_eq!(indicator.chunk_of(inside), chunk, "{grain} {inside}");
            }
            let next = indicator.chunk_of(*chunk.end() + TimeDelta::days(1));
            assert_eq!(*next.start(), *chunk.end() + TimeDelta::days(1));
            chunk = next;
        }
    }
    let weeks = of("minggu").chunk_of(day(2026, 1, 20));
    assert_eq!(
        (weeks.start().weekday(), weeks.end().weekday()),
        (Weekday::Sun, Weekday::Sat)
    );
    assert_eq!(weeks, day(2025, 12, 28)..=day(2026, 3, 28));
    assert_eq!(
        of("bulan").chunk_of(day(2026, 5, 3)),
        day(2026, 1, 1)..=day(2026, 12, 31)
    );
    assert_eq!(
        of("hari").past_of(&(day(2026, 3, 1)..=day(2026, 3, 31))),
        day(2025, 10, 2)
    );
}

#[test]
fn a_week_is_written_by_its_saturday() {
    let indicator = of("minggu");
    let chunk = indicator.chunk_of(day(2026, 1, 20));
    let error = indicator
        .judge(&[batch(&[row("a", day(2026, 1, 20), 1.0)])], &Days::default(), &chunk)
        .unwrap_err();
    assert_eq!(
        error.message(),
        "unit a has a row of 2026-01-20, which does not end a week (Sat day): write 2026-01-24"
    );
    let twice = [row("a", day(2026, 1, 24), 1.0), row("a", day(2026, 1, 24), 2.0)];
    let error = indicator.judge(&[batch(&twice)], &Days::default(), &chunk).unwrap_err();
    assert!(
        error.message().contains("two rows of unit a on 2026-01-24"),
        "{}",
        error.message()
    );
}

#[test]
fn missing_weeks_are_points_and_units_end_together() {
    let indicator = of("minggu");
    let weeks = saturdays(day(2026, 1, 4), 8);
    let mut rows: Vec<Row> = weeks.iter().map(|day| row("a", *day, 3.0)).collect();
    rows.extend([row("b", weeks[2], 1.0), row("b", weeks[4], 1.0)]);
    let found = judge(&indicator, &rows, &Days::default(), &indicator.chunk_of(weeks[0]));
    let b: Vec<_> = found
        .iter()
        .filter(|row| row.unit == "b")
        .map(|row| (row.day, row.value))
        .collect();
    let expected = [
        (2, Some(1.0)),
        (3, None),
        (4, Some(1.0)),
        (5, None),
        (6, None),
        (7, None),
    ];
    assert_eq!(b, expected.map(|(week, value)| (weeks[week], value)));
    let steps: Vec<i64> = found.iter().filter(|row| row.unit == "a").map(|row| row.step).collect();
    assert!(steps.windows(2).all(|pair| pair[1] - pair[0] == 1));
}

#[test]
fn a_week_is_masked_by_most_of_its_days() {
    let indicator = indicator("grain: minggu\ndirection: naik\ndetector: {method: ears-c2}\nmasks: [ramadan]\n");
    let weeks = saturdays(day(2026, 2, 1), 4);
    let fast = day(2026, 2, 10)..=day(2026, 2, 16);
    let marks: Vec<_> = fast
        .start()
        .iter_days()
        .take_while(|day| fast.contains(day))
        .map(|day| (day, "ramadan"))
        .collect();
    let rows: Vec<Row> = weeks.iter().map(|day| row("a", *day, 3.0)).collect();
    let found = judge(
        &indicator,
        &rows,
        &Days::marked(&marks, &[]),
        &indicator.chunk_of(weeks[0]),
    );
    let masked: Vec<_> = found
        .iter()
        .filter(|row| row.note.as_deref() == Some("ramadan"))
        .map(|row| row.day)
        .collect();
    // Five days of the week to 14 February, two of the next.
    assert_eq!(masked, [day(2026, 2, 14)]);
}

#[test]
fn no_rows_are_no_points() {
    let indicator = of("hari");
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    assert_eq!(indicator.judge(&[], &Days::default(), &march).unwrap().num_rows(), 0);
    let empty = indicator.judge(&[batch(&[])], &Days::default(), &march).unwrap();
    assert_eq!(empty.num_rows(), 0);
    assert_eq!(empty.schema(), indicator.output_schema(&batch(&[]).schema()).unwrap());
}
