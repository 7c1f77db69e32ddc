//! `system.*`: what the hub knows about itself, cut by the same policy. Rows are made when a scan is planned, from
//! the execution's pin.

use super::{Pin, failure::carried};
use crate::{
    Error, Receipt,
    contract::{ColumnType, Contract, Layer},
    control::audit::{Access, Entry, Record},
    policy::{Decision, PushScope},
};
use arrow::{
    array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray},
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafusion::{
    catalog::{Session, TableProvider, memory::MemorySourceConfig},
    common::{DataFusionError, Result},
    logical_expr::{Expr, TableType},
    physical_plan::ExecutionPlan,
};
use std::sync::Arc;

/// `system.receipts` shows at most this many, newest first.
const RECEIPTS: usize = 100_000;
/// `system.audit` shows at most this many, newest first; the log itself keeps all.
const AUDIT: usize = 100_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Receipts,
    Feeds,
    Tables,
    Contracts,
    Maintenance,
    Audit,
    Models,
}

impl Which {
    const ALL: [(Which, &'static str); 7] = [
        (Which::Receipts, "receipts"),
        (Which::Feeds, "feeds"),
        (Which::Tables, "tables"),
        (Which::Contracts, "contracts"),
        (Which::Maintenance, "maintenance"),
        (Which::Audit, "audit"),
        (Which::Models, "models"),
    ];
}

/// One table of `system`.
#[derive(Debug)]
pub(crate) struct SystemTable {
    which: Which,
    schema: SchemaRef,
}

impl SystemTable {
    /// The names that the caller may know.
    pub(crate) fn names(pin: &Pin) -> Vec<String> {
        let open = Which::ALL.iter().filter(|(which, _)| is_open(*which, pin));
        open.map(|(_, name)| (*name).to_owned()).collect()
    }

    /// The table called `name`, if the caller may know it.
    pub(crate) fn open(pin: &Pin, name: &str) -> Option<Self> {
        let (which, _) = Which::ALL
            .iter()
            .find(|(which, own)| *own == name && is_open(*which, pin))?;
        Some(Self {
            which: *which,
            schema: schema(*which),
        })
    }

    fn columns(&self, pin: &Pin) -> crate::Result<Vec<ArrayRef>> {
        Ok(match self.which {
            Which::Receipts => receipts(pin)?,
            Which::Feeds => feeds(pin),
            Which::Tables => tables(pin),
            Which::Contracts => contracts(pin),
            Which::Maintenance => maintenance(pin),
            Which::Audit => audit(pin)?,
            Which::Models => models(pin),
        })
    }
}

fn is_open(which: Which, pin: &Pin) -> bool {
    let pushes = pin.policy.pushes(&pin.identity);
    match which {
        Which::Receipts | Which::Feeds | Which::Contracts => pushes != PushScope::None,
        Which::Tables | Which::Maintenance | Which::Models => pin.policy.sees_operations(&pin.identity),
        Which::Audit => pin.policy.sees_audit(&pin.identity),
    }
}

#[async_trait]
impl TableProvider for SystemTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let pin = state
            .config()
            .get_extension::<Pin>()
            .ok_or_else(|| DataFusionError::Internal("a scan outside of a session".to_owned()))?;
        if !is_open(self.which, &pin) {
            return Err(carried(Error::not_found(
                "the table does not exist, or is not open to this key",
            )));
        }
        let table = Self {
            which: self.which,
            schema: self.schema.clone(),
        };
        // Receipts come from the control store on disk.
        let columns = tokio::task::spawn_blocking(move || table.columns(&pin))
            .await
            .map_err(|e| DataFusionError::External(Box::new(e)))?
            .map_err(carried)?;
        let batch = RecordBatch::try_new(self.schema.clone(), columns)?;
        Ok(MemorySourceConfig::try_new_exec(
            &[vec![batch]],
            self.schema.clone(),
            projection.cloned(),
        )?)
    }
}

