//! One Delta table and its only writer. Nothing else in the process commits to it, so the lost-update races of
//! overlapping rewrites cannot happen; the folder's lock keeps other processes out.

use super::{
    layout::TableLayout,
    view::{DataFile, Snapshot},
};
use crate::{Error, Result, Seq, StagedFile, TableId, store::LakeStore};
use arrow::datatypes::{DataType as ArrowType, SchemaRef};
use deltalake_core::{
    DeltaTable,
    kernel::{
        Action, Add, DataType, MetadataExt, PrimitiveType, Remove, StructField, StructType, Transaction,
        transaction::{CommitBuilder, CommitProperties},
    },
    logstore::{LogStoreRef, StorageConfig, default_logstore},
    operations::create::CreateBuilder,
    protocol::{DeltaOperation, SaveMode, checkpoints},
};
use object_store::prefix::PrefixStore;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

/// Pauses between tries to find out what became of a commit.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Tag of an added file whose `_seq` column is null: the position of its push.
const SEQ_TAG: &str = "smartcenter.seq";

/// What a commit does.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Files that join the table, with the position of their push when they were adopted.
    pub add: Vec<(StagedFile, Option<Seq>)>,
    /// Files that leave it.
    pub remove: Vec<Arc<DataFile>>,
    /// For a flush or a merge: every push up to here is in the table afterwards. For a compaction: nothing new.
    pub through: Option<Seq>,
    /// What a reader of the table's changes is told.
    pub effect: Effect,
}

/// Whether a commit changes what the table says, or only how it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Effect {
    #[default]
    Changes,
    Rearranges,
}

/// The commit actor of a table: callers hold it behind an async mutex.
#[derive(Debug)]
pub(super) struct Table {
    id: TableId,
    store: LakeStore,
    log_store: LogStoreRef,
    delta: Option<DeltaTable>,
    commits_since_checkpoint: u64,
    checkpoint_every: u64,
}

impl Table {
    /// Opens the table's log, or prepares a new table. Answers the files and the last position they cover.
    pub async fn open(store: &LakeStore, id: TableId, checkpoint_every: u64) -> Result<(Self, Snapshot, Seq)> {
        let log_store = log_store(store, &id)?;
        let mut table = Self {
            id,
            store: store.clone(),
            log_store,
            delta: None,
            commits_since_checkpoint: 0,
            checkpoint_every,
        };
        if !table.log_store.is_delta_table_location().await? {
            return Ok((
                table,
                Snapshot {
                    version: -1,
                    files: Vec::new(),
                },
                Seq(0),
            ));
        }
        let delta = table.load().await?;
        let snapshot = snapshot_of(&delta)?;
        table.delta = Some(delta);
        let through = table.committed_through().await?;
        Ok((table, snapshot, through))
    }

    /// Commits `changes`; the log entry is synced when this returns. Creates the table or evolves its schema first
    /// when needed. Answers the new version and the added files.
    ///
    /// A commit whose reply was lost is recognised by its files, so that it is never done twice.
    pub async fn commit(
        &mut self,
        schema: &SchemaRef,
        layout: &TableLayout,
        changes: Changes,
    ) -> Result<(i64, Vec<Arc<DataFile>>)> {
        self.store.may_write()?;
        self.prepare(schema, layout).await?;
        let now = chrono::Utc::now().timestamp_millis();
        let added: Vec<Arc<DataFile>> = changes
            .add
            .into_iter()
            .map(|(file, seq)| Arc::new(DataFile::staged(file, seq, now)))
            .collect();
        if let Some(through) = changes.through
            && self.committed_through().await? >= through
        {
            if added.is_empty() && changes.remove.is_empty() {
                return Ok((self.version(), Vec::new()));
            }
            // Its files would not be the table's.
            return Err(Error::internal(
                "a commit was asked for that the table has already",
                format!("{} is through {}", self.id, through.0),
            ));
        }
        let is_rewrite = changes.effect == Effect::Rearranges;
        let mut actions: Vec<Action> = changes
            .remove
            .iter()
            .map(|file| Action::Remove(remove_action(file, now, !is_rewrite)))
            .collect();
        actions.extend(added.iter().map(|file| Action::Add(add_action(file, !is_rewrite))));
        let operation = if is_rewrite {
            DeltaOperation::Optimize {
                predicate: None,
                target_size: 0,
            }
        } else {
            DeltaOperation::Write {
                mode: SaveMode::Append,
                partition_by: None,
                predicate: None,
            }
        };
        let result = self.commit_actions(actions, operation, changes.through).await;
        if let Err(error) = result {
            // By the handle alone, which is up to date now: to read anything more could fail as well.
            let landed = match &self.delta {
                Some(delta) => has_become(&snapshot_of(delta)?, &added, &changes.remove),
                None => false,
            };
            if !landed {
                return Err(error);
            }
            tracing::warn!(table = %self.id, %error, "a commit was reported as failed and had landed");
        }
        self.commits_since_checkpoint += 1;
        if self.commits_since_checkpoint >= self.checkpoint_every
            && let Err(error) = self.checkpoint().await
        {
            // The commit stands; the next one tries again.
            tracing::warn!(table = %self.id, %error, "a checkpoint could not be written");
        }
        Ok((self.version(), added))
    }

