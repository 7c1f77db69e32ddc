//! Services, their places and counters: the catalogue behind queues, village letters and satisfaction.
//! Owned by the feeds of services; the core only holds the value.

use crate::{Result, regions::Regions};

/// The catalogue of one world.
#[derive(Debug, Clone, Default)]
pub(crate) struct Services {}

impl Services {
    /// Builds the catalogue of the world of `seed`.
    pub(crate) fn build(seed: u64, regions: &Regions) -> Result<Self> {
        let _ = (seed, regions);
        Ok(Self {})
    }
}
