//! The sequential half of CSV: finds the header and cuts the rest at line ends that stand outside quotes. Without
//! quotes in sight that is one search from the back; with them, one hop per quote.

use super::{Chunk, Dialect, Emit, MAX_RECORD, Shape, charset, tokenise::cells};
use crate::{Error, Result, map::Header, plan::Plan};
use memchr::{memchr, memchr_iter, memrchr};
use std::sync::Arc;

/// Delimiters that are looked for where the contract names none.
pub(super) const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Cuts a CSV text.
#[derive(Debug)]
pub(super) struct Splitter {
    plan: Arc<Plan>,
    target: usize,
    header: Option<Arc<Header>>,
    buffer: Vec<u8>,
    /// The quotes before this position of the buffer are understood.
    scanned: usize,
    /// Whether `scanned` is inside a quoted cell, and where that began.
    quoted: Option<usize>,
    /// Behind the last line end outside quotes.
    boundary: usize,
    /// Line and byte at which the buffer starts.
    line: u64,
    offset: u64,
    index: usize,
}

impl Splitter {
    pub(super) fn new(plan: Arc<Plan>, target: usize) -> Self {
        Self {
            plan,
            target,
            header: None,
            buffer: Vec::new(),
            scanned: 0,
            quoted: None,
            boundary: 0,
            line: 1,
            offset: 0,
            index: 0,
        }
    }

