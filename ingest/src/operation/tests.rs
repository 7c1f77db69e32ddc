#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{
    Format,
    check::{Checked, check},
    decode::CHUNK,
    fixture::{attendance, chunks, context, csv, faults, keyed, plan, request, run},
    validate::Context,
};
use arrow::array::{Array, AsArray};
use smartcenter_warehouse::{
    PushMode,
    contract::{Contract, OnFailure, RowRule},
};

/// Lines and operations of the accepted rows; `-` where there is none.
fn operations(checked: &Checked) -> Vec<(i64, String)> {
    let lines = crate::check::lines(&checked.accepted).unwrap();
    let column = checked.accepted.columns().last().unwrap();
    assert_eq!(checked.accepted.schema().fields().last().unwrap().name(), "_op");
    let texts = column.as_string_view();
    let text = |row: usize| if texts.is_null(row) { "-" } else { texts.value(row) };
    lines
        .iter()
        .zip(0..)
        .map(|(line, row)| (*line, text(row).to_owned()))
        .collect()
}

fn op(line: i64, letter: &str) -> (i64, String) {
    (line, letter.to_owned())
}

#[test]
fn letters_are_read_in_either_case_and_nothing_means_u() {
    let text = "npsn,tanggal,hadir,revisi, _OP \nA,2026-07-17,1,1,U\nA,2026-07-18,1,1,u\nA,2026-07-19,1,1,\nA,2026-07-20,,,d\nA,2026-07-21,1,1, D \n";
    let checked = csv(keyed(), text);
    assert_eq!(
        operations(&checked),
        [op(2, "U"), op(3, "U"), op(4, "-"), op(5, "D"), op(6, "D")]
    );
    assert!(checked.rejected.is_empty());
    let plain = csv(keyed(), "npsn,tanggal,hadir,revisi\nA,2026-07-17,1,1\n");
    assert!(plain.accepted.column_by_name("_op").is_none());
}

#[test]
fn another_letter_is_a_fault_of_its_row() {
    let text = "npsn,tanggal,hadir,revisi,_op\nA,2026-07-17,1,1,hapus\nA,2026-07-18,1,1,UD\nA,2026-07-19,1,1,U\n";
    let checked = csv(keyed(), text);
    assert_eq!(operations(&checked), [op(4, "U")]);
    let fault = |line, value: &str| (line, "_op".to_owned(), "op".to_owned(), value.to_owned());
    assert_eq!(faults(&checked), [fault(2, "hapus"), fault(3, "UD")]);
    let message = &checked.rejected[0].faults[0].message;
    assert!(message.contains("U (insert or update) or D (delete)"), "{message}");
}

#[test]
fn of_a_deletion_only_key_and_version_are_judged() {
    let mut contract = keyed();
    contract.columns[3].on_failure = OnFailure::RejectBatch;
    contract.row_rules = vec![RowRule {
        name: "aturan".to_owned(),
        expression: "hadir > 100".to_owned(),
        description: String::new(),
        on_failure: OnFailure::QuarantineRow,
    }];
    let text = "npsn,tanggal,hadir,persen,revisi,_op\n\
        A,2026-07-17,banyak,x,,D\n\
        A,2026-07-18,3,1,7,D\n\
        ,2026-07-19,3,1,7,D\n\
        A,kemarin,3,1,7,D\n\
        A,2026-07-20,,,baru,D\n\
        A,2026-07-21,,1,7,U\n\
        A,2026-07-22,3,1,7,U\n";
    let checked = csv(contract, text);
    assert_eq!(operations(&checked), [op(2, "D"), op(3, "D")]);
    let found: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, _)| (line, column, rule))
        .collect();
    let fault = |line, column: &str, rule: &str| (line, column.to_owned(), rule.to_owned());
    assert_eq!(
        found,
        [
            fault(4, "npsn", "required"),
            fault(5, "tanggal", "type"),
            fault(6, "revisi", "type"),
            fault(7, "hadir", "required"),
            fault(8, "", "aturan"),
        ]
    );
    assert!(checked.condemned.is_none(), "what is not judged condemns nothing");
}

#[test]
fn a_file_of_deletions_needs_the_key_only() {
    let checked = csv(keyed(), "npsn,tanggal,_op\nA,2026-07-17,D\nA,2026-07-18,U\n");
    assert_eq!(operations(&checked), [op(2, "D")]);
    let found: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, _)| (line, column, rule))
        .collect();
    let fault = |column: &str| (3, column.to_owned(), "required".to_owned());
    assert_eq!(found, [fault("hadir"), fault("revisi")]);
    let error = run(Format::Csv, keyed(), "npsn,_op\nA,D\n").unwrap_err();
    assert!(
        error.message().contains("\"tanggal\" is missing"),
        "{}",
        error.message()
    );
    let error = run(Format::Csv, keyed(), "npsn,tanggal,_op,_Op\nA,2026-07-17,D,D\n").unwrap_err();
    assert!(error.message().contains("\"_op\" occurs twice"), "{}", error.message());
}

