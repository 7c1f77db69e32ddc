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

/// What one series leaves in a workspace must not reach the next, whatever its length, gaps, dates and settings.
#[test]
fn a_used_workspace_gives_the_answers_of_a_new_one() {
    let wave = |n: usize, scale: f64, freq: usize| {
        let count = |t: usize| (scale * (2.0 + (t as f64 / 9.0).sin()) + (t * 7919 % 5) as f64).floor();
        Series::new((0..n).map(count).collect(), freq)
    };
    let mut gap = wave(300, 3.0, 52);
    gap.observed[120] = f64::NAN;
    let mut dated = wave(310, 5.0, 52);
    let monday = chrono::NaiveDate::from_ymd_opt(2018, 1, 1).unwrap();
    dated.dates = Some((0..310).map(|week| monday + chrono::Days::new(7 * week)).collect());
    let mut monthly = wave(80, 40.0, 12);
    monthly.population = Some((0..80).map(|month| 900.0 + f64::from(month)).collect());
    let all = [
        wave(280, 4.0, 52),
        gap,
        wave(290, 0.3, 52),
        dated,
        monthly,
        wave(300, 30.0, 52),
    ];
    let narrow = Flexible {
        b: 4,
        w: 1,
        no_periods: 1,
        threshold_method: ThresholdMethod::Delta,
        ..Flexible::default()
    };
    let mut workspace = flexible::Workspace::default();
    for _ in 0..2 {
        for (position, series) in all.iter().enumerate() {
            for params in [
                Flexible {
                    w: 1,
                    ..Flexible::default()
                },
                narrow.clone(),
            ] {
                let params = Flexible {
                    population_offset: series.population.is_some(),
                    past_weeks_not_included: Some(series.freq / 2),
                    ..params
                };
                let range = Some(series.len() - 8..series.len());
                let used = flexible::rows_in(&mut workspace, series, range.clone(), &params);
                let new = flexible::rows(series, range, &params);
                assert_eq!(format!("{used:?}"), format!("{new:?}"), "{position}");
                assert!(used.is_ok(), "{used:?}");
            }
        }
    }
}
