#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{
    fixture::{Fixture, alert},
    watch::{AlertEvent, Happened, Severity},
};
use axum::body::Body;
use futures::StreamExt;
use serde_json::{Value, json};
use std::time::Duration;

/// Reads events of a stream, by their names.
struct Heard {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Heard {
    fn of(body: Body) -> Self {
        Self {
            body: body.into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event: id, name, data. None at the end of the stream.
    async fn any(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())) {
                self.text = rest;
                let field = |name: &str| {
                    let lines = block.lines();
                    lines
                        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                        .collect::<String>()
                };
                if !field("data").is_empty() {
                    return Some((
                        field("id"),
                        field("event"),
                        serde_json::from_str(&field("data")).unwrap(),
                    ));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(60), self.body.next())
                .await
                .expect("in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    /// The next one of this name.
    async fn next(&mut self, name: &str) -> (String, Value) {
        let found = async {
            loop {
                let (id, found, data) = self.any().await.expect("the stream goes on");
                if found == name {
                    return (id, data);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), found)
            .await
            .expect("in time")
    }
}

fn word(id: &str, owner: &str, region: &str) -> AlertEvent {
    AlertEvent {
        id: id.to_owned(),
        what: Happened::New,
        indicator: "uji".to_owned(),
        severity: Severity::Tinggi,
        sentence: "SD Uji: 14 murid tidak masuk.".to_owned(),
        region: Some(region.to_owned()),
        owner: owner.to_owned(),
        at: "2026-08-10T02:00:00Z".parse().unwrap(),
    }
}

const PATH: &str = "/api/v1/events";

#[tokio::test]
async fn each_hears_of_what_is_for_them() {
    let hub = Fixture::new().await;
    hub.alerts(&[alert("a0", json!({}))]).await;
    let steward = hub.key("walidata-1", "walidata", json!({})).await;
    let dinkes = hub.key("dinkes-1", "opd", json!({ "institution": "dinkes" })).await;
    let camat = hub.key("camat", "pimpinan", json!({ "regions": ["35.03.01"] })).await;
    assert_eq!(hub.ask("GET", PATH, "wrong", None).await.0, 401);
    let mut all = Heard::of(hub.stream(PATH, &steward, None).await);
    let mut own = Heard::of(hub.stream(PATH, &dinkes, None).await);
    let mut near = Heard::of(hub.stream(PATH, &camat, None).await);
    for heard in [&mut all, &mut own, &mut near] {
        let (id, first) = heard.next("tick").await;
        assert_eq!(first["resumed"], false);
        assert!(!id.is_empty());
        // From the first own look of the hub on, receipts are told.
        heard.next("tick").await;
    }
    for (id, owner, region) in [
        ("a1", "dikpora", "35.03.02"),
        ("a2", "dikpora", "35.03.01.2001"),
        ("a3", "dinkes", "35.03.02"),
    ] {
        hub.desk.word.send(word(id, owner, region)).unwrap();
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(all.next("alert").await.1["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(seen, ["a1", "a2", "a3"]);
    let (_, told) = own.next("alert").await;
    assert_eq!(
        (&told["id"], &told["what"], &told["severity"]),
        (&json!("a3"), &json!("new"), &json!("tinggi"))
    );
    assert_eq!(near.next("alert").await.1["id"], "a2");

    hub.push().await;
    let (_, receipt) = all.next("receipt").await;
    assert_eq!(
        (&receipt["dataset"], &receipt["rows"]["accepted"], &receipt["derived"]),
        (&json!("kiriman_uji"), &json!(1), &json!(false))
    );
    hub.points(&[json!({ "unit": "a", "tanggal": "2026-08-03" })]).await;
    let (_, receipt) = all.next("receipt").await;
    assert_eq!(
        (&receipt["dataset"], &receipt["derived"]),
        (&json!("indikator_uji"), &json!(true))
    );
    // The push was of another key: an agency hears of its own only, and a board of none.
    hub.desk.word.send(word("a4", "dinkes", "35.03.01")).unwrap();
    for heard in [&mut own, &mut near] {
        loop {
            let (_, name, data) = heard.any().await.unwrap();
            assert_ne!(name, "receipt");
            if data["id"] == "a4" {
                break;
            }
        }
    }
}

#[tokio::test]
async fn who_lost_the_connection_hears_what_was_missed() {
    let hub = Fixture::new().await;
    hub.alerts(&[alert("a0", json!({}))]).await;
    let key = hub.key("walidata-1", "walidata", json!({})).await;
    let mut heard = Heard::of(hub.stream(PATH, &key, None).await);
    heard.next("tick").await;
    hub.desk.word.send(word("a1", "dinkes", "35.03.01")).unwrap();
    let (last, _) = heard.next("alert").await;
    drop(heard);
    for id in ["a2", "a3"] {
        hub.desk.word.send(word(id, "dinkes", "35.03.01")).unwrap();
    }
    // Somebody else hears them, so they have passed.
    let mut other = Heard::of(hub.stream(PATH, &key, Some(&last)).await);
    assert_eq!(other.next("tick").await.1["resumed"], true);
    assert_eq!(other.next("alert").await.1["id"], "a2");
    assert_eq!(other.next("alert").await.1["id"], "a3");
    // Of another start of the hub nothing is known.
    let mut stranger = Heard::of(hub.stream(PATH, &key, Some("000000000000-1")).await);
    assert_eq!(stranger.next("tick").await.1["resumed"], false);
}

#[tokio::test]
async fn a_revoked_key_hears_nothing_more_and_a_stop_ends_it_for_all() {
    let hub = Fixture::new().await;
    let key = hub.key("walidata-1", "walidata", json!({})).await;
    let other = hub.key("walidata-2", "walidata", json!({})).await;
    let mut heard = Heard::of(hub.stream(PATH, &key, None).await);
    let mut still = Heard::of(hub.stream(PATH, &other, None).await);
    for heard in [&mut heard, &mut still] {
        heard.next("tick").await;
        // From the first own look of the hub on, receipts are told.
        heard.next("tick").await;
    }
    let (status, _) = hub.ask("DELETE", "/api/v1/keys/walidata-1", "", None).await;
    assert!(status.is_success(), "{status}");
    hub.push().await;
    while let Some((_, name, _)) = heard.any().await {
        assert_eq!(name, "tick", "rows are told of after the key is gone");
    }
    still.next("receipt").await;
    hub.state.stop();
    while still.any().await.is_some() {}
    assert_eq!(hub.ask("GET", PATH, &other, None).await.0, 503);
}