    /// Writes a checkpoint and re-opens the handle, whose memory and commit time otherwise grow.
    pub async fn checkpoint(&mut self) -> Result<()> {
        if let Some(delta) = &self.delta {
            checkpoints::create_checkpoint(delta, None).await?;
            self.delta = Some(self.load().await?);
            self.commits_since_checkpoint = 0;
        }
        Ok(())
    }

    /// Delta version, -1 before the table exists.
    pub fn version(&self) -> i64 {
        self.delta
            .as_ref()
            .and_then(DeltaTable::version)
            .map_or(-1, |v| v as i64)
    }

    async fn load(&self) -> Result<DeltaTable> {
        let mut delta = DeltaTable::new(self.log_store.clone());
        delta.load().await?;
        Ok(delta)
    }

    /// Reads what the log has beyond the handle.
    async fn catch_up(&mut self) -> Result<()> {
        let mut delta = match &self.delta {
            Some(delta) => delta.clone(),
            None => DeltaTable::new(self.log_store.clone()),
        };
        delta.update_state().await?;
        self.delta = Some(delta);
        Ok(())
    }

    fn app_id(&self) -> String {
        format!("smartcenter/{}", self.id)
    }

    async fn committed_through(&self) -> Result<Seq> {
        let Some(delta) = &self.delta else { return Ok(Seq(0)) };
        let version = delta
            .snapshot()?
            .transaction_version(self.log_store.as_ref(), self.app_id())
            .await?;
        Ok(Seq(version.unwrap_or(0).max(0) as u64))
    }

    async fn prepare(&mut self, schema: &SchemaRef, layout: &TableLayout) -> Result<()> {
        let fields = kernel_fields(schema)?;
        // An earlier try may have made the table and failed behind it.
        if self.delta.is_none() && self.log_store.is_delta_table_location().await? {
            self.delta = Some(self.load().await?);
        }
        let Some(delta) = &self.delta else {
            let created = CreateBuilder::new()
                .with_log_store(self.log_store.clone())
                .with_table_name(self.id.as_str())
                .with_columns(fields)
                .with_partition_columns(layout.partition_by.clone())
                .with_configuration([
                    // Our own clock does both; the defaults list the whole log at each commit.
                    ("delta.checkpointInterval".to_owned(), Some("1000000".to_owned())),
                    ("delta.enableExpiredLogCleanup".to_owned(), Some("false".to_owned())),
                    (
                        "delta.dataSkippingStatsColumns".to_owned(),
                        Some(layout.statistics.join(",")),
                    ),
                ])
                .with_commit_properties(no_hooks())
                .await?;
            self.delta = Some(created);
            return Ok(());
        };
        let wanted = StructType::try_new(fields).map_err(|e| Error::internal("a table's schema is not valid", e))?;
        let current = delta.snapshot()?.schema();
        if *current == wanted {
            return Ok(());
        }
        let metadata = delta.snapshot()?.metadata().clone().with_schema(&wanted);
        let metadata = metadata.map_err(|e| Error::internal("a table's schema could not be widened", e))?;
        let known: Vec<String> = current.fields().map(|f| f.name().clone()).collect();
        let new = wanted.fields().filter(|f| !known.contains(f.name())).cloned().collect();
        self.commit_actions(
            vec![Action::Metadata(metadata)],
            DeltaOperation::AddColumn { fields: new },
            None,
        )
        .await
    }

