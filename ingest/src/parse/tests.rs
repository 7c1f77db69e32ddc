#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{
    boolean,
    number::{Signs, decimal, float, integer},
    time::Moments,
};
use crate::Format;
use crate::fixture::{attendance, cases, col, contract, csv, faults, run};
use arrow::{
    array::AsArray,
    datatypes::{Date32Type, Decimal128Type, Float64Type, Int32Type},
};
use proptest::prelude::*;
use smartcenter_warehouse::contract::{Column, ColumnType};

const INDONESIAN: Signs = Signs {
    decimal: ',',
    thousands: Some('.'),
};

#[test]
fn integers() {
    for (text, value) in [
        ("0", 0),
        ("007", 7),
        ("-12", -12),
        ("+5", 5),
        ("12.0", 12),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(integer(text, Signs::PLAIN), Some(value), "{text}");
    }
    for text in [
        "",
        "-",
        "12.5",
        "1e3",
        "1,000",
        "9223372036854775808",
        "0x10",
        "NaN",
        "1 2",
        "--1",
        "1-",
        "٣",
    ] {
        assert_eq!(integer(text, Signs::PLAIN), None, "{text}");
    }
    assert_eq!(integer("1.261", INDONESIAN), Some(1261));
    assert_eq!(integer("-1.234.567", INDONESIAN), Some(-1_234_567));
    for text in ["1.26", "12.3456", ".123", "1234.567", "1..000", "1,5"] {
        assert_eq!(
            integer(text, INDONESIAN),
            None,
            "{text}: a thousands sign stands between groups of three"
        );
    }
}

#[test]
fn doubles() {
    for (text, value) in [
        ("80.67", 80.67),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1e-3", -0.001),
        ("1E6", 1e6),
    ] {
        assert_eq!(float(text, Signs::PLAIN), Some(value), "{text}");
    }
    for text in [
        "inf", "NaN", "nan", "infinity", "1e999", ".", "-", "1.2.3", "e5", "1e", "80,67", "85%",
    ] {
        assert_eq!(float(text, Signs::PLAIN), None, "{text}");
    }
    assert_eq!(float("1.261,40", INDONESIAN), Some(1261.4));
    assert_eq!(float("0,5", INDONESIAN), Some(0.5));
    assert_eq!(float("1,261.40", INDONESIAN), None);
}

#[test]
fn decimals_lose_nothing() {
    assert_eq!(decimal("1.261,40", INDONESIAN, 12, 2), Some(126_140));
    assert_eq!(decimal("-0.5", Signs::PLAIN, 5, 2), Some(-50));
    assert_eq!(decimal("7", Signs::PLAIN, 5, 2), Some(700));
    assert_eq!(
        decimal("1.500", Signs::PLAIN, 5, 2),
        Some(150),
        "zeros behind the scale are nothing"
    );
    assert_eq!(decimal("1.505", Signs::PLAIN, 5, 2), None, "a digit would be lost");
    assert_eq!(decimal("1000", Signs::PLAIN, 5, 2), None, "six digits in five");
    assert_eq!(decimal("999.99", Signs::PLAIN, 5, 2), Some(99_999));
    assert_eq!(decimal("1e3", Signs::PLAIN, 9, 2), None);
    assert_eq!(decimal(&"9".repeat(63), Signs::PLAIN, 38, 0), None);
    assert_eq!(decimal(&"9".repeat(100), Signs::PLAIN, 38, 0), None);
}

#[test]
fn booleans() {
    for text in ["ya", "YA", "Y", "1", "true", "Benar"] {
        assert_eq!(boolean::parse(text), Some(true), "{text}");
    }
    for text in ["tidak", "T", "0", "FALSE", "tdk"] {
        assert_eq!(boolean::parse(text), Some(false), "{text}");
    }
    for text in ["2", "", "mungkin", "yatidak"] {
        assert_eq!(boolean::parse(text), None, "{text}");
    }
}

fn moments(formats: &[&str]) -> Moments {
    Moments::new(&formats.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>())
}

