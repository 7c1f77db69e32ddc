//! Where the lake's files are. Everything above speaks `object_store`; below it is either the local disk, through our
//! own store that syncs what it is given, or a store of the S3 kind, which has to prove at start that it keeps its
//! word, is written by one hub at a time (a lease), and is read through a cache on the local disk.

mod blocks;
mod cache;
#[cfg(test)]
pub(crate) mod faulty;
mod lease;
mod local;
mod probe;
mod s3;
#[cfg(test)]
pub(crate) mod sim;
mod sync;
#[cfg(test)]
mod tests;

pub use lease::Lease;
pub use local::SyncedStore;
pub(crate) use sync::keep_folder;
pub use sync::{DiskSync, OsSync};

use crate::{Error, Result, Settings};
use cache::CachedStore;
use futures::TryStreamExt;
use object_store::{ObjectStore, prefix::PrefixStore};
use s3::Address;
use std::{path::Path, sync::Arc, time::Duration};
use sync::Folders;
use url::Url;

/// The store that holds the lake.
#[derive(Debug, Clone)]
pub struct LakeStore {
    /// Rooted at the lake: paths are `<table>/<file>`.
    pub objects: Arc<dyn ObjectStore>,
    /// Rooted where `url` is absolute, as the table log wants it.
    pub root: Arc<dyn ObjectStore>,
    /// Address of the lake, ending in `/`.
    pub url: Url,
    /// The right to write it, where several machines could.
    pub lease: Option<Arc<Lease>>,
}

/// Who wants to write the lake.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The hub's identity, which its backups share.
    pub hub: &'a str,
    /// Takes over a lake that another hub has left.
    pub adopts: bool,
}

impl LakeStore {
    /// Errors with `Unavailable` while this hub may not be the only writer of the lake.
    pub fn may_write(&self) -> Result<()> {
        self.lease.as_ref().map_or(Ok(()), |lease| lease.check())
    }

    /// Errors with `Unavailable` once another hub has the lake: what is acknowledged here would never get there. A store
    /// that does not answer is no reason: the log keeps what it is to get.
    pub fn may_promise(&self) -> Result<()> {
        self.lease.as_ref().map_or(Ok(()), |lease| lease.keeps())
    }

    /// Whether anything lies at the address.
    pub async fn is_empty(&self) -> Result<bool> {
        // A prober's leavings and a lease are no data.
        let own = object_store::path::Path::from(OWN_FOLDER);
        let mut found = self.objects.list(None);
        while let Some(object) = found.try_next().await? {
            if !object.location.prefix_matches(&own) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Objects of the hub itself, beside the tables.
const OWN_FOLDER: &str = "_smartcenter";

/// Opens the lake that the settings name, for writing.
///
/// # Errors
/// `Invalid` for an address or credentials that cannot be right, and for a store without conditional puts;
/// `Unavailable` when it does not answer; `Conflict` when another hub writes this lake.
pub async fn open(settings: &Settings, owner: Owner<'_>) -> Result<LakeStore> {
    let Some(address) = &settings.store else {
        return open_local(&settings.data.join("lake"));
    };
    let address: Address = address.parse()?;
    let root = s3::connect(&address)?;
    let plain: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(root.clone(), address.prefix.clone()));
    probe::conditional_put(plain.as_ref(), &address).await?;
    let lifetime = Duration::from_secs(settings.store_lease_seconds.max(3));
    let kept = settings.data.join("lease");
    let lease = Lease::acquire(plain.clone(), &address.url, owner, &kept, lifetime).await?;
    let cached = CachedStore::open(plain, &settings.data.join("cache"), settings.store_cache_bytes).await?;
    Ok(LakeStore {
        objects: Arc::new(cached),
        root,
        url: address.url,
        lease: Some(lease),
    })
}

/// The lake under `folder`, which is created if needed.
pub fn open_local(folder: &Path) -> Result<LakeStore> {
    open_on(folder, Arc::new(OsSync))
}

/// The same on a disk of the caller's choice. What is in the folder already is durable when this returns.
pub fn open_on(folder: &Path, sync: Arc<dyn DiskSync>) -> Result<LakeStore> {
    sync::keep(sync.as_ref(), folder)?;
    let folders = Arc::new(Folders::new(sync));
    let folder = folder.canonicalize()?;
    folders.settle(&folder)?;
    let url = Url::from_directory_path(&folder)
        .map_err(|()| Error::invalid(format!("the folder {} cannot be a lake", folder.display())))?;
    Ok(LakeStore {
        objects: Arc::new(SyncedStore::open(&folder, folders.clone())?),
        root: Arc::new(SyncedStore::open(Path::new("/"), folders)?),
        url,
        lease: None,
    })
}
