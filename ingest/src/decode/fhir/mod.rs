//! FHIR R4 bundles.

use super::{
    Emit,
    document::{Asked, Held},
};
use crate::{Error, Result};

/// Reads the rows.
pub(super) fn read(_held: &mut Held, _asked: &Asked, _emit: Emit<'_>) -> Result<Vec<String>> {
    Err(Error::Unsupported("this format is not read here yet".to_owned()))
}
