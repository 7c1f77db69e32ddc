//! Mann-Kendall, Theil-Sen, Kendall, STL, MSTL, PELT and false-discovery rates beside Python's packages.

use crate::files::{Table, Tally, shared};
use smartcenter_pipelines::detector::fdr::{benjamini_hochberg, benjamini_yekutieli};
use smartcenter_pipelines::detector::mstl::split;
use smartcenter_pipelines::detector::stl::{Loops, Stl, decompose};
use smartcenter_pipelines::detector::trend::{
    kendall::kendall,
    mann_kendall::{self, Test},
    pelt::{noise, segments},
    theil_sen::{seasonal_slope, slope},
};

fn input(series: &str) -> Vec<f64> {
    let table = Table::oracle(&format!("trend__{series}__input.csv")).unwrap();
    (0..table.len()).map(|row| table.number(row, "y")).collect()
}

#[test]
fn trend_tests_equal_the_reference() {
    let Some(want) = Table::oracle("trend__mann_kendall.csv") else {
        return;
    };
    let mut tally = Tally::default();
    for row in 0..want.len() {
        let (series, method) = (want.text(row, "series"), want.text(row, "method"));
        let y = input(series);
        let x: Vec<f64> = (0..y.len()).map(|t| t as f64).collect();
        // The file of weekly means has lost digits in which two pairs of weeks differ; ties lower the variance by 2.
        let tolerance = if series == "chicago_weekly" { 3e-5 } else { 1e-6 };
        let mut equal = |column: &str, got: f64| {
            tally.number(
                || format!("{series} {method} {column}"),
                got,
                want.number(row, column),
                tolerance,
            );
        };
        let test = match method.split('.').nth(1).unwrap() {
            "original_test" => Test::Original,
            "hamed_rao_modification_test" => Test::HamedRao,
            "yue_wang_modification_test" => Test::YueWang,
            "seasonal_test" => Test::Seasonal,
            "sens_slope" => {
                let line = slope(&x, &y, 0.05);
                equal("slope", line.slope);
                equal("intercept", line.intercept);
                continue;
            }
            "seasonal_sens_slope" => {
                let line = seasonal_slope(&y, 12);
                equal("slope", line.slope);
                equal("intercept", line.intercept);
                continue;
            }
            other if other.starts_with("kendalltau") => {
                let (tau, p) = kendall(&y);
                equal("Tau", tau);
                equal("p", p);
                continue;
            }
            other => {
                assert!(other.starts_with("theilslopes"), "{other}");
                let line = slope(&x, &y, 0.05);
                // The file keeps the interval in these columns.
                equal("z", line.low);
                equal("s", line.high);
                equal("slope", line.slope);
                equal("intercept", line.intercept);
                continue;
            }
        };
        let got = mann_kendall::test(&y, test, 12, 0.05);
        equal("p", got.p);
        equal("z", got.z);
        equal("Tau", got.tau);
        equal("s", got.s);
        equal("var_s", got.variance);
        equal("slope", got.slope);
        equal("intercept", got.intercept);
        let trend = ["decreasing", "no trend", "increasing"][usize::try_from(got.trend + 1).unwrap()];
        tally.equal(|| format!("{series} {method} trend"), trend, want.text(row, "trend"));
    }
    tally.finish("Mann-Kendall, Theil-Sen, Kendall");
}

#[test]
fn stl_equals_the_reference() {
    let Some(folder) = shared("oracle") else { return };
    let mut tally = Tally::default();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((_, tag)) = name.rsplit_once("__").filter(|(_, tag)| tag.contains("stl_p")) else {
            continue;
        };
        files += 1;
        let want = Table::read(&path);
        let period = tag.split('_').nth(1).unwrap()[1..].parse().unwrap();
        let params = Stl {
            robust: tag.contains("robust"),
            loops: if tag.starts_with('R') {
                Loops::R
            } else {
                Loops::Statsmodels
            },
            ..Stl::default()
        };
        let y: Vec<f64> = (0..want.len()).map(|row| want.number(row, "y")).collect();
        let got = decompose(&y, period, &params).unwrap();
        for row in 0..want.len() {
            let what = |column: &'static str| {
                let name = &name;
                move || format!("{name} {row} {column}")
            };
            tally.number(what("trend"), got.trend[row], want.number(row, "trend"), 1e-6);
            tally.number(what("seasonal"), got.seasonal[row], want.number(row, "seasonal"), 1e-6);
            if want.has("weights") {
                tally.number(what("weights"), got.weights[row], want.number(row, "weights"), 1e-6);
            }
        }
    }
    assert_eq!(files, 14);
    tally.finish("STL");
}

#[test]
fn mstl_equals_the_reference() {
    let Some(want) = Table::oracle("trend__chicago_daily_mstl_7_365.csv") else {
        return;
    };
    let y: Vec<f64> = (0..want.len()).map(|row| want.number(row, "y")).collect();
    let got = split(&y, &[(7, 11), (365, 15)], true).unwrap();
    let mut tally = Tally::default();
    for row in 0..want.len() {
        let mut equal = |column: &str, got: f64| {
            tally.number(|| format!("{row} {column}"), got, want.number(row, column), 1e-6);
        };
        equal("trend", got.trend[row]);
        equal("seasonal_7", got.seasonal[0][row]);
        equal("seasonal_365", got.seasonal[1][row]);
    }
    tally.finish("MSTL");
}

#[test]
fn pelt_equals_the_reference() {
    let Some(want) = Table::oracle("trend__pelt_l2.csv") else {
        return;
    };
    let mut tally = Tally::default();
    for row in 0..want.len() {
        let y = input(want.text(row, "series"));
        let scale = noise(&y);
        let scaled: Vec<f64> = y.iter().map(|y| y / scale).collect();
        let got: Vec<String> = segments(&scaled, want.number(row, "pen"), 5)
            .iter()
            .map(usize::to_string)
            .collect();
        tally.equal(
            || format!("row {row}"),
            got.join(" ").as_str(),
            want.text(row, "breakpoints_end_index"),
        );
    }
    tally.finish("PELT");
}

#[test]
fn false_discovery_rates_equal_the_reference() {
    let Some(want) = Table::oracle("multiple__bh_by.csv") else {
        return;
    };
    let p: Vec<f64> = (0..want.len()).map(|row| want.number(row, "p")).collect();
    let (bh, by) = (benjamini_hochberg(&p), benjamini_yekutieli(&p));
    let mut tally = Tally::default();
    for row in 0..want.len() {
        tally.number(|| format!("{row} bh"), bh[row], want.number(row, "bh"), 1e-6);
        tally.number(|| format!("{row} by"), by[row], want.number(row, "by"), 1e-6);
    }
    tally.finish("Benjamini-Hochberg and -Yekutieli");
}