    pub(super) fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        self.buffer.extend_from_slice(utf8);
        if self.header.is_none() && !self.find_header(false)? {
            return Ok(());
        }
        if self.buffer.len() < self.target {
            return Ok(());
        }
        self.scan(false);
        if self.boundary == 0 {
            return self.within_record();
        }
        self.cut(self.boundary, emit)?;
        self.within_record()
    }

    pub(super) fn finish(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        if self.header.is_none() && !self.find_header(true)? {
            return Err(Error::invalid(
                "the file has no header line: the first line must name the columns",
            ));
        }
        self.scan(true);
        if let Some(start) = self.quoted {
            let line = self.line + newlines(self.buffer.get(..start).unwrap_or_default());
            return Err(Error::invalid(format!(
                "the quote opened on line {line} is never closed: the file was cut off, or that quote should be doubled"
            )));
        }
        if !self.buffer.is_empty() {
            self.cut(self.buffer.len(), emit)?;
        }
        Ok(self
            .header
            .as_ref()
            .map(|header| header.warnings.clone())
            .unwrap_or_default())
    }

    /// Hands over the first `end` bytes of the buffer.
    fn cut(&mut self, end: usize, emit: Emit<'_>) -> Result<()> {
        let Some(header) = self.header.clone() else {
            return Ok(());
        };
        let mut next = Vec::new();
        if let Some(rest) = self.buffer.get(end..).filter(|rest| !rest.is_empty()) {
            next.reserve(self.target + rest.len() + (self.target >> 3));
            next.extend_from_slice(rest);
        }
        let mut bytes = std::mem::replace(&mut self.buffer, next);
        bytes.truncate(end);
        let (line, offset, index) = (self.line, self.offset, self.index);
        self.line += newlines(&bytes);
        self.offset += bytes.len() as u64;
        self.index += 1;
        self.scanned -= end.min(self.scanned);
        self.quoted = self.quoted.map(|start| start - end.min(start));
        self.boundary = 0;
        emit(Chunk {
            index,
            bytes,
            line,
            offset,
            shape: Shape::Csv(header),
        })
    }

    /// Walks the quotes that have come since and moves the boundary.
    fn scan(&mut self, last: bool) {
        let Some(dialect) = self.header.as_ref().map(|h| h.dialect) else {
            return;
        };
        let Self {
            buffer,
            scanned,
            quoted,
            boundary,
            ..
        } = self;
        loop {
            let rest = buffer.get(*scanned..).unwrap_or_default();
            let found = memchr(dialect.quote, rest).map(|i| *scanned + i);
            if quoted.is_none() {
                let plain = buffer.get(*scanned..found.unwrap_or(buffer.len())).unwrap_or_default();
                if let Some(feed) = memrchr(b'\n', plain) {
                    *boundary = *scanned + feed + 1;
                }
            }
            let Some(quote) = found else {
                *scanned = buffer.len();
                return;
            };
            if quoted.is_none() {
                // A quote opens a cell only at the cell's start.
                let before = quote.checked_sub(1).and_then(|i| buffer.get(i)).copied();
                if before.is_none_or(|b| b == dialect.delimiter || b == b'\n') {
                    *quoted = Some(quote);
                }
                *scanned = quote + 1;
            } else if buffer.get(quote + 1) == Some(&dialect.quote) {
                *scanned = quote + 2;
            } else if quote + 1 == buffer.len() && !last {
                // Whether this closes the cell or is half of a doubled quote shows with the next byte.
                *scanned = quote;
                return;
            } else {
                *quoted = None;
                *scanned = quote + 1;
            }
        }
    }

    /// Refuses a record without an end in sight.
    fn within_record(&self) -> Result<()> {
        if self.buffer.len() < MAX_RECORD.max(self.target) {
            return Ok(());
        }
        let (line, why) = match self.quoted {
            Some(start) => {
                let line = self.line + newlines(self.buffer.get(..start).unwrap_or_default());
                (line, "a quote opened there is not closed, or it should be doubled")
            }
            None => (self.line, "is it a text file with line ends?"),
        };
        Err(Error::invalid(format!(
            "the record on line {line} is longer than {MAX_RECORD} bytes: {why}"
        )))
    }

    /// Takes the header line off the buffer once it is whole.
    fn find_header(&mut self, last: bool) -> Result<bool> {
        loop {
            let quote = self.plan.contract.source.quote;
            // The delimiter is not known yet, so every quote counts.
            let mut inside = false;
            let end = self.buffer.iter().position(|b| {
                inside ^= *b == quote;
                *b == b'\n' && !inside
            });
            let (end, next) = match end {
                Some(end) => (end, end + 1),
                None if self.buffer.len() > MAX_RECORD => {
                    return Err(Error::invalid(format!(
                        "the header is longer than {MAX_RECORD} bytes: is it a text file with line ends?"
                    )));
                }
                None if last && !self.buffer.is_empty() => (self.buffer.len(), self.buffer.len()),
                None => return Ok(false),
            };
            let record = self.buffer.get(..end).unwrap_or_default();
            let text = std::str::from_utf8(record)
                .map_err(|error| charset::not_utf8(self.offset + error.valid_up_to() as u64))?;
            let text = text.strip_suffix('\r').unwrap_or(text);
            if text.trim().is_empty() {
                self.drop_front(next);
                if self.buffer.is_empty() {
                    return Ok(false);
                }
                continue;
            }
            if text.contains('\r') && !text.contains(quote as char) {
                return Err(Error::invalid(
                    "the file ends its lines with CR alone: save it with LF or CRLF line ends",
                ));
            }
            self.header = Some(self.plan.header(text, |text| header(text, &self.plan))?);
            self.drop_front(next);
            return Ok(true);
        }
    }

    fn drop_front(&mut self, count: usize) {
        self.line += newlines(self.buffer.get(..count).unwrap_or_default());
        self.offset += count as u64;
        self.buffer.drain(..count);
    }
}

/// Maps a header line, with the contract's delimiter or the one under which most columns are found.
fn header(text: &str, plan: &Plan) -> Result<Header> {
    let source = &plan.contract.source;
    let split = |delimiter| {
        let dialect = Dialect {
            delimiter,
            quote: source.quote,
        };
        (cells(text, dialect), dialect)
    };
    let (found, dialect) = match source.delimiter {
        Some(delimiter) => split(delimiter),
        None => CANDIDATES
            .into_iter()
            .map(split)
            .rev()
            .max_by_key(|(found, _)| {
                (
                    found.iter().filter(|name| plan.names.column(name).is_some()).count(),
                    found.len(),
                )
            })
            .unwrap_or_else(|| split(b',')),
    };
    Header::map(found, dialect, &plan.contract, &plan.names)
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}
