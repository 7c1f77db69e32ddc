#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::Kind;

#[test]
fn a_secret_is_made_once_and_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = Control::open(&path).unwrap();
    let secret = control.secret("person_key").unwrap();
    assert_eq!(control.secret("person_key").unwrap(), secret);
    assert_ne!(control.secret("other").unwrap(), secret);
    drop(control);
    assert_eq!(Control::open(&path).unwrap().secret("person_key").unwrap(), secret);
}

#[test]
fn contracts_come_back_in_the_order_they_were_put_and_the_same_version_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = Control::open(&path).unwrap();
    let (a, b): (DatasetId, DatasetId) = ("a".parse().unwrap(), "b".parse().unwrap());
    let version = semver::Version::new(1, 2, 0);
    control.put_contract(&a, &version, "first").unwrap();
    control.put_contract(&b, &version, "second").unwrap();
    control.put_contract(&a, &version, "third").unwrap();
    drop(control);
    let stored = Control::open(&path).unwrap().contracts().unwrap();
    let texts: Vec<_> = stored.iter().map(|c| (c.dataset.as_str(), c.text.as_str())).collect();
    assert_eq!(texts, [("b", "second"), ("a", "third")]);
    assert_eq!(stored[0].version, version);
}

#[test]
fn applied_positions_never_go_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = Control::open(&path).unwrap();
    assert_eq!(control.applied("flush:a@1").unwrap(), Seq(0));
    control.set_applied("flush:a@1", Seq(7)).unwrap();
    control.set_applied("flush:a@1", Seq(5)).unwrap();
    drop(control);
    assert_eq!(Control::open(&path).unwrap().applied("flush:a@1").unwrap(), Seq(7));
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    drop(Control::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = Control::open(&path).unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.message().contains("version 99"), "{error}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_store() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    control.secret("x").unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o077,
            0,
            "{:?}",
            file.path()
        );
    }
}

#[test]
fn steps_of_alerts_and_suppressions_survive_a_restart_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = Control::open(&path).unwrap();
    let at = chrono::DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap();
    let step = |action: &str, until| AlertStep {
        alert: "a1".to_owned(),
        episodes: vec!["a1".to_owned(), "b2".to_owned()],
        at,
        by: "petugas".to_owned(),
        action: action.to_owned(),
        note: "dicek".to_owned(),
        until,
    };
    let steps = [
        step("acknowledge", None),
        step("snooze", Some(at + chrono::Duration::days(1))),
    ];
    assert_eq!(control.alert_revision().unwrap(), 0);
    control.add_alert_steps(&steps).unwrap();
    let quiet = Suppression {
        indicator: Some("absensi_sekolah".to_owned()),
        unit: None,
        until: at + chrono::Duration::days(3),
        reason: "lomba desa".to_owned(),
        by: "petugas".to_owned(),
        at,
    };
    let n = control.suppress(&quiet).unwrap();
    let revision = control.alert_revision().unwrap();
    drop(control);
    let control = Control::open(&path).unwrap();
    assert_eq!(control.alert_steps().unwrap(), steps);
    assert_eq!(control.alert_revision().unwrap(), revision);
    assert_eq!(control.suppressions().unwrap()[0].suppression, quiet);
    assert!(control.lift_suppression(n, "kepala", at).unwrap());
    assert!(!control.lift_suppression(n, "kepala", at).unwrap());
    assert_ne!(control.alert_revision().unwrap(), revision);
    assert_eq!(
        control.suppressions().unwrap()[0].lifted,
        Some((at, "kepala".to_owned()))
    );
}

#[test]
fn nobody_silences_everything_or_without_a_reason_or_into_the_past() {
    let folder = tempfile::tempdir().unwrap();
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    let at = chrono::DateTime::from_timestamp_micros(0).unwrap();
    let good = Suppression {
        indicator: None,
        unit: Some("PKM-18".to_owned()),
        until: at + chrono::Duration::days(1),
        reason: "pindah gedung".to_owned(),
        by: "petugas".to_owned(),
        at,
    };
    let bad = [
        Suppression {
            unit: None,
            ..good.clone()
        },
        Suppression {
            reason: " ".to_owned(),
            ..good.clone()
        },
        Suppression {
            until: at,
            ..good.clone()
        },
    ];
    for bad in bad {
        assert_eq!(control.suppress(&bad).unwrap_err().kind(), Kind::Invalid);
    }
    control.suppress(&good).unwrap();
}
