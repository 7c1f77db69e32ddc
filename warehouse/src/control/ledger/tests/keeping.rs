//! Moving to disk, forgetting, replay, many threads.

use super::*;

#[test]
fn repeats_are_forgotten_after_the_window_and_receipts_are_not() {
    let mut hub = Hub::new();
    let first = hub.push(Some("k1"), 1, day(0));
    assert_eq!(hub.finished(None, 1, day(7) - TimeDelta::microseconds(1)), first);
    hub.fresh(None, 1, day(7));
    hub.fresh(Some("k1"), 2, day(7));
    hub.ledger().flush().unwrap();
    hub.fresh(None, 1, day(7));
    hub.push(None, 3, day(9));
    hub.ledger().flush().unwrap();
    let marks: i64 = hub
        .ledger()
        .shared
        .reader
        .lock()
        .query_row("SELECT count(*) FROM repeats", [], |r| r.get(0))
        .unwrap();
    assert_eq!(marks, 1);
    assert_eq!(hub.ledger().get(first.receipt_id).unwrap(), Some(first));
}

#[test]
fn a_newer_push_with_the_same_key_takes_the_place_of_the_forgotten_one() {
    let mut hub = Hub::new();
    hub.push(Some("k1"), 1, day(0));
    hub.ledger().flush().unwrap();
    let second = hub.push(Some("k1"), 2, day(8));
    assert_eq!(hub.finished(Some("k1"), 2, day(9)), second);
    let hub = hub.restart();
    assert_eq!(hub.finished(Some("k1"), 2, day(9)), second);
}

#[test]
fn of_many_threads_with_one_key_exactly_one_goes_ahead() {
    for (key, flushed) in [(Some("k"), false), (None, false), (Some("k"), true), (None, true)] {
        let mut hub = Hub::new();
        let fresh = AtomicUsize::new(0);
        let (pushed, start) = (AtomicUsize::new(0), Barrier::new(16));
        let race = |hub: &Hub| {
            std::thread::scope(|scope| {
                for _ in 0..16 {
                    scope.spawn(|| {
                        start.wait();
                        match hub.claim(key, 1, day(0)) {
                            Ok(Claimed::Fresh(claim)) => {
                                fresh.fetch_add(1, Ordering::SeqCst);
                                let entry = claim.entry(&receipt(&claim, Status::Accepted, day(0), 1));
                                hub.ledger().record(Seq(1), &[entry]);
                                drop(claim);
                            }
                            Ok(Claimed::Finished(_)) => drop(pushed.fetch_add(1, Ordering::SeqCst)),
                            Err(error) => assert_eq!(error.kind(), Kind::Conflict),
                        }
                    });
                }
            });
        };
        race(&hub);
        assert_eq!(fresh.load(Ordering::SeqCst), 1);
        if flushed {
            hub = hub.restart();
        }
        pushed.store(0, Ordering::SeqCst);
        race(&hub);
        assert_eq!((fresh.load(Ordering::SeqCst), pushed.load(Ordering::SeqCst)), (1, 16));
    }
}

/// Entries move to SQLite while others ask for them: at no instant may a finished push look new.
#[test]
fn a_finished_push_is_never_taken_for_new_while_it_moves_to_disk() {
    let mut hub = Hub::new();
    for payload in 0..40 {
        hub.push(None, payload, day(0));
        let hub = &hub;
        std::thread::scope(|scope| {
            scope.spawn(|| hub.ledger().flush().unwrap());
            for _ in 0..2 {
                scope.spawn(move || (0..50).for_each(|_| drop(hub.finished(None, payload, day(0)))));
            }
        });
    }
}

#[test]
fn replay_records_nothing_twice() {
    let mut hub = Hub::new();
    let claims: Vec<_> = (0..3).map(|n| hub.fresh(None, n, day(0))).collect();
    let entries: Vec<_> = claims
        .iter()
        .map(|c| c.entry(&receipt(c, Status::Accepted, day(0), 1)))
        .collect();
    drop(claims);
    hub.ledger().record(Seq(1), &entries[..1]);
    hub.ledger().record(Seq(2), &[]);
    hub.ledger().record(Seq(3), &entries[1..]);
    hub = hub.restart();
    assert_eq!(hub.ledger().applied_seq(), Seq(3));
    for _ in 0..2 {
        hub.ledger().record(Seq(1), &entries[..1]);
        hub.ledger().record(Seq(3), &entries[1..]);
    }
    hub.ledger().flush().unwrap();
    assert_eq!(hub.ledger().list(&ReceiptFilter::default()).unwrap().0.len(), 3);
}

#[test]
fn a_frame_without_receipts_moves_the_position() {
    let hub = Hub::new();
    hub.ledger().record(Seq(4), &[]);
    hub.ledger().flush().unwrap();
    assert_eq!(hub.ledger().applied_seq(), Seq(4));
}

/// While SQLite cannot write, receipts stay readable, the position stands, and all is written once it can.
#[test]
fn a_store_that_refuses_writes_loses_nothing() {
    let mut hub = Hub::new();
    let first = hub.push(None, 1, day(0));
    hub.ledger().flush().unwrap();
    let other = Connection::open(path(&hub.folder)).unwrap();
    other.execute_batch("ALTER TABLE receipts RENAME TO away").unwrap();
    let second = hub.push(None, 2, day(0));
    assert_eq!(hub.ledger().flush().unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(hub.ledger().applied_seq(), Seq(1));
    assert_eq!(hub.finished(None, 2, day(0)), second);
    other.execute_batch("ALTER TABLE away RENAME TO receipts").unwrap();
    hub.ledger().flush().unwrap();
    let hub = hub.restart();
    assert_eq!(hub.ledger().applied_seq(), Seq(2));
    assert_eq!(hub.finished(None, 1, day(0)), first);
    assert_eq!(hub.finished(None, 2, day(0)), second);
}

/// The publisher must not wait for the ledger: recording is far above the 10,000 pushes a second aimed for.
#[test]
fn recording_keeps_up() {
    let hub = Hub::new();
    let template = {
        let claim = hub.fresh(None, 0, day(0));
        claim.entry(&receipt(&claim, Status::Accepted, day(0), 1))
    };
    let entries: Vec<_> = (0..30_000_u32)
        .map(|n| {
            let mut entry = template.clone();
            entry.receipt.receipt_id = ReceiptId::now();
            entry.receipt.payload_sha256 = format!("{n:064x}");
            entry.idempotency_key = Some(n.to_string());
            entry
        })
        .collect();
    let start = std::time::Instant::now();
    for (n, entry) in entries.iter().enumerate() {
        hub.ledger().record(Seq(n as u64 + 1), std::slice::from_ref(entry));
    }
    let recorded = start.elapsed();
    hub.ledger().flush().unwrap();
    let written = start.elapsed();
    assert_eq!(
        hub.ledger()
            .list(&ReceiptFilter {
                limit: 1,
                ..Default::default()
            })
            .unwrap()
            .0
            .len(),
        1
    );
    let stored: i64 = hub
        .ledger()
        .shared
        .reader
        .lock()
        .query_row("SELECT count(*) FROM receipts", [], |r| r.get(0))
        .unwrap();
    assert_eq!(stored, 30_000);
    assert!(
        written < Duration::from_secs(15),
        "recorded in {recorded:?}, written in {written:?}"
    );
}