fn schema(which: Which) -> SchemaRef {
    let text = |name| Field::new(name, DataType::Utf8View, true);
    let int = |name| Field::new(name, DataType::Int64, true);
    let flag = |name| Field::new(name, DataType::Boolean, true);
    let time = |name| Field::new(name, ColumnType::Timestamp.arrow(), true);
    Arc::new(Schema::new(match which {
        Which::Receipts => vec![
            text("receipt_id"),
            text("dataset"),
            text("contract_version"),
            text("status"),
            int("received"),
            int("accepted"),
            int("inserted"),
            int("updated"),
            int("unchanged"),
            int("stale"),
            int("deleted"),
            int("duplicate"),
            int("rejected"),
            int("seq"),
            text("payload_sha256"),
            time("received_at"),
            time("durable_at"),
            text("pusher"),
        ],
        Which::Feeds => vec![
            text("dataset"),
            text("title"),
            text("owner"),
            text("version"),
            int("rows"),
            int("last_seq"),
            time("last_arrival"),
            time("due_at"),
            int("late_seconds"),
        ],
        Which::Tables => vec![
            text("dataset"),
            text("table"),
            int("major"),
            int("rows"),
            int("files"),
            int("bytes"),
            int("delta_version"),
            int("hot_rows"),
            int("hot_bytes"),
            int("adopted_files"),
            int("flushed_seq"),
            int("last_seq"),
            text("current_table"),
            int("unmerged_rows"),
            int("merged_seq"),
        ],
        Which::Contracts => vec![
            text("dataset"),
            text("version"),
            text("title"),
            text("owner"),
            text("classification"),
            flag("public"),
            flag("reference"),
            text("origin"),
            int("columns"),
        ],
        Which::Maintenance => vec![
            text("table"),
            text("operation"),
            time("started_at"),
            int("milliseconds"),
            int("files_before"),
            int("files_after"),
            int("rows"),
            text("outcome"),
        ],
        Which::Audit => vec![
            int("n"),
            text("kind"),
            time("at"),
            text("key"),
            text("role"),
            text("purpose"),
            text("request"),
            text("reads"),
            int("of"),
            int("rows"),
            text("hash"),
        ],
        Which::Models => vec![
            text("name"),
            text("title"),
            text("kind"),
            text("version"),
            text("owner"),
            text("upstream"),
            text("downstream"),
            int("applied_seq"),
            time("refreshed_at"),
            int("rows"),
            int("changed_slices"),
            int("milliseconds"),
            text("last_error"),
        ],
    }))
}

fn receipts(pin: &Pin) -> crate::Result<Vec<ArrayRef>> {
    let own = match pin.policy.pushes(&pin.identity) {
        PushScope::None => return Ok(receipt_columns(&[], pin)),
        PushScope::Own => Some(&pin.identity.key),
        PushScope::All => None,
    };
    let mut receipts = pin.lake.receipts(own, RECEIPTS)?;
    if own.is_none() {
        // Receipts of a dataset that is closed to the caller would tell of it.
        receipts.retain(|receipt| {
            pin.active(receipt.dataset.as_str())
                .is_some_and(|contract| pin.policy.decide(&pin.identity, contract) != Decision::Deny)
        });
    }
    Ok(receipt_columns(&receipts, pin))
}

fn receipt_columns(receipts: &[Receipt], pin: &Pin) -> Vec<ArrayRef> {
    let names = pin.policy.sees_key_names(&pin.identity);
    let count = |of: fn(&Receipt) -> u64| int(receipts.iter().map(|r| Some(of(r))));
    vec![
        text(receipts.iter().map(|r| Some(r.receipt_id.to_string()))),
        text(receipts.iter().map(|r| Some(r.dataset.to_string()))),
        text(receipts.iter().map(|r| Some(r.contract_version.clone()))),
        text(receipts.iter().map(|r| word(&r.status))),
        count(|r| r.rows.received),
        count(|r| r.rows.accepted),
        count(|r| r.rows.inserted),
        count(|r| r.rows.updated),
        count(|r| r.rows.unchanged),
        count(|r| r.rows.stale),
        count(|r| r.rows.deleted),
        count(|r| r.rows.duplicate),
        count(|r| r.rows.rejected),
        int(receipts.iter().map(|r| r.seq.map(|seq| seq.0))),
        text(receipts.iter().map(|r| Some(r.payload_sha256.clone()))),
        time(receipts.iter().map(|r| Some(r.received_at))),
        time(receipts.iter().map(|r| r.durable_at)),
        text(
            receipts
                .iter()
                .map(|r| (names || r.pusher == pin.identity.key).then(|| r.pusher.to_string())),
        ),
    ]
}

