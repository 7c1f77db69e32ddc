//! Numbers of two conventions, against a slow reader of one expression per form.

use super::super::mixed::{Convention, candidates, convention};
use super::*;
use crate::fixture::run;
use smartcenter_warehouse::contract::{NumberSigns, OnFailure};

/// What a text means by the rules as they are written down.
#[derive(Debug, PartialEq)]
enum Meaning {
    Number(String),
    Either(String, String),
    Wrong,
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The slow reader: each form is an expression of its own.
fn slow(text: &str, whole: bool) -> Meaning {
    let find = |form: &str| parts(form, text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let number = |whole: &str, fraction: &str, exponent: &str| {
        Meaning::Number(format!("{sign}{}.{fraction}{exponent}", digits(whole)))
    };
    if let Some(parts) = find(r"^[-+]?([1-9][0-9]{0,2})[.,]([0-9]{3})$") {
        let zeros = parts[2] == "000";
        let thousands = format!("{sign}{}{}", &parts[1], &parts[2]);
        return match whole && !zeros {
            true => Meaning::Number(format!("{thousands}.")),
            false => Meaning::Either(thousands, format!("{sign}{}.{}", &parts[1], &parts[2])),
        };
    }
    let exponent = "([eE][-+]?[0-9]+)?";
    for form in [
        // One sign at most, and it is the decimal sign.
        format!("^[-+]?([0-9]+)[.,]([0-9]*){exponent}$"),
        format!("^[-+]?([0-9]*)[.,]([0-9]+){exponent}$"),
        format!("^[-+]?([0-9]+)(){exponent}$"),
        // Thousands and a decimal sign.
        format!("^[-+]?([1-9][0-9]{{0,2}}(?:,[0-9]{{3}})+)[.]([0-9]*){exponent}$"),
        format!("^[-+]?([1-9][0-9]{{0,2}}(?:[.][0-9]{{3}})+),([0-9]*){exponent}$"),
        format!("^[-+]?([1-9][0-9]{{0,2}}(?:[ \u{a0}\u{202f}\u{2009}][0-9]{{3}})+)[.,]([0-9]*){exponent}$"),
        // Thousands only.
        "^[-+]?([1-9][0-9]{0,2}(?:,[0-9]{3}){2,})()()$".to_owned(),
        "^[-+]?([1-9][0-9]{0,2}(?:[.][0-9]{3}){2,})()()$".to_owned(),
        "^[-+]?([1-9][0-9]{0,2}(?:[ \u{a0}\u{202f}\u{2009}][0-9]{3})+)()()$".to_owned(),
    ] {
        if let Some(parts) = find(&form) {
            let exponent = parts.get(3).map_or("", String::as_str);
            if whole && (!exponent.is_empty() || parts[2].bytes().any(|b| b != b'0')) {
                return Meaning::Wrong;
            }
            return number(&parts[1], &parts[2], exponent);
        }
    }
    Meaning::Wrong
}

fn fast_float(text: &str) -> Option<f64> {
    match convention(text, false) {
        Convention::One(signs) => float(text, signs),
        Convention::Either { .. } | Convention::Wrong => None,
    }
}

fn fast_integer(text: &str) -> Option<i64> {
    match convention(text, true) {
        Convention::One(signs) => integer(text, signs),
        Convention::Either { .. } | Convention::Wrong => None,
    }
}

/// Both readers agree on `text`, as a float and as an integer.
fn agree(text: &str) -> Result<(), TestCaseError> {
    let value = |plain: &str| plain.parse::<f64>().ok().filter(|value| value.is_finite());
    match slow(text, false) {
        Meaning::Number(plain) => prop_assert_eq!(fast_float(text), value(&plain), "{:?}", text),
        Meaning::Either(one, other) => {
            prop_assert_eq!(fast_float(text), None, "{:?}", text);
            prop_assert_eq!(candidates(text, false), Some((one, other)), "{:?}", text);
        }
        Meaning::Wrong => {
            prop_assert_eq!(fast_float(text), None, "{:?}", text);
            prop_assert_eq!(candidates(text, false), None, "{:?}", text);
        }
    }
    match slow(text, true) {
        Meaning::Number(plain) => {
            let whole = plain.split('.').next().unwrap_or_default();
            prop_assert_eq!(fast_integer(text), whole.parse().ok(), "{:?}", text);
        }
        Meaning::Either(..) | Meaning::Wrong => prop_assert_eq!(fast_integer(text), None, "{:?}", text),
    }
    Ok(())
}

#[test]
fn each_cell_shows_its_convention() {
    for (text, value) in [
        ("1.261,40", 1261.4),
        ("1,261.40", 1261.4),
        ("80,67", 80.67),
        ("80.67", 80.67),
        ("1.234.567", 1_234_567.0),
        ("1,234,567", 1_234_567.0),
        ("-1.234.567,5", -1_234_567.5),
        ("0,750", 0.75),
        ("0.750", 0.75),
        ("1234,567", 1234.567),
        (",500", 0.5),
        ("12,", 12.0),
        ("1 261,40", 1261.4),
        ("694\u{a0}902", 694_902.0),
        ("694\u{202f}902.5", 694_902.5),
        ("1 500,250", 1500.25),
        ("1,5e3", 1500.0),
        ("42", 42.0),
    ] {
        assert_eq!(fast_float(text), Some(value), "{text}");
        agree(text).unwrap();
    }
    for text in ["694,902", "1.500", "-1.500", "1.000"] {
        assert_eq!(fast_float(text), None, "{text}");
        assert!(candidates(text, false).is_some(), "{text}");
        agree(text).unwrap();
    }
    for text in [
        "1.26.5",
        "1,26.400",
        "12.34,5",
        "1.234,5,6",
        "0.123,45",
        "0.123.456",
        "1 26",
        "1  500",
        ".",
        ",",
        "",
        "-",
        "1.2x4",
        "1.261,40 ",
        "Rp 5",
        "1.234e3.5",
    ] {
        assert_eq!(fast_float(text), None, "{text}");
        assert_eq!(candidates(text, false), None, "{text}");
        agree(text).unwrap();
    }
}

#[test]
fn an_integer_is_ambiguous_only_where_the_fraction_is_zero() {
    assert_eq!(fast_integer("694,902"), Some(694_902));
    assert_eq!(fast_integer("1.500"), Some(1500));
    assert_eq!(fast_integer("12,0"), Some(12));
    assert_eq!(fast_integer("1.000"), None);
    assert_eq!(candidates("1.000", true), Some(("1000".to_owned(), "1.000".to_owned())));
    assert_eq!(fast_integer("1.261.400"), Some(1_261_400));
}

fn column(ty: ColumnType, signs: NumberSigns, affixes: &[&str]) -> Column {
    let mut column = col("nilai", ty);
    column.reading.number_signs = signs;
    column.reading.affixes = affixes.iter().map(|affix| (*affix).to_owned()).collect();
    column
}

/// Rule and message of the one fault of a cell.
fn fault(column: Column, cell: &str) -> (String, String) {
    let checked = csv(contract(vec![column]), &format!("nilai\n\"{cell}\"\n"));
    let fault = &checked.rejected[0].faults[0];
    (fault.rule.clone(), fault.message.clone())
}

#[test]
fn both_readings_are_named() {
    for ty in [ColumnType::Float64, ColumnType::Decimal(12, 2)] {
        let (rule, message) = fault(column(ty, NumberSigns::Mixed, &[]), "694,902");
        assert_eq!(rule, "ambiguous");
        assert!(message.starts_with("694902 or 694.902: "), "{message}");
        assert!(
            message.contains("`decimal`") && message.contains("`thousands`"),
            "{message}"
        );
    }
    let (rule, message) = fault(column(ColumnType::Int32, NumberSigns::Mixed, &[]), "1.000");
    assert_eq!(rule, "ambiguous");
    assert!(message.starts_with("1000 or 1.000"), "{message}");
}

#[test]
fn strict_signs_tell_what_the_other_convention_would_read() {
    let strict = |cell| fault(column(ColumnType::Float64, NumberSigns::Strict, &[]), cell);
    let (rule, message) = strict("1.261,40");
    assert_eq!(rule, "type");
    assert!(
        message.contains("decimal sign ','") && message.contains("1261.40"),
        "{message}"
    );
    let (rule, message) = strict("694,902");
    assert_eq!(rule, "type");
    assert!(message.contains("694902 or 694.902"), "{message}");
    assert!(!strict("x").1.contains("would be"));
    let (_, message) = fault(column(ColumnType::Int64, NumberSigns::Strict, &[]), "1.500");
    assert!(message.contains("it would be 1500;"), "{message}");
}

#[test]
fn what_only_warns_shows_no_value() {
    let mut warned = column(ColumnType::Float64, NumberSigns::Mixed, &[]);
    warned.on_failure = OnFailure::Warn;
    let checked = csv(contract(vec![warned]), "nilai\n\"694,902\"\n");
    let (key, finding) = checked.findings.iter().next().unwrap();
    assert_eq!(key.1, "ambiguous");
    assert!(!finding.message.contains("694"), "{}", finding.message);
}

#[test]
fn affixes_stand_around_numbers_and_scale_nothing() {
    let affixes = ["Rp", "%", "hari", ",-"];
    for (cell, value) in [
        ("Rp 1.261,40", 1261.4),
        ("Rp1.261,40", 1261.4),
        ("rp. 1.261,40", 1261.4),
        ("Rp 50.000.000,-", 50_000_000.0),
        ("85,5%", 85.5),
        ("85,5 %", 85.5),
        ("3 hari", 3.0),
        ("3HARI", 3.0),
        ("3", 3.0),
    ] {
        let mixed = column(ColumnType::Float64, NumberSigns::Mixed, &affixes);
        let checked = csv(contract(vec![mixed]), &format!("nilai\n\"{cell}\"\n"));
        assert_eq!(checked.rejected, [], "{cell}");
        let values = checked
            .accepted
            .column(0)
            .as_primitive::<arrow::datatypes::Float64Type>();
        assert_eq!(values.value(0), value, "{cell}");
    }
    for cell in ["Rp", "Rupiah 5", "5 harian", "%", "hari 5 x"] {
        assert_eq!(
            fault(column(ColumnType::Float64, NumberSigns::Mixed, &affixes), cell).0,
            "type",
            "{cell}"
        );
    }
    assert_eq!(
        fault(column(ColumnType::Float64, NumberSigns::Strict, &[]), "85%").0,
        "type",
        "only by the contract"
    );
    // The type of a JSON number is told by the document, and mixed signs do not apply to it.
    let mixed = column(ColumnType::Float64, NumberSigns::Mixed, &affixes);
    let checked = run(Format::Json, contract(vec![mixed]), r#"[{"nilai": 694.902}]"#)
        .unwrap()
        .remove(0);
    assert!(checked.rejected.is_empty());
}

#[test]
fn a_dash_is_a_value_unless_the_contract_says_otherwise() {
    for dash in ["-", "–"] {
        assert_eq!(
            fault(column(ColumnType::Int32, NumberSigns::Mixed, &[]), dash).0,
            "type"
        );
        let mut nullable = column(ColumnType::Int32, NumberSigns::Mixed, &[]);
        nullable.null_values = vec![dash.to_owned()];
        assert!(
            csv(contract(vec![nullable]), &format!("nilai\n{dash}\n"))
                .rejected
                .is_empty()
        );
    }
}

#[test]
fn blanks_part_thousands_where_the_contract_says_so() {
    let blank = Signs {
        decimal: ',',
        thousands: Some(' '),
    };
    for text in ["1 261,4", "1\u{a0}261,4", "1\u{202f}261,4"] {
        assert_eq!(float(text, blank), Some(1261.4), "{text}");
        assert_eq!(float(text, INDONESIAN), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(2048), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_readers_agree_on_any_text(text in "[-+]?[0-9., \u{a0}e]{0,14}") {
        agree(&text)?;
    }

    #[test]
    fn both_readers_agree_on_near_numbers(text in "[-+]?[0-9]{0,4}([., \u{202f}][0-9]{2,4}){0,4}([eE][-+]?[0-9]{1,2})?") {
        agree(&text)?;
    }

    #[test]
    fn what_is_written_comes_back_or_is_ambiguous(whole in 0_u64..10_u64.pow(12), cents in 0_u32..100, indonesian: bool) {
        let (thousands, decimal) = if indonesian { ('.', ',') } else { (',', '.') };
        let mut grouped = String::new();
        let plain = whole.to_string();
        for (index, digit) in plain.chars().enumerate() {
            if index > 0 && (plain.len() - index) % 3 == 0 {
                grouped.push(thousands);
            }
            grouped.push(digit);
        }
        // Two decimals are never three digits, so money is never ambiguous.
        let money = format!("{grouped}{decimal}{cents:02}");
        prop_assert_eq!(fast_float(&money), format!("{whole}.{cents:02}").parse().ok());
        match (1000..1_000_000).contains(&whole) {
            true => prop_assert_eq!(fast_float(&grouped), None),
            false => prop_assert_eq!(fast_float(&grouped), plain.parse().ok()),
        }
        let is_even = whole % 1000 == 0;
        match (1000..1_000_000).contains(&whole) && is_even {
            true => prop_assert_eq!(fast_integer(&grouped), None),
            false => prop_assert_eq!(fast_integer(&grouped), i64::try_from(whole).ok()),
        }
    }
}
