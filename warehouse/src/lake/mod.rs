//! From the log to the tables: sequencer, publisher, hot tier, flush, maintenance.
//!
//! Who changes what: the *publisher* adds hot runs and adopted files in sequence order; the *flush* moves them into
//! the Delta table; *maintenance* rewrites and sweeps files. Each replaces the [`LakeView`] in one step under one
//! lock, and readers take the view with one atomic load, so that every row is in exactly one place of every view.

mod cut;
mod expire;
mod file;
mod flush;
mod hot;
mod keyed;
mod layout;
mod maintain;
mod publish;
mod stage;
mod table;
mod view;

#[cfg(test)]
mod tests;

pub use layout::TableLayout;
pub use stage::{StagedWriter, Stager};
pub use view::{Adopted, DataFile, HotRun, LakeView, Snapshot, TableView};

pub(crate) use cut::{Cut, CutTable, restore_table};
pub(crate) use flush::tokio_stop;
pub(crate) use hot::memory_of;
pub(crate) use keyed::{
    Asked, Classified, Guarded, KeyedSnapshot, KeyedTable, Meeting, Touched, history_schema, stale_warning,
};
pub use keyed::{FileSource, HotSource, KeyedView, Located, Recent};
pub(crate) use publish::{Activate, ContractTicket, Publisher, PushTicket, Ticket, replay_push};

