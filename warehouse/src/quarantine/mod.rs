//! The table of rejected rows. One row per rejected row of a push, whatever the dataset; `quarantine.<dataset>`
//! shows the part that belongs to a dataset. Raw text has the highest class of its contract.
//!
//! A stored row never changes. What became of it afterwards, corrected, replayed or given up, is said by
//! [closings](Closing), which the ledger keeps.

mod closing;
mod lines;
mod raw;
#[cfg(test)]
mod tests;

pub use closing::{Closed, Closing, Closings, Corrects, RejectCounts, RejectState};
pub use lines::LineSet;
pub use raw::{CellKind, SentCell, read_raw};

use crate::{DatasetId, Fault, KeyName, ReceiptId, Result, contract::system_column};
use arrow::{
    array::{ArrayRef, Int64Array, StringViewArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use std::sync::{Arc, LazyLock};

/// A row that did not pass, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// Line of the payload, from 1.
    pub line: u64,
    /// Header and text of every cell, in the sender's order.
    pub cells: Vec<(String, String)>,
    /// How the cells were written, in the same order; those beyond the end are texts.
    pub kinds: Vec<CellKind>,
    /// Everything found wrong with it.
    pub faults: Vec<Fault>,
}

/// Schema of [`batch`]: the quarantine table's own columns followed by `_line`.
pub static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let text = |name| Field::new(name, DataType::Utf8View, true);
    Arc::new(Schema::new(vec![
        text("dataset"),
        text("receipt_id"),
        text("pusher"),
        text("columns"),
        text("rules"),
        text("messages"),
        text("faults"),
        text("raw"),
        Field::new(system_column::LINE, DataType::Int64, true),
    ]))
});

/// Columns of [`SCHEMA`] that hold or quote what was sent: it may be personal, whatever column it was meant for.
pub const SENT: [&str; 3] = ["messages", "faults", "raw"];

/// Rejected rows as a batch for the quarantine table. `columns`, `rules` and `messages` join the faults of the row
/// with `"; "`; `faults` is the JSON list of [`Fault`]; `raw` is a JSON list of
/// [`SentCell`]s, `[header, text]` for plain text.
pub fn batch(dataset: &DatasetId, receipt: ReceiptId, pusher: &KeyName, rows: &[RejectedRow]) -> Result<RecordBatch> {
    let constant = |text: &str| -> ArrayRef { Arc::new(StringViewArray::from(vec![text; rows.len()])) };
    let each = |text: &dyn Fn(&RejectedRow) -> Result<String>| -> Result<ArrayRef> {
        let values = rows.iter().map(text).collect::<Result<Vec<_>>>()?;
        Ok(Arc::new(StringViewArray::from_iter_values(values)))
    };
    let joined =
        |part: &dyn Fn(&Fault) -> String| each(&|row| Ok(row.faults.iter().map(part).collect::<Vec<_>>().join("; ")));
    Ok(RecordBatch::try_new(
        SCHEMA.clone(),
        vec![
            constant(dataset.as_str()),
            constant(&receipt.to_string()),
            constant(pusher.as_str()),
            joined(&|f| f.column.clone().unwrap_or_default())?,
            joined(&|f| f.rule.clone())?,
            joined(&|f| f.message.clone())?,
            each(&|row| Ok(serde_json::to_string(&row.faults)?))?,
            each(&|row| raw::write_raw(row))?,
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.line as i64))),
        ],
    )?)
}
