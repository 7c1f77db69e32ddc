//! The warehouse as one thing: opens the folder, replays the log, and ties contracts, lake, control store, policy
//! and queries together. One process per folder, held by a lock.

mod backup;
mod code_rows;
mod contracts;
mod push;
mod reach;
mod recovery;
mod rejects;

use crate::{
    DatasetId, Error, KeyName, Receipt, ReceiptId, Result, Seq, Settings,
    barrier::Barrier,
    clock::Clock,
    contract::{self, Change, ChangeKind, Contract, Origin, Registry},
    control::{Audit, Control, ReceiptFilter},
    lake::{
        ContractTicket, Lake, LakeView, Located, Publisher, Ticket,
        tokio_stop::{self, Stopper},
    },
    policy::{Identity, Policy, Role},
    quarantine::Closings,
    query::{LakeSource, Limits, MaintenanceRecord, ModelList, Params, QueryEngine, Reader, Session},
    store::{self, LakeStore, Owner},
    wal::{
        BadFrames, Entry, FrameKind, LogStatus, OsDisk, Refusal, Replay, Wal, WalOptions,
        record::{ContractRecord, SchemaIds},
    },
};
use arc_swap::ArcSwap;
use arrow::record_batch::RecordBatch;
use backup::Backups;
pub use backup::{BackupEnd, BackupJob};
use chrono::{DateTime, Utc};
use contracts::{ReadableContracts, activation, load_registry, watch_site};
use futures::StreamExt;
use parking_lot::Mutex;
use recovery::Recovery;
pub use rejects::{Correction, FixedRows};
use std::{
    collections::{HashMap, HashSet},
    fs::File,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::{sync::oneshot, task::JoinHandle};

/// The hub's keeping half. Share it behind an `Arc`; all methods take `&self`.
#[derive(Debug)]
pub struct Warehouse {
    settings: Arc<Settings>,
    clock: Arc<dyn Clock>,
    registry: Arc<ArcSwap<Registry>>,
    readable: Arc<ArcSwap<ReadableContracts>>,
    control: Arc<Control>,
    pub(crate) lake: Arc<Lake>,
    wal: Wal<Ticket>,
    schema_ids: SchemaIds,
    queries: QueryEngine,
    policy: ArcSwap<Policy>,
    models: Arc<ArcSwap<ModelList>>,
    person_key: [u8; 32],
    arrivals: Mutex<HashMap<DatasetId, DateTime<Utc>>>,
    code_lists: Mutex<HashMap<(DatasetId, String), CodeList>>,
    code_rows: Mutex<code_rows::CodeRowLists>,
    /// Held while a contract is judged and activated, so that two activations see each other.
    activating: tokio::sync::Mutex<()>,
    stopping: AtomicBool,
    stopper: Stopper,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    publisher: Mutex<Option<std::thread::JoinHandle<()>>>,
    barrier: Barrier,
    backups: Backups,
    /// Holding the file holds the folder.
    _lock: File,
}

#[derive(Debug, Clone)]
struct CodeList {
    at: Seq,
    codes: Arc<HashSet<String>>,
}

/// What `/readyz`, `/metrics` and the status page show.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Health {
    /// Last visible position.
    pub visible_seq: u64,
    /// Bytes of log that no table covers yet.
    pub wal_lag_bytes: u64,
    /// Frames written since the start.
    pub wal_frames: u64,
    /// Disk syncs of the log since the start; `wal_frames / wal_syncs` is the group size.
    pub wal_syncs: u64,
    /// Bytes of hot rows.
    pub hot_bytes: u64,
    /// Why pushes are refused just now, if they are.
    pub refusing: Option<String>,
}

impl Warehouse {
    /// Opens (or creates) the hub in `settings.data`: takes the folder's lock (a second process gets `Conflict`),
    /// loads contracts and tables, replays the log one frame at a time, and starts the background work.
    pub async fn open(settings: Settings, clock: Arc<dyn Clock>) -> Result<Arc<Self>> {
        Self::open_on(settings, clock, None).await
    }

