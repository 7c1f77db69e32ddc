//! XLSX, XLS and ODS workbooks, as clerks send them: with titles above the header and signatures below the rows, with
//! merged cells, several sheets, and numbers that were texts once. What is not read as a row is named in a warning.

mod archive;
mod body;
mod book;
mod choose;
mod fit;
mod format;
mod head;
mod kind;
mod leftover;
mod number;
mod ods;
mod xls;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

use super::{
    Emit,
    document::{Asked, Held},
};
use crate::{Error, Format, Result};
use archive::Archive;
use book::Book;
use kind::Kind;

/// Reads the rows of the sheet that is asked for, or else fits best.
pub(super) fn read(format: Format, held: &mut Held, asked: &Asked, emit: Emit<'_>) -> Result<Vec<String>> {
    let mut book = open(format, held, asked.limit)?;
    let chosen = choose::sheet(&mut *book, asked)?;
    let mut warnings = chosen.warnings;
    warnings.extend(body::read(&mut *book, chosen.index, chosen.head, asked, emit)?);
    Ok(warnings)
}

/// Opens a workbook as what it is, whichever of the three it was sent as.
fn open(format: Format, held: &mut Held, limit: u64) -> Result<Box<dyn Book + '_>> {
    match kind::of(format, held)? {
        Kind::Zip => {
            let archive = Archive::open(held, limit)?;
            if archive.has("[Content_Types].xml") {
                return Ok(Box::new(xlsx::Xlsx::open(held, archive)?));
            }
            if archive.has(ods::CONTENT) {
                return Ok(Box::new(ods::Ods::open(held, archive)?));
            }
            Err(Error::invalid(
                "the file is a ZIP archive but no workbook: unpack it and send the workbook that is in it",
            ))
        }
        Kind::Container => Ok(Box::new(xls::Xls::open(held, false)?)),
        Kind::BareRecords => Ok(Box::new(xls::Xls::open(held, true)?)),
    }
}

/// The fault of a workbook with a password.
fn locked() -> Error {
    Error::invalid(
        "the workbook is locked with a password: open it, take the password off (File, Info, Protect Workbook), save it, and send it again",
    )
}
