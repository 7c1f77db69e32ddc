//! Every sentence that comes of the feeds, as `messages.json` beside them has it: whoever translates sentences reads that.

use super::{ONLY, RECORD, root};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// Sentences by what they are about.
#[derive(Debug, Default)]
pub(super) struct Messages(BTreeMap<String, BTreeSet<String>>);

impl Messages {
    /// Adds what came of a feed.
    pub(super) fn add(&mut self, found: &Value) {
        for (kind, key) in [("errors", "error"), ("faults", "messages"), ("warnings", "warnings")] {
            let texts = match &found[key] {
                Value::Array(texts) => texts.as_slice(),
                text => std::slice::from_ref(text),
            };
            let texts = texts.iter().filter_map(Value::as_str).map(str::to_owned);
            self.0.entry(kind.to_owned()).or_default().extend(texts);
        }
    }

    /// All feeds say what the file has; those that are asked for say a part of that.
    pub(super) fn compare(&self) {
        let path = root().join("messages.json");
        let is_all = std::env::var_os(ONLY).is_none();
        if is_all && std::env::var_os(RECORD).is_some() {
            fs::write(&path, format!("{:#}\n", json!(self.0))).unwrap();
        }
        let known: BTreeMap<String, BTreeSet<String>> =
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for (kind, texts) in &self.0 {
            let new: Vec<_> = texts.difference(&known[kind]).collect();
            let gone: Vec<_> = known[kind].difference(texts).filter(|_| is_all).collect();
            assert!(
                new.is_empty() && gone.is_empty(),
                "{RECORD}=1 would write {} anew: {kind} gained {new:#?} and lost {gone:#?}",
                path.display()
            );
        }
    }
}
