//! A backup in the making: what the hub hands over is copied piece by piece, the manifest ends it. Dropped before, it
//! takes back everything that it had copied.

use super::{
    CONTROL, ISSUED, LOG, SITE, SITE_FOLDERS,
    file::{self, Incoming, Sum, failed, make_folder},
    folder::{BackupFolder, BackupId},
    manifest::{FileEntry, Kept, Manifest, StagedEntry, TableEntry},
    pool::Pool,
    progress::Progress,
};
use crate::{
    Error, Result, Seq, StagedFile, TableId,
    control::Control,
    lake::CutTable,
    wal::{FrameKind, Piece, read_tail, record},
};
use chrono::{DateTime, Utc};
use object_store::ObjectStore;
use serde::Serialize;
use std::{
    collections::HashMap,
    fs::File,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What a finished backup is.
#[derive(Debug, Clone, Serialize)]
pub struct Taken {
    /// Which.
    pub id: BackupId,
    /// The folder of all backups.
    pub folder: PathBuf,
    /// When it was begun.
    pub taken_at: DateTime<Utc>,
    /// Every push up to here is in it, and no later one.
    pub through: Seq,
    /// Tables.
    pub tables: u64,
    /// Files that belong to it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files of the lake that no earlier backup had.
    pub new_files: u64,
    /// Their bytes.
    pub new_bytes: u64,
    /// Older backups that were removed.
    pub removed: Vec<BackupId>,
    /// Folders outside the data folder from which the hub reads contracts: they are not in the backup.
    pub elsewhere: Vec<PathBuf>,
}

/// Whose backup it is to be.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Identity of the hub.
    pub hub: String,
    /// Time of the hub.
    pub now: DateTime<Utc>,
    /// Folders of contracts outside the data folder.
    pub elsewhere: Vec<PathBuf>,
}

/// A backup in the making.
#[derive(Debug)]
pub(crate) struct NewBackup {
    folder: BackupFolder,
    id: BackupId,
    wanted: Wanted,
    progress: Arc<Progress>,
    pool: Pool,
    tables: Vec<TableEntry>,
    staged: Vec<StagedEntry>,
    kept: Vec<Kept>,
    positions: (Seq, Seq),
    is_done: bool,
    _hold: File,
}

impl NewBackup {
    /// Begins a backup in `root`, which is made where it is missing, and removes what a killed one left there. Blocking.
    ///
    /// # Errors
    /// `Conflict` while another backup to this folder goes on, or when the folder has backups of another hub;
    /// `Forbidden` or `Unavailable` when it cannot be written.
    pub fn begin(root: &Path, wanted: Wanted, progress: Arc<Progress>) -> Result<Self> {
        let folder = BackupFolder::at(root);
        let hold = folder.take_hold()?;
        let known = folder.list()?;
        let (mut earlier, mut are_all_read) = (Vec::new(), true);
        for listed in known.iter().filter(|listed| listed.complete) {
            match folder.manifest(&listed.id) {
                Ok(manifest) => earlier.push(manifest),
                // One that is damaged must not keep the next from being taken.
                Err(error) => {
                    tracing::error!(backup = %listed.id, %error, "an earlier backup cannot be read; its files are left alone");
                    are_all_read = false;
                }
            }
        }
        if earlier.iter().any(|manifest| manifest.hub != wanted.hub) {
            return Err(Error::conflict(format!(
                "{} has backups of another hub: name a folder of its own for each hub",
                root.display()
            )));
        }
        if are_all_read {
            folder.sweep(&earlier)?;
        }
        let id = BackupId::after(known.last().map(|listed| &listed.id), wanted.now);
        make_folder(&folder.folder(&id))?;
        Ok(Self {
            pool: Pool::of(folder.clone(), &earlier, progress.clone()),
            folder,
            id,
            wanted,
            progress,
            tables: Vec::new(),
            staged: Vec::new(),
            kept: Vec::new(),
            positions: (Seq(0), Seq(0)),
            is_done: false,
            _hold: hold,
        })
    }

    pub fn id(&self) -> &BackupId {
        &self.id
    }

