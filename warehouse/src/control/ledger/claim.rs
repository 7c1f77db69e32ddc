//! A hold on a push: while it lives, nobody else can push the same.

use super::{
    LedgerEntry, RejectsHold,
    mark::{Mark, parse_digest},
    memory::{Hold, Shared},
};
use crate::{DatasetId, Error, KeyName, Receipt, Result, Status};
use chrono::{DateTime, Utc};
use std::{fmt, sync::Arc};

/// Whether a push may go ahead.
#[derive(Debug)]
pub enum Claimed {
    /// It is new; the guard holds its place.
    Fresh(Claim),
    /// It was finished before, with this receipt; nothing is to be done.
    Finished(Box<Receipt>),
}

/// The hold of one push on its idempotency key and payload digest, released on drop. Drop it only after
/// [`super::Ledger::record`] was given its entry, or the same push could slip in between.
pub struct Claim {
    /// Dataset that is pushed to.
    pub dataset: DatasetId,
    /// Key that pushes.
    pub pusher: KeyName,
    /// The sender's idempotency key.
    pub idempotency_key: Option<String>,
    /// Digest of the payload, once known.
    pub sha256: Option<[u8; 32]>,
    allow_repeats: bool,
    /// The idempotency key was used before; the digest will tell whether this is a repeat or a mistake.
    finished: Option<Box<Receipt>>,
    held: Vec<Mark>,
    /// The hold on the receipt whose rejected rows this push closes.
    pub closes: Option<RejectsHold>,
    shared: Arc<Shared>,
}

impl Claim {
    pub(super) fn take(
        shared: &Arc<Shared>,
        dataset: &DatasetId,
        pusher: &KeyName,
        key: Option<&str>,
        allow_repeats: bool,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut claim = Self {
            dataset: dataset.clone(),
            pusher: pusher.clone(),
            idempotency_key: key.map(str::to_owned),
            sha256: None,
            allow_repeats,
            finished: None,
            held: Vec::new(),
            closes: None,
            shared: Arc::clone(shared),
        };
        if let Some(key) = key {
            check_key(key)?;
            let mark = Mark::key(dataset, pusher, key);
            match shared.hold(&mark, shared.key_window(), now)? {
                Hold::Held => claim.held.push(mark),
                Hold::Finished(receipt) => claim.finished = Some(receipt),
                Hold::Busy => {
                    return Err(Error::conflict(format!(
                        "a push to {dataset} with this idempotency key is in progress: wait for its receipt"
                    )));
                }
            }
        }
        Ok(claim)
    }

    /// Adds the payload digest, when it becomes known only after the body was read. A push with a key is the same as
    /// another only by its key; one without is the same by its digest, unless the contract allows repeats.
    /// Errors: `Conflict` when the same payload is in flight, `Invalid` when the idempotency key was used with
    /// another payload.
    pub fn payload(mut self, sha256: [u8; 32], now: DateTime<Utc>) -> Result<Claimed> {
        self.sha256 = Some(sha256);
        if let Some(receipt) = self.finished.take() {
            if parse_digest(&receipt.payload_sha256) == Some(sha256) {
                return Ok(Claimed::Finished(receipt));
            }
            let key = self.idempotency_key.as_deref().unwrap_or_default();
            return Err(Error::invalid(format!(
                "idempotency key {key:?} was used with another payload: send this one with a new key"
            )));
        }
        if self.allow_repeats {
            return Ok(Claimed::Fresh(self));
        }
        let mark = Mark::digest(&self.dataset, &self.pusher, &sha256);
        if self.idempotency_key.is_some() {
            self.shared.join_hold(&mark);
            self.held.push(mark);
            return Ok(Claimed::Fresh(self));
        }
        match self.shared.hold(&mark, self.shared.digest_window(), now)? {
            Hold::Held => self.held.push(mark),
            Hold::Finished(receipt) => return Ok(Claimed::Finished(receipt)),
            Hold::Busy => {
                return Err(Error::conflict(format!(
                    "a push of the same payload to {} is in progress: wait for its receipt",
                    self.dataset
                )));
            }
        }
        Ok(Claimed::Fresh(self))
    }

    /// What the log must keep of this push once `receipt` is final.
    pub fn entry(&self, receipt: &Receipt) -> LedgerEntry {
        let mut receipt = receipt.clone();
        if let Some(sha256) = &self.sha256 {
            receipt.payload_sha256 = hex::encode(sha256);
        }
        LedgerEntry {
            idempotency_key: self.idempotency_key.clone(),
            allow_repeats: self.allow_repeats,
            closing: None,
            receipt,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.shared.release(&self.held);
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("dataset", &self.dataset)
            .field("pusher", &self.pusher)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

/// Long keys would let a sender fill the hub's memory; control characters have no place in a header.
fn check_key(key: &str) -> Result<()> {
    let fits = (1..=255).contains(&key.len()) && !key.chars().any(char::is_control);
    fits.then_some(())
        .ok_or_else(|| Error::invalid("the idempotency key must have 1 to 255 characters, none a control character"))
}

/// The name a status has in JSON and in the store.
pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Accepted => "accepted",
        Status::Partial => "partial",
        Status::Rejected => "rejected",
        Status::Duplicate => "duplicate",
    }
}
