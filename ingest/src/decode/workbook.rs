//! XLSX, XLS and ODS workbooks.

use super::{
    Emit,
    document::{Asked, Held},
};
use crate::{Error, Format, Result};

/// Reads the rows.
pub(super) fn read(_format: Format, _held: &mut Held, _asked: &Asked, _emit: Emit<'_>) -> Result<Vec<String>> {
    Err(Error::Unsupported("this format is not read here yet".to_owned()))
}

pub(super) fn headers(_format: Format, _held: &mut Held, _sheet: Option<&str>, _limit: u64) -> Result<Vec<String>> {
    Err(Error::Unsupported("this format is not read here yet".to_owned()))
}
