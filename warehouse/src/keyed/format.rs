//! The bytes of a key map on disk.
//!
//! ```text
//! page 0        header: format, source, counts, checksum of the header and of the resident part
//! pages 1..=n   blocks of entries by hash; each page has its own checksum
//! the rest      resident part: first hash of every block, Bloom filter, rows that start dead
//! ```
//! A block keeps its columns apart: hashes (16 bytes), contents (8), versions (8; only if any entry has one), rows
//! (4), one bit for deletions. Numbers are little-endian; checksums are CRC-32C in the last four bytes of a page.

use super::{Entry, NO_VERSION, Source, filter::LINE};

const MAGIC: [u8; 8] = *b"SCKEYS01";
/// Bytes of the header and of every block: what one probe reads.
pub(super) const PAGE: usize = 4096;
const SUM_AT: usize = PAGE - 4;
const NAME_AT: usize = 72;
/// Bytes of the longest source path.
pub(super) const LONGEST_NAME: usize = SUM_AT - NAME_AT;

/// A page in memory.
pub(super) type Page = [u8; PAGE];

/// How entries lie in blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub entries: u64,
    /// Whether versions are stored.
    pub versions: bool,
    /// Start of the blocks' checksums, so that a block of another map or place is noticed.
    pub salt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub source: Source,
    pub entries: u64,
    pub versions: bool,
    pub filter_lines: u64,
    pub dead_bytes: u64,
    pub resident_sum: u32,
}

impl Header {
    /// Fails with `None` when the source's path is too long.
    pub fn encode(&self) -> Option<Page> {
        let mut page = [0; PAGE];
        let name = self.source.path.as_bytes();
        page[..8].copy_from_slice(&MAGIC);
        let numbers = [
            self.entries,
            self.source.size,
            self.source.hasher,
            self.filter_lines,
            self.dead_bytes,
        ];
        for (at, number) in numbers.into_iter().enumerate() {
            page[8 + at * 8..][..8].copy_from_slice(&number.to_le_bytes());
        }
        page[48..52].copy_from_slice(&self.resident_sum.to_le_bytes());
        page[52] = u8::from(self.versions);
        page[56..58].copy_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
        page.get_mut(NAME_AT..SUM_AT)?
            .get_mut(..name.len())?
            .copy_from_slice(name);
        seal(&mut page, 0);
        Some(page)
    }

    /// `None` when the bytes are not a sound header of this format.
    pub fn decode(page: &Page) -> Option<Self> {
        if page[..8] != MAGIC || !is_sealed(page, 0) {
            return None;
        }
        let number = |at: usize| u64::from_le_bytes(array(page, 8 + at * 8));
        let name_len = u16::from_le_bytes(array(page, 56)) as usize;
        let name = page.get(NAME_AT..SUM_AT)?.get(..name_len)?;
        Some(Self {
            source: Source {
                path: std::str::from_utf8(name).ok()?.to_owned(),
                size: number(1),
                hasher: number(2),
            },
            entries: number(0),
            versions: page[52] == 1,
            filter_lines: number(3),
            dead_bytes: number(4),
            resident_sum: u32::from_le_bytes(array(page, 48)),
        })
    }

    pub fn shape(&self) -> Shape {
        Shape::new(&self.source, self.entries, self.versions)
    }

    /// Bytes of the resident part: fences, filter, dead rows. `None` when no file can be that large.
    pub fn resident_len(&self) -> Option<u64> {
        let fences = self.shape().blocks().checked_mul(16)?;
        let filter = self.filter_lines.checked_mul(LINE as u64)?;
        fences.checked_add(filter)?.checked_add(self.dead_bytes)
    }

    /// Bytes of the whole file. `None` when no file can be that large.
    pub fn file_len(&self) -> Option<u64> {
        let pages = self.shape().blocks().checked_add(1)?;
        pages.checked_mul(PAGE as u64)?.checked_add(self.resident_len()?)
    }
}

impl Shape {
    pub fn new(source: &Source, entries: u64, versions: bool) -> Self {
        let salt = crc32c::crc32c(source.path.as_bytes());
        let salt = crc32c::crc32c_append(salt, &source.size.to_le_bytes());
        Self {
            entries,
            versions,
            salt: crc32c::crc32c_append(salt, &source.hasher.to_le_bytes()),
        }
    }

