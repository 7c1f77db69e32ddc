//! The records of a binary workbook, each with those that continue it.

use super::{
    super::archive::damaged,
    container::{u16_at, u32_at},
    strings::Reading,
};
use crate::Result;

/// A record.
pub(super) struct Record<'a> {
    /// Its type.
    pub kind: u16,
    /// Byte of the stream at which it starts.
    pub at: usize,
    /// Its data, and that of the records which continue it.
    pub pieces: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    pub(super) const BOF: u16 = 0x0809;
    pub(super) const EOF: u16 = 0x000a;
    pub(super) const LOCK: u16 = 0x002f;
    pub(super) const CODEPAGE: u16 = 0x0042;
    pub(super) const EPOCH: u16 = 0x0022;
    pub(super) const FORMAT: u16 = 0x041e;
    pub(super) const XF: u16 = 0x00e0;
    pub(super) const SST: u16 = 0x00fc;
    pub(super) const SHEET: u16 = 0x0085;
    pub(super) const ROW: u16 = 0x0208;
    pub(super) const MERGES: u16 = 0x00e5;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const RK: u16 = 0x027e;
    pub(super) const MULTIPLE_RK: u16 = 0x00bd;
    pub(super) const LABEL: u16 = 0x0204;
    pub(super) const RICH_LABEL: u16 = 0x00d6;
    pub(super) const SHARED_LABEL: u16 = 0x00fd;
    pub(super) const BOOLEAN_OR_ERROR: u16 = 0x0205;
    pub(super) const FORMULA: [u16; 3] = [0x0006, 0x0206, 0x0406];
    pub(super) const TEXT_RESULT: u16 = 0x0207;
    const CONTINUE: u16 = 0x003c;

    /// The data before any continuation.
    pub(super) fn data(&self) -> &'a [u8] {
        self.pieces.first().copied().unwrap_or_default()
    }

    pub(super) fn u16(&self, at: usize) -> u16 {
        u16_at(self.data(), at)
    }

    pub(super) fn u32(&self, at: usize) -> u32 {
        u32_at(self.data(), at)
    }

    /// Reads the data from byte `at` on.
    pub(super) fn reading(&self, at: usize) -> Reading<'_> {
        Reading::new(&self.pieces, at)
    }
}

/// The records of `stream` from byte `at` on. One that is cut off ends them with a fault.
pub(super) fn records(stream: &[u8], at: usize) -> impl Iterator<Item = Result<Record<'_>>> {
    let mut next = at;
    std::iter::from_fn(move || {
        let at = next;
        let rest = stream.get(at..).filter(|rest| rest.len() >= 4)?;
        let Some(piece) = piece(stream, &mut next) else {
            next = stream.len();
            return Some(Err(damaged()));
        };
        let mut record = Record {
            kind: u16_at(rest, 0),
            at,
            pieces: vec![piece],
        };
        while stream
            .get(next..)
            .is_some_and(|rest| rest.len() >= 4 && u16_at(rest, 0) == Record::CONTINUE)
        {
            let Some(piece) = self::piece(stream, &mut next) else {
                break;
            };
            record.pieces.push(piece);
        }
        Some(Ok(record))
    })
}

fn piece<'a>(stream: &'a [u8], next: &mut usize) -> Option<&'a [u8]> {
    let start = *next + 4;
    let end = start + usize::from(u16_at(stream, *next + 2));
    let piece = stream.get(start..end)?;
    *next = end;
    Some(piece)
}
