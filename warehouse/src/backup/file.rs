//! Files that keep their word: written under another name, synced, and only then given their own. Readable by their
//! owner only, because a backup holds the hub's secrets.

use super::progress::Progress;
use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

/// Ends the names of files that are not complete.
pub(super) const STAGING: &str = "part";
/// Bytes read or written at once.
pub(super) const PIECE: usize = 8 << 20;

/// Size and checksum of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sum {
    /// Bytes.
    pub size: u64,
    /// SHA-256 of the content, in hex.
    pub sha256: String,
}

/// A file on its way. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub(super) struct Incoming {
    file: File,
    staging: PathBuf,
    target: PathBuf,
    digest: Sha256,
    size: u64,
}

impl Incoming {
    /// A file that is to be `target`, whose folder exists.
    pub fn create(target: &Path) -> Result<Self> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{STAGING}"));
        let staging = target.with_file_name(name);
        let mut options = File::options();
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&staging);
        Ok(Self {
            file: file.map_err(|e| failed(&staging, "written", &e))?,
            staging,
            target: target.to_owned(),
            digest: Sha256::new(),
            size: 0,
        })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.digest.update(bytes);
        self.size += bytes.len() as u64;
        let written = self.file.write_all(bytes);
        written.map_err(|e| failed(&self.target, "written", &e))
    }

    /// Content and name are on disk when this returns.
    pub fn finish(self) -> Result<Sum> {
        let sum = Sum {
            size: self.size,
            sha256: hex::encode(self.digest.clone().finalize()),
        };
        let named = self
            .file
            .sync_all()
            .and_then(|()| fs::rename(&self.staging, &self.target));
        named
            .and_then(|()| sync_folder(parent(&self.target)))
            .map_err(|e| failed(&self.target, "written", &e))?;
        Ok(sum)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Once it has its name there is nothing under this one.
        let _ = fs::remove_file(&self.staging);
    }
}

/// Copies a file of the local disk; whoever `progress` belongs to may stop it.
pub(super) fn copy(from: &Path, to: &Path, progress: &Progress) -> Result<Sum> {
    let mut incoming = Incoming::create(to)?;
    each_piece(from, |piece| {
        progress.go_on()?;
        incoming.write(piece)?;
        progress.bytes(piece.len());
        Ok(())
    })?;
    incoming.finish()
}

/// Size and checksum of a file as it is on disk.
pub(super) fn sum_of(path: &Path, progress: &Progress) -> Result<Sum> {
    let (mut digest, mut size) = (Sha256::new(), 0);
    each_piece(path, |piece| {
        progress.go_on()?;
        digest.update(piece);
        size += piece.len() as u64;
        progress.bytes(piece.len());
        Ok(())
    })?;
    Ok(Sum {
        size,
        sha256: hex::encode(digest.finalize()),
    })
}

fn each_piece(path: &Path, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let read = |e: io::Error| failed(path, "read", &e);
    let mut file = File::open(path).map_err(read)?;
    let mut piece = vec![0; PIECE.min(file.metadata().map_err(read)?.len() as usize + 1)];
    loop {
        match file.read(&mut piece).map_err(read)? {
            0 => return Ok(()),
            n => each(&piece[..n])?,
        }
    }
}

/// Makes `folder` and what is missing above it, for its owner only; their names are on disk when this returns.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    fn make(folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        make(parent(folder))?;
        match fs::DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => sync_folder(parent(folder)),
        }
    }
    make(folder).map_err(|e| failed(folder, "made", &e))
}

/// The names in `folder` are on disk when this returns.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        // Of a relative path the last parent is the empty one.
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// All files below `folder`, by their paths relative to it, in order; none where there is no such folder. Links to files
/// are files, links to folders are nothing.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    fn walk(root: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            if kind.is_dir() {
                walk(root, &path, found)?;
            } else if (kind.is_file() || path.is_file())
                && let Ok(path) = path.strip_prefix(root)
            {
                found.push(path.to_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    match walk(folder, folder, &mut found) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(folder, "read", &error)),
        _ => {}
    }
    found.sort();
    Ok(found)
}

/// What the disk would not do, in words for the operator, who can mend it.
pub(super) fn failed(path: &Path, what: &str, error: &io::Error) -> Error {
    let path = path.display();
    let wait = Duration::from_secs(60);
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::unavailable(
            format!(
                "the disk is full: {path} could not be {what}; free some space, or keep fewer backups, and try again"
            ),
            wait,
        ),
        io::ErrorKind::NotFound => Error::not_found(format!("{path} does not exist")),
        io::ErrorKind::PermissionDenied => {
            Error::forbidden(format!("{path} cannot be {what}: the hub's user may not do that"))
        }
        _ => Error::unavailable(format!("{path} cannot be {what}: {error}"), wait),
    }
}
