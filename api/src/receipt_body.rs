//! The receipt as the API shows it, made from the warehouse's own in one place. The conversions name every field,
//! so that a field added there cannot be forgotten here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    Fault, Receipt, RowCounts, Status,
    policy::Identity,
    quarantine::{self, RejectCounts},
};
use utoipa::ToSchema;

/// The durable answer to a push.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptBody {
    /// Identity of the push, a UUIDv7.
    #[schema(example = "0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f")]
    pub receipt_id: String,
    /// Dataset that was pushed to.
    #[schema(example = "absensi_harian_sekolah")]
    pub dataset: String,
    /// Contract version the rows were checked against.
    #[schema(example = "1.0.0")]
    pub contract_version: String,
    /// What became of the push.
    pub status: PushStatus,
    /// Row counts.
    pub rows: Rows,
    /// The first 20 faults; all of them are under `links.rejects`.
    pub faults: Vec<CellFault>,
    /// Findings that did not stop a row.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub warnings: Vec<String>,
    /// Rejected rows of an older push that this one closed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrects: Option<Corrects>,
    /// What became of the rejected rows by now; left out in the answer to the push itself, and where there are none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rejects: Option<Rejects>,
    /// For rows that the hub worked out itself: from what.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub derived: Option<Derivation>,
    /// Position in the hub's log; absent where nothing was kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seq: Option<u64>,
    /// SHA-256 of the payload after content decoding, in hex.
    pub payload_sha256: String,
    /// When the first byte arrived.
    pub received_at: DateTime<Utc>,
    /// By when the rows were on disk.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub durable_at: Option<DateTime<Utc>>,
    /// True when the sender only asked and nothing was kept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub dry_run: bool,
    /// Where to look further.
    pub links: Links,
}

/// Where rows come from that the hub worked out itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Derivation {
    /// The model that gave them.
    #[schema(example = "kehadiran_sekolah_harian")]
    pub model: String,
    /// Digest of its file.
    pub version: String,
    /// Everything that its sources had up to this position of the log is in them.
    pub through: u64,
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PushStatus {
    /// Every row was accepted.
    Accepted,
    /// Some rows were accepted, some quarantined.
    Partial,
    /// No row was accepted.
    Rejected,
    /// The same push had been finished before; nothing changed.
    Duplicate,
}

/// `received = accepted + rejected + duplicate`; `accepted = inserted + updated + unchanged + deleted + stale`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = RowCounts)]
pub struct Rows {
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
    /// Accepted rows older than the current version.
    pub stale: u64,
    /// Accepted rows that ended a key.
    pub deleted: u64,
    /// Rows repeated inside the batch.
    pub duplicate: u64,
    /// Rows in quarantine.
    pub rejected: u64,
}

/// Rejected rows of an older push that a corrected file or a replay closed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Corrects {
    /// The older push.
    #[schema(example = "0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f")]
    pub receipt_id: String,
    /// Rows that are done with.
    pub closed: u64,
    /// Rows that are rejected again, and open in this receipt.
    pub superseded: u64,
    /// Who read the rows again, when it was not the key that had pushed them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
}

/// Rejected rows by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RejectCounts)]
pub struct Rejects {
    /// Nobody did anything about them.
    pub open: u64,
    /// Brought in by a corrected file.
    pub corrected: u64,
    /// Sent again, rejected again, and open in the later receipt.
    pub superseded: u64,
    /// Brought in by a replay.
    pub replayed: u64,
    /// Given up.
    pub discarded: u64,
    /// Open for longer than rejected rows are kept.
    pub expired: u64,
}

/// One wrong cell.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Fault)]
pub struct CellFault {
    /// Line of the payload, counted from 1, header included.
    pub line: u64,
    /// Column as the contract names it; absent when the fault is of the whole row.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// Rule that failed.
    pub rule: String,
    /// The text as it was sent; only for the key that pushed it and for stewards with a purpose.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// Addresses relative to the hub.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = ReceiptLinks)]
pub struct Links {
    /// This receipt.
    #[serde(rename = "self")]
    pub own: String,
    /// Its rejected rows.
    pub rejects: String,
}

impl ReceiptBody {
    /// The receipt for `identity`: what was sent is shown to the key that sent it and to a data steward who states a
    /// purpose; for everyone else values and the messages that may quote them are covered.
    pub fn shown_to(receipt: Receipt, identity: &Identity) -> Self {
        let clear = sees_values(&receipt, identity);
        let mut body = Self::from(receipt);
        if !clear {
            for fault in &mut body.faults {
                fault.value = None;
                fault.message = format!("rule {} failed; the sent text is hidden", fault.rule);
            }
        }
        body
    }

