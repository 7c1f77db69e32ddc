//! What waits in quarantine, all datasets together: how many rows are open, by push and rule, and since when.

use crate::{fetch::fetch, problem::Answer};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{DatasetId, query::Session};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Groups of rows of one dataset that are looked at.
const GROUPS: usize = 10_000;

/// Rejected rows of a dataset that are in one state.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenRejects {
    /// The dataset.
    #[schema(example = "kasus_penyakit")]
    pub dataset: String,
    /// Rows.
    pub rows: u64,
    /// When the oldest of them arrived.
    pub oldest: DateTime<Utc>,
    /// How old that is, in days.
    pub oldest_days: i64,
    /// Rows by the rules that they broke, most first; a row that broke several counts for each.
    pub rules: Vec<RuleRejects>,
    /// Rows by push, the oldest first.
    pub receipts: Vec<ReceiptRejects>,
}

/// Rows that broke a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleRejects {
    /// Column as the contract names it; empty for a rule of the whole row.
    pub column: String,
    /// The rule.
    pub rule: String,
    /// Rows.
    pub rows: u64,
}

/// Rows of one push.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptRejects {
    /// Its receipt.
    pub receipt_id: String,
    /// Who pushed.
    pub pusher: String,
    /// When it arrived.
    pub received_at: DateTime<Utc>,
    /// Rows.
    pub rows: u64,
}

#[derive(Debug, Deserialize)]
struct Group {
    receipt_id: String,
    #[serde(default)]
    pusher: String,
    received_at: DateTime<Utc>,
    #[serde(default)]
    columns: String,
    #[serde(default)]
    rules: String,
    n: u64,
}

/// The rejected rows of `dataset` in `state` that the session may know of; nothing where there are none.
pub async fn overview(
    session: &Session,
    dataset: &DatasetId,
    state: &str,
    now: DateTime<Utc>,
) -> Answer<Option<OpenRejects>> {
    let sql = format!(
        "SELECT receipt_id, pusher, received_at, columns, rules, count(*) AS n FROM quarantine.\"{dataset}\" \
         WHERE state = $1 GROUP BY receipt_id, pusher, received_at, columns, rules ORDER BY received_at LIMIT {GROUPS}"
    );
    let groups: Vec<Group> = fetch(session, &sql, vec![state.into()]).await?;
    let Some(oldest) = groups.first().map(|group| group.received_at) else {
        return Ok(None);
    };
    let mut rules: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut receipts: Vec<ReceiptRejects> = Vec::new();
    for group in &groups {
        let pairs = group.columns.split("; ").zip(group.rules.split("; "));
        // A row that broke a rule in one column twice counts once.
        let pairs: BTreeSet<_> = pairs.collect();
        for (column, rule) in pairs {
            *rules.entry((column.to_owned(), rule.to_owned())).or_default() += group.n;
        }
        match receipts
            .iter_mut()
            .rev()
            .find(|known| known.receipt_id == group.receipt_id)
        {
            Some(known) => known.rows += group.n,
            None => receipts.push(ReceiptRejects {
                receipt_id: group.receipt_id.clone(),
                pusher: group.pusher.clone(),
                received_at: group.received_at,
                rows: group.n,
            }),
        }
    }
    let mut rules: Vec<RuleRejects> = rules
        .into_iter()
        .map(|((column, rule), rows)| RuleRejects { column, rule, rows })
        .collect();
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.rows));
    Ok(Some(OpenRejects {
        dataset: dataset.to_string(),
        rows: groups.iter().map(|group| group.n).sum(),
        oldest,
        oldest_days: (now - oldest).num_days(),
        rules,
        receipts,
    }))
}
