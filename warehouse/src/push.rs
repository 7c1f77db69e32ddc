//! What `ingest` hands over: a push that has been decoded, mapped and validated.

use crate::{Receipt, TableId, contract::Contract, control::Claim, policy::RowFilter, quarantine::Closing};
use arrow::record_batch::RecordBatch;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A validated push, ready for the sequencer. Either all of it becomes visible, at one sequence number, or none.
#[derive(Debug)]
pub struct Push {
    /// Contract the rows were checked against.
    pub contract: Arc<Contract>,
    /// Accepted rows for the dataset's table, and rejected rows for the quarantine table; empty parts are left out.
    pub parts: Vec<Part>,
    /// The receipt so far: everything but `seq`, `durable_at` and the key counts that the sequencer fixes.
    pub receipt: Receipt,
    /// The hold on idempotency key and payload digest; released when the push ends, however it ends.
    pub claim: Claim,
    /// Rejected rows of an older push that this one closes, as [`crate::Warehouse::close_rejects`] worked it out under
    /// the hold that the claim has.
    pub closing: Option<Closing>,
    /// How its rows meet those that are there.
    pub mode: PushMode,
    /// Rows that the sender may send, and so the only ones that it may replace or delete; all where absent.
    pub reach: Option<RowFilter>,
}

/// How the rows of a push meet rows with the same key. An append-only dataset knows one way only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PushMode {
    /// Rows add keys and replace the rows of keys that are there.
    #[default]
    Upsert,
    /// Rows only add keys; another row for a key that is there is an error of the whole push.
    Append,
    /// The rows are all there is in the scope: what is there and not among them ends.
    Snapshot {
        /// Column and value; all must hold. Empty means the whole dataset.
        scope: Vec<(String, String)>,
    },
}

/// Rows for one table.
#[derive(Debug)]
pub struct Part {
    /// Which table.
    pub table: TableId,
    /// The rows.
    pub rows: Rows,
}

/// Rows on their way to a table. Their schema is the contract's columns followed by `_line`;
/// the warehouse adds the other system columns.
#[derive(Debug)]
pub enum Rows {
    /// In memory: go through the log.
    Batches(Vec<RecordBatch>),
    /// Already in synced Parquet files under the table's folder: the log frame only names them.
    Staged(Vec<StagedFile>),
}

impl Rows {
    /// Number of rows.
    pub fn len(&self) -> u64 {
        match self {
            Self::Batches(batches) => batches.iter().map(|b| b.num_rows() as u64).sum(),
            Self::Staged(files) => files.iter().map(|f| f.rows).sum(),
        }
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A Parquet file that is complete and synced, but not yet part of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFile {
    /// Path relative to the table's root.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Partition column to value, as Delta writes them.
    pub partition_values: BTreeMap<String, Option<String>>,
    /// Delta `stats` JSON (numRecords, minValues, maxValues, nullCount).
    pub stats: String,
}

/// Pushes above this many bytes of payload are staged as Parquet instead of going through the log.
pub const BIG_PUSH_BYTES: u64 = 8 << 20;
