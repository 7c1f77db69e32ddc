#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

fn fault(csv: &str) -> String {
    format!("{:#}", file::parse(csv.as_bytes(), "a.csv").unwrap_err())
}

#[test]
fn series_dates_and_gaps_are_read() {
    let csv = "series,date,observed,population\nA,2026-01-05,3,100\nA,2026-01-12,,100\nB,2026-01-05,1,50\n";
    let groups = file::parse(csv.as_bytes(), "a.csv").unwrap();
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[0].name.as_deref(), Some("A"));
    assert!(groups[0].series.observed[1].is_nan());
    assert_eq!(groups[1].series.population, Some(vec![50.0]));
    assert_eq!(groups[0].series.dates.as_ref().unwrap().len(), 2);
}

/// One series needs no column for its name, and an index is a time as well.
#[test]
fn one_series_has_no_name() {
    let groups = file::parse(b"series,idx,observed\nA,1,3\nA,2,4\n", "a.csv").unwrap();
    assert_eq!(
        (groups.len(), groups[0].name.as_deref(), &groups[0].series.dates),
        (1, None, &None)
    );
}

#[test]
fn faults_name_line_and_remedy() {
    assert_eq!(
        fault("date,count\n1,2\n"),
        "a.csv has no column observed: its header is date,count"
    );
    assert_eq!(
        fault("date,observed\n1,2\n2,\"3,5\"\n"),
        "a.csv line 3: column observed: \"3,5\" is not a number with a decimal point; leave the cell empty if nothing \
         was reported"
    );
    assert!(
        fault("date,observed\n2026-01-12,2\n2026-01-05,3\n")
            .contains("line 3: column date: \"2026-01-05\" is not after")
    );
    assert!(fault("date,observed\nSenin,2\n").contains("neither a date"));
    assert!(fault("date,observed\n").contains("no rows"));
    assert!(fault("series,date,observed\nA,1,2\nB,1,2\nA,2,2\n").contains("line 4: column series"));
}

#[test]
fn numbers_read_back_as_themselves() {
    assert_eq!(number(Some(1_346.896_955_508_71)), "1346.89695550871");
    assert_eq!(number(Some(f64::NAN)), "");
}
