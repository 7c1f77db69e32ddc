//! The background thread that brings receipts to SQLite: one transaction for everything waiting. A failed
//! transaction is tried again until the disk takes it; nothing is let go before.

use super::{
    CONSUMER,
    claim::status_name,
    mark::Mark,
    memory::{Finished, Shared},
    rejects,
};
use crate::{Error, Result, Seq, priority::give_way};
use rusqlite::Connection;
use std::{
    sync::Arc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Entries in one transaction; keeps the transaction, and so the log of SQLite, small.
pub(super) const BATCH: usize = 20_000;
const RETRY: Duration = Duration::from_secs(1);
/// How long receipts gather. The log already keeps them; a sync of our own per group commit would only slow its syncs.
const GATHER: Duration = Duration::from_millis(500);

/// Entries that leave the memory at once.
const MOVE: usize = 128;

pub(super) fn start(mut store: Connection, shared: Arc<Shared>) -> Result<JoinHandle<()>> {
    let body = move || {
        // Where that does nothing, bursts of receipts slow pushes down a little.
        give_way();
        while let Some((batch, seq)) = next_batch(&shared) {
            if !write_until_done(&mut store, &shared, &batch, seq) {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("ledger".into())
        .spawn(body)
        .map_err(|source| Error::internal("the ledger's thread cannot start", source))
}

/// Waits for work; none when the ledger is being closed and nothing waits.
fn next_batch(shared: &Shared) -> Option<(Vec<Arc<Finished>>, Seq)> {
    let mut memory = shared.memory.lock();
    let mut gathered_at: Option<Instant> = None;
    loop {
        if memory.queue.len() > BATCH {
            // All entries of a frame are in one transaction with the position of the frame.
            let last = memory.queue[BATCH - 1].seq;
            let end = memory.queue.partition_point(|f| f.seq <= last);
            let rest = memory.queue.split_off(end);
            let batch = std::mem::replace(&mut memory.queue, rest);
            return Some((batch, last));
        }
        if memory.recorded > memory.written {
            let until = *gathered_at.get_or_insert_with(|| Instant::now() + GATHER);
            if memory.stop || memory.awaited > memory.written || Instant::now() >= until {
                let batch = std::mem::take(&mut memory.queue);
                return Some((batch, memory.recorded));
            }
            shared.bell.wait_until(&mut memory, until);
        } else if memory.stop {
            return None;
        } else {
            shared.bell.wait(&mut memory);
        }
    }
}

/// False when the ledger is being closed and the disk still refuses: the log has it all.
fn write_until_done(store: &mut Connection, shared: &Shared, batch: &[Arc<Finished>], seq: Seq) -> bool {
    loop {
        let keep = shared.key_window().num_microseconds().unwrap_or(i64::MAX);
        let outcome = write(store, batch, seq, keep);
        if outcome.is_ok() {
            // A few at a time: pushes need the memory meanwhile.
            batch
                .chunks(MOVE)
                .for_each(|entries| shared.memory.lock().moved(entries));
        }
        let mut memory = shared.memory.lock();
        match outcome {
            Ok(()) => {
                memory.written = seq;
                memory.failing = None;
                if let Some(newest) = batch.last() {
                    memory.filter.expire(newest.at.saturating_sub(keep));
                }
                shared.bell.notify_all();
                return true;
            }
            Err(error) => {
                let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                tracing::warn!(
                    receipts = batch.len(),
                    reason,
                    "receipts could not be written; trying again"
                );
                memory.failing = Some(reason);
                shared.bell.notify_all();
                if memory.stop {
                    return false;
                }
                shared.bell.wait_for(&mut memory, RETRY);
            }
        }
    }
}

fn write(store: &mut Connection, batch: &[Arc<Finished>], seq: Seq, keep: i64) -> Result<()> {
    let transaction = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    {
        let mut receipt = transaction.prepare_cached(
            "INSERT OR REPLACE INTO receipts
             (n, id, seq, dataset, pusher, status, idempotency_key, received_at, finished_at, body, rejected,
              closed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                     (SELECT ifnull(sum(count), 0) FROM closings WHERE receipt = ?2))",
        )?;
        let mut repeat = transaction
            .prepare_cached("INSERT OR REPLACE INTO repeats (mark, receipt_n, finished_at) VALUES (?1, ?2, ?3)")?;
        for finished in batch {
            let entry = &finished.entry;
            receipt.execute(rusqlite::params![
                finished.n,
                entry.receipt.receipt_id.to_string(),
                finished.seq.0.cast_signed(),
                entry.receipt.dataset.as_str(),
                entry.receipt.pusher.as_str(),
                status_name(entry.receipt.status),
                entry.idempotency_key,
                entry.receipt.received_at.timestamp_micros(),
                finished.at,
                serde_json::to_string(&entry.receipt)?,
                entry.receipt.rows.rejected.cast_signed(),
            ])?;
            if let Some(closing) = &entry.closing {
                rejects::write(&transaction, closing, Some(entry.receipt.receipt_id), finished.at)?;
            }
            for mark in Mark::left_by(entry) {
                repeat.execute((mark.bytes(), finished.n, finished.at))?;
            }
        }
    }
    if let Some(newest) = batch.last() {
        forget(&transaction, newest.at.saturating_sub(keep))?;
    }
    super::super::set_applied(&transaction, CONSUMER, seq)?;
    transaction.commit()?;
    Ok(())
}

/// Removes marks that stopped counting before `until`. They stand in order of time, so this looks at few others.
fn forget(store: &Connection, until: i64) -> Result<()> {
    store
        .prepare_cached(
            "DELETE FROM repeats WHERE rowid < ifnull(
                 (SELECT rowid FROM repeats WHERE finished_at >= ?1 ORDER BY rowid LIMIT 1), 0)",
        )?
        .execute([until])?;
    Ok(())
}
