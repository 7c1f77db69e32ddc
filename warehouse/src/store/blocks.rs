//! Pieces of remote files on the local disk: a bounded folder of blocks, least recently and least often used out first.
//! Derived: whatever is lost or damaged is fetched again.

use crate::Result;
use bytes::Bytes;
use moka::{future::Cache, notification::RemovalCause};
use object_store::path::Path;
use std::{
    fs, io,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
};

/// Bytes of a block; the last of a file is shorter. Large enough for one request to be worth its way, small enough for
/// a question that needs one column.
pub(super) const BLOCK: u64 = 2 << 20;
/// Bytes of the checksum behind a block: a power cut may leave a file without its content.
const CHECKSUM: usize = 4;

/// Which block of which file. Names in the lake are never used twice, so a block never becomes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct BlockId {
    file: u128,
    index: u64,
}

impl BlockId {
    pub fn of(location: &Path, index: u64) -> Self {
        Self {
            file: xxhash_rust::xxh3::xxh3_128(location.as_ref().as_bytes()),
            index,
        }
    }

    fn name(self) -> String {
        format!("{:032x}-{:x}", self.file, self.index)
    }

    fn parse(name: &str) -> Option<Self> {
        let (file, index) = name.split_once('-')?;
        Some(Self {
            file: u128::from_str_radix(file, 16).ok()?,
            index: u64::from_str_radix(index, 16).ok()?,
        })
    }
}

/// The folder and what it holds. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Blocks {
    folder: Arc<FilePath>,
    /// Block to its bytes on disk.
    held: Cache<BlockId, u32>,
}

impl Blocks {
    /// Opens the folder with at most `budget` bytes of blocks. What an earlier process left is used on.
    pub fn open(folder: &FilePath, budget: u64) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let dropping = folder.to_owned();
        let held = Cache::builder()
            .max_capacity(budget)
            .weigher(|_, bytes: &u32| *bytes)
            .eviction_listener(move |id: Arc<BlockId>, _, cause| {
                if cause != RemovalCause::Replaced {
                    // One that stays behind is found by the next start.
                    let _ = fs::remove_file(dropping.join(id.name()));
                }
            })
            .build();
        Ok(Self {
            folder: folder.into(),
            held,
        })
    }

    /// Counts what lies in the folder already. Files that are no blocks go.
    pub async fn remember(&self) -> Result<()> {
        let folder = self.folder.clone();
        let found = blocking(move || {
            let mut found = Vec::new();
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                match entry.file_name().to_str().and_then(BlockId::parse) {
                    Some(id) => found.push((id, u32::try_from(entry.metadata()?.len()).unwrap_or(u32::MAX))),
                    None => fs::remove_file(entry.path())?,
                }
            }
            Ok(found)
        });
        for (id, bytes) in found.await? {
            self.held.insert(id, bytes).await;
        }
        Ok(())
    }

    /// The block, from the disk or else by `fetch`, which runs once however many wait for it.
    pub async fn get<F>(&self, id: BlockId, fetch: F) -> object_store::Result<Bytes>
    where
        F: Future<Output = object_store::Result<Bytes>> + Send,
    {
        if self.held.get(&id).await.is_some() {
            if let Some(content) = self.read(id).await {
                metrics::counter!("smartcenter_store_cache_hits_total").increment(1);
                return Ok(content);
            }
            self.held.invalidate(&id).await;
        }
        let mut fetched = None;
        let done = self
            .held
            .try_get_with(id, async {
                metrics::counter!("smartcenter_store_cache_misses_total").increment(1);
                let content = fetch.await?;
                // A full or failing local disk costs speed, nothing else.
                if let Err(error) = self.write(id, content.clone()).await {
                    tracing::warn!(%error, "a block of the lake could not be kept on the local disk");
                }
                fetched = Some(content.clone());
                Ok((content.len() + CHECKSUM) as u32)
            })
            .await;
        match (done, fetched) {
            (Err(error), _) => Err(shared(&error)),
            (Ok(_), Some(content)) => Ok(content),
            (Ok(_), None) => match self.read(id).await {
                Some(content) => Ok(content),
                // Evicted at once, or the disk refused it.
                None => Err(object_store::Error::Generic {
                    store: "cache",
                    source: "a block was lost between its arrival and its use".into(),
                }),
            },
        }
    }

    /// Keeps a block that has just been written to the store.
    pub async fn put(&self, id: BlockId, content: Bytes) {
        let bytes = (content.len() + CHECKSUM) as u32;
        if self.write(id, content).await.is_ok() {
            self.held.insert(id, bytes).await;
        }
    }

    async fn read(&self, id: BlockId) -> Option<Bytes> {
        let path = self.folder.join(id.name());
        let content = blocking(move || fs::read(path)).await.ok()?;
        let (content, checksum) = content.split_at_checked(content.len().checked_sub(CHECKSUM)?)?;
        (crc32c::crc32c(content).to_le_bytes() == checksum).then(|| Bytes::copy_from_slice(content))
    }

    async fn write(&self, id: BlockId, content: Bytes) -> io::Result<()> {
        let path = self.folder.join(id.name());
        blocking(move || {
            use std::io::Write;
            let staging = path.with_extension(uuid::Uuid::new_v4().simple().to_string());
            let written = fs::File::create(&staging).and_then(|mut file| {
                file.write_all(&content)?;
                file.write_all(&crc32c::crc32c(&content).to_le_bytes())
            });
            let done = written.and_then(|()| fs::rename(&staging, &path));
            if done.is_err() {
                let _ = fs::remove_file::<&PathBuf>(&staging);
            }
            done
        })
        .await
    }
}

/// Several wait for one fetch, and an error of the store cannot be cloned.
fn shared(error: &object_store::Error) -> object_store::Error {
    use object_store::Error as E;
    let source = error.to_string().into();
    match error {
        E::NotFound { path, .. } => E::NotFound {
            path: path.clone(),
            source,
        },
        _ => E::Generic { store: "S3", source },
    }
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(io::Error::other)?
}
