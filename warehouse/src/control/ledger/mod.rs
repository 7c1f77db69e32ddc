//! The ledger: every receipt, and what counts as a repeat of a finished push.
//!
//! What [`Ledger::record`] was given is readable at once; a background thread brings it to SQLite in batches, one
//! transaction for everything waiting, and only then moves [`Ledger::applied_seq`]. What was not written when the
//! hub died comes again from the log, because the log keeps every frame above that position. Memory holds only what
//! SQLite does not have yet, besides a bounded filter of fingerprints.

mod claim;
mod filter;
mod mark;
mod memory;
mod page;
mod rejects;
#[cfg(test)]
mod tests;
mod writer;

pub use claim::{Claim, Claimed};
pub use page::ReceiptFilter;
pub use rejects::{OpenRejects, RejectsHold};

use super::{applied, sqlite};
use crate::{DatasetId, Error, KeyName, Receipt, ReceiptId, Result, Seq, quarantine::Closing};
use chrono::{DateTime, Utc};
use memory::Shared;
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::{fmt, path::Path, sync::Arc, thread::JoinHandle, time::Duration};

/// Name of the ledger among the consumers of the log.
const CONSUMER: &str = "ledger";

/// What the log keeps of a push for the ledger; it goes inside the push's frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Idempotency key of the push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The contract allows repeats, so the payload digest is not remembered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_repeats: bool,
    /// Rejected rows of an older push that this one closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// The final receipt, payload digest included.
    pub receipt: Receipt,
}

/// Receipts and repeats of a hub.
pub struct Ledger {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

impl Ledger {
    pub(super) fn open(path: &Path, repeat: Duration) -> Result<Self> {
        let reader = sqlite::open(path)?;
        let start = applied(&reader, CONSUMER)?;
        let last: Option<i64> = reader.query_row("SELECT max(n) FROM receipts", [], |row| row.get(0))?;
        let filter = filter::Filter::load(&reader)?;
        let kept_since = rejects::kept_since(&reader)?;
        let shared = Arc::new(Shared::new(
            reader,
            repeat,
            filter,
            start,
            last.unwrap_or(0) + 1,
            kept_since,
        ));
        let writer = writer::start(sqlite::open(path)?, Arc::clone(&shared))?;
        Ok(Self {
            shared,
            writer: Some(writer),
        })
    }

    /// Takes hold of a push before its rows are read: answers the finished receipt when this is a repeat, and
    /// otherwise a [`Claim`] that keeps others from pushing the same until it is dropped.
    ///
    /// With an idempotency `key` the key alone decides; without one the payload digest does, unless
    /// `allow_repeats`. Pass `sha256` where it is known already, else give it to [`Claim::payload`] later, before
    /// the push is handed to the warehouse.
    /// Errors: `Conflict` when the same is in flight, `Invalid` when the key was used with another payload.
    pub fn claim(
        &self,
        dataset: &DatasetId,
        pusher: &KeyName,
        key: Option<&str>,
        sha256: Option<[u8; 32]>,
        allow_repeats: bool,
        now: DateTime<Utc>,
    ) -> Result<Claimed> {
        let claim = Claim::take(&self.shared, dataset, pusher, key, allow_repeats, now)?;
        match sha256 {
            Some(sha256) => claim.payload(sha256, now),
            None => Ok(Claimed::Fresh(claim)),
        }
    }

    /// Remembers the receipts of the log frame at `seq`, readable from now on. Call it in log order, once for each
    /// frame, with no entries for a frame that has none; a position that was recorded before is passed over, so
    /// replay may start anywhere at or below [`Ledger::applied_seq`]. Costs about a microsecond; never touches disk.
    pub fn record(&self, seq: Seq, entries: &[LedgerEntry]) {
        self.shared.record(seq, entries);
    }

    /// Up to here everything is in SQLite, synced.
    pub fn applied_seq(&self) -> Seq {
        self.shared.memory.lock().written
    }

    /// Receipts that wait for the background writer; it grows without end only while the disk refuses writes.
    pub fn backlog(&self) -> usize {
        self.shared.memory.lock().waiting.len()
    }

    /// Waits until everything recorded so far is in SQLite. Errors: `Unavailable` while the disk refuses writes.
    pub fn flush(&self) -> Result<()> {
        self.shared.flush()
    }

    /// The receipt `id`, if there is one.
    pub fn get(&self, id: ReceiptId) -> Result<Option<Receipt>> {
        if let Some(receipt) = self.shared.waiting(id) {
            return Ok(Some(receipt));
        }
        let reader = self.shared.reader.lock();
        let body: Option<String> = reader
            .prepare_cached("SELECT body FROM receipts WHERE id = ?1")?
            .query_row([id.to_string()], |row| row.get(0))
            .optional()?;
        body.map(|body| read_body(&body)).transpose()
    }

    /// A page of receipts, newest publication first, and the cursor of the next page.
    /// Errors: `Invalid` for a cursor that is not one of ours.
    pub fn list(&self, filter: &ReceiptFilter) -> Result<(Vec<Receipt>, Option<String>)> {
        page::read(&self.shared, filter)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.shared.stop();
        if let Some(writer) = self.writer.take() {
            // A panic there was logged by the runtime; what it did not write comes again from the log.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("applied_seq", &self.applied_seq())
            .field("backlog", &self.backlog())
            .finish()
    }
}

fn read_body(body: &str) -> Result<Receipt> {
    serde_json::from_str(body).map_err(|source| Error::internal("a stored receipt cannot be read", source))
}

/// When a push was finished, as far as repeats are concerned.
fn finished_at(receipt: &Receipt) -> DateTime<Utc> {
    receipt.durable_at.unwrap_or(receipt.received_at)
}

/// A reader connection for one look-up of a mark.
fn find_marked(reader: &Connection, mark: &mark::Mark) -> Result<Option<Receipt>> {
    let body: Option<String> = reader
        .prepare_cached("SELECT body FROM repeats JOIN receipts ON n = receipt_n WHERE mark = ?1")?
        .query_row([mark.bytes()], |row| row.get(0))
        .optional()?;
    body.map(|body| read_body(&body)).transpose()
}
