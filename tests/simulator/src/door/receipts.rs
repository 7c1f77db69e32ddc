//! What the hub has receipts for: the memory of a second start.

use super::{Door, detail};
use crate::{Error, Result};
use reqwest::StatusCode;
use serde::Deserialize;
use std::collections::HashSet;

#[derive(Default, Deserialize)]
struct Page {
    items: Vec<Listed>,
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    status: String,
    payload_sha256: String,
}

impl Door {
    /// SHA-256 of every payload of which the hub took rows, as far as the keys may see receipts.
    pub fn known(&self) -> Result<HashSet<String>> {
        let mut known = HashSet::new();
        let mut keys: Vec<&String> = self.keys.by_dataset.values().chain([&self.keys.default]).collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            let mut cursor = String::new();
            loop {
                let page = self.receipts(key, &cursor)?;
                let taken = page.items.into_iter().filter(|receipt| receipt.status != "rejected");
                known.extend(taken.map(|receipt| receipt.payload_sha256));
                match page.next {
                    Some(next) if next != cursor => cursor = next,
                    _ => break,
                }
            }
        }
        Ok(known)
    }

    /// A page of the receipts that `key` sees; none for a key that may not see any.
    fn receipts(&self, key: &str, cursor: &str) -> Result<Page> {
        let url = format!("{}/api/v1/receipts", self.base);
        let mut asked = vec![("limit", "1000")];
        if !cursor.is_empty() {
            asked.push(("cursor", cursor));
        }
        let response = self.patiently(&mut |_, _| {}, || self.client.get(&url).bearer_auth(key).query(&asked))?;
        let status = response.status();
        let text = response
            .text()
            .map_err(|e| Error::new(format!("the hub's answer broke off: {}", e.without_url())))?;
        match status {
            StatusCode::FORBIDDEN => Ok(Page::default()),
            s if s.is_success() => {
                serde_json::from_str(&text).map_err(|e| Error::new(format!("the list of receipts cannot be read: {e}")))
            }
            _ => Err(Error::new(format!(
                "the hub does not list receipts: {}",
                detail(&text, status)
            ))),
        }
    }
}
