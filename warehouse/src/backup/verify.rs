//! Whether a backup could be restored: everything wrong with it at once, read without changing anything.

use super::{
    CONTROL, LOG,
    file::{Sum, sum_of},
    folder::{BackupFolder, BackupId, Listed},
    manifest::{FileEntry, Manifest},
    progress::Progress,
};
use crate::{
    Result, Seq,
    wal::{FrameKind, Piece, read_tail, record},
};
use chrono::{DateTime, Utc};
use parquet::file::reader::{FileReader, SerializedFileReader};
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;
use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
};
use url::Url;

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Which backup.
    pub id: BackupId,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// Every push up to here is in it.
    pub through: Seq,
    /// Files read.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rows of the tables' files.
    pub rows: u64,
    /// Frames of its log.
    pub frames: u64,
    /// Everything wrong; empty for a sound backup.
    pub damage: Vec<Damage>,
    /// All backups of the folder, oldest first.
    pub backups: Vec<Listed>,
}

/// One thing wrong with a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// Which file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub remedy: &'static str,
}

const OF_POOL: &str = "remove this file and take a new backup, which copies it again if the hub still has it";
const OF_BACKUP: &str = "take a new backup, or use another one of this folder";

/// Reads the backup `at` of `folder` (the newest unless named) from end to end: size, checksum and row count of every
/// file, the control store, every frame of the log. Blocking; costs one read of the backup.
///
/// # Errors
/// `NotFound` without such a backup, `Invalid` when its manifest is damaged. Anything else wrong is in the answer.
pub fn verify(folder: &Path, at: Option<&BackupId>, progress: &Progress) -> Result<Verified> {
    let backups = BackupFolder::at(folder);
    let manifest = backups.open(at)?;
    let _no_prune = backups.look_on()?;
    let own = backups.folder(&manifest.id);
    let (files, bytes) = manifest.size();
    progress.expect(files, bytes);
    let mut damage = Vec::new();
    for (table, entry) in manifest.pooled() {
        let path = backups.pooled(table, &entry.file.path);
        let wanted = (entry.file.size, entry.sha256.as_str());
        let problem = differs(&path, wanted, progress)?.or_else(|| miscounted(&path, entry));
        damage.extend(problem.map(|problem| Damage::new(path, problem, OF_POOL)));
    }
    for kept in &manifest.kept {
        let path = own.join(&kept.path);
        let mut problem = differs(&path, (kept.size, &kept.sha256), progress)?;
        if kept.path == CONTROL && problem.is_none() {
            problem = unsound_store(&path);
        }
        damage.extend(problem.map(|problem| Damage::new(path, problem, OF_BACKUP)));
    }
    let frames = match walk_log(&own, &manifest) {
        Ok(frames) => frames,
        Err(error) => {
            damage.push(Damage::new(own.join(LOG), error.to_string(), OF_BACKUP));
            0
        }
    };
    Ok(Verified {
        rows: manifest.rows(),
        id: manifest.id,
        taken_at: manifest.taken_at,
        through: manifest.through,
        files,
        bytes,
        frames,
        damage,
        backups: backups.list()?,
    })
}

impl Damage {
    fn new(path: PathBuf, problem: String, remedy: &'static str) -> Self {
        Self { path, problem, remedy }
    }
}

/// What about size or content is not as the manifest says. Errors only when the verification was stopped.
fn differs(path: &Path, (size, sha256): (u64, &str), progress: &Progress) -> Result<Option<String>> {
    progress.go_on()?;
    let found = sum_of(path, progress);
    progress.file();
    Ok(match found {
        Ok(Sum { size: there, .. }) if there != size => Some(format!("it has {there} bytes, not {size}")),
        Ok(sum) if sum.sha256 != sha256 => Some("its content is not what was written".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.message().to_owned()),
    })
}

fn miscounted(path: &Path, entry: &FileEntry) -> Option<String> {
    let footer = File::open(path).map_err(|e| e.to_string());
    let footer = footer.and_then(|file| SerializedFileReader::new(file).map_err(|e| e.to_string()));
    match footer {
        Ok(reader) => {
            let rows = reader.metadata().file_metadata().num_rows();
            (rows != entry.file.rows as i64).then(|| format!("it has {rows} rows, not {}", entry.file.rows))
        }
        Err(error) => Some(format!("it is no Parquet file: {error}")),
    }
}

fn unsound_store(path: &Path) -> Option<String> {
    let Some(mut address) = path.canonicalize().ok().and_then(|path| Url::from_file_path(path).ok()) else {
        return Some("it cannot be found".to_owned());
    };
    // Immutable: a medium that cannot be written must do, and no file is to appear beside it.
    address.set_query(Some("immutable=1"));
    let check = || -> rusqlite::Result<String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let store = Connection::open_with_flags(address.as_str(), flags)?;
        store.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
    };
    match check() {
        Ok(said) if said == "ok" => None,
        Ok(said) => Some(said),
        Err(error) => Some(format!("it is no control store: {error}")),
    }
}

/// Reads every frame as a starting hub would; answers how many there are.
fn walk_log(own: &Path, manifest: &Manifest) -> Result<u64> {
    let (mut frames, mut schemas) = (0, HashMap::new());
    read_tail(&own.join(LOG), manifest.log_after, manifest.through, |piece| {
        let Piece::Frame { frame, .. } = piece else {
            // A segment names the schemas that it uses.
            schemas.clear();
            return Ok(());
        };
        frames += u64::from(frame.kind.numbered());
        match frame.kind {
            FrameKind::Schema => schemas.extend([record::decode_schema(&frame.payload)?]),
            FrameKind::Push => drop(record::decode_push(&frame.payload, &schemas)?),
            FrameKind::Contract | FrameKind::Policy => {}
        }
        Ok(())
    })?;
    Ok(frames)
}
