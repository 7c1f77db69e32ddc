#![allow(clippy::unwrap_used)]

use super::*;

fn stored(line: i64, cells: &[(&str, &str)]) -> Stored {
    Stored {
        line,
        columns: "nik".into(),
        rules: "pattern".into(),
        messages: Some("not 16 digits, \"99x\" found".into()),
        faults: None,
        raw: Some(serde_json::to_string(cells).unwrap()),
    }
}

#[test]
fn rows_come_back_in_the_senders_columns() {
    let rows = [
        stored(2, &[("NIK", "99x"), ("Nama; lengkap", "A, \"B\"\nC")]),
        stored(5, &[("Nama; lengkap", ""), ("Catatan", " x"), ("_baris", "9")]),
    ];
    let mut columns = Columns::default();
    for row in &rows {
        columns.add(row.cells().unwrap().unwrap());
    }
    let mut text = columns.header();
    for row in &rows {
        columns.write(row, &mut text).unwrap();
    }
    let reason = "\"not 16 digits, \"\"99x\"\" found\"";
    let want = format!(
        "NIK,\"Nama; lengkap\",Catatan,_baris,_kolom,_aturan,_alasan\r\n\
         99x,\"A, \"\"B\"\"\nC\",,2,nik,pattern,{reason}\r\n\
         ,,\" x\",5,nik,pattern,{reason}\r\n"
    );
    assert_eq!(text, want);
}

#[test]
fn hidden_text_leaves_line_column_and_rule() {
    let row = Stored {
        messages: None,
        raw: None,
        ..stored(3, &[])
    };
    let columns = Columns::default();
    let mut text = columns.header();
    columns.write(&row, &mut text).unwrap();
    assert_eq!(text, "_baris,_kolom,_aturan,_alasan\r\n3,nik,pattern,\r\n");
    let shown = serde_json::to_value(shown(row).unwrap()).unwrap();
    assert_eq!(
        shown,
        serde_json::json!({"line": 3, "columns": "nik", "rules": "pattern"})
    );
}
