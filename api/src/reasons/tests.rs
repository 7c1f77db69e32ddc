#![allow(clippy::unwrap_used)]

use super::*;
use axum::http::HeaderValue;
use smartcenter_warehouse::contract::{self, Origin};

fn tongue(said: &str) -> Tongue {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(said).unwrap());
    Tongue::of(&headers)
}

#[test]
fn the_language_is_the_one_liked_best() {
    assert_eq!(Tongue::of(&HeaderMap::new()), Tongue::English);
    for (said, wanted) in [
        ("id", Tongue::Indonesian),
        ("id-ID,id;q=0.9,en;q=0.8", Tongue::Indonesian),
        ("en-US,en;q=0.9,id;q=0.8", Tongue::English),
        ("en;q=0.5, ID", Tongue::Indonesian),
        ("jv, su;q=0.9", Tongue::English),
        ("*, ;q=x", Tongue::English),
    ] {
        assert_eq!(tongue(said), wanted, "{said}");
    }
}

fn said(column: &str, rule: &str, message: &str) -> String {
    let text = "\
apiVersion: v3.1.0
kind: DataContract
id: uji
name: Uji
version: \"1.0.0\"
status: active
domain: dinas-uji
schema:
  - name: uji
    properties:
      - {name: iso, logicalType: date}
      - name: tanggal
        logicalType: date
        customProperties:
          - {property: formats, value: [\"%d/%m/%Y\", \"%d %B %Y\"]}
";
    let contract = contract::parse(text, Origin::Site, "uji").unwrap();
    let fault = CellFault {
        line: 2,
        column: Some(column.to_owned()),
        rule: rule.to_owned(),
        value: None,
        message: message.to_owned(),
    };
    assert_eq!(Tongue::English.reason(&fault, Some(&contract)), message);
    Tongue::Indonesian.reason(&fault, Some(&contract))
}

#[test]
fn dates_are_told_by_example() {
    let message = "a date of the form %d/%m/%Y or %d %B %Y was expected";
    assert_eq!(
        said("tanggal", "type", message),
        "harus tanggal, ditulis seperti 17/07/2026 atau 17 Juli 2026"
    );
    let message = "a date such as 2026-07-17 was expected";
    assert_eq!(
        said("iso", "type", message),
        "harus tanggal, ditulis seperti 2026-07-17"
    );
}

#[test]
fn sentences_are_known_whole_or_stay_as_they_are() {
    assert!(phrases::are_patterns());
    for (english, indonesian) in [
        ("a value is required", "isian ini wajib"),
        ("the text must have the form [0-9]{8}", "harus tepat 8 angka"),
        (
            "the value must be one of: SD, SMP and 3 more",
            "harus salah satu dari: SD, SMP, dan 3 lagi",
        ),
        (
            "a number with the decimal sign ',' was expected: 694902 or 694.902: use the signs of the contract, or write it \
             out without a thousands sign",
            "harus angka, dengan tanda desimal ',': dapat berarti 694902 atau 694.902; tulis tanpa tanda ribuan",
        ),
        (
            "rule reference of column kode: 3 rows, the first on line 2: the code is not in column kode of dataset wilayah",
            "aturan reference pada kolom kode: 3 baris, yang pertama baris 2: kode ini tidak ada di kolom kode pada \
             kumpulan data wilayah",
        ),
        (
            "hadir + sakit harus sama dengan terdaftar",
            "hadir + sakit harus sama dengan terdaftar",
        ),
        ("a value is required, and more", "a value is required, and more"),
    ] {
        assert_eq!(said("x", "rule", english), indonesian);
    }
}
