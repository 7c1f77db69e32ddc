//! The names of a payload's columns without a contract that knows them, for drafts.

use super::{
    MAX_RECORD,
    charset::Charset,
    csv::CANDIDATES,
    document::Held,
    inflate::Inflate,
    tokenise::{Dialect, cells},
};
use crate::{ContentEncoding, Error, Format, Result};

/// The header of a payload whose format has one.
///
/// # Errors
/// `Invalid` where there is none, or the payload cannot be read.
pub(crate) fn headers(
    format: Format,
    encoding: ContentEncoding,
    sheet: Option<&str>,
    payload: &[u8],
    limit: u64,
) -> Result<Vec<String>> {
    let mut plain = Vec::new();
    let mut inflate = Inflate::new(encoding, limit)?;
    // Of a text the first line is enough.
    let enough = if format.is_document() {
        u64::MAX
    } else {
        2 * MAX_RECORD as u64
    };
    inflate.push(payload, enough, &mut |part| {
        plain.extend_from_slice(part);
        Ok(())
    })?;
    match format {
        Format::Csv => csv(&plain),
        Format::Xlsx | Format::Xls | Format::Ods => {
            super::workbook::headers(format, &mut Held::Memory(plain), sheet, limit)
        }
        Format::Parquet => super::columnar::parquet_headers(&mut Held::Memory(plain)),
        Format::Arrow => super::columnar::arrow_headers(&mut Held::Memory(plain)),
        _ => Err(Error::internal("this format has no header", format.as_str())),
    }
}

/// The first line that is not blank, under the delimiter that finds most columns.
fn csv(payload: &[u8]) -> Result<Vec<String>> {
    let mut text = Vec::new();
    let head = payload.get(..payload.len().min(MAX_RECORD)).unwrap_or_default();
    Charset::new(None, None)?.push(head, &mut |utf8| {
        text.extend_from_slice(utf8);
        Ok(())
    })?;
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line =
        line.ok_or_else(|| Error::invalid("the sample has no header line: the first line must name the columns"))?;
    let split = |delimiter: &u8| {
        cells(
            line,
            Dialect {
                delimiter: *delimiter,
                quote: b'"',
            },
        )
    };
    Ok(CANDIDATES.iter().map(split).max_by_key(Vec::len).unwrap_or_default())
}
