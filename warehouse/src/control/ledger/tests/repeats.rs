//! What counts as a repeat, and what conflicts.

use super::*;

#[test]
fn a_repeat_is_answered_from_memory_from_disk_and_after_a_restart() {
    let mut hub = Hub::new();
    let keyed = hub.push(Some("k1"), 1, day(0));
    let plain = hub.push(None, 2, day(0));
    let check = |hub: &Hub| {
        assert_eq!(hub.finished(Some("k1"), 1, day(1)), keyed);
        assert_eq!(hub.finished(None, 2, day(1)), plain);
        assert_eq!(hub.ledger().get(keyed.receipt_id).unwrap().as_ref(), Some(&keyed));
        // Without a key the digest decides, whoever left it.
        assert_eq!(hub.finished(None, 1, day(1)), keyed);
    };
    check(&hub);
    hub.ledger().flush().unwrap();
    assert_eq!((hub.ledger().backlog(), hub.ledger().applied_seq()), (0, Seq(2)));
    check(&hub);
    let hub = hub.restart();
    assert_eq!(hub.ledger().applied_seq(), Seq(2));
    check(&hub);
    assert_eq!(hub.ledger().get(ReceiptId::now()).unwrap(), None);
}

#[test]
fn a_new_key_makes_an_equal_payload_a_new_push() {
    let mut hub = Hub::new();
    hub.push(Some("k1"), 1, day(0));
    hub.push(Some("k2"), 1, day(0));
    assert_eq!(hub.ledger().list(&ReceiptFilter::default()).unwrap().0.len(), 2);
}

#[test]
fn what_is_in_flight_conflicts_until_the_claim_is_dropped() {
    let hub = Hub::new();
    let keyed = hub.fresh(Some("k1"), 1, day(0));
    assert_eq!(hub.claim(Some("k1"), 1, day(0)).unwrap_err().kind(), Kind::Conflict);
    assert_eq!(hub.claim(None, 1, day(0)).unwrap_err().kind(), Kind::Conflict);
    let other = hub.fresh(Some("k2"), 1, day(0));
    drop(keyed);
    // The second push with the same payload still runs.
    assert_eq!(hub.claim(None, 1, day(0)).unwrap_err().kind(), Kind::Conflict);
    drop(other);
    let plain = hub.fresh(None, 1, day(0));
    assert_eq!(hub.claim(None, 1, day(0)).unwrap_err().kind(), Kind::Conflict);
    drop(plain);
    hub.fresh(Some("k1"), 1, day(0));
}

#[test]
fn other_pushers_and_datasets_do_not_collide() {
    let mut hub = Hub::new();
    hub.push(Some("k1"), 1, day(0));
    let (other, dataset_2) = ("disdik".parse().unwrap(), "lain".parse().unwrap());
    let fresh = |dataset: &DatasetId, pusher: &KeyName, key| {
        matches!(
            hub.ledger()
                .claim(dataset, pusher, key, Some([1; 32]), false, day(0))
                .unwrap(),
            Claimed::Fresh(_)
        )
    };
    assert!(fresh(&dataset(), &other, Some("k1")) && fresh(&dataset(), &other, None));
    assert!(fresh(&dataset_2, &pusher(), Some("k1")) && fresh(&dataset_2, &pusher(), None));
}

#[test]
fn a_key_with_another_payload_is_refused_also_when_the_digest_comes_late() {
    let mut hub = Hub::new();
    let first = hub.push(Some("k1"), 1, day(0));
    assert_eq!(hub.claim(Some("k1"), 2, day(0)).unwrap_err().kind(), Kind::Invalid);
    let late = |payload: u8| {
        let Claimed::Fresh(claim) = hub
            .ledger()
            .claim(&dataset(), &pusher(), Some("k1"), None, false, day(0))
            .unwrap()
        else {
            panic!("decided without the digest")
        };
        claim.payload([payload; 32], day(0))
    };
    let error = late(2).unwrap_err();
    assert_eq!(
        error.message(),
        "idempotency key \"k1\" was used with another payload: send this one with a new key"
    );
    assert!(matches!(late(1).unwrap(), Claimed::Finished(receipt) if *receipt == first));
}

#[test]
fn a_rejected_push_may_be_sent_again_unless_its_key_says_it_is_the_same() {
    let mut hub = Hub::new();
    let claim = hub.fresh(None, 1, day(0));
    hub.publish(claim, Status::Rejected, day(0));
    let claim = hub.fresh(None, 1, day(0));
    let partial = hub.publish(claim, Status::Partial, day(0));
    assert_eq!(hub.finished(None, 1, day(0)), partial);
    let claim = hub.fresh(Some("k"), 2, day(0));
    let rejected = hub.publish(claim, Status::Rejected, day(0));
    assert_eq!(hub.finished(Some("k"), 2, day(0)), rejected);
}

#[test]
fn a_contract_that_allows_repeats_remembers_no_digest() {
    let mut hub = Hub::new();
    for _ in 0..2 {
        let claimed = hub
            .ledger()
            .claim(&dataset(), &pusher(), None, Some([1; 32]), true, day(0))
            .unwrap();
        let Claimed::Fresh(claim) = claimed else {
            panic!("repeats are allowed")
        };
        hub.publish(claim, Status::Accepted, day(0));
    }
    hub.fresh(None, 1, day(0));
}

#[test]
fn keys_that_are_no_keys_are_refused() {
    let hub = Hub::new();
    for bad in ["", "a\nb", &"x".repeat(256)] {
        assert_eq!(hub.claim(Some(bad), 1, day(0)).unwrap_err().kind(), Kind::Invalid);
    }
}
