//! Farrington, flexible and original, beside `surveillance`.

use crate::files::{Table, Tally, inputs};
use smartcenter_pipelines::detector::Series;
use smartcenter_pipelines::detector::farrington::{
    Classic, Flexible, PowerTrans, Row, SeMode, ThresholdMethod, classic, flexible,
};

/// The package's defaults.
pub fn r_default(b: usize) -> Flexible {
    Flexible {
        b,
        w: 3,
        no_periods: 1,
        past_weeks_not_included: None,
        reweight: true,
        weights_threshold: 2.58,
        alpha: 0.05,
        trend: true,
        p_threshold_trend: 0.05,
        threshold_method: ThresholdMethod::Delta,
        power_trans: PowerTrans::TwoThirds,
        limit54: (5, 4),
        population_offset: false,
        se_mode: SeMode::RCompat,
    }
}

/// Noufaily's setting.
pub fn noufaily(b: usize) -> Flexible {
    Flexible {
        no_periods: 10,
        past_weeks_not_included: Some(26),
        p_threshold_trend: 1.0,
        threshold_method: ThresholdMethod::NbPlugin,
        ..r_default(b)
    }
}

#[test]
fn flexible_equals_the_reference() {
    let muan = ThresholdMethod::Muan;
    let mut files: Vec<(&str, &str, usize, Flexible)> = vec![
        ("salmonella.agona", "ff_default_b5", 52, r_default(5)),
        ("salmonella.agona", "ff_noufaily_b3_nbPlugin", 52, noufaily(3)),
        (
            "salmonella.agona",
            "ff_noufaily_b3_muan",
            52,
            Flexible {
                threshold_method: muan,
                ..noufaily(3)
            },
        ),
        (
            "salmonella.agona",
            "ff_noufaily_b3_delta",
            52,
            Flexible {
                threshold_method: ThresholdMethod::Delta,
                ..noufaily(3)
            },
        ),
        (
            "salmonella.agona",
            "ff_notrend_noreweight_b3",
            52,
            Flexible {
                trend: false,
                reweight: false,
                ..r_default(3)
            },
        ),
        (
            "salmonella.agona",
            "ff_trend_noreweight_b3",
            52,
            Flexible {
                reweight: false,
                no_periods: 10,
                past_weeks_not_included: Some(26),
                ..r_default(3)
            },
        ),
        ("campyDE", "ff_default_b5", 52, r_default(5)),
        ("campyDE", "ff_noufaily_b5", 52, noufaily(5)),
        (
            "campyDE",
            "ff_noufaily_b5_muan_a001",
            52,
            Flexible {
                threshold_method: muan,
                alpha: 0.01,
                ..noufaily(5)
            },
        ),
        ("salmNewport", "ff_default_b5", 52, r_default(5)),
        ("salmNewport", "ff_noufaily_b5", 52, noufaily(5)),
        ("ha.sts", "ff_noufaily_b3", 52, noufaily(3)),
        (
            "ha.sts",
            "ff_noufaily_b3_limit0",
            52,
            Flexible {
                limit54: (0, 4),
                ..noufaily(3)
            },
        ),
        ("rotaBB", "ff_monthly_b5_w1", 12, Flexible { w: 1, ..r_default(5) }),
    ];
    for dataset in ["k1", "m1", "m3", "n1", "s1", "s3"] {
        files.push((dataset, "ff_default_b3", 52, r_default(3)));
        files.push((dataset, "ff_noufaily_b3", 52, noufaily(3)));
    }
    let mut tally = Tally::default();
    let mut no_verdict = 0;
    for (dataset, tag, freq, params) in &files {
        let Some(series) = inputs(dataset, *freq) else { return };
        let Some(want) = Table::oracle(&format!("{dataset}__{tag}.csv")) else {
            return;
        };
        let mut at = 0;
        for (name, series) in &series {
            let first = want.index(at, "idx") - 1;
            for (t, row) in flexible::rows(series, Some(first..series.len()), params).unwrap() {
                assert_eq!(
                    (want.text(at, "series").replace('-', "."), want.index(at, "idx")),
                    (name.clone(), t + 1)
                );
                if want.text(at, "score").is_empty() && want.number(at, "expected") == 0.0 {
                    no_verdict += 1;
                } else {
                    compare(&mut tally, &want, at, &row.unwrap());
                }
                at += 1;
            }
        }
        assert_eq!(at, want.len(), "{dataset} {tag}");
    }
    println!("{no_verdict} rows without a verdict of the reference");
    tally.finish("Farrington Flexible");
}

