//! What a replay is asked for, and the rows that it reads.

use super::{FixRule, Fixes};
use crate::{Error, Result, plan::Plan};
use arrow::{
    array::{Array, AsArray, StringViewArray},
    datatypes::Int64Type,
    record_batch::RecordBatch,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{
    Fault, Receipt, ReceiptId, Warehouse,
    policy::Identity,
    quarantine::{CellKind, LineSet, read_raw},
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Longest stored row that is read again; a longer one stays as it is.
const LONGEST_ROW: usize = 3 << 20;

/// Rejected rows of a push, to be read again.
#[derive(Debug, Clone)]
pub struct ReplayRequest {
    /// The receipt that has the rows.
    pub receipt: ReceiptId,
    /// Who asks.
    pub identity: Identity,
    /// Check only: nothing is kept.
    pub dry_run: bool,
    /// What to put right first, in this order.
    pub rules: Vec<FixRule>,
    /// Only the rows on these lines; absent means all that are open.
    pub lines: Option<Vec<u64>>,
    /// When the request arrived.
    pub received_at: DateTime<Utc>,
}

/// A replay under way.
#[derive(Debug)]
pub(crate) struct Replay {
    /// The receipt that has the rows.
    pub old: Receipt,
    /// The rules, ready.
    pub fixes: Arc<Fixes>,
    /// What is known as the same replay: receipt, contract, rules and lines.
    pub digest: [u8; 32],
    /// Rows that were passed over.
    pub skipped: Arc<Skipped>,
    lines: Option<LineSet>,
}

/// Rows that cannot be read again.
#[derive(Debug, Default)]
pub(crate) struct Skipped {
    broken: AtomicU64,
    long: AtomicU64,
}

impl Replay {
    /// Makes a replay ready.
    pub(crate) fn new(request: &ReplayRequest, old: Receipt, plan: &Plan) -> Result<Self> {
        let fixes = Arc::new(Fixes::new(&request.rules, &plan.contract)?);
        let lines: Option<LineSet> = request.lines.as_ref().map(|lines| lines.iter().copied().collect());
        let mut digest = Sha256::new();
        // JSON, so that no two requests run into each other.
        let told = (
            old.receipt_id,
            plan.contract.version.to_string(),
            &plan.contract.text,
            &request.rules,
            lines.as_ref().map(LineSet::encode),
        );
        digest.update(b"replay");
        digest.update(serde_json::to_vec(&told).map_err(|error| Error::internal("a replay cannot be named", error))?);
        Ok(Self {
            old,
            fixes,
            digest: digest.finalize().into(),
            skipped: Arc::default(),
            lines,
        })
    }

    /// What the ledger calls this replay.
    pub(crate) fn key(&self) -> String {
        format!(
            "replay:{}:{}",
            self.old.receipt_id,
            hex::encode(self.digest.split_at(16).0)
        )
    }

    /// The open rows as a payload: a line `[line, cells]` for each.
    pub(crate) async fn rows(
        &self,
        warehouse: &Arc<Warehouse>,
    ) -> Result<impl Stream<Item = Result<Bytes, String>> + Send + Unpin + use<>> {
        let batches = warehouse.open_rows(&self.old).await?;
        let (lines, skipped) = (self.lines.clone(), self.skipped.clone());
        Ok(batches.map(move |batch| {
            let batch = batch.map_err(|error| error.to_string())?;
            payload(&batch, lines.as_ref(), &skipped).map(Bytes::from)
        }))
    }
}

impl Skipped {
    /// What the receipt should say about them.
    pub(crate) fn report(&self) -> Vec<String> {
        let broken = self.broken.load(Ordering::Relaxed);
        let long = self.long.load(Ordering::Relaxed);
        let mut told = Vec::new();
        if broken > 0 {
            told.push(format!(
                "{broken} rows are pieces of records that could not be cut into cells: they were left as they are; export \
                 them, put them right and push them"
            ));
        }
        if long > 0 {
            told.push(format!(
                "{long} rows are too long to be read again: they were left as they are"
            ));
        }
        told
    }
}

fn payload(batch: &RecordBatch, wanted: Option<&LineSet>, skipped: &Skipped) -> Result<String, String> {
    let column = |at: usize| -> Result<&StringViewArray, String> {
        let column = batch.columns().get(at).and_then(|column| column.as_string_view_opt());
        column.ok_or_else(|| "the rejected rows cannot be read".to_owned())
    };
    let lines = batch
        .columns()
        .first()
        .and_then(|column| column.as_primitive_opt::<Int64Type>());
    let lines = lines.ok_or("the rejected rows cannot be read")?;
    let (raw, faults) = (column(1)?, column(2)?);
    let mut text = String::new();
    for row in 0..batch.num_rows() {
        let line = lines.value(row).cast_unsigned();
        if wanted.is_some_and(|wanted| !wanted.contains(line)) {
            continue;
        }
        let cells = raw.value(row);
        let count = match () {
            () if raw.is_null(row) || is_broken(cells, faults.value(row)) => &skipped.broken,
            () if cells.len() > LONGEST_ROW => &skipped.long,
            () => {
                text.push_str(&format!("[{line},{cells}]\n"));
                continue;
            }
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
    Ok(text)
}

/// Whether the stored cells are pieces of a record. Rows of older hubs do not say it; their faults do.
fn is_broken(raw: &str, faults: &str) -> bool {
    let Ok(cells) = read_raw(raw) else { return true };
    if cells.iter().any(|cell| cell.kind != CellKind::Text) {
        return cells.iter().any(|cell| cell.kind == CellKind::Broken);
    }
    let faults: Vec<Fault> = serde_json::from_str(faults).unwrap_or_default();
    let is_of_record = |fault: &Fault| fault.column.is_none() && matches!(fault.rule.as_str(), "columns" | "json");
    faults.iter().any(is_of_record)
}
