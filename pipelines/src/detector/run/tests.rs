#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn counts() -> Series {
    Series::new((0..320).map(|t| f64::from((t * 7) % 5)).collect(), 52)
}

#[test]
fn parameters_and_range_are_read() {
    let pairs = [
        ("b", "3"),
        ("alpha", "0.05"),
        ("range", "300:310"),
        ("limit54", "0,4"),
        ("threshold_method", "delta"),
    ];
    let verdicts = run("farrington-flexible", &counts(), &pairs).unwrap();
    assert_eq!((verdicts.len(), verdicts[0].index), (11, 299));
    assert_eq!(run("ears-c2", &counts(), &[("range", "last")]).unwrap().len(), 1);
}

#[test]
fn faults_name_the_remedy() {
    let said = |name: &str, pairs: &[(&str, &str)]| run(name, &counts(), pairs).unwrap_err().to_string();
    assert!(said("ears", &[]).starts_with("there is no detector ears: choose from auto ears-c1"));
    assert_eq!(
        said("ears-c1", &[("b", "5")]),
        "ears-c1 has no parameter b: choose from freq=52 range=auto baseline=7 alpha=auto min_sigma=0 c3_mode=published"
    );
    assert_eq!(
        said("ears-c3", &[("c3_mode", "cdc")]),
        "parameter c3_mode: \"cdc\" is not published or r_compat"
    );
    assert!(said("farrington", &[("range", "0:5")]).contains("is not within 1:320"));
    assert!(said("stl", &[("range", "last")]).contains("as a whole"));
    assert!(said("laney-p", &[]).contains("add a column population"));
    assert!(said("switch", &[]).contains("give dates"));
}

/// Every method runs on its defaults and says something.
#[test]
fn every_method_runs() {
    let mut series = counts();
    series.population = Some(vec![100.0; 320]);
    let start = chrono::NaiveDate::from_ymd_opt(2020, 1, 6).unwrap();
    for method in METHODS {
        series.dates = None;
        let mut pairs = vec![];
        if matches!(method.name, "adaptive-regression" | "switch") {
            series.dates = Some(start.iter_days().take(320).collect());
        }
        if method.name == "mstl" {
            pairs.push(("periods", "7,50"));
        }
        let verdicts = run(method.name, &series, &pairs).unwrap();
        assert!(verdicts.iter().any(|v| v.alarm.is_some()), "{}", method.name);
    }
}
