//! The little of ZIP that workbooks need: the list of parts, and one part at a time unpacked as a stream. The list is
//! believed only as far as it can do harm no more: its sizes are added up before anything is unpacked, and a part that
//! turns out longer than listed is refused.

use super::super::document::{Held, ReadSeek};
use crate::{Error, Result};
use flate2::bufread::DeflateDecoder;
use memchr::memmem;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Most parts of a workbook.
const PARTS: u64 = 10_000;
/// Largest list of parts, in bytes.
const LIST: u64 = 16 << 20;
/// Below this many unpacked bytes any ratio is fine.
const RATIO_FREE: u64 = 64 << 20;
/// Above [`RATIO_FREE`], this many times the packed size is a bomb: sheets pack to a tenth or a fiftieth.
const RATIO: u64 = 400;

const END: &[u8] = b"PK\x05\x06";
const END_64_LOCATOR: &[u8] = b"PK\x06\x07";
const END_64: &[u8] = b"PK\x06\x06";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// The list of parts.
#[derive(Debug)]
pub(super) struct Archive {
    parts: Vec<Listed>,
}

/// A part as it is listed.
#[derive(Debug, Clone)]
struct Listed {
    /// Lower case, with `/` between folders.
    name: String,
    is_locked: bool,
    method: u16,
    packed: u64,
    size: u64,
    at: u64,
}

impl Archive {
    /// Reads the list; refuses one whose parts are more than `limit` bytes together.
    pub(super) fn open(held: &mut Held, limit: u64) -> Result<Self> {
        let length = held.length()?;
        let mut reader = held.reader()?;
        let (count, size, at) = end_of(&mut *reader, length)?;
        if count > PARTS || size > LIST {
            return Err(Error::TooLarge(format!(
                "the workbook has {count} parts, more than the {PARTS} that are read: copy the sheet into a new workbook and send that"
            )));
        }
        if at.saturating_add(size) > length {
            return Err(damaged());
        }
        let list = read_at(&mut *reader, at, size)?;
        let parts = listed(&list, count)?;
        let total = parts.iter().fold(0_u64, |sum, part| sum.saturating_add(part.size));
        if total > limit {
            return Err(Error::TooLarge(format!(
                "the workbook unpacks to {total} bytes, more than {limit}: split it into several pushes, or send CSV"
            )));
        }
        if total > RATIO_FREE && total / RATIO > length {
            return Err(Error::TooLarge(format!(
                "{length} bytes of workbook would unpack to {total}: copy the filled cells into a new workbook and send that"
            )));
        }
        Ok(Self { parts })
    }

    /// Whether there is a part called `name`, whatever its case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&Listed> {
        let name = name.to_ascii_lowercase();
        self.parts.iter().find(|part| part.name == name)
    }

    /// The part called `name`, unpacked as it is read.
    pub(super) fn part<'h>(&self, held: &'h mut Held, name: &str) -> Result<Part<'h>> {
        let listed = self
            .find(name)
            .ok_or_else(|| Error::invalid(format!("the workbook has no part {name:?}: {SAVE_ANEW}")))?;
        if listed.is_locked {
            return Err(super::locked());
        }
        let mut reader = held.reader()?;
        let head = read_at(&mut *reader, listed.at, 30)?;
        if !head.starts_with(LOCAL) {
            return Err(damaged());
        }
        let names = u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
        reader
            .seek(SeekFrom::Start(listed.at + 30 + names))
            .map_err(|error| broken(&error))?;
        let packed = BufReader::with_capacity(64 << 10, reader.take(listed.packed));
        let stream = match listed.method {
            0 => Stream::Plain(packed),
            8 => Stream::Deflated(DeflateDecoder::new(packed)),
            method => {
                return Err(Error::invalid(format!(
                    "the workbook is packed by method {method}, which is not read here: {SAVE_ANEW}"
                )));
            }
        };
        Ok(Part {
            stream,
            left: listed.size,
        })
    }

    /// A small part as a whole; nothing where there is none.
    pub(super) fn bytes(&self, held: &mut Held, name: &str, most: u64) -> Result<Option<Vec<u8>>> {
        if !self.has(name) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let part = self.part(held, name)?;
        part.take(most)
            .read_to_end(&mut bytes)
            .map_err(|error| broken(&error))?;
        Ok(Some(bytes))
    }
}

/// A part, unpacked.
pub(super) struct Part<'h> {
    stream: Stream<'h>,
    /// Bytes that it may still have by the list.
    left: u64,
}

type Packed<'h> = BufReader<io::Take<Box<dyn ReadSeek + 'h>>>;

