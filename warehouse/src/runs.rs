//! Sorting more records than memory should hold: sorted runs in files without a name, merged as they are read.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufWriter, Write},
    marker::PhantomData,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

const WRITE_BUFFER: usize = 1 << 20;
/// Read ahead of each run.
const READ_BUFFER: usize = 256 << 10;

/// What can be written into a run: a value of a fixed number of bytes, which must not be 0.
pub trait Record: Copy + Ord {
    /// Bytes of one.
    const BYTES: usize;
    /// Fills `bytes`, of which there are [`Self::BYTES`].
    fn write(self, bytes: &mut [u8]);
    /// The record in `bytes`, of which there are [`Self::BYTES`].
    fn read(bytes: &[u8]) -> Self;
}

/// Sorted runs of records.
#[derive(Debug)]
pub struct Runs<R> {
    folder: PathBuf,
    files: Vec<(File, u64)>,
    records: PhantomData<R>,
}

impl<R: Record> Runs<R> {
    /// No runs yet; their files will lie in `folder`, which is made when it is needed.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            files: Vec::new(),
            records: PhantomData,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Writes one run, of records in ascending order.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn spill(&mut self, sorted: impl IntoIterator<Item = R>) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(WRITE_BUFFER, scratch_file(&self.folder)?);
        let mut bytes = vec![0; R::BYTES];
        let mut length = 0;
        for record in sorted {
            record.write(&mut bytes);
            out.write_all(&bytes)?;
            length += R::BYTES as u64;
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.files.push((file, length));
        Ok(())
    }

    /// The records of all runs and of `held`, which are in ascending order too, in one order. May be asked again.
    ///
    /// # Errors
    /// Those of the disk, also as items.
    pub fn merged<'a>(&'a self, held: &'a [R]) -> io::Result<Merged<'a, R>> {
        let sources = self.files.iter().map(|(file, length)| Reader::new(file, *length));
        let mut merged = Merged {
            sources: sources.collect(),
            held: held.iter(),
            heads: BinaryHeap::with_capacity(self.files.len() + 1),
        };
        // The held records count as the last source.
        for source in 0..=self.files.len() {
            merged.advance(source)?;
        }
        Ok(merged)
    }
}

/// The records of several runs in one order.
#[derive(Debug)]
pub struct Merged<'a, R> {
    sources: Vec<Reader<'a>>,
    held: std::slice::Iter<'a, R>,
    /// The next record of every source that has one.
    heads: BinaryHeap<Reverse<(R, usize)>>,
}

impl<R: Record> Merged<'_, R> {
    fn advance(&mut self, source: usize) -> io::Result<()> {
        let next = match self.sources.get_mut(source) {
            Some(reader) => reader.next::<R>()?,
            None => self.held.next().copied(),
        };
        self.heads.extend(next.map(|record| Reverse((record, source))));
        Ok(())
    }
}

impl<R: Record> Iterator for Merged<'_, R> {
    type Item = io::Result<R>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.sources.is_empty() && self.heads.len() == 1 {
            // Everything is in memory.
            let next = self.held.next().copied();
            let mut head = self.heads.peek_mut()?;
            return Some(Ok(match next {
                Some(next) => std::mem::replace(&mut head.0.0, next),
                None => std::collections::binary_heap::PeekMut::pop(head).0.0,
            }));
        }
        let Reverse((record, source)) = self.heads.pop()?;
        Some(self.advance(source).map(|()| record))
    }
}

/// A run as it is read; its position is its own, so that runs can be read more than once.
#[derive(Debug)]
struct Reader<'a> {
    file: &'a File,
    /// Offset of what has not been read, and the end.
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    used: usize,
}

impl<'a> Reader<'a> {
    fn new(file: &'a File, end: u64) -> Self {
        Self {
            file,
            at: 0,
            end,
            buffer: Vec::new(),
            used: 0,
        }
    }

    fn next<R: Record>(&mut self) -> io::Result<Option<R>> {
        if self.used == self.buffer.len() {
            let most = (READ_BUFFER / R::BYTES).max(1) * R::BYTES;
            let length = usize::try_from(self.end - self.at).map_or(most, |left| left.min(most));
            self.buffer.resize(length, 0);
            self.file.read_exact_at(&mut self.buffer, self.at)?;
            self.at += length as u64;
            self.used = 0;
        }
        let Some(bytes) = self.buffer.get(self.used..self.used + R::BYTES) else {
            return Ok(None);
        };
        self.used += R::BYTES;
        Ok(Some(R::read(bytes)))
    }
}

/// A file without a name in `folder`, which is made if it is missing: the file goes away with its handle, also when
/// the process is killed.
///
/// # Errors
/// Those of the disk.
pub fn scratch_file(folder: &Path) -> io::Result<File> {
    std::fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Record for (u32, u8) {
        const BYTES: usize = 5;

        fn write(self, bytes: &mut [u8]) {
            bytes[..4].copy_from_slice(&self.0.to_le_bytes());
            bytes[4] = self.1;
        }

        fn read(bytes: &[u8]) -> Self {
            (u32::from_le_bytes(bytes[..4].try_into().unwrap()), bytes[4])
        }
    }

    proptest! {
        #[test]
        fn runs_merge_into_the_order_of_one_sort(
            mut parts in prop::collection::vec(prop::collection::vec(any::<(u32, u8)>(), 0..200), 0..6),
            mut held in prop::collection::vec(any::<(u32, u8)>(), 0..200),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let mut runs = Runs::new(&folder.path().join("scratch"));
            let mut expected = held.clone();
            for part in &mut parts {
                expected.extend_from_slice(part);
                part.sort_unstable();
                runs.spill(part.iter().copied()).unwrap();
            }
            expected.sort_unstable();
            held.sort_unstable();
            for _ in 0..2 {
                let merged: io::Result<Vec<_>> = runs.merged(&held).unwrap().collect();
                prop_assert_eq!(merged.unwrap(), &expected[..]);
            }
        }
    }

    #[test]
    fn a_run_longer_than_the_read_ahead_comes_whole_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = Runs::new(folder.path());
        let records = |step| (0..200_000u32).filter(move |n| n % 2 == step).map(|n| (n, 7));
        runs.spill(records(0)).unwrap();
        runs.spill(records(1)).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let merged = runs.merged(&[]).unwrap().map(|record| record.unwrap().0);
        assert!(merged.eq(0..200_000));
    }
}
