//! What goes out to whom and when, with receivers at the other end and a clock that stands still.

use crate::{
    deliver::{Config, Courier, Deliver, Mail, Secret, Security, Webhook, webhook::signature},
    fixture::{Fixture, alert},
};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use tokio_util::sync::CancellationToken;

/// A receiver that answers each request with the next status, then with 200; what it was sent comes out of the channel.
fn receiver(statuses: Vec<u16>) -> (String, std::sync::mpsc::Receiver<(String, String)>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/masuk", listener.local_addr().unwrap());
    let (sender, received) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut statuses = statuses.into_iter();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head.push_str(&line.to_ascii_lowercase());
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses.next().unwrap_or(200);
            write!(
                stream,
                "HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            .unwrap();
            let _ = sender.send((head, String::from_utf8(body).unwrap()));
        }
    });
    (url, received)
}

fn courier(targets: &[String], retry_seconds: u64) -> Courier {
    let config = Config {
        deliver: Deliver {
            retry_seconds,
            ..Deliver::default()
        },
        webhook: Webhook {
            targets: targets.iter().map(|target| target.parse().unwrap()).collect(),
            secret: Some(Secret::of("rahasia")),
            secret_file: None,
        },
        mail: Mail::default(),
    };
    Courier::new(config).unwrap().unwrap()
}

/// Decides and sends what is due now; ids of the alerts that the receiver got.
async fn round(
    courier: &Courier,
    hub: &Fixture,
    received: &std::sync::mpsc::Receiver<(String, String)>,
) -> Vec<String> {
    courier.decide(&hub.hub).await.unwrap();
    courier.send_due(&hub.hub, &CancellationToken::new()).await.unwrap();
    let body = |(_, body): (String, String)| {
        serde_json::from_str::<Value>(&body).unwrap()["alert"]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    received.try_iter().map(body).collect()
}

#[tokio::test]
async fn each_alert_goes_out_once_to_whom_it_is_for() {
    let hub = Fixture::new().await;
    let (url, received) = receiver(vec![]);
    let courier = courier(&[format!("dinkes sedang {url}")], 30);
    assert_eq!(
        round(&courier, &hub, &received).await,
        [""; 0],
        "before there are alerts"
    );
    hub.alerts(&[
        alert("a1", json!({})),
        alert("a2", json!({ "pemilik": "dikpora" })),
        alert("a3", json!({ "keparahan": "info" })),
        alert("a4", json!({ "disampaikan": "held" })),
        alert("a5", json!({ "status": "verified" })),
        alert("a6", json!({ "terakhir": "2026-07-01", "mulai": "2026-07-01" })),
        alert("a7", json!({ "tunda_sampai": "2026-08-11T00:00:00Z" })),
    ])
    .await;
    assert_eq!(round(&courier, &hub, &received).await, ["a1"]);
    assert_eq!(round(&courier, &hub, &received).await, [""; 0]);
    // Another courier, as after a restart.
    let courier = self::courier(&[format!("dinkes sedang {url}")], 30);
    assert_eq!(round(&courier, &hub, &received).await, [""; 0]);
    // It got worse; another is let through today; a third has rested.
    hub.alerts(&[alert("a1", json!({ "keparahan": "tinggi" })), alert("a4", json!({}))])
        .await;
    assert_eq!(round(&courier, &hub, &received).await, ["a1", "a4"]);
    hub.clock.advance(chrono::Duration::days(1));
    assert_eq!(round(&courier, &hub, &received).await, ["a7"]);
}

#[tokio::test]
async fn what_is_not_taken_comes_again_later_and_later_under_the_same_name() {
    let hub = Fixture::new().await;
    let (url, received) = receiver(vec![500, 302, 404]);
    let courier = courier(&[format!("* info {url}")], 60);
    hub.alerts(&[alert("a1", json!({}))]).await;
    let mut names = Vec::new();
    for wait in [0, 60, 120, 240] {
        if wait > 0 {
            hub.clock.advance(chrono::Duration::seconds(wait - 1));
            courier.send_due(&hub.hub, &CancellationToken::new()).await.unwrap();
            assert!(received.try_recv().is_err(), "not before {wait} s");
            hub.clock.advance(chrono::Duration::seconds(1));
        }
        courier.decide(&hub.hub).await.unwrap();
        courier.send_due(&hub.hub, &CancellationToken::new()).await.unwrap();
        let (head, body) = received.try_recv().unwrap();
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(&format!("{name}: ")))
                .unwrap()
                .to_owned()
        };
        let signed = header("x-smartcenter-signature");
        let seconds = signed
            .strip_prefix("t=")
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(signed, signature(&Secret::of("rahasia"), seconds, &body));
        names.push(header("x-smartcenter-delivery"));
    }
    assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    hub.clock.advance(chrono::Duration::days(2));
    assert_eq!(round(&courier, &hub, &received).await, [""; 0], "it was taken");
}