    pub fn blocks(self) -> u64 {
        self.entries.div_ceil(self.per_block() as u64)
    }

    /// Entries of a full block.
    pub fn per_block(self) -> usize {
        // An entry takes 28 or 36 bytes and a bit.
        SUM_AT * 8 / (if self.versions { 36 } else { 28 } * 8 + 1)
    }

    /// Entries of the block at `at`, which exists.
    pub fn entries_in(self, at: u64) -> usize {
        let before = at * self.per_block() as u64;
        self.entries.saturating_sub(before).min(self.per_block() as u64) as usize
    }

    /// Offset in the file of the block at `at`.
    pub fn offset(at: u64) -> u64 {
        (at + 1) * PAGE as u64
    }

    /// Where the columns start in a block of `entries`: contents, versions, rows, deletions. Hashes start at 0.
    fn columns(self, entries: usize) -> [usize; 4] {
        let contents = entries * 16;
        let versions = contents + entries * 8;
        let rows = versions + if self.versions { entries * 8 } else { 0 };
        [contents, versions, rows, rows + entries * 4]
    }

    /// The page of the block at `at`, of at most [`per_block`](Self::per_block) entries.
    pub fn encode(self, at: u64, entries: &[(u128, Entry)]) -> Page {
        let mut page = [0; PAGE];
        let [contents, versions, rows, deletions] = self.columns(entries.len());
        for (at, (hash, entry)) in entries.iter().enumerate() {
            page[at * 16..][..16].copy_from_slice(&hash.to_le_bytes());
            page[contents + at * 8..][..8].copy_from_slice(&entry.content.to_le_bytes());
            if self.versions {
                page[versions + at * 8..][..8].copy_from_slice(&entry.version.to_le_bytes());
            }
            page[rows + at * 4..][..4].copy_from_slice(&entry.row.to_le_bytes());
            page[deletions + at / 8] |= u8::from(entry.deleted) << (at % 8);
        }
        seal(&mut page, self.salt.wrapping_add(at as u32));
        page
    }

    /// The block at `at` in its page; `None` when the page is damaged.
    pub fn block(self, at: u64, page: &Page) -> Option<Block<'_>> {
        is_sealed(page, self.salt.wrapping_add(at as u32)).then(|| Block {
            page,
            shape: self,
            entries: self.entries_in(at),
        })
    }
}

/// A block whose checksum is right.
pub(super) struct Block<'a> {
    page: &'a Page,
    shape: Shape,
    entries: usize,
}

impl Block<'_> {
    pub fn len(&self) -> usize {
        self.entries
    }

    pub fn hash(&self, at: usize) -> u128 {
        u128::from_le_bytes(array(self.page, at * 16))
    }

    pub fn entry(&self, at: usize) -> Entry {
        let [contents, versions, rows, deletions] = self.shape.columns(self.entries);
        Entry {
            row: u32::from_le_bytes(array(self.page, rows + at * 4)),
            content: u64::from_le_bytes(array(self.page, contents + at * 8)),
            version: match self.shape.versions {
                true => i64::from_le_bytes(array(self.page, versions + at * 8)),
                false => NO_VERSION,
            },
            deleted: self.page[deletions + at / 8] >> (at % 8) & 1 == 1,
        }
    }

    pub fn find(&self, hash: u128) -> Option<Entry> {
        let (mut low, mut high) = (0, self.entries);
        while low < high {
            let middle = (low + high) / 2;
            match self.hash(middle).cmp(&hash) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(self.entry(middle)),
            }
        }
        None
    }
}

fn seal(page: &mut Page, salt: u32) {
    let sum = crc32c::crc32c_append(salt, &page[..SUM_AT]);
    page[SUM_AT..].copy_from_slice(&sum.to_le_bytes());
}

fn is_sealed(page: &Page, salt: u32) -> bool {
    crc32c::crc32c_append(salt, &page[..SUM_AT]).to_le_bytes() == page[SUM_AT..]
}

/// `N` bytes of a page from `at`, which is within it.
fn array<const N: usize>(page: &Page, at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&page[at..at + N]);
    out
}
