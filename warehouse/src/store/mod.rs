//! Where the lake's files are. Everything above speaks `object_store`; on the local disk our own store takes the
//! place of the crate's, which never syncs.

mod local;

pub use local::SyncedStore;

use crate::{Error, Result};
use object_store::ObjectStore;
use std::{path::Path, sync::Arc};
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
    std::fs::create_dir_all(folder)?;
    let folder = folder.canonicalize()?;
    let url = Url::from_directory_path(&folder)
        .map_err(|()| Error::invalid(format!("the folder {} cannot be a lake", folder.display())))?;
    Ok(LakeStore {
        objects: Arc::new(SyncedStore::open(&folder)?),
        root: Arc::new(SyncedStore::open(Path::new("/"))?),
        url,
    })
}
