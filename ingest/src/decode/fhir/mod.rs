//! FHIR R4 in JSON: the resources of one type in a bundle are the rows, and the contract's paths say where their
//! columns are. Others are there to be pointed at.
//!
//! A reference may point forward, so the bundle is gone through twice: once to learn where each entry stands and what
//! it is called, once for the rows. Only places are kept in memory, whatever the size of the resources.

mod bundle;
mod json;
mod select;
#[cfg(test)]
mod tests;

use super::{
    Emit,
    cells::Rows,
    document::{Asked, Held},
    tokenise::Dialect,
};
use crate::{Error, Result, map::Header};
use bundle::{Bundle, Library, What};
use json::Json;
use select::{Found, Selection};
use smartcenter_warehouse::{
    Fault,
    contract::{Column, ColumnType, Contract, FhirPath},
    quarantine::RejectedRow,
};
use std::sync::Arc;

/// Largest bundle.
const LARGEST: u64 = 256 << 20;

/// A column of the contract that is in the resources.
struct Placed<'p> {
    column: &'p Column,
    path: &'p FhirPath,
}

/// Reads the rows.
pub(super) fn read(held: &mut Held, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let contract = &asked.plan.contract;
    let (columns, resource) = columns(contract)?;
    let length = held.length()?;
    let limit = LARGEST.min(asked.limit);
    if length > limit {
        return Err(Error::TooLarge(format!(
            "the bundle has {length} bytes, and {limit} are read here: send several bundles"
        )));
    }
    let mut reader = held.reader()?;
    let bundle = Bundle::read(&mut reader, resource)?;
    let names = columns.iter().map(|placed| placed.column.name.clone()).collect();
    let dialect = Dialect {
        delimiter: b',',
        quote: b'"',
    };
    let header = Arc::new(Header::map(names, dialect, contract, &asked.plan.names)?);
    let mut writer = Writer {
        columns,
        rows: Rows::new(header, asked.chunk, emit),
        left: asked.limit,
        limit: asked.limit,
    };
    let mut library = Library::new(reader, &bundle);
    for (index, entry) in bundle.entries.iter().enumerate() {
        let line = index as u64 + 1;
        match entry.what {
            What::Other | What::Empty => {}
            What::Row => {
                let (full_url, resource) = library.entry(entry)?;
                writer.row(&bundle.place(index), full_url.as_deref(), resource, &mut library, line)?;
            }
            What::Broken(reason) => writer.broken(&bundle.place(index), reason, library.text(entry)?, line)?,
        }
    }
    writer.rows.finish()?;
    Ok(bundle.warnings())
}

/// The columns that have a path, and the type of the resources that are rows.
fn columns(contract: &Contract) -> Result<(Vec<Placed<'_>>, &str)> {
    let columns: Vec<Placed<'_>> = (contract.columns.iter())
        .filter_map(|column| {
            let path = column.path.as_ref()?;
            Some(Placed { column, path })
        })
        .collect();
    match &contract.fhir_resource {
        Some(resource) if !columns.is_empty() => Ok((columns, resource)),
        _ => Err(Error::invalid(format!(
            "dataset {}: its contract does not say what its rows are in FHIR: add the setting `fhir: {{resource: ...}}`, \
             and `path` to its columns, or send another format",
            contract.dataset
        ))),
    }
}

/// Writes rows out, within the bytes that may come out of a document.
struct Writer<'a, 'p> {
    columns: Vec<Placed<'p>>,
    rows: Rows<'a>,
    left: u64,
    limit: u64,
}

impl Writer<'_, '_> {
    fn row(
        &mut self,
        place: &str,
        full_url: Option<&str>,
        resource: Json,
        library: &mut Library<'_>,
        line: u64,
    ) -> Result<()> {
        let selection = Selection::of(resource, place, full_url);
        let mut length = 1;
        for placed in &self.columns {
            length += placed.put(selection.value(placed.path, library)?, &mut self.rows);
        }
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            Error::TooLarge(format!(
                "the bundle's rows have more than {} bytes: send several bundles",
                self.limit
            ))
        })?;
        self.rows.end(line)
    }

    fn broken(&mut self, place: &str, reason: &str, text: String, line: u64) -> Result<()> {
        let fault = Fault {
            line,
            column: None,
            rule: "fhir".to_owned(),
            value: None,
            message: format!("{place} {reason}"),
        };
        self.rows.broken(RejectedRow {
            line,
            cells: vec![("json".to_owned(), text)],
            kinds: Vec::new(),
            faults: vec![fault],
        })
    }
}

impl Placed<'_> {
    /// Hands what was found to `rows` and answers the length of its text.
    fn put(&self, found: Found, rows: &mut Rows<'_>) -> usize {
        match found {
            Found::Value(Json::Text(text)) => {
                // Dates and times are ISO 8601 in FHIR, whatever the other files of this feed do.
                match self.column.ty {
                    ColumnType::Date | ColumnType::Timestamp => rows.native(&text),
                    _ => rows.text(&text),
                }
                text.len()
            }
            Found::Value(value) => {
                let text = value.plain();
                rows.native(text);
                text.len()
            }
            Found::Nothing(place) if self.column.required => {
                rows.misread("", "required", format!("a value is required at {place}"));
                0
            }
            Found::Nothing(_) => {
                rows.absent();
                0
            }
            Found::Wrong { rule, message } => {
                rows.misread("", rule, message);
                0
            }
        }
    }
}
