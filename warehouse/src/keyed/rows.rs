//! A set of rows of one source, in practice its dead ones. Copies share what they have in common, so that every view
//! can hold its own state of the set: marking one row copies 2 KB and a list of pointers.

use arrow::{
    array::BooleanArray,
    buffer::{BooleanBuffer, Buffer},
};
use std::{ops::Range, sync::Arc};

/// Rows that share one copy.
const CHUNK: u32 = 16_384;
const WORDS: usize = CHUNK as usize / 64;
/// Bytes of a chunk in [`RowSet::encode`]: its number and its words.
const ENCODED: usize = 4 + WORDS * 8;

/// A set of row numbers, counted from 0 in the order of the source. One bit a row where any row of 16,384 is in it.
#[derive(Clone, Default)]
pub struct RowSet {
    chunks: Vec<Option<Arc<[u64; WORDS]>>>,
    len: usize,
}

impl RowSet {
    /// True when the row is in the set.
    pub fn contains(&self, row: u32) -> bool {
        self.word(row as usize / 64) >> (row % 64) & 1 == 1
    }

    /// Adds a row; true when it is new. Copies the row's chunk when another set shares it.
    pub fn insert(&mut self, row: u32) -> bool {
        let at = (row / CHUNK) as usize;
        if self.chunks.len() <= at {
            self.chunks.resize(at + 1, None);
        }
        let words = Arc::make_mut(self.chunks[at].get_or_insert_with(|| Arc::new([0; WORDS])));
        let word = &mut words[(row % CHUNK) as usize / 64];
        let new = *word >> (row % 64) & 1 == 0;
        *word |= 1 << (row % 64);
        self.len += usize::from(new);
        new
    }

    /// Rows in the set.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when no row is in the set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rows, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.chunks.len())
            .filter(|at| self.chunks[*at].is_some())
            .flat_map(|at| at * WORDS..(at + 1) * WORDS)
            .flat_map(|word| bits(word, self.word(word)))
    }

    /// The rows that are here and not in `other`, ascending. Costs nothing for chunks that the two share.
    pub fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = u32> + 'a {
        (0..self.chunks.len())
            .filter(|at| match (&self.chunks[*at], other.chunks.get(*at)) {
                (Some(ours), Some(Some(theirs))) => !Arc::ptr_eq(ours, theirs),
                (ours, _) => ours.is_some(),
            })
            .flat_map(|at| at * WORDS..(at + 1) * WORDS)
            .flat_map(|word| bits(word, self.word(word) & !other.word(word)))
    }

    /// Adds the rows of `other`, each `offset` higher: the second of two sources that become one.
    pub fn append(&mut self, other: &Self, offset: u32) {
        for row in other.iter() {
            self.insert(row.saturating_add(offset));
        }
    }

    /// For the rows `offset..offset + len` of a source whose dead rows are in this set: true where a row is alive.
    pub fn alive_filter(&self, offset: u32, len: usize) -> BooleanArray {
        let (first, shift) = (offset as usize / 64, offset % 64);
        let words = (first..first + len.div_ceil(64)).map(|at| {
            let dead = match shift {
                0 => self.word(at),
                shift => self.word(at) >> shift | self.word(at + 1) << (64 - shift),
            };
            !dead
        });
        let buffer = Buffer::from_iter(words);
        BooleanArray::new(BooleanBuffer::new(buffer, 0, len), None)
    }

    /// Within `start..end` of a source whose dead rows are in this set: the longest runs of alive rows, ascending.
    pub fn alive_ranges(&self, start: u32, end: u32) -> impl Iterator<Item = Range<u32>> + '_ {
        let mut at = start;
        std::iter::from_fn(move || {
            let first = self.find(at, end, false);
            at = self.find(first, end, true);
            (first < at).then_some(first..at)
        })
    }

    /// The bytes of the set: each chunk that is not empty with its number.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (number, chunk) in (0u32..).zip(&self.chunks) {
            if let Some(words) = chunk {
                out.extend_from_slice(&number.to_le_bytes());
                out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
            }
        }
        out
    }

    /// The set of [`encode`](Self::encode)d bytes; `None` when they are not such.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut set = Self::default();
        let (chunks, rest) = bytes.as_chunks::<ENCODED>();
        for chunk in chunks {
            let (number, words) = chunk.split_first_chunk::<4>()?;
            let number = u32::from_le_bytes(*number) as usize;
            if number < set.chunks.len() || number > (u32::MAX / CHUNK) as usize {
                return None;
            }
            let (words, _) = words.as_chunks::<8>();
            let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
            set.len += words.iter().map(|word| word.count_ones() as usize).sum::<usize>();
            set.chunks.resize(number, None);
            set.chunks.push(Some(Arc::new(words.try_into().ok()?)));
        }
        rest.is_empty().then_some(set)
    }

    /// The first row of `from..end` that is in the set, or that is not; `end` when there is none.
    fn find(&self, from: u32, end: u32, member: bool) -> u32 {
        let mut row = from;
        while row < end {
            let Some(Some(words)) = self.chunks.get((row / CHUNK) as usize) else {
                if !member {
                    return row;
                }
                row = (row / CHUNK + 1).saturating_mul(CHUNK);
                continue;
            };
            let word = words[(row % CHUNK) as usize / 64];
            let found = if member { word } else { !word } >> (row % 64);
            if found != 0 {
                return (row.saturating_add(found.trailing_zeros())).min(end);
            }
            row = (row | 63).saturating_add(1);
        }
        end
    }

    /// 64 rows from `at * 64`.
    fn word(&self, at: usize) -> u64 {
        match self.chunks.get(at / WORDS) {
            Some(Some(words)) => words[at % WORDS],
            _ => 0,
        }
    }
}

/// The rows of the word at `at`.
fn bits(at: usize, mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (bit < 64).then(|| at as u32 * 64 + bit)
    })
}

impl FromIterator<u32> for RowSet {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Self::default();
        for row in rows {
            set.insert(row);
        }
        set
    }
}

impl PartialEq for RowSet {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.difference(other).next().is_none()
    }
}

impl Eq for RowSet {}

impl std::fmt::Debug for RowSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowSet").field("len", &self.len).finish_non_exhaustive()
    }
}
