//! The receipt: what a sender is told about a push, and what stays provable about it.

use crate::{DatasetId, KeyName, ReceiptId, Seq, quarantine::Corrects};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every row was accepted (or was a duplicate inside the batch).
    Accepted,
    /// Some rows were accepted, some quarantined.
    Partial,
    /// No row was accepted.
    Rejected,
    /// The same payload had been pushed before, without an idempotency key; nothing changed. Only an answer says so: the
    /// receipt that is kept has the first push's status.
    Duplicate,
}

/// Row counts. `received = accepted + rejected + duplicate`;
/// `accepted = inserted + updated + unchanged + deleted + stale`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowCounts {
    /// Rows read from the payload.
    pub received: u64,
    /// Rows that passed the contract.
    pub accepted: u64,
    /// Accepted rows that are new.
    pub inserted: u64,
    /// Accepted rows that replaced an older version.
    pub updated: u64,
    /// Accepted rows equal to the current version.
    pub unchanged: u64,
    /// Accepted rows older than the current version; kept in history only.
    pub stale: u64,
    /// Accepted rows that ended a key.
    pub deleted: u64,
    /// Rows repeated inside the batch.
    pub duplicate: u64,
    /// Rows that went to quarantine.
    pub rejected: u64,
}

/// One wrong cell. `value` is raw text of the sender: shown only to the pushing key and to quarantine readers
/// with a purpose, never logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Line of the payload on which the row starts, counted from 1, header included.
    pub line: u64,
    /// Column as the contract names it; absent when the fault is of the whole row.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// Rule that failed, such as `type`, `required`, `pattern`, `enum` or a rule's own name.
    pub rule: String,
    /// The offending text as it was sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Where rows come from that the hub worked out itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// The model that gave them.
    pub model: DatasetId,
    /// Digest of its file.
    pub version: String,
    /// Everything that its sources had up to here is in them, and nothing later.
    pub through: Seq,
}

/// How many faults a receipt itself carries; all of them are in the rejects.
pub const RECEIPT_FAULTS: usize = 20;

/// The durable answer to a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Identity of the push.
    pub receipt_id: ReceiptId,
    /// Dataset that was pushed to.
    pub dataset: DatasetId,
    /// Contract version the rows were checked against.
    pub contract_version: String,
    /// What became of the push.
    pub status: Status,
    /// Row counts.
    pub rows: RowCounts,
    /// The first [`RECEIPT_FAULTS`] faults.
    pub faults: Vec<Fault>,
    /// Findings that did not stop a row: unknown columns, soft references, `warn` rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Rejected rows of an older push that this one closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Corrects>,
    /// For rows that the hub worked out itself: from what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived: Option<Derivation>,
    /// Log position; absent for a dry run and for a push that left nothing in the lake.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seq: Option<Seq>,
    /// SHA-256 of the payload as sent, after content decoding, in hex.
    pub payload_sha256: String,
    /// When the first byte arrived.
    pub received_at: DateTime<Utc>,
    /// By when the rows were on disk; absent for a dry run. When the hub stopped before it had noted the moment, this
    /// is its next start, which found them in the log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub durable_at: Option<DateTime<Utc>>,
    /// True when nothing was kept because the sender only asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// Name of the key that pushed. Kept for the ledger; not part of the public body.
    pub pusher: KeyName,
}

impl Receipt {
    /// Rows of the file that this push began with: its own, or for a correction or replay those of the first file.
    pub fn file_rows(&self) -> u64 {
        let before = self.corrects.as_ref().map_or(0, |corrects| corrects.of);
        before.max(self.rows.received)
    }
}
