//! The cells of a sheet, row by row.

use super::{
    super::{
        archive::{SAVE_ANEW, damaged},
        book::{COLUMNS, Merges, ROWS, Row, Shows, Take, Value},
        xml::{Xml, attributes, is_true, push_reference},
    },
    strings::{Strings, decode, read_text},
};
use crate::{Error, Result};
use quick_xml::events::{BytesStart, Event};
use std::{io::Read, ops::ControlFlow};

/// What cells refer to.
pub(super) struct Context<'a> {
    pub(super) strings: &'a Strings,
    pub(super) styles: &'a [Shows],
    pub(super) epoch: f64,
    pub(super) merges: Option<&'a Merges>,
}

/// Kind of a cell's value, by its `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Boolean,
    Error,
    Iso,
}

/// A cell that is being read.
struct Open {
    column: u32,
    kind: Kind,
    shows: Shows,
    has_formula: bool,
}

/// Memory that is used again for each cell.
#[derive(Default)]
struct Scratch {
    cell: Vec<u8>,
    value: Vec<u8>,
    text: String,
}

/// Hands over the rows of a sheet.
pub(super) fn rows(part: impl Read, context: &Context<'_>, take: Take<'_>) -> Result<()> {
    let mut xml = Xml::new(part);
    let mut row = Row::counting_from(context.epoch);
    let mut last = 0;
    let (mut buffer, mut scratch) = (Vec::new(), Scratch::default());
    loop {
        let element = match xml.next(&mut buffer)? {
            Event::Start(element) => element,
            Event::End(element) if element.local_name().as_ref() == "sheetData" => return Ok(()),
            // What is cut off inside its cells has lost rows; a sheet without any is none to read.
            Event::Eof if last == 0 => return Ok(()),
            Event::Eof => return Err(damaged()),
            _ => continue,
        };
        if element.local_name().as_ref() != "row" {
            continue;
        }
        begin(&mut row, &element, last)?;
        last = row.number;
        read_cells(&mut xml, &mut row, context, &mut scratch)?;
        row.seal()?;
        if let Some(merges) = context.merges {
            merges.mark(&mut row);
        }
        if !row.cells().is_empty() && take(&row)? == ControlFlow::Break(()) {
            return Ok(());
        }
    }
}

fn begin(row: &mut Row, element: &BytesStart<'_>, last: u64) -> Result<()> {
    row.begin(last + 1);
    for (name, value) in attributes(element) {
        match name {
            "r" => row.number = value.parse().map_err(|_| damaged())?,
            "hidden" => row.is_hidden = is_true(value),
            _ => {}
        }
    }
    if row.number <= last {
        return Err(Error::invalid(format!(
            "row {} of the sheet stands behind row {last}: {SAVE_ANEW}",
            row.number
        )));
    }
    if row.number > ROWS {
        return Err(Error::TooLarge(format!(
            "the sheet has a row {}, more than the {ROWS} that are read: split it into several sheets or pushes",
            row.number
        )));
    }
    Ok(())
}

/// Reads the cells of the row just begun.
fn read_cells<R: Read>(xml: &mut Xml<R>, row: &mut Row, context: &Context<'_>, scratch: &mut Scratch) -> Result<()> {
    let mut next = 0;
    loop {
        let open = match xml.next(&mut scratch.cell)? {
            Event::Start(element) if element.local_name().as_ref() == "c" => open(&element, next, context.styles)?,
            Event::Start(_) => {
                xml.skip()?;
                continue;
            }
            Event::End(_) => return Ok(()),
            Event::Eof => return Err(damaged()),
            _ => continue,
        };
        next = open.column + 1;
        read_cell(xml, open, row, context, scratch)?;
        if row.is_full() {
            return row.seal();
        }
    }
}

#[inline]
fn open(element: &BytesStart<'_>, next: u32, styles: &[Shows]) -> Result<Open> {
    let mut open = Open {
        column: next,
        kind: Kind::Number,
        shows: styles.first().copied().unwrap_or(Shows::Number),
        has_formula: false,
    };
    for (name, value) in attributes(element) {
        match name {
            "r" => open.column = column(value).ok_or_else(damaged)?,
            "s" => {
                let style = value.parse().ok().and_then(|style: usize| styles.get(style));
                open.shows = style.copied().unwrap_or(Shows::Number);
            }
            "t" => {
                open.kind = match value {
                    "s" => Kind::Shared,
                    "str" | "inlineStr" => Kind::Text,
                    "b" => Kind::Boolean,
                    "e" => Kind::Error,
                    "d" => Kind::Iso,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
    }
    if open.column >= COLUMNS {
        return Err(damaged());
    }
    Ok(open)
}

/// Reads the cell just begun.
fn read_cell<R: Read>(
    xml: &mut Xml<R>,
    mut open: Open,
    row: &mut Row,
    context: &Context<'_>,
    scratch: &mut Scratch,
) -> Result<()> {
    let Scratch { cell, value, text } = scratch;
    text.clear();
    loop {
        match xml.next(cell)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "v" => read_value(xml, text, value)?,
                "is" => {
                    open.kind = Kind::Text;
                    text.clear();
                    read_text(xml, text, value)?;
                }
                "f" => {
                    open.has_formula = true;
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Event::End(_) => break,
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
    let (column, shows) = (open.column, open.shows);
    if text.is_empty() {
        // An empty text is what a formula may well come to; no value at all is what a program leaves that cannot compute.
        if open.has_formula && open.kind != Kind::Text {
            row.push(column, Value::Uncomputed);
        }
        return Ok(());
    }
    match open.kind {
        Kind::Number => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => row.push(column, Value::Number(number, shows)),
            _ => row.push(column, Value::Text(text)),
        },
        Kind::Shared => {
            let index = text.trim().parse().map_err(|_| damaged())?;
            row.push(column, Value::Text(context.strings.get(index)?));
        }
        Kind::Text => {
            decode(text, 0);
            row.push(column, Value::Text(text));
        }
        Kind::Boolean => row.push(column, Value::Boolean(is_true(text.trim()))),
        Kind::Error => row.push(column, Value::Error(text)),
        Kind::Iso => row.push(column, Value::Iso(text)),
    }
    Ok(())
}

/// Appends the text of the `v` just begun.
#[inline]
fn read_value<R: Read>(xml: &mut Xml<R>, text: &mut String, buffer: &mut Vec<u8>) -> Result<()> {
    loop {
        match xml.next(buffer)? {
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece),
            Event::GeneralRef(reference) => push_reference(text, &reference),
            Event::Start(_) => xml.skip()?,
            Event::End(_) => return Ok(()),
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
}

/// The column of a place such as `AB12`, from 0.
#[inline]
fn column(place: &str) -> Option<u32> {
    let mut column = 0_u32;
    for byte in place.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' => {
                column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
                if column > COLUMNS {
                    return None;
                }
            }
            b'$' => {}
            _ => break,
        }
    }
    column.checked_sub(1)
}

/// Row and column of a place such as `$A$1`, from 0.
pub(super) fn place(text: &str) -> Option<(u32, u32)> {
    let row: u32 = text.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().ok()?;
    Some((row.checked_sub(1)?, column(text)?))
}
