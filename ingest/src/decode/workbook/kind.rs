//! What a file really is, by its first bytes. Many programs give a web page or a text the name of a workbook.

use super::{
    super::document::Held,
    archive::{SAVE_ANEW, broken},
};
use crate::{Error, Format, Result};
use std::io::Read;

/// Bytes that are looked at.
const HEAD: u64 = 1024;

/// What kinds of file a workbook can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A ZIP archive of XML parts.
    Zip,
    /// A compound file with records inside.
    Container,
    /// The records alone.
    BareRecords,
}

/// Tells the kind of a file that was sent as `format`.
pub(super) fn of(format: Format, held: &mut Held) -> Result<Kind> {
    let mut head = Vec::new();
    held.reader()?
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(|error| broken(&error))?;
    let sent = format.as_str();
    let what = match head.as_slice() {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => return Ok(Kind::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => return Ok(Kind::Container),
        [0x09, 0x08, 4..=16, 0, ..] => return Ok(Kind::BareRecords),
        [0x09, 0x00 | 0x02 | 0x04, ..] => format!("a workbook of Excel 4 or older: {SAVE_ANEW}"),
        [b'%', b'P', b'D', b'F', ..] => "a PDF: send the workbook that it was made from".to_owned(),
        [0x1f, 0x8b, ..] => "packed by gzip: say so with Content-Encoding: gzip, or send it unpacked".to_owned(),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            "packed by zstd: say so with Content-Encoding: zstd, or send it unpacked".to_owned()
        }
        [b'P', b'A', b'R', b'1', ..] => "Parquet: send it with Content-Type: application/vnd.apache.parquet".to_owned(),
        _ => of_text(&head),
    };
    Err(Error::invalid(format!("the file was sent as {sent}, but it is {what}")))
}

/// What a file is that is no known binary form.
fn of_text(head: &[u8]) -> String {
    let text = String::from_utf8_lossy(head);
    let start = text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
        .to_ascii_lowercase();
    let has_xml = start.starts_with("<?xml");
    if has_xml && (start.contains("excel.sheet") || start.contains("schemas-microsoft-com:office:spreadsheet")) {
        format!("an XML spreadsheet of Excel 2003: {SAVE_ANEW}")
    } else if start.starts_with("<html") || start.starts_with("<!doctype") || start.contains("<table") {
        format!("a web page (HTML) with the name of a workbook: {SAVE_ANEW}")
    } else if start.starts_with('{') || start.starts_with('[') {
        "JSON: send it with Content-Type: application/json".to_owned()
    } else if !start.starts_with('<') && is_text(head) {
        "text with delimiters: send it with Content-Type: text/csv, or name it .csv".to_owned()
    } else {
        format!("no workbook: {SAVE_ANEW}")
    }
}

/// Whether the bytes are those of a text, in whatever character set.
fn is_text(head: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r');
    !head.is_empty()
        && (!head.iter().any(is_control) || head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]))
}
