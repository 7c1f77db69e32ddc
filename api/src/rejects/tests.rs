#![allow(clippy::unwrap_used)]

use super::{
    csv::{header, write},
    table::{Gathering, Table},
    workbook::{Book, Widths},
    *,
};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use smartcenter_warehouse::{
    Fault, RowCounts, Status,
    contract::{self, Contract, Origin},
};
use std::{io::BufReader, sync::Arc};

const CONTRACT: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: uji
name: Uji
version: "1.0.0"
status: active
domain: dinas-uji
schema:
  - name: uji
    logicalType: object
    properties:
      - name: nik
        logicalType: string
        required: true
        customProperties:
          - {property: aliases, value: [Nomor Induk]}
      - {name: nilai, logicalType: number}
      - name: tanggal
        logicalType: date
        customProperties:
          - {property: formats, value: ["%d %B %Y", "%d/%m/%Y"]}
    customProperties:
      - {property: decimal, value: ","}
"#;

fn contract() -> Arc<Contract> {
    Arc::new(contract::parse(CONTRACT, Origin::Site, "uji").unwrap())
}

fn stored(line: i64, cells: &str, faults: &[(&str, &str)]) -> Stored {
    let faults: Vec<Fault> = faults
        .iter()
        .map(|(column, message)| Fault {
            line: line.cast_unsigned(),
            column: (!column.is_empty()).then(|| (*column).to_owned()),
            rule: "pattern".into(),
            value: None,
            message: (*message).to_owned(),
        })
        .collect();
    Stored {
        line,
        state: "open".into(),
        closed_by: None,
        columns: "nik".into(),
        rules: "pattern".into(),
        messages: Some("not 16 digits, \"99x\" found".into()),
        faults: Some(serde_json::to_string(&faults).unwrap()),
        raw: Some(cells.to_owned()),
    }
}

fn table(rows: &[Stored]) -> Table {
    let mut gathering = Gathering::new(contract(), Tongue::default());
    rows.iter().for_each(|row| gathering.add(row).unwrap());
    gathering.finish()
}

fn text(rows: &[Stored]) -> String {
    let table = table(rows);
    let mut text = header(&table);
    rows.iter().for_each(|row| write(&table, row, &mut text).unwrap());
    text
}

