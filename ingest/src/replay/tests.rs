#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    check::check,
    decode::{Chunk, Shape},
    fixture,
};
use proptest::prelude::*;
use smartcenter_warehouse::quarantine::read_raw;

fn fixes(rules: &[FixRule]) -> Arc<Fixes> {
    Arc::new(Fixes::new(rules, &fixture::attendance()).unwrap())
}

fn pattern(column: &str, pattern: &str, to: &str) -> FixRule {
    FixRule {
        column: column.into(),
        pattern: Some(pattern.into()),
        to: Some(to.into()),
        ..FixRule::default()
    }
}

fn fixed(cells: &str, rules: &[FixRule]) -> String {
    let plan = fixture::plan(fixture::attendance());
    let mut cells = read_raw(cells).unwrap();
    fixes(rules).apply(&mut cells, &plan);
    serde_json::to_string(&cells).unwrap()
}

#[test]
fn rows_with_different_columns_share_a_frame_and_keep_their_lines() {
    let plan = fixture::plan(fixture::attendance());
    let text = "[7,[[\"NPSN\",\"9\"],[\"lain\",\"x\"]]]\n[9,[[\"Jumlah Hadir\",\"3\",\"n\"],[\"NPSN\",\"8\"],[\"tanggal\",\"2026-01-02\"]]]\n";
    let chunk = Chunk {
        index: 0,
        bytes: text.as_bytes().to_vec(),
        line: 1,
        offset: 0,
        shape: Shape::Again(fixes(&[])),
    };
    let context = crate::validate::Context {
        corrects: true,
        ..fixture::context()
    };
    let checked = check(chunk, &plan, &context).unwrap();
    assert_eq!(checked.accepted.num_rows(), 1);
    assert!(checked.passed.contains(9) && checked.failed.contains(7) && checked.has_origins);
    let row = &checked.rejected[0];
    assert_eq!((row.line, row.faults[0].rule.as_str()), (7, "required"));
    assert_eq!(
        row.cells,
        [("NPSN".to_owned(), "9".to_owned()), ("lain".to_owned(), "x".to_owned())]
    );
}

#[test]
fn a_cell_that_the_file_marked_as_wrong_is_wrong_again_until_a_rule_changes_it() {
    let plan = fixture::plan(fixture::attendance());
    let text = "[2,[[\"npsn\",\"9\"],[\"tanggal\",\"2026-01-02\"],[\"catatan\",\"#REF!\",\"m\"]]]\n";
    let again = |rules: &[FixRule]| {
        let frame = frame(text, &fixes(rules), &plan).unwrap();
        (frame.misread.len(), frame.cell(0, 2).text.to_owned())
    };
    assert_eq!(again(&[]), (1, "#REF!".to_owned()));
    assert_eq!(again(&[pattern("catatan", "^#REF!$", "")]), (0, String::new()));
}

#[test]
fn rules_change_what_they_name_and_nothing_else() {
    let cells = r#"[["NPSN"," 0012 "],["hadir","5","n"],["lain","0012"]]"#;
    let exact = FixRule {
        column: "npsn".into(),
        from: Some("0012".into()),
        to: Some("99".into()),
        ..FixRule::default()
    };
    assert_eq!(
        fixed(cells, &[exact]),
        r#"[["NPSN","99"],["hadir","5","n"],["lain","0012"]]"#
    );
    let swapped = pattern("npsn", r"(\d\d)(?<b>\d\d)", "${b}-$1");
    assert_eq!(
        fixed(cells, &[swapped]),
        r#"[["NPSN","12-00"],["hadir","5","n"],["lain","0012"]]"#
    );
    let missing = FixRule {
        column: "catatan".into(),
        missing: Some("-".into()),
        ..FixRule::default()
    };
    assert_eq!(
        fixed(r#"[["hadir","","a"]]"#, std::slice::from_ref(&missing)),
        r#"[["hadir","","a"],["catatan","-"]]"#
    );
    assert_eq!(fixed(r#"[["catatan","x"]]"#, &[missing]), r#"[["catatan","x"]]"#);
}

#[test]
fn a_pattern_that_would_blow_a_cell_up_changes_nothing() {
    let long = "x".repeat(60_000);
    let cells = format!(r#"[["catatan","{long}"]]"#);
    let rule = pattern("catatan", "^(.*)$", &"$1".repeat(400));
    assert_eq!(fixed(&cells, &[rule]), cells);
    let rule = pattern("catatan", "", &"y".repeat(900));
    assert_eq!(fixed(&cells, &[rule]), cells);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(fixture::cases(64)))]

    /// Whatever cells a row had, it comes back with all of them that have a value.
    #[test]
    fn a_row_that_fails_again_is_kept_as_it_was(texts in prop::collection::vec("[a-z\"\\\\ é]{0,6}", 1..6)) {
        let plan = fixture::plan(fixture::attendance());
        let cells: Vec<SentCell> = texts.iter().enumerate().map(|(at, text)| SentCell {
            name: format!("k{at}"),
            text: text.clone(),
            kind: if at % 2 == 0 { CellKind::Text } else { CellKind::Nested },
        }).collect();
        let text = format!("[5,{}]\n", serde_json::to_string(&cells).unwrap());
        let frame = frame(&text, &fixes(&[]), &plan).unwrap();
        let row = frame.rejected(0, Vec::new());
        let names: Vec<(String, String)> = cells.iter().map(|cell| (cell.name.clone(), cell.text.clone())).collect();
        prop_assert_eq!(row.cells, names);
        prop_assert_eq!(row.line, 5);
    }
}
