//! Writing a key map: blocks as they come, then the resident part, the header last. The file has its name only when
//! all of it is on disk.

use super::{
    Entry, RowSet, Source,
    filter::Filter,
    format::{Header, LONGEST_NAME, PAGE, Shape},
};
use crate::{Error, Result};
use std::{
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Many maps may be written at once.
const BUFFER: usize = 64 << 10;

/// A key map on its way to disk. Without [`finish`](Self::finish) nothing of it stays.
pub(super) struct MapWriter {
    path: PathBuf,
    source: Source,
    staging: PathBuf,
    out: BufWriter<File>,
    shape: Shape,
    /// First hash of every block.
    fences: Vec<u128>,
    filter: Filter,
    /// The block that is not full yet.
    block: Vec<(u128, Entry)>,
}

impl MapWriter {
    /// Begins the map of `source` at `path`, of at most so many entries; `versions` tells whether they have any.
    pub fn create(path: &Path, source: &Source, entries: usize, versions: bool) -> Result<Self> {
        if source.path.len() > LONGEST_NAME {
            return Err(Error::invalid("the path of a source is too long for a key map"));
        }
        // `#` keeps unfinished files out of the lake's listings.
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!("#{}", uuid::Uuid::new_v4().simple()));
        let staging = path.with_file_name(name);
        let mut out = BufWriter::with_capacity(BUFFER, File::create_new(&staging)?);
        let shape = Shape::new(source, 0, versions);
        // The header comes last.
        out.write_all(&[0; PAGE])?;
        Ok(Self {
            path: path.to_owned(),
            source: source.clone(),
            staging,
            out,
            fences: Vec::new(),
            filter: Filter::for_keys(entries),
            block: Vec::with_capacity(shape.per_block()),
            shape,
        })
    }

    /// Adds an entry; their hashes ascend.
    pub fn add(&mut self, hash: u128, entry: Entry) -> Result<()> {
        self.filter.insert(hash);
        self.block.push((hash, entry));
        if self.block.len() == self.shape.per_block() {
            self.put_block()?;
        }
        Ok(())
    }

    /// Puts the map in its place, instead of what is there. `dead` are the rows that start dead. Synced when it
    /// returns.
    pub fn finish(mut self, dead: &RowSet) -> Result<()> {
        if !self.block.is_empty() {
            self.put_block()?;
        }
        let dead = dead.encode();
        let mut sum = 0;
        let mut put = |bytes: &[u8]| {
            sum = crc32c::crc32c_append(sum, bytes);
            self.out.write_all(bytes)
        };
        for fence in &self.fences {
            put(&fence.to_le_bytes())?;
        }
        for word in self.filter.bytes() {
            put(&word)?;
        }
        put(&dead)?;
        self.out.flush()?;
        let header = Header {
            source: self.source.clone(),
            entries: self.shape.entries,
            versions: self.shape.versions,
            filter_lines: self.filter.lines() as u64,
            dead_bytes: dead.len() as u64,
            resident_sum: sum,
        };
        let Some(page) = header.encode() else {
            return Err(Error::invalid("the path of a source is too long for a key map"));
        };
        let file = self.out.get_ref();
        file.write_all_at(&page, 0)?;
        file.sync_all()?;
        std::fs::rename(&self.staging, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn put_block(&mut self) -> Result<()> {
        let page = self.shape.encode(self.fences.len() as u64, &self.block);
        self.out.write_all(&page)?;
        self.fences.push(self.block[0].0);
        self.shape.entries += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }
}

impl Drop for MapWriter {
    fn drop(&mut self) {
        // After the rename there is nothing under this name; otherwise it is litter.
        let _ = std::fs::remove_file(&self.staging);
    }
}
