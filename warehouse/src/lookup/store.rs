//! The file of rows beside a file of a keyed table.
//!
//! ```text
//! groups   of 16 rows: length of each row (4 bytes), then the rows
//! index    offset of every group and of the end, 8 bytes each
//! footer   JSON: source, shape, counts
//! tail     length of the footer, checksum of index and footer, magic
//! ```
//! Numbers are little-endian, checksums CRC-32C; each group ends with its own. In memory stays the index, half a byte
//! a row. The file is not synced: what a power cut leaves of it is noticed by the checksums.

use super::encode::Shape;
use crate::{Error, Result, contract::Contract, lake::conform};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// Rows that are read and checked together.
const GROUP: usize = 16;
const MAGIC: [u8; 8] = *b"SCROWS01";
/// Start of the names of unfinished stores.
const STAGING: &str = "rows#";
const TAIL: u64 = 16;
const BUFFER: usize = 256 << 10;

/// The file whose rows they are. A store is opened only for the very source it was made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoreSource {
    /// Path relative to the table.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Footer {
    source: StoreSource,
    shape: Shape,
    /// Start of the groups' checksums, so that a group of another store is noticed.
    salt: u32,
}

/// An open store. It holds its file open, so it answers even when the file has been unlinked meanwhile.
#[derive(Debug)]
pub(crate) struct RowStore {
    file: File,
    path: PathBuf,
    footer: Footer,
    schema: SchemaRef,
    /// Where every group begins, and where the last one ends.
    offsets: Vec<u64>,
}

impl RowStore {
    /// Opens the store at `path`. Fails when it is absent, damaged or made of another source.
    pub fn open(path: &Path, source: &StoreSource) -> Result<Self> {
        let file = File::open(path)?;
        let damaged = |what: &str| damaged(path, what);
        let len = file.metadata()?.len();
        let mut tail = [0; TAIL as usize];
        let tail_at = len.checked_sub(TAIL).ok_or_else(|| damaged("it is cut off"))?;
        file.read_exact_at(&mut tail, tail_at)?;
        let number = |at: usize| u32::from_le_bytes([tail[at], tail[at + 1], tail[at + 2], tail[at + 3]]);
        if tail[8..] != MAGIC {
            return Err(damaged("it is cut off, or of another format"));
        }
        let index_len = (source.rows.div_ceil(GROUP as u64) + 1) * 8;
        let resident_len = u64::from(number(0)) + index_len;
        let at = tail_at.checked_sub(resident_len);
        let at = at.ok_or_else(|| damaged("it belongs to another source"))?;
        let mut resident = vec![0; resident_len as usize];
        file.read_exact_at(&mut resident, at)?;
        if crc32c::crc32c(&resident) != number(4) {
            return Err(damaged("its index is not sound, or belongs to another source"));
        }
        let (index, footer) = resident.split_at(index_len as usize);
        let footer: Footer = serde_json::from_slice(footer)?;
        if footer.source != *source {
            return Err(damaged("it belongs to another source"));
        }
        let (offsets, _) = index.as_chunks::<8>();
        Ok(Self {
            offsets: offsets.iter().map(|offset| u64::from_le_bytes(*offset)).collect(),
            schema: footer.shape.schema(),
            path: path.to_owned(),
            footer,
            file,
        })
    }

    /// A row by its number, as a batch of one in the columns of `contract`. One read.
    pub fn row(&self, row: u32, contract: &Contract) -> Result<RecordBatch> {
        let damaged = || damaged(&self.path, "a row is not sound");
        let group = row as usize / GROUP;
        let (from, to) = match self.offsets.get(group..group + 2) {
            Some([from, to]) if from < to => (*from, *to),
            _ => return Err(damaged()),
        };
        let mut bytes = vec![0; (to - from) as usize];
        self.file.read_exact_at(&mut bytes, from)?;
        let (group_bytes, sum) = bytes.split_last_chunk::<4>().ok_or_else(damaged)?;
        if sum_of(self.footer.salt, group, group_bytes) != u32::from_le_bytes(*sum) {
            return Err(damaged());
        }
        let rows = (self.footer.source.rows as usize - group * GROUP).min(GROUP);
        let (lengths, rest) = group_bytes.split_at_checked(rows * 4).ok_or_else(damaged)?;
        let (lengths, _) = lengths.as_chunks::<4>();
        let lengths = || lengths.iter().map(|len| u32::from_le_bytes(*len) as usize);
        let within = row as usize % GROUP;
        let start: usize = lengths().take(within).sum();
        let len = lengths().nth(within).ok_or_else(damaged)?;
        let bytes = rest.get(start..start + len).ok_or_else(damaged)?;
        let found = self.footer.shape.decode(&self.schema, bytes)?;
        if self.footer.shape == *contract {
            return Ok(found);
        }
        conform(&found, &contract.schema(), &BTreeMap::new())
    }
}

