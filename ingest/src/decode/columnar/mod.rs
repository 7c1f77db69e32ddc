//! Parquet and Arrow. The file knows types, the contract decides them: every value is written out as text in its plain
//! form, and typed like that of any other format. Columns the contract does not have are not decoded.
//!
//! Files come from strangers, and the libraries that read them trust sizes that the files claim. So claims are looked
//! at before a library acts on them, and a library that panics on a broken file costs the push and nothing else.

mod arrow;
mod cell;
mod pages;
mod parquet;
#[cfg(test)]
mod tests;
mod thrift;

pub(super) use self::{
    arrow::{arrow, arrow_headers},
    parquet::{parquet, parquet_headers},
};

use super::{Emit, MAX_RECORD, cells::Rows, document::Asked, tokenise::Dialect};
use crate::{Error, Result, map::Header};
use ::arrow::record_batch::RecordBatch;
use cell::Column;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// Rows that are written out at once. A few bytes can claim any number of rows, so no list is as long as a batch.
const SLICE: usize = 4096;

/// The sender's columns, and which of them are read.
struct Wanted {
    /// Places of the columns that the contract has, among the sender's.
    columns: Vec<usize>,
    /// Those columns, mapped.
    header: Arc<Header>,
    /// What the receipt should say.
    warnings: Vec<String>,
}

impl Wanted {
    /// Maps the file's columns called `names`.
    fn of(names: &[String], asked: &Asked) -> Result<Self> {
        let (contract, known) = (&asked.plan.contract, &asked.plan.names);
        let dialect = Dialect {
            delimiter: b',',
            quote: b'"',
        };
        let all = Header::map(names.to_vec(), dialect, contract, known)?;
        let mut columns: Vec<usize> = all.columns.iter().copied().flatten().chain(all.operation).collect();
        columns.sort_unstable();
        let kept = columns.iter().filter_map(|index| names.get(*index).cloned()).collect();
        Ok(Self {
            header: Arc::new(Header::map(kept, dialect, contract, known)?),
            columns,
            warnings: all.warnings,
        })
    }
}

/// Writes rows out, within the bytes that may come out of a document.
struct Writer<'a> {
    rows: Rows<'a>,
    /// Bytes that may still come.
    left: u64,
    limit: u64,
    /// Rows so far.
    line: u64,
    scratch: String,
}

impl<'a> Writer<'a> {
    fn new(wanted: &Wanted, asked: &Asked, emit: Emit<'a>) -> Self {
        Self {
            rows: Rows::new(wanted.header.clone(), asked.chunk, emit),
            left: asked.limit,
            limit: asked.limit,
            line: 0,
            scratch: String::new(),
        }
    }

    /// Writes the rows of `batch`, whose columns are the wanted ones.
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut from = 0;
        while from < batch.num_rows() {
            let slice = batch.slice(from, SLICE.min(batch.num_rows() - from));
            let arrays: Vec<_> = slice.columns().iter().map(cell::in_known_zone).collect();
            let columns: Vec<Column<'_>> = arrays.iter().map(|array| Column::of(array.as_ref())).collect();
            for row in 0..slice.num_rows() {
                self.row(&columns, row)?;
            }
            from += SLICE;
        }
        Ok(())
    }

    fn row(&mut self, columns: &[Column<'_>], row: usize) -> Result<()> {
        self.line += 1;
        let mut length = 0;
        for column in columns {
            length += column.put(row, &mut self.rows, &mut self.scratch) + 1;
            if length > MAX_RECORD {
                return Err(Error::invalid(format!(
                    "the record in row {} is longer than {MAX_RECORD} bytes: send smaller records",
                    self.line
                )));
            }
        }
        self.left = self
            .left
            .checked_sub(length as u64)
            .ok_or_else(|| too_large(self.limit))?;
        self.rows.end(self.line)
    }
}

fn too_large(limit: u64) -> Error {
    Error::TooLarge(format!("the file unpacks to more than {limit} bytes: send it in parts"))
}

/// Runs a reader; a panic of the library it uses is the fault of the file.
fn guarded<T>(name: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(broken(name)))
}

/// What is said of a file that a library cannot read: its own words may hold values.
fn broken(name: &str) -> Error {
    Error::invalid(format!(
        "the {name} file is cut off or damaged: write it again and send the whole file"
    ))
}
