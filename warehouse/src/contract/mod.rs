//! Contracts: Open Data Contract Standard 3.1 files in, validated models out.
//!
//! A contract file is read in three steps: YAML with lines (`yaml.rs`), the standard's grammar and file shape
//! (`grammar.rs`, `shape.rs`), and [`parse`], which judges it and builds the [`Contract`]. The [`Registry`] is an immutable snapshot of
//! all contracts; [`compare`] says what a new version would change.

mod columns;
mod dataset_settings;
mod differences;
mod evolve;
mod example;
mod expression;
mod fault;
mod fhir_path;
mod grammar;
mod hub_settings;
mod lint;
mod model;
mod options;
mod places;
mod reading;
mod references;
mod registry;
mod rules;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod types;
mod units;
mod yaml;

pub use evolve::{Change, ChangeKind, Difference, compare};
pub use expression::compile;
pub use fault::ContractFault;
pub use fhir_path::{FhirPath, FhirStep};
pub use lint::parse;
pub use model::*;
pub use reading::{INDONESIAN_DATES, NumberSigns, Reading, Resolve, Synonyms, fold_word};
pub use registry::{Registry, check, fingerprint};

/// A header or column name as it is compared: case, spaces, `-`, `_` and a byte order mark do not count.
pub fn fold(header: &str) -> String {
    header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}
