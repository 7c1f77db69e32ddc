//! Which column, or pair of columns, tells rows apart.

use super::column::Proposal;
use crate::decode::Frame;
use std::collections::HashSet;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Rows that are compared. A pair that tells so many apart is a good guess.
const ROWS: usize = 200_000;
/// Columns whose pairs are tried: keys stand in front.
const COLUMNS: usize = 8;

/// Hashes of the first columns of the first rows.
#[derive(Debug, Default)]
pub(super) struct Search {
    rows: Vec<Vec<u64>>,
}

impl Search {
    /// One row.
    pub fn add(&mut self, frame: &Frame, row: usize) {
        if self.rows.len() >= ROWS {
            return;
        }
        let columns = frame.header.columns.iter();
        let hashes = columns.map(|source| source.map_or(0, |source| xxh3_64(frame.cell(row, source).text.as_bytes())));
        self.rows.push(hashes.collect());
    }

    /// The columns of a key, in key order; empty where none was found.
    pub fn found(&self, columns: &[Proposal]) -> Vec<usize> {
        if self.rows.len() < 2 {
            return Vec::new();
        }
        let able = columns.iter().enumerate().filter(|(_, column)| column.is_keyable);
        let mut able: Vec<usize> = able.map(|(at, _)| at).collect();
        // What is called a code or a number names things; a running number of the file does not.
        able.retain(|at| !is_running(&columns[*at]));
        let single = able
            .iter()
            .find(|at| names_things(&columns[**at]) && self.tells_apart(&[**at]));
        if let Some(at) = single {
            return vec![*at];
        }
        able.truncate(COLUMNS);
        let pairs = able
            .iter()
            .enumerate()
            .flat_map(|(index, first)| able[index + 1..].iter().map(move |second| [*first, *second]));
        let mut pairs: Vec<[usize; 2]> = pairs.filter(|pair| self.tells_apart(pair)).collect();
        // A date and a code before anything else.
        pairs.sort_by_key(|pair| {
            let is = |ty: &str| pair.iter().any(|at| columns[*at].logical_type == ty);
            let coded = pair.iter().any(|at| names_things(&columns[*at]));
            (!(is("date") && coded), !coded)
        });
        pairs.first().map(|pair| pair.to_vec()).unwrap_or_default()
    }

    fn tells_apart(&self, columns: &[usize]) -> bool {
        let mut seen = HashSet::with_capacity(self.rows.len());
        self.rows.iter().all(|row| {
            let hash = columns.iter().fold(0, |hash, at| {
                let own = row.get(*at).copied().unwrap_or_default();
                xxh3_64_with_seed(&own.to_le_bytes(), hash)
            });
            seen.insert(hash)
        })
    }
}

fn names_things(column: &Proposal) -> bool {
    column.logical_type == "string" && (column.pattern.is_some() || column.values.is_empty() && is_short(column))
        || column.logical_type == "integer" && ["id", "kode", "nomor", "no"].iter().any(|word| starts(column, word))
}

fn is_short(column: &Proposal) -> bool {
    column.length.is_some_and(|(_, most)| most <= 40)
        && ["id", "kode", "nomor", "no", "nik", "npsn"]
            .iter()
            .any(|word| starts(column, word))
}

fn starts(column: &Proposal, word: &str) -> bool {
    column.name == word || column.name.starts_with(&format!("{word}_"))
}

/// `No`, `No.`, `Nomor urut`: 1, 2, 3 ... of the file.
fn is_running(column: &Proposal) -> bool {
    column.logical_type == "integer"
        && matches!(column.name.as_str(), "no" | "nomor" | "no_urut" | "nomor_urut" | "urut")
}