use crate::{
    Error, Receipt, Result, Seq, Settings, TableId,
    barrier::Barrier,
    clock::Clock,
    contract::{Contract, system_fields},
    quarantine,
    query::MaintenanceRecord,
    store::LakeStore,
};
use arc_swap::ArcSwap;
use arrow::{
    array::{ArrayRef, StringViewArray, new_null_array},
    compute::cast,
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use file::FileTarget;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use table::Table;
use tokio::sync::{Notify, watch};

/// All tables: the view that readers take, and one commit actor per table behind it.
#[derive(Debug)]
pub(crate) struct Lake {
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    store: LakeStore,
    barrier: Barrier,
    view: ArcSwap<LakeView>,
    /// Held while a new view is made from the present one.
    changing: Mutex<()>,
    tables: Mutex<HashMap<TableId, Arc<TableState>>>,
    /// Keyed datasets, by the table of their history.
    keyed: Mutex<HashMap<TableId, Arc<KeyedTable>>>,
    /// Keys the hashes of primary keys.
    key_secret: [u8; 32],
    /// For blocking threads that need the store.
    runtime: tokio::runtime::Handle,
    /// Wakes the flush before its time.
    pressure: Notify,
    /// Ticks when a table's flushed position moves.
    flushed: watch::Sender<u64>,
    graveyard: Mutex<Vec<maintain::Dead>>,
    /// Rejected rows that arrived before (microseconds since 1970) are out of their table.
    expired: AtomicI64,
    events: Mutex<VecDeque<MaintenanceRecord>>,
}

/// What a table needs besides its place in the view.
#[derive(Debug)]
struct TableState {
    id: TableId,
    layout: ArcSwap<TableLayout>,
    actor: tokio::sync::Mutex<Table>,
    /// Runs up to here are being flushed and must not be merged.
    sealed: AtomicU64,
    /// A flush up to here has been asked for.
    wanted: AtomicU64,
    /// Milliseconds at which the oldest hot row arrived; 0 when there is none.
    oldest_hot: AtomicU64,
}

impl Lake {
    pub fn new(
        settings: Arc<Settings>,
        clock: Arc<dyn Clock>,
        store: LakeStore,
        barrier: Barrier,
        key_secret: [u8; 32],
    ) -> Self {
        Self {
            keyed: Mutex::default(),
            key_secret,
            runtime: tokio::runtime::Handle::current(),
            settings,
            clock,
            store,
            barrier,
            view: ArcSwap::default(),
            changing: Mutex::new(()),
            tables: Mutex::default(),
            pressure: Notify::new(),
            flushed: watch::Sender::new(0),
            graveyard: Mutex::default(),
            expired: AtomicI64::new(0),
            events: Mutex::default(),
        }
    }

    pub fn view(&self) -> Arc<LakeView> {
        self.view.load_full()
    }

    pub fn store(&self) -> &LakeStore {
        &self.store
    }

    /// Makes the table of a contract known: opens its files, or widens the schema of an open one.
    pub async fn ensure_contract(&self, contract: &Contract) -> Result<()> {
        let layout = TableLayout::of(contract);
        self.ensure(contract.current_table(), contract.storage_schema(), layout.clone())
            .await?;
        if contract.is_keyed() {
            self.ensure(contract.table(), keyed::history_schema(contract), layout)
                .await?;
            self.ensure_keyed(contract).await?;
        }
        Ok(())
    }

    /// Makes the quarantine table known.
    pub async fn ensure_quarantine(&self) -> Result<()> {
        self.ensure(TableId::quarantine(), quarantine_schema(), TableLayout::quarantine())
            .await
    }

    /// Makes the table of a replayed part known when its contract is gone, so that no acknowledged row is lost.
    pub async fn ensure_replayed(&self, part: &crate::Part) -> Result<()> {
        if self.tables.lock().contains_key(&part.table) {
            return Ok(());
        }
        let mut fields: Vec<_> = match &part.rows {
            crate::Rows::Batches(batches) => batches
                .first()
                .map(|b| b.schema().fields().to_vec())
                .unwrap_or_default(),
            crate::Rows::Staged(_) => Vec::new(),
        };
        fields.retain(|field| field.name() != crate::contract::system_column::LINE);
        fields.extend(system_fields().into_iter().map(Arc::new));
        self.ensure(
            part.table.clone(),
            Arc::new(Schema::new(fields)),
            TableLayout::default(),
        )
        .await
    }

    /// Sets the position that start-up has reached.
    pub fn set_visible(&self, seq: Seq) -> Result<()> {
        self.change(|view| {
            view.visible_seq = view.visible_seq.max(seq);
            Ok(())
        })
    }

    async fn ensure(&self, id: TableId, schema: SchemaRef, layout: TableLayout) -> Result<()> {
        let known = self.tables.lock().get(&id).cloned();
        if let Some(state) = known {
            state.layout.store(Arc::new(layout));
            self.change(|view| {
                if let Some(table) = view.tables.get(&id) {
                    let wider = widen(&table.schema, &schema);
                    if wider != table.schema {
                        let table = TableView {
                            schema: wider,
                            ..(**table).clone()
                        };
                        view.tables.insert(id.clone(), Arc::new(table));
                    }
                }
                Ok(())
            })?;
            return Ok(());
        }
        let (table, snapshot, through) = Table::open(&self.store, id.clone(), self.settings.checkpoint_commits).await?;
        let state = TableState {
            id: id.clone(),
            layout: ArcSwap::from_pointee(layout),
            actor: tokio::sync::Mutex::new(table),
            sealed: AtomicU64::new(0),
            wanted: AtomicU64::new(0),
            oldest_hot: AtomicU64::new(0),
        };
        self.change(|view| {
            let table = TableView {
                snapshot: Arc::new(snapshot),
                flushed_seq: through,
                last_seq: through,
                ..TableView::empty(schema)
            };
            view.tables.insert(id.clone(), Arc::new(table));
            Ok(())
        })?;
        self.tables.lock().insert(id, Arc::new(state));
        Ok(())
    }

    /// Replaces the view by a changed copy, in one step.
    fn change<T>(&self, edit: impl FnOnce(&mut LakeView) -> Result<T>) -> Result<T> {
        let _alone = self.changing.lock();
        let mut view = (**self.view.load()).clone();
        let answer = edit(&mut view)?;
        self.view.store(Arc::new(view));
        Ok(answer)
    }

    fn table(&self, id: &TableId) -> Result<Arc<TableState>> {
        let known = self.tables.lock().get(id).cloned();
        known.ok_or_else(|| Error::not_found(format!("table {id} does not exist")))
    }

    fn table_states(&self) -> Vec<Arc<TableState>> {
        self.tables.lock().values().cloned().collect()
    }

    /// Writers for a push too big for the log.
    pub fn stage(&self, id: &TableId, receipt: &Receipt) -> Result<Stager> {
        let state = self.table(id)?;
        Ok(Stager::new(self.file_target(&state, "push")?, receipt))
    }

    fn file_target(&self, state: &TableState, prefix: &str) -> Result<FileTarget> {
        let view = self.view.load();
        let table = view.tables.get(&state.id);
        let table = table.ok_or_else(|| Error::not_found(format!("table {} does not exist", state.id)))?;
        Ok(FileTarget {
            store: self.store.objects.clone(),
            table: state.id.clone(),
            layout: state.layout.load_full(),
            schema: table.schema.clone(),
            prefix: prefix.to_owned(),
            target_bytes: self.settings.target_file_bytes,
        })
    }

    /// Bytes of hot rows of all tables.
    pub fn hot_bytes(&self) -> u64 {
        self.view.load().tables.values().map(|t| t.hot_bytes() as u64).sum()
    }

    /// The last position below which every table has everything in its files.
    pub fn applied_seq(&self) -> Seq {
        self.view.load().applied_seq()
    }

    /// The last maintenance actions, newest first.
    pub fn events(&self) -> Vec<MaintenanceRecord> {
        self.events.lock().iter().rev().cloned().collect()
    }

    fn note_hot(&self, state: &TableState) {
        let now = self.clock.now().timestamp_millis().max(1) as u64;
        let _ = state
            .oldest_hot
            .compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Storage schema of the quarantine table.
fn quarantine_schema() -> SchemaRef {
    let own = quarantine::SCHEMA
        .fields()
        .iter()
        .filter(|f| f.name() != crate::contract::system_column::LINE);
    let mut fields: Vec<_> = own.map(|f| f.as_ref().clone()).collect();
    fields.extend(system_fields());
    Arc::new(Schema::new(fields))
}

/// `old` with the columns that only `new` has, before the system columns.
fn widen(old: &SchemaRef, new: &SchemaRef) -> SchemaRef {
    let system = system_fields();
    let is_system = |name: &str| system.iter().any(|f| f.name() == name);
    let mut fields: Vec<_> = old.fields().iter().filter(|f| !is_system(f.name())).cloned().collect();
    for field in new.fields() {
        if !is_system(field.name()) && old.field_with_name(field.name()).is_err() {
            fields.push(field.clone());
        }
    }
    fields.extend(system.into_iter().map(Arc::new));
    Arc::new(Schema::new(fields))
}

/// A batch as columns of `schema`: missing columns are null, partition columns come from their values.
pub(crate) fn conform(
    batch: &RecordBatch,
    schema: &SchemaRef,
    partition_values: &BTreeMap<String, Option<String>>,
) -> Result<RecordBatch> {
    if batch.schema_ref() == schema {
        return Ok(batch.clone());
    }
    let rows = batch.num_rows();
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            let column: ArrayRef = match (batch.column_by_name(field.name()), partition_values.get(field.name())) {
                (Some(column), _) => column.clone(),
                (None, Some(Some(value))) => {
                    Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(value, rows)))
                }
                (None, _) => new_null_array(field.data_type(), rows),
            };
            if column.data_type() == field.data_type() {
                Ok(column)
            } else {
                Ok(cast(&column, field.data_type())?)
            }
        })
        .collect::<Result<Vec<_>>>()?;
    let options = arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}
