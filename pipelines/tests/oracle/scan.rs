//! The prospective scan beside SaTScan.

use crate::files::{Table, Tally, shared};
use chrono::NaiveDate;
use smartcenter_pipelines::detector::scan::{Cases, Model, Place, Scan, Secondary, Window, scan};
use std::collections::HashMap;

#[test]
fn equals_the_reference() {
    let mut tally = Tally::default();
    for name in [
        "nycfever_stp_3km_7d",
        "schools_s11_n60_stp",
        "schools_s11_n60_stp_overlap",
        "schools_s11_n60_poisson",
        "schools_s12_n120_stp",
        "schools_s12_n120_stp_overlap",
        "schools_s12_n120_poisson",
    ] {
        let Some((window, start, params)) = read(name) else {
            return;
        };
        let want = Table::oracle(&format!("satscan__{name}__clusters.csv")).unwrap();
        let got = scan(&window, &params).unwrap();
        assert!(got.len() >= want.len(), "{name}: {} clusters", got.len());
        for (row, got) in got.iter().take(want.len()).enumerate() {
            let what = |column: &'static str| move || format!("{name} cluster {} {column}", row + 1);
            let column = if params.model == Model::Poisson {
                "llr"
            } else {
                "test_statistic"
            };
            tally.number(
                what("statistic"),
                (got.statistic * 1e6).round() / 1e6,
                want.number(row, column),
                1e-6,
            );
            let mut members: Vec<&str> = got.members.iter().map(|&m| window.places[m].name.as_str()).collect();
            let mut wanted: Vec<&str> = want.text(row, "locations").split(' ').collect();
            members.sort_unstable();
            wanted.sort_unstable();
            tally.equal(what("members"), members, wanted);
            tally.number(what("cases"), got.cases, want.number(row, "cases"), 0.0);
            tally.equal(
                what("expected"),
                (got.expected - want.number(row, "expected")).abs() < 0.005_01,
                true,
            );
            let first = want.text(row, "time_frame").split(" to ").next().map(date).unwrap();
            tally.equal(
                what("first day"),
                start + chrono::Days::new(got.first_day as u64),
                first,
            );
            let gap = (got.p - want.number(row, "p_value")).abs();
            tally.equal(
                || format!("{name} cluster {} p {} {}", row + 1, got.p, want.number(row, "p_value")),
                gap <= 0.03,
                true,
            );
        }
    }
    tally.finish("prospective scan");
}

fn date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y/%m/%d").unwrap()
}

/// Input and settings of a run of SaTScan.
fn read(name: &str) -> Option<(Window, NaiveDate, Scan)> {
    let text =
        |ending: &str| Some(std::fs::read_to_string(shared(&format!("oracle/satscan__{name}.{ending}"))?).unwrap());
    let settings: HashMap<String, String> = text("prm")?
        .lines()
        .filter_map(|line| line.trim().split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let is_poisson = settings["ModelType"] == "0";
    let population: HashMap<String, f64> = if is_poisson {
        let rows = text("pop")?;
        let fields = rows.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        fields.map(|f| (f[0].to_owned(), f[2].parse().unwrap())).collect()
    } else {
        HashMap::new()
    };
    let places: Vec<Place> = text("geo")?
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .map(|f| Place {
            name: f[0].to_owned(),
            latitude: f[1].parse().unwrap(),
            longitude: f[2].parse().unwrap(),
            population: population.get(f[0]).copied().unwrap_or(f64::NAN),
        })
        .collect();
    let (start, end) = (date(&settings["StartDate"]), date(&settings["EndDate"]));
    let position: HashMap<&str, usize> = places.iter().enumerate().map(|(i, p)| (p.name.as_str(), i)).collect();
    let cases = text("cas")?
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .map(|f| Cases {
            place: position[f[0]],
            day: usize::try_from((date(f[2]) - start).num_days()).unwrap(),
            count: f[1].parse().unwrap(),
        })
        .collect();
    let params = Scan {
        model: if is_poisson { Model::Poisson } else { Model::Permutation },
        max_radius: (settings["UseDistanceFromCenterOption"] == "y")
            .then(|| settings["MaxSpatialSizeInDistanceFromCenter"].parse().unwrap()),
        max_days: settings["MaxTemporalSize"].parse().unwrap(),
        secondary: match settings["CriteriaForReportingSecondaryClusters"].as_str() {
            "0" => Secondary::NoOverlap,
            _ => Secondary::NoCentres,
        },
        ..Scan::default()
    };
    let days = usize::try_from((end - start).num_days()).unwrap() + 1;
    Some((Window { places, cases, days }, start, params))
}
