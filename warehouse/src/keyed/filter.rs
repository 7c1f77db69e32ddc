//! A blocked Bloom filter: "this key is not here" for one cache line of memory and no read. All bits of a key are in
//! one line of 512; with 11 bits a key, about 7 of 1,000 absent keys are not recognised.

const BITS_PER_KEY: usize = 11;
/// Seven places of nine bits each are the lower half of a hash.
const PLACES: u32 = 7;

/// Bytes of a line.
pub(super) const LINE: usize = 64;

#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Line([u64; LINE / 8]);

/// The filter of a set of hashes. The upper half of a hash chooses the line, so that sorted keys visit it in order.
#[derive(Debug)]
pub(super) struct Filter {
    lines: Vec<Line>,
}

impl Filter {
    /// An empty filter with room for `keys`.
    pub(super) fn for_keys(keys: usize) -> Self {
        Self {
            lines: vec![Line([0; LINE / 8]); (keys * BITS_PER_KEY).div_ceil(LINE * 8)],
        }
    }

    /// The filter of [`bytes`](Self::bytes); whatever follows the last whole line is ignored.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let (lines, _) = bytes.as_chunks::<LINE>();
        let line = |bytes: &[u8; LINE]| {
            let mut line = Line([0; LINE / 8]);
            let (words, _) = bytes.as_chunks::<8>();
            for (word, bytes) in line.0.iter_mut().zip(words) {
                *word = u64::from_le_bytes(*bytes);
            }
            line
        };
        Self {
            lines: lines.iter().map(line).collect(),
        }
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = [u8; 8]> + '_ {
        self.lines.iter().flat_map(|line| line.0).map(u64::to_le_bytes)
    }

    pub(super) fn lines(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn insert(&mut self, hash: u128) {
        let at = self.line_of(hash);
        if let Some(line) = self.lines.get_mut(at) {
            for (word, bit) in places(hash) {
                line.0[word] |= bit;
            }
        }
    }

    /// False only when the key was never inserted.
    pub(super) fn may_contain(&self, hash: u128) -> bool {
        let line = self.lines.get(self.line_of(hash));
        line.is_some_and(|line| places(hash).all(|(word, bit)| line.0[word] & bit != 0))
    }

    fn line_of(&self, hash: u128) -> usize {
        let upper = hash >> 64;
        ((upper * self.lines.len() as u128) >> 64) as usize
    }
}

/// Word and bit within the line.
fn places(hash: u128) -> impl Iterator<Item = (usize, u64)> {
    (0..PLACES).map(move |place| {
        let at = (hash as u64 >> (place * 9)) as usize % (LINE * 8);
        (at / 64, 1 << (at % 64))
    })
}
