//! EWMA, adaptive regression and switch beside `Rnssp`.

use crate::files::{Table, Tally, shared};
use chrono::{Datelike, NaiveDate};
use smartcenter_pipelines::detector::adaptive_regression::{self, is_muted};
use smartcenter_pipelines::detector::ewma::{self, Essence, Row};
use smartcenter_pipelines::detector::switch::{self, Source};

#[test]
fn equals_the_reference() {
    let Some(folder) = shared("oracle") else { return };
    let mut tally = Tally::default();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("rnssp__"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 24);
    for path in &files {
        compare(&mut tally, &Table::read(path));
    }
    tally.finish("EWMA, adaptive regression, switch");
}

fn compare(tally: &mut Tally, want: &Table) {
    let counts: Vec<f64> = (0..want.len()).map(|row| want.number(row, "count")).collect();
    let weekday: Vec<u8> = (0..want.len())
        .map(|row| {
            want.text(row, "date")
                .parse::<NaiveDate>()
                .unwrap()
                .weekday()
                .num_days_from_monday() as u8
        })
        .collect();
    let params = Essence::default();
    let method = want.name.split("__").nth(1).unwrap().to_owned();
    let fits = adaptive_regression::rows(&counts, &weekday, &params).unwrap();
    let switched = switch::rows(&counts, &weekday, &params).unwrap();
    let rows: Vec<Option<Row>> = match method.as_str() {
        "ewma" => ewma::rows(&counts, &params).unwrap(),
        "regression" => fits.iter().map(|fit| fit.map(|fit| fit.row)).collect(),
        _ => switched.iter().map(|row| row.map(|(_, row)| row)).collect(),
    };
    let is_constant = counts.iter().all(|&y| y == counts[0]);
    for (t, row) in rows.iter().enumerate() {
        let what = |column: &'static str| {
            let name = &want.name;
            move || format!("{name} {} {column}", t + 1)
        };
        let get = |f: fn(&Row) -> f64| row.as_ref().map_or(f64::NAN, f);
        tally.number(
            what("expected"),
            get(|r| r.expected),
            want.number(t, "baseline_expected"),
            1e-6,
        );
        if is_constant {
            continue;
        }
        tally.number(
            what("statistic"),
            get(|r| r.statistic),
            want.number(t, "test_statistic"),
            1e-6,
        );
        tally.number(what("p"), get(|r| r.p), want.number(t, "p.value"), 1e-6);
        if method == "regression" {
            tally.number(what("sigma"), get(|r| r.sigma), want.number(t, "sigma"), 1e-6);
            let r2 = fits[t].map_or(f64::NAN, |fit| fit.adjusted_r2);
            tally.number(what("r2"), r2, want.number(t, "adjusted_r_squared"), 1e-6);
        }
        let is_regression = match method.as_str() {
            "ewma" => false,
            "regression" => true,
            _ => matches!(switched[t], Some((Source::Regression, _))),
        };
        // The reference colours muted days blue, untested ones included.
        let colour = match row {
            _ if is_regression && is_muted(&counts, &weekday, t) => "blue",
            None => "grey",
            Some(row) if row.p < 0.01 => "red",
            Some(row) if row.p < 0.05 => "yellow",
            Some(_) => "blue",
        };
        tally.equal(what("alert"), colour, want.text(t, "alert"));
    }
}
