#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Header, Names};
use crate::{Result, decode::Dialect, fixture::attendance};

fn map(header: &[&str]) -> Result<Header> {
    let contract = attendance();
    let names = Names::new(&contract);
    let dialect = Dialect {
        delimiter: b',',
        quote: b'"',
    };
    Header::map(
        header.iter().map(|h| (*h).to_owned()).collect(),
        dialect,
        &contract,
        &names,
    )
}

#[test]
fn names_and_aliases_are_folded() {
    let header = map(&["\u{feff}Tang-gal", " N P S N ", "jumlah_hadir", "PERSEN"]).unwrap();
    assert_eq!(header.columns, [Some(1), Some(0), Some(2), Some(3), None]);
    assert!(header.warnings.is_empty());
}

#[test]
fn unknown_columns_are_kept_out_with_a_warning() {
    let header = map(&["npsn", "tanggal", "Nama Sekolah", "_baris", "_ALASAN"]).unwrap();
    assert_eq!(
        header.warnings,
        ["columns not in the contract were kept out: \"Nama Sekolah\""]
    );
    let cells = header.label(["1", "2", "3", "4", "5", "6"].into_iter().map(str::to_owned));
    let names: Vec<&str> = cells.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["npsn", "tanggal", "Nama Sekolah", "kolom 6"],
        "the hub's own columns do not come twice"
    );
}

#[test]
fn a_missing_required_column_names_what_was_found() {
    let message = map(&["npsn", "tgl"]).unwrap_err().message().to_owned();
    assert!(
        message.contains("uji") && message.contains("\"tanggal\" is missing") && message.contains("\"tgl\""),
        "{message}"
    );
}

#[test]
fn a_file_without_a_header_is_not_taken_for_one() {
    let mut contract = attendance();
    contract.columns.iter_mut().for_each(|c| c.required = false);
    let names = Names::new(&contract);
    let dialect = Dialect {
        delimiter: b',',
        quote: b'"',
    };
    let found = vec!["20500001".to_owned(), "2026-07-17".to_owned()];
    assert!(Header::map(found, dialect, &contract, &names).is_err());
}

#[test]
fn a_column_may_not_come_twice() {
    let message = map(&["npsn", "tanggal", "hadir", "Jumlah Hadir"])
        .unwrap_err()
        .message()
        .to_owned();
    assert!(message.contains("\"hadir\" occurs twice"), "{message}");
}
