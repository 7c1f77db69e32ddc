//! Brings `mart.alert` up to date with the indicators and with what people did, a moment behind them.
//!
//! Steps are kept first, rows are pushed after, and events are sent last: an end anywhere in between is made good by the
//! next round, which works the same out again and pushes what is missing.

use super::{
    AlertEvent, Settings, TABLE, Watched,
    compose::{Composed, Parts},
    life::Step,
    memory::Memory,
    read::Read,
    reasons::{Memo, Service, Services},
    table,
};
use crate::model::{Delta, Outbox, rows};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{
    DatasetId, Derivation, Error, Kind, Result, Seq, TableId, Warehouse,
    contract::{Contract, Origin},
    query::Reader,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use tokio::sync::{Mutex, broadcast};

/// Events that a slow listener may be behind.
const BEHIND: usize = 1024;

/// The alerts of a hub. Everything it does is done one thing after the other.
#[derive(Debug)]
pub struct Alerts {
    pub(super) warehouse: Arc<Warehouse>,
    settings: Settings,
    pub(super) work: Mutex<Work>,
    events: broadcast::Sender<AlertEvent>,
}

/// What is known from the last round.
#[derive(Debug, Default)]
pub(super) struct Work {
    watched: Vec<Arc<Watched>>,
    reads: BTreeMap<String, (Mark, Arc<Read>)>,
    services: BTreeMap<String, (Mark, Arc<Service>)>,
    memo: Memo,
    /// What the rows were worked out from.
    seen: Option<Seen>,
    /// When something changes by the clock alone.
    wake: Option<DateTime<Utc>>,
}

/// What the rows of a table were read from: version of the file, table, last push.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    version: String,
    table: TableId,
    touched: Seq,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    marks: BTreeMap<String, Mark>,
    /// Steps and suppressions.
    revision: i64,
    /// Version of the table's contract.
    contract: String,
}

impl Alerts {
    /// The alerts of a hub. Nothing is done before the first round.
    pub fn new(warehouse: Arc<Warehouse>, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            warehouse,
            settings,
            work: Mutex::default(),
            events: broadcast::channel(BEHIND).0,
        })
    }

    /// What happens to alerts from now on. Who is too slow misses some, is told so, and reads the table.
    pub fn subscribe(&self) -> broadcast::Receiver<AlertEvent> {
        self.events.subscribe()
    }

    /// Brings the table up to date with `watched`, all indicators that raise alerts now. Alerts of others are left as they
    /// are. True when rows changed. Costs next to nothing while no indicator was touched and no step was done.
    ///
    /// # Errors
    /// What the lake fails with; the next round does what was not done.
    pub async fn follow(&self, watched: Vec<Arc<Watched>>) -> Result<bool> {
        let mut work = self.work.lock().await;
        work.watched = watched;
        self.bring(&mut work).await
    }

    /// The contract in force, which is brought up to date first.
    async fn contract(&self) -> Result<Arc<Contract>> {
        let active = self.warehouse.contracts().get(TABLE).cloned();
        let wanted = table::contract(active.as_deref())?;
        match active {
            Some(active) if active.text == wanted.text => Ok(active),
            _ => {
                let put = self.warehouse.put_contract(&wanted.text, Origin::Derived, false);
                Box::pin(put).await?;
                let active = self.warehouse.contracts().get(TABLE).cloned();
                active.ok_or_else(|| Error::internal("a contract was put and is not there", TABLE))
            }
        }
    }

    pub(super) async fn bring(&self, work: &mut Work) -> Result<bool> {
        let contract = self.contract().await?;
        let cut = self.warehouse.reader()?;
        let seen = Seen {
            marks: work.marks(&cut),
            revision: self.warehouse.control().alert_revision()?,
            contract: contract.version.to_string(),
        };
        let now = self.warehouse.clock().now();
        let is_due = work.wake.is_some_and(|wake| wake <= now);
        if work.seen.as_ref() == Some(&seen) && !is_due {
            return Ok(false);
        }
        // Whatever fails from here on is done again.
        work.seen = None;
        let reads = work.read(&cut, &seen.marks).await?;
        let services = work.serve(&cut, &seen.marks).await?;
        let rows = rows(&cut, cut.plan(&table::select()).await?).await?;
        let held = rows.iter().map(table::alerts).collect::<Result<Vec<_>>>()?.concat();
        let parts = Parts {
            reads,
            services,
            memo: std::mem::take(&mut work.memo),
            held,
            memory: self.memory()?,
            suppressions: self.warehouse.control().suppressions()?,
            settings: self.settings,
            now,
        };
        let composed = tokio::task::spawn_blocking(move || parts.composed());
        let composed = composed
            .await
            .map_err(|error| Error::internal("alerts stopped in their middle", error))?;
        let Composed {
            alerts,
            steps,
            events,
            wake,
            memo,
        } = composed;
        work.memo = memo;
        let kept: Vec<_> = steps.iter().map(Step::kept).collect();
        self.warehouse.control().add_alert_steps(&kept)?;
        let mut delta = Delta::new(&contract, rows)?;
        let changed = delta.changed(&table::batch(&alerts)?)?;
        let is_changed = changed.is_some();
        if let Some(changed) = changed {
            let derived = Derivation {
                model: TABLE.parse::<DatasetId>()?,
                version: work.version(),
                through: cut.seq(),
            };
            let mut outbox = Outbox::new(&self.warehouse, &contract, derived)?;
            outbox.add(&changed).await?;
            Box::pin(outbox.send()).await?;
        }
        work.wake = wake;
        work.seen = Some(Seen {
            revision: seen.revision + kept.len() as i64,
            ..seen
        });
        for event in events {
            // Nobody may be listening.
            let _ = self.events.send(event);
        }
        Ok(is_changed)
    }

    pub(super) fn memory(&self) -> Result<Memory> {
        let steps = self.warehouse.control().alert_steps()?;
        Ok(Memory::of(steps.into_iter().filter_map(Step::of)))
    }
}

