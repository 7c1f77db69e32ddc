//! XML as workbooks have it, token by token, with bounds on what a single token and the depth may be.

use super::archive::{broken, damaged};
use crate::{Error, Result};
use memchr::memchr;
use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};
use std::{
    borrow::Cow,
    io::{self, BufReader, Read},
};

/// Largest tag or text. Excel has at most 32,767 characters in a cell.
const TOKEN: usize = 4 << 20;
/// Deepest nesting.
const DEPTH: usize = 256;

/// A part of a workbook as XML.
pub(super) struct Xml<R: Read> {
    reader: Reader<BufReader<Meter<R>>>,
    /// For what is skipped.
    unseen: Vec<u8>,
    depth: usize,
}

impl<R: Read> Xml<R> {
    /// The XML of `part`.
    pub(super) fn new(part: R) -> Self {
        let meter = Meter { inner: part, since: 0 };
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 << 10, meter));
        let config = reader.config_mut();
        config.check_end_names = false;
        config.expand_empty_elements = true;
        Self {
            reader,
            unseen: Vec::new(),
            depth: 0,
        }
    }

    /// The next token, in `buffer`; `Eof` behind the last. An empty element comes as its start and its end.
    #[inline]
    pub(super) fn next<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>> {
        buffer.clear();
        self.reader.get_mut().get_mut().since = 0;
        let event = self.reader.read_event_into(buffer).map_err(|error| match error {
            quick_xml::Error::Io(error) => broken(&error),
            _ => damaged(),
        })?;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEPTH {
            return Err(Error::invalid(format!(
                "the workbook nests its XML more than {DEPTH} deep, which no spreadsheet program does"
            )));
        }
        Ok(event)
    }

    /// Reads on behind the end of the element just begun.
    pub(super) fn skip(&mut self) -> Result<()> {
        let outside = self.depth.saturating_sub(1);
        let mut unseen = std::mem::take(&mut self.unseen);
        while !matches!(self.next(&mut unseen)?, Event::Eof) && self.depth > outside {}
        self.unseen = unseen;
        Ok(())
    }
}

/// Lets a token be only so long: the reader would gather it whole.
struct Meter<R> {
    inner: R,
    /// Bytes since the present token was begun.
    since: usize,
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since += read;
        if self.since > TOKEN {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a token without end"));
        }
        Ok(read)
    }
}

/// Local names and raw values of an element's attributes.
#[inline]
pub(super) fn attributes<'e>(element: &'e BytesStart<'_>) -> Attributes<'e> {
    Attributes(element.attributes_raw())
}

/// The raw value of one attribute.
pub(super) fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<&'e str> {
    attributes(element)
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The attributes that are left.
pub(super) struct Attributes<'e>(&'e str);

impl<'e> Iterator for Attributes<'e> {
    type Item = (&'e str, &'e str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let equals = memchr(b'=', self.0.as_bytes())?;
        let key = self.0.get(..equals)?;
        let rest = self.0.get(equals + 1..)?.trim_ascii_start();
        let quote = *rest.as_bytes().first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let rest = rest.get(1..)?;
        let end = memchr(quote, rest.as_bytes())?;
        let value = rest.get(..end)?;
        self.0 = rest.get(end + 1..)?;
        let key = key.trim_ascii();
        Some((key.rsplit_once(':').map_or(key, |(_, local)| local), value))
    }
}

/// A raw value with its character references resolved.
pub(super) fn unescaped(raw: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
}

/// Appends the character that a reference stands for; unknown names stand for nothing.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) {
    let found = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    text.extend(found);
}

/// A flag as XML writes it.
pub(super) fn is_true(raw: &str) -> bool {
    matches!(raw, "1" | "true" | "on")
}
