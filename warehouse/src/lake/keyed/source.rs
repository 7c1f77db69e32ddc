//! The sources of a keyed table in one view, and what is in force of them.

use crate::{
    Result, Seq, TableId,
    keyed::{Entry, FileMap, KeyMap, MemoryMap, RowSet},
    lake::{DataFile, HotRun},
    lookup::RowCell,
};
use std::{collections::HashMap, sync::Arc};

/// A keyed table in one view.
#[derive(Debug, Clone)]
pub struct KeyedView {
    /// The table of all versions.
    pub history: TableId,
    /// Files of the current table.
    pub base: Vec<FileSource>,
    /// What the current table does not have yet, oldest first: files of the history, then mostly hot runs.
    pub recent: Vec<Recent>,
    /// Versions of deleted keys that no source holds any more, so that an old file cannot bring them back.
    pub graves: Arc<HashMap<u128, i64>>,
    /// Every operation up to here is in the current table.
    pub merged_seq: Seq,
}

/// A source that is newer than the current table.
#[derive(Debug, Clone)]
pub enum Recent {
    /// In a file of the history, committed or adopted.
    File(FileSource),
    /// In memory.
    Hot(HotSource),
}

/// A Parquet file with its keys.
#[derive(Debug, Clone)]
pub struct FileSource {
    /// The file.
    pub file: Arc<DataFile>,
    /// Position of the newest operation in it.
    pub last_seq: Seq,
    /// Its keys.
    pub keys: Arc<FileMap>,
    /// Rows that the file itself hides: superseded within it, stale, or deletions.
    pub built: RowSet,
    /// Which of its rows count.
    pub rows: Standing,
    /// Its rows by row, where the contract wants them so.
    pub(crate) row_store: Arc<RowCell>,
}

/// A hot run with its keys.
#[derive(Debug, Clone)]
pub struct HotSource {
    /// The run.
    pub run: Arc<HotRun>,
    /// Its keys.
    pub keys: Arc<MemoryMap>,
    /// Which of its rows count.
    pub rows: Standing,
}

/// Which rows of a source count.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Rows that are not shown: superseded, stale, or deletions.
    pub hidden: RowSet,
    /// Deletions that are themselves superseded.
    pub spent: RowSet,
}

impl Standing {
    /// Whether an entry of the source is the last word on its key.
    pub fn in_force(&self, entry: &Entry) -> bool {
        let over = if entry.deleted { &self.spent } else { &self.hidden };
        !over.contains(entry.row)
    }

    /// A later operation has superseded `entry`.
    pub fn supersede(&mut self, entry: &Entry) {
        let over = if entry.deleted {
            &mut self.spent
        } else {
            &mut self.hidden
        };
        over.insert(entry.row);
    }
}

impl Recent {
    /// The keys.
    pub fn keys(&self) -> &dyn KeyMap {
        match self {
            Self::File(file) => file.keys.as_ref(),
            Self::Hot(hot) => hot.keys.as_ref(),
        }
    }

    /// Which rows count.
    pub fn rows(&self) -> &Standing {
        match self {
            Self::File(file) => &file.rows,
            Self::Hot(hot) => &hot.rows,
        }
    }

    pub(super) fn rows_mut(&mut self) -> &mut Standing {
        match self {
            Self::File(file) => &mut file.rows,
            Self::Hot(hot) => &mut hot.rows,
        }
    }

    /// Position of its newest operation.
    pub fn last_seq(&self) -> Seq {
        match self {
            Self::File(file) => file.last_seq,
            Self::Hot(hot) => hot.run.last_seq,
        }
    }
}

/// Where an entry stands: a place in `recent`, in `base`, or among the graves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Recent(usize),
    Base(usize),
    Grave,
}

impl KeyedView {
    /// An empty table.
    pub fn empty(history: TableId) -> Self {
        Self {
            history,
            base: Vec::new(),
            recent: Vec::new(),
            graves: Arc::default(),
            merged_seq: Seq(0),
        }
    }

    /// The entry in force of a key, and where it is; none for a key that never was, or whose end is forgotten.
    pub(crate) fn find(&self, hash: u128) -> Result<Option<(Place, Entry)>> {
        // The newest first: what changes once, mostly changes again.
        for (place, source) in self.recent.iter().enumerate().rev() {
            if let Some(entry) = source.keys().get(hash)?.filter(|entry| source.rows().in_force(entry)) {
                return Ok(Some((Place::Recent(place), entry)));
            }
        }
        for (place, source) in self.base.iter().enumerate() {
            if let Some(entry) = source.keys.get(hash)?.filter(|entry| source.rows.in_force(entry)) {
                return Ok(Some((Place::Base(place), entry)));
            }
        }
        Ok(self.grave(hash))
    }

