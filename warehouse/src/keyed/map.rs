//! What every key map answers, wherever it is kept.

use super::RowSet;
use crate::Result;

/// Version of a row whose contract has no version column, or whose version is missing: older than any other.
pub const NO_VERSION: i64 = i64::MIN;

/// The last operation on a key within one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Row number in the source, from 0.
    pub row: u32,
    /// Content hash of the row.
    pub content: u64,
    /// Value of the version column, [`NO_VERSION`] where there is none.
    pub version: i64,
    /// The row is a deletion of the key.
    pub deleted: bool,
}

/// The file a key map belongs to. A map is opened only for the very source it was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path of the file relative to its table, at most 4,000 bytes.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// [`KeyHasher::fingerprint`](super::KeyHasher::fingerprint) of the hashes.
    pub hasher: u64,
}

/// An immutable map from key hash to the key's current row within one source: of all its operations on the key the
/// last one, the one with the greatest (seq, line); stale operations are not among them.
///
/// It says nothing about other sources. An error means that the machine failed or that the map is damaged, never
/// that the key is absent; a damaged map is thrown away and built again.
pub trait KeyMap: std::fmt::Debug + Send + Sync {
    /// Keys in the map.
    fn len(&self) -> usize;

    /// True when no key is in the map.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of a key. At most one read of 4 KB; usually none when the key is absent.
    fn get(&self, hash: u128) -> Result<Option<Entry>>;

    /// The entries of many keys, in their order. Reads every part of the map at most once, in its order.
    fn get_many(&self, hashes: &[u128]) -> Result<Vec<Option<Entry>>>;

    /// All entries by hash, ascending, in bounded memory. Ends after an error.
    fn iter(&self) -> Box<dyn Iterator<Item = Result<(u128, Entry)>> + '_>;

    /// Row and key hash of those of `rows` that are the current rows of their keys here, by row. Reads the whole map.
    fn hashes_of(&self, rows: &RowSet) -> Result<Vec<(u32, u128)>> {
        let mut found = Vec::with_capacity(rows.len().min(self.len()));
        for item in self.iter() {
            let (hash, entry) = item?;
            if rows.contains(entry.row) {
                found.push((entry.row, hash));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Bytes of memory the map holds while it is open.
    fn resident_bytes(&self) -> usize;
}