    /// As [`Self::open`], on a store of the caller's choice instead of the one that the settings name.
    pub(crate) async fn open_on(
        settings: Settings,
        clock: Arc<dyn Clock>,
        store: Option<LakeStore>,
    ) -> Result<Arc<Self>> {
        let settings = Arc::new(settings);
        let barrier = Barrier::from_setting(settings.crash_at.as_deref());
        store::keep_folder(&settings.data)?;
        crate::backup::refuse_half_restored(&settings.data)?;
        let lock = lock_folder(&settings.data)?;
        let repeat = Duration::from_secs(settings.repeat_seconds);
        let control = Arc::new(Control::open_with(&settings.data.join("control.sqlite"), repeat)?);
        let registry = load_registry(&settings, &control)?;
        let owner = Owner {
            hub: &control.identity()?,
            adopts: settings.store_adopt,
        };
        let store = match store {
            Some(store) => store,
            None => store::open(&settings, owner).await?,
        };
        let lake = Arc::new(Lake::new(
            settings.clone(),
            clock.clone(),
            store,
            barrier.clone(),
            control.secret("keys")?,
        ));
        lake.ensure_quarantine().await?;
        for (_, contract) in registry.readable() {
            lake.ensure_contract(contract).await?;
        }
        let registry = Arc::new(ArcSwap::from_pointee(registry));
        let disk = Arc::new(OsDisk::open(&settings.data.join("wal"))?);
        let bad = if settings.quarantine_bad_frames {
            BadFrames::Quarantine(settings.data.join("wal-damaged"))
        } else {
            BadFrames::Stop
        };
        let mut replay = Replay::new(disk.clone(), bad)?;
        let arrivals = Recovery {
            lake: &lake,
            control: &control,
            registry: &registry,
            settings: &settings,
            clock: clock.as_ref(),
        }
        .run(&mut replay)
        .await?;
        let flushed = lake
            .view()
            .tables
            .values()
            .map(|table| table.flushed_seq)
            .max()
            .unwrap_or_default();
        replay.raise(flushed.max(control.ledger().applied_seq()));
        lake.set_visible(replay.last_seq().unwrap_or_default())?;
        lake.sweep().await?;

        let readable = Arc::new(ArcSwap::from_pointee(ReadableContracts::of(
            &registry.load(),
            &ModelList::default(),
        )));
        let models: Arc<ArcSwap<ModelList>> = Arc::default();
        let (groups, published) = mpsc::channel();
        let publisher = Publisher {
            lake: lake.clone(),
            control: control.clone(),
            activate: activation(control.clone(), registry.clone(), readable.clone(), models.clone()),
        };
        let publishing = std::thread::Builder::new().name("publish".into()).spawn(move || {
            while let Ok(group) = published.recv() {
                publisher.publish(group);
            }
        })?;
        let options = WalOptions {
            segment_bytes: settings.wal_segment_bytes,
            ..WalOptions::default()
        };
        let wal = Wal::start(replay, disk, options, move |group| {
            // The publisher outlives the log.
            let _ = groups.send(group);
        })?;
        let queries = QueryEngine::new(&settings, lake.store().objects.clone(), &control.secret("cursor")?)?;
        let (stopper, stop) = tokio_stop::channel();
        let warehouse = Arc::new(Self {
            person_key: control.secret("person_key")?,
            policy: ArcSwap::from_pointee(Policy::new(1)),
            models,
            arrivals: Mutex::new(arrivals),
            code_lists: Mutex::default(),
            code_rows: Mutex::default(),
            activating: tokio::sync::Mutex::new(()),
            stopping: AtomicBool::new(false),
            tasks: Mutex::default(),
            publisher: Mutex::new(Some(publishing)),
            schema_ids: SchemaIds::default(),
            settings,
            clock,
            registry,
            readable,
            control,
            lake,
            wal,
            queries,
            stopper,
            barrier,
            backups: Backups::default(),
            _lock: lock,
        });
        warehouse.start_background(&stop);
        Ok(warehouse)
    }