fn compare(tally: &mut Tally, want: &Table, at: usize, got: &Row) {
    let what = |column: &'static str| move || format!("{} row {} {column}", want.name, at + 2);
    // The reference hides bounds where five-in-four fails.
    let shown = |x: f64| if got.enough { x } else { f64::NAN };
    tally.number(what("expected"), shown(got.expected), want.number(at, "expected"), 1e-6);
    tally.number(
        what("upperbound"),
        shown(got.upper),
        want.number(at, "upperbound"),
        1e-6,
    );
    tally.equal(what("alarm"), got.alarm, Some(want.text(at, "alarm") == "1"));
    tally.number(what("score"), got.score, want.number(at, "score"), 1e-6);
    tally.number(what("pvalue"), got.p, want.number(at, "pvalue"), 1e-6);
    // On windows without any variation these are rounding noise of the reference.
    let trend = if want.has("trend_coef") {
        want.number(at, "trend_coef")
    } else {
        f64::NAN
    };
    if got.expected > 1e-9 && (trend.is_nan() || trend.abs() >= 1e-12) {
        tally.number(what("phi"), got.phi, want.number(at, "phi"), 1e-6);
        if want.has("trend_coef") {
            tally.number(what("trend_coef"), got.trend.unwrap_or(f64::NAN), trend, 1e-6);
        }
        tally.equal(
            what("trend_used"),
            got.trend.is_some(),
            want.text(at, "trend_used") == "1",
        );
    }
}

#[test]
fn classic_equals_the_reference() {
    let b = |b: usize| Classic {
        b,
        ..Classic::default()
    };
    let mut files = vec![
        ("salmonella.agona", "farrington_b5", 52, b(5)),
        (
            "salmonella.agona",
            "farrington_b3_a001",
            52,
            Classic { alpha: 0.01, ..b(3) },
        ),
        ("campyDE", "farrington_b5", 52, b(5)),
        ("measlesDE", "farrington_b2", 52, b(2)),
        ("rotaBB", "farrington_monthly_b5_w1", 12, Classic { w: 1, ..b(5) }),
    ];
    files.extend(["k1", "m1", "m3", "n1", "s1", "s3"].map(|dataset| (dataset, "farrington_b3", 52, b(3))));
    let mut tally = Tally::default();
    for (dataset, tag, freq, params) in &files {
        let Some(series) = inputs(dataset, *freq) else { return };
        let Some(want) = Table::oracle(&format!("{dataset}__{tag}.csv")) else {
            return;
        };
        let mut at = 0;
        for (name, series) in &series {
            let first = want.index(at, "idx") - 1;
            for (t, row) in classic::rows(series, Some(first..series.len()), params).unwrap() {
                let got = row.unwrap();
                assert_eq!(
                    (want.text(at, "series").replace('-', "."), want.index(at, "idx")),
                    (name.clone(), t + 1)
                );
                let what = |column: &'static str| {
                    let want = &want;
                    move || format!("{} row {} {column}", want.name, at + 2)
                };
                tally.number(what("expected"), got.expected, want.number(at, "expected"), 1e-6);
                let upper = if got.enough { got.upper } else { 0.0 };
                tally.number(what("upperbound"), upper, want.number(at, "upperbound"), 1e-6);
                tally.equal(what("alarm"), got.alarm, Some(want.text(at, "alarm") == "1"));
                tally.number(
                    what("quantile"),
                    1.0 - got.p,
                    want.number(at, "quantile_lower_tail"),
                    1e-6,
                );
                tally.equal(what("trend"), got.trend.is_some(), want.text(at, "trend_used") == "1");
                at += 1;
            }
        }
        assert_eq!(at, want.len(), "{dataset} {tag}");
    }
    tally.finish("Farrington 1996");
}

/// 168 simulated series over 49 weeks.
#[test]
fn flexible_equals_the_reference_on_simulated_series() {
    let Some(input) = Table::oracle("sim168__input.csv.gz") else {
        return;
    };
    let mut series: Vec<Vec<f64>> = Vec::new();
    for row in 0..input.len() {
        let at = input.index(row, "series");
        series.resize(series.len().max(at), Vec::new());
        series[at - 1].push(input.number(row, "observed"));
    }
    let mut tally = Tally::default();
    let mut no_verdict = 0;
    for (tag, params) in [
        (
            "ff_default_delta",
            Flexible {
                alpha: 0.01,
                ..r_default(5)
            },
        ),
        (
            "ff_nouf_nb",
            Flexible {
                alpha: 0.01,
                ..noufaily(5)
            },
        ),
    ] {
        let Some(want) = Table::oracle(&format!("sim168__{tag}.csv")) else {
            return;
        };
        let mut at = 0;
        for series in &series {
            let series = Series::new(series.clone(), 52);
            for (t, row) in flexible::rows(&series, Some(575..624), &params).unwrap() {
                assert_eq!(want.index(at, "idx"), t + 1);
                if want.text(at, "score").is_empty() && want.number(at, "expected") == 0.0 {
                    no_verdict += 1;
                } else {
                    compare(&mut tally, &want, at, &row.unwrap());
                }
                at += 1;
            }
        }
        assert_eq!(at, want.len(), "{tag}");
    }
    println!("{no_verdict} rows without a verdict of the reference");
    tally.finish("Farrington Flexible, simulated series");
}
