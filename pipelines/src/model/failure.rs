//! What failed, and whether another attempt is worth its cost.

use super::plan::PlannedModel;
use smartcenter_warehouse::{Error, Kind, Result, Seq, Warehouse};
use std::sync::Arc;

/// What a failed attempt was made from: while it is the same, so is its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    fingerprint: String,
    /// Position of the last push to a source.
    touched: Seq,
}

impl Failed {
    /// From the sources as they are now.
    pub fn of(warehouse: &Arc<Warehouse>, model: &PlannedModel) -> Result<Self> {
        let reader = warehouse.reader()?;
        let sources = model
            .sources
            .iter()
            .filter_map(|source| reader.contract(source.dataset.as_str()));
        Ok(Self {
            fingerprint: model.fingerprint.clone(),
            touched: sources
                .map(|contract| reader.touched(contract))
                .max()
                .unwrap_or_default(),
        })
    }
}

/// Whether something is refused for what it is, and would be again.
pub(super) fn is_refusal(error: &Error) -> bool {
    matches!(error.kind(), Kind::Invalid | Kind::Conflict)
}

/// Whether another attempt may do what this one could not.
pub(super) fn may_pass(error: &Error) -> bool {
    matches!(error.kind(), Kind::TooMany | Kind::Unavailable)
}