    /// The entries in force of many keys, in their order; each source is read once.
    pub(crate) fn find_many(&self, hashes: &[u128]) -> Result<Vec<Option<(Place, Entry)>>> {
        /// Below this, looking each key up costs less than preparing a sweep.
        const SWEEP: usize = 256;
        if hashes.len() < SWEEP {
            return hashes.iter().map(|hash| self.find(*hash)).collect();
        }
        let mut found: Vec<Option<(Place, Entry)>> = hashes.iter().map(|hash| self.grave(*hash)).collect();
        let mut open: Vec<usize> = (0..hashes.len()).collect();
        let recent = self.recent.iter().enumerate().rev();
        let recent = recent.map(|(place, source)| (Place::Recent(place), source.keys(), source.rows()));
        let base = self.base.iter().enumerate();
        let base = base.map(|(place, source)| (Place::Base(place), source.keys.as_ref() as &dyn KeyMap, &source.rows));
        for (place, keys, rows) in recent.chain(base) {
            if open.is_empty() {
                break;
            }
            let asked: Vec<u128> = open.iter().map(|at| hashes[*at]).collect();
            let entries = keys.get_many(&asked)?;
            let mut left = Vec::with_capacity(open.len());
            for (at, entry) in open.into_iter().zip(entries) {
                match entry.filter(|entry| rows.in_force(entry)) {
                    Some(entry) => found[at] = Some((place, entry)),
                    None => left.push(at),
                }
            }
            open = left;
        }
        Ok(found)
    }

    fn grave(&self, hash: u128) -> Option<(Place, Entry)> {
        let version = *self.graves.get(&hash)?;
        let entry = Entry {
            row: 0,
            content: 0,
            version,
            deleted: true,
        };
        Some((Place::Grave, entry))
    }

    /// Records that a later operation has superseded an entry in force.
    pub(crate) fn supersede(&mut self, place: Place, entry: &Entry) {
        match place {
            Place::Recent(at) => self.recent[at].rows_mut().supersede(entry),
            Place::Base(at) => self.base[at].rows.supersede(entry),
            // It stays: the newer entry is found before it, and the next merge forgets it.
            Place::Grave => {}
        }
    }

    /// Current rows; exact.
    pub fn rows(&self) -> u64 {
        let base = self
            .base
            .iter()
            .map(|source| source.file.rows - source.rows.hidden.len() as u64);
        let recent = self.recent.iter().map(|source| {
            let rows = match source {
                Recent::File(file) => file.file.rows,
                Recent::Hot(hot) => hot.run.rows as u64,
            };
            rows - source.rows().hidden.len() as u64
        });
        base.sum::<u64>() + recent.sum::<u64>()
    }

    /// Rows that are newer than the current table's files, shown or not.
    pub fn overlay_rows(&self) -> u64 {
        let rows = self.recent.iter().map(|source| match source {
            Recent::File(file) => file.file.rows,
            Recent::Hot(hot) => hot.run.rows as u64,
        });
        rows.sum()
    }

    /// The hot runs, oldest first.
    pub fn hot(&self) -> impl Iterator<Item = &HotSource> {
        self.recent.iter().filter_map(|source| match source {
            Recent::Hot(hot) => Some(hot),
            Recent::File(_) => None,
        })
    }

    /// The files of the history that are not merged, oldest first.
    pub fn unmerged(&self) -> impl Iterator<Item = &FileSource> {
        self.recent.iter().filter_map(|source| match source {
            Recent::File(file) => Some(file),
            Recent::Hot(_) => None,
        })
    }
}

/// Keys that are looked up together. Tests cross it with few.
const PIECE: usize = if cfg!(test) { 2 } else { 64 << 10 };

/// Lets each file's operations supersede those of the files before it, from file `first` on: the base files before it
/// share no key. The files' own standing is as their maps were built. This is the state that `files` have by
/// themselves, whatever is in memory.
pub(super) fn resolve(files: &mut [FileSource], first: usize) -> Result<()> {
    for at in first.max(1)..files.len() {
        let (older, rest) = files.split_at_mut(at);
        in_force(rest[0].keys.as_ref(), &rest[0].rows, |hashes| {
            for source in older.iter_mut() {
                for entry in source.keys.get_many(hashes)?.into_iter().flatten() {
                    source.rows.supersede(&entry);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Gives the keys of a source's operations in force to `take`, in pieces, since there may be tens of millions.
pub(super) fn in_force(keys: &dyn KeyMap, rows: &Standing, mut take: impl FnMut(&[u128]) -> Result<()>) -> Result<()> {
    let mut piece = Vec::new();
    for item in keys.iter() {
        let (hash, entry) = item?;
        if rows.in_force(&entry) {
            piece.push(hash);
        }
        if piece.len() == PIECE {
            take(&piece)?;
            piece.clear();
        }
    }
    take(&piece)
}

/// Carries over what was superseded in `sources` after `before` was noted: the same keys' entries in the files that
/// replace them are superseded as well.
pub(super) fn carry_over<'a>(
    sources: impl Iterator<Item = (&'a dyn KeyMap, &'a Standing, &'a Standing)>,
    files: &mut [FileSource],
) -> Result<()> {
    for (keys, before, now) in sources {
        let mut over = RowSet::default();
        let changed = now
            .hidden
            .difference(&before.hidden)
            .chain(now.spent.difference(&before.spent));
        changed.for_each(|row| {
            over.insert(row);
        });
        if over.is_empty() {
            continue;
        }
        let hashes: Vec<u128> = keys.hashes_of(&over)?.into_iter().map(|(_, hash)| hash).collect();
        for file in files.iter_mut() {
            for entry in file.keys.get_many(&hashes)?.into_iter().flatten() {
                file.rows.supersede(&entry);
            }
        }
    }
    Ok(())
}
