//! Fixed width: every line is a row, and the contract says at which characters its columns stand.

#[cfg(test)]
mod tests;

use super::frame::{Frame, Span};
use crate::{Error, Result, map::show, plan::Plan};
use memchr::memchr_iter;
use smartcenter_warehouse::contract::Position;

/// What old systems write behind the last line.
const END_OF_FILE: char = '\u{1a}';

/// Refuses the format for a contract that says nothing about it.
pub(super) fn check(plan: &Plan) -> Result<()> {
    let contract = &plan.contract;
    if contract.columns.iter().any(|column| column.position.is_some()) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "dataset {}: its contract does not say where the columns of a fixed-width file stand: add the setting \
         `position: [start, length]` to its columns, or send another format",
        contract.dataset
    )))
}

/// One column of the contract.
struct Column<'p> {
    index: usize,
    name: &'p str,
    position: Position,
    required: bool,
}

/// Rows of a chunk whose first line is `line`.
pub(super) fn lines(text: String, mut line: u64, plan: &Plan) -> Frame {
    let columns: Vec<Column<'_>> = (plan.contract.columns.iter().enumerate())
        .filter_map(|(index, column)| {
            Some(Column {
                index,
                name: &column.name,
                position: column.position?,
                required: column.required,
            })
        })
        .collect();
    let header = plan.contract.source.fixed_width_header;
    let mut frame = Frame::new(text, plan.json_header.clone());
    // There is no place for it in the lines.
    frame.has_operations = false;
    let text = std::mem::take(&mut frame.text);
    let mut start = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let record = text.get(start..end).unwrap_or_default();
        if line > header
            && !record
                .trim_matches(|c: char| c.is_whitespace() || c == END_OF_FILE)
                .is_empty()
        {
            row(record, start, line, &columns, &mut frame);
        }
        start = end + 1;
        line += 1;
    }
    frame.text = text;
    frame
}

/// Cuts one line, which begins at byte `start` of the chunk.
fn row(record: &str, start: usize, line: u64, columns: &[Column<'_>], frame: &mut Frame) {
    let record = record.strip_suffix('\r').unwrap_or(record);
    let places = Places::of(record);
    let first = frame.spans.len();
    frame.spans.resize(first + frame.header.width(), Span::ABSENT);
    let mut missing = None;
    for column in columns {
        let from = places.byte(column.position.start - 1);
        let to = places.byte(column.position.last());
        if from == record.len() && column.required && missing.is_none() {
            missing = Some(column);
        }
        if let Some(span) = frame.spans.get_mut(first + column.index) {
            *span = Span::text(start + from, start + to);
        }
    }
    let Some(missing) = missing else {
        frame.lines.push(line);
        return;
    };
    frame.spans.truncate(first);
    let message = format!(
        "the line has {} characters, and the required column {} begins at character {}: send whole lines",
        places.length(),
        show(missing.name),
        missing.position.start
    );
    frame.reject(line, vec![("baris".to_owned(), record.to_owned())], "columns", message);
}

/// Where the characters of a line are. Nearly all lines are ASCII, whose characters are bytes.
struct Places<'a> {
    record: &'a str,
    /// First bytes of the characters, where that is not plain.
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn of(record: &'a str) -> Self {
        let starts = match record.is_ascii() {
            true => Vec::new(),
            false => record.char_indices().map(|(at, _)| at).collect(),
        };
        Self { record, starts }
    }

    /// The byte before which there are `characters`; the end where there are not so many.
    fn byte(&self, characters: usize) -> usize {
        if self.starts.is_empty() {
            return characters.min(self.record.len());
        }
        self.starts.get(characters).copied().unwrap_or(self.record.len())
    }

    fn length(&self) -> usize {
        self.starts
            .len()
            .max(if self.starts.is_empty() { self.record.len() } else { 0 })
    }
}
