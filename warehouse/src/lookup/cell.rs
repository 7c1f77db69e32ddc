//! A file's store of rows as it comes and goes: not asked for yet, being made, open.

use super::RowStore;
use arc_swap::ArcSwapOption;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Shared by all views of one file.
#[derive(Debug, Default)]
pub(crate) struct RowCell {
    store: ArcSwapOption<RowStore>,
    busy: AtomicBool,
}

/// The right to make or open the store; gives it back when it is dropped.
#[derive(Debug)]
pub(crate) struct Making(Arc<RowCell>);

impl RowCell {
    /// The store, where it is open.
    pub fn get(&self) -> arc_swap::Guard<Option<Arc<RowStore>>> {
        self.store.load()
    }

    /// Forgets a store that turned out to be damaged.
    pub fn forget(&self) {
        self.store.store(None);
    }

    /// The right to make the store, for one at a time; none where it is open already.
    pub fn begin(self: &Arc<Self>) -> Option<Making> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        let making = Making(self.clone());
        self.store.load().is_none().then_some(making)
    }
}

impl Making {
    /// The store is open.
    pub fn done(self, store: RowStore) {
        self.0.store.store(Some(Arc::new(store)));
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}
