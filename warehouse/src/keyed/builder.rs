//! Building the key maps of sources that are written together, from their operations in any order.

use super::{Entry, FileMap, MemoryMap, NO_VERSION, RowSet, Source, write::MapWriter};
use crate::{
    Error, Result, Seq,
    runs::{Record, Runs},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// Operations that are held before they go to disk: 200 MB. Tests cross the limits with few.
const HELD: usize = if cfg!(test) { 50 } else { 1 << 22 };
/// Maps that are written at once.
const WRITERS: usize = if cfg!(test) { 2 } else { 256 };

/// One row of a source, as a key map needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Key hash.
    pub hash: u128,
    /// Row number in the source, from 0; no row comes twice.
    pub row: u32,
    /// Content hash.
    pub content: u64,
    /// Value of the version column, [`NO_VERSION`] where there is none.
    pub version: i64,
    /// The row deletes the key.
    pub deleted: bool,
    /// Position of the push.
    pub seq: Seq,
    /// Line within the push, below 2^32.
    pub line: u64,
}

/// Collects the operations of up to 65,536 sources, and keeps the last one of each key in whichever source it is: the
/// greatest (seq, line). A stale operation is none: it is only hidden. Holds 48 bytes an operation, and of a
/// [spilling](Self::spilling) builder's no more than 200 MB of them.
#[derive(Debug)]
pub struct KeyMapBuilder {
    held: Vec<Held>,
    /// Operations that are held before they go to disk; without bound where there is nowhere to put them.
    limit: usize,
    runs: Runs<Held>,
    /// The positions that occur; few, whatever the number of operations, so an operation holds a place in here.
    seqs: Vec<Seq>,
    place_of: HashMap<Seq, u32>,
    sources: Vec<OfSource>,
}

#[derive(Debug, Clone, Default)]
struct OfSource {
    operations: usize,
    has_versions: bool,
    hidden: RowSet,
}

/// Ordered by hash; what follows only makes the order total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Held {
    /// Upper and lower half: as one number it would be aligned to 16 bytes and cost more.
    hash: [u64; 2],
    content: u64,
    version: i64,
    row: u32,
    seq: u32,
    line: u32,
    source: u16,
    deleted: bool,
}

impl Record for Held {
    const BYTES: usize = 47;

    fn write(self, bytes: &mut [u8]) {
        let wide = [self.hash[0], self.hash[1], self.content, self.version.cast_unsigned()];
        let (words, rest) = bytes.split_at_mut(32);
        for (bytes, word) in words.chunks_exact_mut(8).zip(wide) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let (words, rest) = rest.split_at_mut(12);
        for (bytes, word) in words.chunks_exact_mut(4).zip([self.row, self.seq, self.line]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        let [low, high] = self.source.to_le_bytes();
        rest.copy_from_slice(&[low, high, u8::from(self.deleted)]);
    }

    fn read(bytes: &[u8]) -> Self {
        let (wide, _) = bytes.as_chunks::<8>();
        let (narrow, _) = bytes.as_chunks::<4>();
        let wide = |at: usize| u64::from_le_bytes(wide[at]);
        // Behind the four wide numbers.
        let narrow = |at: usize| u32::from_le_bytes(narrow[8 + at]);
        Self {
            hash: [wide(0), wide(1)],
            content: wide(2),
            version: wide(3).cast_signed(),
            row: narrow(0),
            seq: narrow(1),
            line: narrow(2),
            source: u16::from_le_bytes([bytes[44], bytes[45]]),
            deleted: bytes[46] == 1,
        }
    }
}

impl Held {
    fn hash(&self) -> u128 {
        let [upper, lower] = self.hash;
        u128::from(upper) << 64 | u128::from(lower)
    }

    fn entry(&self) -> Entry {
        Entry {
            row: self.row,
            content: self.content,
            version: self.version,
            deleted: self.deleted,
        }
    }
}

impl KeyMapBuilder {
    /// A builder that holds all of its operations, with room for so many.
    pub fn with_capacity(operations: usize) -> Self {
        Self {
            held: Vec::with_capacity(operations),
            limit: usize::MAX,
            ..Self::spilling(Path::new(""))
        }
    }

    /// A builder that puts what is too much for memory into `folder`, in files without a name.
    pub fn spilling(folder: &Path) -> Self {
        Self {
            held: Vec::new(),
            limit: HELD,
            runs: Runs::new(folder),
            seqs: Vec::new(),
            place_of: HashMap::new(),
            sources: Vec::new(),
        }
    }