    /// The same with what became of the rejected rows.
    #[must_use]
    pub fn with_rejects(mut self, counts: RejectCounts) -> Self {
        self.rejects = (self.rows.rejected > 0 && !self.dry_run).then(|| counts.into());
        self
    }
}

impl From<RejectCounts> for Rejects {
    fn from(counts: RejectCounts) -> Self {
        let RejectCounts {
            open,
            corrected,
            superseded,
            replayed,
            discarded,
            expired,
        } = counts;
        Self {
            open,
            corrected,
            superseded,
            replayed,
            discarded,
            expired,
        }
    }
}

impl From<smartcenter_warehouse::Derivation> for Derivation {
    fn from(derived: smartcenter_warehouse::Derivation) -> Self {
        let smartcenter_warehouse::Derivation {
            model,
            version,
            through,
        } = derived;
        Self {
            model: model.into(),
            version,
            through: through.0,
        }
    }
}

impl From<quarantine::Corrects> for Corrects {
    fn from(corrects: quarantine::Corrects) -> Self {
        let quarantine::Corrects {
            receipt_id,
            closed,
            superseded,
            by,
            of: _,
        } = corrects;
        Self {
            receipt_id: receipt_id.to_string(),
            closed,
            superseded,
            by: by.map(|key| key.to_string()),
        }
    }
}

/// Whether `identity` may see the text that was sent with this push. Others who may, with a purpose, find it in the
/// rejected rows, which leave an audit record.
fn sees_values(receipt: &Receipt, identity: &Identity) -> bool {
    crate::auth::is_key(identity, &receipt.pusher)
}

impl From<Receipt> for ReceiptBody {
    fn from(receipt: Receipt) -> Self {
        let Receipt {
            receipt_id,
            dataset,
            contract_version,
            status,
            rows,
            faults,
            warnings,
            corrects,
            derived,
            seq,
            payload_sha256,
            received_at,
            durable_at,
            dry_run,
            pusher: _,
        } = receipt;
        let own = format!("/api/v1/receipts/{receipt_id}");
        Self {
            receipt_id: receipt_id.to_string(),
            dataset: dataset.into(),
            contract_version,
            status: status.into(),
            rows: rows.into(),
            faults: faults.into_iter().map(CellFault::from).collect(),
            warnings,
            corrects: corrects.map(Corrects::from),
            derived: derived.map(Derivation::from),
            rejects: None,
            seq: seq.map(|s| s.0),
            payload_sha256,
            received_at,
            durable_at,
            dry_run,
            links: Links {
                rejects: format!("{own}/rejects"),
                own,
            },
        }
    }
}

impl From<RowCounts> for Rows {
    fn from(counts: RowCounts) -> Self {
        let RowCounts {
            received,
            accepted,
            inserted,
            updated,
            unchanged,
            stale,
            deleted,
            duplicate,
            rejected,
        } = counts;
        Self {
            received,
            accepted,
            inserted,
            updated,
            unchanged,
            stale,
            deleted,
            duplicate,
            rejected,
        }
    }
}

impl From<Fault> for CellFault {
    fn from(fault: Fault) -> Self {
        let Fault {
            line,
            column,
            rule,
            value,
            message,
        } = fault;
        Self {
            line,
            column,
            rule,
            value,
            message,
        }
    }
}

impl From<Status> for PushStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Accepted => Self::Accepted,
            Status::Partial => Self::Partial,
            Status::Rejected => Self::Rejected,
            Status::Duplicate => Self::Duplicate,
        }
    }
}

impl From<PushStatus> for Status {
    fn from(status: PushStatus) -> Self {
        match status {
            PushStatus::Accepted => Self::Accepted,
            PushStatus::Partial => Self::Partial,
            PushStatus::Rejected => Self::Rejected,
            PushStatus::Duplicate => Self::Duplicate,
        }
    }
}

#[cfg(test)]
mod tests;
