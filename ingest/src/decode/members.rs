//! The sequential half of JSON documents that are one object with the records in a member of it: the `features` of a
//! GeoJSON feature collection, the `entry` of a FHIR bundle. Their elements stream out as those of a top-level array
//! do; other members are passed over whatever their size and place. An object without that member is one record.

use super::{Chunk, Element, Emit, MAX_DEPTH, MAX_RECORD, Shape, json};
use crate::{Error, Result};
use memchr::memchr2;

/// Longest name of a member, and longest text of one, that means anything here.
const LONGEST_TEXT: usize = 256;

/// What a document is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// What it is called in messages.
    pub name: &'static str,
    /// The member whose elements are the records.
    pub member: &'static str,
    /// Members that are short texts and asked for with [`Splitter::text`].
    pub texts: &'static [&'static str],
}

/// Cuts such a document into its records.
#[derive(Debug)]
pub(super) struct Splitter {
    kind: Kind,
    target: usize,
    state: State,
    /// The array of records, while in it.
    array: Option<json::Splitter>,
    has_array: bool,
    /// The document so far, while it may turn out to be one record; none once it cannot.
    whole: Option<Vec<u8>>,
    /// The text being read: a member's name, or one of the texts asked for.
    text: Vec<u8>,
    name: String,
    texts: Vec<(String, String)>,
    offset: u64,
    line: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing but blanks so far.
    Start,
    /// Before the name of a member; the first may be missing.
    Name { first: bool },
    /// In that name.
    InName { escaped: bool },
    /// Behind the name.
    Colon,
    /// Before a value.
    Value,
    /// In a value that is passed over.
    Skipped { depth: usize, quoted: bool, escaped: bool },
    /// In a number or word that is passed over.
    Bare,
    /// In the array of records.
    Array,
    /// Behind a value.
    Behind,
    /// Behind the document.
    End,
}

impl Splitter {
    pub(super) fn new(kind: Kind, target: usize) -> Self {
        Self {
            kind,
            target,
            state: State::Start,
            array: None,
            has_array: false,
            whole: Some(Vec::new()),
            text: Vec::new(),
            name: String::new(),
            texts: Vec::new(),
            offset: 0,
            line: 1,
        }
    }

    pub(super) fn push(&mut self, utf8: &[u8], emit: Emit<'_>) -> Result<()> {
        let mut rest = utf8;
        while !rest.is_empty() {
            let taken = self.step(rest, emit)?;
            let (done, left) = rest.split_at_checked(taken).unwrap_or((rest, &[]));
            self.keep(done);
            self.offset += done.len() as u64;
            self.line += memchr::memchr_iter(b'\n', done).count() as u64;
            rest = left;
        }
        Ok(())
    }

    /// The document has ended; hands over its one record where it has no array of them.
    pub(super) fn finish(&mut self, emit: Emit<'_>) -> Result<()> {
        let Kind { name, member, .. } = self.kind;
        match self.state {
            State::End if self.has_array => Ok(()),
            State::End => {
                let Some(bytes) = self.whole.take() else {
                    return Err(Error::invalid(format!(
                        "the {name} has no list `{member}`, and is longer than {MAX_RECORD} bytes: send the records \
                         as `{member}`"
                    )));
                };
                let end = bytes.len();
                let element = Element { start: 0, end, line: 1 };
                emit(Chunk {
                    index: 0,
                    bytes,
                    line: 1,
                    offset: self.offset - end as u64,
                    shape: Shape::Elements(vec![element]),
                })
            }
            State::Start => Err(Error::invalid(format!("the payload is blank: send a {name}"))),
            _ => Err(Error::invalid(format!(
                "the {name} ends early, at byte {} on line {}: send the whole document",
                self.offset, self.line
            ))),
        }
    }

    /// Whether the document has the array of records.
    pub(super) fn has_array(&self) -> bool {
        self.has_array
    }

