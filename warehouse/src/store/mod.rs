//! Where the lake's files are. Everything above speaks `object_store`; on the local disk our own store takes the
//! place of the crate's, which never syncs.

mod local;
#[cfg(test)]
pub(crate) mod sim;
mod sync;
#[cfg(test)]
mod tests;

pub use local::SyncedStore;
pub(crate) use sync::keep_folder;
pub use sync::{DiskSync, OsSync};

use crate::{Error, Result};
use object_store::ObjectStore;
use std::{path::Path, sync::Arc};
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
    })
}
