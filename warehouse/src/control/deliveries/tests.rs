#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use chrono::Duration;

fn now() -> DateTime<Utc> {
    "2026-08-10T02:00:00Z".parse().unwrap()
}

fn new(id: &str, alert: &str, severity: u8, form: DeliveryForm) -> NewDelivery {
    NewDelivery {
        id: id.to_owned(),
        alert: alert.to_owned(),
        target: "mail:1".to_owned(),
        severity,
        form,
        due_at: now(),
        made_at: now(),
    }
}

fn due(control: &Control) -> Vec<String> {
    let due = control.due_deliveries(now() + Duration::days(9), 10).unwrap();
    due.into_iter().map(|one| one.new.id).collect()
}

#[test]
fn a_target_is_told_of_an_alert_again_only_when_it_got_worse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("control.sqlite");
    let control = Control::open(&path).unwrap();
    let digest = DeliveryForm::Digest;
    assert_eq!(
        control
            .add_deliveries(&[new("1", "a", 1, digest), new("2", "b", 1, digest)])
            .unwrap(),
        2
    );
    assert_eq!(
        control
            .add_deliveries(&[new("3", "a", 1, digest), new("4", "a", 0, digest)])
            .unwrap(),
        0
    );
    // The single message takes the place of the digest that waits.
    assert_eq!(
        control
            .add_deliveries(&[new("5", "a", 2, DeliveryForm::Single)])
            .unwrap(),
        1
    );
    assert_eq!(due(&control), ["2", "5"]);
    control.end_deliveries(&["5"], DeliveryEnd::Sent, now()).unwrap();
    drop(control);
    let control = Control::open(&path).unwrap();
    assert_eq!(
        control
            .add_deliveries(&[new("6", "a", 2, DeliveryForm::Single)])
            .unwrap(),
        0,
        "it was sent before the restart"
    );
    assert_eq!(due(&control), ["2"]);
    let kept = control.due_deliveries(now(), 1).unwrap().remove(0);
    assert_eq!((kept.new, kept.attempts), (new("2", "b", 1, digest), 0));
}

#[test]
fn what_is_put_off_waits_and_what_is_old_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let control = Control::open(&folder.path().join("control.sqlite")).unwrap();
    assert_eq!(control.next_delivery().unwrap(), None);
    control
        .add_deliveries(&[
            new("1", "a", 1, DeliveryForm::Single),
            new("2", "b", 1, DeliveryForm::Single),
        ])
        .unwrap();
    let later = now() + Duration::hours(1);
    control.postpone_deliveries(&["1", "2"], later, true).unwrap();
    assert_eq!(control.due_deliveries(now(), 10).unwrap(), []);
    assert_eq!(control.next_delivery().unwrap(), Some(later));
    assert_eq!(control.due_deliveries(later, 10).unwrap()[0].attempts, 1);
    control.end_deliveries(&["1"], DeliveryEnd::Failed, later).unwrap();
    control.forget_deliveries(later + Duration::days(1)).unwrap();
    assert_eq!(due(&control), ["2"]);
    assert_eq!(
        control
            .add_deliveries(&[new("3", "a", 1, DeliveryForm::Single)])
            .unwrap(),
        1
    );
}
