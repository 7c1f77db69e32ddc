//! The sequential half of JSON: finds the values of a top-level array (or the one object) without parsing them, so
//! that an array of any length streams. What is inside a value is judged when its row is read; here only its end
//! matters, and that brackets and strings come to one.

use super::{Chunk, Element, Emit, MAX_DEPTH, MAX_RECORD, Shape};
use crate::{Error, Result};
use memchr::memchr2;

/// Cuts a JSON document into its top-level values.
#[derive(Debug)]
pub(super) struct Splitter {
    target: usize,
    buffer: Vec<u8>,
    scanned: usize,
    state: State,
    elements: Vec<Element>,
    /// Line at `scanned`, for messages about the document.
    line: u64,
    /// Values begun so far: a row's number, because a whole array may stand on one line.
    count: u64,
    offset: u64,
    index: usize,
    /// Whether something may stand behind the array, which is somebody else's then.
    is_part: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but blanks so far.
    Start,
    /// Behind `[`: a value or `]`.
    First,
    /// Behind `,`: a value.
    Next,
    /// Inside a value that began at `start`.
    Inside {
        start: usize,
        depth: usize,
        quoted: bool,
        single: bool,
    },
    /// Inside a bare number or word.
    Bare { start: usize },
    /// Behind a value: `,` or `]`.
    Behind,
    /// Behind the document.
    End,
}

impl Splitter {
    pub(super) fn new(target: usize) -> Self {
        Self {
            target,
            buffer: Vec::new(),
            scanned: 0,
            state: State::Start,
            elements: Vec::new(),
            line: 1,
            count: 0,
            offset: 0,
            index: 0,
            is_part: false,
        }
    }

    /// A splitter for an array inside a document, which begins at byte `offset` on `line`.
    pub(super) fn part(target: usize, offset: u64, line: u64) -> Self {
        Self {
            offset,
            line,
            is_part: true,
            ..Self::new(target)
        }
    }

