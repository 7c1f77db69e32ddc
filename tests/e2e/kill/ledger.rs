//! What the clients know: every push that was sent, what it held, and what they were told about it.

use super::{accounts::Accounts, load::Payload};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a client knows of one push.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The receipt came: it must be there exactly once, for good.
    Acknowledged(Box<Value>),
    /// The connection broke, or the hub could not say: all of it is there, or nothing.
    InDoubt,
}

/// One push.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was sent.
    pub payload: Payload,
    /// What came of it.
    pub outcome: Outcome,
}

/// All pushes by their idempotency key, which their rows carry as well.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: BTreeMap<String, Entry>,
    /// Pushes to the keyed dataset.
    pub accounts: Accounts,
}

impl Ledger {
    /// Writes down what came of a push.
    pub fn note(&mut self, payload: Payload, outcome: Outcome) {
        self.entries.insert(payload.key.clone(), Entry { payload, outcome });
    }

    /// What is known of the push.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// All pushes.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Pushes with a receipt.
    pub fn acknowledged(&self) -> impl Iterator<Item = (&Payload, &Value)> {
        self.iter().filter_map(|entry| match &entry.outcome {
            Outcome::Acknowledged(receipt) => Some((&entry.payload, receipt.as_ref())),
            Outcome::InDoubt => None,
        })
    }

    /// Pushes that nobody knows about.
    pub fn in_doubt(&self) -> Vec<Payload> {
        let entries = self.iter().filter(|entry| matches!(entry.outcome, Outcome::InDoubt));
        entries.map(|entry| entry.payload.clone()).collect()
    }

    /// Accepted rows, their sum, and pushes with such rows, of all that was acknowledged.
    pub fn expected(&self) -> (u64, i64, u64) {
        self.acknowledged()
            .fold((0, 0, 0), |(rows, sum, pushes), (payload, _)| {
                (
                    rows + payload.good,
                    sum + payload.sum,
                    pushes + u64::from(payload.good > 0),
                )
            })
    }

    /// In words.
    pub fn summary(&self) -> String {
        let (rows, ..) = self.expected();
        let acknowledged = self.acknowledged().count();
        let (keys, versions) = self.accounts.expected();
        format!(
            "{acknowledged} of {} pushes acknowledged, {rows} rows; {} keyed ones, {} keys, {versions} versions",
            self.entries.len(),
            self.accounts.receipts().count(),
            keys.len()
        )
    }
}
