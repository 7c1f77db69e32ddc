//! The files that all backups of a folder share, and the copying of those that are not there yet.

use super::{
    file::{self, Incoming, PIECE, Sum, make_folder},
    folder::{BackupFolder, remove_empty},
    manifest::{FileEntry, Manifest},
    progress::Progress,
};
use crate::{Error, Result, TableId};
use futures::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path as StorePath};
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::runtime::Handle;

/// Files copied at the same time.
const COPIES: usize = 4;

/// What the pool has, as far as it may be relied upon.
#[derive(Debug)]
pub(super) struct Pool {
    folder: BackupFolder,
    /// By table and path.
    known: HashMap<PathBuf, Sum>,
    /// Those of them that this backup has brought, and where they lie.
    added: HashMap<PathBuf, PathBuf>,
    progress: Arc<Progress>,
}

/// One file on its way from the lake to the pool.
#[derive(Debug)]
pub(super) struct Wanting {
    /// Table and path.
    key: PathBuf,
    from: StorePath,
    to: PathBuf,
    size: u64,
}

impl Pool {
    /// Files that earlier backups list and that are still there in their full length. Any other may be half of one.
    pub fn of(folder: BackupFolder, earlier: &[Manifest], progress: Arc<Progress>) -> Self {
        let mut known = HashMap::new();
        for (table, entry) in earlier.iter().flat_map(Manifest::pooled) {
            let FileEntry { file, sha256, .. } = entry;
            let there = || folder.pooled(table, &file.path).metadata();
            let key = Path::new(table).join(&file.path);
            if !known.contains_key(&key) && there().is_ok_and(|there| there.len() == file.size) {
                let sum = Sum {
                    size: file.size,
                    sha256: sha256.clone(),
                };
                known.insert(key, sum);
            }
        }
        Self {
            folder,
            known,
            added: HashMap::new(),
            progress,
        }
    }

    /// A file of a table that is to be copied; none when the pool has it.
    pub fn wanting(&self, table: &TableId, path: &str, size: u64) -> Option<Wanting> {
        let key = Path::new(table.as_str()).join(path);
        (!self.known.contains_key(&key)).then(|| Wanting {
            key,
            from: StorePath::from(format!("{table}/{path}")),
            to: self.folder.pooled(table.as_str(), path),
            size,
        })
    }

    /// Brings files into the pool.
    pub async fn copy(&mut self, store: &Arc<dyn ObjectStore>, files: Vec<Wanting>) -> Result<()> {
        self.progress
            .expect(files.len() as u64, files.iter().map(|one| one.size).sum());
        let (has_failed, runtime) = (Arc::new(AtomicBool::new(false)), Handle::current());
        let mut copies = futures::stream::iter(files)
            .map(|one| {
                let (store, progress) = (store.clone(), self.progress.clone());
                let (has_failed, runtime) = (has_failed.clone(), runtime.clone());
                tokio::task::spawn_blocking(move || {
                    let copied = one.copy(&store, &runtime, &progress, &has_failed);
                    let copied = copied.inspect_err(|_| has_failed.store(true, Relaxed));
                    copied.map(|sum| (one.key, one.to, sum))
                })
            })
            .buffer_unordered(COPIES);
        // Every copy is waited for, so that none is at work when what was copied is taken back.
        let mut failure = None;
        while let Some(copied) = copies.next().await {
            match copied.unwrap_or_else(|e| Err(Error::internal("a copy stopped in its middle", e))) {
                Ok((key, path, Some(sum))) => {
                    self.added.insert(key.clone(), path);
                    self.known.insert(key, sum);
                }
                Ok((_, _, None)) => {}
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// The checksum of a file that has been copied, now or earlier.
    pub fn sha256(&self, table: &TableId, path: &str) -> Result<String> {
        let sum = self.known.get(&Path::new(table.as_str()).join(path));
        let sum = sum.ok_or_else(|| Error::internal("a file of the lake was not copied", path.to_owned()))?;
        Ok(sum.sha256.clone())
    }

    /// How many of `needed` this backup has brought, and their bytes.
    pub fn added(&self, needed: &HashSet<PathBuf>) -> (u64, u64) {
        let new = self.added.keys().filter(|path| needed.contains(*path));
        let sizes = new.filter_map(|path| self.known.get(path)).map(|sum| sum.size);
        sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
    }

    /// Removes what this backup has brought. What cannot be removed is removed by the next.
    pub fn take_back(&self) {
        for path in self.added.values() {
            let _ = std::fs::remove_file(path);
            remove_empty(self.folder.path(), path);
        }
    }
}

impl Wanting {
    /// None when it was given up because another copy had failed.
    fn copy(
        &self,
        store: &Arc<dyn ObjectStore>,
        runtime: &Handle,
        progress: &Progress,
        has_failed: &AtomicBool,
    ) -> Result<Option<Sum>> {
        make_folder(file::parent(&self.to))?;
        let mut incoming = Incoming::create(&self.to)?;
        let mut at = 0;
        while at < self.size {
            progress.go_on()?;
            if has_failed.load(Relaxed) {
                return Ok(None);
            }
            let to = self.size.min(at + PIECE as u64);
            let piece = runtime.block_on(store.get_range(&self.from, at..to)).map_err(|error| {
                let message = format!("{} of the lake cannot be read: {error}", self.from);
                Error::unavailable(message, Duration::from_secs(60))
            })?;
            if piece.len() as u64 != to - at {
                let what = format!("{} of the lake is shorter than its table says", self.from);
                return Err(Error::internal(what, format!("{} bytes", self.size)));
            }
            incoming.write(&piece)?;
            progress.bytes(piece.len());
            at = to;
        }
        let sum = incoming.finish()?;
        progress.file();
        Ok(Some(sum))
    }
}
