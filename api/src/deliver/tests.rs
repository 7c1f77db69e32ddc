#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod sending;

use super::{
    message::{Message, covered},
    outbox::next_at,
    webhook::signature,
    *,
};
use crate::{alert_row::AlertRow, fixture::alert};
use serde_json::{Value, json};

fn row(more: Value) -> AlertRow {
    serde_json::from_value(alert("a1", more)).unwrap()
}

fn message<'a>(alerts: &'a [&'a AlertRow], is_digest: bool) -> Message<'a> {
    Message {
        id: "m1",
        alerts,
        is_digest,
        at: "2026-08-10T02:00:00Z".parse().unwrap(),
        link: Some("https://hub.example.go.id/"),
    }
}

#[test]
fn a_signature_is_the_one_that_anybody_would_compute() {
    // By Python's hmac: hmac.new(b"rahasia", b"1786327200.{}", "sha256").
    let expected = "t=1786327200,v1=7f2ff4c34fdc50c4a025c0ad98a7ebe3ff74f76751f4ca5b438e9585a6c1b82a";
    assert_eq!(signature(&Secret::of("rahasia"), 1_786_327_200, "{}"), expected);
}

#[test]
fn people_and_programs_read_the_same_and_nothing_personal() {
    let one = row(
        json!({ "keparahan": "tinggi", "nama": "SD <b>Uji</b>", "kalimat": "SD Uji: 14 murid, NIK 3503010101900001." }),
    );
    let alerts = [&one];
    let message = message(&alerts, false);
    assert_eq!(
        message.subject(),
        "[Smart Center] TINGGI · Banyak murid tidak masuk: SD <b>Uji</b>"
    );
    let text = message.text();
    for words in [
        "NIK [nomor ditutup].",
        "Keparahan: tinggi",
        "Sejak: 5 Agustus 2026 sampai 7 Agustus 2026",
        "Langkah pertama: Telepon sekolah.",
        "https://hub.example.go.id/app/peringatan/a1",
        "In English: SD Uji: 14 pupils absent, usually 4.",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let html = message.html();
    assert!(
        html.contains("[nomor ditutup]") && html.contains("<a href=\"https://hub.example.go.id/app/peringatan/a1\">")
    );
    let body = message.json();
    assert_eq!(
        (
            &body["id"],
            &body["alert"]["id"],
            &body["alert"]["severity"],
            &body["alert"]["since"]
        ),
        (&json!("m1"), &json!("a1"), &json!("tinggi"), &json!("2026-08-05"))
    );
    for said in [text, html, body.to_string()] {
        assert!(!said.contains("3503010101900001"), "{said}");
    }
    // What could be markup or another header is neither.
    let evil = row(json!({ "kalimat": "<img src=x>", "judul": "a\r\nBcc: x@example.org" }));
    let alerts = [&evil];
    let message = self::message(&alerts, false);
    assert!(message.html().contains("&lt;img src=x&gt;") && !message.html().contains("<img"));
    assert!(!message.subject().contains(['\r', '\n']));
}

#[test]
fn only_long_runs_of_digits_are_covered() {
    assert_eq!(covered("NPSN 20500001, 35.03.11.2008"), "NPSN 20500001, 35.03.11.2008");
    assert_eq!(covered("é3503010101900001x12"), "é[nomor ditutup]x12");
}

#[test]
fn the_digest_goes_out_at_its_hour_in_western_indonesia() {
    let at = |now: &str| {
        let time = "06:30".parse::<DayTime>().unwrap().0;
        next_at(now.parse().unwrap(), time).to_rfc3339()
    };
    assert_eq!(at("2026-08-09T23:29:00Z"), "2026-08-09T23:30:00+00:00");
    assert_eq!(at("2026-08-09T23:30:00Z"), "2026-08-10T23:30:00+00:00");
    assert_eq!(at("2026-08-10T02:00:00Z"), "2026-08-10T23:30:00+00:00");
}

#[test]
fn receivers_are_named_with_owner_and_severity() {
    let route = |text: &str| text.parse::<Route<Url>>();
    let one = route("dinkes tinggi https://a.example/x").unwrap();
    assert!(one.takes("dinkes", crate::watch::Severity::Kritis));
    assert!(!one.takes("dinkes", crate::watch::Severity::Sedang));
    assert!(!one.takes("dikpora", crate::watch::Severity::Kritis));
    assert!(
        route("* info http://[::1]:8/")
            .unwrap()
            .takes("dikpora", crate::watch::Severity::Info)
    );
    for wrong in [
        "https://a.example",
        "dinkes https://a.example",
        "dinkes parah https://a.example",
        "* info ftp://a",
        "Dinas! info http://a",
    ] {
        assert!(route(wrong).is_err(), "{wrong}");
    }
    let person = "* sedang Piket Dinkes <piket@example.go.id>"
        .parse::<Route<Address>>()
        .unwrap();
    assert_eq!(person.to.0.email.to_string(), "piket@example.go.id");
    assert!(!person.mark("mail").contains("piket"), "the outbox has no addresses");
    assert!("* sedang piket@".parse::<Route<Address>>().is_err());
    assert_eq!("[::1]:25".parse::<Host>().unwrap().to_string(), "[::1]:25");
    assert!("smtp.example".parse::<Host>().is_err());
}
