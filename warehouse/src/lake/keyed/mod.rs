//! Keyed tables: many versions in `history`, one current row per key in `current`, and the exact truth in between.
//!
//! The *sources* of a keyed table are the files of its current table (the base), the files of its history that are not
//! merged into it yet, and the hot runs. Each has a key map and the set of its hidden rows, so that what is shown is
//! simply every row that is not hidden: no key is compared while reading. The one invariant: of all sources together,
//! a key has at most one entry that is *in force* (not superseded), be it a row or a deletion.

mod classify;
mod flush;
mod locate;
mod merge;
mod open;
mod publish;
mod sequence;
mod source;

pub(crate) use classify::{Asked, Classified, Snapshot as KeyedSnapshot};
pub use locate::Located;
pub(crate) use open::KeyedTable;
pub(crate) use open::history_schema;
pub(super) use publish::Superseding;
pub(crate) use sequence::{Guarded, Line, Meeting, Touched, stale_warning};
pub use source::{FileSource, HotSource, KeyedView, Recent};