#[test]
fn dates() {
    let day = |text: &str, formats: &[&str]| moments(formats).date(text);
    for (text, days) in [
        ("1970-01-01", 0),
        ("2026-07-17", 20_651),
        ("2024-02-29", 19_782),
        ("1969-12-31", -1),
        ("2026-07-17T00:00:00", 20_651),
        ("2026-07-17 00:00", 20_651),
    ] {
        assert_eq!(day(text, &[]), Some(days), "{text}");
    }
    for text in [
        "2023-02-29",
        "2026-7-17",
        "17-07-2026",
        "2026-07-17T08:00",
        "20260717",
        "2026-07-17x",
        "0000-01-01",
        "2026-13-01",
    ] {
        assert_eq!(day(text, &[]), None, "{text}");
    }
    assert_eq!(day("20260717", &["%Y%m%d"]), Some(20_651));
    assert_eq!(day("2026071", &["%Y%m%d"]), None);
    assert_eq!(day("17/07/2026", &["%d/%m/%Y"]), Some(20_651));
    assert_eq!(day("1/7/2026", &["%d/%m/%Y"]), Some(20_635), "spreadsheets drop zeros");
    assert_eq!(day("17/07/26", &["%d/%m/%Y"]), None, "a year has four digits");
    assert_eq!(
        day("17.07.2026", &["%d/%m/%Y", "%d.%m.%Y"]),
        Some(20_651),
        "formats are tried in order"
    );
    assert_eq!(day("17 Juli 2026", &["%d %B %Y"]), Some(20_651));
    assert_eq!(day("17 agustus 1945", &["%d %B %Y"]), Some(-8_903));
    assert_eq!(day("Jumat, 17 Jul 2026", &["%A, %d %b %Y"]), Some(20_651));
    assert_eq!(day("17 Juli 2026", &["%Y-%m-%d"]), None);
}

#[test]
fn timestamps() {
    let at = |text: &str, formats: &[&str]| moments(formats).timestamp(text, 7 * 60);
    let midnight = 20_651 * 86_400_000_000_i64;
    let hour = 3_600_000_000_i64;
    for (text, micros) in [
        ("2026-07-17T08:30:00Z", midnight + 8 * hour + hour / 2),
        ("2026-07-17T08:30:00+07:00", midnight + hour + hour / 2),
        ("2026-07-17 08:30", midnight + hour + hour / 2),
        ("2026-07-17", midnight - 7 * hour),
        ("2026-07-17T07:00:00.123456789", midnight + 123_456),
        ("2026-07-17T07:00:00,5 +0700", midnight + 500_000),
        ("2026-07-17T07:00:00-01", midnight + 8 * hour),
    ] {
        assert_eq!(at(text, &[]), Some(micros), "{text}");
    }
    for text in [
        "2026-07-17T24:00",
        "2026-07-17T08",
        "2026-07-17T08:30:61",
        "2026-07-17T08:30x",
        "08:30",
        "2026-07-17T08:30:00.",
        "2026-07-17T",
    ] {
        assert_eq!(at(text, &[]), None, "{text}");
    }
    assert_eq!(
        at("17/07/2026 08.30", &["%d/%m/%Y %H.%M"]),
        Some(midnight + hour + hour / 2)
    );
    assert_eq!(at("17/07/2026", &["%d/%m/%Y"]), Some(midnight - 7 * hour));
    assert_eq!(
        at("2026-07-17 08:30:00 +0000", &["%Y-%m-%d %H:%M:%S %z"]),
        Some(midnight + 8 * hour + hour / 2)
    );
}