#[test]
fn json_rows_say_it_too() {
    let rows = [
        r#"{"npsn":"A","tanggal":"2026-07-17","hadir":1,"revisi":1}"#,
        r#"{"npsn":"A","tanggal":"2026-07-17","_OP":"d"}"#,
        r#"{"_op":null,"npsn":"A","tanggal":"2026-07-17","hadir":1,"revisi":1}"#,
        r#"{"_op":["D"],"npsn":"A","tanggal":"2026-07-17","hadir":1,"revisi":1}"#,
        r#"{"_op":"D","_op":"U","npsn":"A","tanggal":"2026-07-17","hadir":1,"revisi":1}"#,
    ];
    for (format, text) in [
        (Format::Ndjson, rows.join("\n")),
        (Format::Json, format!("[{}]", rows.join(","))),
    ] {
        let checked = run(format, keyed(), &text).unwrap().remove(0);
        assert_eq!(operations(&checked), [op(1, "-"), op(2, "D"), op(3, "-")], "{format:?}");
        let found: Vec<_> = faults(&checked)
            .into_iter()
            .map(|(line, _, rule, _)| (line, rule))
            .collect();
        assert_eq!(found, [(4, "op".to_owned()), (5, "columns".to_owned())]);
        let plain = run(format, keyed(), rows[0]).unwrap().remove(0);
        assert!(plain.accepted.column_by_name("_op").is_none());
    }
}

#[test]
fn an_append_only_dataset_warns_of_deletions() {
    let letters = "npsn,tanggal,_op\nA,2026-07-17,U\nA,2026-07-18,D\nA,2026-07-19,d\nA,2026-07-20,hapus\n";
    let json = r#"[{"npsn":"A","tanggal":"2026-07-17"},{"npsn":"A","tanggal":"2026-07-18","_op":"D"},{"npsn":"A","tanggal":"2026-07-19","_op":"d"}]"#;
    for (format, text, rows, first) in [(Format::Csv, letters, 4, 3), (Format::Json, json, 3, 2)] {
        let checked = run(format, attendance(), text).unwrap().remove(0);
        assert_eq!(checked.accepted.num_rows(), rows);
        assert!(checked.accepted.column_by_name("_op").is_none());
        let finding = &checked.findings[&("_op".to_owned(), "op".to_owned())];
        assert_eq!((finding.rows, finding.first), (2, first));
        assert!(
            finding
                .message
                .contains("dataset uji is append-only: rows cannot be deleted"),
            "{}",
            finding.message
        );
    }
    let mut named = attendance();
    named.columns[4].name = "op".to_owned();
    assert_eq!(
        csv(named, "npsn,tanggal,_op\nA,2026-07-17,D\n").findings.len(),
        0,
        "it is its own column"
    );
}

#[test]
fn a_column_of_the_contract_may_be_called_op() {
    let mut named = keyed();
    named.columns[4].name = "op".to_owned();
    let checked = csv(named, "npsn,tanggal,hadir,revisi,op,_op\nA,2026-07-17,1,1,x,D\n");
    assert_eq!(operations(&checked), [op(2, "D")]);
    assert_eq!(checked.accepted.column(4).as_string_view().value(0), "x");
}

#[test]
fn a_deletion_repeats_nothing() {
    let unique = |contract: Contract| Contract {
        unique: vec![vec![2]],
        ..contract
    };
    let text = "npsn,tanggal,hadir,revisi,_op\nA,2026-07-17,1,1,U\nA,2026-07-18,1,1,D\nA,2026-07-19,1,1,\n";
    let checked = csv(unique(keyed()), text);
    assert_eq!(checked.accepted.num_rows(), 3);
    let repeated = crate::validate::unique::repeated(checked.entries[0].clone());
    assert_eq!(repeated, [4]);
}

#[test]
fn mode_append_does_not_delete() {
    let plan = plan(keyed());
    let text = "npsn,tanggal,hadir,revisi,_op\nA,2026-07-17,1,1,U\nA,2026-07-18,1,1,D\n";
    let (mut parts, _) = chunks(&request(Format::Csv), &plan, text.as_bytes(), 100, CHUNK).unwrap();
    let context = Context {
        mode: PushMode::Append,
        ..context()
    };
    let checked = check(parts.remove(0), &plan, &context).unwrap();
    assert_eq!(operations(&checked), [op(2, "U")]);
    assert_eq!(faults(&checked)[0].2, "op");
}
