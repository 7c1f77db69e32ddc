//! One immutable cut of the whole lake. Readers take it with one atomic load; the publisher, the flush and
//! maintenance replace it. Everything a query needs to see rows exactly once is in here, so nothing can vanish or
//! double while rows move from hot to cold.

use super::KeyedView;
use crate::{
    Seq, StagedFile, TableId,
    contract::{Contract, system_column},
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use chrono::{DateTime, Utc};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// All tables at one sequence number.
#[derive(Debug, Clone, Default)]
pub struct LakeView {
    /// Every push up to here is visible, none after it.
    pub visible_seq: Seq,
    /// The tables.
    pub tables: HashMap<TableId, Arc<TableView>>,
    /// What is current of keyed datasets, by their current table.
    pub keyed: HashMap<TableId, Arc<KeyedView>>,
}

/// One table in a view: committed files, then hot runs in sequence order. The two never share a row.
#[derive(Debug, Clone)]
pub struct TableView {
    /// Columns of the newest contract version followed by the system columns.
    pub schema: SchemaRef,
    /// Active files of the Delta table.
    pub snapshot: Arc<Snapshot>,
    /// Rows that no file holds yet, oldest first.
    pub hot: Vec<Arc<HotRun>>,
    /// Staged files of big pushes that are visible but not committed yet.
    pub adopted: Vec<Adopted>,
    /// Every push up to here is in the files (of those that touched this table).
    pub flushed_seq: Seq,
    /// Last push that touched this table.
    pub last_seq: Seq,
}

/// The files of a big push, visible from its publication and committed by the next flush.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// Position of the push.
    pub seq: Seq,
    /// Its files.
    pub files: Vec<Arc<DataFile>>,
}

/// The active files of a table at a Delta version.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Delta version; -1 before the table exists.
    pub version: i64,
    /// Active files.
    pub files: Vec<Arc<DataFile>>,
}

/// A Parquet file of the lake. It is unlinked only when no view holds it.
#[derive(Debug)]
pub struct DataFile {
    /// Path relative to the table's root, not URL-encoded.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Rows; exact.
    pub rows: u64,
    /// Partition column to value, as Delta writes them.
    pub partition_values: BTreeMap<String, Option<String>>,
    /// Delta `stats` JSON.
    pub stats: Option<String>,
    /// Position of the push for a file adopted from a big one, whose `_seq` column is null.
    pub seq: Option<Seq>,
    /// Milliseconds since the epoch.
    pub modified: i64,
}

/// Consecutive pushes of one table, in memory, in the table's schema at the time of publication.
#[derive(Debug)]
pub struct HotRun {
    /// Position of the first push in it.
    pub first_seq: Seq,
    /// Position of the last push in it.
    pub last_seq: Seq,
    /// Rows.
    pub rows: usize,
    /// Bytes of memory, roughly.
    pub bytes: usize,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl LakeView {
    /// The last position below which every table has everything in its files.
    pub fn applied_seq(&self) -> Seq {
        let open = self.tables.values().filter_map(|table| {
            let hot = table.hot.first().map(|run| run.first_seq);
            let adopted = table.adopted.first().map(|a| a.seq);
            [hot, adopted].into_iter().flatten().min()
        });
        open.min()
            .map_or(self.visible_seq, |first| Seq(first.0.saturating_sub(1)))
    }

    /// Current rows of a contract; exact.
    pub fn rows(&self, contract: &Contract) -> u64 {
        let table = contract.current_table();
        if contract.is_keyed() {
            self.keyed.get(&table).map_or(0, |table| table.rows())
        } else {
            self.tables.get(&table).map_or(0, |table| table.rows())
        }
    }
}

impl DataFile {
    /// A file that was just written, as part of a table.
    pub fn staged(file: StagedFile, seq: Option<Seq>, modified: i64) -> Self {
        Self {
            path: file.path,
            size: file.size,
            rows: file.rows,
            partition_values: file.partition_values,
            stats: Some(file.stats),
            seq,
            modified,
        }
    }

    /// Position of the newest row, as far as the table log tells.
    pub fn last_seq(&self) -> Seq {
        let greatest = || {
            let value = self.statistic("maxValues", system_column::SEQ)?;
            Some(Seq(value.as_u64()?))
        };
        self.seq.or_else(greatest).unwrap_or_default()
    }

    /// The least text of a column, where the table log has it whole.
    pub fn least_text(&self, column: &str) -> Option<String> {
        Some(self.statistic("minValues", column)?.as_str()?.to_owned())
    }

    /// When the first and the last of its rows arrived, as far as the table log tells.
    pub fn received(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let moment = |kind| {
            let value = self.statistic(kind, system_column::RECEIVED_AT)?;
            Some(DateTime::parse_from_rfc3339(value.as_str()?).ok()?.to_utc())
        };
        Some((moment("minValues")?, moment("maxValues")?))
    }

    fn statistic(&self, kind: &str, column: &str) -> Option<serde_json::Value> {
        let stats: serde_json::Value = serde_json::from_str(self.stats.as_deref()?).ok()?;
        Some(stats.get(kind)?.get(column)?.clone())
    }
}

impl TableView {
    /// An empty table with `schema` (contract columns and system columns).
    pub fn empty(schema: SchemaRef) -> Self {
        Self {
            schema,
            snapshot: Arc::new(Snapshot {
                version: -1,
                files: Vec::new(),
            }),
            hot: Vec::new(),
            adopted: Vec::new(),
            flushed_seq: Seq(0),
            last_seq: Seq(0),
        }
    }

    /// Rows, all told; exact.
    pub fn rows(&self) -> u64 {
        let files = self.files().map(|f| f.rows).sum::<u64>();
        files + self.hot.iter().map(|r| r.rows as u64).sum::<u64>()
    }

    /// All files a scan has to read: committed and adopted.
    pub fn files(&self) -> impl Iterator<Item = &Arc<DataFile>> {
        self.snapshot
            .files
            .iter()
            .chain(self.adopted.iter().flat_map(|a| a.files.iter()))
    }

    /// Bytes held in memory.
    pub fn hot_bytes(&self) -> usize {
        self.hot.iter().map(|r| r.bytes).sum()
    }
}
