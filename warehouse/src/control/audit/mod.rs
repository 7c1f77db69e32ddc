//! The audit log: every read of personal data in clear, before it is answered.
//!
//! The invariant: an answer that shows personal data goes out only after its record is on disk. Records are chained by
//! hashes; who keeps the head elsewhere notices any later change, [`Audit::verify`] tells where. A record
//! says who, for what purpose, when, and which columns of which datasets; never a value or the text of a question.

mod chain;
#[cfg(test)]
mod tests;
mod writer;

use super::sqlite;
use crate::{DatasetId, Error, KeyName, Result, policy::Role};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, path::Path, str::FromStr, sync::mpsc::Sender, thread::JoinHandle};
use tokio::sync::oneshot;
use writer::Job;
pub(crate) use writer::unrecorded;

/// A read of personal data in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// Name of the key.
    pub key: KeyName,
    /// Its role.
    pub role: Role,
    /// Stated purpose.
    pub purpose: Option<String>,
    /// Id of the request, as in its log line.
    pub request: Option<String>,
    /// Personal columns that were shown unmasked, or that decided what is shown, by dataset.
    pub reads: BTreeMap<DatasetId, Vec<String>>,
}

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// Somebody reads.
    Read(Access),
    /// What the read with that number was given in the end.
    Delivered {
        /// Number of the read.
        of: u64,
        /// Rows that went out.
        rows: u64,
    },
}

/// A stored record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its number, from 1.
    pub n: u64,
    /// What it says.
    pub entry: Entry,
    /// Its hash, in hex.
    pub hash: String,
}

/// The end of the chain: number and hash of its last record. Written `17:ab01...`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the last record; 0 of an empty log.
    pub n: u64,
    /// Its hash, in hex.
    pub hash: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.n, self.hash)
    }
}

impl FromStr for Head {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once(':').filter(|(_, hash)| hash.len() == 64);
        parts
            .and_then(|(n, hash)| {
                Some(Self {
                    n: n.parse().ok()?,
                    hash: hash.to_ascii_lowercase(),
                })
            })
            .ok_or_else(|| Error::invalid("a head is the number of a record, a colon and 64 hex digits: 17:ab01..."))
    }
}

/// The audit log of a hub.
pub struct Audit {
    jobs: Option<Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    reader: Mutex<Connection>,
}

impl Audit {
    /// Opens the log in the control store at `path`, which has been brought to the newest shape.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let (jobs, writer) = writer::start(sqlite::open(path)?)?;
        Ok(Self {
            jobs: Some(jobs),
            writer: Some(writer),
            reader: Mutex::new(sqlite::open(path)?),
        })
    }

    /// Makes the record durable; its number. Costs one disk sync, shared with whoever comes at the same time.
    ///
    /// # Errors
    /// `Unavailable` when it cannot be written: the read must then not be answered.
    pub async fn record(&self, access: Access) -> Result<u64> {
        let (reply, answer) = oneshot::channel();
        self.send(Entry::Read(access), Some(reply));
        answer.await.map_err(|_| writer::unrecorded())?
    }

    /// Notes how many rows the read `of` was given. Does not wait; after a crash the record may be missing.
    pub fn delivered(&self, of: u64, rows: u64) {
        self.send(Entry::Delivered { of, rows }, None);
    }

    fn send(&self, entry: Entry, reply: Option<oneshot::Sender<Result<u64>>>) {
        if let Some(jobs) = &self.jobs {
            // A thread that is gone drops the reply, and who waits is told.
            let _ = jobs.send(Job { entry, reply });
        }
    }

    /// The last `limit` records, newest first. Reads the disk.
    ///
    /// # Errors
    /// `Internal` when the disk fails.
    pub fn latest(&self, limit: usize) -> Result<Vec<Record>> {
        let reader = self.reader.lock();
        let mut statement = reader.prepare_cached("SELECT n, body, hash FROM audit ORDER BY n DESC LIMIT ?1")?;
        let rows = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, Vec<u8>>(2)?,
            ))
        })?;
        rows.map(|row| {
            let (n, body, hash) = row?;
            Ok(Record {
                n: n.cast_unsigned(),
                entry: serde_json::from_str(&body)?,
                hash: hex::encode(hash),
            })
        })
        .collect()
    }

    /// Walks the whole chain; its head when nothing was changed since it was written, and `expected`, a head of an
    /// earlier time, is still part of it. Reads all of it.
    ///
    /// # Errors
    /// `Conflict` naming the first record that is missing or other than it was.
    pub fn verify(&self, expected: Option<&Head>) -> Result<Head> {
        chain::verify(&self.reader.lock(), expected)
    }
}

/// Like [`Audit::verify`], of the control store at `path`, whether or not a hub runs on it.
///
/// # Errors
/// As there; `NotFound` for a file that is not there, `Conflict` for a store without an audit log.
pub fn verify(path: &Path, expected: Option<&Head>) -> Result<Head> {
    if !path.is_file() {
        return Err(Error::not_found(format!(
            "there is no control store at {}: name the hub's folder with --data",
            path.display()
        )));
    }
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let store = Connection::open_with_flags(path, flags)?;
    let has_log: bool = store.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'audit')",
        [],
        |row| row.get(0),
    )?;
    if !has_log {
        return Err(Error::conflict(
            "this control store is older than the audit log: start the hub once",
        ));
    }
    chain::verify(&store, expected)
}

impl Drop for Audit {
    fn drop(&mut self) {
        // Closes the channel, which ends the thread once everything that waits is written.
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").finish_non_exhaustive()
    }
}
