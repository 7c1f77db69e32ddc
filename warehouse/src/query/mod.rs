//! Read-only SQL over the lake: sessions, the statement guard, the catalogue a caller sees, scans, and the formats
//! in which answers leave.
//!
//! The invariant: one execution sees one [`LakeView`], one policy version and one set of contracts (its `Pin`),
//! whatever the statement joins, and never a row or value that the policy hides.

mod as_of;
mod catalog;
mod cursor;
mod engine;
mod failure;
mod fate;
mod files;
mod format;
mod functions;
mod guard;
mod hot;
mod lookup;
mod models;
mod planner;
mod portions;
mod prune;
mod pushdown;
mod reader;
mod rows;
mod scan;
mod secrecy;
mod session;
mod shared;
mod sources;
mod stream;
mod system;
mod validity;

#[cfg(test)]
mod tests;

pub use as_of::AsOf;
pub use engine::QueryEngine;
pub use format::{Format, encode};
pub use lookup::{Lookup, LookupKey};
pub use models::{ModelList, ModelRead, ModelRecord, ModelTable, ModelView, parse_model};
pub use planner::{PlannedModel, Planner};
pub use reader::Reader;
pub use rows::{Op, RowFilterRequest, RowsPage, RowsRequest, RowsSchema};
pub use session::{Limits, Params, Prepared, Session};
pub use stream::{Ending, QueryStream};

use crate::{
    DatasetId, KeyName, Receipt, ReceiptId, Result,
    contract::{Classification, Contract},
    control::{
        Audit,
        audit::{Access, unrecorded},
    },
    lake::{LakeView, Located},
    policy::{Identity, Masker, Policy},
    quarantine::Closings,
};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
    sync::Arc,
};

/// What a session needs from the hub. All calls are cheap except [`Self::receipts`], which may read the disk and is
/// called on a blocking thread.
pub trait LakeSource: Send + Sync + Debug {
    /// The present cut of the lake; one atomic load.
    fn view(&self) -> Arc<LakeView>;
    /// Every contract whose rows may be read: the active version of each dataset, and the newest version of each
    /// older major that still has a table. Of what the hub works out, only the active version.
    fn contracts(&self) -> Arc<[Arc<Contract>]>;
    /// Those of [`Self::contracts`] that say how secret their rows are; see [`Policy::sees_unvouched`].
    fn vouched(&self) -> Arc<[Arc<Contract>]> {
        self.contracts()
    }
    /// The current row of a key of a keyed dataset in `view`; `key` is one row of the key columns. At most a few reads
    /// of a few KB.
    fn locate(&self, contract: &Arc<Contract>, view: &LakeView, key: &RecordBatch) -> Result<Located>;
    /// The rules in force.
    fn policy(&self) -> Arc<Policy>;
    /// Receipts, newest first, at most `limit`; only those of `pusher` when given.
    fn receipts(&self, pusher: Option<&KeyName>, limit: usize) -> Result<Vec<Receipt>>;
    /// What became of the rejected rows of a receipt that arrived then. May read the disk, for microseconds.
    fn closings(&self, receipt: ReceiptId, received_at: DateTime<Utc>) -> Result<Closings>;
    /// When each dataset last received a push.
    fn arrivals(&self) -> HashMap<DatasetId, DateTime<Utc>>;
    /// What maintenance did lately, newest first.
    fn maintenance(&self) -> Vec<MaintenanceRecord>;
    /// Secret of the running epoch behind `person_key`.
    fn person_key_secret(&self) -> [u8; 32];
    /// Where reads of personal data are recorded; without one there are none.
    fn audit(&self) -> Option<&Audit> {
        None
    }
    /// Wall-clock time.
    fn now(&self) -> DateTime<Utc>;
    /// The models of the hub.
    fn models(&self) -> Arc<ModelList> {
        Arc::default()
    }
}

/// One piece of background work on a table, for `system.maintenance`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceRecord {
    /// Folder name of the table.
    pub table: String,
    /// What was done: `flush`, `compact`, `checkpoint`, `vacuum`.
    pub operation: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub milliseconds: i64,
    /// Files read or replaced.
    pub files_before: i64,
    /// Files written.
    pub files_after: i64,
    /// Rows touched.
    pub rows: i64,
    /// `ok`, or the class of the failure.
    pub outcome: String,
}

