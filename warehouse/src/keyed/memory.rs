//! The key map of a hot run: sorted arrays, so that two of them merge in one pass, with a directory over the upper
//! bits of the hashes, so that a probe looks at a handful of keys. A key costs 41 to 42 bytes.

use super::{Entry, KeyMap, RowSet};
use crate::{Error, Result};

/// A key map in memory.
#[derive(Debug, Default)]
pub struct MemoryMap {
    /// Ascending, without repeats.
    hashes: Vec<u128>,
    /// In the order of `hashes`.
    entries: Vec<Entry>,
    /// For each value of the upper `bits` bits of a hash, the first place in `hashes` that is not below it.
    starts: Vec<u32>,
    bits: u32,
}

/// Keys for one entry of the directory, about.
const KEYS_PER_START: usize = 4;

impl MemoryMap {
    /// The map of entries whose hashes ascend.
    pub(super) fn from_sorted(sorted: impl ExactSizeIterator<Item = (u128, Entry)>) -> Self {
        let mut map = Self::with_capacity(sorted.len());
        for (hash, entry) in sorted {
            map.push(hash, entry);
        }
        map.index();
        map
    }

    /// One map for two runs that become one: the rows of `newer`, every one of whose pushes came later, follow those
    /// of `older`, which has `offset` rows. Also answers the rows that this supersedes, in the numbers of the new run;
    /// rows that were dead in either run stay dead and are not among them.
    pub fn merge(older: &Self, newer: &Self, offset: u32) -> Result<(Self, RowSet)> {
        let mut merged = Self::with_capacity(older.hashes.len() + newer.hashes.len());
        let mut superseded = RowSet::default();
        let mut at = 0;
        for (hash, entry) in newer.hashes.iter().zip(&newer.entries) {
            let Some(row) = entry.row.checked_add(offset) else {
                return Err(Error::internal("hot runs could not be merged", "too many rows"));
            };
            while let Some(kept) = older.hashes.get(at).filter(|kept| *kept < hash) {
                merged.push(*kept, older.entries[at]);
                at += 1;
            }
            let current = Entry { row, ..*entry };
            if older.hashes.get(at) == Some(hash) {
                let before = older.entries[at];
                at += 1;
                superseded.insert(before.row);
            }
            merged.push(*hash, current);
        }
        merged.hashes.extend_from_slice(&older.hashes[at..]);
        merged.entries.extend_from_slice(&older.entries[at..]);
        merged.index();
        Ok((merged, superseded))
    }

    fn with_capacity(keys: usize) -> Self {
        Self {
            hashes: Vec::with_capacity(keys),
            entries: Vec::with_capacity(keys),
            ..Self::default()
        }
    }

    fn push(&mut self, hash: u128, entry: Entry) {
        self.hashes.push(hash);
        self.entries.push(entry);
    }

    /// Fills the directory when all keys are there.
    fn index(&mut self) {
        self.bits = (self.hashes.len() / KEYS_PER_START).max(1).ilog2();
        self.starts = Vec::with_capacity((1 << self.bits) + 1);
        for (at, hash) in (0u32..).zip(&self.hashes) {
            let bucket = self.bucket(*hash);
            while self.starts.len() <= bucket {
                self.starts.push(at);
            }
        }
        self.starts.resize((1 << self.bits) + 1, self.hashes.len() as u32);
    }

    fn bucket(&self, hash: u128) -> usize {
        (hash >> 64 >> (64 - self.bits)) as usize
    }

    fn find(&self, hash: u128) -> Option<Entry> {
        let bucket = self.bucket(hash);
        let (first, end) = (
            *self.starts.get(bucket)? as usize,
            *self.starts.get(bucket + 1)? as usize,
        );
        let at = first + self.hashes[first..end].binary_search(&hash).ok()?;
        Some(self.entries[at])
    }
}

impl KeyMap for MemoryMap {
    fn len(&self) -> usize {
        self.hashes.len()
    }

    fn get(&self, hash: u128) -> Result<Option<Entry>> {
        Ok(self.find(hash))
    }

    fn get_many(&self, hashes: &[u128]) -> Result<Vec<Option<Entry>>> {
        Ok(hashes.iter().map(|hash| self.find(*hash)).collect())
    }

    fn iter(&self) -> Box<dyn Iterator<Item = Result<(u128, Entry)>> + '_> {
        Box::new(self.hashes.iter().copied().zip(self.entries.iter().copied()).map(Ok))
    }

    fn resident_bytes(&self) -> usize {
        self.hashes.capacity() * size_of::<u128>()
            + self.entries.capacity() * size_of::<Entry>()
            + self.starts.capacity() * size_of::<u32>()
    }
}
