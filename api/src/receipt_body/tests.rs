#![allow(clippy::unwrap_used)]

use super::*;
use smartcenter_warehouse::{ReceiptId, Seq, policy::Role};

fn receipt() -> Receipt {
    Receipt {
        receipt_id: ReceiptId::now(),
        dataset: "penduduk".parse().unwrap(),
        contract_version: "1.0.0".into(),
        status: Status::Partial,
        rows: RowCounts {
            received: 2,
            accepted: 1,
            inserted: 1,
            rejected: 1,
            ..RowCounts::default()
        },
        faults: vec![Fault {
            line: 3,
            column: Some("nik".into()),
            rule: "pattern".into(),
            value: Some("99x".into()),
            message: "\"99x\" is not 16 digits".into(),
        }],
        warnings: vec![],
        corrects: None,
        derived: None,
        seq: Some(Seq(7)),
        payload_sha256: "ab".into(),
        received_at: DateTime::UNIX_EPOCH,
        durable_at: Some(DateTime::UNIX_EPOCH),
        dry_run: false,
        pusher: "dukcapil-1".parse().unwrap(),
    }
}

fn caller(name: &str, role: Role, purpose: Option<&str>) -> Identity {
    let purpose = purpose.map(str::to_owned);
    Identity {
        key: name.parse().unwrap(),
        role,
        purpose,
        ..Identity::anonymous()
    }
}

#[test]
fn sent_text_is_for_the_sender() {
    for (who, clear) in [
        (caller("dukcapil-1", Role::Opd, None), true),
        (caller("dukcapil-2", Role::Opd, None), false),
        (caller("w", Role::Walidata, None), false),
        (caller("w", Role::Walidata, Some("perbaikan")), false),
        (caller("a", Role::Admin, Some("perbaikan")), false),
        (caller("a", Role::Analis, Some("perbaikan")), false),
    ] {
        let text = serde_json::to_string(&ReceiptBody::shown_to(receipt(), &who)).unwrap();
        assert_eq!(text.contains("99x"), clear, "{who:?}");
        assert!(
            !text.contains("dukcapil-1"),
            "the pusher's name is not part of the body"
        );
    }
}

#[test]
fn the_body_has_the_agreed_shape() {
    let body = serde_json::to_value(ReceiptBody::from(receipt())).unwrap();
    assert_eq!(body["status"], "partial");
    assert_eq!(body["seq"], 7);
    let own = format!("/api/v1/receipts/{}", body["receipt_id"].as_str().unwrap());
    assert_eq!(body["links"]["self"], own);
    assert_eq!(body["links"]["rejects"], format!("{own}/rejects"));
    assert!(body.get("pusher").is_none() && body.get("dry_run").is_none());
}
