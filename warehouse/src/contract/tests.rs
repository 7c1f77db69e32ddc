//! Contracts as the hub reads them. Cases are small YAML texts; the line a fault must name carries the mark `# <-`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod evolution;
mod example;
mod faults;
mod governance;
mod model;
mod places;
mod reading;
mod snapshots;

use super::*;

/// A contract that has nothing of the hub's own in it.
pub(super) const PLAIN: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: contoh
version: "1.0.0"
status: active
schema:
  - name: contoh
    properties:
      - name: tanggal
        logicalType: date
      - name: npsn
        logicalType: string
      - name: jumlah
        logicalType: integer
"#;

/// A keyed contract: [`PLAIN`] with the key (`tanggal`, `npsn`).
pub(super) const KEYED: &str = r#"apiVersion: v3.1.0
kind: DataContract
id: contoh
version: "1.0.0"
status: active
schema:
  - name: contoh
    properties:
      - name: tanggal
        logicalType: date
        required: true
        primaryKey: true
      - name: npsn
        logicalType: string
        required: true
        primaryKey: true
      - name: jumlah
        logicalType: integer
"#;

/// [`PLAIN`] with further lines of the `contoh` object: more properties first, then whatever else.
pub(super) fn with(more: &str) -> String {
    format!("{PLAIN}{more}")
}

/// [`PLAIN`] with hub settings, one `name: value` per line.
pub(super) fn with_settings(settings: &str) -> String {
    let mut text = format!("{PLAIN}    customProperties:\n");
    for line in settings.lines() {
        let (name, value) = line.split_once(':').unwrap();
        text.push_str(&format!(
            "      - property: {}\n        value: {}\n",
            name.trim(),
            value.trim()
        ));
    }
    text
}

pub(super) fn good(text: &str) -> Contract {
    parse(text, Origin::Site, "contoh.yaml").unwrap_or_else(|faults| {
        let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}\n---\n{text}", list.join("\n"))
    })
}

pub(super) fn bad(text: &str) -> Vec<ContractFault> {
    match parse(text, Origin::Site, "contoh.yaml") {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(faults) => faults,
    }
}
