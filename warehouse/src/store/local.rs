//! The local disk as an object store that keeps its word: when a put returns, the bytes and the folder entry are on
//! disk, and a file is never visible under its name before its bytes are (object_store 0.13's own store never syncs,
//! and a power cut could leave a log entry that names an empty file).

use super::sync::{DiskSync, Folders};
use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result, UploadPart, local::LocalFileSystem,
    path::Path,
};
use parking_lot::Mutex;
use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    ops::Range,
    path::{Path as FsPath, PathBuf},
    sync::Arc,
};

/// A folder as an object store with durable puts.
#[derive(Debug, Clone)]
pub struct SyncedStore {
    inner: Arc<LocalFileSystem>,
    folders: Arc<Folders>,
}

impl SyncedStore {
    /// The store over `root`, which must exist. Stores over the same files share `folders`.
    pub(super) fn open(root: &FsPath, folders: Arc<Folders>) -> Result<Self> {
        Ok(Self {
            inner: Arc::new(LocalFileSystem::new_with_prefix(root)?),
            folders,
        })
    }
}

impl SyncedStore {
    /// Tells the disk what is about to be read piece by piece, so that it fetches the later pieces during the first.
    fn announce(&self, location: &Path, ranges: &[Range<u64>]) {
        if ranges.len() < 2 {
            return;
        }
        // Only a hint: whatever is wrong with the file, the read will say.
        let Some(file) = self
            .inner
            .path_to_filesystem(location)
            .ok()
            .and_then(|path| File::open(path).ok())
        else {
            return;
        };
        for range in ranges {
            let length = std::num::NonZeroU64::new(range.end.saturating_sub(range.start));
            let _ = rustix::fs::fadvise(&file, range.start, length, rustix::fs::Advice::WillNeed);
        }
    }
}

impl std::fmt::Display for SyncedStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "synced {}", self.inner)
    }
}

fn generic(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Generic {
        store: "SyncedStore",
        source: source.into(),
    }
}

/// A temporary name beside `target`. `#` and digits keep it out of listings, as object_store's own staging files are:
/// a table log in which one is listed cannot be read.
fn staging_path(target: &FsPath) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!("#{}", uuid::Uuid::new_v4().as_u128()));
    target.with_file_name(name)
}

fn create_staging(folders: &Folders, target: &FsPath) -> io::Result<(File, PathBuf)> {
    if let Some(folder) = target.parent() {
        folders.ensure(folder)?;
    }
    let path = staging_path(target);
    Ok((
        OpenOptions::new().read(true).write(true).create_new(true).open(&path)?,
        path,
    ))
}

/// Gives a complete, synced staging file its name, durably.
fn publish(sync: &dyn DiskSync, staging: &FsPath, target: &FsPath, create: bool) -> Result<()> {
    let named = if create {
        std::fs::hard_link(staging, target).map(|()| {
            // The second name is only litter when this fails.
            let _ = std::fs::remove_file(staging);
        })
    } else {
        std::fs::rename(staging, target)
    };
    named.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::AlreadyExists {
            path: target.display().to_string(),
            source: source.into(),
        },
        _ => generic(source),
    })?;
    sync_parent(sync, target).map_err(generic)
}

fn sync_parent(sync: &dyn DiskSync, target: &FsPath) -> io::Result<()> {
    target.parent().map_or(Ok(()), |folder| sync.folder(folder))
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(generic)?
}

#[async_trait]
impl ObjectStore for SyncedStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let create = match opts.mode {
            PutMode::Overwrite => false,
            PutMode::Create => true,
            PutMode::Update(_) => {
                return Err(Error::NotImplemented {
                    operation: "conditional update".into(),
                    implementer: "SyncedStore".into(),
                });
            }
        };
        let target = self.inner.path_to_filesystem(location)?;
        let folders = self.folders.clone();
        blocking(move || {
            let (mut file, staging) = create_staging(&folders, &target).map_err(generic)?;
            let written = payload
                .iter()
                .try_for_each(|part| file.write_all(part))
                .and_then(|()| folders.sync.file(&file));
            let done = written
                .map_err(generic)
                .and_then(|()| publish(folders.sync.as_ref(), &staging, &target, create));
            if done.is_err() {
                let _ = std::fs::remove_file(&staging);
            }
            done.map(|()| PutResult {
                e_tag: None,
                version: None,
            })
        })
        .await
    }

    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        let target = self.inner.path_to_filesystem(location)?;
        let folders = self.folders.clone();
        let (file, staging, target) = blocking(move || {
            let (file, staging) = create_staging(&folders, &target).map_err(generic)?;
            Ok((file, staging, target))
        })
        .await?;
        Ok(Box::new(Upload {
            file: Arc::new(Mutex::new(file)),
            folders: self.folders.clone(),
            offset: 0,
            staging,
            target,
            done: false,
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<bytes::Bytes>> {
        self.announce(location, ranges);
        self.inner.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await?;
        self.sync_named(to).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await?;
        self.sync_named(to).await
    }
}

impl SyncedStore {
    /// Syncs a file that another store made, and its name.
    async fn sync_named(&self, location: &Path) -> Result<()> {
        let target = self.inner.path_to_filesystem(location)?;
        let sync = self.folders.sync.clone();
        blocking(move || {
            let file = File::open(&target).map_err(generic)?;
            sync.file(&file)
                .and_then(|()| sync_parent(sync.as_ref(), &target))
                .map_err(generic)
        })
        .await
    }
}

#[derive(Debug)]
struct Upload {
    file: Arc<Mutex<File>>,
    folders: Arc<Folders>,
    offset: u64,
    staging: PathBuf,
    target: PathBuf,
    done: bool,
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let (file, offset) = (self.file.clone(), self.offset);
        self.offset += data.content_length() as u64;
        Box::pin(blocking(move || {
            use std::os::unix::fs::FileExt;
            let file = file.lock();
            let mut at = offset;
            for part in &data {
                file.write_all_at(part, at).map_err(generic)?;
                at += part.len() as u64;
            }
            Ok(())
        }))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (file, folders) = (self.file.clone(), self.folders.clone());
        let (staging, target) = (self.staging.clone(), self.target.clone());
        blocking(move || {
            folders.sync.file(&file.lock()).map_err(generic)?;
            publish(folders.sync.as_ref(), &staging, &target, false)
        })
        .await?;
        self.done = true;
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn abort(&mut self) -> Result<()> {
        self.done = true;
        std::fs::remove_file(&self.staging).map_err(generic)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.done {
            let _ = std::fs::remove_file(&self.staging);
        }
    }
}
