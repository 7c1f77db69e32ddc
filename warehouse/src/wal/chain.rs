//! Entries that build on each other: when one of them cannot be kept, those queued behind it, which were made in the
//! belief that it would be, must not be kept either.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A chain of entries. Its state changes each time one of them is refused.
#[derive(Debug, Clone, Default)]
pub struct Chain(Arc<AtomicU64>);

/// An entry's place in a chain.
#[derive(Debug, Clone)]
pub struct Link {
    chain: Chain,
    state: u64,
}

impl Chain {
    /// The state that an entry made now builds on. Read it before what the entry is made from.
    pub fn state(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// The place of an entry that was made at `state`.
    pub fn link(&self, state: u64) -> Link {
        Link {
            chain: self.clone(),
            state,
        }
    }
}

impl Link {
    /// True when an entry that this one builds on was refused.
    pub fn is_broken(&self) -> bool {
        self.chain.state() != self.state
    }

    /// This entry was refused.
    pub fn break_chain(&self) {
        self.chain.0.fetch_add(1, Ordering::AcqRel);
    }
}
