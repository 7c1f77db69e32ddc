//! What became of rejected rows, receipt by receipt. A push closes rows of an older one through the log, together with
//! what it brings; a person closes rows by a decision, which is written here at once.

use super::{
    Ledger,
    mark::Mark,
    memory::{Finished, Shared},
};
use crate::{
    DatasetId, Error, Receipt, ReceiptId, Result,
    quarantine::{Closed, Closing, Closings, LineSet, RejectCounts, RejectState},
};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, atomic::Ordering},
};

/// Receipts whose quotes are removed in one transaction.
const FORGET: i64 = 500;

/// Keeps everybody else from closing rejected rows of one receipt, so that what is counted as open stays so until it
/// is closed. Released on drop; a push keeps it in its claim.
pub struct RejectsHold {
    mark: Mark,
    shared: Arc<Shared>,
}

/// Open rejected rows of one receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRejects {
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// Its dataset.
    pub dataset: DatasetId,
    /// When the push arrived.
    pub received_at: DateTime<Utc>,
    /// Open rows.
    pub open: u64,
}

impl Ledger {
    /// Takes hold of the rejected rows of `receipt`.
    /// Errors: `Conflict` while somebody else is closing some of them.
    pub fn hold_rejects(&self, receipt: &Receipt) -> Result<RejectsHold> {
        let mark = Mark::rejects(receipt);
        if !self.shared.try_hold(&mark) {
            return Err(Error::conflict(format!(
                "rejected rows of receipt {} are being corrected by another push: wait for its receipt and try again",
                receipt.receipt_id
            )));
        }
        Ok(RejectsHold {
            mark,
            shared: Arc::clone(&self.shared),
        })
    }

    /// What became of the rejected rows of the receipt `id`, which arrived at `received_at`. One read of SQLite.
    pub fn closings(&self, id: ReceiptId, received_at: DateTime<Utc>) -> Result<Closings> {
        // Memory first: what moves to SQLite after this is found twice, never missed.
        let waiting = self.shared.closing(id);
        let mut list = stored(&self.shared.reader.lock(), id)?;
        let known: HashSet<(Option<ReceiptId>, RejectState)> =
            list.iter().map(|closed| (closed.closed_by, closed.state)).collect();
        let newer = waiting.iter().flat_map(|finished| closed_by(finished));
        list.extend(newer.filter(|closed| !known.contains(&(closed.closed_by, closed.state))));
        Ok(Closings {
            list,
            expired: received_at < self.rejects_kept_since(),
        })
    }

    /// How many rejected rows of `receipt` are in which state. Reads no set of lines.
    pub fn reject_counts(&self, receipt: &Receipt) -> Result<RejectCounts> {
        let mut counts = RejectCounts::default();
        if receipt.rows.rejected == 0 || receipt.dry_run {
            return Ok(counts);
        }
        let waiting = self.shared.closing(receipt.receipt_id);
        let mut known = HashSet::new();
        {
            let reader = self.shared.reader.lock();
            let mut statement =
                reader.prepare_cached("SELECT state, count, closed_by FROM closings WHERE receipt = ?1")?;
            let mut rows = statement.query([receipt.receipt_id.to_string()])?;
            while let Some(row) = rows.next()? {
                let state = state_of(&row.get::<_, String>(0)?)?;
                counts.add(state, row.get::<_, i64>(1)?.cast_unsigned());
                known.insert((row.get::<_, Option<String>>(2)?, state));
            }
        }
        for finished in &waiting {
            let by = Some(finished.entry.receipt.receipt_id.to_string());
            for (state, lines) in finished.entry.closing.iter().flat_map(Closing::parts) {
                if !known.contains(&(by.clone(), state)) {
                    counts.add(state, lines.len());
                }
            }
        }
        let rest = receipt.rows.rejected.saturating_sub(counts.closed());
        let is_kept = receipt.received_at >= self.rejects_kept_since();
        counts.add(
            if is_kept {
                RejectState::Open
            } else {
                RejectState::Expired
            },
            rest,
        );
        Ok(counts)
    }

    /// Closes rows by a decision: `closing` says which and why. Durable when this returns. The lines must be open,
    /// and `hold` is that of their receipt.
    pub fn discard(&self, closing: &Closing, _hold: &RejectsHold, now: DateTime<Utc>) -> Result<()> {
        // What was decided before this must not be read from the log again after it.
        self.flush()?;
        let mut store = self.shared.reader.lock();
        let transaction = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        write(&transaction, closing, None, now.timestamp_micros())?;
        transaction.commit()?;
        Ok(())
    }

