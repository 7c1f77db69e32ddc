//! A chunk of the payload cut into cells: positions only, the text stays where it is. Every format ends up here, so
//! that typing and checking know one shape: text first, the contract decides the type.

use super::{Cells, Misread};
use crate::map::Header;
use smartcenter_warehouse::{Fault, quarantine::RejectedRow};
use std::{collections::BTreeSet, sync::Arc};

/// How many different unknown keys are remembered for the receipt.
const UNKNOWN_KEYS: usize = 100;

/// Where a cell's text is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    at: u32,
    meta: u32,
}

impl Span {
    /// Bytes of a span on disk.
    pub(crate) const BYTES: usize = 8;

    /// The span as it is kept on disk.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        (u64::from(self.at) | u64::from(self.meta) << 32).to_le_bytes()
    }

    /// The span that [`Self::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let both = u64::from_le_bytes(bytes);
        Self {
            at: both as u32,
            meta: (both >> 32) as u32,
        }
    }
}

const SIDE: u32 = 1 << 31;
const NATIVE: u32 = 1 << 30;
const ABSENT: u32 = 1 << 29;
const NESTED: u32 = 1 << 28;
const LENGTH: u32 = NESTED - 1;

impl Span {
    /// No value at all (a JSON null, a key that is not there).
    pub(crate) const ABSENT: Self = Self { at: 0, meta: ABSENT };

    /// Text in the chunk. Records are at most a megabyte and chunks a few, so 28 bits hold every length.
    pub(crate) fn text(start: usize, end: usize) -> Self {
        Self {
            at: start as u32,
            meta: (end - start) as u32 & LENGTH,
        }
    }

    /// Text in the side buffer (it had to be unescaped).
    pub(crate) fn side(start: usize, end: usize) -> Self {
        let plain = Self::text(start, end);
        Self {
            meta: plain.meta | SIDE,
            ..plain
        }
    }

    /// Bytes.
    #[inline]
    pub(crate) fn length(self) -> usize {
        (self.meta & LENGTH) as usize
    }

    /// The text, given the two places it may be in.
    #[inline]
    pub(crate) fn within<'a>(self, text: &'a str, side: &'a str) -> &'a str {
        let home = if self.meta & SIDE == 0 { text } else { side };
        home.get(self.at as usize..self.at as usize + self.length())
            .unwrap_or_default()
    }

    /// A JSON number or boolean: the contract's number signs do not apply.
    pub(crate) fn native(self) -> Self {
        Self {
            meta: self.meta | NATIVE,
            ..self
        }
    }

    /// A JSON array or object.
    pub(crate) fn nested(self) -> Self {
        Self {
            meta: self.meta | NESTED,
            ..self
        }
    }
}

/// A cell as it was sent, without outer blanks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    /// The text; empty means no value.
    pub text: &'a str,
    /// A JSON number or boolean.
    pub native: bool,
    /// A JSON array or object.
    pub nested: bool,
}

/// Rows of one chunk.
#[derive(Debug)]
pub(crate) struct Frame {
    /// The chunk.
    pub text: String,
    /// Cells that had to be unescaped.
    pub side: String,
    /// Which source column is which.
    pub header: Arc<Header>,
    /// Row-major, as wide as the header.
    pub spans: Vec<Span>,
    /// Line on which each row starts.
    pub lines: Vec<u64>,
    /// JSON only: where each row's object is, for the quarantine.
    pub objects: Vec<(u32, u32)>,
    /// JSON only: the cells of such an object as they were sent.
    pub pairs: fn(&str) -> Vec<(String, String)>,
    /// Rows that could not be cut into cells.
    pub broken: Vec<RejectedRow>,
    /// Whether the sender's data has the column of operations.
    pub has_operations: bool,
    /// JSON only: keys no column is called by.
    pub unknown: BTreeSet<String>,
    /// Cells that the document itself marks as wrong.
    pub misread: Vec<Misread>,
}

