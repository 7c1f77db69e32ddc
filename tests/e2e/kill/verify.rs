//! Comparing the hub with the ledger.

use super::{
    Doors,
    accounts::{self, Accounts},
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
        // Header, text, and how it was written where that was not as text.
        let cells: Vec<Vec<String>> = serde_json::from_str(raw).unwrap();
        let key = cells.into_iter().find(|cell| cell[0] == "push").unwrap().swap_remove(1);
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

/// Every key is what the last acknowledged push made of it, or the one in doubt did, for all keys of a client alike, and
/// the history has each version once. Answers, for each client with a push in doubt, whether the hub has it.
pub fn accounts(doors: &Doors, accounts: &Accounts, round: u64) -> BTreeMap<String, bool> {
    let sql = format!("SELECT {} FROM data.saldo", accounts::COLUMNS);
    let mut found: BTreeMap<String, BTreeMap<u64, accounts::Held>> = BTreeMap::new();
    for row in doors.pusher.sql(&sql) {
        let ((client, number), held) = accounts::row(&row);
        let before = found.entry(client).or_default().insert(number, held);
        assert!(before.is_none(), "round {round}: a key is there twice: {row}");
    }
    let count = |op: &str| format!("sum(CASE WHEN _op = '{op}' THEN 1 ELSE 0 END) AS \"{op}\"");
    let ops = ["I", "U", "D", "S"].map(count).join(", ");
    let sql = format!(
        "SELECT _receipt, klien, min(_seq) AS awal, max(_seq) AS akhir, {ops} FROM history.saldo GROUP BY _receipt, klien"
    );
    let mut versions: BTreeMap<String, Value> = BTreeMap::new();
    for row in doors.pusher.sql(&sql) {
        assert_eq!(row["awal"], row["akhir"], "round {round}: {row}");
        let before = versions.insert(row["_receipt"].as_str().unwrap().to_owned(), row);
        assert!(
            before.is_none(),
            "round {round}: a push has keys of two clients: {before:?}"
        );
    }
    let is = |row: &Value, counts: accounts::Counts| {
        let deletions = counts.deleted + counts.absent;
        let expected = [counts.inserted, counts.updated, deletions, counts.stale];
        ["I", "U", "D", "S"].map(|op| row[op].as_u64().unwrap()) == expected
    };
    for done in accounts.receipts() {
        let row = versions.remove(done.receipt["receipt_id"].as_str().unwrap());
        let whole = match &row {
            Some(row) => is(row, done.counts) && row["awal"] == done.receipt["seq"],
            None => done.counts.versions() == 0,
        };
        assert!(whole, "round {round}: {row:?} {done:?}");
    }
    // What is left came with pushes in doubt.
    let left: BTreeMap<String, Value> = versions
        .into_values()
        .map(|row| (row["klien"].as_str().unwrap().to_owned(), row))
        .collect();
    let clients = accounts.clients().chain(found.keys()).chain(left.keys());
    let clients: BTreeSet<String> = clients.cloned().collect();
    let mut kept = BTreeMap::new();
    let mut alive = 0;
    for client in &clients {
        let (mut account, left) = (accounts.of(client), left.get(client));
        if let Some(transfer) = accounts.in_doubt(client) {
            let (after, counts) = account.after(transfer);
            if let Some(row) = left {
                assert!(is(row, counts), "round {round}: half a push: {row} {counts:?}");
                account = after;
            }
            kept.insert(client.clone(), left.is_some());
        } else {
            assert!(left.is_none(), "round {round}: nobody sent it: {left:?}");
        }
        let found = found.remove(client).unwrap_or_default();
        assert_eq!(found, account.alive(), "round {round}: keys of {client}");
        alive += found.len() as i64;
    }
    let valid = "SELECT count(*) AS n FROM history.saldo WHERE valid_to IS NULL AND _op <> 'D'";
    assert_eq!(doors.pusher.number(valid), alive, "round {round}");
    kept
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
    let (new, old): (Vec<_>, Vec<_>) = ledger
        .accounts
        .receipts()
        .partition(|done| done.transfer.key.starts_with(&own));
    let old = old.into_iter().choose_multiple(dice, SAMPLE / 2);
    for done in new.iter().chain(&old) {
        let id = done.receipt["receipt_id"].as_str().unwrap();
        let stored = doors.pusher.get(&format!("/api/v1/receipts/{id}")).expect(200).json();
        assert_eq!(lasting(&stored), lasting(&done.receipt), "round {round}: {id}");
    }
    for done in new.iter().chain(&old).choose_multiple(dice, 5) {
        let answer = done.transfer.send(&doors.pusher).unwrap();
        assert!(
            answer.is_replayed(),
            "round {round}: {} was taken again",
            done.transfer.key
        );
        assert_eq!(lasting(&answer.json()), lasting(&done.receipt), "round {round}");
    }
    let keyed = ledger.accounts.receipts().map(|done| &done.receipt);
    let receipts: Vec<&Value> = ledger.acknowledged().map(|(_, receipt)| receipt).chain(keyed).collect();
    let seqs: BTreeSet<u64> = receipts.iter().filter_map(|receipt| receipt["seq"].as_u64()).collect();
    assert_eq!(
        seqs.len(),
        receipts.len(),
        "round {round}: two pushes have one position"
    );
}

/// A receipt without the moment of its sync, which is known only after the frame that holds the receipt was written.
fn lasting(receipt: &Value) -> Value {
    let mut receipt = receipt.clone();
    if let Some(fields) = receipt.as_object_mut() {
        fields.remove("durable_at");
        // Counted when asked.
        fields.remove("rejects");
    }
    receipt
}
