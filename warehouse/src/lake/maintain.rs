//! Maintenance on our own clock: small files are compacted, files that left a table are unlinked when nobody can
//! read them any more, and orphans of pushes that came to nothing are swept.

use super::{
    Lake, Table, TableState, TableView,
    file::{FileWriter, store_error},
    flush::{sorted, tokio_stop::Stop},
    stage::STAGED_PREFIX,
    table::{Changes, Effect},
    view::{DataFile, Snapshot},
};
use crate::{Error, Result, TableId, contract::system_column, query::MaintenanceRecord};
use arrow::{
    array::{Array, ArrayRef, Int64Array},
    compute::is_null,
    compute::kernels::zip::zip,
    datatypes::SchemaRef,
    record_batch::RecordBatch,
};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::{ObjectStoreExt, path::Path};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// Small files of one partition that make a compaction worth while.
const COMPACT_FILES: usize = 8;
/// Most rows rewritten by one compaction, which are held in memory to be sorted.
const COMPACT_ROWS: u64 = 4 << 20;
/// How long a file that left its table stays for readers outside the hub.
const KEEP_REMOVED: chrono::Duration = chrono::Duration::hours(24);
/// Events kept for `system.maintenance`.
const EVENTS: usize = 500;

/// A file that is no longer part of its table.
#[derive(Debug)]
pub(super) struct Dead {
    table: TableId,
    file: Arc<DataFile>,
    since: DateTime<Utc>,
}

impl Dead {
    pub fn new(table: &TableId, file: Arc<DataFile>, since: DateTime<Utc>) -> Self {
        Self {
            table: table.clone(),
            file,
            since,
        }
    }
}

