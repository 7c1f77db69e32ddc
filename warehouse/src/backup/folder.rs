//! The folder of a hub's backups: which there are, and which files of the pool are still needed.

use super::{
    file::{failed, files_below, make_folder, sync_folder},
    manifest::{self, Manifest},
};
use crate::{Error, Result};
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    str::FromStr,
};

const POOL: &str = "files";
const LOCK: &str = "lock";
/// Moments to the millisecond, which sort as text.
const ID: &str = "%Y%m%dT%H%M%S%3fZ";

/// A backup: the moment it was begun, such as `20261122T031500250Z`. Later backups have greater ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BackupId(String);

impl BackupId {
    /// The id of a backup begun at `now`, greater than `last`.
    pub(super) fn after(last: Option<&Self>, now: DateTime<Utc>) -> Self {
        let id = Self(now.format(ID).to_string());
        match last {
            // A clock that was set back must not make the newest backup an old one.
            Some(last) if *last >= id => Self(
                (last.moment() + chrono::Duration::milliseconds(1))
                    .format(ID)
                    .to_string(),
            ),
            _ => id,
        }
    }

    /// The id as text; also the folder.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn moment(&self) -> DateTime<Utc> {
        NaiveDateTime::parse_from_str(&self.0, ID).unwrap_or_default().and_utc()
    }
}

impl FromStr for BackupId {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        let known = NaiveDateTime::parse_from_str(text, ID).is_ok_and(|at| at.format(ID).to_string() == text);
        match known {
            true => Ok(Self(text.to_owned())),
            false => Err(Error::invalid(format!(
                "backup {text:?} is not valid: something like 20261122T031500250Z was expected"
            ))),
        }
    }
}

impl TryFrom<String> for BackupId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<BackupId> for String {
    fn from(id: BackupId) -> Self {
        id.0
    }
}

impl fmt::Display for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A backup of a folder, or what is left of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Which.
    pub id: BackupId,
    /// False for one that did not come to its end; the next backup removes it.
    pub complete: bool,
}

/// A folder of backups.
#[derive(Debug, Clone)]
pub struct BackupFolder(PathBuf);

