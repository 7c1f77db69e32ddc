#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    Context, Scope,
    unique::{Entry, Uniques, entries, repeated},
};
use crate::{
    Format,
    check::{Checked, check, lines},
    decode::CHUNK,
    fixture::{attendance, cases, chunks, col, context, contract, csv, faults, identity, plan, request},
};
use proptest::prelude::*;
use smartcenter_warehouse::{
    contract::{Bound, Check, Column, ColumnRule, ColumnType, Contract, EventTime, OnFailure, RowRule, RowScope},
    policy::Role,
};
use std::{collections::HashSet, sync::Arc, time::Duration};

fn rule(name: &str, check: Check) -> ColumnRule {
    ColumnRule {
        name: name.to_owned(),
        check,
        on_failure: OnFailure::QuarantineRow,
    }
}

fn ruled(ty: ColumnType, check: Check) -> Contract {
    contract(vec![Column {
        rules: vec![rule("aturan", check)],
        ..col("k", ty)
    }])
}

/// Lines that a check turned down in a file with one value per line.
fn bad_lines(contract: Contract, values: &[&str]) -> Vec<u64> {
    let checked = csv(contract, &format!("k\n{}\n", values.join("\n")));
    checked.rejected.iter().map(|row| row.line - 1).collect()
}

fn with_context(contract: Contract, payload: &str, context: &Context) -> Checked {
    let plan = plan(contract);
    let (mut parts, _) = chunks(&request(Format::Csv), &plan, payload.as_bytes(), 100, CHUNK).unwrap();
    check(parts.remove(0), &plan, context).unwrap()
}

#[test]
fn a_pattern_matches_the_whole_text() {
    let pattern = || Check::Pattern(regex::Regex::new("[0-9]{3}|[0-9]{5}").unwrap());
    assert_eq!(
        bad_lines(
            ruled(ColumnType::Text, pattern()),
            &["123", "1234", "12345", "x123", "123x"]
        ),
        [2, 4, 5]
    );
    assert_eq!(
        bad_lines(ruled(ColumnType::Int64, pattern()), &["007", "7"]),
        [2],
        "the text as it was sent"
    );
}

#[test]
fn lengths_are_counted_in_characters() {
    let length = |min, max| ruled(ColumnType::Text, Check::Length { min, max });
    assert_eq!(
        bad_lines(length(Some(2), Some(3)), &["a", "éé", "abc", "abcd", "ééé"]),
        [1, 4]
    );
    assert_eq!(bad_lines(length(None, Some(1)), &["a", "é", "ab"]), [3]);
}

#[test]
fn ranges_of_every_type() {
    let range = |ty, min: Option<(f64, bool)>, max: Option<(f64, bool)>| {
        let bound = |b: Option<(f64, bool)>| b.map(|(value, exclusive)| Bound { value, exclusive });
        ruled(
            ty,
            Check::Range {
                min: bound(min),
                max: bound(max),
            },
        )
    };
    let percent = (Some((0.0, false)), Some((100.0, true)));
    assert_eq!(
        bad_lines(
            range(ColumnType::Int32, percent.0, percent.1),
            &["-1", "0", "99", "100"]
        ),
        [1, 4]
    );
    assert_eq!(
        bad_lines(
            range(ColumnType::Float64, percent.0, percent.1),
            &["99.99", "100.0", "-0.01"]
        ),
        [2, 3]
    );
    assert_eq!(
        bad_lines(
            range(ColumnType::Decimal(9, 2), percent.0, percent.1),
            &["99.99", "100.00", "0"]
        ),
        [2]
    );
    let day = Some((20_651.0, false));
    assert_eq!(
        bad_lines(range(ColumnType::Date, day, None), &["2026-07-16", "2026-07-17"]),
        [1]
    );
    let checked = csv(range(ColumnType::Date, day, None), "k\n2026-07-16\n");
    assert_eq!(
        checked.rejected[0].faults[0].message,
        "the value must be at least 2026-07-17"
    );
}

