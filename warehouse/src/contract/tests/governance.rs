//! What every shipped contract says of law, persons, purposes and time: the part that is for people and auditors.

use super::super::{fault::Faults, yaml};
use super::*;
use std::collections::BTreeSet;

/// Codes under which data may be read, as in the guide "Add a feed"; `umum` where anybody may.
const PURPOSES: [&str; 19] = [
    "adminduk",
    "pelayanan",
    "evaluasi-layanan",
    "pengaduan",
    "kesehatan",
    "surveilans",
    "pendidikan",
    "pelindungan-anak",
    "bansos",
    "pemberdayaan",
    "perencanaan",
    "kinerja",
    "kepegawaian",
    "tpp",
    "aset",
    "mutu-data",
    "pengawasan",
    "statistik",
    "umum",
];

/// The value of a custom property or a service level in a list of them.
fn setting<'a>(list: Option<&'a yaml::Node>, name: &str) -> Option<&'a yaml::Node> {
    list?
        .items()
        .iter()
        .find(|item| item.get("property").and_then(yaml::Node::text) == Some(name))?
        .get("value")
}

fn is_years(period: &str) -> bool {
    let years = period.strip_prefix('P').and_then(|rest| rest.strip_suffix('Y'));
    years
        .and_then(|years| years.parse::<u32>().ok())
        .is_some_and(|years| years > 0)
}

/// What the contract leaves unsaid, in words.
fn missing(contract: &Contract) -> Vec<String> {
    let mut faults = Faults::of("embedded");
    let root = yaml::document(&contract.text, &mut faults).expect("a sound contract is YAML");
    let custom = root.get("customProperties");
    let object = root.get("schema").and_then(|schema| schema.items().first());
    let of_object = object.and_then(|object| object.get("customProperties"));
    let written = |list, name: &str| setting(list, name).and_then(yaml::Node::written).unwrap_or_default();
    let mut missing = Vec::new();
    for name in ["owner", "classification"] {
        if written(of_object, name).is_empty() {
            missing.push(name.to_owned());
        }
    }
    for name in ["legalBasis", "personalData"] {
        if written(custom, name).is_empty() {
            missing.push(name.to_owned());
        }
    }
    if setting(root.get("slaProperties"), "frequency").is_none() || contract.freshness.is_none() {
        missing.push("freshness".to_owned());
    }
    let retention = written(custom, "retention");
    if !is_years(&retention) {
        missing.push(format!("retention, which is {retention:?}"));
    }
    let purposes: Vec<String> = setting(custom, "purposes")
        .map(|list| list.items().iter().filter_map(yaml::Node::written).collect())
        .unwrap_or_default();
    let known: BTreeSet<&str> = PURPOSES.into();
    if purposes.is_empty() || !purposes.iter().all(|purpose| known.contains(purpose.as_str())) {
        missing.push(format!("purposes, which are {purposes:?}"));
    }
    // What anybody may read is for any purpose; what tells of persons never is.
    let personal = contract
        .columns
        .iter()
        .any(|column| column.classification.is_personal());
    if personal && purposes.iter().any(|purpose| purpose == "umum") {
        missing.push("a purpose of its own: it holds personal data".to_owned());
    }
    missing
}

#[test]
fn every_shipped_contract_says_who_why_and_how_long() {
    let registry = Registry::embedded().unwrap();
    let found: Vec<String> = registry
        .iter()
        .map(|contract| (contract, missing(contract)))
        .filter(|(_, missing)| !missing.is_empty())
        .map(|(contract, missing)| format!("{}: {}", contract.dataset, missing.join("; ")))
        .collect();
    assert!(found.is_empty(), "without\n{}", found.join("\n"));
}

#[test]
fn a_contract_without_them_is_told() {
    let contract = good(PLAIN);
    let missing = missing(&contract).join("\n");
    for name in [
        "owner",
        "classification",
        "legalBasis",
        "personalData",
        "freshness",
        "retention",
        "purposes",
    ] {
        assert!(missing.contains(name), "{name} is not among\n{missing}");
    }
}
