//! What is wrong with a contract file, and where. Linting never stops at the first fault: whoever edits the file
//! sees all of them at once.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One fault of a contract file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFault {
    /// The file as it was named to the linter.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Place inside the document, such as `schema[absensi].properties[tanggal].logicalType`.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ContractFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for ContractFault {}

/// Collects the faults of one file.
#[derive(Debug)]
pub(super) struct Faults {
    file: String,
    list: Vec<ContractFault>,
}

impl Faults {
    pub(super) fn of(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            list: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, line: usize, path: &str, message: impl Into<String>) {
        self.list.push(ContractFault {
            file: self.file.clone(),
            line,
            path: path.to_owned(),
            message: message.into(),
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The faults in the order of the file.
    pub(super) fn into_sorted(mut self) -> Vec<ContractFault> {
        self.list
            .sort_by(|a, b| (a.line, &a.path, &a.message).cmp(&(b.line, &b.path, &b.message)));
        self.list.dedup();
        self.list
    }
}

/// The name in `known` that a person most likely meant by `wrong`; none when nothing is close.
pub(super) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = super::fold(wrong);
    known
        .into_iter()
        .map(|name| (distance(&folded, &super::fold(name)), name))
        .min()
        .filter(|(steps, name)| *steps <= (name.chars().count().max(folded.chars().count()) / 2).min(4))
        .map(|(_, name)| name)
}

/// `" (did you mean `x`?)"`, or nothing.
pub(super) fn hint<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(wrong, known)
        .map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

/// Edit distance, a swap of neighbours counting as one step (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            next[j] = (row[j] + 1)
                .min(next[j - 1] + 1)
                .min(row[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if swap {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}