/// The records of reads, newest first; `reads` is JSON, columns by dataset.
fn audit(pin: &Pin) -> crate::Result<Vec<ArrayRef>> {
    let records = pin.lake.audit().map_or(Ok(Vec::new()), |audit| audit.latest(AUDIT))?;
    let read = |record: &Record| match &record.entry {
        Entry::Read(access) => Some(access.clone()),
        Entry::Delivered { .. } => None,
    };
    let reads: Vec<Option<Access>> = records.iter().map(read).collect();
    let of = |what: fn(&Access) -> Option<String>| text(reads.iter().map(|read| what(read.as_ref()?)));
    let delivered = |record: &Record| match record.entry {
        Entry::Delivered { of, rows } => Some((of, rows)),
        Entry::Read(_) => None,
    };
    Ok(vec![
        int(records.iter().map(|record| Some(record.n))),
        text(
            reads
                .iter()
                .map(|read| Some(if read.is_some() { "read" } else { "delivered" }.to_owned())),
        ),
        time(reads.iter().map(|read| Some(read.as_ref()?.at))),
        of(|access| Some(access.key.to_string())),
        of(|access| Some(access.role.as_str().to_owned())),
        of(|access| access.purpose.clone()),
        of(|access| access.request.clone()),
        of(|access| serde_json::to_string(&access.reads).ok()),
        int(records.iter().map(|record| Some(delivered(record)?.0))),
        int(records.iter().map(|record| Some(delivered(record)?.1))),
        text(records.iter().map(|record| Some(record.hash.clone()))),
    ])
}

/// The active contracts that the caller may read, with whether all of their rows are open to it.
fn readable(pin: &Pin) -> Vec<(&Arc<Contract>, bool)> {
    let mut readable: Vec<_> = pin
        .contracts
        .iter()
        .filter(|c| {
            pin.active(c.dataset.as_str())
                .is_some_and(|active| Arc::ptr_eq(active, c))
        })
        .filter_map(|contract| match pin.policy.decide(&pin.identity, contract) {
            Decision::Deny => None,
            Decision::Allow { row_filter, .. } => Some((contract, row_filter.is_none())),
        })
        .collect();
    readable.sort_by(|(a, _), (b, _)| a.dataset.cmp(&b.dataset));
    readable
}

fn feeds(pin: &Pin) -> Vec<ArrayRef> {
    let mut feeds = readable(pin);
    // Nobody sends what the hub works out itself.
    feeds.retain(|(contract, _)| contract.layer == Layer::Data);
    let arrivals = pin.lake.arrivals();
    let now = pin.lake.now();
    let view = |c: &Contract| pin.view.tables.get(&c.table());
    let arrival = |c: &Contract| arrivals.get(&c.dataset).copied();
    let due = |c: &Contract| Some(arrival(c)? + chrono::Duration::from_std(c.freshness?).ok()?);
    vec![
        text(feeds.iter().map(|(c, _)| Some(c.dataset.to_string()))),
        text(feeds.iter().map(|(c, _)| Some(c.title.clone()))),
        text(feeds.iter().map(|(c, _)| Some(c.owner.to_string()))),
        text(feeds.iter().map(|(c, _)| Some(c.version.to_string()))),
        // A count of rows that the caller may not see is a fact about them.
        int(feeds.iter().map(|(c, all)| all.then(|| pin.view.rows(c)))),
        int(feeds
            .iter()
            .map(|(c, all)| all.then(|| view(c).map_or(0, |v| v.last_seq.0)))),
        time(feeds.iter().map(|(c, _)| arrival(c))),
        time(feeds.iter().map(|(c, _)| due(c))),
        int(feeds
            .iter()
            .map(|(c, _)| due(c).map(|due| u64::try_from((now - due).num_seconds()).unwrap_or(0)))),
    ]
}

