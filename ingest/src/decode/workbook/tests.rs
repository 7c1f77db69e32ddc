//! Workbooks written here and read back, compared with another reader, and broken in every way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    book::{Row, Shows, Value},
    format, number, open,
};
use crate::{
    Format, PushRequest, Result,
    check::{Checked, check},
    decode::{CHUNK, document::Held},
    fixture::{attendance, cases, chunks, col, context, contract, faults, plan, request},
};
use arrow::{array::AsArray, datatypes::Int64Type};
use calamine::{Data, Reader};
use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format as Style, Formula, Workbook};
use smartcenter_warehouse::contract::{Check, Column, ColumnRule, ColumnType, Contract, LeadingZeros};
use std::{ops::ControlFlow, path::Path};

/// A workbook checked by a contract, in one chunk, and its warnings.
fn read_as(request: &PushRequest, contract: Contract, payload: &[u8]) -> Result<(Checked, Vec<String>)> {
    let plan = plan(contract);
    let (mut chunks, summary) = chunks(request, &plan, payload, 4096, CHUNK)?;
    assert!(chunks.len() <= 1, "a small sheet is one chunk");
    let chunk = chunks.pop().expect("no row was read");
    Ok((check(chunk, &plan, &context())?, summary.warnings))
}

fn read(contract: Contract, book: &mut Workbook) -> Result<(Checked, Vec<String>)> {
    read_as(&request(Format::Xlsx), contract, &book.save_to_buffer().unwrap())
}

fn lines(checked: &Checked) -> Vec<i64> {
    let lines = checked.accepted.column_by_name("_line").unwrap();
    lines.as_primitive::<Int64Type>().values().to_vec()
}

fn texts(checked: &Checked, column: &str) -> Vec<String> {
    let texts = checked.accepted.column_by_name(column).unwrap();
    texts
        .as_string_view()
        .iter()
        .map(|text| text.unwrap_or_default().to_owned())
        .collect()
}

fn code(rule: Check) -> Column {
    Column {
        required: true,
        rules: vec![ColumnRule {
            name: "pattern".to_owned(),
            check: rule,
            on_failure: Default::default(),
        }],
        ..col("kode", ColumnType::Text)
    }
}

fn digits(count: usize) -> Check {
    Check::Pattern(regex::Regex::new(&format!("^(?:[0-9]{{{count}}})$")).unwrap())
}

#[test]
fn a_plain_table_is_read_with_its_row_numbers() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Style::new().set_num_format("dd/mm/yyyy");
    for (column, name) in ["NPSN", "Tanggal", "Jumlah Hadir", "Persen", "Catatan"]
        .iter()
        .enumerate()
    {
        sheet.write(2, column as u16, *name).unwrap();
    }
    for row in [3, 5] {
        sheet.write(row, 0, "99000001").unwrap();
        sheet
            .write_with_format(row, 1, ExcelDateTime::from_ymd(2026, 7, row as u8).unwrap(), &day)
            .unwrap();
        sheet.write(row, 2, 30).unwrap();
        sheet
            .write_formula(row, 3, Formula::new("=1.1*3").set_result("3.3000000000000003"))
            .unwrap();
    }
    let (checked, warnings) = read(attendance(), &mut book).unwrap();
    assert_eq!(lines(&checked), [4, 6]);
    assert_eq!(warnings, [""; 0]);
    assert_eq!(faults(&checked), []);
    let persen = checked.accepted.column_by_name("persen").unwrap();
    assert_eq!(persen.as_primitive::<arrow::datatypes::Float64Type>().value(0), 3.3);
}

#[test]
fn formulas_are_their_results_and_errors_are_faults() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["npsn", "tanggal", "hadir", "catatan"]).unwrap();
    for row in 1..=3 {
        sheet.write(row, 0, format!("9900000{row}")).unwrap();
        sheet.write(row, 1, "2026-07-17").unwrap();
    }
    sheet
        .write_formula(1, 2, Formula::new("=A1").set_result("#REF!"))
        .unwrap();
    sheet
        .write_formula(2, 2, Formula::new("=10*3").set_result("30"))
        .unwrap();
    sheet
        .write_formula(3, 3, Formula::new("=B9").set_result("hitungan"))
        .unwrap();
    let (checked, _) = read(attendance(), &mut book).unwrap();
    assert_eq!(lines(&checked), [3, 4]);
    assert_eq!(texts(&checked, "catatan"), ["", "hitungan"]);
    let found: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, _)| (line, column, rule))
        .collect();
    assert_eq!(found, [(2, "hadir".to_owned(), "formula".to_owned())]);
}

