//! The way back: a backup becomes a hub in an empty folder, and its lake in an empty store.
//!
//! A marker stands in the folder from the first step to the last, and no hub starts beside it: half a restored hub
//! would look like one that has lost rows.

use super::{
    CONTROL, LOG, SITE,
    file::{self, PIECE, failed, make_folder, sync_folder},
    folder::{BackupFolder, BackupId},
    manifest::{FileEntry, Kept, Manifest, TableEntry},
    progress::Progress,
};
use crate::{
    Error, Result, Seq, Settings, TableId,
    hub::lock_folder,
    lake::{TableLayout, restore_table},
    store::{self, LakeStore, Owner},
};
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::{ObjectStoreExt, WriteMultipart, path::Path as StorePath};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

const MARKER: &str = "restore-incomplete";
/// Files copied at the same time.
const COPIES: usize = 4;

/// What was restored.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// From which backup.
    pub id: BackupId,
    /// When that was taken.
    pub taken_at: DateTime<Utc>,
    /// The hub holds every push up to here, and no later one.
    pub through: Seq,
    /// Tables.
    pub tables: u64,
    /// Files copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Folders of contracts that the hub read and that the backup does not have: name them again at the start.
    pub elsewhere: Vec<PathBuf>,
}

/// Makes the hub of backup `at` (the newest unless named) of `folder` anew, in the empty folder and the empty lake that
/// `settings` name. Every file is checked while it is copied.
///
/// # Errors
/// `Conflict` when there is something already; `NotFound` without such a backup; `Invalid` with the name of a file that
/// is missing or damaged. What was copied until then stays, and no hub starts with it.
pub async fn restore(
    folder: &Path,
    at: Option<&BackupId>,
    settings: &Settings,
    progress: &Progress,
) -> Result<Restored> {
    let backups = BackupFolder::at(folder);
    let manifest = backups.open(at)?;
    let _no_prune = backups.look_on()?;
    all_there(&backups, &manifest)?;
    let data = &settings.data;
    refuse_occupied(data)?;
    let (files, bytes) = manifest.size();
    progress.expect(files, bytes);
    make_folder(data)?;
    mark(data)?;
    let _no_hub = lock_folder(data)?;
    let owner = Owner {
        hub: &manifest.hub,
        adopts: settings.store_adopt,
    };
    let store = store::open(settings, owner).await?;
    if !store.is_empty().await? {
        return Err(Error::conflict(format!(
            "there is something at {} already: restore to an empty place",
            store.url
        )));
    }
    let copies = manifest
        .pooled()
        .map(|(table, entry)| copy_file(&backups, &store, table, entry, progress));
    let copies: Vec<_> = copies.collect();
    futures::stream::iter(copies)
        .buffer_unordered(COPIES)
        .try_collect::<()>()
        .await?;
    for table in &manifest.tables {
        write_log(&store, table).await?;
    }
    for kept in &manifest.kept {
        copy_kept(&backups.folder(&manifest.id), data, kept, progress)?;
    }
    if let Some(lease) = &store.lease {
        lease.release().await;
    }
    fs::remove_file(data.join(MARKER))
        .and_then(|()| sync_folder(data))
        .map_err(|e| failed(data, "written", &e))?;
    Ok(Restored {
        id: manifest.id,
        taken_at: manifest.taken_at,
        through: manifest.through,
        tables: manifest.tables.len() as u64,
        files,
        bytes,
        elsewhere: manifest.elsewhere,
    })
}

/// Errors with `Conflict` when a restore into `data` did not come to its end.
pub(crate) fn refuse_half_restored(data: &Path) -> Result<()> {
    match data.join(MARKER).exists() {
        true => Err(Error::conflict(format!(
            "a restore into {} did not come to its end: remove the folder (and the lake, where it is elsewhere) and \
             restore again",
            data.display()
        ))),
        false => Ok(()),
    }
}

/// A missing file is told before anything is copied.
fn all_there(backups: &BackupFolder, manifest: &Manifest) -> Result<()> {
    let own = backups.folder(&manifest.id);
    let kept = manifest.kept.iter().map(|kept| (own.join(&kept.path), kept.size));
    let pooled = manifest
        .pooled()
        .map(|(table, entry)| (backups.pooled(table, &entry.file.path), entry.file.size));
    for (path, size) in kept.chain(pooled) {
        match path.metadata() {
            Ok(there) if there.len() == size => {}
            Ok(there) => return Err(damaged(&path, &format!("it has {} bytes, not {size}", there.len()))),
            Err(_) => return Err(damaged(&path, "it is missing")),
        }
    }
    Ok(())
}

