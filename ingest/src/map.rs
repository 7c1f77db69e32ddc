//! Which column of the sender is which column of the contract. Names and aliases are compared with case, blanks,
//! `-`, `_` and a byte order mark folded away.

#[cfg(test)]
mod tests;

use crate::{
    Error, Result,
    decode::{Dialect, MAX_CELLS},
};
use smartcenter_warehouse::contract::{self, Contract, system_column};
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

/// Columns the hub itself adds to exported rejects; ignored on the way in, so that a corrected file can be pushed.
pub(crate) const REJECT_COLUMNS: [&str; 4] = ["_baris", "_kolom", "_aturan", "_alasan"];

/// The sender's column of operations, as faults name it.
pub(crate) static OPERATION: LazyLock<Arc<str>> = LazyLock::new(|| system_column::OP.into());

/// Folded names and aliases of a contract's columns.
#[derive(Debug)]
pub(crate) struct Names(HashMap<String, usize>);

/// A sender's columns, mapped.
#[derive(Debug)]
pub(crate) struct Header {
    /// The sender's names, in the sender's order.
    names: Vec<String>,
    /// True for a column that is not even kept with rejected rows.
    ignored: Vec<bool>,
    /// For each column of the contract, the sender's column.
    pub columns: Vec<Option<usize>>,
    /// The sender's column of operations (`_op`); of an append-only dataset it is looked at, and kept out.
    pub operation: Option<usize>,
    /// The sender's column `_baris`: on which line of an older file a corrected row stood.
    pub origin: Option<usize>,
    /// Rows need not have all of the columns: cells without a value are as good as not there.
    sparse: bool,
    /// What the receipt should say about it.
    pub warnings: Vec<String>,
    /// The signs of the file (of no meaning for JSON).
    pub dialect: Dialect,
}

/// True for a column of [`REJECT_COLUMNS`].
pub(crate) fn is_reject_column(name: &str) -> bool {
    let name = name.trim().trim_start_matches('\u{feff}');
    REJECT_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// True for the first of [`REJECT_COLUMNS`], the line.
pub(crate) fn is_origin(name: &str) -> bool {
    let name = name.trim().trim_start_matches('\u{feff}');
    REJECT_COLUMNS[0].eq_ignore_ascii_case(name)
}

/// True for the column of operations. Its underscore counts, so that a contract may have a column `op`; the rest is
/// folded.
pub(crate) fn is_operation(name: &str) -> bool {
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    name.starts_with('_') && contract::fold(name) == contract::fold(&OPERATION)
}

impl Names {
    /// The names of `contract`; a column's own name wins over another's alias.
    pub(crate) fn new(contract: &Contract) -> Self {
        Self(contract.names())
    }

    /// The column called `name`.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.0.get(&contract::fold(name)).copied()
    }
}

impl Header {
    /// Maps the cells of a header line.
    ///
    /// # Errors
    /// `Invalid` for too many columns, a column that occurs twice, a required column that is missing (besides operations: one of
    /// the key, since a deletion needs nothing else), and a line in which no column of the contract occurs; the message names what was found.
    pub(crate) fn map(found: Vec<String>, dialect: Dialect, contract: &Contract, names: &Names) -> Result<Self> {
        let dataset = &contract.dataset;
        if found.len() > MAX_CELLS {
            return Err(Error::invalid(format!(
                "dataset {dataset}: the header has more than {MAX_CELLS} columns: send only those of the contract"
            )));
        }
        let mut columns: Vec<Option<usize>> = vec![None; contract.columns.len()];
        let mut unknown = Vec::new();
        let mut operation: Option<usize> = None;
        let ignored: Vec<bool> = found.iter().map(|name| is_reject_column(name)).collect();
        for (source, name) in found.iter().enumerate().filter(|(source, _)| !ignored[*source]) {
            let is_operation = is_operation(name);
            let (own, place) = match names.column(name) {
                _ if is_operation && contract.is_keyed() => (system_column::OP, &mut operation),
                Some(column) => (contract.columns[column].name.as_str(), &mut columns[column]),
                None => {
                    unknown.push(show(name));
                    if is_operation {
                        operation = operation.or(Some(source));
                    }
                    continue;
                }
            };
            if let Some(first) = place.replace(source) {
                return Err(Error::invalid(format!(
                    "dataset {dataset}: column {own:?} occurs twice in the header, as {} and {}: keep one",
                    show(&found[first]),
                    show(name)
                )));
            }
        }
        let nothing = columns.iter().all(Option::is_none);
        // Rows that delete need no more than their key; whether others lack something is judged row by row.
        let may_delete = contract.is_keyed() && operation.is_some();
        let is_needed =
            |index: usize| contract.columns[index].required && (!may_delete || contract.primary_key.contains(&index));
        let missing: Vec<&str> = (contract.columns.iter().zip(&columns).enumerate())
            .filter(|(index, (_, source))| source.is_none() && (nothing || is_needed(*index)))
            .map(|(_, (column, _))| column.name.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(Error::invalid(format!(
                "dataset {dataset}: {} {} missing in the header (found {}): name the columns as the contract does",
                if missing.len() == 1 { "column" } else { "columns" },
                list(missing.iter().map(|name| show(name)), 12) + if missing.len() == 1 { " is" } else { " are" },
                list(found.iter().map(|name| show(name)), 20),
            )));
        }
        let warnings = unknown_columns(&unknown).into_iter().collect();
        Ok(Self {
            origin: found.iter().position(|name| is_origin(name)),
            sparse: false,
            names: found,
            ignored,
            columns,
            operation,
            warnings,
            dialect,
        })
    }