    /// Copies the files of these tables that the pool does not have.
    pub async fn copy_files(&mut self, store: &Arc<dyn ObjectStore>, tables: &[CutTable]) -> Result<()> {
        let files = tables.iter().flat_map(|table| {
            let own = table.files.iter();
            own.filter_map(|file| self.pool.wanting(&table.id, &file.path, file.size))
        });
        let files = files.collect();
        self.pool.copy(store, files).await
    }

    /// Notes these tables as the content of the backup. Their files have been copied.
    pub fn note_tables(&mut self, tables: Vec<CutTable>) -> Result<()> {
        for table in tables {
            let files = table.files.iter().map(|file| {
                let staged = StagedFile {
                    path: file.path.clone(),
                    size: file.size,
                    rows: file.rows,
                    partition_values: file.partition_values.clone(),
                    stats: file.stats.clone().unwrap_or_default(),
                };
                self.entry(&table.id, staged, file.seq)
            });
            let entry = TableEntry {
                files: files.collect::<Result<_>>()?,
                table: table.id.to_string(),
                through: table.through,
                schema: table.schema,
                partition_by: table.layout.partition_by,
                statistics: table.layout.statistics,
            };
            self.tables.push(entry);
        }
        Ok(())
    }

    /// Copies the control store. Blocking.
    pub fn copy_control(&mut self, control: &Control) -> Result<()> {
        let path = self.folder.folder(&self.id).join(CONTROL);
        let mut options = File::options();
        let made = options.write(true).create_new(true).mode(0o600).open(&path);
        let made = made.map_err(|e| failed(&path, "written", &e))?;
        self.progress.expect(1, 0);
        control.copy_to(&path)?;
        made.sync_all().map_err(|e| failed(&path, "written", &e))?;
        let sum = file::sum_of(&path, &Progress::default())?;
        self.keep(CONTROL.to_owned(), sum);
        Ok(())
    }

    /// Copies the log from behind `after` up to `through`. Answers the files that its frames name and that no table of
    /// the backup has. Blocking.
    pub fn copy_log(&mut self, log: &Path, after: Seq, through: Seq) -> Result<Vec<(TableId, StagedFile, Seq)>> {
        let folder = self.folder.folder(&self.id).join(LOG);
        make_folder(&folder)?;
        let covered: HashMap<&str, Seq> = self.tables.iter().map(|t| (t.table.as_str(), t.through)).collect();
        let mut staged = Vec::new();
        let mut segments: Vec<(String, Sum)> = Vec::new();
        let mut open: Option<(String, Incoming)> = None;
        read_tail(log, after, through, |piece| {
            self.progress.go_on()?;
            match piece {
                Piece::Segment { name, header } => {
                    let mut next = Incoming::create(&folder.join(&name))?;
                    next.write(&header)?;
                    if let Some((name, done)) = open.replace((name, next)) {
                        segments.push((name, done.finish()?));
                    }
                }
                Piece::Frame { frame, bytes } => {
                    if let Some((_, segment)) = &mut open {
                        segment.write(&bytes)?;
                    }
                    if frame.kind == FrameKind::Push {
                        let named = record::staged_files(&frame.payload)?.into_iter();
                        let is_open = |table: &TableId| covered.get(table.as_str()).is_none_or(|to| *to < frame.seq);
                        staged.extend(
                            named
                                .filter(|(table, _)| is_open(table))
                                .map(|(table, file)| (table, file, frame.seq)),
                        );
                    }
                }
            }
            Ok(())
        })?;
        if let Some((name, done)) = open {
            segments.push((name, done.finish()?));
        }
        for (name, sum) in segments {
            self.progress.expect(1, sum.size);
            self.progress.bytes(sum.size as usize);
            self.keep(format!("{LOG}/{name}"), sum);
        }
        self.positions = (after, through);
        Ok(staged)
    }

