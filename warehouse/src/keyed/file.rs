//! A key map on disk, about 28 bytes a key (36 with versions). In memory stay a Bloom filter and the first hash of
//! every block, about 12 bits a key; the entries are read when they are asked for, and every block is checked each
//! time it is read.

use super::{
    Entry, KeyMap, RowSet, Source,
    filter::{Filter, LINE},
    format::{Block, Header, PAGE, Page, Shape},
};
use crate::{Error, Result};
use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Most blocks read at once.
const SPAN: u64 = 64;
/// Blocks that a bulk look-up reads and does not need, rather than reading twice.
const GAP: u64 = 4;

/// An open key map. It holds its file open, so it answers even when the file has been unlinked meanwhile.
#[derive(Debug)]
pub struct FileMap {
    file: File,
    path: PathBuf,
    shape: Shape,
    /// First hash of every block, ascending.
    fences: Vec<u128>,
    filter: Filter,
}

impl FileMap {
    /// Opens the map at `path` and answers the rows of the source that start dead. Fails when the file is absent,
    /// damaged, of another format or made of another source than `source`; the remedy is always to build it again.
    /// Blocks are checked when they are read, or all at once by [`verify`](Self::verify).
    pub fn open(path: &Path, source: &Source) -> Result<(Self, RowSet)> {
        let file = File::open(path)?;
        let damaged = |what: &str| damaged(path, what);
        let len = file.metadata()?.len();
        let mut page = [0; PAGE];
        if len < PAGE as u64 {
            return Err(damaged("it is cut off"));
        }
        file.read_exact_at(&mut page, 0)?;
        let header = Header::decode(&page).ok_or_else(|| damaged("its header is not sound"))?;
        if header.source != *source {
            return Err(damaged("it belongs to another source"));
        }
        let resident_len = header.resident_len().unwrap_or(u64::MAX);
        if header.file_len() != Some(len) {
            return Err(damaged("its length is wrong"));
        }
        let mut resident = vec![0; resident_len as usize];
        file.read_exact_at(&mut resident, len - resident_len)?;
        if crc32c::crc32c(&resident) != header.resident_sum {
            return Err(damaged("its index is not sound"));
        }
        let shape = header.shape();
        let (fences, rest) = resident.split_at(shape.blocks() as usize * 16);
        let (filter, dead) = rest.split_at(header.filter_lines as usize * LINE);
        let (fences, _) = fences.as_chunks::<16>();
        let dead = RowSet::decode(dead).ok_or_else(|| damaged("its dead rows are not sound"))?;
        let map = Self {
            fences: fences.iter().map(|fence| u128::from_le_bytes(*fence)).collect(),
            filter: Filter::from_bytes(filter),
            path: path.to_owned(),
            file,
            shape,
        };
        Ok((map, dead))
    }

    /// Reads and checks every block.
    pub fn verify(&self) -> Result<()> {
        self.iter().try_for_each(|item| item.map(|_| ()))
    }

    /// The block that holds `hash` if any does.
    fn block_of(&self, hash: u128) -> Option<u64> {
        let after = self.fences.partition_point(|fence| *fence <= hash);
        after.checked_sub(1).map(|at| at as u64)
    }

    fn block<'a>(&self, at: u64, page: &'a Page) -> Result<Block<'a>> {
        self.shape.block(at, page).ok_or_else(|| {
            // So that whoever looks for it next builds it again.
            let _ = std::fs::remove_file(&self.path);
            damaged(&self.path, "a block is not sound")
        })
    }

    /// The pages of some blocks, unchecked.
    fn read(&self, first: u64, pages: &mut [Page]) -> Result<()> {
        Ok(self
            .file
            .read_exact_at(pages.as_flattened_mut(), Shape::offset(first))?)
    }

    /// The entries of blocks `first..end`.
    fn entries(&self, first: u64, end: u64) -> Result<Vec<(u128, Entry)>> {
        let mut pages = vec![[0; PAGE]; (end - first) as usize];
        self.read(first, &mut pages)?;
        let mut entries = Vec::with_capacity(pages.len() * self.shape.per_block());
        for (at, page) in (first..).zip(&pages) {
            let block = self.block(at, page)?;
            entries.extend((0..block.len()).map(|entry| (block.hash(entry), block.entry(entry))));
        }
        Ok(entries)
    }
}

impl KeyMap for FileMap {
    fn len(&self) -> usize {
        self.shape.entries as usize
    }

    fn get(&self, hash: u128) -> Result<Option<Entry>> {
        if !self.filter.may_contain(hash) {
            return Ok(None);
        }
        let Some(at) = self.block_of(hash) else {
            return Ok(None);
        };
        let mut page = [[0; PAGE]];
        self.read(at, &mut page)?;
        Ok(self.block(at, &page[0])?.find(hash))
    }

    fn get_many(&self, hashes: &[u128]) -> Result<Vec<Option<Entry>>> {
        let mut found = vec![None; hashes.len()];
        let mut wanted: Vec<(u128, usize)> = (hashes.iter().copied().zip(0..))
            .filter(|(hash, _)| self.filter.may_contain(*hash))
            .collect();
        wanted.sort_unstable();
        let located: Vec<(u64, u128, usize)> = wanted
            .into_iter()
            .filter_map(|(hash, place)| Some((self.block_of(hash)?, hash, place)))
            .collect();

        let mut pages = vec![[0; PAGE]; SPAN.min(self.shape.blocks()) as usize];
        let near = |a: &(u64, u128, usize), b: &(u64, u128, usize)| b.0 - a.0 <= GAP;
        for neighbours in located.chunk_by(near) {
            let mut left = neighbours;
            while let (Some((first, ..)), Some((last, ..))) = (left.first(), left.last()) {
                let first = *first;
                let span = left.partition_point(|(at, ..)| *at - first < SPAN);
                let (now, later) = left.split_at(span);
                let count = (last - first + 1).min(SPAN) as usize;
                self.read(first, &mut pages[..count])?;
                for same in now.chunk_by(|a, b| a.0 == b.0) {
                    let block = self.block(same[0].0, &pages[(same[0].0 - first) as usize])?;
                    for (_, hash, place) in same {
                        found[*place] = block.find(*hash);
                    }
                }
                left = later;
            }
        }
        Ok(found)
    }

    fn iter(&self) -> Box<dyn Iterator<Item = Result<(u128, Entry)>> + '_> {
        let blocks = self.shape.blocks();
        let mut next = 0;
        let spans = std::iter::from_fn(move || {
            let first = next;
            next = (first + SPAN).min(blocks);
            (first < next).then(|| self.entries(first, next).inspect_err(|_| next = blocks))
        });
        Box::new(spans.flat_map(|span| {
            let (entries, error) = match span {
                Ok(entries) => (entries, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            entries.into_iter().map(Ok).chain(error)
        }))
    }

    fn resident_bytes(&self) -> usize {
        self.fences.capacity() * size_of::<u128>() + self.filter.lines() * LINE
    }
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::internal(
        "a key map is damaged: the next start builds it again",
        format!("{}: {what}", path.display()),
    )
}
