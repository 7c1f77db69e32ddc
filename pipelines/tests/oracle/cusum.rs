//! CUSUM and outbreakP beside `surveillance`.

use crate::files::{Table, Tally, inputs};
use smartcenter_pipelines::detector::cusum::{self, Cusum};
use smartcenter_pipelines::detector::outbreak_p::{self, OutbreakP};

#[test]
fn cusum_equals_the_reference() {
    let Some(series) = inputs("salmonella.agona", 52) else {
        return;
    };
    let want = Table::oracle("salmonella.agona__cusum_rossi.csv").unwrap();
    let got = cusum::detect(&series[0].1, &Cusum::default()).unwrap();
    assert_eq!((got.len(), got[0].index + 1), (want.len(), want.index(0, "idx")));
    let mut tally = Tally::default();
    for (row, got) in got.iter().enumerate() {
        tally.number(
            || format!("{row} upperbound"),
            got.upper.unwrap(),
            want.number(row, "upperbound"),
            1e-6,
        );
        tally.number(
            || format!("{row} cusum"),
            got.score.unwrap(),
            want.number(row, "cusum"),
            1e-6,
        );
        tally.equal(
            || format!("{row} alarm"),
            got.alarm,
            Some(want.text(row, "alarm") == "1"),
        );
    }
    tally.finish("CUSUM");
}

#[test]
fn outbreak_p_equals_the_reference() {
    let Some(series) = inputs("salmonella.agona", 52) else {
        return;
    };
    let want = Table::oracle("salmonella.agona__outbreakP_value.csv").unwrap();
    let got = outbreak_p::detect(&series[0].1, &OutbreakP::default()).unwrap();
    let mut tally = Tally::default();
    for (row, got) in got.iter().take(want.len()).enumerate() {
        tally.equal(|| format!("{row} idx"), got.index + 1, want.index(row, "idx"));
        // The reference keeps its ratio in this column.
        tally.number(
            || format!("{row} ratio"),
            got.score.unwrap(),
            want.number(row, "upperbound"),
            1e-6,
        );
        tally.equal(
            || format!("{row} alarm"),
            got.alarm,
            Some(want.text(row, "alarm") == "1"),
        );
    }
    tally.finish("outbreakP");
}
