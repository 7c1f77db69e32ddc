//! Rows that repeat inside one batch. The first occurrence stays; later ones are counted `duplicate`. Tuples are
//! compared by 128-bit hashes of their typed values (so `01` and `1` are the same number), which for a billion rows
//! are wrong once in 10^20 batches. A tuple with a missing part is equal to nothing, as in SQL.
//!
//! Big pushes keep their hashes in 256 buckets and write sorted runs to disk when the memory budget is used up.

use crate::{Error, Result};
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, StringViewArray},
    datatypes::{Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use parking_lot::Mutex;
use smartcenter_warehouse::runs::{Record, Runs};
use std::{collections::HashSet, path::Path};
use xxhash_rust::xxh3::xxh3_128;

const BUCKETS: usize = 256;

/// Hash of a tuple in two halves, and the line it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    hash: [u64; 2],
    line: u64,
}

impl Record for Entry {
    const BYTES: usize = 24;

    fn write(self, bytes: &mut [u8]) {
        for (part, value) in bytes.chunks_exact_mut(8).zip([self.hash[0], self.hash[1], self.line]) {
            part.copy_from_slice(&value.to_le_bytes());
        }
    }

    fn read(bytes: &[u8]) -> Self {
        let (parts, _) = bytes.as_chunks::<8>();
        let part = |at: usize| u64::from_le_bytes(parts[at]);
        Self {
            hash: [part(0), part(1)],
            line: part(2),
        }
    }
}

/// The entries of the good rows of `batch` for the columns `set`; `lines` are their lines.
pub(crate) fn entries(batch: &RecordBatch, set: &[usize], lines: &[i64]) -> Vec<Entry> {
    let columns: Vec<Part<'_>> = set.iter().filter_map(|i| Part::of(batch.columns().get(*i)?)).collect();
    if columns.len() != set.len() {
        return Vec::new();
    }
    let mut tuple = Vec::with_capacity(64);
    let hash = |(row, line): (usize, &i64)| {
        tuple.clear();
        for column in &columns {
            column.append(row, &mut tuple)?;
        }
        let hash = xxh3_128(&tuple);
        Some(Entry {
            hash: [(hash >> 64) as u64, hash as u64],
            line: line.cast_unsigned(),
        })
    };
    lines.iter().enumerate().filter_map(hash).collect()
}

/// One column of a tuple.
enum Part<'a> {
    Text(&'a StringViewArray),
    Flag(&'a BooleanArray),
    Narrow(&'a [i32], &'a ArrayRef),
    Wide(&'a [i64], &'a ArrayRef),
    Exact(&'a [i128], &'a ArrayRef),
    Double(&'a [f64], &'a ArrayRef),
}

impl<'a> Part<'a> {
    fn of(array: &'a ArrayRef) -> Option<Self> {
        if let Some(texts) = array.as_string_view_opt() {
            return Some(Self::Text(texts));
        }
        if let Some(flags) = array.as_boolean_opt() {
            return Some(Self::Flag(flags));
        }
        let narrow = array.as_primitive_opt::<Int32Type>().map(|a| &a.values()[..]);
        let narrow = narrow.or_else(|| array.as_primitive_opt::<Date32Type>().map(|a| &a.values()[..]));
        if let Some(values) = narrow {
            return Some(Self::Narrow(values, array));
        }
        let wide = array.as_primitive_opt::<Int64Type>().map(|a| &a.values()[..]);
        let wide = wide.or_else(|| {
            array
                .as_primitive_opt::<TimestampMicrosecondType>()
                .map(|a| &a.values()[..])
        });
        if let Some(values) = wide {
            return Some(Self::Wide(values, array));
        }
        if let Some(values) = array.as_primitive_opt::<Decimal128Type>() {
            return Some(Self::Exact(values.values(), array));
        }
        array
            .as_primitive_opt::<Float64Type>()
            .map(|values| Self::Double(values.values(), array))
    }

    /// Appends the value's bytes; nothing where it is missing.
    #[inline]
    fn append(&self, row: usize, tuple: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Text(texts) => {
                let text = texts.is_valid(row).then(|| texts.value(row))?;
                tuple.extend_from_slice(&(text.len() as u32).to_le_bytes());
                tuple.extend_from_slice(text.as_bytes());
            }
            Self::Flag(flags) => tuple.push(u8::from(flags.is_valid(row).then(|| flags.value(row))?)),
            Self::Narrow(values, array) => {
                tuple.extend_from_slice(&values.get(row).filter(|_| array.is_valid(row))?.to_le_bytes());
            }
            Self::Wide(values, array) => {
                tuple.extend_from_slice(&values.get(row).filter(|_| array.is_valid(row))?.to_le_bytes());
            }
            Self::Exact(values, array) => {
                tuple.extend_from_slice(&values.get(row).filter(|_| array.is_valid(row))?.to_le_bytes());
            }
            Self::Double(values, array) => {
                // Minus zero is zero.
                let value = *values.get(row).filter(|_| array.is_valid(row))? + 0.0;
                tuple.extend_from_slice(&value.to_bits().to_le_bytes());
            }
        }
        Some(())
    }
}

