//! What a chunk costs. Run with `--ignored --nocapture` for the figures.

use super::super::Days;
use super::fixture::*;
use std::time::Instant;

#[test]
#[ignore = "figures, not a check"]
fn a_month_of_all_schools() {
    let days = weekdays(day(2025, 10, 2), day(2026, 3, 31));
    let mut rows = Vec::new();
    for unit in 0..1200 {
        let at = (
            -8.3 + 0.4 * ((unit * 37) % 100) as f64 / 100.0,
            111.5 + 0.4 * ((unit * 61) % 97) as f64 / 97.0,
        );
        rows.extend(days.iter().enumerate().map(|(session, day)| Row {
            at: Some(at),
            group: Some(if unit % 3 == 0 { "SMP" } else { "SD" }.to_owned()),
            ..row(&format!("2053{unit:04}"), *day, (4.0 + wave(unit, session)).max(0.0))
        }));
    }
    let batches = [batch(&rows)];
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    for method in [
        "rule",
        "attendance",
        "ears-c2",
        "switch",
        "ewma",
        "nb-predictive",
        "scan-stp",
    ] {
        let keys = format!(
            "grain: hari\ncalendar: hari_sekolah\ndirection: naik\ndetector: {{method: {method}}}\n\
             rule: {{sql: \"nilai >= 10\", title: a, title_en: b, severity: info, alerts: false}}\n"
        );
        let indicator = indicator(&keys);
        let start = Instant::now();
        let table = indicator.judge(&batches, &Days::default(), &march).unwrap();
        println!("{method}: {} rows in {:?}", table.num_rows(), start.elapsed());
    }
    let weeks = saturdays(day(2020, 3, 1), 315);
    let mut rows = Vec::new();
    for unit in 0..528 {
        rows.extend(
            weeks
                .iter()
                .enumerate()
                .map(|(at, day)| row(&format!("u{unit}"), *day, 5.0 + wave(unit, at))),
        );
    }
    let batches = [batch(&rows)];
    for method in ["auto", "farrington-flexible", "mann-kendall"] {
        let indicator = indicator(&format!(
            "grain: minggu\ndirection: naik\ndetector: {{method: {method}}}\n"
        ));
        let chunk = indicator.chunk_of(*weeks.last().unwrap());
        let start = Instant::now();
        let table = indicator.judge(&batches, &Days::default(), &chunk).unwrap();
        println!("{method}: {} rows in {:?}", table.num_rows(), start.elapsed());
    }
}