#[test]
fn lists_short_and_long() {
    let of = |count: usize| Check::OneOf((0..count).map(|i| format!("S{i}")).collect());
    for count in [3, 30] {
        assert_eq!(
            bad_lines(ruled(ColumnType::Text, of(count)), &["S0", " S1 ", "s2", "S99", "S2"]),
            [3, 4]
        );
    }
}

#[test]
fn missing_values_pass_all_but_required() {
    let mut contract = ruled(
        ColumnType::Text,
        Check::Length {
            min: Some(3),
            max: None,
        },
    );
    contract.columns.push(col("l", ColumnType::Text));
    contract.columns[0].null_values = vec!["-".to_owned()];
    let text = "k,l\n,1\n-,2\nab,3\n";
    assert_eq!(
        faults(&csv(contract.clone(), text))
            .iter()
            .map(|f| f.0)
            .collect::<Vec<_>>(),
        [4]
    );
    contract.columns[0].required = true;
    let rules: Vec<_> = faults(&csv(contract, text)).into_iter().map(|f| (f.0, f.2)).collect();
    assert_eq!(
        rules,
        [
            (2, "required".to_owned()),
            (3, "required".to_owned()),
            (4, "aturan".to_owned())
        ]
    );
}

#[test]
fn references_are_soft() {
    let contract = ruled(
        ColumnType::Text,
        Check::Reference {
            dataset: "wilayah".parse().unwrap(),
            column: "kode".to_owned(),
        },
    );
    let unknown = Context {
        codes: vec![None],
        ..context()
    };
    assert!(
        with_context(contract.clone(), "k\n35.03\n", &unknown)
            .rejected
            .is_empty(),
        "no list proves nothing wrong"
    );
    let codes: HashSet<String> = ["35.03".to_owned()].into();
    let known = Context {
        codes: vec![Some(Arc::new(codes))],
        ..context()
    };
    let checked = with_context(contract, "k\n35.03\n35.04\n", &known);
    assert_eq!(faults(&checked)[0].0, 3);
    assert_eq!(
        checked.rejected[0].faults[0].message,
        "the code is not in column kode of dataset wilayah"
    );
}

fn sums(expression: &str) -> Contract {
    let mut contract = contract(vec![
        col("terdaftar", ColumnType::Int64),
        col("hadir", ColumnType::Int64),
    ]);
    contract.row_rules = vec![RowRule {
        name: "jumlah".to_owned(),
        expression: expression.to_owned(),
        description: "hadir tidak boleh melebihi terdaftar".to_owned(),
        on_failure: OnFailure::QuarantineRow,
    }];
    contract
}

#[test]
fn cross_column_rules() {
    let checked = csv(sums("hadir <= terdaftar"), "terdaftar,hadir\n30,29\n30,31\n,5\n30,30\n");
    let fault = &checked.rejected[0].faults[0];
    assert_eq!(
        (checked.rejected.len(), fault.line, fault.rule.as_str()),
        (1, 3, "jumlah"),
        "null passes"
    );
    assert_eq!(fault.message, "hadir tidak boleh melebihi terdaftar");
}

#[test]
fn a_rule_that_cannot_be_computed_fails_only_its_row() {
    let rows: String = (0..1000)
        .map(|i| format!("{},5\n", if i == 700 { 0 } else { 10 }))
        .collect();
    let checked = csv(sums("hadir / terdaftar < 2"), &format!("terdaftar,hadir\n{rows}"));
    assert_eq!(faults(&checked).iter().map(|f| f.0).collect::<Vec<_>>(), [702]);
    assert!(checked.rejected[0].faults[0].message.contains("cannot be computed"));
}

