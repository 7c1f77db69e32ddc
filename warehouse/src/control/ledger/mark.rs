//! What two pushes must not do at once. What makes them the same: a 128-bit mark of (dataset, pusher, idempotency key) or of (dataset, pusher,
//! payload digest). Cut from SHA-256, so that nobody can make two that agree.

use super::LedgerEntry;
use crate::{DatasetId, KeyName, Receipt, Status};
use sha2::{Digest, Sha256};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Mark([u8; 16]);

impl Mark {
    pub(super) fn key(dataset: &DatasetId, pusher: &KeyName, key: &str) -> Self {
        Self::new(b"k", dataset, pusher, key.as_bytes())
    }

    pub(super) fn digest(dataset: &DatasetId, pusher: &KeyName, sha256: &[u8; 32]) -> Self {
        Self::new(b"d", dataset, pusher, sha256)
    }

    /// Held while rejected rows of `receipt` are being closed; never left behind.
    pub(super) fn rejects(receipt: &Receipt) -> Self {
        let id = receipt.receipt_id.to_string();
        Self::new(b"r", &receipt.dataset, &receipt.pusher, id.as_bytes())
    }

    /// The marks that a finished push leaves. A rejected one leaves none of its digest: it changed nothing, and the
    /// same file may be right under the next contract.
    pub(super) fn left_by(entry: &LedgerEntry) -> impl Iterator<Item = Self> {
        let receipt = &entry.receipt;
        let key = entry
            .idempotency_key
            .as_deref()
            .map(|key| Self::key(&receipt.dataset, &receipt.pusher, key));
        let counts = matches!(receipt.status, Status::Accepted | Status::Partial) && !entry.allow_repeats;
        let sha256 = counts.then(|| parse_digest(&receipt.payload_sha256)).flatten();
        key.into_iter()
            .chain(sha256.map(|sha256| Self::digest(&receipt.dataset, &receipt.pusher, &sha256)))
    }

    pub(super) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A part of the mark for the filter.
    pub(super) fn fingerprint(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    fn new(kind: &[u8; 1], dataset: &DatasetId, pusher: &KeyName, rest: &[u8]) -> Self {
        let mut hash = Sha256::new();
        // Neither name can hold a zero byte.
        for part in [
            kind.as_slice(),
            dataset.as_str().as_bytes(),
            b"\0",
            pusher.as_str().as_bytes(),
            b"\0",
            rest,
        ] {
            hash.update(part);
        }
        let full: [u8; 32] = hash.finalize().into();
        let mut cut = [0; 16];
        cut.copy_from_slice(&full[..16]);
        Self(cut)
    }
}

/// The bytes of a digest written in hex.
pub(super) fn parse_digest(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