#[tokio::test]
async fn what_nobody_takes_is_given_up_and_what_was_decided_meanwhile_is_dropped() {
    let hub = Fixture::new().await;
    let (url, received) = receiver(vec![500; 100]);
    let courier = courier(&[format!("* info {url}")], 3600);
    hub.alerts(&[alert("a1", json!({})), alert("a2", json!({}))]).await;
    assert_eq!(round(&courier, &hub, &received).await, ["a1", "a2"]);
    hub.alerts(&[alert("a2", json!({ "status": "dismissed" }))]).await;
    hub.clock.advance(chrono::Duration::hours(73));
    assert_eq!(
        round(&courier, &hub, &received).await,
        ["a1"],
        "once more, and that was the last time"
    );
    hub.clock.advance(chrono::Duration::hours(12));
    assert_eq!(round(&courier, &hub, &received).await, [""; 0]);
    assert_eq!(hub.hub.warehouse.control().next_delivery().unwrap(), None);
}

/// A mail server in clear that takes every letter: receiver and content.
fn post_office() -> (u16, std::sync::mpsc::Receiver<(String, String)>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, letters) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let (mut to, mut letter, mut is_letter) = (String::new(), String::new(), false);
            stream.write_all(b"220 surat\r\n").unwrap();
            while let Some(Ok(line)) = lines.next() {
                let answer = match line.as_str() {
                    "." if is_letter => {
                        is_letter = false;
                        sender
                            .send((std::mem::take(&mut to), std::mem::take(&mut letter)))
                            .unwrap();
                        "250 taken"
                    }
                    text if is_letter => {
                        letter.push_str(text.strip_suffix('=').unwrap_or(&format!("{text}\n")));
                        continue;
                    }
                    "DATA" => {
                        is_letter = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    text => {
                        if let Some(address) = text.strip_prefix("RCPT TO:") {
                            to = address.trim_matches(['<', '>']).to_owned();
                        }
                        "250 yes"
                    }
                };
                stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
                if answer.starts_with("221") {
                    break;
                }
            }
        }
    });
    (port, letters)
}

#[tokio::test]
async fn what_is_not_grave_goes_out_together_at_the_hour_of_the_digest() {
    let hub = Fixture::new().await;
    let (port, letters) = post_office();
    let config = Config {
        mail: Mail {
            server: Some(format!("127.0.0.1:{port}").parse().unwrap()),
            security: Security::None,
            from: Some("hub@example.go.id".parse().unwrap()),
            to: vec![
                "dinkes info a@example.go.id".parse().unwrap(),
                "* sedang b@example.go.id".parse().unwrap(),
            ],
            ..Mail::default()
        },
        ..Config::default()
    };
    let courier = Courier::new(config).unwrap().unwrap();
    let round = async || {
        courier.decide(&hub.hub).await.unwrap();
        courier.send_due(&hub.hub, &CancellationToken::new()).await.unwrap();
        letters.try_iter().collect::<Vec<_>>()
    };
    hub.alerts(&[
        alert("a1", json!({ "kalimat": "yang pertama" })),
        alert("a2", json!({ "keparahan": "info", "kalimat": "yang kedua" })),
        alert("a3", json!({ "keparahan": "tinggi", "kalimat": "yang ketiga" })),
        alert("a4", json!({ "kalimat": "yang keempat" })),
    ])
    .await;
    // The grave one at once, each receiver a letter of its own.
    let at_once = round().await;
    assert_eq!(
        at_once.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(),
        ["a@example.go.id", "b@example.go.id"]
    );
    assert!(
        at_once
            .iter()
            .all(|(_, letter)| letter.contains("yang ketiga") && !letter.contains("yang pertama"))
    );
    assert_eq!(round().await, []);
    // One was decided on meanwhile, one got worse and does not wait for the morning.
    hub.alerts(&[
        alert("a4", json!({ "kalimat": "yang keempat", "status": "dismissed" })),
        alert("a1", json!({ "kalimat": "yang pertama", "keparahan": "kritis" })),
        alert("a5", json!({ "kalimat": "yang kelima" })),
    ])
    .await;
    assert_eq!(round().await.len(), 2);
    hub.clock.advance(chrono::Duration::hours(21));
    assert_eq!(round().await, [], "a little before the hour");
    hub.clock.advance(chrono::Duration::hours(1));
    let mut digests = round().await;
    digests.sort();
    assert_eq!(digests.len(), 2, "one for each receiver");
    let (a, b) = (&digests[0].1, &digests[1].1);
    assert!(
        a.contains("yang kedua") && a.contains("yang kelima") && !b.contains("yang kedua") && b.contains("yang kelima")
    );
    assert!(
        a.contains("Subject: [Smart Center] 2 peringatan untuk diperiksa"),
        "{a}"
    );
    for letter in [a, b] {
        assert!(
            !letter.contains("yang pertama") && !letter.contains("yang keempat"),
            "{letter}"
        );
    }
    hub.clock.advance(chrono::Duration::days(1));
    assert_eq!(round().await, []);
}