#[test]
fn columns_are_typed_by_the_contract() {
    let mut shape = attendance();
    shape.source.decimal = ',';
    shape.columns[3].null_values = vec!["NS".to_owned()];
    let checked = csv(
        shape,
        "npsn;tanggal;hadir;persen\n00123;2026-07-17; 30 ;80,5\n00124;2026-07-18;;NS\n",
    );
    assert!(checked.rejected.is_empty(), "{:?}", checked.rejected);
    let rows = &checked.accepted;
    assert_eq!(
        rows.column(0).as_string_view().value(0),
        "00123",
        "leading zeros stay in text"
    );
    assert_eq!(rows.column(1).as_primitive::<Date32Type>().value(1), 20_652);
    assert_eq!(
        rows.column(2).as_primitive::<Int32Type>().iter().collect::<Vec<_>>(),
        [Some(30), None]
    );
    assert_eq!(
        rows.column(3).as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
        [Some(80.5), None]
    );
    assert_eq!(rows.column(4).null_count(), 2, "a column that was not sent is null");
    assert_eq!(crate::check::lines(rows), Some(&[2_i64, 3][..]));
}

#[test]
fn wrong_cells_are_named() {
    let checked = csv(
        attendance(),
        "npsn,tanggal,hadir,persen\n1,kemarin,tiga puluh,x\n,2026-07-17,2147483648,1\n3,2026-07-17,1,1\n",
    );
    let text = |parts: [&str; 3]| parts.map(str::to_owned);
    let found: Vec<_> = faults(&checked)
        .into_iter()
        .map(|(line, column, rule, value)| (line, [column, rule, value]))
        .collect();
    assert_eq!(
        found,
        [
            (2, text(["tanggal", "type", "kemarin"])),
            (2, text(["hadir", "type", "tiga puluh"])),
            (2, text(["persen", "type", "x"])),
            (3, text(["npsn", "required", ""])),
            (3, text(["hadir", "type", "2147483648"])),
        ]
    );
    assert_eq!(
        (checked.received, checked.accepted.num_rows(), checked.rejected.len()),
        (3, 1, 2)
    );
    assert_eq!(
        checked.rejected[0].cells[1],
        ("tanggal".to_owned(), "kemarin".to_owned())
    );
}

#[test]
fn json_values_keep_their_own_signs() {
    let mut shape = attendance();
    shape.source.decimal = ',';
    let checked = run(Format::Json, shape, r#"[{"npsn":20500001,"tanggal":"2026-07-17","persen":80.5},{"npsn":"1","tanggal":"2026-07-17","persen":"80,5"},{"npsn":"1","tanggal":["x"]}]"#).unwrap().remove(0);
    assert_eq!(
        checked.accepted.column(3).as_primitive::<Float64Type>().values(),
        &[80.5, 80.5]
    );
    assert_eq!(checked.accepted.column(0).as_string_view().value(0), "20500001");
    assert_eq!(faults(&checked)[0].2, "nested");
}

#[test]
fn decimals_get_their_type() {
    let money = Column {
        ..col("nilai", ColumnType::Decimal(12, 2))
    };
    let checked = csv(contract(vec![money]), "nilai\n1261.40\n");
    let values = checked.accepted.column(0).as_primitive::<Decimal128Type>();
    assert_eq!((values.value(0), values.precision(), values.scale()), (126_140, 12, 2));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(512), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_come_back(value: i64, double in -1e15_f64..1e15) {
        prop_assert_eq!(integer(&value.to_string(), Signs::PLAIN), Some(value));
        prop_assert_eq!(float(&double.to_string(), Signs::PLAIN), Some(double));
    }

    #[test]
    fn no_text_breaks_a_reader(text in "\\PC{0,40}") {
        let _ = (integer(&text, INDONESIAN), float(&text, INDONESIAN), decimal(&text, INDONESIAN, 18, 4), boolean::parse(&text));
        for formats in [&[][..], &["%d %B %Y"], &["%d/%m/%Y"], &["%Y%m%d"], &["%s"]] {
            let _ = (moments(formats).date(&text), moments(formats).timestamp(&text, 420));
        }
    }

    #[test]
    fn dates_come_back(days in -700_000_i32..2_900_000) {
        let date = chrono::NaiveDate::from_epoch_days(days).unwrap();
        prop_assert_eq!(moments(&[]).date(&date.to_string()), Some(days));
        prop_assert_eq!(moments(&["%Y%m%d"]).date(&date.format("%Y%m%d").to_string()), Some(days));
    }
}
