//! Pages and filters.

use super::*;

#[test]
fn pages_join_memory_and_disk_newest_first() {
    let mut hub = Hub::new();
    let mut expected = Vec::new();
    for n in 0..25_u8 {
        if n == 12 {
            hub.ledger().flush().unwrap();
        }
        expected.push(hub.push(None, n, day(i64::from(n))));
    }
    expected.reverse();
    let mut filter = ReceiptFilter {
        limit: 4,
        ..ReceiptFilter::default()
    };
    let mut found = Vec::new();
    loop {
        let (page, next) = hub.ledger().list(&filter).unwrap();
        assert!(page.len() == 4 || next.is_none());
        found.extend(page);
        // Neither the move to disk nor a newer receipt may shift the pages.
        hub.ledger().flush().unwrap();
        hub.push(None, 100 + found.len() as u8, day(60));
        filter.cursor = next;
        if filter.cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn lists_are_filtered() {
    let mut hub = Hub::new();
    for n in 0..6_u8 {
        let claim = hub.fresh(None, n, day(i64::from(n)));
        hub.publish(
            claim,
            if n % 2 == 0 { Status::Accepted } else { Status::Partial },
            day(i64::from(n)),
        );
        if n == 3 {
            hub.ledger().flush().unwrap();
        }
    }
    let count = |filter: ReceiptFilter| hub.ledger().list(&filter).unwrap().0.len();
    let all = ReceiptFilter::default;
    assert_eq!(count(all()), 6);
    assert_eq!(
        count(ReceiptFilter {
            status: Some(Status::Partial),
            ..all()
        }),
        3
    );
    assert_eq!(
        count(ReceiptFilter {
            since: Some(day(2)),
            ..all()
        }),
        4
    );
    assert_eq!(
        count(ReceiptFilter {
            since: Some(day(2)),
            status: Some(Status::Accepted),
            ..all()
        }),
        2
    );
    assert_eq!(
        count(ReceiptFilter {
            since: Some(day(9)),
            ..all()
        }),
        0
    );
    assert_eq!(
        count(ReceiptFilter {
            dataset: Some(dataset()),
            pusher: Some(pusher()),
            ..all()
        }),
        6
    );
    assert_eq!(
        count(ReceiptFilter {
            dataset: Some("lain".parse().unwrap()),
            ..all()
        }),
        0
    );
    assert_eq!(
        count(ReceiptFilter {
            pusher: Some("lain".parse().unwrap()),
            ..all()
        }),
        0
    );
    let bad = ReceiptFilter {
        cursor: Some("x".into()),
        ..all()
    };
    assert_eq!(hub.ledger().list(&bad).unwrap_err().kind(), Kind::Invalid);
}

#[test]
fn what_the_hub_works_out_is_told_from_what_is_sent() {
    let mut hub = Hub::new();
    let mut sent = Vec::new();
    for n in 0..6_u8 {
        let claim = hub.fresh(None, n, day(i64::from(n)));
        if n % 3 == 0 {
            sent.push(hub.publish(claim, Status::Accepted, day(i64::from(n))));
        } else {
            hub.publish_derived(claim, day(i64::from(n)));
        }
        // Half of both kinds is on disk, half of them in memory.
        if n == 2 {
            hub.ledger().flush().unwrap();
        }
    }
    sent.reverse();
    let list = |derived, limit| {
        let filter = ReceiptFilter {
            derived,
            limit,
            ..ReceiptFilter::default()
        };
        hub.ledger().list(&filter).unwrap().0
    };
    assert_eq!(list(Some(false), 0), sent);
    // What is left out takes no place on a page.
    assert_eq!(list(Some(false), 2), sent);
    assert_eq!(list(Some(true), 0).len(), 4);
    assert!(list(Some(true), 0).iter().all(|receipt| receipt.derived.is_some()));
    assert_eq!(list(None, 0).len(), 6);
}