#[test]
fn lost_zeros_come_back_where_the_width_leaves_no_choice() {
    let book = |value: f64| {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "kode").unwrap();
        sheet.write(1, 0, value).unwrap();
        sheet.write(2, 0, "00000009").unwrap();
        book
    };
    let (checked, _) = read(contract(vec![code(digits(8))]), &mut book(3_501_234.0)).unwrap();
    assert_eq!(texts(&checked, "kode"), ["03501234", "00000009"]);
    let finding = checked
        .findings
        .get(&("kode".to_owned(), "leading_zeros".to_owned()))
        .unwrap();
    assert_eq!((finding.rows, finding.first), (1, 2));

    let wrong = |contract, value| {
        let (checked, _) = read(contract, &mut book(value)).unwrap();
        assert_eq!(texts(&checked, "kode"), ["00000009"], "{value}");
        faults(&checked).remove(0)
    };
    let refusing = Column {
        leading_zeros: LeadingZeros::Refuse,
        ..code(digits(8))
    };
    assert_eq!(wrong(contract(vec![refusing]), 3_501_234.0).2, "pattern");
    assert_eq!(wrong(contract(vec![code(digits(8))]), 350.5).2, "pattern");
    assert_eq!(wrong(contract(vec![code(digits(8))]), 123_456_789.0).2, "pattern");
    assert_eq!(wrong(contract(vec![code(digits(8))]), 0.0).2, "pattern");
}

#[test]
fn texts_get_their_zeros_back_only_where_the_contract_says_so() {
    let of = |zeros| {
        let column = Column {
            leading_zeros: zeros,
            ..code(Check::Length {
                min: Some(4),
                max: Some(4),
            })
        };
        crate::fixture::csv(contract(vec![column]), "kode\n12\nA-12\n")
    };
    assert_eq!(texts(&of(LeadingZeros::Restore), "kode"), ["0012", "A-12"]);
    assert_eq!(texts(&of(LeadingZeros::RestoreNumbers), "kode"), ["A-12"]);
}

#[test]
fn a_number_of_sixteen_digits_is_never_a_code() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "kode").unwrap();
    sheet.write(1, 0, 9_903_010_101_010_001.0).unwrap();
    sheet.write(2, 0, "9903010101010001").unwrap();
    let (checked, _) = read(contract(vec![code(digits(16))]), &mut book).unwrap();
    assert_eq!(texts(&checked, "kode"), ["9903010101010001"]);
    let found = faults(&checked);
    assert_eq!((found.len(), found[0].0, found[0].2.as_str()), (1, 2, "precision"));
}

#[test]
fn a_date_without_its_format_is_a_day_number_but_a_year_is_not() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["npsn", "tanggal"]).unwrap();
    sheet.write(1, 0, "99000001").unwrap();
    sheet.write(1, 1, 46_220).unwrap();
    sheet.write(2, 0, "99000002").unwrap();
    sheet.write(2, 1, 2026).unwrap();
    let (checked, _) = read(attendance(), &mut book).unwrap();
    assert_eq!(lines(&checked), [2]);
    assert_eq!(faults(&checked)[0].2, "type");
    let dates = checked.accepted.column_by_name("tanggal").unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 7, 17).unwrap().to_epoch_days();
    assert_eq!(dates.as_primitive::<arrow::datatypes::Date32Type>().value(0), day);
}

fn two_sheets() -> Workbook {
    let mut book = Workbook::new();
    for (name, code) in [("Data Lama", "lama"), ("Baru", "baru"), ("Rahasia", "rahasia")] {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.write(0, 0, "kode").unwrap();
        sheet.write(1, 0, code).unwrap();
    }
    book.worksheet_from_name("Rahasia").unwrap().set_hidden(true);
    book.worksheet_from_name("Baru")
        .unwrap()
        .write(0, 1, "catatan")
        .unwrap();
    book
}

#[test]
fn the_sheet_is_the_one_asked_for_or_the_one_that_fits() {
    let payload = two_sheets().save_to_buffer().unwrap();
    let columns = || vec![col("kode", ColumnType::Text), col("catatan", ColumnType::Text)];
    let asked = |sheet: Option<&str>, of_contract: Option<&str>| {
        let mut contract = contract(columns());
        contract.source.sheet = of_contract.map(str::to_owned);
        let request = PushRequest {
            sheet: sheet.map(str::to_owned),
            ..request(Format::Xlsx)
        };
        let (checked, warnings) = read_as(&request, contract, &payload)?;
        Ok::<_, crate::Error>((texts(&checked, "kode").remove(0), warnings))
    };
    let (code, warnings) = asked(None, None).unwrap();
    assert_eq!(code, "baru");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("\"Baru\" was read; \"Data Lama\" was not"),
        "{warnings:?}"
    );
    for (sheet, of_contract, code) in [
        (Some("data_lama"), None, "lama"),
        (Some("1"), None, "lama"),
        (Some("rahasia"), None, "rahasia"),
        (None, Some("Data Lama"), "lama"),
        (Some("2"), Some("Data Lama"), "baru"),
    ] {
        assert_eq!(
            asked(sheet, of_contract).unwrap(),
            (code.to_owned(), Vec::new()),
            "{sheet:?}"
        );
    }
    let error = asked(Some("4"), None).unwrap_err();
    assert!(
        error
            .message()
            .contains("1 \"Data Lama\", 2 \"Baru\", 3 \"Rahasia\" (hidden)"),
        "{error}"
    );
}