    /// The settings it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The clock it was opened with.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The contracts active now.
    pub fn contracts(&self) -> Arc<Registry> {
        self.registry.load_full()
    }

    /// Keys and receipts.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// The cut that a query starting now sees.
    pub fn view(&self) -> Arc<LakeView> {
        self.lake.view()
    }

    /// The rules in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// When each dataset last received a push.
    pub fn arrivals(&self) -> HashMap<DatasetId, DateTime<Utc>> {
        self.arrivals.lock().clone()
    }

    /// Err(TooMany | Unavailable) while the budgets for log lag or hot memory are used up, or the log has stopped.
    /// A full disk is not refused here: only an attempt can tell that space has returned.
    pub fn admit(&self) -> Result<()> {
        if self.stopping.load(Ordering::Relaxed) {
            return Err(Error::unavailable(
                "the hub is stopping: send again",
                Duration::from_secs(5),
            ));
        }
        let status = self.wal.status();
        if status.refusal == Some(Refusal::Poisoned) {
            return Err(Refusal::Poisoned.error());
        }
        let busy = |what: &str| {
            let message = format!("the hub has too much {what} that is not in its tables yet: send again shortly");
            Err(Error::too_many(message, Duration::from_secs(3)))
        };
        if status.lag_bytes >= self.settings.wal_lag_hard_bytes {
            return busy("log");
        }
        if self.lake.hot_bytes() >= self.settings.hot_hard_bytes {
            return busy("data in memory");
        }
        // What is acknowledged here would never get into a lake that another hub writes.
        self.lake.store().may_promise()
    }

