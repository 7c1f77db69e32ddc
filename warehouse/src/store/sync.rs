//! The moments at which bytes and names reach the disk, as a seam: the machine's own calls in production; tests keep a
//! record of them and lose what they were not called for.

use parking_lot::Mutex;
use std::{ffi::OsStr, fs::File, io, path::Path, sync::Arc};

/// What makes files and names durable. After an error what is on the disk is unknown.
pub trait DiskSync: Send + Sync + std::fmt::Debug {
    /// The content of `file` is on disk when this returns. Its name is not.
    fn file(&self, file: &File) -> io::Result<()>;
    /// The names in `folder` are on disk when this returns. What they stand for is not.
    fn folder(&self, folder: &Path) -> io::Result<()>;
}

/// The machine's disk.
#[derive(Debug)]
pub struct OsSync;

impl DiskSync for OsSync {
    fn file(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }
}

/// Folders that survive: whoever is told that one exists may rely on its name being on disk.
#[derive(Debug)]
pub(super) struct Folders {
    pub sync: Arc<dyn DiskSync>,
    /// Held from the making of a folder to the sync of its name, so that nobody meets one in between.
    making: Mutex<()>,
}

impl Folders {
    pub fn new(sync: Arc<dyn DiskSync>) -> Self {
        Self {
            sync,
            making: Mutex::new(()),
        }
    }

    /// Makes `folder` and what is missing above it. One that is there is taken to be kept.
    pub fn ensure(&self, folder: &Path) -> io::Result<()> {
        let _one_at_a_time = self.making.lock();
        create(self.sync.as_ref(), folder)
    }

    /// Tidies up behind a process that was killed; nobody else may be at work in `folder`. Names in it and below are
    /// synced, because some may not have been, and what is concluded from them must not be taken back by the next
    /// power cut; contents have no need of it, since a file is synced before it gets its name. Staging files go.
    pub fn settle(&self, folder: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                self.settle(&entry.path())?;
            } else if is_staging(&entry.file_name()) {
                std::fs::remove_file(entry.path())?;
            }
        }
        self.sync.folder(folder)
    }
}

/// Opens `folder` for keeps on the machine's disk: see [`keep`].
pub(crate) fn keep_folder(folder: &Path) -> io::Result<()> {
    keep(&OsSync, folder)
}

/// Makes `folder` and what is missing above it. Its name is on disk when this returns, also when it is older: whoever
/// made it may have been killed before that.
pub(super) fn keep(sync: &dyn DiskSync, folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        return create(sync, folder);
    }
    match sync.folder(parent(folder)) {
        // What lies in a folder that we may not even read was put there by somebody else.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

/// From the top down, each name synced before the next folder is made.
fn create(sync: &dyn DiskSync, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = parent(folder);
    create(sync, parent)?;
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync.folder(parent)
}

/// A file that was being written: `#` and a number behind the name it was to have.
fn is_staging(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.rsplit_once('#'));
    number.is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn parent(folder: &Path) -> &Path {
    match folder.parent() {
        // Of a relative path the last parent is the empty one.
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => folder,
    }
}
