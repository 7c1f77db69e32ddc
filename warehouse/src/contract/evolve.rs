//! What a new version of a contract changes, and whether live data allow it. The rule behind the list: under the
//! same major, rows that were accepted stay true to the contract, files that were accepted still are, and a stored
//! column keeps its name, type and place on disk. Anything else needs a new major, which is a new table.

use super::{Contract, differences};
use crate::{Error, Result};
use semver::Version;
use serde::{Deserialize, Serialize};

/// How much a change weighs. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Nothing changes.
    Identical,
    /// Words, owners, layout of new files: neither rows nor checks change.
    Metadata,
    /// More is accepted or described; all that was accepted still is.
    Additive,
    /// Needs a new major.
    Breaking,
    /// Gets a table of its own: a dataset not known yet, or a new major, whatever it changes.
    New,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What differs, such as `columns.hadir.type`.
    pub path: String,
    /// How, in a sentence part.
    pub what: String,
    /// True when it needs a new major.
    pub breaking: bool,
    /// How much it weighs.
    pub kind: ChangeKind,
}

/// The difference between two versions of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The weightiest difference.
    pub kind: ChangeKind,
    /// Version before; none for a new dataset.
    pub from: Option<Version>,
    /// Version after.
    pub to: Version,
    /// All differences.
    pub differences: Vec<Difference>,
    /// Names of columns that are new.
    pub added: Vec<String>,
    /// True when the new version lives in a table of its own.
    pub new_table: bool,
    /// Why it may not be activated; empty when it may.
    pub refusals: Vec<String>,
}

impl Change {
    /// The change that a first contract of a dataset is.
    pub fn first(contract: &Contract) -> Self {
        Self {
            kind: ChangeKind::New,
            from: None,
            to: contract.version.clone(),
            differences: Vec::new(),
            added: contract.columns.iter().map(|column| column.name.clone()).collect(),
            new_table: true,
            refusals: Vec::new(),
        }
    }

    /// Whether it may be activated: nothing breaking under the same major, and never other content under a version
    /// that has been active.
    ///
    /// # Errors
    /// `Conflict` with every reason against it.
    pub fn allowed(&self) -> Result<()> {
        if self.refusals.is_empty() {
            Ok(())
        } else {
            Err(Error::conflict(self.refusals.join("; ")))
        }
    }
}

/// Compares the active contract with the one that is to follow it.
pub fn compare(old: &Contract, new: &Contract) -> Change {
    let (list, added) = differences::between(old, new);
    let mut kind = list.iter().map(|d| d.kind).max().unwrap_or(ChangeKind::Identical);
    if kind == ChangeKind::Identical && (old.text != new.text || old.version != new.version) {
        kind = ChangeKind::Metadata;
    }
    let refusals = refusals(old, new, kind, &list);
    let new_table = new.version.major > old.version.major;
    if new_table {
        kind = ChangeKind::New;
    }
    Change {
        kind,
        from: Some(old.version.clone()),
        to: new.version.clone(),
        new_table,
        differences: list,
        added,
        refusals,
    }
}

fn refusals(old: &Contract, new: &Contract, kind: ChangeKind, list: &[Difference]) -> Vec<String> {
    let dataset = &old.dataset;
    if old.dataset != new.dataset {
        return vec![format!(
            "contract {}: it cannot follow a contract of `{dataset}`",
            new.dataset
        )];
    }
    if new.version.major > old.version.major {
        return Vec::new();
    }
    let mut refusals = Vec::new();
    if new.version < old.version {
        refusals.push(format!(
            "contract {dataset} {}: the active version {} is newer; a contract only moves forward",
            new.version, old.version
        ));
        return refusals;
    }
    if kind == ChangeKind::Breaking {
        let reasons: Vec<String> = list
            .iter()
            .filter(|d| d.breaking)
            .map(|d| format!("{}: {}", d.path, d.what))
            .collect();
        refusals.push(format!(
            "contract {dataset}: breaking under the same major ({}); write version {}.0.0, which gets a table of its own",
            reasons.join("; "),
            old.version.major + 1
        ));
    } else if new.version == old.version && !list.is_empty() {
        let next = match kind {
            ChangeKind::Metadata => Version::new(old.version.major, old.version.minor, old.version.patch + 1),
            _ => Version::new(old.version.major, old.version.minor + 1, 0),
        };
        refusals.push(format!(
            "contract {dataset}: version {} is active with other content; write at least version {next}",
            old.version
        ));
    }
    refusals
}