/// Lines that repeat an earlier one, for a batch that fits in memory.
pub(crate) fn repeated(mut entries: Vec<Entry>) -> Vec<u64> {
    entries.sort_unstable();
    entries
        .windows(2)
        .filter(|pair| pair[0].hash == pair[1].hash)
        .map(|pair| pair[1].line)
        .collect()
}

/// Collects the entries of a big push from all its workers.
#[derive(Debug)]
pub(crate) struct Uniques {
    /// Entries of one set that are held in memory.
    budget: usize,
    sets: Vec<Mutex<Set>>,
}

#[derive(Debug)]
struct Set {
    buckets: Vec<Vec<Entry>>,
    held: usize,
    runs: Runs<Entry>,
}

impl Uniques {
    /// A collector for `sets` combinations that holds about `budget` entries and spills the rest under `folder`.
    pub(crate) fn new(folder: &Path, sets: usize, budget: usize) -> Self {
        let set = || {
            Mutex::new(Set {
                buckets: vec![Vec::new(); BUCKETS],
                held: 0,
                runs: Runs::new(folder),
            })
        };
        Self {
            budget: (budget / sets.max(1)).max(1),
            sets: std::iter::repeat_with(set).take(sets).collect(),
        }
    }

    /// Takes the entries of one chunk.
    pub(crate) fn add(&self, set: usize, entries: &[Entry]) -> Result<()> {
        let Some(set) = self.sets.get(set) else { return Ok(()) };
        let mut set = set.lock();
        for entry in entries {
            set.buckets[(entry.hash[0] >> 56) as usize].push(*entry);
        }
        set.held += entries.len();
        if set.held > self.budget {
            set.spill().map_err(spill_failed)?;
        }
        Ok(())
    }

    /// Lines that repeat an earlier one in any set.
    pub(crate) fn repeated(self) -> Result<HashSet<u64>> {
        let mut lines = HashSet::new();
        for set in self.sets {
            let mut set = set.into_inner();
            if set.runs.is_empty() {
                set.in_memory(&mut lines);
            } else {
                set.spill().map_err(spill_failed)?;
                set.merged(&mut lines).map_err(spill_failed)?;
            }
        }
        Ok(lines)
    }
}

impl Set {
    fn sort(&mut self) {
        // Buckets are independent; two threads are what the smallest machine has.
        let (left, right) = self.buckets.split_at_mut(BUCKETS / 2);
        std::thread::scope(|scope| {
            scope.spawn(|| left.iter_mut().for_each(|bucket| bucket.sort_unstable()));
            right.iter_mut().for_each(|bucket| bucket.sort_unstable());
        });
    }

    fn in_memory(&mut self, lines: &mut HashSet<u64>) {
        self.sort();
        for bucket in &self.buckets {
            lines.extend(
                bucket
                    .windows(2)
                    .filter(|pair| pair[0].hash == pair[1].hash)
                    .map(|pair| pair[1].line),
            );
        }
    }

    /// Writes everything held as one sorted run. The buckets are the leading byte of the hash, so bucket after
    /// bucket is in order.
    fn spill(&mut self) -> std::io::Result<()> {
        self.sort();
        self.held = 0;
        self.runs
            .spill(self.buckets.iter_mut().flat_map(|bucket| bucket.drain(..)))
    }

    fn merged(&self, lines: &mut HashSet<u64>) -> std::io::Result<()> {
        let mut last: Option<[u64; 2]> = None;
        for entry in self.runs.merged(&[])? {
            let entry = entry?;
            if last == Some(entry.hash) {
                lines.insert(entry.line);
            }
            last = Some(entry.hash);
        }
        Ok(())
    }
}

fn spill_failed(error: std::io::Error) -> Error {
    Error::internal("the hub's disk could not hold the spill of a big push", error)
}
