//! Rows that a document reader has already cut into cells: gathered into chunks, so that typing and checking go on in
//! parallel while the document is read further.

use super::{Chunk, Emit, Shape, frame::Span};
use crate::{Result, map::Header};
use smartcenter_warehouse::quarantine::RejectedRow;
use std::sync::Arc;

/// The cut rows of a chunk; their text is the chunk's.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// Row-major, as wide as the header.
    pub spans: Vec<Span>,
    /// Line (row of the sheet, number of the record) of each row.
    pub lines: Vec<u64>,
    /// Cells that the document itself marks as wrong.
    pub misread: Vec<Misread>,
    /// Records that are no row at all, with their reasons.
    pub broken: Vec<RejectedRow>,
}

/// A cell that the document itself marks as wrong, such as a formula's `#REF!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misread {
    /// Row among the chunk's rows.
    pub row: usize,
    /// Column of the sender.
    pub column: usize,
    /// Rule that it breaks.
    pub rule: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// Gathers rows and hands them over chunk by chunk.
pub(super) struct Rows<'a> {
    header: Arc<Header>,
    target: usize,
    emit: Emit<'a>,
    index: usize,
    text: String,
    cells: Cells,
    /// Cells of the row begun.
    width: usize,
}

impl<'a> Rows<'a> {
    /// A gathering of rows under `header`; chunks are handed over behind `target` bytes.
    pub(super) fn new(header: Arc<Header>, target: usize, emit: Emit<'a>) -> Self {
        Self {
            header,
            target,
            emit,
            index: 0,
            text: String::new(),
            cells: Cells::default(),
            width: 0,
        }
    }

    /// The next cell of the row: a text as it was written.
    pub(super) fn text(&mut self, text: &str) {
        let span = self.append(text);
        self.put(span);
    }

    /// The next cell of the row: a value whose type the document tells, in its plain form (numbers with a point, dates
    /// and times as ISO 8601, `true` and `false`). The contract's signs and formats do not apply.
    pub(super) fn native(&mut self, text: &str) {
        let span = self.append(text).native();
        self.put(span);
    }

    /// The next cell of the row: a list or an object, as JSON.
    pub(super) fn nested(&mut self, text: &str) {
        let span = self.append(text).nested();
        self.put(span);
    }

    /// The next cell of the row has no value.
    pub(super) fn absent(&mut self) {
        self.put(Span::ABSENT);
    }

    /// The next cell of the row is wrong by the document's own word; `text` is what it shows.
    pub(super) fn misread(&mut self, text: &str, rule: &'static str, message: String) {
        self.cells.misread.push(Misread {
            row: self.cells.lines.len(),
            column: self.width,
            rule,
            message,
        });
        self.text(text);
    }

    /// Ends the row, which stands on `line`. Cells beyond the header are dropped, missing ones have no value.
    pub(super) fn end(&mut self, line: u64) -> Result<()> {
        let missing = self.header.width().saturating_sub(self.width);
        self.cells.spans.extend(std::iter::repeat_n(Span::ABSENT, missing));
        self.cells.lines.push(line);
        self.width = 0;
        self.flush_at(self.target)
    }

    /// Keeps a record that is no row.
    pub(super) fn broken(&mut self, row: RejectedRow) -> Result<()> {
        let size: usize = row.cells.iter().map(|(name, text)| name.len() + text.len()).sum();
        self.cells.broken.push(row);
        // Broken records take memory as well, so they count towards the size of a chunk.
        let held: usize = self.cells.broken.len().saturating_mul(size / 2);
        self.flush_at(self.target.saturating_sub(held))
    }

    /// Hands over what is left.
    pub(super) fn finish(mut self) -> Result<()> {
        self.flush_at(0)
    }

    fn append(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        Span::text(start, self.text.len())
    }

    fn put(&mut self, span: Span) {
        if self.width < self.header.width() {
            self.cells.spans.push(span);
        }
        self.width += 1;
    }

    fn flush_at(&mut self, size: usize) -> Result<()> {
        let held = self.text.len() + self.cells.spans.len() * size_of::<Span>();
        if held < size || (self.cells.lines.is_empty() && self.cells.broken.is_empty()) {
            return Ok(());
        }
        let chunk = Chunk {
            index: self.index,
            bytes: std::mem::take(&mut self.text).into_bytes(),
            line: self.cells.lines.first().copied().unwrap_or(1),
            offset: 0,
            shape: Shape::Cells(self.header.clone(), std::mem::take(&mut self.cells)),
        };
        self.index += 1;
        (self.emit)(chunk)
    }
}