impl Frame {
    /// A frame without rows over `text`.
    pub(crate) fn new(text: String, header: Arc<Header>) -> Self {
        Self {
            text,
            side: String::new(),
            has_operations: header.operation.is_some(),
            header,
            spans: Vec::new(),
            lines: Vec::new(),
            objects: Vec::new(),
            pairs: super::object::pairs,
            broken: Vec::new(),
            unknown: BTreeSet::new(),
            misread: Vec::new(),
        }
    }

    /// Rows that the reader of a document has cut.
    pub(crate) fn of_cells(text: String, header: Arc<Header>, cells: Cells) -> Self {
        let Cells {
            spans,
            lines,
            misread,
            broken,
        } = cells;
        Self {
            spans,
            lines,
            misread,
            broken,
            ..Self::new(text, header)
        }
    }

    /// Rows with the right number of cells.
    pub(crate) fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Bytes of text that no cell, and no column, has more of.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.side.len()
    }

    /// The cell of `row` in source column `column`; a missing one is empty.
    #[inline]
    pub(crate) fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        let span = self
            .spans
            .get(row * self.header.width() + column)
            .copied()
            .unwrap_or(Span::ABSENT);
        Cell {
            text: trim(span.within(&self.text, &self.side)),
            native: span.meta & NATIVE != 0,
            nested: span.meta & NESTED != 0,
        }
    }

    /// The source column of operations, where the sender's data has it.
    pub(crate) fn operations(&self) -> Option<usize> {
        self.header.operation.filter(|_| self.has_operations)
    }

    /// Whether the cell at `span` has no value.
    pub(crate) fn is_absent(&self, span: usize) -> bool {
        self.spans.get(span).is_none_or(|span| span.meta & ABSENT != 0)
    }

    /// Remembers a key no column is called by, for the receipt.
    pub(crate) fn note_unknown(&mut self, key: &str) {
        if self.unknown.len() < UNKNOWN_KEYS && !self.unknown.contains(key) {
            self.unknown.insert(key.to_owned());
        }
    }

    /// Whether the document itself marks the cell as wrong.
    #[inline]
    pub(crate) fn is_misread(&self, row: usize, column: usize) -> bool {
        // Readers go from row to row and from left to right.
        !self.misread.is_empty()
            && self
                .misread
                .binary_search_by_key(&(row, column), |found| (found.row, found.column))
                .is_ok()
    }

    /// All cells of a row as they were sent, with their headers.
    pub(crate) fn sent(&self, row: usize) -> Vec<(String, String)> {
        if let Some((start, end)) = self.objects.get(row) {
            return (self.pairs)(self.text.get(*start as usize..*end as usize).unwrap_or_default());
        }
        let width = self.header.width();
        let spans = self.spans.get(row * width..(row + 1) * width).unwrap_or_default();
        self.header
            .label(spans.iter().map(|span| span.within(&self.text, &self.side).to_owned()))
    }

    /// Keeps a row whose cells do not fit the header.
    pub(crate) fn reject_cells(&mut self, line: u64, spans: &[Span]) {
        let cells = self
            .header
            .label(spans.iter().map(|span| span.within(&self.text, &self.side).to_owned()));
        let message = format!(
            "{} fields were found where the header has {}: look for a delimiter or a line break inside a cell without quotes",
            spans.len(),
            self.header.width()
        );
        self.reject(line, cells, "columns", message);
    }

    /// Keeps a row that could not be read.
    pub(crate) fn reject(&mut self, line: u64, cells: Vec<(String, String)>, rule: &str, message: String) {
        let fault = Fault {
            line,
            column: None,
            rule: rule.to_owned(),
            value: None,
            message,
        };
        self.broken.push(RejectedRow {
            line,
            cells,
            faults: vec![fault],
        });
    }
}

/// Without outer blanks. Most cells have none, and that is seen from two bytes.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    let plain = |byte: Option<&u8>| byte.is_none_or(|b| (0x21..0x80).contains(b));
    let bytes = text.as_bytes();
    if plain(bytes.first()) && plain(bytes.last()) {
        text
    } else {
        text.trim()
    }
}
