//! Comparing the hub with the ledger.

use super::{
    Doors,
    ledger::{Ledger, Outcome},
};
use rand::{Rng, seq::IteratorRandom};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Older receipts looked at in a round, besides those of the round itself.
const SAMPLE: usize = 40;

/// Every row of the hub is a row of the ledger, every acknowledged one is there once, and a push in doubt is there
/// whole or not at all; rejected rows likewise.
pub fn everything(doors: &Doors, ledger: &Ledger, round: u64) {
    rows(doors, ledger, round);
    rejected(doors, ledger, round);
    let (n, sum) = {
        let row = doors
            .pusher
            .row("SELECT count(*) AS n, coalesce(sum(nilai), 0) AS jumlah FROM data.ledger");
        (row["n"].as_u64().unwrap(), row["jumlah"].as_i64().unwrap())
    };
    if ledger.in_doubt().is_empty() {
        let (rows, total, _) = ledger.expected();
        assert_eq!((n, sum), (rows, total), "round {round}");
    }
}

fn rows(doors: &Doors, ledger: &Ledger, round: u64) {
    let found = doors.pusher.sql(
        "SELECT push, count(*) AS n, sum(nilai) AS jumlah, count(DISTINCT nomor) AS nomor, \
         min(_seq) AS awal, max(_seq) AS akhir, count(DISTINCT _receipt) AS receipts, min(_receipt) AS receipt, \
         count(_seq) AS seqs FROM history.ledger GROUP BY push",
    );
    let found: BTreeMap<String, Value> = found
        .into_iter()
        .map(|row| (row["push"].as_str().unwrap().to_owned(), row))
        .collect();
    for (key, row) in &found {
        let entry = ledger
            .get(key)
            .unwrap_or_else(|| panic!("round {round}: nobody sent {key}: {row}"));
        let payload = &entry.payload;
        let whole = row["n"] == payload.good && row["jumlah"] == payload.sum && row["nomor"] == payload.good;
        assert!(
            whole,
            "round {round}: {key} is {} rows of sum {}: {row}",
            payload.good, payload.sum
        );
        assert!(
            row["seqs"] == payload.good && row["receipts"] == 1 && row["awal"] == row["akhir"],
            "round {round}: {row}"
        );
        if let Outcome::Acknowledged(receipt) = &entry.outcome {
            assert!(
                row["awal"] == receipt["seq"] && row["receipt"] == receipt["receipt_id"],
                "round {round}: {row} {receipt}"
            );
        }
    }
    for (payload, receipt) in ledger.acknowledged() {
        let is_there = found.contains_key(&payload.key);
        assert_eq!(
            is_there,
            payload.good > 0,
            "round {round}: {} was acknowledged: {receipt}",
            payload.key
        );
    }
}

fn rejected(doors: &Doors, ledger: &Ledger, round: u64) {
    let mut found: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for row in doors
        .steward
        .sql("SELECT raw, line, rules, columns FROM quarantine.ledger")
    {
        assert!(
            row["rules"] == "type" && row["columns"] == "nilai",
            "round {round}: {row}"
        );
        let raw = row["raw"].as_str().unwrap_or_else(|| panic!("round {round}: {row}"));
        let cells: Vec<(String, String)> = serde_json::from_str(raw).unwrap();
        let key = cells.into_iter().find(|(name, _)| name == "push").unwrap().1;
        let is_new = found.entry(key).or_default().insert(row["line"].as_i64().unwrap());
        assert!(is_new, "round {round}: a rejected row is there twice: {row}");
    }
    for (key, lines) in &found {
        let entry = ledger
            .get(key)
            .unwrap_or_else(|| panic!("round {round}: nobody sent {key}"));
        assert_eq!(
            lines.len() as u64,
            entry.payload.bad,
            "round {round}: rejected rows of {key}"
        );
    }
    for (payload, _) in ledger.acknowledged() {
        assert_eq!(
            found.contains_key(&payload.key),
            payload.bad > 0,
            "round {round}: {}",
            payload.key
        );
    }
}

/// The receipts of this round and some older ones can be read as they were given, and a repeat answers them.
pub fn receipts(doors: &Doors, ledger: &Ledger, round: u64, dice: &mut impl Rng) {
    let own = format!("r{round}-");
    let (new, old): (Vec<_>, Vec<_>) = ledger
        .acknowledged()
        .partition(|(payload, _)| payload.key.starts_with(&own));
    let old = old.into_iter().choose_multiple(dice, SAMPLE);
    for (payload, receipt) in new.iter().chain(&old) {
        let id = receipt["receipt_id"].as_str().unwrap();
        let stored = doors.pusher.get(&format!("/api/v1/receipts/{id}")).expect(200).json();
        assert_eq!(lasting(&stored), lasting(receipt), "round {round}: {}", payload.key);
    }
    for (payload, receipt) in new.iter().chain(&old).choose_multiple(dice, 10) {
        let answer = payload.send(&doors.pusher).unwrap();
        assert!(answer.is_replayed(), "round {round}: {} was taken again", payload.key);
        assert_eq!(
            lasting(&answer.json()),
            lasting(receipt),
            "round {round}: {}",
            payload.key
        );
    }
    let seqs: BTreeSet<u64> = ledger
        .acknowledged()
        .filter_map(|(_, receipt)| receipt["seq"].as_u64())
        .collect();
    assert_eq!(
        seqs.len(),
        ledger.acknowledged().count(),
        "round {round}: two pushes have one position"
    );
}

/// A receipt without the moment of its sync, which is known only after the frame that holds the receipt was written.
fn lasting(receipt: &Value) -> Value {
    let mut receipt = receipt.clone();
    if let Some(fields) = receipt.as_object_mut() {
        fields.remove("durable_at");
    }
    receipt
}
