//! OpenDocument spreadsheets, read row by row. Repeated rows and cells are written once in the file; here they are as
//! many as they stand for, but only where they hold something.

mod cells;

use super::{
    archive::Archive,
    book::{Book, Sheet, Take},
    xml::{Xml, attribute, unescaped},
};
use crate::{Error, Result, decode::document::Held};
use chrono::NaiveDate;
use memchr::memmem;
use quick_xml::events::Event;
use std::collections::HashSet;

/// The part with the cells.
pub(super) const CONTENT: &str = "content.xml";
/// Largest list of the parts, which tells whether they are locked.
const MANIFEST: u64 = 16 << 20;
/// Most sheets that are looked at.
const SHEETS: usize = 64;
/// Most styles that hide a sheet.
const STYLES: usize = 10_000;

/// An open workbook.
pub(super) struct Ods<'h> {
    held: &'h mut Held,
    archive: Archive,
    sheets: Vec<Sheet>,
    /// Days from the usual first day to that of this workbook.
    epoch: f64,
}

impl<'h> Ods<'h> {
    /// Finds the sheets.
    pub(super) fn open(held: &'h mut Held, archive: Archive) -> Result<Self> {
        let manifest = archive
            .bytes(held, "META-INF/manifest.xml", MANIFEST)?
            .unwrap_or_default();
        if memmem::find(&manifest, b"encryption-data").is_some() {
            return Err(super::locked());
        }
        let kind = archive.bytes(held, "mimetype", 100)?.unwrap_or_default();
        if memmem::find(&kind, b"spreadsheet").is_none() {
            return Err(Error::invalid(
                "the file is an OpenDocument text or drawing, not a spreadsheet: copy its table into a spreadsheet and send that",
            ));
        }
        let (sheets, epoch) = sheets(held, &archive)?;
        Ok(Self {
            held,
            archive,
            sheets,
            epoch,
        })
    }
}

impl Book for Ods<'_> {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, index: usize, take: Take<'_>) -> Result<()> {
        cells::rows(self.archive.part(self.held, CONTENT)?, index, self.epoch, take)
    }
}

/// The sheets, and the day from which numbers of days count.
fn sheets(held: &mut Held, archive: &Archive) -> Result<(Vec<Sheet>, f64)> {
    let mut xml = Xml::new(archive.part(held, CONTENT)?);
    let mut buffer = Vec::new();
    let (mut style, mut hiding) = (String::new(), HashSet::new());
    let (mut sheets, mut epoch) = (Vec::new(), 0.0);
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "style" => style = unescaped(attribute(&element, "name").unwrap_or_default()).into_owned(),
                "null-date" => {
                    let first =
                        attribute(&element, "date-value").and_then(|date| date.get(..10)?.parse::<NaiveDate>().ok());
                    let usual = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default();
                    epoch = first.map_or(0.0, |first| first.signed_duration_since(usual).num_days() as f64);
                }
                "table-properties" => {
                    if attribute(&element, "display") == Some("false") && hiding.len() < STYLES {
                        hiding.insert(std::mem::take(&mut style));
                    }
                }
                "table" => {
                    let text = |name| unescaped(attribute(&element, name).unwrap_or_default()).into_owned();
                    if sheets.len() < SHEETS {
                        sheets.push(Sheet {
                            name: text("name"),
                            is_hidden: hiding.contains(&text("style-name")),
                        });
                    }
                    xml.skip()?;
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, epoch)),
            _ => {}
        }
    }
}
