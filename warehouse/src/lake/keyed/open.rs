//! A keyed table's own state, and how its sources come back at a start: from the key maps beside the data where they
//! are sound, from the files themselves where they are not.

use super::source::{FileSource, KeyedView, Recent, resolve};
use crate::{
    Error, Result, Seq, TableId,
    contract::{Contract, system_column},
    keyed::{Entry, FileMap, KeyHasher, KeyMapBuilder, NO_VERSION, Operation, Source, version_values},
    lake::{DataFile, Lake, conform, file::store_error},
    lookup::RowStoreWriter,
    wal::Chain,
};
use arc_swap::ArcSwap;
use arrow::{
    array::{Array, AsArray},
    datatypes::{Int64Type, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use object_store::{ObjectStore, ObjectStoreExt, path::Path as StorePath};
use parking_lot::Mutex;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// Folders of key maps: of the files of the current table, and of those of the history that are not merged.
const KINDS: [&str; 2] = ["current", "history"];

/// What a keyed dataset has besides its two tables.
#[derive(Debug)]
pub(crate) struct KeyedTable {
    /// One current row per key.
    pub current: TableId,
    /// All versions.
    pub history: TableId,
    pub(super) hasher: ArcSwap<KeyHasher>,
    pub(super) version_column: Option<String>,
    pub(super) sequencer: Arc<tokio::sync::Mutex<super::Line>>,
    /// The last turn of the line whose push is visible, or will never be.
    pub(super) settled: watch::Sender<u64>,
    /// Breaks when a push of this dataset could not be kept, because later ones were compared with it.
    pub(super) chain: Chain,
    pub(super) push_schema: Mutex<Option<SchemaRef>>,
    /// When the current table was brought up last, milliseconds.
    pub(super) merged_at: AtomicU64,
    /// How far it may lag, milliseconds.
    pub(super) merge_interval: AtomicU64,
    /// Held while a store of rows is made.
    pub(super) storing: Arc<tokio::sync::Mutex<()>>,
    /// Folder of the key maps.
    maps: PathBuf,
}

impl KeyedTable {
    pub fn new(contract: &Contract, secret: &[u8; 32], folder: &Path) -> Result<Self> {
        let current = contract.current_table();
        let maps = folder.join(current.as_str());
        for kind in KINDS {
            std::fs::create_dir_all(maps.join(kind))?;
        }
        Ok(Self {
            hasher: ArcSwap::from_pointee(KeyHasher::new(secret, contract)?),
            version_column: version_column(contract),
            sequencer: Arc::default(),
            settled: watch::Sender::new(0),
            chain: Chain::default(),
            push_schema: Mutex::default(),
            merged_at: AtomicU64::new(0),
            merge_interval: AtomicU64::new(merge_interval(contract)),
            storing: Arc::default(),
            maps,
            history: contract.table(),
            current,
        })
    }

    /// Takes over a newer contract of the same major: same key, perhaps more columns.
    pub fn evolve(&self, contract: &Contract, secret: &[u8; 32]) -> Result<()> {
        self.hasher.store(Arc::new(KeyHasher::new(secret, contract)?));
        self.merge_interval.store(merge_interval(contract), Ordering::Relaxed);
        Ok(())
    }

    /// The chain of pushes that were compared with each other.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Where the key map of a file lies.
    pub(in crate::lake) fn map_path(&self, table: &TableId, path: &str) -> PathBuf {
        let [current, history] = KINDS;
        let kind = if *table == self.current { current } else { history };
        self.maps.join(kind).join(format!("{}.keys", path.replace('/', "~")))
    }

    /// Where the rows of a file lie by row: beside its key map.
    pub(in crate::lake) fn rows_path(&self, table: &TableId, path: &str) -> PathBuf {
        self.map_path(table, path).with_extension("rows")
    }

    /// Builds the key maps of files.
    pub(in crate::lake) fn map_builder(&self) -> KeyMapBuilder {
        KeyMapBuilder::spilling(&self.maps)
    }

    /// How the key map of a file names it.
    pub(in crate::lake) fn map_source(&self, path: &str, size: u64) -> Source {
        Source {
            path: path.to_owned(),
            size,
            hasher: self.hasher.load().fingerprint(),
        }
    }

    /// Feeds rows of a stored batch to `builder`, as rows `first..` of its source number `source`.
    pub(in crate::lake) fn index(
        &self,
        batch: &RecordBatch,
        source: u16,
        first: u32,
        builder: &mut KeyMapBuilder,
    ) -> Result<()> {
        let hasher = self.hasher.load();
        let hashes = hasher.key_hashes(batch)?;
        let contents = hasher.content_hashes(batch)?;
        let versions = match &self.version_column {
            Some(column) if batch.column_by_name(column).is_some() => version_values(batch, column)?,
            _ => Vec::new(),
        };
        let ops = batch
            .column_by_name(system_column::OP)
            .map(|column| column.as_string_view());
        let number = |name: &str| {
            let column = batch.column_by_name(name);
            column.map(|column| column.as_primitive::<Int64Type>())
        };
        let (seqs, lines) = (number(system_column::SEQ), number(system_column::LINE));
        for (row, hash) in hashes.iter().enumerate() {
            let at = first + row as u32;
            let op = ops.map_or("I", |ops| ops.value(row));
            if op == "S" {
                builder.hide(source, at);
                continue;
            }
            builder.push(
                source,
                &Operation {
                    hash: *hash,
                    row: at,
                    content: contents[row],
                    version: versions.get(row).copied().flatten().unwrap_or(NO_VERSION),
                    deleted: op == "D",
                    // Null in the rows of one big push, which all have the same position.
                    seq: Seq(seqs.map_or(0, |seqs| if seqs.is_null(row) { 0 } else { seqs.value(row) as u64 })),
                    line: lines.map_or(0, |lines| lines.value(row) as u64),
                },
            )?;
        }
        Ok(())
    }

    /// The source that a file of `table` is: its key map is opened, or built from the file. Blocking.
    pub(in crate::lake) fn source(
        &self,
        store: &Arc<dyn ObjectStore>,
        runtime: &tokio::runtime::Handle,
        table: &TableId,
        file: &Arc<DataFile>,
        schema: &SchemaRef,
    ) -> Result<FileSource> {
        let path = self.map_path(table, &file.path);
        let named = self.map_source(&file.path, file.size);
        let opened = FileMap::open(&path, &named);
        let (keys, hidden) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                tracing::info!(table = %table, %error, "a key map is built from its file");
                self.rebuild(store, runtime, table, file, schema, &path, &named)?
            }
        };
        Ok(FileSource::built(file, (keys, hidden)))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one file")]
    fn rebuild(
        &self,
        store: &Arc<dyn ObjectStore>,
        runtime: &tokio::runtime::Handle,
        table: &TableId,
        file: &Arc<DataFile>,
        schema: &SchemaRef,
        path: &Path,
        named: &Source,
    ) -> Result<(FileMap, crate::keyed::RowSet)> {
        let mut builder = self.map_builder();
        let mut first = 0;
        for batch in read_file(store, runtime, table, file)? {
            let batch = conform(&batch?, schema, &file.partition_values)?;
            self.index(&batch, 0, first, &mut builder)?;
            first += batch.num_rows() as u32;
        }
        let mut written = builder.write(&[(path.to_owned(), named.clone())])?;
        written
            .pop()
            .ok_or_else(|| Error::internal("a key map was not written", "nothing came back"))
    }

    /// All sources from the files of the two tables. Blocking.
    pub(in crate::lake) fn load(
        &self,
        store: &Arc<dyn ObjectStore>,
        runtime: &tokio::runtime::Handle,
        base: (&[Arc<DataFile>], &SchemaRef),
        history: (&[Arc<DataFile>], &SchemaRef),
        merged_seq: Seq,
    ) -> Result<KeyedView> {
        let mut unmerged: Vec<&Arc<DataFile>> = history.0.iter().filter(|file| file.last_seq() > merged_seq).collect();
        unmerged.sort_by_key(|file| file.last_seq());
        let mut files = Vec::with_capacity(base.0.len() + unmerged.len());
        for file in base.0 {
            files.push(self.source(store, runtime, &self.current, file, base.1)?);
        }
        for file in unmerged {
            files.push(self.source(store, runtime, &self.history, file, history.1)?);
        }
        resolve(&mut files, base.0.len())?;
        let recent = files.split_off(base.0.len()).into_iter().map(Recent::File).collect();
        let mut view = KeyedView {
            base: files,
            recent,
            merged_seq,
            ..KeyedView::empty(self.history.clone())
        };
        if self.version_column.is_some() {
            view.graves = Arc::new(self.graves(store, runtime, history, merged_seq)?);
            let dead: Vec<u128> = view.graves.keys().copied().collect();
            let alive = view.find_many(&dead)?;
            let graves = Arc::make_mut(&mut view.graves);
            for (hash, found) in dead.iter().zip(alive) {
                if !matches!(found, Some((super::source::Place::Grave, _))) {
                    graves.remove(hash);
                }
            }
        }
        Ok(view)
    }

    /// The versions with which keys were deleted in merged files of the history. A key that came back is sorted out
    /// by the caller: it is found in the base.
    fn graves(
        &self,
        store: &Arc<dyn ObjectStore>,
        runtime: &tokio::runtime::Handle,
        history: (&[Arc<DataFile>], &SchemaRef),
        merged_seq: Seq,
    ) -> Result<HashMap<u128, i64>> {
        let Some(version) = &self.version_column else {
            return Ok(HashMap::new());
        };
        let hasher = self.hasher.load();
        let mut graves = HashMap::new();
        let may_delete = |file: &&Arc<DataFile>| {
            // "D" is the least of the letters.
            file.last_seq() <= merged_seq && file.least_text(system_column::OP).is_none_or(|least| least == "D")
        };
        for file in history.0.iter().filter(may_delete) {
            for batch in read_file(store, runtime, &self.history, file)? {
                let batch = conform(&batch?, history.1, &file.partition_values)?;
                let Some(ops) = batch.column_by_name(system_column::OP).map(|c| c.as_string_view()) else {
                    continue;
                };
                let hashes = hasher.key_hashes(&batch)?;
                let versions = version_values(&batch, version)?;
                for row in (0..batch.num_rows()).filter(|row| ops.value(*row) == "D") {
                    let version = versions[row].unwrap_or(NO_VERSION);
                    let kept = graves.entry(hashes[row]).or_insert(version);
                    *kept = version.max(*kept);
                }
            }
        }
        Ok(graves)
    }

    /// Removes key maps of files that are no sources any more.
    pub(super) fn sweep(&self, view: &KeyedView) {
        let base = view
            .base
            .iter()
            .map(|source| self.map_path(&self.current, &source.file.path));
        let recent = view
            .unmerged()
            .map(|source| self.map_path(&self.history, &source.file.path));
        let known: std::collections::HashSet<PathBuf> = base.chain(recent).collect();
        for kind in KINDS {
            let Ok(entries) = std::fs::read_dir(self.maps.join(kind)) else {
                continue;
            };
            for entry in entries.flatten() {
                let path = entry.path();
                let is_rows = path.extension().is_some_and(|extension| extension == "rows");
                let map = if is_rows {
                    path.with_extension("keys")
                } else {
                    path.clone()
                };
                // What cannot be removed now is met again at the next start.
                if !known.contains(&map) && !RowStoreWriter::may_own(&path) {
                    let _ = std::fs::remove_file(path);
                }
            }
        }
    }
}

impl Lake {
    /// Makes a keyed dataset known, whose two tables are: finds its sources, or takes over a newer contract.
    pub(in crate::lake) async fn ensure_keyed(&self, contract: &Contract) -> Result<()> {
        let known = self.keyed.lock().get(&contract.table()).cloned();
        if let Some(known) = known {
            return known.evolve(contract, &self.key_secret);
        }
        let folder = self.settings.data.join("keys");
        let table = Arc::new(KeyedTable::new(contract, &self.key_secret, &folder)?);
        table
            .merged_at
            .store(self.clock.now().timestamp_millis().max(0) as u64, Ordering::Relaxed);
        let view = self.view();
        let (Some(current), Some(history)) = (view.tables.get(&table.current), view.tables.get(&table.history)) else {
            return Err(Error::not_found(format!("the tables of {}", contract.dataset)));
        };
        let (current, history) = (current.clone(), history.clone());
        let (store, runtime) = (self.store.objects.clone(), tokio::runtime::Handle::current());
        let loading = table.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            let base = (current.snapshot.files.as_slice(), &current.schema);
            let versions = (history.snapshot.files.as_slice(), &history.schema);
            // A current table's position is how far it has come.
            let load = || loading.load(&store, &runtime, base, versions, current.flushed_seq);
            // A map that turns out damaged is gone afterwards, and the second try builds it.
            load().or_else(|_| load())
        });
        let loaded = loaded
            .await
            .map_err(|e| Error::internal("keys could not be loaded", e))??;
        self.change(|view| {
            view.keyed.insert(table.current.clone(), Arc::new(loaded));
            Ok(())
        })?;
        self.keyed.lock().insert(table.history.clone(), table);
        Ok(())
    }

    /// The keyed dataset that `history` is the history of, and its present view.
    pub(in crate::lake) fn keyed_of_history(&self, history: &TableId) -> Option<(Arc<KeyedTable>, Arc<KeyedView>)> {
        let keyed = self.keyed.lock().get(history).cloned()?;
        let view = self.view().keyed.get(&keyed.current).cloned()?;
        Some((keyed, view))
    }

    /// The keyed table of a contract.
    pub(crate) fn keyed(&self, contract: &Contract) -> Option<Arc<KeyedTable>> {
        self.keyed.lock().get(&contract.table()).cloned()
    }

    pub(in crate::lake) fn keyed_of_current(&self, current: &TableId) -> Option<Arc<KeyedTable>> {
        self.keyed_tables().into_iter().find(|table| table.current == *current)
    }

    pub(in crate::lake) fn keyed_tables(&self) -> Vec<Arc<KeyedTable>> {
        self.keyed.lock().values().cloned().collect()
    }

    /// A file of the history as a source. Blocking, and not on a runtime's thread.
    pub(in crate::lake) fn keyed_source(
        &self,
        keyed: &KeyedTable,
        file: &Arc<DataFile>,
        schema: &SchemaRef,
    ) -> Result<FileSource> {
        keyed.source(&self.store.objects, &self.runtime, &keyed.history, file, schema)
    }

    /// Removes key maps that belong to no source.
    pub(in crate::lake) fn sweep_keys(&self) {
        let view = self.view();
        for keyed in self.keyed_tables() {
            if let Some(view) = view.keyed.get(&keyed.current) {
                keyed.sweep(view);
            }
        }
    }
}