    /// A row of a source that counts for nothing.
    pub fn hide(&mut self, source: u16, row: u32) {
        of(&mut self.sources, source).hidden.insert(row);
    }

    /// Adds a row of a source. Fails for a line of 2^32 or more, and when the disk does.
    pub fn push(&mut self, source: u16, operation: &Operation) -> Result<()> {
        let Ok(line) = u32::try_from(operation.line) else {
            return Err(Error::invalid("a push has more lines than a key map can count"));
        };
        let seq = self.place(operation.seq);
        let known = of(&mut self.sources, source);
        known.operations += 1;
        known.has_versions |= operation.version != NO_VERSION;
        if self.held.len() >= self.limit {
            self.held.sort_unstable();
            self.runs.spill(self.held.drain(..))?;
        }
        self.held.push(Held {
            hash: [(operation.hash >> 64) as u64, operation.hash as u64],
            content: operation.content,
            version: operation.version,
            row: operation.row,
            seq,
            line,
            source,
            deleted: operation.deleted,
        });
        Ok(())
    }

    /// The map of source 0 in memory, and the rows of it that are hidden: superseded, stale, or deletions.
    pub fn build(mut self) -> Result<(MemoryMap, RowSet)> {
        let mut entries = Vec::with_capacity(self.held.len());
        self.last_of_each(|held| {
            entries.push((held.hash(), held.entry()));
            Ok(())
        })?;
        let hidden = std::mem::take(&mut of(&mut self.sources, 0).hidden);
        Ok((MemoryMap::from_sorted(entries.into_iter()), hidden))
    }

    /// The maps of the sources in files, which replace what is there and are synced, and the hidden rows of each.
    pub fn write(mut self, files: &[(PathBuf, Source)]) -> Result<Vec<(FileMap, RowSet)>> {
        for (group, files) in files.chunks(WRITERS).enumerate() {
            let first = group * WRITERS;
            let mut writers = Vec::with_capacity(files.len());
            for (at, (path, source)) in (first..).zip(files) {
                let known = self.sources.get(at);
                let (operations, has_versions) = known.map_or((0, false), |of| (of.operations, of.has_versions));
                writers.push(MapWriter::create(path, source, operations, has_versions)?);
            }
            self.last_of_each(|held| {
                let at = usize::from(held.source).checked_sub(first);
                match at.and_then(|at| writers.get_mut(at)) {
                    Some(writer) => writer.add(held.hash(), held.entry()),
                    None => Ok(()),
                }
            })?;
            for (at, writer) in (first..).zip(writers) {
                let known = self.sources.get(at);
                writer.finish(known.map_or(&RowSet::default(), |of| &of.hidden))?;
            }
        }
        // Free the operations before the maps take their memory.
        drop(self);
        files.iter().map(|(path, source)| FileMap::open(path, source)).collect()
    }

    fn place(&mut self, seq: Seq) -> u32 {
        // Rows of one push mostly follow each other.
        if let Some(last) = self.held.last()
            && self.seqs[last.seq as usize] == seq
        {
            return last.seq;
        }
        *self.place_of.entry(seq).or_insert_with(|| {
            self.seqs.push(seq);
            self.seqs.len() as u32 - 1
        })
    }

    /// Gives the last operation of each key to `take`, by hash; hides the others and the deletions. May be called
    /// again.
    fn last_of_each(&mut self, mut take: impl FnMut(&Held) -> Result<()>) -> Result<()> {
        self.held.sort_unstable();
        let (seqs, sources) = (&self.seqs, &mut self.sources);
        let rank = |held: &Held| (seqs[held.seq as usize], held.line);
        let mut settle = |last: &Held, sources: &mut Vec<OfSource>| {
            if last.deleted {
                of(sources, last.source).hidden.insert(last.row);
            }
            take(last)
        };
        let mut last: Option<Held> = None;
        for next in self.runs.merged(&self.held)? {
            let next = next?;
            let before = match last.replace(next) {
                Some(before) if before.hash == next.hash => before,
                Some(before) => {
                    settle(&before, sources)?;
                    continue;
                }
                None => continue,
            };
            let mut superseded = before;
            if rank(&before) >= rank(&next) {
                superseded = next;
                last = Some(before);
            }
            of(sources, superseded.source).hidden.insert(superseded.row);
        }
        last.map_or(Ok(()), |last| settle(&last, sources))
    }
}

fn of(sources: &mut Vec<OfSource>, source: u16) -> &mut OfSource {
    let at = usize::from(source);
    if sources.len() <= at {
        sources.resize_with(at + 1, OfSource::default);
    }
    &mut sources[at]
}
