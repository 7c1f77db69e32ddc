//! The scan for clusters.

use super::super::Days;
use super::fixture::*;

/// Schools on a grid of about a kilometre, two ill pupils a day in each, now and then three.
fn grid() -> Vec<Row> {
    let days = weekdays(day(2025, 11, 1), day(2026, 3, 31));
    let mut rows = Vec::new();
    for school in 0..25 {
        let at = (
            -8.0 + 0.009 * f64::from(school / 5),
            111.7 + 0.009 * f64::from(school % 5),
        );
        for (session, day) in days.iter().enumerate() {
            rows.push(Row {
                at: Some(at),
                ..row(
                    &format!("s{school:02}"),
                    *day,
                    (2.0 + 0.5 * wave(school as usize, session)).round(),
                )
            });
        }
    }
    rows
}

const SCAN: &str = "grain: hari\ncalendar: hari_sekolah\ndirection: naik\n\
                    detector: {method: scan-stp, max_radius: 5, days: 40, replications: 499, alpha: 0.01}\n";

#[test]
fn neighbours_that_rise_together_are_flagged_each() {
    let indicator = indicator(&format!(
        "{SCAN}floor: {{excess: 10, value: 1}}\nseverity: {{tinggi: {{excess: 20}}}}\n"
    ));
    let mut rows = grid();
    // A school and the four next to it, which are a circle.
    let risen = ["s07", "s11", "s12", "s13", "s17"];
    for row in &mut rows {
        if risen.contains(&row.unit.as_str()) && (day(2026, 3, 16)..=day(2026, 3, 18)).contains(&row.day) {
            row.value = row.value.map(|value| value + 4.0);
        }
    }
    // One of them has no new case on the last day.
    for row in &mut rows {
        if row.unit == "s17" && row.day == day(2026, 3, 18) {
            row.value = Some(0.0);
        }
    }
    // A school without position, and one that is mostly silent.
    rows.iter_mut()
        .filter(|row| row.unit == "s24")
        .for_each(|row| row.at = None);
    rows.retain(|row| row.unit != "s23" || row.day.format("%d").to_string() == "18");
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    let found = judge(&indicator, &rows, &Days::default(), &march);
    let members: Vec<&str> = found
        .iter()
        .filter(|row| row.day == day(2026, 3, 18) && row.flag == Some(true))
        .map(|row| row.unit.as_str())
        .collect();
    assert_eq!(members, risen[..4]);
    assert_eq!(at(&found, "s17", day(2026, 3, 18)).flag, Some(false));
    let one = at(&found, "s12", day(2026, 3, 18));
    assert!(one.p.unwrap() <= 0.01 && one.score.unwrap() > 6.0);
    assert_eq!(one.severity.as_deref(), Some("tinggi"));
    assert!(
        one.note
            .as_deref()
            .unwrap()
            .starts_with("klaster 5 unit sejak 16 Maret 2026: "),
        "{one:?}"
    );
    assert!(
        found
            .iter()
            .filter(|row| row.day < day(2026, 3, 16))
            .all(|row| row.flag != Some(true))
    );
    assert_eq!(
        at(&found, "s24", day(2026, 3, 18)).note.as_deref(),
        Some("tanpa koordinat")
    );
    assert_eq!(
        at(&found, "s23", day(2026, 3, 18)).note.as_deref(),
        Some("laporan kurang lengkap")
    );
    assert_eq!(at(&found, "s00", day(2026, 3, 10)).flag, Some(false));
}

#[test]
fn neither_silence_nor_its_end_is_a_cluster() {
    let indicator = indicator(SCAN);
    let mut rows = grid();
    // Four neighbours without reports for a while, and with them again.
    let silent = ["s06", "s07", "s11", "s12"];
    rows.retain(|row| !silent.contains(&row.unit.as_str()) || !(day(2026, 3, 3)..=day(2026, 3, 9)).contains(&row.day));
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    let found = judge(&indicator, &rows, &Days::default(), &march);
    assert!(found.iter().all(|row| row.flag != Some(true)));
    assert_eq!(
        at(&found, "s06", day(2026, 3, 5)).note.as_deref(),
        Some("laporan belum masuk")
    );
    assert_eq!(at(&found, "s06", day(2026, 3, 12)).flag, Some(false));
}

#[test]
fn groups_are_scanned_apart() {
    let indicator = indicator(SCAN);
    let mut rows = grid();
    rows.iter_mut().for_each(|row| row.group = Some("SD".to_owned()));
    let mut others = rows.clone();
    others.iter_mut().for_each(|row| {
        row.group = Some("SMP".to_owned());
        row.unit = row.unit.replace('s', "t");
        if row.unit == "t12" && row.day == day(2026, 3, 18) {
            row.value = Some(40.0);
        }
    });
    rows.extend(others);
    let march = day(2026, 3, 1)..=day(2026, 3, 31);
    let found = judge(&indicator, &rows, &Days::default(), &march);
    let flagged: Vec<&str> = found
        .iter()
        .filter(|row| row.flag == Some(true) && row.day == day(2026, 3, 18))
        .map(|row| row.unit.as_str())
        .collect();
    assert!(
        flagged.contains(&"t12") && flagged.iter().all(|unit| unit.starts_with('t')),
        "{flagged:?}"
    );
}
