//! Parquet and Arrow.

use super::{
    Emit,
    document::{Asked, Held},
};
use crate::{Error, Result};

/// Reads the rows of a Parquet file.
pub(super) fn parquet(_held: &mut Held, _asked: &Asked, _emit: Emit<'_>) -> Result<Vec<String>> {
    Err(Error::Unsupported("Parquet is not read here yet".to_owned()))
}

/// Reads the rows of an Arrow stream or file.
pub(super) fn arrow(_held: &mut Held, _asked: &Asked, _emit: Emit<'_>) -> Result<Vec<String>> {
    Err(Error::Unsupported("Arrow is not read here yet".to_owned()))
}
