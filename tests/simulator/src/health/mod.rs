//! Illness and what the health centres see of it. Invariant: the weekly counts are counts of the visits.

pub(crate) mod disease;
mod list;
pub(crate) mod visit;
pub(crate) mod weekly;
