//! Building the key maps of sources that are written together, from their operations in any order.

use super::{Entry, FileMap, MemoryMap, NO_VERSION, RowSet, Source, write::write};
use crate::{Error, Result, Seq};
use std::{collections::HashMap, path::PathBuf};

/// One row of a source, as a key map needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Key hash.
    pub hash: u128,
    /// Row number in the source, from 0; no row comes twice.
    pub row: u32,
    /// Content hash.
    pub content: u64,
    /// Value of the version column, [`NO_VERSION`] where there is none.
    pub version: i64,
    /// The row deletes the key.
    pub deleted: bool,
    /// Position of the push.
    pub seq: Seq,
    /// Line within the push, below 2^32.
    pub line: u64,
}

/// Collects the operations of up to 65,536 sources, and keeps the last one of each key in whichever source it is: the
/// greatest (seq, line). A stale operation is none: it is only hidden. Holds 40 bytes an operation, and 8 more when
/// there are versions.
#[derive(Debug, Default)]
pub struct KeyMapBuilder {
    held: Vec<Held>,
    /// The positions that occur; few, whatever the number of operations, so an operation holds a place in here.
    seqs: Vec<Seq>,
    place_of: HashMap<Seq, u32>,
    /// By source and row; empty until one has a version.
    versions: Vec<Vec<i64>>,
    /// By source.
    hidden: Vec<RowSet>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    /// Upper and lower half: as one number it would be aligned to 16 bytes and cost 8 more.
    hash: [u64; 2],
    content: u64,
    row: u32,
    seq: u32,
    line: u32,
    source: u16,
    deleted: bool,
}

impl KeyMapBuilder {
    /// A builder with room for `operations`.
    pub fn with_capacity(operations: usize) -> Self {
        Self {
            held: Vec::with_capacity(operations),
            ..Self::default()
        }
    }

    /// A row of a source that counts for nothing.
    pub fn hide(&mut self, source: u16, row: u32) {
        self.hidden_of(source).insert(row);
    }

    /// Adds a row of a source. Fails for a line of 2^32 or more.
    pub fn push(&mut self, source: u16, operation: &Operation) -> Result<()> {
        let Ok(line) = u32::try_from(operation.line) else {
            return Err(Error::invalid("a push has more lines than a key map can count"));
        };
        let seq = self.place(operation.seq);
        let row = operation.row as usize;
        if operation.version != NO_VERSION {
            let at = usize::from(source);
            if self.versions.len() <= at {
                self.versions.resize_with(at + 1, Vec::new);
            }
            let versions = &mut self.versions[at];
            if versions.len() <= row {
                versions.resize(row + 1, NO_VERSION);
            }
            versions[row] = operation.version;
        }
        self.held.push(Held {
            hash: [(operation.hash >> 64) as u64, operation.hash as u64],
            content: operation.content,
            row: operation.row,
            seq,
            line,
            source,
            deleted: operation.deleted,
        });
        Ok(())
    }

    /// The map of source 0 in memory, and the rows of it that are hidden: superseded, stale, or deletions.
    pub fn build(mut self) -> (MemoryMap, RowSet) {
        self.resolve();
        let hidden = std::mem::take(self.hidden_of(0));
        (MemoryMap::from_sorted(self.entries(0)), hidden)
    }

    /// The maps of the sources in files, which replace what is there and are synced, and the hidden rows of each.
    pub fn write(mut self, files: &[(PathBuf, Source)]) -> Result<Vec<(FileMap, RowSet)>> {
        self.resolve();
        for (at, (path, source)) in (0..).zip(files) {
            let hidden = self.hidden_of(at).clone();
            let has_versions = self
                .versions
                .get(usize::from(at))
                .is_some_and(|versions| !versions.is_empty());
            write(path, source, self.entries(at), has_versions, &hidden)?;
        }
        // Free the operations before the maps take their memory.
        drop(self);
        files.iter().map(|(path, source)| FileMap::open(path, source)).collect()
    }

    fn hidden_of(&mut self, source: u16) -> &mut RowSet {
        let at = usize::from(source);
        if self.hidden.len() <= at {
            self.hidden.resize_with(at + 1, RowSet::default);
        }
        &mut self.hidden[at]
    }

    fn place(&mut self, seq: Seq) -> u32 {
        // Rows of one push mostly follow each other.
        if let Some(last) = self.held.last()
            && self.seqs[last.seq as usize] == seq
        {
            return last.seq;
        }
        *self.place_of.entry(seq).or_insert_with(|| {
            self.seqs.push(seq);
            self.seqs.len() as u32 - 1
        })
    }

    /// Sorts by source and hash, and leaves the last operation of each key; hides the others and the deletions.
    fn resolve(&mut self) {
        let mut held = std::mem::take(&mut self.held);
        held.sort_unstable_by_key(|operation| operation.hash);
        let mut kept: usize = 0;
        for at in 0..held.len() {
            let next = held[at];
            if kept > 0 && held[kept - 1].hash == next.hash {
                let before = held[kept - 1];
                let (last, superseded) = match self.rank(&next) > self.rank(&before) {
                    true => (next, before),
                    false => (before, next),
                };
                self.hide(superseded.source, superseded.row);
                held[kept - 1] = last;
            } else {
                held[kept] = next;
                kept += 1;
            }
        }
        held.truncate(kept);
        for deletion in held.iter().filter(|operation| operation.deleted) {
            self.hide(deletion.source, deletion.row);
        }
        // Within a source the order by hash stays.
        if held.iter().any(|operation| operation.source != held[0].source) {
            held.sort_by_key(|operation| operation.source);
        }
        self.held = held;
    }

    fn rank(&self, operation: &Held) -> (Seq, u32) {
        (self.seqs[operation.seq as usize], operation.line)
    }

    fn version(&self, operation: &Held) -> i64 {
        let versions = self.versions.get(usize::from(operation.source));
        let version = versions.and_then(|versions| versions.get(operation.row as usize));
        version.copied().unwrap_or(NO_VERSION)
    }

    fn entries(&self, source: u16) -> impl ExactSizeIterator<Item = (u128, Entry)> + '_ {
        let first = self.held.partition_point(|operation| operation.source < source);
        let end = self.held.partition_point(|operation| operation.source <= source);
        self.held[first..end].iter().map(|operation| {
            let [upper, lower] = operation.hash;
            let entry = Entry {
                row: operation.row,
                content: operation.content,
                version: self.version(operation),
                deleted: operation.deleted,
            };
            (u128::from(upper) << 64 | u128::from(lower), entry)
        })
    }
}
