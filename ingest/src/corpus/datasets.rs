//! The samples of the shipped datasets, `tests/fixtures/datasets/<dataset>/`: their contract is the embedded one, and
//! names are looked up in the good samples of the code lists, so that one dataset's sample is another's list.

use super::{EXPECTED, is_feed, name, sorted};
use crate::{plan::Plan, resolve::Index};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use serde_json::Value;
use smartcenter_warehouse::contract::{Column, ColumnType, Contract, Registry, Resolve};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/datasets")
}

/// The embedded contract that a sample is of; none for a feed that lies elsewhere.
pub(super) fn contract_of(feed: &Path) -> Option<&'static Contract> {
    let folder = feed
        .parent()
        .filter(|folder| folder.parent() == Some(root().as_path()))?;
    REGISTRY.get(name(folder)).map(AsRef::as_ref)
}

/// The code lists of a sample's look-ups; none for a feed that lies elsewhere, whose codes are not looked up.
pub(super) fn lists(feed: &Path, plan: &Plan) -> Vec<Option<Arc<Index>>> {
    match contract_of(feed) {
        Some(_) => plan.resolves.iter().map(|resolve| list(&resolve.rule)).collect(),
        None => Vec::new(),
    }
}

/// The accepted rows of the good sample of a list; nothing where there is no such sample.
fn list(rule: &Resolve) -> Option<Arc<Index>> {
    let path = root().join(rule.dataset.as_str()).join(format!("good{EXPECTED}"));
    let expected: Value = serde_json::from_str(&fs::read_to_string(path).ok()?).unwrap();
    let rows = expected["rows"].as_array().unwrap();
    let contract = REGISTRY.get(rule.dataset.as_str()).unwrap();
    let is_moment = |column: &&Column| matches!(column.ty, ColumnType::Date | ColumnType::Timestamp);
    let (from, to) = Resolve::VALIDITY;
    let usual = [from, to].map(|name| {
        contract
            .columns
            .iter()
            .filter(is_moment)
            .find(|column| column.name == name)
    });
    let valid = match (&rule.valid, usual) {
        (Some((from, to)), _) => vec![from.as_str(), to.as_str()],
        (None, [Some(from), Some(to)]) => vec![from.name.as_str(), to.name.as_str()],
        (None, _) => Vec::new(),
    };
    let names = rule.columns().chain(valid.iter().copied());
    let column = |name: &str| -> ArrayRef {
        assert!(contract.column(name).is_some(), "{} has no column {name}", rule.dataset);
        Arc::new(StringArray::from_iter(rows.iter().map(|row| row[name].as_str())))
    };
    let batch = RecordBatch::try_from_iter_with_nullable(names.map(|name| (name, column(name), true))).unwrap();
    Some(Arc::new(Index::new(rule, &batch, !valid.is_empty())))
}

/// Whoever changes a contract sees here what it does to a file that is right, and to one that is not.
#[test]
fn every_embedded_contract_has_samples() {
    let mut missing = Vec::new();
    for contract in REGISTRY.iter() {
        let folder = root().join(contract.dataset.as_str());
        let all = if folder.is_dir() { sorted(&folder) } else { Vec::new() };
        let samples: Vec<PathBuf> = all.into_iter().filter(|path| is_feed(path)).collect();
        for (case, is_good) in [("good", true), ("spoilt", false)] {
            let path = folder.join(format!("{case}{EXPECTED}"));
            let expected: Value = fs::read_to_string(path)
                .ok()
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default();
            let filled = |key: &str| expected[key].as_array().is_some_and(|list| !list.is_empty());
            let is_sound = if is_good {
                filled("rows") && !filled("faults")
            } else {
                filled("faults") || expected["error"].is_string()
            };
            let is_there = samples.iter().any(|path| name(path).split('.').next() == Some(case));
            if !is_there || !is_sound {
                missing.push(format!("{}/{case}", contract.dataset));
            }
        }
    }
    let strangers = sorted(&root())
        .into_iter()
        .filter(|path| path.is_dir() && REGISTRY.get(name(path)).is_none());
    assert_eq!(
        strangers.collect::<Vec<_>>(),
        Vec::<PathBuf>::new(),
        "samples without a contract"
    );
    assert_eq!(
        missing,
        Vec::<String>::new(),
        "samples that are missing, or do not show what they must"
    );
}