#[test]
fn a_limit_on_what_comes_out_holds_for_cells_too() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "kode").unwrap();
    for row in 1..2000 {
        sheet.write(row, 0, "x".repeat(1000)).unwrap();
    }
    let payload = book.save_to_buffer().unwrap();
    let plan = plan(contract(vec![col("kode", ColumnType::Text)]));
    let asked = request(Format::Xlsx);
    let mut source = crate::decode::Source::new(&asked, &plan, 300_000, CHUNK, &std::env::temp_dir()).unwrap();
    source.push(&payload, u64::MAX, &mut |_| Ok(())).unwrap();
    let error = source.finish(&mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, crate::Error::TooLarge(_)), "{error}");
    assert!(error.message().contains("300000 bytes"), "{error}");
}

#[test]
fn number_formats_tell_dates_from_times_and_numbers() {
    for (code, shows) in [
        ("General", Shows::Number),
        ("0.00", Shows::Number),
        ("#,##0;[Red]-#,##0", Shows::Number),
        ("\"hari\" 0", Shows::Number),
        ("0\\d", Shows::Number),
        ("[$Rp-421]#,##0", Shows::Number),
        ("dd/mm/yyyy", Shows::Date),
        ("[$-421]dd mmmm yyyy;@", Shows::Date),
        ("mmm-yy", Shows::Date),
        ("mmmm", Shows::Date),
        ("hh:mm", Shows::Time),
        ("mm:ss", Shows::Time),
        ("h:mm AM/PM", Shows::Time),
        ("yyyy-mm-dd hh:mm:ss", Shows::Moment),
        ("[h]:mm:ss", Shows::Span),
        ("[mm]:ss", Shows::Span),
    ] {
        assert_eq!(format::custom(code), shows, "{code}");
    }
}