#[test]
fn rows_come_back_in_the_senders_columns() {
    let rows = [
        stored(2, r#"[["NIK","99x"],["Nama; lengkap","A, \"B\"\nC"]]"#, &[]),
        stored(5, r#"[["Nama; lengkap",""],["Catatan"," x"],["_baris","9"]]"#, &[]),
    ];
    let reason = "\"not 16 digits, \"\"99x\"\" found\"";
    let want = format!(
        "NIK,\"Nama; lengkap\",Catatan,_baris,_kolom,_aturan,_alasan\r\n\
         99x,\"A, \"\"B\"\"\nC\",,2,nik,pattern,{reason}\r\n\
         ,,\" x\",5,nik,pattern,{reason}\r\n"
    );
    assert_eq!(text(&rows), want);
}

#[test]
fn a_missed_column_gets_a_place_and_a_number_the_contracts_decimal_sign() {
    let rows = [stored(
        1,
        r#"[["nilai","1.5","n"],["catatan","2.5","n"]]"#,
        &[("nik", "missing")],
    )];
    let text = text(&rows);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("nilai,catatan,nik,_baris,_kolom,_aturan,_alasan"));
    assert!(lines.next().unwrap().starts_with("\"1,5\",2.5,,1,"), "{text}");
}

#[test]
fn a_date_of_a_workbook_stays_one_and_as_text_gets_a_pattern_of_the_contract() {
    let rows = [stored(
        2,
        r#"[["nik","1"],["tanggal","2026-07-17","n"],["lain","2026-07-17","n"]]"#,
        &[],
    )];
    let text = text(&rows);
    assert!(text.contains("\r\n1,17/07/2026,2026-07-17,2,"), "{text}");
    let range = book(&rows).worksheet_range("Ditolak").unwrap();
    let day = range.get_value((1, 1)).and_then(calamine::DataType::as_date);
    assert_eq!(day, chrono::NaiveDate::from_ymd_opt(2026, 7, 17));
    assert_eq!(range.get_value((1, 2)), Some(&Data::String("2026-07-17".into())));
    // As text it was sent by somebody, and is left alone.
    let text = text_of(&rows, "\"2026-07-17\",\"n\"", "\"17.7.26\"");
    assert!(text.contains("\r\n1,17.7.26,"), "{text}");
}

fn text_of(rows: &[Stored], from: &str, to: &str) -> String {
    let raw = rows[0].raw.as_ref().map(|raw| raw.replace(from, to));
    text(&[stored(2, &raw.unwrap(), &[])])
}

#[test]
fn what_looks_like_a_formula_stays_as_it_was_sent() {
    let text = text(&[stored(2, r#"[["nik","=1+1"],["x","-5"],["y","@a"]]"#, &[])]);
    assert!(text.contains("\r\n=1+1,-5,@a,2,"), "{text}");
}

#[test]
fn hidden_text_leaves_line_column_and_rule() {
    let row = Stored {
        messages: None,
        faults: None,
        raw: None,
        ..stored(3, "[]", &[])
    };
    let table = table(&[]);
    let mut text = header(&table);
    write(&table, &row, &mut text).unwrap();
    assert_eq!(text, "_baris,_kolom,_aturan,_alasan\r\n3,nik,pattern,\r\n");
    let shown = serde_json::to_value(shown(row, Tongue::default(), None).unwrap()).unwrap();
    assert_eq!(
        shown,
        serde_json::json!({"line": 3, "state": "open", "columns": "nik", "rules": "pattern"})
    );
}

fn receipt() -> Receipt {
    Receipt {
        receipt_id: "0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f".parse().unwrap(),
        dataset: "uji".parse().unwrap(),
        contract_version: "1.0.0".into(),
        status: Status::Partial,
        rows: RowCounts::default(),
        faults: Vec::new(),
        warnings: Vec::new(),
        corrects: None,
        derived: None,
        seq: None,
        payload_sha256: String::new(),
        received_at: chrono::DateTime::UNIX_EPOCH,
        durable_at: None,
        dry_run: false,
        pusher: "uji".parse().unwrap(),
    }
}

fn book(rows: &[Stored]) -> Xlsx<BufReader<std::fs::File>> {
    let folder = tempfile::tempdir().unwrap();
    let mut widths = Widths::default();
    rows.iter().for_each(|row| widths.add(row).unwrap());
    let mut book = Book::new(table(rows), widths, &receipt(), folder.path()).unwrap();
    rows.iter().for_each(|row| book.add(row).unwrap());
    let file = book.finish(folder.path()).unwrap();
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a file was left behind"
    );
    open_workbook_from_rs(BufReader::new(file)).unwrap()
}

#[test]
fn a_workbook_keeps_every_cell_as_it_was_sent() {
    let rows = [
        stored(
            2,
            r#"[["Nomor Induk","0099"],["nilai","1.5","n"],["x","=HYPERLINK(\"a\")"],["y","true","n"]]"#,
            &[("nik", "too short"), ("tanggal", "missing")],
        ),
        stored(
            7,
            r#"[["Nomor Induk","-1"],["nilai","","a"],["x","2026-01-02"],["y","x"]]"#,
            &[("", "of the row")],
        ),
    ];
    let mut book = book(&rows);
    assert_eq!(book.sheet_names(), ["Ditolak", "Petunjuk"]);
    let range = book.worksheet_range("Ditolak").unwrap();
    let line = |row: u32| -> Vec<Data> {
        (0..9)
            .map(|c| range.get_value((row, c)).cloned().unwrap_or_default())
            .collect()
    };
    let words = |words: &[&str]| -> Vec<Data> { words.iter().map(|w| Data::String((*w).to_owned())).collect() };
    assert_eq!(
        line(0),
        words(&[
            "Nomor Induk",
            "nilai",
            "x",
            "y",
            "tanggal",
            "_baris",
            "_kolom",
            "_aturan",
            "_alasan"
        ])
    );
    let first = line(1);
    assert_eq!(first[0], Data::String("0099".into()));
    assert_eq!(first[1], Data::Float(1.5));
    assert_eq!(first[2], Data::String("=HYPERLINK(\"a\")".into()));
    assert_eq!(first[3], Data::Bool(true));
    assert_eq!((&first[4], &first[5]), (&Data::Empty, &Data::String("2".into())));
    assert_eq!(
        &line(2)[..3],
        &[
            Data::String("-1".into()),
            Data::Empty,
            Data::String("2026-01-02".into())
        ]
    );
    let formulas = book.worksheet_formula("Ditolak").unwrap();
    assert!(formulas.used_cells().next().is_none());
    let guide = book.worksheet_range("Petunjuk").unwrap();
    let said: String = guide.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
    assert!(
        said.contains("--corrects 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f"),
        "{said}"
    );
}

#[test]
fn a_cell_that_no_sheet_can_hold_is_refused_with_the_way_out() {
    let long = "x".repeat(32_768);
    let row = stored(4, &format!(r#"[["x","{long}"]]"#), &[]);
    let error = Widths::default().add(&row).unwrap_err();
    assert!(
        error.message().contains("line 4") && error.message().contains("text/csv"),
        "{error}"
    );
    let just = stored(4, &format!(r#"[["x","{}"]]"#, &long[1..]), &[]);
    Widths::default().add(&just).unwrap();
}