impl Work {
    /// What rows would be read from now. An indicator without a table is not worked out yet.
    fn marks(&self, cut: &Reader) -> BTreeMap<String, Mark> {
        let tables = self.watched.iter().flat_map(|watched| {
            let service = watched.attribution.iter().map(|table| (table.clone(), String::new()));
            service.chain([(watched.table(), watched.version.clone())])
        });
        let marks = tables.filter_map(|(name, version)| {
            let contract = cut.contract(&name)?;
            let mark = Mark {
                version,
                table: contract.table(),
                touched: cut.touched(contract),
            };
            Some((name, mark))
        });
        marks.collect()
    }

    /// What the indicators found; those that did not change are not read again. One that cannot be read is left out.
    async fn read(&mut self, cut: &Reader, marks: &BTreeMap<String, Mark>) -> Result<Vec<Arc<Read>>> {
        let mut before = std::mem::take(&mut self.reads);
        for watched in &self.watched {
            let name = watched.table();
            let Some(mark) = marks.get(&name) else { continue };
            let read = match before.remove(&name) {
                Some((known, read)) if known == *mark => read,
                _ => match Box::pin(Read::of(watched, cut)).await {
                    Ok(read) => Arc::new(read),
                    Err(error) if error.kind() == Kind::Invalid => {
                        tracing::warn!(indicator = watched.slug, %error, "an indicator raises no alerts");
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            self.reads.insert(name, (mark.clone(), read));
        }
        Ok(self.reads.values().map(|(_, read)| read.clone()).collect())
    }

    async fn serve(&mut self, cut: &Reader, marks: &BTreeMap<String, Mark>) -> Result<Services> {
        let mut before = std::mem::take(&mut self.services);
        let tables: BTreeSet<&String> = self
            .watched
            .iter()
            .filter_map(|watched| watched.attribution.as_ref())
            .collect();
        for table in tables {
            let Some(mark) = marks.get(table) else { continue };
            let service = match before.remove(table) {
                Some((known, service)) if known == *mark => service,
                _ => match Box::pin(Service::of(table, cut)).await {
                    Ok(service) => Arc::new(service),
                    Err(error) if error.kind() == Kind::Invalid => {
                        tracing::warn!(table, %error, "a model gives no reasons for alerts");
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            self.services.insert(table.clone(), (mark.clone(), service));
        }
        let services = self
            .services
            .iter()
            .map(|(table, (_, service))| (table.clone(), service.clone()));
        Ok(services.collect())
    }

    /// Stands for the files of all indicators.
    fn version(&self) -> String {
        let mut digest = Sha256::new();
        for watched in &self.watched {
            digest.update(format!("{}={};", watched.slug, watched.version));
        }
        hex::encode(&digest.finalize()[..6])
    }
}