#[test]
fn day_numbers_are_dates_with_the_day_that_never_was() {
    let text = |serial, shows| {
        let mut text = String::new();
        number::push_moment(&mut text, serial, shows).then_some(text)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(text(1.0, Shows::Date), some("1900-01-01"));
    assert_eq!(text(59.0, Shows::Date), some("1900-02-28"));
    assert_eq!(text(60.0, Shows::Date), None);
    assert_eq!(text(61.0, Shows::Date), some("1900-03-01"));
    assert_eq!(text(46_220.0, Shows::Date), some("2026-07-17"));
    assert_eq!(text(46_220.354_340_277_78, Shows::Moment), some("2026-07-17T08:30:15"));
    assert_eq!(text(0.5, Shows::Time), some("12:00:00"));
    assert_eq!(text(1.5, Shows::Span), some("36:00:00"));
    assert_eq!(text(2_958_465.0, Shows::Date), some("9999-12-31"));
    for none in [-1.0, 2_958_466.0, f64::NAN, f64::INFINITY] {
        assert_eq!(text(none, Shows::Date), None, "{none}");
    }
}

/// The values of a sheet in a plain form, by row and column.
fn cells(format: Format, payload: &[u8]) -> Vec<((u64, u32), String)> {
    let mut held = Held::Memory(payload.to_vec());
    let mut book = open(format, &mut held, 1 << 30).unwrap();
    let mut cells = Vec::new();
    book.rows(0, &mut |row: &Row| {
        for cell in row.cells() {
            let text = match row.value(cell) {
                Value::Text(text) => text.to_owned(),
                Value::Number(number, _) => number.to_string(),
                Value::Boolean(is) => is.to_string(),
                Value::Error(text) => text.to_owned(),
                other => panic!("{other:?}"),
            };
            cells.push(((row.number, cell.column), text));
        }
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    cells
}

/// The same by another reader.
fn other_cells(payload: &[u8]) -> Vec<((u64, u32), String)> {
    let mut book = calamine::open_workbook_auto_from_rs(std::io::Cursor::new(payload.to_vec())).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let start = range.start().unwrap_or_default();
    let text = |data: &Data| match data {
        Data::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Data::Float(number) => Some(number.to_string()),
        Data::Int(number) => Some(number.to_string()),
        Data::DateTime(moment) => Some(moment.as_f64().to_string()),
        Data::Bool(is) => Some(is.to_string()),
        Data::Error(error) => Some(error.to_string()),
        other => panic!("{other:?}"),
    };
    let place = |row: usize, column: usize| (u64::from(start.0) + row as u64 + 1, start.1 + column as u32);
    range
        .used_cells()
        .filter_map(|(row, column, data)| Some((place(row, column), text(data)?)))
        .collect()
}

#[test]
fn what_another_reader_finds_in_files_of_other_programs_is_found() {
    for case in [
        "xls/baik.xls",
        "xls/kacau.xls",
        "xls/panjang.xls",
        "xls/epoch1904.xls",
        "xlsx/baik_libre.xlsx",
        "xlsx/kacau_libre.xlsx",
    ] {
        let payload = fixture(case);
        assert_eq!(
            cells(Format::from_file_name(case).unwrap(), &payload),
            other_cells(&payload),
            "{case}"
        );
    }
}

fn fixture(case: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures/feeds")
        .join(case);
    std::fs::read(path).unwrap()
}

#[derive(Debug, Clone)]
enum Written {
    Nothing,
    Text(String),
    Number(f64),
    Boolean(bool),
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![
        Just(Written::Nothing),
        "[^\\x00-\\x1f\\x7f]{0,12}".prop_map(Written::Text),
        "[ \\n\\t<&>\"'_x0-9A-F]{0,12}".prop_map(Written::Text),
        any::<i32>().prop_map(|number| Written::Number(f64::from(number))),
        (-1e12..1e12).prop_map(Written::Number),
        any::<bool>().prop_map(Written::Boolean),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(40)))]

    /// Two readers that know nothing of each other find the same cells.
    #[test]
    fn what_another_reader_finds_is_found(
        rows in prop::collection::vec(prop::collection::vec(written(), 1..6), 1..8),
        inline in any::<bool>(),
    ) {
        let mut book = Workbook::new();
        let sheet = if inline { book.add_worksheet_with_constant_memory().unwrap() } else { book.add_worksheet() };
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    Written::Nothing => {}
                    Written::Text(text) => { sheet.write(row, column, text).unwrap(); }
                    Written::Number(number) => { sheet.write(row, column, *number).unwrap(); }
                    Written::Boolean(is) => { sheet.write(row, column, *is).unwrap(); }
                }
            }
        }
        let payload = book.save_to_buffer().unwrap();
        prop_assert_eq!(cells(Format::Xlsx, &payload), other_cells(&payload));
    }

    /// Fifteen digits survive, and no number has an exponent.
    #[test]
    fn decimals_keep_fifteen_digits(number in prop_oneof![any::<i64>().prop_map(|n| n as f64), -1e6..1e6, any::<f64>()]) {
        prop_assume!(number.is_finite());
        let mut text = String::new();
        number::push_decimal(&mut text, number);
        prop_assert!(text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.'), "{}", text);
        let back: f64 = text.parse().unwrap();
        prop_assert!((back - number).abs() <= number.abs() * 1e-14, "{} {}", text, number);
    }

    /// A moment comes back as itself, to the second.
    #[test]
    fn moments_come_back(seconds in -2_203_891_200_i64..253_402_300_799) {
        let moment = chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
        let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let serial = (moment - epoch).num_seconds() as f64 / 86_400.0;
        let mut text = String::new();
        prop_assert!(number::push_moment(&mut text, serial, Shows::Moment));
        prop_assert_eq!(text.parse::<NaiveDateTime>().unwrap(), moment);
    }

    /// A workbook with bytes changed or cut off is read or refused, and nothing else.
    #[test]
    fn a_broken_workbook_is_read_or_refused(
        case in prop::sample::select(vec!["xlsx/kacau.xlsx", "xlsx/kacau_libre.xlsx", "xls/kacau.xls", "ods/kacau.ods", "xls/polos.xls"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut payload = fixture(case);
        for (at, byte) in changes {
            let at = at.index(payload.len());
            payload[at] = byte;
        }
        if let Some(cut) = cut {
            payload.truncate(cut.index(payload.len()).max(1));
        }
        let format = Format::from_file_name(case).unwrap();
        let plan = plan(attendance());
        if let Ok((chunks, _)) = chunks(&request(format), &plan, &payload, 4096, CHUNK) {
            for chunk in chunks {
                let _ = check(chunk, &plan, &context());
            }
        }
    }
}