/// The entry of a key in the view, for look-ups.
impl KeyedView {
    /// The place of a key's current row, if it has one.
    pub(crate) fn current(&self, hash: u128) -> Result<Option<(super::source::Place, Entry)>> {
        Ok(self.find(hash)?.filter(|(_, entry)| !entry.deleted))
    }
}

fn merge_interval(contract: &Contract) -> u64 {
    contract.layout.merge_interval.as_millis() as u64
}

fn version_column(contract: &Contract) -> Option<String> {
    let column = contract.columns.get(contract.version_column?)?;
    Some(column.name.clone())
}

/// The batches of a file, as they are stored.
pub(in crate::lake) fn read_file(
    store: &Arc<dyn ObjectStore>,
    runtime: &tokio::runtime::Handle,
    table: &TableId,
    file: &DataFile,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    read_columns(store, runtime, table, file, None)
}

/// As [`read_file`], of `columns` only; those that the file does not have are left out.
pub(in crate::lake) fn read_columns(
    store: &Arc<dyn ObjectStore>,
    runtime: &tokio::runtime::Handle,
    table: &TableId,
    file: &DataFile,
    columns: Option<&[&str]>,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
    let location = StorePath::from(format!("{table}/{}", file.path));
    let bytes = runtime
        .block_on(async { store.get(&location).await?.bytes().await })
        .map_err(store_error)?;
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?;
    if let Some(columns) = columns {
        let mask = ProjectionMask::columns(reader.parquet_schema(), columns.iter().copied());
        reader = reader.with_projection(mask);
    }
    let reader = reader.with_batch_size(64 * 1024).build()?;
    Ok(reader.map(|batch| Ok(batch?)))
}

/// The schema of a history: the contract's columns, the operation, the system columns.
pub(crate) fn history_schema(contract: &Contract) -> SchemaRef {
    let storage = contract.storage_schema();
    let own = contract.columns.len();
    let mut fields = storage.fields().to_vec();
    fields.insert(own, Arc::new(system_column::op_field()));
    Arc::new(Schema::new(fields))
}
