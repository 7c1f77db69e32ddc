//! Texts in records. One that goes on in the next record says anew how wide its characters are.

use super::{super::archive::damaged, records::Record};
use crate::{Error, Result};

/// Most bytes of shared texts.
const MOST: usize = 256 << 20;

/// A place in the data of a record and of those that continue it.
pub(super) struct Reading<'a> {
    pieces: &'a [&'a [u8]],
    at: usize,
}

impl<'a> Reading<'a> {
    /// A reading from byte `at` of the first piece on.
    pub(super) fn new(pieces: &'a [&'a [u8]], at: usize) -> Self {
        Self { pieces, at }
    }

    fn is_at_end(&mut self) -> bool {
        self.rest().is_err()
    }

    /// What is left of the present piece; the next where nothing is, and whether that was so.
    fn rest(&mut self) -> Result<(&'a [u8], bool)> {
        let mut moved = false;
        loop {
            let (piece, later) = self.pieces.split_first().ok_or_else(damaged)?;
            match piece.get(self.at..).filter(|rest| !rest.is_empty()) {
                Some(rest) => return Ok((rest, moved)),
                None => {
                    (self.pieces, self.at) = (later, self.at.saturating_sub(piece.len()));
                    moved = true;
                }
            }
        }
    }

    pub(super) fn byte(&mut self) -> Result<u8> {
        let (rest, _) = self.rest()?;
        self.at += 1;
        rest.first().copied().ok_or_else(damaged)
    }

    pub(super) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes([self.byte()?, self.byte()?]))
    }

    fn u32(&mut self) -> Result<usize> {
        Ok(usize::from(self.u16()?) | usize::from(self.u16()?) << 16)
    }

    /// The next `length` bytes.
    pub(super) fn bytes(&mut self, mut length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while length > 0 {
            let (rest, _) = self.rest()?;
            let taken = rest.get(..length.min(rest.len())).unwrap_or_default();
            bytes.extend_from_slice(taken);
            self.at += taken.len();
            length -= taken.len();
        }
        Ok(bytes)
    }

    fn skip(&mut self, mut length: usize) -> Result<()> {
        while length > 0 {
            let step = length.min(self.rest()?.0.len());
            self.at += step;
            length -= step;
        }
        Ok(())
    }

    /// Appends a text of `length` characters, with the flags before and what belongs to it behind.
    pub(super) fn unicode(&mut self, length: usize, text: &mut String) -> Result<()> {
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.u16()?) };
        let extra = if flags & 4 == 0 { 0 } else { self.u32()? };
        self.characters(length, flags & 1 != 0, text)?;
        self.skip(runs * 4 + extra)
    }

    /// Appends `left` characters, of two bytes each where they are `wide`.
    fn characters(&mut self, mut left: usize, mut wide: bool, text: &mut String) -> Result<()> {
        let mut units: Vec<u16> = Vec::new();
        while left > 0 {
            let (mut rest, moved) = self.rest()?;
            if moved {
                wide = self.byte()? & 1 != 0;
                rest = self.rest()?.0;
            }
            let size = if wide { 2 } else { 1 };
            let count = left.min(rest.len() / size);
            if count == 0 {
                return Err(damaged());
            }
            let taken = rest.get(..count * size).unwrap_or_default();
            if wide {
                units.extend(taken.chunks_exact(2).map(|unit| super::container::u16_at(unit, 0)));
            } else {
                units.extend(taken.iter().map(|byte| u16::from(*byte)));
            }
            self.at += taken.len();
            left -= count;
        }
        text.push_str(&String::from_utf16_lossy(&units));
        Ok(())
    }
}

/// The texts that all sheets share.
pub(super) fn shared(record: &Record<'_>) -> Result<Vec<String>> {
    let mut reading = record.reading(8);
    let (mut texts, mut held) = (Vec::new(), 0);
    for _ in 0..record.u32(4) {
        if reading.is_at_end() {
            break;
        }
        let mut text = String::new();
        let length = usize::from(reading.u16()?);
        reading.unicode(length, &mut text)?;
        held += text.len() + size_of::<String>();
        texts.push(text);
        if held > MOST {
            return Err(Error::TooLarge(format!(
                "the texts of the workbook are more than {MOST} bytes: split it into several pushes, or send CSV"
            )));
        }
    }
    Ok(texts)
}
