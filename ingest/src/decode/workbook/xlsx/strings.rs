//! The texts that the sheets of a workbook share.

use super::super::{
    archive::SAVE_ANEW,
    xml::{Xml, push_reference},
};
use crate::{Error, Result};
use quick_xml::events::Event;
use std::io::Read;

/// Most bytes of shared texts: they are in memory as long as the workbook is read.
const MOST: usize = 256 << 20;

/// All of them, in one piece.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the part.
    pub(super) fn read(part: impl Read) -> Result<Self> {
        let mut strings = Self::default();
        let mut xml = Xml::new(part);
        let mut buffer = Vec::new();
        loop {
            match xml.next(&mut buffer)? {
                Event::Start(element) if element.local_name().as_ref() == "si" => {
                    drop(element);
                    let start = strings.text.len();
                    read_text(&mut xml, &mut strings.text, &mut buffer)?;
                    decode(&mut strings.text, start);
                    strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
                    if strings.text.len() + strings.ends.len() * 4 > MOST {
                        return Err(Error::TooLarge(format!(
                            "the texts of the workbook are more than {MOST} bytes: split it into several pushes, or send CSV"
                        )));
                    }
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    /// The text with number `index`.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Result<&str> {
        let end = self.ends.get(index).map(|end| *end as usize);
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).map(|end| *end as usize),
            None => Some(0),
        };
        start
            .zip(end)
            .and_then(|(start, end)| self.text.get(start..end))
            .ok_or_else(|| {
                Error::invalid(format!(
                    "a cell of the workbook names a text that is not there: {SAVE_ANEW}"
                ))
            })
    }
}

/// Appends the text of the element just begun (`si`, `is`): its runs joined, without what says how to pronounce it.
pub(super) fn read_text<R: Read>(xml: &mut Xml<R>, text: &mut String, buffer: &mut Vec<u8>) -> Result<()> {
    let mut depth = 1;
    let mut inside = false;
    while depth > 0 {
        match xml.next(buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "rPh" => xml.skip()?,
            Event::Start(element) => {
                inside = element.local_name().as_ref() == "t";
                depth += 1;
            }
            Event::End(_) => {
                inside = false;
                depth -= 1;
            }
            Event::Text(piece) if inside => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if inside => text.push_str(&piece),
            Event::GeneralRef(reference) if inside => push_reference(text, &reference),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

/// Puts characters in the place of `_x000D_` and its like from `start` on: XML has no other way to hold some of them.
pub(super) fn decode(text: &mut String, start: usize) {
    if !text.get(start..).unwrap_or_default().contains("_x") {
        return;
    }
    let raw = text.split_off(start);
    let mut rest = raw.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let code = escape.get(2..6).filter(|_| escape.as_bytes().get(6) == Some(&b'_'));
        let decoded = code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match decoded {
            Some(character) => {
                text.push(character);
                rest = escape.get(7..).unwrap_or_default();
            }
            None => {
                text.push_str("_x");
                rest = escape.get(2..).unwrap_or_default();
            }
        }
    }
    text.push_str(rest);
}