    /// Receipts with open rejected rows, the oldest first, at most `most` of them; of `dataset` only when given.
    pub fn open_rejects(&self, dataset: Option<&DatasetId>, most: usize) -> Result<Vec<OpenRejects>> {
        self.flush()?;
        let reader = self.shared.reader.lock();
        let mut statement = reader.prepare_cached(
            "SELECT id, dataset, received_at, rejected - closed FROM receipts
             WHERE rejected > closed AND received_at >= ?1 AND (?2 IS NULL OR dataset = ?2)
             ORDER BY received_at LIMIT ?3",
        )?;
        let mut rows = statement.query((
            self.shared.kept_since.load(Ordering::Acquire),
            dataset.map(DatasetId::as_str),
            i64::try_from(most).unwrap_or(i64::MAX),
        ))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(OpenRejects {
                receipt_id: row.get::<_, String>(0)?.parse()?,
                dataset: row.get::<_, String>(1)?.parse()?,
                received_at: moment(row.get(2)?),
                open: row.get::<_, i64>(3)?.cast_unsigned(),
            });
        }
        Ok(found)
    }

    /// Open rejected rows of each dataset that has some; may miss pushes of the last second.
    pub fn open_reject_counts(&self) -> Result<Vec<(DatasetId, u64)>> {
        let reader = self.shared.reader.lock();
        let mut statement = reader.prepare_cached(
            "SELECT dataset, sum(rejected - closed) FROM receipts
             WHERE rejected > closed AND received_at >= ?1 GROUP BY dataset",
        )?;
        let mut rows = statement.query([self.shared.kept_since.load(Ordering::Acquire)])?;
        let mut counts = Vec::new();
        while let Some(row) = rows.next()? {
            counts.push((row.get::<_, String>(0)?.parse()?, row.get::<_, i64>(1)?.cast_unsigned()));
        }
        Ok(counts)
    }

    /// Rejected rows that arrived before this moment have expired.
    pub fn rejects_kept_since(&self) -> DateTime<Utc> {
        moment(self.shared.kept_since.load(Ordering::Acquire))
    }

    /// Lets rejected rows that arrived before `before` expire, and removes what their receipts quote of them. It never
    /// goes back. Durable when this returns.
    pub fn expire_rejects(&self, before: DateTime<Utc>) -> Result<()> {
        let (since, before) = (
            self.shared.kept_since.load(Ordering::Acquire),
            before.timestamp_micros(),
        );
        if before <= since {
            return Ok(());
        }
        self.flush()?;
        let mut after = Some(0);
        while let Some(n) = after {
            after = self.forget_quotes(since, before, n)?;
        }
        let store = self.shared.reader.lock();
        store.execute("UPDATE rejects_kept SET since = max(since, ?1)", [before])?;
        self.shared.kept_since.fetch_max(before, Ordering::AcqRel);
        Ok(())
    }

    /// Takes the sent text out of some receipts of that time behind number `after`; the last of them, if there is one.
    fn forget_quotes(&self, since: i64, before: i64, after: i64) -> Result<Option<i64>> {
        let mut store = self.shared.reader.lock();
        let transaction = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let bodies: Vec<(i64, String)> = transaction
            .prepare_cached(
                "SELECT n, body FROM receipts WHERE rejected > 0 AND received_at >= ?1 AND received_at < ?2 AND n > ?3
                 ORDER BY n LIMIT ?4",
            )?
            .query_map((since, before, after, FORGET), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (n, body) in &bodies {
            let mut receipt = super::read_body(body)?;
            for fault in &mut receipt.faults {
                fault.value = None;
                fault.message = format!("rule {} failed; what was sent is no longer kept", fault.rule);
            }
            transaction
                .prepare_cached("UPDATE receipts SET body = ?2 WHERE n = ?1")?
                .execute((n, serde_json::to_string(&receipt)?))?;
        }
        transaction.commit()?;
        Ok(bodies.last().map(|(n, _)| *n))
    }
}

/// Adds a closing to the store; one that is there already stays as it is.
pub(super) fn write(store: &Connection, closing: &Closing, by: Option<ReceiptId>, at: i64) -> Result<()> {
    let receipt = closing.receipt_id.to_string();
    for (state, lines) in closing.parts() {
        store
            .prepare_cached(
                "INSERT OR IGNORE INTO closings (receipt, state, lines, count, closed_by, key, reason, closed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                &receipt,
                state.as_str(),
                lines.encode(),
                lines.len().cast_signed(),
                by.map(|id| id.to_string()),
                closing.key.as_str(),
                closing.reason.as_deref(),
                at,
            ))?;
    }
    store
        .prepare_cached(
            "UPDATE receipts SET closed = (SELECT ifnull(sum(count), 0) FROM closings WHERE receipt = ?1) WHERE id = ?1",
        )?
        .execute([&receipt])?;
    Ok(())
}

/// From when on rejected rows are kept, in microseconds since 1970.
pub(super) fn kept_since(store: &Connection) -> Result<i64> {
    Ok(store.query_row("SELECT since FROM rejects_kept", [], |row| row.get(0))?)
}

fn stored(store: &Connection, id: ReceiptId) -> Result<Vec<Closed>> {
    let mut statement = store.prepare_cached(
        "SELECT state, lines, closed_by, key, reason, closed_at FROM closings WHERE receipt = ?1 ORDER BY rowid",
    )?;
    let mut rows = statement.query([id.to_string()])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(Closed {
            state: state_of(&row.get::<_, String>(0)?)?,
            lines: LineSet::decode(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?,
            closed_by: row.get::<_, Option<String>>(2)?.map(|id| id.parse()).transpose()?,
            key: row.get::<_, String>(3)?.parse()?,
            reason: row.get(4)?,
            closed_at: moment(row.get(5)?),
        });
    }
    Ok(list)
}

fn closed_by(finished: &Finished) -> impl Iterator<Item = Closed> + '_ {
    let closing = finished.entry.closing.iter();
    closing.flat_map(move |closing| {
        closing.parts().map(move |(state, lines)| Closed {
            state,
            lines: lines.clone(),
            closed_by: Some(finished.entry.receipt.receipt_id),
            key: closing.key.clone(),
            reason: closing.reason.clone(),
            closed_at: moment(finished.at),
        })
    })
}

fn state_of(name: &str) -> Result<RejectState> {
    RejectState::from_name(name)
        .ok_or_else(|| Error::internal("a stored closing cannot be read", format!("state {name:?}")))
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

impl Drop for RejectsHold {
    fn drop(&mut self) {
        self.shared.release(std::slice::from_ref(&self.mark));
    }
}

impl fmt::Debug for RejectsHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RejectsHold")
    }
}
