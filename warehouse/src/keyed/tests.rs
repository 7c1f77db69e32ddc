//! The building blocks of keyed tables against plain models.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod hash;
mod map;
mod rows;

use super::*;
use crate::Seq;
use proptest::prelude::*;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

/// A file for maps of tests.
fn source() -> Source {
    Source {
        path: "dukcapil/penduduk/part-0.parquet".into(),
        size: 12_345,
        hasher: 7,
    }
}

/// Hashes with many repeats, edges included.
fn hashes() -> impl Strategy<Value = u128> {
    prop_oneof![
        4 => 0u128..40,
        4 => any::<u128>(),
        1 => Just(u128::MAX),
        1 => (0u128..4).prop_map(|upper| upper << 64 | 1),
    ]
}

/// Operations of one source in row order, as pushes bring them or in any order of positions.
fn operations(most: usize) -> impl Strategy<Value = Vec<Operation>> {
    let operation = (
        hashes(),
        any::<u64>(),
        prop_oneof![Just(NO_VERSION), -3i64..4],
        prop::bool::weighted(0.2),
        (1u64..5, 1u64..1000),
    );
    (prop::collection::vec(operation, 0..most), any::<bool>()).prop_map(|(operations, versions)| {
        (0u32..)
            .zip(operations)
            .map(|(row, (hash, content, version, deleted, (seq, line)))| Operation {
                hash,
                row,
                content,
                version: if versions { version } else { NO_VERSION },
                deleted,
                seq: Seq(seq),
                // Unique, so that the model need not know how equal positions are told apart.
                line: line << 12 | u64::from(row),
            })
            .collect()
    })
}

/// `count` keys spread like real hashes, each once.
fn distinct(count: u32) -> Vec<Operation> {
    (0..count)
        .map(|row| Operation {
            hash: spread(u64::from(row)),
            row,
            content: u64::from(row) * 3,
            version: NO_VERSION,
            deleted: row % 10 == 9,
            seq: Seq(1),
            line: u64::from(row) + 1,
        })
        .collect()
}

fn spread(key: u64) -> u128 {
    xxhash_rust::xxh3::xxh3_128(&key.to_le_bytes())
}

fn builder(operations: &[Operation]) -> KeyMapBuilder {
    let mut builder = KeyMapBuilder::with_capacity(operations.len());
    for operation in operations {
        builder.push(0, operation).unwrap();
    }
    builder
}

/// The map of one source in the file at `path`.
fn written(operations: &[Operation], path: &Path) -> crate::Result<(FileMap, RowSet)> {
    let mut files = builder(operations).write(&[(path.to_owned(), source())])?;
    Ok(files.remove(0))
}

/// What a map of these operations must hold, and which rows must be dead.
fn model(operations: &[Operation]) -> (HashMap<u128, Entry>, RowSet) {
    let mut sources = model_of(&[operations]);
    sources.remove(0)
}

/// What the maps of sources that are written together must hold, and which rows of each must be dead. The last
/// operation of a key is the one with the greatest position, whatever its version.
fn model_of(sources: &[&[Operation]]) -> Vec<(HashMap<u128, Entry>, RowSet)> {
    let mut last: HashMap<u128, (usize, &Operation)> = HashMap::new();
    for (at, operations) in sources.iter().enumerate() {
        for operation in *operations {
            let best = last.entry(operation.hash).or_insert((at, operation));
            if (operation.seq, operation.line) > (best.1.seq, best.1.line) {
                *best = (at, operation);
            }
        }
    }
    let of_source = |(at, operations): (usize, &&[Operation])| {
        let is_last = |o: &&Operation| last[&o.hash] == (at, *o);
        let dead = operations.iter().filter(|o| o.deleted || !is_last(o));
        let dead = dead.map(|o| o.row).collect();
        let entries = operations.iter().filter(is_last).map(|o| (o.hash, entry(o))).collect();
        (entries, dead)
    };
    sources.iter().enumerate().map(of_source).collect()
}

fn entry(operation: &Operation) -> Entry {
    Entry {
        row: operation.row,
        content: operation.content,
        version: operation.version,
        deleted: operation.deleted,
    }
}