#[test]
fn warnings_count_and_let_pass() {
    let mut contract = ruled(
        ColumnType::Int32,
        Check::Range {
            min: Some(Bound {
                value: 0.0,
                exclusive: false,
            }),
            max: None,
        },
    );
    contract.columns[0].rules[0].on_failure = OnFailure::Warn;
    contract.columns[0].on_failure = OnFailure::Warn;
    let checked = csv(contract, "k\n1\n-1\nx\n-2\n");
    assert!(checked.rejected.is_empty());
    assert_eq!(checked.accepted.num_rows(), 4);
    assert_eq!(
        checked.accepted.column(0).null_count(),
        1,
        "what cannot be typed is null"
    );
    let found: Vec<_> = checked
        .findings
        .iter()
        .map(|((column, rule), f)| (column.as_str(), rule.as_str(), f.rows, f.first))
        .collect();
    assert_eq!(found, [("k", "aturan", 2, 3), ("k", "type", 1, 4)]);
}

#[test]
fn one_row_can_condemn_the_batch() {
    let mut contract = ruled(ColumnType::Text, Check::OneOf(["a".to_owned()].into()));
    contract.columns[0].rules[0].on_failure = OnFailure::RejectBatch;
    let checked = csv(contract, "k\na\nb\na\n");
    assert!(
        checked
            .condemned
            .as_ref()
            .unwrap()
            .contains("rule aturan of column k rejects the whole batch")
    );
    let rows = checked.all_rejected(&HashSet::from([4]));
    let lines: Vec<_> = rows.iter().map(|r| (r.line, r.faults[0].rule.as_str())).collect();
    assert_eq!(
        lines,
        [(2, "batch"), (3, "aturan")],
        "good rows are kept too, repeats are not"
    );
}