/// Everything one execution looks at. Taken once, carried in the session's configuration, read by every scan.
#[derive(Debug)]
pub(crate) struct Pin {
    pub(crate) view: Arc<LakeView>,
    pub(crate) contracts: Arc<[Arc<Contract>]>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) identity: Identity,
    pub(crate) masker: Arc<Masker>,
    pub(crate) lake: Arc<dyn LakeSource>,
    pub(crate) models: Arc<ModelList>,
    /// Rows after this are not seen.
    pub(crate) as_of: Option<AsOf>,
    /// Personal columns that the execution reads in clear, for the audit.
    clear_reads: Mutex<BTreeSet<(DatasetId, String)>>,
}

impl Pin {
    /// Pins the present, to be read as of `as_of`. The policy is read before the view: a rule that came with a push is
    /// then never missed.
    pub(crate) fn take(lake: &Arc<dyn LakeSource>, identity: &Identity, as_of: Option<AsOf>) -> Arc<Self> {
        let policy = lake.policy();
        let contracts = match identity.is_hub || policy.sees_unvouched(identity) {
            true => lake.contracts(),
            false => lake.vouched(),
        };
        let models = lake.models();
        Arc::new(Self {
            models,
            view: lake.view(),
            contracts,
            policy,
            identity: identity.clone(),
            masker: Arc::new(Masker::new(&lake.person_key_secret())),
            lake: lake.clone(),
            as_of,
            clear_reads: Mutex::default(),
        })
    }

    /// The same cut, read as it was earlier.
    pub(crate) fn past(&self, as_of: AsOf) -> Self {
        Self {
            view: self.view.clone(),
            contracts: self.contracts.clone(),
            policy: self.policy.clone(),
            identity: self.identity.clone(),
            masker: self.masker.clone(),
            lake: self.lake.clone(),
            models: self.models.clone(),
            as_of: Some(as_of),
            clear_reads: Mutex::default(),
        }
    }

    /// The contract of the active (highest) major of `dataset`.
    pub(crate) fn active(&self, dataset: &str) -> Option<&Arc<Contract>> {
        self.contracts
            .iter()
            .filter(|contract| contract.dataset.as_str() == dataset)
            .max_by_key(|contract| &contract.version)
    }

    /// The contract of one major of `dataset`.
    pub(crate) fn major(&self, dataset: &str, major: u64) -> Option<&Arc<Contract>> {
        self.contracts
            .iter()
            .filter(|contract| contract.dataset.as_str() == dataset && contract.version.major == major)
            .max_by_key(|contract| &contract.version)
    }

    /// Remembers which of `columns` hold personal data that this execution sees unmasked.
    pub(crate) fn note_clear_reads<'a>(
        &self,
        contract: &Contract,
        columns: impl Iterator<Item = &'a str>,
        is_masked: impl Fn(&str) -> bool,
    ) {
        for name in columns.filter(|name| !is_masked(name)) {
            // Closed ones as well: what a model makes of a NIK and a closed text is closed.
            let is_secret = contract
                .column(name)
                .is_some_and(|i| contract.columns[i].classification >= Classification::Personal);
            if is_secret {
                self.clear_reads
                    .lock()
                    .insert((contract.dataset.clone(), name.to_owned()));
            }
        }
    }

    /// Remembers that this execution sees what was sent and rejected as it was sent, where that may be personal.
    pub(crate) fn note_raw_read(&self, contract: &Contract) {
        if contract
            .columns
            .iter()
            .any(|column| column.classification.is_personal())
        {
            let read = (contract.dataset.clone(), "_raw".to_owned());
            self.clear_reads.lock().insert(read);
        }
    }

    /// Personal columns read in clear so far.
    pub(crate) fn clear_reads(&self) -> Vec<(DatasetId, String)> {
        self.clear_reads.lock().iter().cloned().collect()
    }

    /// Records the personal columns that the planned execution reads in clear; the record's number, if there are any.
    /// To be waited for before the first row goes out.
    pub(crate) async fn record_reads(&self) -> Result<Option<u64>> {
        let clear = self.clear_reads();
        if clear.is_empty() || self.identity.is_hub {
            return Ok(None);
        }
        let mut reads: BTreeMap<DatasetId, Vec<String>> = BTreeMap::new();
        for (dataset, column) in clear {
            reads.entry(dataset).or_default().push(column);
        }
        let access = Access {
            at: self.lake.now(),
            key: self.identity.key.clone(),
            role: self.identity.role,
            purpose: self.identity.purpose.clone(),
            request: self.identity.request.clone(),
            reads,
        };
        match self.lake.audit() {
            Some(audit) => audit.record(access).await.map(Some),
            None => Err(unrecorded()),
        }
    }
}
