//! The thread that writes the audit log: one transaction, one sync, for everything that waits. An answer that shows
//! personal data waits for it.

use super::{Entry, chain};
use crate::{Error, Result};
use rusqlite::Connection;
use std::{
    sync::mpsc::{Receiver, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::oneshot;

/// Records in one transaction.
const BATCH: usize = 2_000;

/// A record on its way, and who waits for its number.
pub(super) struct Job {
    pub entry: Entry,
    pub reply: Option<oneshot::Sender<Result<u64>>>,
}

pub(super) fn start(mut store: Connection) -> Result<(Sender<Job>, JoinHandle<()>)> {
    let (jobs, waiting) = channel();
    let thread = std::thread::Builder::new()
        .name("audit".into())
        .spawn(move || {
            while let Some(batch) = next(&waiting) {
                write(&mut store, batch);
            }
        })
        .map_err(|source| Error::internal("the audit log's thread cannot start", source))?;
    Ok((jobs, thread))
}

fn next(waiting: &Receiver<Job>) -> Option<Vec<Job>> {
    let mut batch = vec![waiting.recv().ok()?];
    batch.extend(waiting.try_iter().take(BATCH - 1));
    Some(batch)
}

fn write(store: &mut Connection, batch: Vec<Job>) {
    match put(store, &batch) {
        Ok(first) => {
            for (n, job) in (first..).zip(batch) {
                // Who asked may have gone; the record stays.
                job.reply.map(|reply| reply.send(Ok(n)));
            }
        }
        Err(error) => {
            let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            tracing::error!(
                records = batch.len(),
                reason,
                "Reads of personal data could not be recorded."
            );
            for job in batch {
                job.reply.map(|reply| reply.send(Err(unrecorded())));
            }
        }
    }
}

/// The number of the first one.
fn put(store: &mut Connection, batch: &[Job]) -> Result<u64> {
    let transaction = store.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let (last, mut hash) = chain::head(&transaction)?;
    {
        let mut insert = transaction.prepare_cached("INSERT INTO audit (n, body, hash) VALUES (?1, ?2, ?3)")?;
        for (n, job) in (last + 1..).zip(batch) {
            let body = serde_json::to_string(&job.entry)?;
            hash = chain::link(&hash, n, &body);
            insert.execute((n.cast_signed(), body, hash))?;
        }
    }
    transaction.commit()?;
    Ok(last + 1)
}

/// What a reader is told: no record, no personal data.
pub(crate) fn unrecorded() -> Error {
    Error::unavailable(
        "this read of personal data could not be recorded, so it is not answered: try again, and tell the hub's \
         admin if it stays so",
        Duration::from_secs(5),
    )
}
