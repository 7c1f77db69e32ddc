//! Keyed tables: which row of which source holds the newest version of a key.
//!
//! There is no mutable index. Every *source* of rows, a hot run in memory or a Parquet file, has an immutable
//! [`KeyMap`] from key hash to row and a copy-on-write [`RowSet`] of its dead rows: those that a later operation of
//! the same or a later source superseded, and those that are deletions. A look-up asks the sources, newest first.
//! Key maps are derived: losing or damaging one costs the time to build it again and nothing else.

mod builder;
mod file;
mod filter;
mod format;
mod hash;
mod map;
mod memory;
mod repeats;
mod rows;
mod write;

#[cfg(test)]
mod tests;

pub use builder::{KeyMapBuilder, Operation};
pub use file::FileMap;
pub use hash::{KeyHasher, version_values};
pub use map::{Entry, KeyMap, NO_VERSION, Source};
pub use memory::MemoryMap;
pub use repeats::Repeats;
pub use rows::RowSet;
