//! EARS beside `surveillance::earsC`.

use crate::files::{Table, Tally, inputs};
use smartcenter_pipelines::detector::ears::{C3Mode, Ears, Rule, rows};

#[test]
fn equals_the_reference() {
    const K: [&str; 6] = ["k1", "m1", "m3", "n1", "s1", "s3"];
    let plain = Ears {
        c3_mode: C3Mode::RCompat,
        ..Ears::default()
    };
    let b14 = |alpha| Ears {
        baseline: 14,
        min_sigma: 0.5,
        alpha,
        ..plain.clone()
    };
    let half = Ears {
        min_sigma: 0.5,
        ..plain.clone()
    };
    let mut files: Vec<(String, String, Rule, Ears)> = Vec::new();
    for dataset in ["salmonella.agona", "campyDE", "ha.sts"].iter().chain(&K) {
        for (tag, rule) in [("C1", Rule::C1), ("C2", Rule::C2), ("C3", Rule::C3)] {
            files.push((dataset.to_string(), format!("ears_{tag}"), rule, plain.clone()));
        }
    }
    let one = |dataset: &str, tag: &str, rule, params| (dataset.to_owned(), tag.to_owned(), rule, params);
    files.push(one(
        "salmonella.agona",
        "ears_C2_b14_min05_a0013",
        Rule::C2,
        b14(Some(0.00135)),
    ));
    files.push(one("salmonella.agona", "ears_C3_b14_min05", Rule::C3, b14(None)));
    files.push(one("salmNewport", "ears_C1", Rule::C1, plain.clone()));
    files.push(one("salmNewport", "ears_C2_min05", Rule::C2, half));
    files.push(one("measlesDE", "ears_C2", Rule::C2, plain.clone()));
    let mut tally = Tally::default();
    for (dataset, tag, rule, params) in &files {
        let Some(series) = inputs(dataset, 52) else { return };
        let Some(want) = Table::oracle(&format!("{dataset}__{tag}.csv")) else {
            return;
        };
        let mut at = 0;
        for (name, series) in &series {
            for (t, got) in rows(&series.observed, *rule, params).unwrap() {
                compare(&mut tally, &want, at, name, t, &got, *rule);
                at += 1;
            }
        }
        assert_eq!(at, want.len(), "{dataset} {tag}");
    }
    tally.finish("EARS");
}

fn compare(
    tally: &mut Tally,
    want: &Table,
    at: usize,
    name: &str,
    t: usize,
    got: &smartcenter_pipelines::detector::ears::Row,
    rule: Rule,
) {
    let what = |column: &'static str| move || format!("{} {name} {} {column}", want.name, t + 1);
    assert_eq!(
        (
            want.text(at, "series").replace("-", ".").as_str(),
            want.index(at, "idx")
        ),
        (name, t + 1)
    );
    tally.number(what("expected"), got.mean, want.number(at, "expected"), 1e-6);
    tally.number(what("sigma"), got.sigma, want.number(at, "sigma"), 1e-6);
    let statistic = if got.sigma == 0.0 && !want.number(at, "statistic").is_infinite() {
        f64::NAN
    } else {
        got.statistic
    };
    tally.number(what("statistic"), statistic, want.number(at, "statistic"), 1e-6);
    tally.number(what("upperbound"), got.upper, want.number(at, "upperbound"), 1e-6);
    let alarm = want.number(at, "alarm");
    tally.equal(what("alarm"), got.alarm, (!alarm.is_nan()).then_some(alarm == 1.0));
    if rule == Rule::C3 {
        tally.number(what("c3_lag_sum"), got.lag_sum, want.number(at, "c3_lag_sum"), 1e-6);
        tally.number(
            what("c3_published_stat"),
            got.published,
            want.number(at, "c3_published_stat"),
            1e-6,
        );
    }
}
