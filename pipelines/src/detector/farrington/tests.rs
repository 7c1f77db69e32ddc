#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn flat(n: usize, value: f64) -> Series {
    Series::new(vec![value; n], 52)
}

/// R's regression gives no verdict here; 25 cases after years without any must alarm.
#[test]
fn cases_after_an_all_zero_past_alarm() {
    let mut series = flat(300, 0.0);
    series.observed[299] = 25.0;
    for se_mode in [SeMode::Proper, SeMode::RCompat] {
        let params = Flexible {
            se_mode,
            ..Flexible::default()
        };
        let verdicts = flexible::detect(&series, None, &params).unwrap();
        assert_eq!(verdicts.last().unwrap().alarm, Some(true));
        assert!(verdicts.iter().rev().skip(1).all(|v| v.alarm == Some(false)));
    }
    let verdicts = classic::detect(&series, None, &Classic::default()).unwrap();
    assert_eq!(verdicts.last().unwrap().alarm, Some(true));
    // Four cases are below the rule of five in four weeks.
    series.observed[299] = 4.0;
    let verdicts = flexible::detect(&series, None, &Flexible::default()).unwrap();
    assert_eq!(verdicts.last().unwrap().alarm, Some(false));
}

#[test]
fn a_constant_series_has_the_poisson_bound() {
    let rows = flexible::rows(&flat(290, 6.0), None, &Flexible::default()).unwrap();
    let row = rows.last().unwrap().1.unwrap();
    assert!((row.expected - 6.0).abs() < 1e-9 && row.phi == 1.0);
    assert_eq!(row.upper, super::super::special::poisson_quantile(0.99, 6.0));
}

/// A missing report is neither zero nor judged, and its neighbours are judged without it.
#[test]
fn missing_reports_are_left_out() {
    let mut series = flat(290, 6.0);
    series.observed[100] = f64::NAN;
    series.observed[289] = f64::NAN;
    let rows = flexible::rows(&series, None, &Flexible::default()).unwrap();
    let row = rows.last().unwrap().1.unwrap();
    assert_eq!(row.alarm, None);
    assert!((row.expected - 6.0).abs() < 1e-9);
}

#[test]
fn a_range_without_history_is_refused_with_the_remedy() {
    let error = flexible::rows(&flat(290, 6.0), Some(100..101), &Flexible::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "observation 101 has no reference 5 years back: start the range later or give a smaller b"
    );
}

#[test]
fn population_is_an_offset() {
    let counts: Vec<f64> = (0..290).map(|t| if t < 200 { 10.0 } else { 20.0 }).collect();
    let mut series = Series::new(counts, 52);
    series.population = Some((0..290).map(|t| if t < 200 { 1000.0 } else { 2000.0 }).collect());
    let params = Flexible {
        population_offset: true,
        ..Flexible::default()
    };
    let rows = flexible::rows(&series, Some(289..290), &params).unwrap();
    assert!((rows[0].1.unwrap().expected - 20.0).abs() < 1e-6);
}
