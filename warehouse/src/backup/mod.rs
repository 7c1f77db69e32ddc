//! Backups of a hub that goes on working, and the way back.
//!
//! A backup is one cut of everything: the hub as it was at one position of its log. It is put together from the files
//! of the tables, a copy of the control store and the tail of the log, in this order, so that whatever the control
//! store knows of is in the files or in the tail: a restored hub never says of a push that it has it when it has not.
//!
//! ```text
//! FOLDER/files/<table>/<path>   Parquet files, shared by all backups: they never change, and no name is used twice
//! FOLDER/<id>/control.sqlite    keys, receipts, idempotency keys, contracts, secrets
//! FOLDER/<id>/wal/              frames that the tables' files do not cover
//! FOLDER/<id>/site/             what the site has put into the data folder (contracts, models, indicators, boards), and
//!                               the briefings that the hub has issued
//! FOLDER/<id>/manifest.json     what belongs to it, with sizes and checksums; written last
//! ```
//! Without a manifest there is no backup: what a killed one left behind is removed by the next. Table logs are not
//! copied, since they name files of older versions; a restore writes new ones. Key maps and caches are left out: a hub
//! makes them itself.

mod file;
mod folder;
mod manifest;
mod pool;
mod progress;
mod restore;
mod take;
#[cfg(test)]
mod tests;
mod verify;

pub use folder::{BackupFolder, BackupId, Listed};
pub use manifest::{FileEntry, Kept, Manifest, TableEntry};
pub use progress::{Figures, Progress};
pub use restore::{Restored, restore};
pub use take::Taken;
pub use verify::{Damage, Verified, verify};

pub(crate) use restore::refuse_half_restored;
pub(crate) use take::{NewBackup, Wanted};

/// Folders of the data folder that belong to the site and not to the hub, and what was set aside of a damaged log.
const SITE_FOLDERS: [&str; 5] = ["contracts", "models", "indicators", "boards", "wal-damaged"];
/// The folder of issued briefings in the data folder. What is in it is kept as it is; names that begin with a dot are of
/// issues in the making.
pub const ISSUED: &str = "reports";
/// The control store, in the data folder and in a backup.
const CONTROL: &str = "control.sqlite";
/// The log, in the data folder and in a backup.
const LOG: &str = "wal";
/// What [`SITE_FOLDERS`] and [`ISSUED`] are in, in a backup.
const SITE: &str = "site";
