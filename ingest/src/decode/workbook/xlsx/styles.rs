//! What the styles of a workbook make of numbers.

use super::super::{
    book::Shows,
    format::{built_in, custom},
    xml::{Xml, attribute, unescaped},
};
use crate::Result;
use quick_xml::events::Event;
use std::{collections::HashMap, io::Read};

/// Most styles of a workbook; Excel has 65,490.
const MOST: usize = 1 << 20;

/// What each cell style shows of a number, in the order of their indexes.
pub(super) fn read(part: impl Read) -> Result<Vec<Shows>> {
    let mut formats: HashMap<u32, Shows> = HashMap::new();
    let mut styles = Vec::new();
    let mut inside = false;
    let mut xml = Xml::new(part);
    let mut buffer = Vec::new();
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode"))
                        && formats.len() < MOST
                    {
                        formats.insert(id, custom(&unescaped(code)));
                    }
                }
                "cellXfs" => inside = true,
                "xf" if inside && styles.len() < MOST => {
                    let id = attribute(&element, "numFmtId")
                        .and_then(|id| id.parse().ok())
                        .unwrap_or(0);
                    styles.push(formats.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => inside = false,
            Event::Eof => return Ok(styles),
            _ => {}
        }
    }
}
