//! What a door hands to [`Intake`](crate::Intake), and what it gets back.

use crate::{ContentEncoding, Format};
use chrono::{DateTime, Utc};
use smartcenter_warehouse::{DatasetId, PushMode, Receipt, ReceiptId, policy::Identity};

/// A push as the door understood it; the body comes separately, as a stream.
#[derive(Debug, Clone)]
pub struct PushRequest {
    /// Dataset to push to.
    pub dataset: DatasetId,
    /// Who pushes.
    pub identity: Identity,
    /// How the payload is written.
    pub format: Format,
    /// How the body is packed.
    pub encoding: ContentEncoding,
    /// `Idempotency-Key`, if one was sent.
    pub idempotency_key: Option<String>,
    /// Check only: nothing is kept.
    pub dry_run: bool,
    /// Answer only after the rows are committed to the Delta table.
    pub wait_landed: bool,
    /// How the rows meet those that are there. Absent means what the dataset's contract implies: upsert where there is
    /// a primary key, append where there is none. Scope values are written as the payload writes them.
    pub mode: Option<PushMode>,
    /// `charset` of the content type; absent means UTF-8, a byte order mark, or what the contract says.
    pub charset: Option<String>,
    /// Workbooks: the sheet to read, by name or by number from 1. Absent means the one the contract names, or the one
    /// whose header fits the contract best.
    pub sheet: Option<String>,
    /// The receipt whose rejected rows this push brings in good order.
    pub corrects: Option<ReceiptId>,
    /// When the first byte arrived.
    pub received_at: DateTime<Utc>,
}

/// The answer to a push.
#[derive(Debug, Clone)]
pub struct PushOutcome {
    /// The receipt, final. That of a repeat is the first one's; without an idempotency key its status is `Duplicate`.
    pub receipt: Receipt,
    /// True when the same push had been finished before and nothing changed (`Idempotency-Replayed: true`).
    pub replayed: bool,
}
