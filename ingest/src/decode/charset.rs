//! From the sender's character set to UTF-8. A byte order mark wins over what the request says, and that over the
//! contract; nothing at all means UTF-8, which passes through unchanged (and is checked chunk by chunk later).

use crate::{Error, Result};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::fmt;

/// A converter of one payload.
pub(crate) struct Charset {
    state: State,
    /// Payload bytes before the present piece.
    offset: u64,
}

enum State {
    /// Fewer than three bytes have come: the mark may still be incomplete.
    Waiting {
        declared: &'static Encoding,
        held: Vec<u8>,
    },
    Utf8,
    Other(Box<encoding_rs::Decoder>, &'static Encoding),
}

/// How to send a file whose character set is not UTF-8.
const REMEDY: &str = "save the file as UTF-8, or name its character set (Content-Type: ...; charset=windows-1252)";

impl Charset {
    /// A converter from `requested` or else `contract` (WHATWG labels) or else UTF-8.
    pub(crate) fn new(requested: Option<&str>, contract: Option<&str>) -> Result<Self> {
        let declared = match requested.or(contract) {
            None => UTF_8,
            Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Error::Unsupported(format!(
                    "character set {label:?} is not known: use a WHATWG label such as utf-8"
                ))
            })?,
        };
        Ok(Self {
            state: State::Waiting {
                declared,
                held: Vec::new(),
            },
            offset: 0,
        })
    }

    /// Converts `bytes` and hands over UTF-8 (for UTF-8 itself: unchecked). The mark is left out.
    pub(crate) fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match &mut self.state {
            State::Waiting { held, .. } if held.len() + bytes.len() < 4 => {
                held.extend_from_slice(bytes);
                Ok(())
            }
            State::Waiting { held, .. } if !held.is_empty() => {
                let mut start = std::mem::take(held);
                start.extend_from_slice(bytes);
                self.start(&start, sink)
            }
            State::Waiting { .. } => self.start(bytes, sink),
            State::Utf8 => sink(bytes),
            State::Other(..) => self.convert(bytes, false, sink),
        }
    }

    /// Hands over what is left and checks that the last character is whole.
    pub(crate) fn finish(&mut self, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if let State::Waiting { held, .. } = &mut self.state {
            let held = std::mem::take(held);
            self.start(&held, sink)?;
        }
        match self.state {
            State::Other(..) => self.convert(&[], true, sink),
            _ => Ok(()),
        }
    }

    fn start(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let State::Waiting { declared, .. } = self.state else {
            return sink(bytes);
        };
        let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((declared, 0));
        let rest = bytes.get(mark..).unwrap_or_default();
        self.offset = mark as u64;
        if encoding == UTF_8 {
            if rest.iter().take(4).any(|b| *b == 0) {
                let guess = if rest.first() == Some(&0) { UTF_16BE } else { UTF_16LE };
                return Err(Error::invalid(format!(
                    "the payload is not text in UTF-8 (zero bytes at its start; {} without a mark?): {REMEDY}",
                    guess.name()
                )));
            }
            self.state = State::Utf8;
            return sink(rest);
        }
        self.state = State::Other(Box::new(encoding.new_decoder_without_bom_handling()), encoding);
        self.convert(rest, false, sink)
    }

    fn convert(&mut self, bytes: &[u8], last: bool, sink: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let State::Other(decoder, encoding) = &mut self.state else {
            return sink(bytes);
        };
        let mut text = String::with_capacity((bytes.len() + bytes.len() / 2).clamp(64, 1 << 20));
        let mut rest = bytes;
        loop {
            text.clear();
            let (result, consumed) = decoder.decode_to_string_without_replacement(rest, &mut text, last);
            rest = rest.get(consumed..).unwrap_or_default();
            self.offset += consumed as u64;
            if !text.is_empty() {
                sink(text.as_bytes())?;
            }
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => text.reserve(4096),
                DecoderResult::Malformed(..) => {
                    return Err(Error::invalid(format!(
                        "byte {} of the payload is not {}: {REMEDY}",
                        self.offset,
                        encoding.name()
                    )));
                }
            }
        }
    }
}

/// The fault of a payload that should be UTF-8 and is not from byte `offset` on.
pub(crate) fn not_utf8(offset: u64) -> Error {
    Error::invalid(format!("byte {offset} of the payload is not UTF-8: {REMEDY}"))
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Charset")
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
