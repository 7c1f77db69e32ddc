//! Which keys come more than once, among more keys than memory should hold.

use super::filter::Filter;
use std::collections::HashSet;

/// Looks for keys that come more than once, in 11 bits a key: a few of 1,000 keys that come once are taken for such,
/// none that comes twice is missed.
#[derive(Debug)]
pub struct Repeats {
    seen: Filter,
    repeated: HashSet<u128>,
}

impl Repeats {
    /// Room for so many keys; more of them cost precision, not truth.
    pub fn among(keys: usize) -> Self {
        Self {
            seen: Filter::for_keys(keys.max(1)),
            repeated: HashSet::new(),
        }
    }

    /// More keys.
    pub fn add(&mut self, hashes: &[u128]) {
        for hash in hashes {
            if self.seen.may_contain(*hash) {
                self.repeated.insert(*hash);
            } else {
                self.seen.insert(*hash);
            }
        }
    }

    /// The keys that may have come more than once.
    pub fn found(self) -> HashSet<u128> {
        self.repeated
    }
}
