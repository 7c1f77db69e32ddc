//! CSV cells of a chunk: a word-at-a-time search for the next delimiter or line end, and a slower walk only through
//! quoted cells. A quote opens a quoted cell only at the cell's start; elsewhere it is text.

use super::frame::{Frame, Span};
use memchr::{memchr, memchr_iter};

/// The signs of a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Around cells.
    pub quote: u8,
}

/// Most cells of one record that are looked at, and most columns of a file.
pub(crate) const MAX_CELLS: usize = 2_000;

/// Cuts `frame.text`, whose first line is `line` of the payload, into rows. Lines without anything in them are no
/// rows; rows as wide as the header go to the frame, others to its broken ones.
pub(crate) fn tokenise(frame: &mut Frame, mut line: u64, dialect: Dialect) {
    let Frame {
        text,
        side,
        header,
        spans,
        lines,
        ..
    } = frame;
    let bytes = text.as_bytes();
    let width = header.width();
    // A guess too low costs one copy.
    spans.reserve(bytes.len() / 8);
    lines.reserve(bytes.len() / (8 * width.max(1)) + 1);
    let mut misfits: Vec<(u64, Vec<Span>)> = Vec::new();
    let (mut at, mut row_line, mut row_start) = (0, line, spans.len());
    while at < bytes.len() {
        let is_quoted = bytes.get(at) == Some(&dialect.quote);
        let (span, end) = if is_quoted {
            quoted(text, at, dialect, side, &mut line)
        } else {
            let end = next_break(bytes, at, dialect.delimiter);
            (Span::text(at, without_return(bytes, at, end, dialect)), end)
        };
        let before = spans.len() - row_start;
        // One more than the limit is enough to see that a row does not fit.
        if before <= MAX_CELLS {
            spans.push(span);
        }
        at = end + 1;
        let mut is_blank = before == 0 && !is_quoted;
        if bytes.get(end) == Some(&dialect.delimiter) {
            if at < bytes.len() {
                continue;
            }
            // The text ends right behind a delimiter: one more cell, empty.
            spans.push(Span::text(end, end));
            is_blank = false;
        }
        line += 1;
        if is_blank && span.length() == 0 {
            spans.truncate(row_start);
        } else if spans.len() - row_start == width {
            lines.push(row_line);
        } else {
            misfits.push((row_line, spans.split_off(row_start)));
        }
        (row_start, row_line) = (spans.len(), line);
    }
    for (line, cells) in misfits {
        frame.reject_cells(line, &cells);
    }
}

/// The cells of one record, for the header.
pub(crate) fn cells(text: &str, dialect: Dialect) -> Vec<String> {
    let (mut found, mut side, mut line, mut at) = (Vec::new(), String::new(), 0, 0);
    let bytes = text.as_bytes();
    loop {
        let (span, end) = if bytes.get(at) == Some(&dialect.quote) {
            quoted(text, at, dialect, &mut side, &mut line)
        } else {
            let end = next_break(bytes, at, dialect.delimiter);
            (Span::text(at, without_return(bytes, at, end, dialect)), end)
        };
        found.push(span.within(text, &side).to_owned());
        if bytes.get(end) != Some(&dialect.delimiter) {
            return found;
        }
        at = end + 1;
    }
}

/// The end of a cell without the carriage return that belongs to the line end.
#[inline]
fn without_return(bytes: &[u8], start: usize, end: usize, dialect: Dialect) -> usize {
    let is_last = bytes.get(end) != Some(&dialect.delimiter);
    if is_last && end > start && bytes.get(end - 1) == Some(&b'\r') {
        end - 1
    } else {
        end
    }
}

/// Position of the next delimiter or line feed from `at` on, or the length.
#[inline]
fn next_break(bytes: &[u8], mut at: usize, delimiter: u8) -> usize {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The lowest marked byte of a word is a true zero; only higher ones may be false, so the first hit is exact.
    let zero = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let (delimiters, feeds) = (LOW * u64::from(delimiter), LOW * u64::from(b'\n'));
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        let hit = zero(word ^ delimiters) | zero(word ^ feeds);
        if hit != 0 {
            return at + (hit.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|b| *b == delimiter || *b == b'\n')
        .unwrap_or(rest.len())
}

/// The cell that starts with the quote at `at`, and the position of the delimiter or line feed behind it.
fn quoted(text: &str, at: usize, dialect: Dialect, side: &mut String, line: &mut u64) -> (Span, usize) {
    let bytes = text.as_bytes();
    let start = at + 1;
    let mut from = start;
    let mut escaped: Option<usize> = None;
    let close = loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let Some(found) = memchr(dialect.quote, rest) else {
            break bytes.len();
        };
        let quote = from + found;
        if bytes.get(quote + 1) != Some(&dialect.quote) {
            break quote;
        }
        // A doubled quote stands for one: from here on the cell lives in the side buffer.
        escaped.get_or_insert(side.len());
        side.push_str(text.get(from..=quote).unwrap_or_default());
        from = quote + 2;
    };
    *line += memchr_iter(b'\n', bytes.get(start..close).unwrap_or_default()).count() as u64;
    let end = next_break(bytes, (close + 1).min(bytes.len()), dialect.delimiter);
    let tail_end = without_return(bytes, close + 1, end, dialect);
    let tail = text.get(close + 1..tail_end).unwrap_or_default();
    if escaped.is_none() && tail.is_empty() {
        return (Span::text(start, close), end);
    }
    let home = escaped.unwrap_or(side.len());
    side.push_str(text.get(from..close).unwrap_or_default());
    // Text behind the closing quote belongs to the cell, as every reader of CSV has it.
    side.push_str(tail);
    (Span::side(home, side.len()), end)
}