    /// The text of a member that was asked for.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let (_, text) = self.texts.iter().find(|(own, _)| own == name)?;
        Some(text)
    }

    /// Takes at least one byte of `rest`, which is not empty, and answers how many.
    fn step(&mut self, rest: &[u8], emit: Emit<'_>) -> Result<usize> {
        let byte = rest.first().copied().unwrap_or_default();
        match self.state {
            State::Array => return self.array(rest, emit),
            State::Skipped {
                quoted: true,
                escaped: false,
                depth,
            } => return Ok(self.quoted(rest, depth)),
            State::Skipped { .. } => self.skip(byte)?,
            State::InName { escaped } => self.in_name(byte, escaped)?,
            State::Bare => match byte {
                b',' | b'}' | b' ' | b'\t' | b'\r' | b'\n' => {
                    self.state = State::Behind;
                    return Ok(0);
                }
                b'{' | b'[' | b'"' | b']' | b':' => return Err(self.unexpected("a comma or the end of the object")),
                _ => {}
            },
            _ if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {}
            State::Start if byte == b'{' => self.state = State::Name { first: true },
            State::Start => return Err(self.unexpected(&format!("a {}, which is one JSON object,", self.kind.name))),
            State::Name { .. } if byte == b'"' => {
                self.text = vec![b'"'];
                self.state = State::InName { escaped: false };
            }
            State::Name { first: true } if byte == b'}' => self.state = State::End,
            State::Name { .. } => return Err(self.unexpected("the name of a member")),
            State::Colon if byte == b':' => self.state = State::Value,
            State::Colon => return Err(self.unexpected("a colon")),
            State::Value => return self.value(byte),
            State::Behind if byte == b',' => self.state = State::Name { first: false },
            State::Behind if byte == b'}' => self.state = State::End,
            State::Behind => return Err(self.unexpected("a comma or the end of the object")),
            State::End => return Err(self.unexpected("nothing behind the end of the document")),
        }
        Ok(1)
    }

    /// Begins a value.
    fn value(&mut self, byte: u8) -> Result<usize> {
        if byte == b'[' && self.name == self.kind.member {
            if self.has_array {
                return Err(self.unexpected(&format!("`{}` only once", self.name)));
            }
            self.has_array = true;
            self.whole = None;
            self.array = Some(json::Splitter::part(self.target, self.offset, self.line));
            self.state = State::Array;
            return Ok(0);
        }
        let is_text = byte == b'"' && self.kind.texts.contains(&self.name.as_str());
        self.text = if is_text { vec![b'"'] } else { Vec::new() };
        self.state = match byte {
            b'{' | b'[' => State::Skipped {
                depth: 1,
                quoted: false,
                escaped: false,
            },
            b'"' => State::Skipped {
                depth: 0,
                quoted: true,
                escaped: false,
            },
            b',' | b'}' | b']' | b':' => return Err(self.unexpected("a value")),
            _ => State::Bare,
        };
        Ok(1)
    }

    fn array(&mut self, rest: &[u8], emit: Emit<'_>) -> Result<usize> {
        let Some(array) = &mut self.array else {
            self.state = State::Behind;
            return Ok(0);
        };
        let taken = array.take(rest, emit)?;
        if array.is_done() {
            array.finish(emit)?;
            self.array = None;
            self.state = State::Behind;
        }
        Ok(taken)
    }

    fn in_name(&mut self, byte: u8, escaped: bool) -> Result<()> {
        self.gather(byte);
        self.state = match byte {
            _ if escaped => State::InName { escaped: false },
            b'\\' => State::InName { escaped: true },
            b'"' => {
                let text = std::mem::take(&mut self.text);
                let is_long = text.len() > LONGEST_TEXT;
                let name = serde_json::from_slice(&text).ok().filter(|_| !is_long);
                self.name = match name {
                    Some(name) => name,
                    None if is_long => String::new(),
                    None => return Err(self.unexpected("a name without stray signs")),
                };
                State::Colon
            }
            _ => State::InName { escaped: false },
        };
        Ok(())
    }

    /// Goes on inside a string that is passed over, up to a sign that matters.
    fn quoted(&mut self, rest: &[u8], depth: usize) -> usize {
        let found = memchr2(b'"', b'\\', rest);
        let taken = found.map_or(rest.len(), |at| at + 1);
        if !self.text.is_empty() {
            rest.iter().take(taken).for_each(|byte| self.gather(*byte));
        }
        match found.and_then(|at| rest.get(at)) {
            Some(b'"') if depth == 0 => {
                self.end_text();
                self.state = State::Behind;
            }
            Some(b'"') => {
                self.state = State::Skipped {
                    depth,
                    quoted: false,
                    escaped: false,
                }
            }
            Some(_) => {
                self.state = State::Skipped {
                    depth,
                    quoted: true,
                    escaped: true,
                }
            }
            None => {}
        }
        taken
    }

    fn skip(&mut self, byte: u8) -> Result<()> {
        let State::Skipped {
            mut depth,
            quoted,
            escaped,
        } = self.state
        else {
            return Ok(());
        };
        if escaped {
            if !self.text.is_empty() {
                self.gather(byte);
            }
            self.state = State::Skipped {
                depth,
                quoted,
                escaped: false,
            };
            return Ok(());
        }
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Error::invalid(format!(
                "the {} is nested deeper than {MAX_DEPTH} on line {}",
                self.kind.name, self.line
            )));
        }
        self.state = match depth {
            0 => State::Behind,
            _ => State::Skipped {
                depth,
                quoted: byte == b'"',
                escaped: false,
            },
        };
        Ok(())
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if (1..=LONGEST_TEXT).contains(&text.len())
            && let Ok(text) = serde_json::from_slice(&text)
        {
            self.texts.push((self.name.clone(), text));
        }
    }

    fn gather(&mut self, byte: u8) {
        if self.text.len() <= LONGEST_TEXT {
            self.text.push(byte);
        }
    }

    /// Keeps the bytes of what may be one record.
    fn keep(&mut self, bytes: &[u8]) {
        if let Some(whole) = &mut self.whole {
            if whole.len() + bytes.len() > MAX_RECORD {
                self.whole = None;
            } else {
                whole.extend_from_slice(bytes);
            }
        }
    }

    fn unexpected(&self, wanted: &str) -> Error {
        Error::invalid(format!(
            "the {} is broken at byte {} on line {}: {wanted} was expected",
            self.kind.name, self.offset, self.line
        ))
    }
}