fn tables(pin: &Pin) -> Vec<ArrayRef> {
    let mut rows: Vec<_> = pin
        .contracts
        .iter()
        .filter(|contract| pin.policy.decide(&pin.identity, contract) != Decision::Deny)
        .filter_map(|contract| Some((contract, pin.view.tables.get(&contract.table())?)))
        .collect();
    rows.sort_by(|(a, _), (b, _)| (&a.dataset, a.version.major).cmp(&(&b.dataset, b.version.major)));
    let keyed = |contract: &Contract| pin.view.keyed.get(&contract.current_table());
    let count = |of: &dyn Fn(&crate::lake::TableView) -> u64| int(rows.iter().map(|(_, view)| Some(of(view))));
    vec![
        text(rows.iter().map(|(c, _)| Some(c.dataset.to_string()))),
        text(rows.iter().map(|(c, _)| Some(c.table().to_string()))),
        int(rows.iter().map(|(c, _)| Some(c.version.major))),
        int(rows.iter().map(|(c, _)| Some(pin.view.rows(c)))),
        count(&|view| view.files().count() as u64),
        count(&|view| view.files().map(|file| file.size).sum()),
        Arc::new(Int64Array::from_iter_values(
            rows.iter().map(|(_, view)| view.snapshot.version),
        )),
        count(&|view| view.hot.iter().map(|run| run.rows as u64).sum()),
        count(&|view| view.hot_bytes() as u64),
        count(&|view| view.adopted.iter().map(|adopted| adopted.files.len() as u64).sum()),
        count(&|view| view.flushed_seq.0),
        count(&|view| view.last_seq.0),
        text(rows.iter().map(|(c, _)| Some(c.current_table().to_string()))),
        int(rows.iter().map(|(c, _)| keyed(c).map(|table| table.overlay_rows()))),
        int(rows.iter().map(|(c, _)| keyed(c).map(|table| table.merged_seq.0))),
    ]
}

fn contracts(pin: &Pin) -> Vec<ArrayRef> {
    let rows = readable(pin);
    let flag = |of: fn(&Contract) -> bool| -> ArrayRef {
        Arc::new(rows.iter().map(|(c, _)| Some(of(c))).collect::<BooleanArray>())
    };
    vec![
        text(rows.iter().map(|(c, _)| Some(c.dataset.to_string()))),
        text(rows.iter().map(|(c, _)| Some(c.version.to_string()))),
        text(rows.iter().map(|(c, _)| Some(c.title.clone()))),
        text(rows.iter().map(|(c, _)| Some(c.owner.to_string()))),
        text(rows.iter().map(|(c, _)| word(&c.classification))),
        flag(|c| c.public),
        flag(|c| c.reference),
        text(rows.iter().map(|(c, _)| word(&c.origin))),
        int(rows.iter().map(|(c, _)| Some(c.columns.len() as u64))),
    ]
}

fn maintenance(pin: &Pin) -> Vec<ArrayRef> {
    let rows = pin.lake.maintenance();
    let int = |of: fn(&super::MaintenanceRecord) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(of)))
    };
    vec![
        text(rows.iter().map(|r| Some(r.table.clone()))),
        text(rows.iter().map(|r| Some(r.operation.clone()))),
        time(rows.iter().map(|r| Some(r.started_at))),
        int(|r| r.milliseconds),
        int(|r| r.files_before),
        int(|r| r.files_after),
        int(|r| r.rows),
        text(rows.iter().map(|r| Some(r.outcome.clone()))),
    ]
}

fn models(pin: &Pin) -> Vec<ArrayRef> {
    let rows = &pin.models.records;
    let list = |names: &[String]| Some(names.join(", "));
    vec![
        text(rows.iter().map(|r| Some(r.name.clone()))),
        text(rows.iter().map(|r| Some(r.title.clone()))),
        text(rows.iter().map(|r| Some(r.kind.clone()))),
        text(rows.iter().map(|r| Some(r.version.clone()))),
        text(rows.iter().map(|r| Some(r.owner.clone()))),
        text(rows.iter().map(|r| list(&r.upstream))),
        text(rows.iter().map(|r| list(&r.downstream))),
        int(rows.iter().map(|r| r.applied_seq.map(|seq| seq.0))),
        time(rows.iter().map(|r| r.refreshed_at)),
        int(rows.iter().map(|r| r.rows)),
        int(rows.iter().map(|r| r.changed_slices)),
        int(rows.iter().map(|r| r.milliseconds)),
        text(rows.iter().map(|r| r.last_error.clone())),
    ]
}

/// The word that stands for a unit variant in JSON.
fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

fn text(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringViewArray>())
}

fn int(values: impl Iterator<Item = Option<u64>>) -> ArrayRef {
    Arc::new(
        values
            .map(|v| v.and_then(|v| i64::try_from(v).ok()))
            .collect::<Int64Array>(),
    )
}

fn time(values: impl Iterator<Item = Option<DateTime<Utc>>>) -> ArrayRef {
    let micros = values
        .map(|at| at.map(|at| at.timestamp_micros()))
        .collect::<TimestampMicrosecondArray>();
    Arc::new(micros.with_timezone("UTC"))
}
