//! The control store: what the hub must remember besides the data itself. Keys, receipts, reads of personal data,
//! contracts put through the API, and how far each consumer of the log has come; one SQLite file that a person can open.

mod alerts;
pub mod audit;
mod deliveries;
mod keys;
mod ledger;
mod models;
mod sqlite;
#[cfg(test)]
mod tests;

pub use alerts::{AlertStep, KeptSuppression, Suppression};
pub use audit::Audit;
pub use deliveries::{Delivery, DeliveryEnd, DeliveryForm, NewDelivery};
pub use keys::{KeyRecord, Keys, NewKey, Verifiers};
pub use ledger::{Claim, Claimed, Ledger, LedgerEntry, OpenRejects, ReceiptFilter, RejectsHold};

pub use models::ModelState;

use crate::{DatasetId, Result, Seq, Settings};
use chrono::Utc;
use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension};
use std::{fmt, path::Path, sync::Arc, time::Duration};

/// The control store of a hub. Cheap to share behind an `Arc`; all methods take `&self` and block for a few
/// microseconds of SQLite at most, those that write for one disk sync.
pub struct Control {
    store: Arc<Mutex<Connection>>,
    keys: Keys,
    ledger: Ledger,
    audit: Audit,
}

/// A contract that was put through the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContract {
    /// Its dataset.
    pub dataset: DatasetId,
    /// Its version.
    pub version: semver::Version,
    /// The file as it was sent.
    pub text: String,
}

impl Control {
    /// Opens or creates the store (`<data>/control.sqlite`) with the default repeat window of
    /// [`Settings::repeat_seconds`]. Errors: `Conflict` when a newer program wrote it, `Internal` when the disk fails.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Duration::from_secs(Settings::default().repeat_seconds))
    }

    /// Like [`Control::open`]; payload digests count as repeats for `repeat`.
    pub fn open_with(path: &Path, repeat: Duration) -> Result<Self> {
        let mut connection = sqlite::open(path)?;
        sqlite::migrate(&mut connection)?;
        let store = Arc::new(Mutex::new(connection));
        let keys = Keys::load(Arc::clone(&store))?;
        let ledger = Ledger::open(path, repeat)?;
        let audit = Audit::open(path)?;
        Ok(Self {
            store,
            keys,
            ledger,
            audit,
        })
    }

    /// API keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Receipts and what counts as a repeat.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Reads of personal data.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The hub's secret called `name`: random, made on first use, the same ever after.
    pub fn secret(&self, name: &str) -> Result<[u8; 32]> {
        let store = self.store.lock();
        store.execute(
            "INSERT OR IGNORE INTO secrets (name, value) VALUES (?1, ?2)",
            (name, rand::random::<[u8; 32]>()),
        )?;
        Ok(store.query_row("SELECT value FROM secrets WHERE name = ?1", [name], |row| row.get(0))?)
    }

    /// The hub's identity, made on first use. A hub that was restored from a backup is the same hub.
    pub fn identity(&self) -> Result<String> {
        Ok(hex::encode(&self.secret("hub")?[..16]))
    }

    /// Contracts put through the API, oldest first; of one dataset the last is in force.
    pub fn contracts(&self) -> Result<Vec<StoredContract>> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached("SELECT dataset, version, text FROM contracts ORDER BY rowid")?;
        let rows = statement.query_map([], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?;
        rows.map(|row| {
            let (dataset, version, text) = row?;
            let version = semver::Version::parse(&version).map_err(|source| {
                crate::Error::internal(
                    format!("the stored version of contract {dataset} is not readable"),
                    source,
                )
            })?;
            Ok(StoredContract {
                dataset: dataset.parse()?,
                version,
                text,
            })
        })
        .collect()
    }

    /// Keeps a contract put through the API; the same dataset and version again replaces the text.
    pub fn put_contract(&self, dataset: &DatasetId, version: &semver::Version, text: &str) -> Result<()> {
        self.store.lock().execute(
            "INSERT OR REPLACE INTO contracts (dataset, version, text, put_at) VALUES (?1, ?2, ?3, ?4)",
            (dataset.as_str(), version.to_string(), text, Utc::now().to_rfc3339()),
        )?;
        Ok(())
    }

    /// Writes a complete, compact copy of the store as it is now to `path`, an empty file or none; not synced. Others
    /// go on reading and writing meanwhile. Costs a read of the whole store.
    ///
    /// # Errors
    /// `Unavailable` when there is no space for the copy.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        let own = self.store.lock().path().map(std::path::PathBuf::from);
        let (Some(own), Some(path)) = (own, path.to_str()) else {
            return Err(crate::Error::invalid(
                "the control store can only be copied to a path of UTF-8",
            ));
        };
        // A connection of its own: the copy takes seconds, and keys must be found meanwhile.
        sqlite::open(&own)?
            .execute("VACUUM INTO ?1", [path])
            .map(drop)
            .map_err(|error| match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DiskFull) => crate::Error::unavailable(
                    format!("there is no space left for {path}: free some and try again"),
                    Duration::from_secs(60),
                ),
                _ => error.into(),
            })
    }

    /// How far `consumer` of the log has durably come; 0 for one that never stored it.
    pub fn applied(&self, consumer: &str) -> Result<Seq> {
        applied(&self.store.lock(), consumer)
    }

    /// Stores that `consumer` has durably applied everything up to `seq`. It never goes back.
    pub fn set_applied(&self, consumer: &str, seq: Seq) -> Result<()> {
        set_applied(&self.store.lock(), consumer, seq)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

fn applied(store: &Connection, consumer: &str) -> Result<Seq> {
    let seq: Option<i64> = store
        .prepare_cached("SELECT seq FROM applied WHERE consumer = ?1")?
        .query_row([consumer], |row| row.get(0))
        .optional()?;
    Ok(Seq(seq.unwrap_or(0).cast_unsigned()))
}

fn set_applied(store: &Connection, consumer: &str, seq: Seq) -> Result<()> {
    store
        .prepare_cached(
            "INSERT INTO applied (consumer, seq) VALUES (?1, ?2)
             ON CONFLICT (consumer) DO UPDATE SET seq = max(seq, excluded.seq)",
        )?
        .execute((consumer, seq.0.cast_signed()))?;
    Ok(())
}
