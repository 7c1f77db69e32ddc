#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::needless_pass_by_value, reason = "publishing ends the claim")]

mod keeping;
mod lists;
mod rejects;
mod repeats;

use super::*;
use crate::{Derivation, Fault, Kind, RowCounts, Status, control::Control};
use chrono::{TimeDelta, TimeZone};
use std::{
    path::PathBuf,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
};

struct Hub {
    folder: tempfile::TempDir,
    control: Control,
    seq: u64,
}

fn dataset() -> DatasetId {
    "kasus_penyakit".parse().unwrap()
}

fn pusher() -> KeyName {
    "dinkes".parse().unwrap()
}

fn day(n: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::days(n)
}

fn path(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("control.sqlite")
}

fn receipt(claim: &Claim, status: Status, now: DateTime<Utc>, seq: u64) -> Receipt {
    Receipt {
        receipt_id: ReceiptId::now(),
        dataset: claim.dataset.clone(),
        contract_version: "1.0.0".into(),
        status,
        rows: RowCounts {
            received: 1,
            accepted: 1,
            inserted: 1,
            ..RowCounts::default()
        },
        faults: vec![Fault {
            line: 2,
            column: None,
            rule: "type".into(),
            value: Some("x".into()),
            message: "m".into(),
        }],
        warnings: Vec::new(),
        corrects: None,
        derived: None,
        seq: Some(Seq(seq)),
        payload_sha256: String::new(),
        received_at: now,
        durable_at: Some(now),
        dry_run: false,
        pusher: claim.pusher.clone(),
    }
}

impl Hub {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::open(&path(&folder)).unwrap();
        Self {
            folder,
            control,
            seq: 0,
        }
    }

    fn ledger(&self) -> &Ledger {
        self.control.ledger()
    }

    fn claim(&self, key: Option<&str>, payload: u8, now: DateTime<Utc>) -> Result<Claimed> {
        self.ledger()
            .claim(&dataset(), &pusher(), key, Some([payload; 32]), false, now)
    }

    fn fresh(&self, key: Option<&str>, payload: u8, now: DateTime<Utc>) -> Claim {
        match self.claim(key, payload, now).unwrap() {
            Claimed::Fresh(claim) => claim,
            Claimed::Finished(receipt) => panic!("a repeat of {}", receipt.receipt_id),
        }
    }

    fn finished(&self, key: Option<&str>, payload: u8, now: DateTime<Utc>) -> Receipt {
        match self.claim(key, payload, now).unwrap() {
            Claimed::Finished(receipt) => *receipt,
            Claimed::Fresh(_) => panic!("not known as a repeat"),
        }
    }

    /// What the publisher does with a claim.
    fn publish(&mut self, claim: Claim, status: Status, now: DateTime<Utc>) -> Receipt {
        self.seq += 1;
        let entry = claim.entry(&receipt(&claim, status, now, self.seq));
        self.ledger().record(Seq(self.seq), std::slice::from_ref(&entry));
        entry.receipt
    }

    /// The same for rows that a model gave.
    fn publish_derived(&mut self, claim: Claim, now: DateTime<Utc>) {
        self.seq += 1;
        let derived = Some(Derivation {
            model: claim.dataset.clone(),
            version: "v".into(),
            through: Seq(self.seq - 1),
        });
        let entry = claim.entry(&Receipt {
            derived,
            ..receipt(&claim, Status::Accepted, now, self.seq)
        });
        self.ledger().record(Seq(self.seq), std::slice::from_ref(&entry));
    }

    fn push(&mut self, key: Option<&str>, payload: u8, now: DateTime<Utc>) -> Receipt {
        let claim = self.fresh(key, payload, now);
        self.publish(claim, Status::Accepted, now)
    }

    fn restart(self) -> Self {
        let Self { folder, control, seq } = self;
        drop(control);
        let control = Control::open(&path(&folder)).unwrap();
        Self { folder, control, seq }
    }
}
