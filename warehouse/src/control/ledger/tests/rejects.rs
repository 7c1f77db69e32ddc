//! What became of rejected rows: found while it moves to disk, after a restart, and once only.

use super::*;
use crate::quarantine::{Closing, LineSet, RejectCounts, RejectState};

fn lines(lines: &[u64]) -> LineSet {
    lines.iter().copied().collect()
}

fn closing(of: &Receipt, closed: &[u64], superseded: &[u64]) -> Closing {
    Closing {
        receipt_id: of.receipt_id,
        state: RejectState::Corrected,
        closed: lines(closed),
        superseded: lines(superseded),
        key: pusher(),
        reason: None,
    }
}

impl Hub {
    /// A push that leaves `rejected` rows and closes others.
    fn reject(&mut self, payload: u8, now: DateTime<Utc>, rejected: u64, closing: Option<Closing>) -> Receipt {
        let claim = self.fresh(None, payload, now);
        self.seq += 1;
        let mut told = receipt(&claim, Status::Partial, now, self.seq);
        told.rows.rejected = rejected;
        let entry = LedgerEntry {
            closing,
            ..claim.entry(&told)
        };
        self.ledger().record(Seq(self.seq), std::slice::from_ref(&entry));
        entry.receipt
    }

    fn counts(&self, receipt: &Receipt) -> RejectCounts {
        self.ledger().reject_counts(receipt).unwrap()
    }
}

#[test]
fn closings_are_found_in_memory_on_disk_and_after_a_restart() {
    let mut hub = Hub::new();
    let old = hub.reject(1, day(0), 5, None);
    let new = hub.reject(2, day(1), 1, Some(closing(&old, &[2, 3], &[9])));
    let want = RejectCounts {
        open: 2,
        corrected: 2,
        superseded: 1,
        ..RejectCounts::default()
    };
    let check = |hub: &Hub| {
        assert_eq!(hub.counts(&old), want);
        let found = hub.ledger().closings(old.receipt_id, old.received_at).unwrap();
        let states: Vec<_> = [2, 9, 4].map(|line| found.state(line)).to_vec();
        assert_eq!(
            states,
            [RejectState::Corrected, RejectState::Superseded, RejectState::Open]
        );
        assert_eq!(found.of(2).unwrap().closed_by, Some(new.receipt_id));
        assert_eq!(found.lines(), lines(&[2, 3, 9]));
    };
    check(&hub);
    hub.ledger().flush().unwrap();
    check(&hub);
    let open = hub.ledger().open_rejects(None, 10).unwrap();
    let open: Vec<_> = open.iter().map(|open| (open.receipt_id, open.open)).collect();
    assert_eq!(open, [(old.receipt_id, 2), (new.receipt_id, 1)], "the oldest first");
    assert_eq!(hub.ledger().open_reject_counts().unwrap(), [(dataset(), 3)]);
    check(&hub.restart());
}

#[test]
fn the_log_may_tell_of_a_closing_twice() {
    let mut hub = Hub::new();
    let old = hub.reject(1, day(0), 2, None);
    let claim = hub.fresh(None, 2, day(1));
    let entry = LedgerEntry {
        closing: Some(closing(&old, &[2], &[])),
        ..claim.entry(&receipt(&claim, Status::Accepted, day(1), 2))
    };
    // Under another position, as if the store had not kept how far it had come.
    for seq in [2, 3] {
        hub.ledger().record(Seq(seq), std::slice::from_ref(&entry));
        hub.ledger().flush().unwrap();
        assert_eq!((hub.counts(&old).open, hub.counts(&old).corrected), (1, 1));
    }
    let told: LedgerEntry = serde_json::from_str(&serde_json::to_string(&entry).unwrap()).unwrap();
    assert_eq!(told, entry);
    let older = serde_json::json!({ "receipt": entry.receipt });
    assert_eq!(
        serde_json::from_value::<LedgerEntry>(older).unwrap().closing,
        None,
        "logs of older hubs have none"
    );
}

#[test]
fn one_at_a_time_closes_rows_of_a_receipt() {
    let mut hub = Hub::new();
    let old = hub.reject(1, day(0), 2, None);
    let held = hub.ledger().hold_rejects(&old).unwrap();
    assert_eq!(hub.ledger().hold_rejects(&old).unwrap_err().kind(), Kind::Conflict);
    drop(held);
    let held = hub.ledger().hold_rejects(&old).unwrap();
    let given_up = Closing {
        state: RejectState::Discarded,
        reason: Some("uji coba".into()),
        ..closing(&old, &[2], &[])
    };
    hub.ledger().discard(&given_up, &held, day(1)).unwrap();
    drop(held);
    let hub = hub.restart();
    let found = hub.ledger().closings(old.receipt_id, old.received_at).unwrap();
    assert_eq!(found.list[0].reason.as_deref(), Some("uji coba"));
    assert_eq!((hub.counts(&old).discarded, hub.counts(&old).open), (1, 1));
}

#[test]
fn what_is_too_old_expires_with_what_its_receipt_quotes() {
    let mut hub = Hub::new();
    let old = hub.reject(1, day(0), 3, None);
    let young = hub.reject(2, day(5), 2, Some(closing(&old, &[2], &[])));
    hub.ledger().expire_rejects(day(5)).unwrap();
    let counts = hub.counts(&old);
    assert_eq!((counts.open, counts.expired, counts.corrected), (0, 2, 1));
    assert_eq!(hub.counts(&young).open, 2);
    assert_eq!(hub.ledger().open_reject_counts().unwrap(), [(dataset(), 2)]);
    let quoted = |hub: &Hub, receipt: &Receipt| {
        hub.ledger().get(receipt.receipt_id).unwrap().unwrap().faults[0]
            .value
            .clone()
    };
    assert_eq!((quoted(&hub, &old), quoted(&hub, &young).as_deref()), (None, Some("x")));
    // It never goes back, and a restart knows it.
    hub.ledger().expire_rejects(day(1)).unwrap();
    let hub = hub.restart();
    assert_eq!(hub.ledger().rejects_kept_since(), day(5));
    assert!(hub.ledger().closings(old.receipt_id, old.received_at).unwrap().expired);
}