    /// Activates (or with `dry_run` only judges) a contract given as YAML, live.
    ///
    /// # Errors
    /// `Invalid` for a text with faults, one to a line; `Conflict` with every reason for a change that needs a new
    /// major.
    pub async fn put_contract(&self, text: &str, origin: Origin, dry_run: bool) -> Result<Change> {
        let new = contract::parse(text, origin, "contract").map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            Error::invalid(lines.join("\n"))
        })?;
        let _one_at_a_time = self.activating.lock().await;
        let registry = self.contracts();
        if let Some(why) = registry.stranger(&new) {
            return Err(Error::conflict(why));
        }
        let old = registry.get(new.dataset.as_str());
        let change = match old {
            Some(old) => contract::compare(old, &new),
            None => Change::first(&new),
        };
        if dry_run {
            return Ok(change);
        }
        change.allowed()?;
        if change.kind == ChangeKind::Identical {
            return Ok(change);
        }
        self.lake.ensure_contract(&new).await?;
        let record = ContractRecord {
            text: text.to_owned(),
            origin,
        };
        let entry = Entry {
            kind: FrameKind::Contract,
            payload: serde_json::to_vec(&record)?,
            schemas: Vec::new(),
            link: None,
        };
        let (reply, answer) = oneshot::channel();
        let ticket = ContractTicket {
            contract: Arc::new(new),
            reply,
        };
        self.wal.append(entry, Ticket::Contract(Box::new(ticket)))?;
        answer
            .await
            .map_err(|_| Error::internal("the contract was not activated", "publisher gone"))??;
        Ok(change)
    }

    /// A read-only SQL session for `identity`, with the policy on.
    pub fn session(self: &Arc<Self>, identity: &Identity) -> Session {
        self.queries.session(self.clone(), identity.clone())
    }

    /// The present cut, for the hub's own work on models: unmasked, and without the bounds that callers have.
    ///
    /// # Errors
    /// None that a hub which runs gives.
    pub fn reader(self: &Arc<Self>) -> Result<Reader> {
        Ok(Reader::new(self.session(&system_identity()?)))
    }

    /// What the hub knows of its models.
    pub fn models(&self) -> Arc<ModelList> {
        self.models.load_full()
    }

    /// Replaces what the hub knows of its models: views are readable from here on, and tables that no model answers for
    /// are not, save by stewards.
    pub fn set_models(&self, models: ModelList) {
        self.models.store(Arc::new(models));
        ReadableContracts::follow(&self.readable, &self.registry, &self.models);
    }

    /// Distinct texts of a column of a dataset in the present view, kept until the dataset changes; for soft
    /// references.
    pub async fn codes(self: &Arc<Self>, dataset: &DatasetId, column: &str) -> Result<Arc<HashSet<String>>> {
        let contract = self.contracts();
        let contract = contract
            .get(dataset.as_str())
            .filter(|c| c.column(column).is_some())
            .ok_or_else(|| Error::not_found(format!("reference {dataset}.{column} does not exist")))?;
        let at = self
            .view()
            .tables
            .get(&contract.table())
            .map_or(Seq(0), |table| table.last_seq);
        let key = (dataset.clone(), column.to_owned());
        if let Some(list) = self.code_lists.lock().get(&key).filter(|list| list.at == at) {
            return Ok(list.codes.clone());
        }
        let sql = format!("SELECT DISTINCT CAST(\"{column}\" AS VARCHAR) AS c FROM data.\"{dataset}\"");
        let mut rows = self
            .session(&system_identity()?)
            .query(&sql, Params::default(), Limits::default())
            .await?;
        let mut codes = HashSet::new();
        while let Some(batch) = rows.next().await {
            let batch = batch?;
            let texts = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8)?;
            let texts = arrow::array::AsArray::as_string::<i32>(&texts);
            codes.extend(texts.iter().flatten().map(str::to_owned));
        }
        let codes = Arc::new(codes);
        self.code_lists.lock().insert(
            key,
            CodeList {
                at,
                codes: codes.clone(),
            },
        );
        Ok(codes)
    }

    /// Figures for health and metrics.
    pub fn health(&self) -> Health {
        let LogStatus {
            lag_bytes,
            frames,
            syncs,
            refusal,
            ..
        } = self.wal.status();
        let refusing = match refusal {
            Some(refusal) => Some(refusal.error().message().to_owned()),
            None => self.admit().err().map(|error| error.message().to_owned()),
        };
        Health {
            visible_seq: self.view().visible_seq.0,
            wal_lag_bytes: lag_bytes,
            wal_frames: frames,
            wal_syncs: syncs,
            hot_bytes: self.lake.hot_bytes(),
            refusing,
        }
    }

    /// One round of maintenance now: old rejected rows, compaction of small files, removal of old ones.
    pub async fn maintain(&self) {
        self.expire().await;
        self.lake.maintain().await;
    }

    /// Flushes and merges everything and closes the log. Pushes are refused from the start of it.
    pub async fn shutdown(&self) -> Result<()> {
        if self.stopping.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.stopper.set();
        self.backups.stop().await;
        let tasks = std::mem::take(&mut *self.tasks.lock());
        for task in tasks {
            let _ = task.await;
        }
        // Whatever is queued becomes durable and visible before the flush.
        self.wal.close();
        let publisher = self.publisher.lock().take();
        if let Some(thread) = publisher {
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the publisher ended in a panic");
            }
        }
        let flushed = within(FLUSH_PATIENCE, self.lake.flush_all()).await;
        self.control.ledger().flush()?;
        flushed?;
        self.release_log();
        // Nobody merges while the hub is down; other readers should see what it saw last.
        let merged = within(FLUSH_PATIENCE, self.lake.merge_all()).await;
        if let Some(lease) = &self.lake.store().lease {
            lease.release().await;
        }
        merged
    }

    fn start_background(self: &Arc<Self>, stop: &tokio_stop::Stop) {
        let weak = Arc::downgrade(self);
        let released = move || {
            if let Some(warehouse) = weak.upgrade() {
                warehouse.release_log();
            }
        };
        let mut tasks = self.tasks.lock();
        tasks.push(tokio::spawn(self.lake.clone().flush_loop(stop.clone(), released)));
        tasks.push(tokio::spawn(self.lake.clone().merge_loop(stop.clone())));
        tasks.push(tokio::spawn(self.lake.clone().maintenance_loop(stop.clone())));
        let pause = Duration::from_secs(self.settings.maintenance_seconds.max(1));
        tasks.push(tokio::spawn(rejects::expire_loop(
            Arc::downgrade(self),
            pause,
            stop.clone(),
        )));
        tasks.push(tokio::spawn(watch_site(Arc::downgrade(self), stop.clone())));
    }

    /// Unlinks log segments that no consumer needs any more.
    fn release_log(&self) {
        let applied = self.lake.applied_seq().min(self.control.ledger().applied_seq());
        self.barrier.pass("before_unlink");
        if let Err(error) = self.wal.release(applied) {
            tracing::error!(%error, "a log segment could not be removed");
        }
    }
}

