#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Kind, control::Control};

fn access(key: &str) -> Access {
    Access {
        at: "2026-07-01T02:00:00Z".parse().unwrap(),
        key: key.parse().unwrap(),
        role: Role::Walidata,
        purpose: Some("verifikasi".into()),
        request: Some("r-1".into()),
        reads: BTreeMap::from([("penduduk".parse().unwrap(), vec!["nik".into(), "nama".into()])]),
    }
}

/// A store with three reads, the second of which was delivered.
async fn filled(path: &Path) -> Control {
    let control = Control::open(path).unwrap();
    assert_eq!(control.audit().record(access("a")).await.unwrap(), 1);
    assert_eq!(control.audit().record(access("b")).await.unwrap(), 2);
    control.audit().delivered(2, 7);
    assert_eq!(control.audit().record(access("c")).await.unwrap(), 4);
    control
}

#[tokio::test]
async fn records_are_numbered_chained_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = filled(&path).await;
    let latest = control.audit().latest(2).unwrap();
    assert_eq!(latest[0].entry, Entry::Read(access("c")));
    assert_eq!(latest[1].entry, Entry::Delivered { of: 2, rows: 7 });
    let head = control.audit().verify(None).unwrap();
    assert_eq!((head.n, &head.hash), (4, &latest[0].hash));
    drop(control);
    assert_eq!(verify(&path, Some(&head)).unwrap(), head);
    let control = Control::open(&path).unwrap();
    assert_eq!(control.audit().record(access("d")).await.unwrap(), 5);
    assert_eq!(control.audit().verify(Some(&head)).unwrap().n, 5);
}

#[tokio::test]
async fn many_at_once_are_all_recorded_in_one_chain() {
    let folder = tempfile::tempdir().unwrap();
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    let reads = (0..300).map(|n| control.audit().record(access(&format!("k{n}"))));
    let mut numbers: Vec<u64> = futures::future::try_join_all(reads).await.unwrap();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>());
    assert_eq!(control.audit().verify(None).unwrap().n, 300);
}

#[tokio::test]
async fn every_kind_of_change_is_noticed() {
    for (change, told) in [
        (
            "UPDATE audit SET body = replace(body, '\"b\"', '\"x\"') WHERE n = 2",
            "record 2",
        ),
        ("DELETE FROM audit WHERE n = 2", "record 2 is missing"),
        ("DELETE FROM audit WHERE n = 4", "cut off"),
        ("DELETE FROM audit", "cut off"),
        ("UPDATE audit SET hash = zeroblob(32) WHERE n = 4", "record 4"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control.sqlite");
        let head = {
            let control = filled(&path).await;
            control.audit().verify(None).unwrap()
        };
        Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = verify(&path, Some(&head)).unwrap_err();
        assert_eq!(error.kind(), Kind::Conflict);
        assert!(error.message().contains(told), "{change}: {error}");
    }
}

#[tokio::test]
async fn a_chain_that_was_written_anew_is_not_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.sqlite"), folder.path().join("new.sqlite"));
    let head = filled(&old).await.audit().verify(None).unwrap();
    let control = Control::open(&new).unwrap();
    for _ in 0..6 {
        control.audit().record(access("z")).await.unwrap();
    }
    assert!(control.audit().verify(None).is_ok());
    let error = control.audit().verify(Some(&head)).unwrap_err();
    assert!(error.message().contains("written anew"), "{error}");
}

#[test]
fn a_head_is_read_as_it_is_written() {
    let head = Head {
        n: 17,
        hash: "ab".repeat(32),
    };
    assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
    for wrong in ["", "17", "17:ab", "x:".to_owned().as_str()] {
        assert_eq!(wrong.parse::<Head>().unwrap_err().kind(), Kind::Invalid, "{wrong}");
    }
}
