//! Binary workbooks of Excel 97 to 2003 (`.xls`), and of Excel 5 and the many small programs that write its records
//! without any container. The file is in memory as a whole, which its limit allows; of its cells only the places are
//! kept besides.

mod cells;
mod container;
mod records;
mod strings;

use super::{
    archive::{SAVE_ANEW, damaged},
    book::{Book, Sheet, Shows, Take},
    format::{built_in, custom},
    locked,
};
use crate::{Error, Result, decode::document::Held};
use container::Container;
use encoding_rs::Encoding;
use records::{Record, records};
use std::{collections::HashMap, io::Read};
use strings::Reading;

/// Largest file: 65,536 rows are rarely a tenth of this.
const LARGEST: u64 = 64 << 20;
/// Most sheets that are looked at.
const SHEETS: usize = 256;
/// Days between the two epochs.
const EPOCH_1904: f64 = 1462.0;

/// An open workbook.
pub(super) struct Xls {
    stream: Vec<u8>,
    globals: Globals,
    sheets: Vec<Sheet>,
    /// Where the records of each sheet start.
    starts: Vec<usize>,
}

/// What holds for all sheets.
pub(super) struct Globals {
    /// Texts are Unicode, as of Excel 97.
    is_unicode: bool,
    encoding: &'static Encoding,
    epoch: f64,
    styles: Vec<Shows>,
    texts: Vec<String>,
}

impl Xls {
    /// Reads all but the cells. A file `is_bare` when its records have no container.
    pub(super) fn open(held: &mut Held, is_bare: bool) -> Result<Self> {
        let length = held.length()?;
        if length > LARGEST {
            return Err(Error::TooLarge(format!(
                "the workbook has {length} bytes, more than the {LARGEST} that are read of an .xls: {SAVE_ANEW}"
            )));
        }
        let mut bytes = Vec::new();
        held.reader()?
            .read_to_end(&mut bytes)
            .map_err(super::super::document::failed)?;
        let stream = if is_bare {
            bytes
        } else {
            let container = Container::open(&bytes)?;
            if container.has("EncryptedPackage") {
                return Err(locked());
            }
            let stream = container.stream("Workbook")?.or(container.stream("Book")?);
            stream.ok_or_else(|| {
                Error::invalid(format!("the file is an Office document, but no workbook: {SAVE_ANEW}"))
            })?
        };
        Self::of_stream(stream)
    }

    fn of_stream(stream: Vec<u8>) -> Result<Self> {
        let mut globals = Globals {
            is_unicode: false,
            encoding: encoding_rs::WINDOWS_1252,
            epoch: 0.0,
            styles: Vec::new(),
            texts: Vec::new(),
        };
        let mut formats = HashMap::new();
        let mut codes = Vec::new();
        let (mut sheets, mut starts) = (Vec::new(), Vec::new());
        for (at, record) in records(&stream, 0).enumerate() {
            let record = record?;
            match record.kind {
                Record::BOF => {
                    globals.is_unicode = record.u16(0) == 0x0600;
                    // A stream that starts with a sheet has nothing but that.
                    if at == 0 && record.u16(2) == 0x0010 {
                        sheets.push(Sheet {
                            name: "Sheet1".to_owned(),
                            is_hidden: false,
                        });
                        starts.push(0);
                        break;
                    }
                }
                Record::LOCK if record.u16(0) != 0 || record.data().len() > 2 => return Err(locked()),
                Record::CODEPAGE => globals.encoding = encoding(record.u16(0)),
                Record::EPOCH if record.u16(0) == 1 => globals.epoch = EPOCH_1904,
                Record::FORMAT => {
                    let code = globals.format(&record)?;
                    formats.insert(record.u16(0), custom(&code));
                }
                Record::XF => codes.push(record.u16(2)),
                Record::SST => globals.texts = strings::shared(&record)?,
                Record::SHEET if record.data().get(5) == Some(&0) && sheets.len() < SHEETS => {
                    let name = globals.short(&mut record.reading(6))?;
                    sheets.push(Sheet {
                        name: name.replace('\0', ""),
                        is_hidden: record.data().get(4).is_some_and(|state| state & 3 != 0),
                    });
                    starts.push(record.u32(0) as usize);
                }
                Record::EOF => break,
                _ => {}
            }
        }
        let shows = |code: &u16| formats.get(code).copied().unwrap_or_else(|| built_in(u32::from(*code)));
        globals.styles = codes.iter().map(shows).collect();
        if starts.is_empty() {
            return Err(damaged());
        }
        Ok(Self {
            stream,
            globals,
            sheets,
            starts,
        })
    }
}

impl Globals {
    /// The code of a number format.
    fn format(&self, record: &Record<'_>) -> Result<String> {
        if self.is_unicode {
            self.long(&mut record.reading(2))
        } else {
            self.short(&mut record.reading(2))
        }
    }

    /// A text whose length has one byte.
    fn short(&self, reading: &mut Reading<'_>) -> Result<String> {
        let length = usize::from(reading.byte()?);
        self.text(reading, length)
    }

    /// A text whose length has two bytes.
    fn long(&self, reading: &mut Reading<'_>) -> Result<String> {
        let length = usize::from(reading.u16()?);
        self.text(reading, length)
    }

    fn text(&self, reading: &mut Reading<'_>, length: usize) -> Result<String> {
        let mut text = String::new();
        if self.is_unicode {
            reading.unicode(length, &mut text)?;
        } else {
            text.push_str(&self.encoding.decode_without_bom_handling(&reading.bytes(length)?).0);
        }
        Ok(text)
    }
}

impl Book for Xls {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, index: usize, take: Take<'_>) -> Result<()> {
        match self.starts.get(index) {
            Some(start) => cells::rows(&self.stream, *start, &self.globals, take),
            None => Ok(()),
        }
    }
}

/// The character set of a code page.
fn encoding(page: u16) -> &'static Encoding {
    let label = match page {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        1200 => "utf-16le",
        10000 => "macintosh",
        65001 => "utf-8",
        1250..=1258 => {
            return Encoding::for_label(format!("windows-{page}").as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252);
        }
        _ => "windows-1252",
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
}
