//! Finding the current row of one key: the key maps say where it is; it comes from memory, from the store of rows
//! beside its file, or the caller reads it from the file. No plan is made and nothing is searched.

use super::{
    KeyedTable,
    open::read_file,
    source::{FileSource, Place, Recent},
};
use crate::{
    Error, Result, TableId,
    contract::Contract,
    lake::{DataFile, Lake, LakeView, conform},
    lookup::{RowStore, RowStoreWriter, StoreSource},
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use object_store::ObjectStore;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// How long a store that could not be made is left alone.
const RECOVERY: Duration = Duration::from_secs(60);

/// Where the current row of a key is.
#[derive(Debug)]
pub enum Located {
    /// The key has no row.
    Absent,
    /// Here: a batch of one row, in the contract's columns.
    Row(RecordBatch),
    /// In a file of `table`, as its row number `row`, counted from 0.
    File {
        /// Table.
        table: TableId,
        /// File.
        file: Arc<DataFile>,
        /// Row.
        row: u32,
    },
}

impl Lake {
    /// The current row of the key in `key`, a batch of one row with the key columns.
    pub(crate) fn locate(&self, contract: &Arc<Contract>, view: &LakeView, key: &RecordBatch) -> Result<Located> {
        let (Some(keyed), Some(table)) = (self.keyed(contract), view.keyed.get(&contract.current_table())) else {
            return Ok(Located::Absent);
        };
        let hashes = keyed.hasher.load().key_hashes(key)?;
        let [hash] = hashes[..] else {
            return Err(Error::internal("a look-up is for one key", hashes.len().to_string()));
        };
        let Some((place, entry)) = table.current(hash)? else {
            return Ok(Located::Absent);
        };
        let (id, source) = match place {
            Place::Grave => return Ok(Located::Absent),
            Place::Base(at) => (&keyed.current, &table.base[at]),
            Place::Recent(at) => match &table.recent[at] {
                Recent::File(file) => (&keyed.history, file),
                Recent::Hot(hot) => return hot_row(&hot.run.batches, entry.row, &contract.schema()),
            },
        };
        if contract.lookup
            && let Some(row) = self.stored_row(&keyed, contract, id, source, entry.row)
        {
            return Ok(Located::Row(row));
        }
        Ok(Located::File {
            table: id.clone(),
            file: source.file.clone(),
            row: entry.row,
        })
    }

    /// A row from the store beside its file. Where there is none, it is begun to be made.
    fn stored_row(
        &self,
        keyed: &Arc<KeyedTable>,
        contract: &Arc<Contract>,
        table: &TableId,
        source: &FileSource,
        row: u32,
    ) -> Option<RecordBatch> {
        if let Some(store) = source.row_store.get().as_deref() {
            match store.row(row, contract) {
                Ok(row) => return Some(row),
                Err(error) => {
                    tracing::warn!(%error, source = ?std::error::Error::source(&error), "a store of rows is made again");
                    source.row_store.forget();
                    // Gone as well if it cannot be removed: opening it again fails or finds it sound.
                    let _ = std::fs::remove_file(keyed.rows_path(table, &source.file.path));
                }
            }
        }
        let making = source.row_store.begin()?;
        let work = Work {
            keyed: keyed.clone(),
            contract: contract.clone(),
            objects: self.store.objects.clone(),
            runtime: self.runtime.clone(),
            table: table.clone(),
            file: source.file.clone(),
        };
        self.runtime.spawn(async move {
            // One at a time: each may hold a whole file.
            let queue = work.keyed.storing.clone();
            let _turn = queue.lock().await;
            match tokio::task::spawn_blocking(move || work.run()).await {
                Ok(Ok(store)) => making.done(store),
                Ok(Err(error)) => {
                    tracing::warn!(%error, source = ?std::error::Error::source(&error), "a store of rows could not be made");
                    drop(_turn);
                    tokio::time::sleep(RECOVERY).await;
                }
                Err(error) => tracing::error!(%error, "the making of a store of rows ended early"),
            }
        });
        None
    }
}

/// Opens a store of rows, or makes it from its file. Blocking.
struct Work {
    keyed: Arc<KeyedTable>,
    contract: Arc<Contract>,
    objects: Arc<dyn ObjectStore>,
    runtime: tokio::runtime::Handle,
    table: TableId,
    file: Arc<DataFile>,
}

impl Work {
    fn run(self) -> Result<RowStore> {
        let path = self.keyed.rows_path(&self.table, &self.file.path);
        let source = StoreSource {
            path: self.file.path.clone(),
            size: self.file.size,
            rows: self.file.rows,
        };
        if let Ok(store) = RowStore::open(&path, &source) {
            return Ok(store);
        }
        let folder = path.parent().unwrap_or(&path);
        let mut writer = RowStoreWriter::create(folder, &self.contract)?;
        let schema = self.contract.schema();
        for batch in read_file(&self.objects, &self.runtime, &self.table, &self.file)? {
            // Partition columns are not in the file.
            writer.add(&conform(&batch?, &schema, &self.file.partition_values)?)?;
        }
        writer.finish(&path, source.clone())?;
        RowStore::open(&path, &source)
    }
}

fn hot_row(batches: &[RecordBatch], row: u32, schema: &SchemaRef) -> Result<Located> {
    let mut row = row as usize;
    for batch in batches {
        if row < batch.num_rows() {
            return Ok(Located::Row(conform(&batch.slice(row, 1), schema, &BTreeMap::new())?));
        }
        row -= batch.num_rows();
    }
    Err(Error::internal("a row of a hot run is lost", row.to_string()))
}
