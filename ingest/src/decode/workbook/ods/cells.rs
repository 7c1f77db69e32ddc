//! The cells of a sheet, row by row.

use super::super::{
    archive::damaged,
    book::{COLUMNS, ROWS, Row, Shows, Take, Value},
    xml::{Xml, attribute, attributes, push_reference, unescaped},
};
use crate::{Error, Result};
use quick_xml::events::{BytesStart, Event};
use std::{io::Read, ops::ControlFlow};

/// Memory that is used again for each cell.
#[derive(Default)]
struct Scratch {
    cell: Vec<u8>,
    value: Vec<u8>,
    text: String,
}

/// The attributes of a cell.
#[derive(Default)]
struct Open {
    kind: String,
    value: String,
    has_formula: bool,
    is_error: bool,
    repeated: u32,
    down: u32,
    across: u32,
}

/// Hands over the rows of the sheet with number `index`.
pub(super) fn rows(part: impl Read, index: usize, epoch: f64, take: Take<'_>) -> Result<()> {
    let mut xml = Xml::new(part);
    let (mut buffer, mut scratch) = (Vec::new(), Scratch::default());
    let mut before = 0;
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "table" => {
                if before == index {
                    break;
                }
                before += 1;
                xml.skip()?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
    let mut row = Row::counting_from(epoch);
    let mut number = 1;
    loop {
        match xml.next(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-row" => {
                    let repeated = repeated(&element, "number-rows-repeated")?;
                    row.begin(number);
                    row.is_hidden = attribute(&element, "visibility").is_some_and(|seen| seen != "visible");
                    read_cells(&mut xml, &mut row, &mut scratch)?;
                    row.seal()?;
                    number += u64::from(repeated);
                    if hand_over(&mut row, repeated, take)? == ControlFlow::Break(()) {
                        return Ok(());
                    }
                }
                // What holds rows; anything else (drawings, for one) may hold tables of its own.
                "table-header-rows" | "table-rows" | "table-row-group" => {}
                _ => xml.skip()?,
            },
            Event::End(element) if element.local_name().as_ref() == "table" => return Ok(()),
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
}

/// Hands over a row as often as it stands there.
fn hand_over(row: &mut Row, repeated: u32, take: Take<'_>) -> Result<ControlFlow<()>> {
    if row.cells().is_empty() {
        return Ok(ControlFlow::Continue(()));
    }
    for _ in 0..repeated {
        if row.number > ROWS {
            return Err(Error::TooLarge(format!(
                "the sheet has a row {}, more than the {ROWS} that are read: split it into several sheets or pushes",
                row.number
            )));
        }
        if take(row)? == ControlFlow::Break(()) {
            return Ok(ControlFlow::Break(()));
        }
        row.number += 1;
    }
    Ok(ControlFlow::Continue(()))
}

fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u32> {
    let count = attribute(element, name).map_or(Ok(1), str::parse);
    count.map_err(|_| damaged())
}

/// Reads the cells of the row just begun.
fn read_cells<R: Read>(xml: &mut Xml<R>, row: &mut Row, scratch: &mut Scratch) -> Result<()> {
    let mut column = 0_u32;
    let mut open = Open::default();
    loop {
        match xml.next(&mut scratch.cell)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-cell" | "covered-table-cell" => open.read(&element)?,
                _ => {
                    xml.skip()?;
                    continue;
                }
            },
            Event::End(_) => return Ok(()),
            Event::Eof => return Err(damaged()),
            _ => continue,
        }
        scratch.text.clear();
        read_text(xml, &mut scratch.text, &mut scratch.value)?;
        let end = column.saturating_add(open.repeated);
        if let Some(value) = open.value(&scratch.text) {
            for at in column..end.min(COLUMNS) {
                row.push(at, value);
                if row.is_full() {
                    return row.seal();
                }
            }
            if open.down > 1 || open.across > 1 {
                row.merge(column, open.down, open.across);
            }
        }
        column = end;
    }
}

