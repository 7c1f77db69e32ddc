//! The sender against a hub that is only a ledger: every case of patience, repeats and refusal.

use crate::{DemoOptions, Door, Envelope, Keys, Progress, Size, demo, feed};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

/// Status, extra header lines, body.
type Reply = (u16, &'static str, String);

struct Request {
    path: String,
    key: String,
    authorization: String,
    body: String,
    sha256: String,
}

/// Answers every request with `reply`, one connection each, until the process ends; gives the address.
fn hub(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut headers = BTreeMap::new();
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim_end().split_once(": ") else {
                    break;
                };
                headers.insert(name.to_lowercase(), value.to_owned());
            }
            let mut body = vec![0; headers.get("content-length").map_or(0, |n| n.parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let header = |name: &str| headers.get(name).cloned().unwrap_or_default();
            let request = Request {
                path: first.split(' ').nth(1).unwrap().to_owned(),
                key: header("idempotency-key"),
                authorization: header("authorization"),
                body: String::from_utf8_lossy(&body).into_owned(),
                sha256: {
                    use sha2::Digest;
                    sha2::Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect()
                },
            };
            let (status, extra, text) = reply(&request);
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{extra}\r\n{text}",
                text.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

fn door(url: &str) -> Door {
    Door::open(url, Keys::one("rahasia"), Arc::new(AtomicBool::new(false))).unwrap()
}

fn envelope() -> Envelope {
    Envelope::csv("wilayah", "wilayah.csv", "kode,nama\n35,Jawa Timur\n".into(), 1)
}

const RECEIPT: &str = r#"{"status":"accepted","rows":{"accepted":1,"rejected":0}}"#;

#[test]
fn a_busy_hub_is_given_the_time_it_asks_for() {
    for status in [429, 503] {
        let tries = AtomicUsize::new(0);
        let url = hub(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
            0 => (status, "retry-after: 1\r\n", "{}".into()),
            _ => (202, "", RECEIPT.into()),
        });
        let mut waits = Vec::new();
        let answer = door(&url).push(&envelope(), &mut |wait, _| waits.push(wait)).unwrap();
        assert_eq!((answer.rows.accepted, answer.replayed), (1, false));
        assert_eq!(waits, [Duration::from_secs(1)]);
    }
}

#[test]
fn a_wrong_key_is_an_error_that_does_not_show_the_key() {
    let url = hub(|_| {
        (
            401,
            "",
            r#"{"title":"Unauthorized","detail":"key is not known"}"#.into(),
        )
    });
    let error = door(&url).push(&envelope(), &mut |_, _| {}).unwrap_err();
    assert!(
        error.to_string().contains("key is not known") && !error.to_string().contains("rahasia"),
        "{error}"
    );
    assert!(!format!("{:?}", door(&url)).contains("rahasia"));
}

#[test]
fn a_rejected_batch_is_an_answer() {
    let url = hub(|_| {
        (
            422,
            "",
            r#"{"status":"rejected","detail":"too many bad rows","rows":{"rejected":1}}"#.into(),
        )
    });
    let answer = door(&url).push(&envelope(), &mut |_, _| {}).unwrap();
    assert_eq!(
        (answer.refused.as_deref(), answer.rows.rejected),
        (Some("too many bad rows"), 1)
    );
}

#[test]
fn keys_can_differ_by_dataset() {
    let url = hub(|request| {
        let right = request.authorization == "Bearer khusus" && request.path == "/api/v1/feeds/wilayah";
        (if right { 202 } else { 401 }, "", RECEIPT.into())
    });
    let keys = Keys::one("umum").with("wilayah", "khusus");
    let door = Door::open(&url, keys, Arc::new(AtomicBool::new(false))).unwrap();
    assert!(door.push(&envelope(), &mut |_, _| {}).is_ok());
}

#[test]
fn a_query_answer_without_its_end_is_an_error() {
    let url = hub(|_| (200, "", "{\"n\":1}\n{\"end\":true,\"rows\":1}\n".into()));
    assert_eq!(
        door(&url).query("SELECT 1 AS n").unwrap(),
        [serde_json::json!({"n": 1})]
    );
    let url = hub(|_| (200, "", "{\"n\":1}\n".into()));
    assert!(
        door(&url)
            .query("SELECT 1 AS n")
            .unwrap_err()
            .to_string()
            .contains("cut short")
    );
}

#[test]
fn a_stop_ends_a_wait_at_once() {
    let stop = Arc::new(AtomicBool::new(true));
    let url = hub(|_| (503, "retry-after: 60\r\n", "{}".into()));
    let door = Door::open(&url, Keys::one("k"), stop).unwrap();
    assert!(door.push(&envelope(), &mut |_, _| {}).unwrap_err().is_stopped());
}

fn options(url: &str) -> DemoOptions {
    DemoOptions {
        size: Size {
            people: 0.002,
            activity: 0.02,
            schools: 20,
        },
        years: 0,
        speed: 1e6,
        // A Friday afternoon.
        now: || "2026-03-13T08:00:00Z".parse().unwrap(),
        ..DemoOptions::new(url, Keys::one("k"))
    }
}

/// Runs the demo against `url` until `live` live pushes went in.
fn run(url: &str, live: u64) -> crate::DemoSummary {
    let options = options(url);
    let stop = options.stop.clone();
    let (mut seen, mut planned, mut finished) = (0, 0, 0);
    let summary = demo(options, &mut |step| match step {
        Progress::Live { .. } => {
            seen += 1;
            if seen == live {
                stop.store(true, Ordering::Relaxed);
            }
        }
        Progress::Planned { files, .. } => planned = files,
        Progress::File { done, .. } | Progress::Skipped { done, .. } => finished = done,
        Progress::HistoryDone { summary } => {
            assert_eq!(finished, planned);
            assert!(summary.pushes > 100, "{summary:?}");
        }
        _ => {}
    })
    .unwrap();
    assert_eq!(summary.live_pushes, live);
    summary
}

#[test]
fn a_second_start_repeats_nothing_even_when_the_hub_cannot_say_what_it_holds() {
    let ledger = Arc::new(Mutex::new(BTreeMap::<String, String>::new()));
    let shared = ledger.clone();
    let url = hub(move |request| {
        if request.path == "/api/v1/sql" || request.path.starts_with("/api/v1/receipts") {
            return (403, "", r#"{"detail":"not allowed"}"#.into());
        }
        let old = shared.lock().unwrap().insert(request.key.clone(), request.body.clone());
        match old {
            Some(body) => {
                assert_eq!(body, request.body, "one key, two bodies");
                (202, "idempotency-replayed: true\r\n", RECEIPT.into())
            }
            None => (202, "", RECEIPT.into()),
        }
    });
    let first = run(&url, 30);
    assert_eq!(first.replayed, 0);
    let pushed = ledger.lock().unwrap().len() as u64;
    assert_eq!(pushed, first.pushes);

    let second = run(&url, 40);
    assert_eq!(second.replayed, first.pushes, "everything of the first run is a repeat");
    assert_eq!(ledger.lock().unwrap().len() as u64, pushed + 10);
}

#[test]
fn a_hub_that_says_what_it_has_is_sent_no_history_again() {
    let hashes = Arc::new(Mutex::new(Vec::<String>::new()));
    let shared = hashes.clone();
    let reply = move |request: &Request| -> Reply {
        if request.path == "/api/v1/sql" {
            return (200, "", "{\"n\":1}\n{\"end\":true,\"rows\":1}\n".into());
        }
        // Two pages of receipts.
        if let Some(asked) = request.path.strip_prefix("/api/v1/receipts?limit=1000") {
            let hashes = shared.lock().unwrap();
            let (first, second) = hashes.split_at(hashes.len() / 2);
            let (items, next) = if asked.is_empty() {
                (first, r#""b""#)
            } else {
                (second, "null")
            };
            return (200, "", format!(r#"{{"items":[{}],"next":{next}}}"#, items.join(",")));
        }
        let line = format!(r#"{{"status":"accepted","payload_sha256":"{}"}}"#, request.sha256);
        shared.lock().unwrap().push(line);
        (202, "", RECEIPT.into())
    };
    let url = hub(reply);
    run(&url, 1);
    let options = options(&url);
    let stop = options.stop.clone();
    let (mut sent, mut skipped, mut planned) = (Vec::new(), 0, 0);
    demo(options, &mut |step| match step {
        Progress::Planned { files, .. } => planned = files,
        Progress::File { name, .. } => sent.push(name),
        Progress::Skipped { done, .. } => skipped = done,
        Progress::HistoryDone { .. } => stop.store(true, Ordering::Relaxed),
        _ => {}
    })
    .unwrap();
    assert_eq!(sent, Vec::<String>::new());
    assert_eq!(skipped, planned);
}

#[test]
fn a_history_with_an_end_is_sent_in_order_and_nothing_lives() {
    let order = Arc::new(Mutex::new(Vec::<(String, String)>::new()));
    let shared = order.clone();
    let url = hub(move |request| {
        if let Some(path) = request.path.strip_prefix("/api/v1/feeds/") {
            let dataset = path.trim_end_matches("?wait=landed");
            shared
                .lock()
                .unwrap()
                .push((dataset.to_owned(), request.sha256.clone()));
        }
        (202, "", RECEIPT.into())
    });
    let options = DemoOptions {
        until: Some("2026-03-12".parse().unwrap()),
        ..options(&url)
    };
    let world = options.world().unwrap();
    let summary = demo(options, &mut |step| assert!(!matches!(step, Progress::Live { .. }))).unwrap();
    let order = order.lock().unwrap();
    assert_eq!(summary.pushes, order.len() as u64);
    let (mut lists, mut others) = (0, order.len());
    for feed in feed::all(&world) {
        let shipments = feed.history(&world, world.span.0, world.span.1).unwrap();
        let envelopes = shipments
            .iter()
            .map(|s| s.envelope(&world).unwrap())
            .filter(|e| e.rows > 0);
        let expected: Vec<_> = envelopes.map(|e| e.sha256()).collect();
        let places = order.iter().enumerate().filter(|(_, sent)| sent.0 == feed.dataset());
        let (positions, sent): (Vec<_>, Vec<_>) = places.map(|(i, sent)| (i, sent.1.clone())).unzip();
        assert_eq!(sent, expected, "{}", feed.dataset());
        match feed.reference() {
            true => lists = lists.max(positions.into_iter().max().unwrap_or(0)),
            false => others = others.min(positions.into_iter().min().unwrap_or(others)),
        }
    }
    assert!(lists < others, "code lists come first");
}
