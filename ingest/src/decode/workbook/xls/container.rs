//! The compound file that binary Office documents are kept in: a small file system with chains of sectors.

use super::super::archive::damaged;
use crate::Result;

/// Marks of the sector table from here on are no sectors.
const NO_SECTOR: u32 = 0xffff_fffa;
/// Streams below this are kept in small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;

/// An open compound file.
pub(super) struct Container<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// For each sector the next one.
    table: Vec<u32>,
    small_table: Vec<u32>,
    /// The sectors of small streams, in one piece.
    small: Vec<u8>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

impl<'a> Container<'a> {
    /// Reads tables and directory.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self> {
        let shift = u16_at(bytes, 30);
        if !matches!(shift, 9 | 12) || u16_at(bytes, 32) != 6 {
            return Err(damaged());
        }
        let mut file = Self {
            bytes,
            sector: 1 << shift,
            table: Vec::new(),
            small_table: Vec::new(),
            small: Vec::new(),
            entries: Vec::new(),
        };
        file.read_table()?;
        let directory = file.chain(u32_at(bytes, 48), usize::MAX)?;
        file.entries = directory.chunks_exact(128).map(Entry::of).collect();
        let small_table = file.chain(u32_at(bytes, 60), usize::MAX)?;
        file.small_table = words(&small_table).collect();
        if let Some((start, length)) = file.entries.first().map(|root| (root.start, root.length)) {
            file.small = file.chain(start, length)?;
        }
        Ok(file)
    }

    /// Whether there is a stream called `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    /// The stream called `name`, if there is one.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let found = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name));
        let Some(entry) = found else { return Ok(None) };
        if entry.length >= SMALL_STREAM {
            return self.chain(entry.start, entry.length).map(Some);
        }
        let of_small = |at: u32| {
            let start = at as usize * SMALL_SECTOR;
            self.small.get(start..(start + SMALL_SECTOR).min(self.small.len()))
        };
        follow(entry.start, entry.length, &self.small_table, of_small).map(Some)
    }

    /// Reads which sectors hold the table, and those.
    fn read_table(&mut self) -> Result<()> {
        let mut places: Vec<u32> = words(self.bytes.get(76..512).ok_or_else(damaged)?).collect();
        let mut next = u32_at(self.bytes, 68);
        let sectors = self.bytes.len() / self.sector;
        for _ in 0..sectors {
            if next >= NO_SECTOR {
                break;
            }
            let (last, list) = self
                .sector(next)
                .and_then(<[u8]>::split_last_chunk::<4>)
                .map(|(l, w)| (*w, l))
                .ok_or_else(damaged)?;
            places.extend(words(list));
            next = u32::from_le_bytes(last);
        }
        // A table has no more places than the file has sectors.
        places.retain(|place| *place < NO_SECTOR);
        places.truncate(sectors / (self.sector / 4) + 2);
        for place in places {
            let part = self.sector(place).ok_or_else(damaged)?;
            self.table.extend(words(part));
        }
        Ok(())
    }

    fn sector(&self, at: u32) -> Option<&'a [u8]> {
        // The head of the file takes the place of the first sector.
        let start = (at as usize).checked_add(1)?.checked_mul(self.sector)?;
        self.bytes
            .get(start..(start + self.sector).min(self.bytes.len()))
            .filter(|sector| !sector.is_empty())
    }

    fn chain(&self, start: u32, length: usize) -> Result<Vec<u8>> {
        follow(start, length, &self.table, |at| self.sector(at))
    }
}

/// The sectors from `start` on, at most `length` bytes of them. A chain that bites its tail is no chain.
fn follow<'s>(start: u32, length: usize, table: &[u32], sector: impl Fn(u32) -> Option<&'s [u8]>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut at = start;
    for _ in 0..=table.len() {
        if at >= NO_SECTOR || bytes.len() >= length {
            bytes.truncate(length);
            return Ok(bytes);
        }
        bytes.extend_from_slice(sector(at).ok_or_else(damaged)?);
        at = table.get(at as usize).copied().unwrap_or(NO_SECTOR);
    }
    Err(damaged())
}

impl Entry {
    fn of(entry: &[u8]) -> Self {
        let length = usize::from(u16_at(entry, 64)).saturating_sub(2).min(62);
        let units: Vec<u16> = (0..length / 2).map(|at| u16_at(entry, at * 2)).collect();
        Self {
            name: String::from_utf16_lossy(&units),
            start: u32_at(entry, 116),
            length: u32_at(entry, 120) as usize,
        }
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).map(|word| u32_at(word, 0))
}

/// Two bytes of a file as a number; 0 behind its end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>());
    found.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

/// Four bytes of a file as a number; 0 behind its end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    found.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Eight bytes of a file as a double; 0 behind its end.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> f64 {
    let found = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    found.map_or(0.0, |bytes| f64::from_le_bytes(*bytes))
}
