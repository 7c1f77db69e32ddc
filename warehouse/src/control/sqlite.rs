//! Opening the control store: one SQLite file, readable by its owner only, in WAL mode with every commit synced,
//! brought to the newest shape on open.

use crate::{Error, Result};
use rusqlite::{Connection, config::DbConfig};
use std::{path::Path, time::Duration};

/// Each brings the store from the version before it to its own; `user_version` counts those applied.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_rejects.sql"),
    include_str!("migrations/0003_audit.sql"),
    include_str!("migrations/0004_models.sql"),
    include_str!("migrations/0005_alerts.sql"),
    include_str!("migrations/0006_deliveries.sql"),
];

/// A connection to the store at `path`, which is created when absent.
pub(super) fn open(path: &Path) -> Result<Connection> {
    keep_private(path)?;
    let connection = Connection::open(path).map_err(|source| named(path, source))?;
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.set_prepared_statement_cache_capacity(64);
    // WAL lets readers go on while the ledger writes; FULL makes each commit survive a power loss.
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(|source| named(path, source))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // Without it a statement is planned anew whenever its parameters change.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Applies what is missing. Call once per start, before other connections are opened.
pub(super) fn migrate(connection: &mut Connection) -> Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let newest = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if version > newest {
        return Err(Error::conflict(format!(
            "the control store has version {version}, this program knows up to {newest}: start a newer smartcenter"
        )));
    }
    for migration in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", newest)?;
    transaction.commit()?;
    Ok(())
}

fn named(path: &Path, source: rusqlite::Error) -> Error {
    Error::internal(
        format!(
            "the control store {} cannot be opened: check that it is a readable file",
            path.display()
        ),
        source,
    )
}

/// SQLite would create the file with the process' default mode; its `-wal` and `-shm` files copy this one.
#[cfg(unix)]
fn keep_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|source| {
            Error::internal(
                format!(
                    "the control store {} cannot be created: check the folder",
                    path.display()
                ),
                source,
            )
        })
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> Result<()> {
    Ok(())
}