impl Open {
    fn read(&mut self, element: &BytesStart<'_>) -> Result<()> {
        self.kind.clear();
        self.value.clear();
        (self.has_formula, self.is_error) = (false, false);
        (self.repeated, self.down, self.across) = (1, 1, 1);
        for (name, value) in attributes(element) {
            let count = || value.parse().map_err(|_| damaged());
            match name {
                // LibreOffice says the same twice, and tells errors only the second time.
                "value-type" if value == "error" => self.is_error = true,
                "value-type" if self.kind.is_empty() => self.kind.push_str(value),
                "value" | "date-value" | "time-value" | "boolean-value" | "string-value" if self.value.is_empty() => {
                    self.value.push_str(&unescaped(value));
                }
                "formula" => self.has_formula = true,
                "number-columns-repeated" => self.repeated = count()?,
                "number-rows-spanned" => self.down = count()?,
                "number-columns-spanned" => self.across = count()?,
                _ => {}
            }
        }
        Ok(())
    }

    /// What the cell holds, whose paragraphs are `text`.
    fn value<'a>(&'a self, text: &'a str) -> Option<Value<'a>> {
        let is_error = self.is_error || self.has_formula && (text.starts_with("#") || text.starts_with("Err:"));
        Some(match self.kind.as_str() {
            _ if is_error => Value::Error(text),
            "float" | "percentage" | "currency" => match self.value.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number, Shows::Number),
                _ => Value::Text(text),
            },
            "date" => Value::Iso(&self.value),
            "time" => match days(&self.value) {
                Some(days) => Value::Number(days, Shows::Span),
                None => Value::Text(text),
            },
            "boolean" => Value::Boolean(self.value == "true"),
            "string" if text.is_empty() => Value::Text(&self.value),
            "string" => Value::Text(text),
            "" if text.is_empty() && self.has_formula => Value::Uncomputed,
            _ if text.is_empty() => return None,
            _ => Value::Text(text),
        })
    }
}

/// A duration such as `PT08H30M00S` in days.
fn days(duration: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut number = String::new();
    for sign in duration.strip_prefix("PT")?.chars() {
        let unit = match sign {
            '0'..='9' | '.' => {
                number.push(sign);
                continue;
            }
            ',' => {
                number.push('.');
                continue;
            }
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * unit;
        number.clear();
    }
    number.is_empty().then_some(seconds / 86_400.0)
}

/// Appends the paragraphs of the cell just begun; a remark pinned to it is none of them.
fn read_text<R: Read>(xml: &mut Xml<R>, text: &mut String, buffer: &mut Vec<u8>) -> Result<()> {
    let (mut depth, mut paragraph) = (1, 0);
    while depth > 0 {
        match xml.next(buffer)? {
            Event::Start(element) => {
                let name = element.local_name();
                match name.as_ref() {
                    "p" | "h" => {
                        if !text.is_empty() {
                            text.push('\n');
                        }
                        paragraph += 1;
                    }
                    "s" if paragraph > 0 => {
                        let count = attribute(&element, "c")
                            .and_then(|count| count.parse().ok())
                            .unwrap_or(1);
                        text.extend(std::iter::repeat_n(' ', std::cmp::min(count, 1000)));
                    }
                    "tab" if paragraph > 0 => text.push('\t'),
                    "line-break" if paragraph > 0 => text.push('\n'),
                    "span" | "a" if paragraph > 0 => {}
                    _ => {
                        xml.skip()?;
                        continue;
                    }
                }
                depth += 1;
            }
            Event::End(element) => {
                if matches!(element.local_name().as_ref(), "p" | "h") {
                    paragraph -= 1;
                }
                depth -= 1;
            }
            Event::Text(piece) if paragraph > 0 => text.push_str(&piece.xml10_content()),
            Event::CData(piece) if paragraph > 0 => text.push_str(&piece),
            Event::GeneralRef(reference) if paragraph > 0 => push_reference(text, &reference),
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
    Ok(())
}
