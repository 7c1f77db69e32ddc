//! Workbooks (XLSX) of offices. Invariant: the bytes depend on the cells alone; the time of creation in them is fixed.

use crate::{Envelope, Error, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook with one sheet that `fill` writes; `rows` counts its data rows.
pub(crate) fn workbook(
    dataset: &'static str,
    name: &str,
    sheet: &str,
    rows: usize,
    fill: impl FnOnce(&mut Worksheet) -> Result<(), XlsxError>,
) -> Result<Envelope> {
    let bytes = || -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2024, 1, 1)?));
        let page = book.add_worksheet();
        page.set_name(sheet)?;
        fill(page)?;
        book.save_to_buffer()
    };
    let body = bytes().map_err(|e| Error::new(format!("{name} cannot be written: {e}")))?;
    Ok(Envelope {
        dataset,
        name: name.to_owned(),
        content_type: XLSX,
        body,
        rows: rows as u64,
    })
}