    /// The header of a format that names its cells row by row: the contract's own columns, the operation, and the line
    /// that a corrected row stood on.
    pub(crate) fn of_contract(contract: &Contract) -> Self {
        let width = contract.columns.len();
        let own = contract.columns.iter().map(|column| column.name.clone());
        let names: Vec<String> = own
            .chain([OPERATION.to_string(), REJECT_COLUMNS[0].to_owned()])
            .collect();
        Self {
            ignored: names.iter().map(|name| is_reject_column(name)).collect(),
            names,
            columns: (0..width).map(Some).collect(),
            operation: Some(width),
            origin: Some(width + 1),
            sparse: false,
            warnings: Vec::new(),
            dialect: Dialect {
                delimiter: b',',
                quote: b'"',
            },
        }
    }

    /// The header of rows that are read again, of which each has some of the columns called `names`. What the contract
    /// wants and no row has is a fault of each row, not of the header.
    pub(crate) fn gathered(names: Vec<String>, contract: &Contract, known: &Names) -> Self {
        let mut columns: Vec<Option<usize>> = vec![None; contract.columns.len()];
        let mut operation = None;
        for (source, name) in names.iter().enumerate() {
            let place = match known.column(name) {
                _ if is_operation(name) && contract.is_keyed() => &mut operation,
                Some(column) => &mut columns[column],
                None => continue,
            };
            place.get_or_insert(source);
        }
        Self {
            ignored: vec![false; names.len()],
            names,
            columns,
            operation,
            origin: None,
            sparse: true,
            ..Self::of_contract(contract)
        }
    }

    /// Columns of the sender.
    #[inline]
    pub(crate) fn width(&self) -> usize {
        self.names.len()
    }

    /// Cells with their headers; those without one are numbered, the reject columns left out.
    pub(crate) fn label(&self, cells: impl Iterator<Item = String>) -> Vec<(String, String)> {
        let shown = cells.enumerate().filter(|(index, _)| !self.is_ignored(*index));
        shown.map(|(index, text)| (self.name(index), text)).collect()
    }

    /// Whether the cells of a column are left out when its row is kept.
    pub(crate) fn is_ignored(&self, index: usize) -> bool {
        self.ignored.get(index).copied().unwrap_or(false)
    }

    /// Whether cells without a value are left out as well.
    pub(crate) fn is_sparse(&self) -> bool {
        self.sparse
    }

    /// The header of a cell; one without is numbered.
    pub(crate) fn name(&self, index: usize) -> String {
        let name = self.names.get(index).cloned();
        name.unwrap_or_else(|| format!("kolom {}", index + 1))
    }
}

/// The warning about columns that were kept out, if there are any.
pub(crate) fn unknown_columns(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| {
        format!(
            "columns not in the contract were kept out: {}",
            list(names.iter().map(String::as_str), 20)
        )
    })
}

/// A name as it can stand in a message: quoted, and cut where somebody sent a novel.
pub(crate) fn show(name: &str) -> String {
    let short: String = name.chars().take(60).collect();
    format!("{short:?}{}", if short.len() < name.len() { "..." } else { "" })
}

/// The first `most` items, and how many more there are.
pub(crate) fn list<S: AsRef<str>>(items: impl ExactSizeIterator<Item = S>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let mut text = String::new();
    for item in items.take(most) {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(item.as_ref());
    }
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