fn refuse_occupied(data: &Path) -> Result<()> {
    refuse_half_restored(data)?;
    let is_empty = fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    match is_empty {
        true => Ok(()),
        false => Err(Error::conflict(format!(
            "{} is not empty: restore to a folder that is not there yet, and name it with --data",
            data.display()
        ))),
    }
}

fn mark(data: &Path) -> Result<()> {
    let path = data.join(MARKER);
    let write = || {
        let mut file = File::create_new(&path)?;
        writeln!(
            file,
            "A restore into this folder has not come to its end. No hub starts here."
        )?;
        file.sync_all()?;
        sync_folder(data)
    };
    write().map_err(|e| failed(&path, "written", &e))
}

/// Brings a file of the pool into the lake.
async fn copy_file(
    backups: &BackupFolder,
    store: &LakeStore,
    table: &str,
    entry: &FileEntry,
    progress: &Progress,
) -> Result<()> {
    let path = backups.pooled(table, &entry.file.path);
    let to = StorePath::from(format!("{table}/{}", entry.file.path));
    let mut pieces = Pieces::open(path.clone()).await?;
    let mut digest = Sha256::new();
    let is_sound = |digest: Sha256| hex::encode(digest.finalize()) == entry.sha256;
    let changed = || damaged(&path, "its content is not what was written");
    if entry.file.size <= PIECE as u64 {
        let piece = pieces.next().await?;
        digest.update(&piece);
        if !is_sound(digest) {
            return Err(changed());
        }
        progress.bytes(piece.len());
        store.objects.put(&to, piece.into()).await?;
    } else {
        let mut upload = WriteMultipart::new_with_chunk_size(store.objects.put_multipart(&to).await?, PIECE);
        loop {
            let piece = pieces.next().await?;
            if piece.is_empty() {
                break;
            }
            digest.update(&piece);
            progress.bytes(piece.len());
            upload.wait_for_capacity(2).await?;
            upload.write(&piece);
        }
        if !is_sound(digest) {
            upload.abort().await?;
            return Err(changed());
        }
        upload.finish().await?;
    }
    progress.file();
    Ok(())
}

/// A file of the local disk, read off the async threads.
struct Pieces {
    path: PathBuf,
    file: Option<File>,
}

impl Pieces {
    async fn open(path: PathBuf) -> Result<Self> {
        let file = File::open(&path).map_err(|e| failed(&path, "read", &e))?;
        Ok(Self { path, file: Some(file) })
    }

    /// The next bytes; empty at the end.
    async fn next(&mut self) -> Result<Vec<u8>> {
        let Some(file) = self.file.take() else {
            return Ok(Vec::new());
        };
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::new();
            let read = Read::by_ref(&mut &file).take(PIECE as u64).read_to_end(&mut piece);
            (file, read.map(|_| piece))
        });
        let (file, piece) = read.await.map_err(|e| Error::internal("a file could not be read", e))?;
        self.file = Some(file);
        piece.map_err(|e| failed(&self.path, "read", &e))
    }
}

async fn write_log(store: &LakeStore, table: &TableEntry) -> Result<()> {
    let layout = TableLayout {
        partition_by: table.partition_by.clone(),
        statistics: table.statistics.clone(),
        ..TableLayout::default()
    };
    let files = table
        .files
        .iter()
        .map(|entry| (entry.file.clone(), entry.seq))
        .collect();
    let id = TableId::from_stored(&table.table);
    Box::pin(restore_table(store, id, &table.schema, &layout, table.through, files)).await
}

/// Brings a file of the backup's own folder into the data folder.
fn copy_kept(own: &Path, data: &Path, kept: &Kept, progress: &Progress) -> Result<()> {
    let to = kept
        .path
        .strip_prefix(SITE)
        .map_or(kept.path.as_str(), |path| path.trim_start_matches('/'));
    let is_known = to == CONTROL || kept.path.starts_with(LOG) || kept.path.starts_with(SITE);
    if !is_known {
        return Err(Error::invalid(format!(
            "the backup holds {:?}, which this program does not know: restore it with the newer one",
            kept.path
        )));
    }
    let (from, to) = (own.join(&kept.path), data.join(to));
    make_folder(file::parent(&to))?;
    let sum = file::copy(&from, &to, progress)?;
    progress.file();
    match (sum.size, sum.sha256 == kept.sha256) {
        (size, true) if size == kept.size => Ok(()),
        _ => Err(damaged(&from, "its content is not what was written")),
    }
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::invalid(format!(
        "{} cannot be used: {what}; `smartcenter verify` lists everything wrong, and --at names another backup",
        path.display()
    ))
}