    /// Takes what belongs to an array inside a document, and answers how much that was.
    pub(super) fn take(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<usize> {
        self.push(utf8, emit)?;
        if self.state != State::End {
            return Ok(utf8.len());
        }
        let beyond = self.buffer.len() - self.scanned;
        self.buffer.truncate(self.scanned);
        Ok(utf8.len() - beyond)
    }

    /// Whether the array has ended.
    pub(super) fn is_done(&self) -> bool {
        self.state == State::End
    }

    pub(super) fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        self.buffer.extend_from_slice(utf8);
        self.scan()?;
        if self.buffer.len() >= self.target {
            let end = match self.state {
                State::Inside { start, .. } | State::Bare { start } => start,
                _ => self.scanned,
            };
            self.cut(end, emit)?;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, emit: Emit<'_>) -> Result<Vec<String>> {
        match self.state {
            State::End => {
                self.cut(self.buffer.len(), emit)?;
                Ok(Vec::new())
            }
            State::Start => Err(Error::invalid(
                "the payload is blank: send an array of objects, or one object",
            )),
            _ => Err(Error::invalid(format!(
                "the JSON document ends early, at byte {} on line {}: send the whole document",
                self.offset + self.buffer.len() as u64,
                self.line
            ))),
        }
    }

    fn scan(&mut self) -> Result<()> {
        while let Some(byte) = self.buffer.get(self.scanned).copied() {
            let at = self.scanned;
            match self.state {
                State::End if self.is_part => return Ok(()),
                State::Inside { quoted: true, .. } => {
                    if !self.string()? {
                        return Ok(());
                    }
                    continue;
                }
                State::Inside { .. } => self.inside(byte)?,
                State::Bare { start } => match byte {
                    b',' | b']' | b' ' | b'\t' | b'\r' | b'\n' => {
                        self.end_value(start, false, at);
                        continue;
                    }
                    _ => self.within(start)?,
                },
                _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {}
                State::Start => match byte {
                    b'[' => self.state = State::First,
                    b'{' => self.open(true),
                    _ => return Err(self.unexpected("an array of objects, or one object")),
                },
                State::First if byte == b']' => self.state = State::End,
                State::First | State::Next => match byte {
                    b'{' | b'[' | b'"' => self.open(false),
                    b',' | b']' | b'}' | b':' => return Err(self.unexpected("an object")),
                    _ => self.state = State::Bare { start: at },
                },
                State::Behind => match byte {
                    b',' => self.state = State::Next,
                    b']' => self.state = State::End,
                    _ => return Err(self.unexpected("a comma or the end of the array")),
                },
                State::End => return Err(self.unexpected("nothing behind the end of the document")),
            }
            self.line += u64::from(byte == b'\n');
            self.scanned += 1;
        }
        Ok(())
    }

    fn open(&mut self, single: bool) {
        let quoted = self.buffer.get(self.scanned) == Some(&b'"');
        self.state = State::Inside {
            start: self.scanned,
            depth: usize::from(!quoted),
            quoted,
            single,
        };
    }

    fn inside(&mut self, byte: u8) -> Result<()> {
        let State::Inside {
            start,
            mut depth,
            single,
            ..
        } = self.state
        else {
            return Ok(());
        };
        let mut quoted = false;
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Error::invalid(format!(
                        "the JSON document is nested deeper than {MAX_DEPTH} on line {}: send flat objects",
                        self.line
                    )));
                }
            }
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        self.within(start)?;
        self.state = State::Inside {
            start,
            depth,
            quoted,
            single,
        };
        if depth == 0 && !quoted {
            self.end_value(start, single, self.scanned + 1);
        }
        Ok(())
    }

    /// Goes to the end of the string `scanned` is in; false when that has not come yet.
    fn string(&mut self) -> Result<bool> {
        let State::Inside {
            start, depth, single, ..
        } = self.state
        else {
            return Ok(false);
        };
        loop {
            let rest = self.buffer.get(self.scanned..).unwrap_or_default();
            let Some(found) = memchr2(b'"', b'\\', rest) else {
                self.scanned = self.buffer.len();
                self.within(start)?;
                return Ok(false);
            };
            let at = self.scanned + found;
            if self.buffer.get(at) == Some(&b'\\') {
                if at + 1 >= self.buffer.len() {
                    self.scanned = at;
                    return Ok(false);
                }
                self.scanned = at + 2;
                continue;
            }
            self.scanned = at + 1;
            self.state = State::Inside {
                start,
                depth,
                quoted: false,
                single,
            };
            if depth == 0 {
                self.end_value(start, single, at + 1);
            }
            self.within(start)?;
            return Ok(true);
        }
    }

    fn end_value(&mut self, start: usize, single: bool, end: usize) {
        self.count += 1;
        self.elements.push(Element {
            start,
            end,
            line: self.count,
        });
        self.state = if single { State::End } else { State::Behind };
    }

    fn within(&self, start: usize) -> Result<()> {
        if self.scanned - start < MAX_RECORD {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the JSON value before line {} is longer than {MAX_RECORD} bytes: send an array of small objects",
            self.line
        )))
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::invalid(format!(
            "the JSON document is broken at byte {} on line {}: {wanted} was expected",
            self.offset + self.scanned as u64,
            self.line
        ))
    }

    fn cut(&mut self, end: usize, emit: Emit<'_>) -> Result<()> {
        if end == 0 {
            return Ok(());
        }
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let (offset, index) = (self.offset, self.index);
        self.offset += bytes.len() as u64;
        self.scanned -= end;
        match &mut self.state {
            State::Inside { start, .. } | State::Bare { start } => *start -= end,
            _ => {}
        }
        let elements = std::mem::take(&mut self.elements);
        if elements.is_empty() {
            return Ok(());
        }
        self.index += 1;
        let line = elements.first().map_or(0, |first| first.line);
        emit(Chunk {
            index,
            bytes,
            line,
            offset,
            shape: Shape::Elements(elements),
        })
    }
}