    /// Copies files that only the log names.
    pub async fn copy_staged(
        &mut self,
        store: &Arc<dyn ObjectStore>,
        staged: Vec<(TableId, StagedFile, Seq)>,
    ) -> Result<()> {
        let files = staged.iter();
        let files = files.filter_map(|(table, file, _)| self.pool.wanting(table, &file.path, file.size));
        let files = files.collect();
        self.pool.copy(store, files).await?;
        for (table, file, seq) in staged {
            let entry = self.entry(&table, file, Some(seq))?;
            let table = table.to_string();
            self.staged.push(StagedEntry { table, entry });
        }
        Ok(())
    }

    /// Copies the briefings that were issued. Comes before the log: none may tell of a push that the backup has not.
    /// Blocking.
    pub fn copy_issued(&mut self, data: &Path) -> Result<()> {
        self.copy_folder(data, ISSUED, |name| !name.split('/').any(|part| part.starts_with('.')))
    }

    /// Copies the site's own folders of the data folder. Blocking.
    pub fn copy_site(&mut self, data: &Path) -> Result<()> {
        SITE_FOLDERS
            .into_iter()
            .try_for_each(|folder| self.copy_folder(data, folder, |_| true))
    }

    fn copy_folder(&mut self, data: &Path, folder: &str, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        let from = data.join(folder);
        for path in file::files_below(&from)? {
            let Some(name) = path.to_str() else {
                tracing::warn!(path = %path.display(), "a file whose name is not UTF-8 is left out of the backup");
                continue;
            };
            if !is_wanted(name) {
                continue;
            }
            let kept = format!("{SITE}/{folder}/{name}");
            let to = self.folder.folder(&self.id).join(&kept);
            make_folder(file::parent(&to))?;
            let bytes = from.join(&path).metadata().map_or(0, |metadata| metadata.len());
            self.progress.expect(1, bytes);
            let sum = file::copy(&from.join(&path), &to, &self.progress)?;
            self.keep(kept, sum);
        }
        Ok(())
    }

    /// Makes it a backup, then removes all but the newest `keep`. Blocking.
    ///
    /// # Errors
    /// As of a full disk; when only older backups could not be removed, the message says that this one is complete.
    pub fn finish(mut self, keep: Option<usize>) -> Result<Taken> {
        self.progress.go_on()?;
        let Wanted { hub, now, elsewhere } = self.wanted.clone();
        let (after, through) = self.positions;
        let mut manifest = Manifest::new(self.id.clone(), hub, now, after, through, elsewhere.clone());
        manifest.tables = std::mem::take(&mut self.tables);
        manifest.staged = std::mem::take(&mut self.staged);
        manifest.kept = std::mem::take(&mut self.kept);
        manifest.write(&self.folder.folder(&self.id))?;
        self.is_done = true;
        let (new_files, new_bytes) = self.pool.added(&manifest.names());
        let (files, bytes) = manifest.size();
        let removed = match keep {
            Some(keep) => self.folder.keep(keep.max(1)).map_err(|error| {
                let message = format!(
                    "backup {} is complete, but older ones are still there: {error}",
                    self.id
                );
                Error::new(error.kind(), message)
            })?,
            None => Vec::new(),
        };
        Ok(Taken {
            id: self.id.clone(),
            folder: self.folder.path().to_owned(),
            taken_at: now,
            through,
            tables: manifest.tables.len() as u64,
            files,
            bytes,
            new_files,
            new_bytes,
            removed,
            elsewhere,
        })
    }

    fn keep(&mut self, path: String, sum: Sum) {
        self.progress.file();
        self.kept.push(Kept::new(path, sum));
    }

    fn entry(&self, table: &TableId, file: StagedFile, seq: Option<Seq>) -> Result<FileEntry> {
        Ok(FileEntry {
            sha256: self.pool.sha256(table, &file.path)?,
            file,
            seq,
        })
    }
}

#[cfg(test)]
impl NewBackup {
    /// Leaves everything as a kill would.
    pub fn forget(mut self) {
        self.is_done = true;
    }
}

impl Drop for NewBackup {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        // What cannot be removed is removed by the next backup.
        if let Err(error) = self.folder.remove(&self.id) {
            tracing::warn!(backup = %self.id, %error, "half a backup could not be removed");
        }
        self.pool.take_back();
    }
}