enum Stream<'h> {
    Plain(Packed<'h>),
    Deflated(DeflateDecoder<Packed<'h>>),
}

impl Read for Part<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.stream {
            Stream::Plain(plain) => plain.read(buffer)?,
            Stream::Deflated(deflated) => deflated.read(buffer)?,
        };
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::new(io::ErrorKind::InvalidData, "longer than listed")),
        }
        Ok(read)
    }
}

/// How many parts there are, and size and place of the list.
fn end_of(reader: &mut dyn ReadSeek, length: u64) -> Result<(u64, u64, u64)> {
    // The end has 22 bytes and a comment of at most 64 KB.
    let tail = read_at(reader, length.saturating_sub(22 + 0xffff), length.min(22 + 0xffff))?;
    let at = memmem::rfind(&tail, END).ok_or_else(damaged)?;
    let end = tail.get(at..at + 22).ok_or_else(damaged)?;
    let (count, size, place) = (
        u64::from(u16_at(end, 10)),
        u64::from(u32_at(end, 12)),
        u64::from(u32_at(end, 16)),
    );
    if count < 0xffff && size < 0xffff_ffff && place < 0xffff_ffff {
        return Ok((count, size, place));
    }
    let locator = at
        .checked_sub(20)
        .and_then(|at| tail.get(at..at + 20))
        .ok_or_else(damaged)?;
    if !locator.starts_with(END_64_LOCATOR) {
        return Err(damaged());
    }
    let end = read_at(reader, u64_at(locator, 8), 56)?;
    if !end.starts_with(END_64) {
        return Err(damaged());
    }
    Ok((u64_at(&end, 32), u64_at(&end, 40), u64_at(&end, 48)))
}

fn listed(list: &[u8], count: u64) -> Result<Vec<Listed>> {
    let mut parts = Vec::new();
    let mut at = 0;
    for _ in 0..count {
        let head = list
            .get(at..at + 46)
            .filter(|head| head.starts_with(LISTED))
            .ok_or_else(damaged)?;
        let (name, extra, comment) = (u16_at(head, 28), u16_at(head, 30), u16_at(head, 32));
        let names = at + 46..at + 46 + usize::from(name);
        let extras = names.end..names.end + usize::from(extra);
        let name = list.get(names).ok_or_else(damaged)?;
        let mut part = Listed {
            name: String::from_utf8_lossy(name).replace('\\', "/").to_ascii_lowercase(),
            is_locked: u16_at(head, 8) & 1 != 0,
            method: u16_at(head, 10),
            packed: u64::from(u32_at(head, 20)),
            size: u64::from(u32_at(head, 24)),
            at: u64::from(u32_at(head, 42)),
        };
        widen(&mut part, list.get(extras.clone()).ok_or_else(damaged)?);
        parts.push(part);
        at = extras.end + usize::from(comment);
    }
    Ok(parts)
}

/// Takes sizes that do not fit into 32 bits from where they are then.
fn widen(part: &mut Listed, mut extra: &[u8]) {
    while let Some((head, rest)) = extra.split_first_chunk::<4>() {
        let (kind, length) = (u16_at(head, 0), usize::from(u16_at(head, 2)));
        let (data, next) = rest.split_at(length.min(rest.len()));
        if kind == 1 {
            let mut words = data.chunks_exact(8).map(|word| u64_at(word, 0));
            for place in [&mut part.size, &mut part.packed, &mut part.at] {
                if *place == 0xffff_ffff {
                    *place = words.next().unwrap_or(*place);
                }
            }
        }
        extra = next;
    }
}

fn read_at(reader: &mut dyn ReadSeek, at: u64, length: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.seek(SeekFrom::Start(at)).map_err(|error| broken(&error))?;
    reader
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(|error| broken(&error))?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(damaged())
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    word(bytes, at).map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    word(bytes, at).map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    word(bytes, at).map_or(0, u64::from_le_bytes)
}

fn word<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk::<N>().copied()
}

/// What helps against nearly every oddity of a file.
pub(super) const SAVE_ANEW: &str = "open it in Excel or LibreOffice, save it anew as .xlsx, and send that";

/// The fault of a file that cannot be read to its end.
pub(super) fn damaged() -> Error {
    Error::invalid(format!(
        "the workbook is damaged or was cut off: send the whole file again, or {SAVE_ANEW}"
    ))
}

/// The fault behind a failed read: mostly the file's, at times the machine's.
pub(super) fn broken(error: &io::Error) -> Error {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    match error.kind() {
        InvalidData | InvalidInput | Other | UnexpectedEof => damaged(),
        kind => Error::internal("the workbook could not be read", io::Error::from(kind)),
    }
}