/// How long the end of the hub waits for a store. The log keeps what does not get there.
const FLUSH_PATIENCE: Duration = Duration::from_secs(120);

async fn within(patience: Duration, work: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::time::timeout(patience, work).await.unwrap_or_else(|_| {
        let message = "the lake's store did not answer in time: what is in the log goes there after the next start";
        Err(Error::unavailable(message, patience))
    })
}

impl LakeSource for Warehouse {
    fn locate(&self, contract: &Arc<Contract>, view: &LakeView, key: &RecordBatch) -> Result<Located> {
        self.lake.locate(contract, view, key)
    }

    fn view(&self) -> Arc<LakeView> {
        self.lake.view()
    }

    fn contracts(&self) -> Arc<[Arc<Contract>]> {
        self.readable.load().all.clone()
    }

    fn vouched(&self) -> Arc<[Arc<Contract>]> {
        self.readable.load().vouched.clone()
    }

    fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    fn receipts(&self, pusher: Option<&KeyName>, limit: usize) -> Result<Vec<Receipt>> {
        let mut filter = ReceiptFilter {
            pusher: pusher.cloned(),
            limit,
            ..ReceiptFilter::default()
        };
        // A page has a thousand at most.
        let mut all = Vec::new();
        loop {
            let (page, next) = self.control.ledger().list(&filter)?;
            all.extend(page);
            filter.limit = limit.saturating_sub(all.len());
            filter.cursor = next;
            if filter.limit == 0 || filter.cursor.is_none() {
                return Ok(all);
            }
        }
    }

    fn closings(&self, receipt: ReceiptId, received_at: DateTime<Utc>) -> Result<Closings> {
        self.control.ledger().closings(receipt, received_at)
    }

    fn arrivals(&self) -> HashMap<DatasetId, DateTime<Utc>> {
        Self::arrivals(self)
    }

    fn maintenance(&self) -> Vec<MaintenanceRecord> {
        self.lake.events()
    }

    fn person_key_secret(&self) -> [u8; 32] {
        self.person_key
    }

    fn audit(&self) -> Option<&Audit> {
        Some(self.control.audit())
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn models(&self) -> Arc<ModelList> {
        self.models.load_full()
    }
}

pub(crate) fn lock_folder(folder: &Path) -> Result<File> {
    let path = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path)?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::conflict(format!(
            "the folder {} is in use by another smartcenter process: stop it, or use another folder",
            folder.display()
        ))),
        Err(error) => Err(std::io::Error::from(error).into()),
    }
}

/// The hub itself, comparing what is sent with what is held. It sees keys and codes unmasked, personal ones too: masked
/// ones would equal nothing.
pub(crate) fn system_identity() -> Result<Identity> {
    Ok(Identity {
        key: "smartcenter".parse()?,
        role: Role::Walidata,
        purpose: Some("smartcenter".to_owned()),
        is_hub: true,
        ..Identity::anonymous()
    })
}
