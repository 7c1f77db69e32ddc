#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{
    Format,
    fixture::{chunks, col, contract, faults, plan, request, run},
};
use arrow::array::{Array, AsArray};
use proptest::prelude::*;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract, Position};

/// `kode` at 1 to 4, `nama` at 6 to 15, `jumlah` at 16 to 20; `sandi` has no place.
fn stock() -> Contract {
    let at = |start, length| Some(Position { start, length });
    let mut contract = contract(vec![
        Column {
            required: true,
            position: at(1, 4),
            ..col("kode", ColumnType::Text)
        },
        Column {
            required: true,
            position: at(6, 10),
            ..col("nama", ColumnType::Text)
        },
        Column {
            position: at(16, 5),
            ..col("jumlah", ColumnType::Int32)
        },
        col("sandi", ColumnType::Text),
    ]);
    contract.source.fixed_width_header = 1;
    contract
}

#[test]
fn columns_stand_where_the_contract_says() {
    let text = "KODE  NAMA           JUMLAH\r\n\
                0007xPasar Pon   120  beyond\r\n\
                \r\n\
                0008 B\u{e9}ji \u{1f600}        7\n\
                0009 Bendungan\n\
                \u{1a}";
    let checked = run(Format::FixedWidth, stock(), text).unwrap().remove(0);
    assert!(checked.rejected.is_empty(), "{:?}", checked.rejected);
    let text = |column: usize| -> Vec<String> {
        let column = checked.accepted.column(column).as_string_view();
        column.iter().map(|value| value.unwrap_or("-").to_owned()).collect()
    };
    assert_eq!(text(0), ["0007", "0008", "0009"]);
    assert_eq!(text(1), ["Pasar Pon", "B\u{e9}ji \u{1f600}", "Bendungan"]);
    let numbers = checked.accepted.column(2);
    let numbers = numbers.as_primitive::<arrow::datatypes::Int32Type>();
    assert_eq!(numbers.iter().collect::<Vec<_>>(), [Some(120), Some(7), None]);
    assert_eq!(checked.accepted.column(3).null_count(), 3);
    assert_eq!(crate::check::lines(&checked.accepted).unwrap(), [2, 4, 5]);
}

#[test]
fn a_line_without_a_required_column_is_kept_with_its_reason() {
    let checked = run(Format::FixedWidth, stock(), "h\n0007\n0008 A\n     B\n")
        .unwrap()
        .remove(0);
    let expected = [(2, "", "columns"), (4, "kode", "required")];
    let found: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, _)| (line, column, rule))
        .collect();
    assert_eq!(
        found,
        expected.map(|(line, column, rule)| (line, column.to_owned(), rule.to_owned()))
    );
    let fault = &checked.rejected[0].faults[0].message;
    assert!(
        fault.contains("has 4 characters") && fault.contains("\"nama\" begins at character 6"),
        "{fault}"
    );
    assert_eq!(checked.rejected[0].cells, [("baris".to_owned(), "0007".to_owned())]);
}

#[test]
fn a_contract_without_places_says_so() {
    let bare = contract(vec![col("kode", ColumnType::Text)]);
    let error = run(Format::FixedWidth, bare, "0007\n").unwrap_err().to_string();
    assert!(error.contains("`position: [start, length]`"), "{error}");
}

#[test]
fn endless_lines_are_refused() {
    let error = run(Format::FixedWidth, stock(), &"x".repeat(3 << 20))
        .unwrap_err()
        .to_string();
    assert!(error.contains("end each record with a line feed"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::fixture::cases(64)))]

    /// Any text is cut without a panic, and where it is cut into chunks changes nothing.
    #[test]
    fn pieces_and_chunks_change_nothing(
        lines in prop::collection::vec("[ -~\u{e9}\u{1f600}\t]{0,24}", 1..12),
        piece in 1_usize..30,
        chunk in 1_usize..60,
    ) {
        let text = lines.join("\n");
        prop_assume!(!text.is_empty());
        let plan = plan(stock());
        let read = |piece, chunk| {
            let (chunks, _) = chunks(&request(Format::FixedWidth), &plan, text.as_bytes(), piece, chunk).unwrap();
            let mut rows = Vec::new();
            for chunk in chunks {
                let frame = crate::decode::frame(chunk, &plan).unwrap();
                rows.extend((0..frame.rows()).map(|row| (frame.lines[row], frame.sent(row))));
                rows.extend(frame.broken.iter().map(|row| (row.line, row.cells.clone())));
            }
            rows.sort();
            rows
        };
        prop_assert_eq!(read(usize::MAX, usize::MAX), read(piece, chunk));
    }
}
