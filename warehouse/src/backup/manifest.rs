//! What belongs to a backup: enough to verify it file by file, and to write the logs of its tables anew.

use super::{
    BackupId,
    file::{Incoming, Sum},
};
use crate::{Error, Result, Seq, StagedFile};
use chrono::{DateTime, Utc};
use deltalake_core::kernel::StructType;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    path::{Component, Path, PathBuf},
};

/// Format of the manifests that this build writes; it reads no newer one.
const FORMAT: u32 = 1;
pub(super) const NAME: &str = "manifest.json";
/// The checksum of the manifest, as `sha256sum -c` reads it.
pub(super) const SUM_NAME: &str = "manifest.sha256";

/// The contents of a backup.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this shape.
    pub format: u32,
    /// The backup.
    pub id: BackupId,
    /// Whose it is; a restored hub is the same one.
    pub hub: String,
    /// Version of the program that took it.
    pub version: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Every push up to here is in it, and no later one.
    pub through: Seq,
    /// The frames of its log begin behind this position.
    pub log_after: Seq,
    /// The tables, by name.
    pub tables: Vec<TableEntry>,
    /// Files of big pushes that only the log names.
    pub staged: Vec<StagedEntry>,
    /// Everything else, by path in the backup.
    pub kept: Vec<Kept>,
    /// Folders outside the data folder from which the hub read contracts; they are not in the backup.
    pub elsewhere: Vec<PathBuf>,
}

/// A table of the lake.
#[derive(Debug, Serialize, Deserialize)]
pub struct TableEntry {
    /// Its name, which is its folder.
    pub table: String,
    /// Every push up to here is in the files.
    pub through: Seq,
    /// Columns, as a Delta log has them.
    pub schema: StructType,
    /// Partition columns.
    pub partition_by: Vec<String>,
    /// Columns with statistics.
    pub statistics: Vec<String>,
    /// Its files.
    pub files: Vec<FileEntry>,
}

impl TableEntry {
    fn named(&self) -> impl Iterator<Item = (&str, &FileEntry)> {
        self.files.iter().map(|file| (self.table.as_str(), file))
    }
}

/// A Parquet file in the pool.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path in its table, size, rows, partition values and statistics.
    #[serde(flatten)]
    pub file: StagedFile,
    /// Position of the push for a file adopted from a big one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

/// A file that a frame of the log names.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StagedEntry {
    /// Its table.
    pub table: String,
    /// The file.
    #[serde(flatten)]
    pub entry: FileEntry,
}

/// A file in the backup's own folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// Path in the backup.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
}

impl Kept {
    pub(super) fn new(path: String, Sum { size, sha256 }: Sum) -> Self {
        Self { path, size, sha256 }
    }
}

impl Manifest {
    pub(super) fn new(
        id: BackupId,
        hub: String,
        taken_at: DateTime<Utc>,
        log_after: Seq,
        through: Seq,
        elsewhere: Vec<PathBuf>,
    ) -> Self {
        Self {
            format: FORMAT,
            id,
            hub,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            taken_at,
            through,
            log_after,
            tables: Vec::new(),
            staged: Vec::new(),
            kept: Vec::new(),
            elsewhere,
        }
    }

    /// Files of the pool, with the table that each belongs to.
    pub fn pooled(&self) -> impl Iterator<Item = (&str, &FileEntry)> {
        let tables = self.tables.iter().flat_map(TableEntry::named);
        tables.chain(self.staged.iter().map(|staged| (staged.table.as_str(), &staged.entry)))
    }

    /// Files and bytes of all that belongs to it.
    pub fn size(&self) -> (u64, u64) {
        let pooled = self.pooled().map(|(_, entry)| entry.file.size);
        let sizes = pooled.chain(self.kept.iter().map(|kept| kept.size));
        sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
    }

    /// Rows of the tables' files; the log may hold more.
    pub fn rows(&self) -> u64 {
        self.tables
            .iter()
            .flat_map(|table| &table.files)
            .map(|entry| entry.file.rows)
            .sum()
    }

    /// Writes it to the backup's folder, its checksum first: with the manifest the backup exists.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec(self)?;
        let mut sum = Incoming::create(&folder.join(SUM_NAME))?;
        sum.write(format!("{}  {NAME}\n", hex::encode(Sha256::digest(&text))).as_bytes())?;
        sum.finish()?;
        let mut manifest = Incoming::create(&folder.join(NAME))?;
        manifest.write(&text)?;
        manifest.finish().map(drop)
    }

    /// Reads it from the backup's folder.
    ///
    /// # Errors
    /// `Invalid` when it is damaged, of a newer program, or names files outside the backup.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(NAME);
        let invalid = |what: &str| Error::invalid(format!("{} {what}", path.display()));
        let read = |path: &Path| std::fs::read(path).map_err(|e| super::file::failed(path, "read", &e));
        let text = read(&path)?;
        let sum = read(&folder.join(SUM_NAME))?;
        if !sum.starts_with(hex::encode(Sha256::digest(&text)).as_bytes()) {
            return Err(invalid("is damaged: use another backup"));
        }
        #[derive(Deserialize)]
        struct Version {
            format: u32,
        }
        let Version { format } = serde_json::from_slice(&text).map_err(|_| invalid("is no manifest of a backup"))?;
        if format > FORMAT {
            return Err(invalid(&format!(
                "has format {format}: use the newer smartcenter that wrote it"
            )));
        }
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|e| invalid(&format!("cannot be understood: {e}")))?;
        let pooled = manifest
            .pooled()
            .flat_map(|(table, entry)| [table, entry.file.path.as_str()]);
        let mut paths = pooled.chain(manifest.kept.iter().map(|kept| kept.path.as_str()));
        if let Some(path) = paths.find(|path| !is_inside(path)) {
            return Err(invalid(&format!("names a file outside the backup: {path:?}")));
        }
        drop(paths);
        Ok(manifest)
    }

    /// Paths in the pool that it needs.
    pub(super) fn names(&self) -> HashSet<PathBuf> {
        self.pooled()
            .map(|(table, entry)| Path::new(table).join(&entry.file.path))
            .collect()
    }
}

/// A path that leads nowhere but down.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}