impl BackupFolder {
    /// The folder at `path`.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it where it is missing, and keeps every other backup and prune out while the answer lives.
    ///
    /// # Errors
    /// `Conflict` while another backup to this folder goes on.
    pub(super) fn take_hold(&self) -> Result<File> {
        make_folder(&self.0)?;
        let path = self.0.join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|e| failed(&path, "written", &e))?;
        self.flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
        Ok(file)
    }

    /// Keeps backups from removing what is being read. A folder that cannot be locked, such as one on a read-only
    /// medium, is not written to either.
    pub(super) fn look_on(&self) -> Result<Option<File>> {
        let Ok(file) = File::open(self.0.join(LOCK)) else {
            return Ok(None);
        };
        self.flock(&file, rustix::fs::FlockOperation::NonBlockingLockShared)?;
        Ok(Some(file))
    }

    fn flock(&self, file: &File, how: rustix::fs::FlockOperation) -> Result<()> {
        match rustix::fs::flock(file, how) {
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Error::conflict(format!(
                "{} is in use by a backup, restore or verification that is going on: try again when it has ended",
                self.0.display()
            ))),
            // Some network file systems know no locks.
            _ => Ok(()),
        }
    }

    /// All backups in it, oldest first.
    pub fn list(&self) -> Result<Vec<Listed>> {
        let read = |e: io::Error| failed(&self.0, "read", &e);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(read)? {
            let entry = entry.map_err(read)?;
            let id = entry.file_name().to_str().and_then(|name| name.parse().ok());
            found.extend(id.map(|id| Listed {
                complete: entry.path().join(manifest::NAME).is_file(),
                id,
            }));
        }
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// The backup `at`, or the newest.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Invalid` when its manifest cannot be read.
    pub fn open(&self, at: Option<&BackupId>) -> Result<Manifest> {
        let known = self.list()?;
        let found = known
            .iter()
            .rev()
            .find(|listed| listed.complete && at.is_none_or(|at| listed.id == *at));
        match (found, at) {
            (Some(listed), _) => self.manifest(&listed.id),
            (None, None) => Err(Error::not_found(format!("there is no backup in {}", self.0.display()))),
            (None, Some(at)) => Err(Error::not_found(format!(
                "there is no complete backup {at} in {}; there are: {}",
                self.0.display(),
                names(known.iter().filter(|listed| listed.complete))
            ))),
        }
    }

    pub(super) fn manifest(&self, id: &BackupId) -> Result<Manifest> {
        Manifest::read(&self.folder(id))
    }

    /// The manifests of all complete backups, oldest first.
    ///
    /// # Errors
    /// When one of them cannot be read: what it needs is not known then, and nothing may be removed.
    pub(super) fn manifests(&self) -> Result<Vec<Manifest>> {
        let complete = self.list()?.into_iter().filter(|listed| listed.complete);
        complete.map(|listed| self.manifest(&listed.id)).collect()
    }

    /// The folder of one backup.
    pub(super) fn folder(&self, id: &BackupId) -> PathBuf {
        self.0.join(id.as_str())
    }

    /// Where the pool has a file of a table.
    pub(super) fn pooled(&self, table: &str, path: &str) -> PathBuf {
        self.0.join(POOL).join(table).join(path)
    }

    /// Removes all but the newest `keep` complete backups, and the files that no other needs; answers which.
    pub(super) fn keep(&self, keep: usize) -> Result<Vec<BackupId>> {
        let manifests = self.manifests()?;
        let spare = manifests.len().saturating_sub(keep);
        let mut removed = Vec::new();
        for manifest in &manifests[..spare] {
            self.remove(&manifest.id)?;
            removed.push(manifest.id.clone());
        }
        self.sweep_pool(&manifests[spare..])?;
        Ok(removed)
    }

    /// Removes what killed backups left behind, but for what belongs to `manifests`.
    pub(super) fn sweep(&self, manifests: &[Manifest]) -> Result<()> {
        for listed in self.list()?.into_iter().filter(|listed| !listed.complete) {
            self.remove(&listed.id)?;
        }
        self.sweep_pool(manifests)
    }

    /// The manifest goes first: a backup that is removed in part must not look whole.
    pub(super) fn remove(&self, id: &BackupId) -> Result<()> {
        let folder = self.folder(id);
        let wrong = |e: io::Error| failed(&folder, "removed", &e);
        match fs::remove_file(folder.join(manifest::NAME)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(wrong(error)),
            Ok(()) => sync_folder(&folder).map_err(wrong)?,
            Err(_) => {}
        }
        fs::remove_dir_all(&folder).map_err(wrong)
    }

    fn sweep_pool(&self, manifests: &[Manifest]) -> Result<()> {
        let pool = self.0.join(POOL);
        let needed: HashSet<PathBuf> = manifests.iter().flat_map(Manifest::names).collect();
        for path in files_below(&pool)?.into_iter().filter(|path| !needed.contains(path)) {
            let path = pool.join(path);
            fs::remove_file(&path).map_err(|e| failed(&path, "removed", &e))?;
            remove_empty(&pool, &path);
        }
        Ok(())
    }
}

/// Removes the folders between `path` and `root` as far as nothing is in them.
pub(super) fn remove_empty(root: &Path, path: &Path) {
    let between = path.ancestors().skip(1).take_while(|folder| *folder != root);
    // A folder that is not empty stays, which is what is wanted.
    let _ = between.map(fs::remove_dir).find(Result::is_err);
}

fn names<'a>(listed: impl Iterator<Item = &'a Listed>) -> String {
    let names: Vec<&str> = listed.map(|listed| listed.id.as_str()).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}
