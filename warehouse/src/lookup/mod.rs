//! Rows by row: beside a file of a keyed table, which is kept by column, its rows once more, each in one piece, so
//! that a look-up by key costs one read. Derived from the file and disposable: losing or damaging one costs the time
//! to make it again, and until then the row comes from the file itself.

mod cell;
mod encode;
mod store;

#[cfg(test)]
mod tests;

pub(crate) use cell::RowCell;
pub(crate) use store::{RowStore, RowStoreWriter, StoreSource};