    async fn commit_actions(
        &mut self,
        actions: Vec<Action>,
        operation: DeltaOperation,
        through: Option<Seq>,
    ) -> Result<()> {
        let delta = self
            .delta
            .as_ref()
            .ok_or_else(|| Error::internal("a table is not open", "no handle"))?;
        let mut properties =
            no_hooks().with_metadata([("smartcenter.nonce".to_owned(), uuid::Uuid::new_v4().to_string().into())]);
        if let Some(through) = through {
            properties = properties.with_application_transaction(Transaction::new(self.app_id(), through.0 as i64));
        }
        let committed = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(delta.snapshot()?), self.log_store.clone(), operation)
            .await;
        match committed {
            Ok(committed) => {
                let mut delta = DeltaTable::new(self.log_store.clone());
                delta.state = Some(committed.snapshot());
                self.delta = Some(delta);
                Ok(())
            }
            Err(error) => {
                self.find_out().await;
                Err(commit_error(error))
            }
        }
    }

    /// After a commit that was reported as failed, which may have landed all the same: reads the table until it can be
    /// read. To go on without knowing could commit the same rows twice, so nothing else is done meanwhile.
    async fn find_out(&mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.catch_up().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(table = %self.id, %error, source = ?std::error::Error::source(&error),
                        "whether a commit landed is not known yet");
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Whether a commit that added and removed these files is part of the table. One of no files at all is not missed.
fn has_become(snapshot: &Snapshot, added: &[Arc<DataFile>], removed: &[Arc<DataFile>]) -> bool {
    let there: HashSet<&str> = snapshot.files.iter().map(|file| file.path.as_str()).collect();
    (!added.is_empty() || !removed.is_empty())
        && added.iter().all(|file| there.contains(file.path.as_str()))
        && !removed.iter().any(|file| there.contains(file.path.as_str()))
}

fn commit_error(error: deltalake_core::DeltaTableError) -> Error {
    match error {
        deltalake_core::DeltaTableError::ObjectStore { source } => super::file::store_error(source),
        other => other.into(),
    }
}

/// The table's log. Not by a registry of schemes: the store is ours, whatever the address looks like.
pub(super) fn log_store(store: &LakeStore, id: &TableId) -> Result<LogStoreRef> {
    let location = store
        .url
        .join(&format!("{id}/"))
        .map_err(|e| Error::internal("a table's folder name is not valid", e))?;
    let own = Arc::new(PrefixStore::new(store.objects.clone(), id.as_str()));
    let config = StorageConfig::default();
    Ok(default_logstore(own, store.root.clone(), &location, &config))
}

/// A version that is taken is never tried again at the next number: nobody else writes, so it is our own, and its
/// answer was lost.
fn no_hooks() -> CommitProperties {
    CommitProperties::default()
        .with_max_retries(0)
        .with_create_checkpoint(false)
        .with_cleanup_expired_logs(Some(false))
}

pub(super) fn kernel_fields(schema: &SchemaRef) -> Result<Vec<StructField>> {
    schema
        .fields()
        .iter()
        .map(|field| Ok(StructField::nullable(field.name(), kernel_type(field.data_type())?)))
        .collect()
}

fn kernel_type(ty: &ArrowType) -> Result<DataType> {
    Ok(match ty {
        ArrowType::Utf8View | ArrowType::Utf8 => DataType::STRING,
        ArrowType::Int32 => DataType::INTEGER,
        ArrowType::Int64 => DataType::LONG,
        ArrowType::Float64 => DataType::DOUBLE,
        ArrowType::Boolean => DataType::BOOLEAN,
        ArrowType::Date32 => DataType::DATE,
        ArrowType::Timestamp(..) => DataType::TIMESTAMP,
        ArrowType::Decimal128(precision, scale) => DataType::Primitive(
            PrimitiveType::decimal(*precision, *scale as u8)
                .map_err(|e| Error::internal("a decimal type does not fit Delta", e))?,
        ),
        other => return Err(Error::internal("a column type does not fit Delta", other.to_string())),
    })
}

fn add_action(file: &DataFile, data_change: bool) -> Add {
    Add {
        path: file.path.clone(),
        partition_values: file.partition_values.clone().into_iter().collect(),
        size: file.size as i64,
        modification_time: file.modified,
        data_change,
        stats: file.stats.clone(),
        tags: file
            .seq
            .map(|seq| HashMap::from([(SEQ_TAG.to_owned(), Some(seq.to_string()))])),
        ..Add::default()
    }
}

fn remove_action(file: &DataFile, now: i64, data_change: bool) -> Remove {
    Remove {
        path: file.path.clone(),
        data_change,
        deletion_timestamp: Some(now),
        extended_file_metadata: Some(true),
        partition_values: Some(file.partition_values.clone().into_iter().collect()),
        size: Some(file.size as i64),
        ..Remove::default()
    }
}

fn snapshot_of(delta: &DeltaTable) -> Result<Snapshot> {
    let state = delta.snapshot()?;
    let mut files = Vec::new();
    for view in state.log_data().iter() {
        #[allow(
            deprecated,
            reason = "the only face that gives tags, which hold the position of adopted files"
        )]
        let add = view.add_action();
        let seq = add
            .tags
            .as_ref()
            .and_then(|tags| tags.get(SEQ_TAG))
            .and_then(|v| v.as_ref()?.parse().ok())
            .map(Seq);
        let rows = view.num_records().ok_or_else(|| {
            Error::internal(
                "a file of the lake has no row count",
                format!("statistics missing for {}", add.path),
            )
        })?;
        files.push(Arc::new(DataFile {
            path: view.path().into_owned(),
            size: add.size as u64,
            rows: rows as u64,
            partition_values: add.partition_values.into_iter().collect(),
            stats: add.stats,
            seq,
            modified: add.modification_time,
        }));
    }
    Ok(Snapshot {
        version: delta.version().map_or(-1, |v| v as i64),
        files,
    })
}