#[test]
fn the_window_follows_the_clock() {
    let mut contract = contract(vec![
        col("tanggal", ColumnType::Date),
        col("jam", ColumnType::Timestamp),
    ]);
    let event = |column| EventTime {
        column,
        max_age: Some(Duration::from_secs(10 * 86_400)),
        max_ahead: Some(Duration::from_secs(3600)),
        on_failure: OnFailure::QuarantineRow,
    };
    // The clock shows 2026-07-17 10:00 in the west of Indonesia.
    contract.event_time = Some(event(0));
    let checked = csv(
        contract.clone(),
        "tanggal\n2026-07-17\n2026-07-18\n2026-07-07\n2026-07-06\n\n",
    );
    assert_eq!(
        faults(&checked).iter().map(|f| (f.0, f.2.as_str())).collect::<Vec<_>>(),
        [(3, "window"), (5, "window")]
    );
    contract.event_time = Some(event(1));
    let checked = csv(
        contract,
        "jam\n2026-07-17T11:00:00+07:00\n2026-07-17T11:00:01+07:00\n2026-07-07 09:59:59\n2026-07-07 10:00:01\n",
    );
    assert_eq!(faults(&checked).iter().map(|f| f.0).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn rows_outside_the_pushers_scope_are_rejected() {
    let mut contract = contract(vec![
        col("instansi", ColumnType::Text),
        col("wilayah", ColumnType::Text),
    ]);
    contract.row_scope = RowScope {
        institution: Some(0),
        region: Some(1),
    };
    let text =
        "instansi,wilayah\nkecamatan-a,35.03.01\nkecamatan-b,35.03.01.2001\nkecamatan-a,35.03.011\nkecamatan-a,\n";
    let rejected = |identity: &smartcenter_warehouse::policy::Identity| {
        let context = Context {
            scope: Scope::of(identity, &contract),
            ..context()
        };
        let checked = with_context(contract.clone(), text, &context);
        let mut found: Vec<_> = faults(&checked).into_iter().map(|f| (f.0, f.1, f.2)).collect();
        found.dedup();
        found
            .into_iter()
            .map(|(line, column, rule)| format!("{line} {column} {rule}"))
            .collect::<Vec<_>>()
    };
    let mut who = identity(Role::Opd);
    who.regions = vec!["35.03.01".parse().unwrap()];
    assert_eq!(rejected(&who), ["4 wilayah scope", "5 wilayah scope"]);
    who.institution = Some("kecamatan-a".parse().unwrap());
    assert_eq!(
        rejected(&who),
        ["3 instansi scope", "4 wilayah scope", "5 wilayah scope"]
    );
    who.institution = Some(contract.owner.clone());
    assert_eq!(
        rejected(&who),
        ["4 wilayah scope", "5 wilayah scope"],
        "the owner sends for all institutions"
    );
    who.regions.clear();
    assert!(rejected(&who).is_empty());
    let mut steward = identity(Role::Walidata);
    steward.institution = Some("diskominfo".parse().unwrap());
    assert!(rejected(&steward).is_empty());
}

/// Lines of a file that repeat an earlier one.
fn repeats(contract: Contract, text: &str) -> Vec<u64> {
    let mut checked = csv(contract, text);
    let mut lines: Vec<u64> = checked
        .entries
        .iter_mut()
        .map(std::mem::take)
        .flat_map(repeated)
        .collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

#[test]
fn the_first_of_equal_tuples_stays() {
    let text = "npsn,tanggal,hadir\nA,2026-07-17,1\nB,2026-07-17,1\nA,2026-07-17,2\nA,2026-07-18,1\nA,2026-07-17,3\n";
    assert_eq!(repeats(attendance(), text), [4, 6]);
    let mut typed = contract(vec![Column {
        unique: true,
        ..col("n", ColumnType::Float64)
    }]);
    assert_eq!(
        repeats(typed.clone(), "n\n1\n1.0\n01\n-0\n0\n2\n"),
        [3, 4, 6],
        "values are compared, not texts"
    );
    typed.columns.push(col("m", ColumnType::Text));
    assert_eq!(
        repeats(typed, "n,m\n,a\n,b\n"),
        [0_u64; 0],
        "a missing value equals nothing"
    );
    // A row that is turned down does not stand in the way of a good one.
    assert_eq!(
        repeats(attendance(), "npsn,tanggal,hadir\nA,2026-07-17,x\nA,2026-07-17,2\n"),
        [0_u64; 0]
    );
    let mut keyed = attendance();
    keyed.unique.clear();
    keyed.primary_key = vec![1];
    assert_eq!(
        repeats(keyed, "npsn,tanggal\nA,2026-07-17\nB,2026-07-17\n"),
        [0_u64; 0],
        "rows with one key are versions of one thing"
    );
}

#[test]
fn tuples_do_not_run_into_each_other() {
    let mut pair = contract(vec![col("a", ColumnType::Text), col("b", ColumnType::Text)]);
    pair.unique = vec![vec![0, 1]];
    assert_eq!(repeats(pair, "a,b\nx,yz\nxy,z\n"), [0_u64; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(64), failure_persistence: None, ..ProptestConfig::default() })]

    /// In memory, spilled, in any order: the same lines repeat.
    #[test]
    fn spilling_changes_nothing(values in prop::collection::vec(0..40_u32, 1..300), part in 1_usize..40, budget in 1_usize..400) {
        let contract = contract(vec![Column { unique: true, ..col("n", ColumnType::Int32) }]);
        let text: String = values.iter().map(|v| format!("{v}\n")).collect();
        let checked = csv(contract, &format!("n\n{text}"));
        let all: Vec<Entry> = entries(&checked.accepted, &[0], lines(&checked.accepted).unwrap());
        let mut seen = HashSet::new();
        let expected: HashSet<u64> = (2..).zip(&values).filter(|(_, v)| !seen.insert(**v)).map(|(line, _)| line).collect();
        prop_assert_eq!(&repeated(all.clone()).into_iter().collect::<HashSet<_>>(), &expected);
        let folder = tempfile::tempdir().unwrap();
        let uniques = Uniques::new(folder.path(), 1, budget);
        for part in all.rchunks(part) {
            uniques.add(0, part).unwrap();
        }
        prop_assert_eq!(uniques.repeated().unwrap(), expected);
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no file stays behind");
    }
}