impl Lake {
    /// One round after another until `stop`, with a heartbeat metric.
    pub async fn maintenance_loop(self: Arc<Self>, stop: Stop) {
        let pause = Duration::from_secs(self.settings.maintenance_seconds.max(1));
        while !stop.is_set() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.wait() => break,
            }
            self.maintain().await;
            metrics::gauge!("smartcenter_maintenance_heartbeat_seconds").set(self.clock.now().timestamp() as f64);
        }
    }

    /// One round over all tables. A table that fails is logged and tried again in the next round.
    pub async fn maintain(&self) {
        for state in self.table_states() {
            loop {
                match self.compact(&state).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        tracing::error!(table = %state.id, %error, source = ?std::error::Error::source(&error), "a compaction failed");
                        break;
                    }
                }
            }
        }
        if let Err(error) = self.unlink_dead().await {
            tracing::error!(%error, "old files could not be removed");
        }
    }

    /// Compacts one bin of small files of the table, if there is one. Answers whether it did.
    async fn compact(&self, state: &TableState) -> Result<bool> {
        if let Some(keyed) = self.keyed_of_current(&state.id) {
            let bin = self
                .view()
                .tables
                .get(&state.id)
                .and_then(|table| self.choose_bin(&state.id, table));
            return match bin {
                // Its files have keys: they are rewritten as the merger does.
                Some(bin) => {
                    self.rewrite(&keyed, &bin.iter().map(|file| file.path.clone()).collect())
                        .await
                }
                None => Ok(false),
            };
        }
        let mut actor = state.actor.lock().await;
        let view = self.view();
        let Some(table) = view.tables.get(&state.id) else {
            return Ok(false);
        };
        let Some(bin) = self.choose_bin(&state.id, table) else {
            return Ok(false);
        };
        let started = std::time::Instant::now();
        let rows_before: u64 = bin.iter().map(|f| f.rows).sum();
        let batches = self.read_files(&state.id, table, &bin).await?;
        let target = self.file_target(state, "compact")?;
        let schema = target.schema.clone();
        let runtime = tokio::runtime::Handle::current();
        let barrier = self.barrier.clone();
        let written = tokio::task::spawn_blocking(move || {
            let all = sorted(&batches, &target.layout.sort_by)?;
            let mut writer = FileWriter::new(target, runtime)?;
            writer.write(&all)?;
            barrier.pass("mid_compaction");
            writer.finish()
        })
        .await
        .map_err(|e| Error::internal("a compaction stopped in its middle", e))??;
        let rows_after: u64 = written.iter().map(|f| f.rows).sum();
        let files_after = written.len() as i64;
        if rows_after != rows_before {
            return Err(Error::internal(
                "a compaction would have changed the number of rows and was given up",
                format!("{rows_before} rows before, {rows_after} after"),
            ));
        }
        let files_before = bin.len() as i64;
        let changes = Changes {
            add: written.into_iter().map(|file| (file, None)).collect(),
            remove: bin,
            through: None,
            effect: Effect::Rearranges,
        };
        let now = self.replace(state, &mut actor, &schema, changes).await?;
        let milliseconds = started.elapsed().as_millis() as i64;
        self.note_event(MaintenanceRecord {
            table: state.id.to_string(),
            operation: "compact".into(),
            started_at: now - chrono::Duration::milliseconds(milliseconds),
            milliseconds,
            files_before,
            files_after,
            rows: rows_after as i64,
            outcome: "ok".into(),
        });
        Ok(true)
    }

    /// Commits files in place of others, and shows it: readers of an older view keep the files that left.
    pub(super) async fn replace(
        &self,
        state: &TableState,
        actor: &mut Table,
        schema: &SchemaRef,
        changes: Changes,
    ) -> Result<DateTime<Utc>> {
        let gone = changes.remove.clone();
        let (version, added) = actor.commit(schema, &state.layout.load(), changes).await?;
        self.change(|view| {
            let Some(table) = view.tables.get(&state.id) else {
                return Ok(());
            };
            let mut table = TableView::clone(table);
            let mut files = table.snapshot.files.clone();
            files.retain(|file| !gone.iter().any(|gone| gone.path == file.path));
            files.extend(added);
            table.snapshot = Arc::new(Snapshot { version, files });
            view.tables.insert(state.id.clone(), Arc::new(table));
            Ok(())
        })?;
        let now = self.clock.now();
        let dead = gone.into_iter().map(|file| Dead::new(&state.id, file, now));
        self.graveyard.lock().extend(dead);
        Ok(now)
    }

    /// Small files of one partition, oldest first, up to one file's worth.
    fn choose_bin(&self, id: &TableId, table: &TableView) -> Option<Vec<Arc<DataFile>>> {
        let mut partitions: BTreeMap<_, Vec<&Arc<DataFile>>> = BTreeMap::new();
        // A file of a history is named by its rows' places until it is merged.
        let merged = self.keyed_of_history(id).map(|(_, view)| view.merged_seq);
        for file in table
            .snapshot
            .files
            .iter()
            .filter(|f| f.size < self.settings.small_file_bytes)
            .filter(|f| merged.is_none_or(|merged| f.last_seq() <= merged))
        {
            partitions.entry(file.partition_values.clone()).or_default().push(file);
        }
        partitions
            .into_values()
            .filter(|files| files.len() >= COMPACT_FILES)
            .find_map(|files| {
                let (mut bytes, mut rows) = (0, 0);
                let bin: Vec<_> = files
                    .into_iter()
                    .take_while(|file| {
                        bytes += file.size;
                        rows += file.rows;
                        bytes <= self.settings.target_file_bytes && rows <= COMPACT_ROWS
                    })
                    .cloned()
                    .collect();
                (bin.len() >= COMPACT_FILES).then_some(bin)
            })
    }

    async fn read_files(&self, id: &TableId, table: &TableView, bin: &[Arc<DataFile>]) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        for file in bin {
            let location = Path::from(format!("{id}/{}", file.path));
            let bytes = async { self.store.objects.get(&location).await?.bytes().await }
                .await
                .map_err(store_error)?;
            for batch in ParquetRecordBatchReaderBuilder::try_new(bytes)?
                .with_batch_size(64 * 1024)
                .build()?
            {
                let batch = super::conform(&batch?, &table.schema, &file.partition_values)?;
                batches.push(with_seq(batch, file)?);
            }
        }
        Ok(batches)
    }

    /// Unlinks files that left their tables long enough ago and that no pinned view holds.
    async fn unlink_dead(&self) -> Result<()> {
        let now = self.clock.now();
        let ready: Vec<Dead> = {
            let mut graveyard = self.graveyard.lock();
            let all = std::mem::take(&mut *graveyard);
            let (ready, wait) = all
                .into_iter()
                .partition(|dead| now - dead.since >= KEEP_REMOVED && Arc::strong_count(&dead.file) == 1);
            *graveyard = wait;
            ready
        };
        for dead in &ready {
            self.delete(&dead.table, &dead.file.path).await?;
        }
        Ok(())
    }

    /// At start-up, after the replay: removes files that no table, no adopted push and no recent version names.
    pub async fn sweep(&self) -> Result<()> {
        self.sweep_keys();
        let view = self.view();
        let old = self.clock.now() - KEEP_REMOVED;
        for (id, table) in &view.tables {
            let known: HashSet<&str> = table.files().map(|file| file.path.as_str()).collect();
            let folder = Path::from(id.as_str());
            let found: Vec<_> = self
                .store
                .objects
                .list(Some(&folder))
                .try_collect()
                .await
                .map_err(store_error)?;
            let mut swept = 0;
            for object in found {
                let full = object.location.to_string();
                let Some(path) = full.strip_prefix(id.as_str()).and_then(|p| p.strip_prefix('/')) else {
                    continue;
                };
                let is_data = path.ends_with(".parquet") && !path.starts_with("_delta_log");
                // A staged file without a frame was never acknowledged; others may serve readers of older versions.
                let is_staged = path
                    .rsplit('/')
                    .next()
                    .is_some_and(|name| name.starts_with(STAGED_PREFIX));
                if is_data && !known.contains(path) && (is_staged || object.last_modified < old) {
                    self.delete(id, path).await?;
                    swept += 1;
                }
            }
            if swept > 0 {
                self.note_event(MaintenanceRecord {
                    table: id.to_string(),
                    operation: "sweep".into(),
                    started_at: self.clock.now(),
                    milliseconds: 0,
                    files_before: swept,
                    files_after: 0,
                    rows: 0,
                    outcome: "ok".into(),
                });
            }
        }
        Ok(())
    }

    async fn delete(&self, table: &TableId, path: &str) -> Result<()> {
        match self.store.objects.delete(&Path::from(format!("{table}/{path}"))).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(store_error(error)),
        }
    }

    pub(super) fn note_event(&self, event: MaintenanceRecord) {
        tracing::info!(
            table = event.table,
            operation = event.operation,
            files = event.files_before,
            rows = event.rows,
            "maintenance"
        );
        let mut events = self.events.lock();
        events.push_back(event);
        while events.len() > EVENTS {
            events.pop_front();
        }
    }
}

/// Writes the position of an adopted file's push into its rows, which is where it belongs once they share a file
/// with others.
pub(super) fn with_seq(batch: RecordBatch, file: &DataFile) -> Result<RecordBatch> {
    let Some(seq) = file.seq else { return Ok(batch) };
    let Ok(index) = batch.schema().index_of(system_column::SEQ) else {
        return Ok(batch);
    };
    let column = batch.column(index);
    if column.null_count() == 0 {
        return Ok(batch);
    }
    let filled: ArrayRef = zip(&is_null(column)?, &Int64Array::new_scalar(seq.0 as i64), column)?;
    let mut columns = batch.columns().to_vec();
    columns[index] = filled;
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}
