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
            "rule reference of column kode rejects the whole batch: the code is not in column kode of dataset wilayah",
            "aturan reference pada kolom kode menolak seluruh kiriman: kode ini tidak ada di kolom kode pada kumpulan data \
             wilayah",
        ),
        (
            "left out, totals: rows 11, 20 to 24 and more, 30 in all of the sheet",
            "tidak dibaca, karena jumlah: baris 11, 20 sampai 24 dan lainnya, semuanya 30 di lembarnya",
        ),
        (
            "columns not in the contract were kept out: a, b and 3 more",
            "kolom yang tidak dikenal tidak disimpan: a, b, dan 3 lagi",
        ),
        (
            "Bundle.entry[3].resource.subject points at a resource that is not in the bundle: send it along",
            "Bundle.entry[3].resource.subject: menunjuk resource yang tidak ada di bundel: sertakan juga",
        ),
        ("the geometry has no `coordinates`", "geometri: `coordinates` tidak ada"),
        (
            "the geometry has something that nobody knows",
            "the geometry has something that nobody knows",
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

#[test]
fn all_that_the_corpus_says_is_told_in_indonesian() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/feeds/messages.json");
    let said_by_kind: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // Contracts describe their own rules in Indonesian.
    let shipped = smartcenter_warehouse::contract::Registry::embedded().unwrap();
    let rules = shipped.iter().flat_map(|contract| &contract.row_rules);
    let of_contracts: std::collections::BTreeSet<&str> = rules.map(|rule| rule.description.as_str()).collect();
    let mut untold = Vec::new();
    for kind in ["errors", "faults", "warnings"] {
        let sentences = said_by_kind[kind].as_array().unwrap();
        assert!(sentences.len() > 10, "{kind}");
        let sentences = sentences.iter().map(|sentence| sentence.as_str().unwrap());
        let sentences = sentences.filter(|sentence| !of_contracts.contains(sentence));
        untold.extend(sentences.filter(|sentence| said("x", "rule", sentence) == **sentence));
    }
    assert!(untold.is_empty(), "add to api/src/reasons/phrases: {untold:#?}");
}

#[test]
fn problems_are_told_as_well() {
    let problem = Arc::new(Problem::invalid(
        "the workbook is damaged or was cut off: send the whole file again, or open it in Excel or LibreOffice, save it anew \
         as .xlsx, and send that",
    ));
    assert_eq!(Tongue::English.problem(problem.clone()).detail(), problem.detail());
    let told = Tongue::Indonesian.problem(problem.clone());
    assert_eq!(
        told.detail(),
        "berkasnya rusak atau terpotong: kirim lagi berkas yang utuh, atau buka di Excel atau LibreOffice, simpan ulang \
         sebagai .xlsx, lalu kirim"
    );
    assert_eq!(told.status(), problem.status());
    let other = Arc::new(Problem::invalid("a sentence from elsewhere"));
    assert_eq!(Tongue::Indonesian.problem(other).detail(), "a sentence from elsewhere");
}