/// Writes a store, row after row in the order of the source. Leaves nothing behind when it is dropped unfinished.
#[derive(Debug)]
pub(crate) struct RowStoreWriter {
    out: BufWriter<File>,
    staging: PathBuf,
    shape: Shape,
    schema: SchemaRef,
    salt: u32,
    lengths: Vec<u32>,
    rows: Vec<u8>,
    offsets: Vec<u64>,
    written: u64,
    count: u64,
}

impl RowStoreWriter {
    /// A store in the making, somewhere in `folder`, of rows with the columns of a contract.
    pub fn create(folder: &Path, contract: &Contract) -> Result<Self> {
        let id = uuid::Uuid::new_v4();
        let staging = folder.join(format!("{STAGING}{}", id.simple()));
        let shape = Shape::of(contract);
        Ok(Self {
            out: BufWriter::with_capacity(BUFFER, File::create_new(&staging)?),
            staging,
            schema: shape.schema(),
            shape,
            salt: id.as_fields().0,
            lengths: Vec::with_capacity(GROUP),
            rows: Vec::new(),
            offsets: vec![0],
            written: 0,
            count: 0,
        })
    }

    /// Whether the file may be a store in the making. One that has lain for an hour is litter.
    pub fn may_own(path: &Path) -> bool {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let age = || path.metadata().ok()?.modified().ok()?.elapsed().ok();
        name.starts_with(STAGING) && age().is_none_or(|age| age < Duration::from_secs(3600))
    }

    /// Adds the rows of a batch that has at least the contract's columns; one that is absent has no values.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = conform(batch, &self.schema, &BTreeMap::new())?;
        for row in 0..batch.num_rows() {
            let before = self.rows.len();
            self.shape.encode(&batch, row, &mut self.rows);
            self.lengths.push((self.rows.len() - before) as u32);
            if self.lengths.len() == GROUP {
                self.close()?;
            }
        }
        self.count += batch.num_rows() as u64;
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let mut group = Vec::with_capacity(self.lengths.len() * 4 + self.rows.len() + 4);
        group.extend(self.lengths.drain(..).flat_map(u32::to_le_bytes));
        group.append(&mut self.rows);
        let sum = sum_of(self.salt, self.offsets.len() - 1, &group);
        group.extend(sum.to_le_bytes());
        self.out.write_all(&group)?;
        self.written += group.len() as u64;
        self.offsets.push(self.written);
        Ok(())
    }

    /// Gives the store its name, replacing what is there.
    pub fn finish(mut self, path: &Path, source: StoreSource) -> Result<()> {
        if !self.lengths.is_empty() {
            self.close()?;
        }
        if self.count != source.rows {
            let what = format!("{} rows of {}", self.count, source.rows);
            return Err(Error::internal("a store of rows is not complete", what));
        }
        let footer = Footer {
            source,
            shape: self.shape.clone(),
            salt: self.salt,
        };
        let mut resident: Vec<u8> = self.offsets.iter().flat_map(|offset| offset.to_le_bytes()).collect();
        let index_len = resident.len();
        serde_json::to_writer(&mut resident, &footer)?;
        let footer_len = (resident.len() - index_len) as u32;
        self.out.write_all(&resident)?;
        self.out.write_all(&footer_len.to_le_bytes())?;
        self.out.write_all(&crc32c::crc32c(&resident).to_le_bytes())?;
        self.out.write_all(&MAGIC)?;
        self.out.flush()?;
        Ok(std::fs::rename(&self.staging, path)?)
    }
}

impl Drop for RowStoreWriter {
    fn drop(&mut self) {
        // After a rename there is nothing under this name; otherwise it is litter.
        let _ = std::fs::remove_file(&self.staging);
    }
}

fn sum_of(salt: u32, group: usize, bytes: &[u8]) -> u32 {
    crc32c::crc32c_append(salt.wrapping_add(group as u32), bytes)
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::internal(
        "a store of rows must be made again",
        format!("{}: {what}", path.display()),
    )
}
