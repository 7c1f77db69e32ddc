//! The negative-binomial predictive bound beside `surveillance::bayes`.

use crate::files::{Table, Tally, inputs};
use smartcenter_pipelines::detector::nb_predictive::{NbPredictive, detect};

#[test]
fn equals_the_reference() {
    let mut tally = Tally::default();
    let files = [
        ("salmonella.agona", 1),
        ("k1", 0),
        ("m1", 0),
        ("m3", 0),
        ("n1", 0),
        ("s1", 0),
        ("s3", 0),
    ];
    for (dataset, b) in files {
        let Some(series) = inputs(dataset, 52) else { return };
        let Some(want) = Table::oracle(&format!("{dataset}__bayes_b{b}_w6.csv")) else {
            return;
        };
        let params = NbPredictive {
            b,
            ..NbPredictive::default()
        };
        let got = detect(&series[0].1, &params).unwrap();
        let start = got.iter().position(|v| v.index + 1 == want.index(0, "idx")).unwrap();
        assert_eq!(got.len() - start, want.len());
        for (at, got) in got[start..].iter().enumerate() {
            let what = |column: &'static str| {
                let want = &want;
                move || format!("{} row {} {column}", want.name, at + 2)
            };
            tally.equal(what("idx"), got.index + 1, want.index(at, "idx"));
            tally.number(
                what("upperbound"),
                got.upper.unwrap(),
                want.number(at, "upperbound"),
                1e-6,
            );
            tally.equal(what("alarm"), got.alarm, Some(want.text(at, "alarm") == "1"));
        }
    }
    tally.finish("negative-binomial prediction");
}
