//! The lake on a store of the S3 kind: what the hub asks of it, one writer at a time, and a store that goes away. That
//! nothing is lost there is the kill campaign's to show.

use crate::{
    bucket::Bucket,
    client::Client,
    hub::{Folder, Hub, Start, until},
};
use serde_json::{Value, json};
use std::path::Path;

fn start(folder: &std::sync::Arc<Folder>) -> Start {
    Start::on(folder).set("flush_seconds", 1)
}

fn pusher(hub: &Hub) -> Client {
    hub.key("pusher", "opd", json!({ "institution": "kominfo" }))
}

fn lines(from: i64, n: i64) -> Vec<Value> {
    let line = |nomor| json!({ "push": format!("p{from}"), "nomor": nomor, "nilai": nomor, "isi": "" });
    (from..from + n).map(line).collect()
}

fn count(client: &Client) -> i64 {
    client.number("SELECT count(*) AS n FROM data.ledger")
}

fn landed(hub: &Hub) -> bool {
    let waiting = "SELECT count(*) AS n FROM system.tables WHERE \"table\" = 'ledger_v1' AND hot_rows > 0";
    hub.admin().number(waiting) == 0
}

/// Files below a folder.
fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| entries.flatten().count())
}

#[test]
fn a_lake_in_a_bucket_is_read_through_the_local_disk_and_by_others() {
    let folder = Folder::with_bucket(Bucket::start());
    let hub = start(&folder).start();
    let client = pusher(&hub);
    for part in 0..3 {
        let feed = client.feed("ledger?wait=landed", "application/x-ndjson");
        feed.send(crate::client::ndjson(&lines(part * 1000, 1000))).expect(201);
    }
    assert_eq!(count(&client), 3000);
    assert!(
        !folder.data().join("lake").exists(),
        "nothing of the lake is on the local disk"
    );
    let cache = folder.data().join("cache");
    assert!(files(&cache) >= 3, "what was written is kept near");
    let found = folder.read("ledger_v1", "SELECT count(*) AS n, sum(nilai)::BIGINT AS jumlah FROM t");
    assert_eq!(found, [json!({ "n": 3000, "jumlah": 2999 * 1500 })]);
    assert!(hub.stop().success());

    // What is kept is derived: damaged or lost, it is fetched again.
    for (number, entry) in std::fs::read_dir(&cache).unwrap().flatten().enumerate() {
        if number % 2 == 0 {
            std::fs::write(entry.path(), b"rusak").unwrap();
        } else {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let hub = start(&folder).start();
    let sum = "SELECT sum(nilai) AS n FROM data.ledger";
    assert_eq!(hub.admin().number(sum), 2999 * 1500);
    assert!(hub.stop().success());
}

#[test]
fn a_store_that_takes_no_notice_of_conditions_is_refused() {
    for header in ["If-None-Match", "If-Match"] {
        let ended = start(&Folder::with_bucket(Bucket::deaf_to(&[header])))
            .try_start()
            .unwrap_err();
        assert!(!ended.status.success());
        let said = format!("ignores {header}: tables could lose commits on it");
        assert!(ended.log.contains(&said), "{}", ended.log);
    }
}

#[test]
fn a_store_that_cannot_be_used_is_named_with_the_remedy() {
    let bucket = Bucket::start();
    let folder = Folder::new();
    for (store, said) in [
        ("s3://tidak-ada/lake", "there is no such bucket; create it first"),
        ("s4://danau", "write s3://bucket or s3://bucket/folder"),
    ] {
        let start = Start::on(&folder).in_bucket(&bucket).set("store", store);
        let ended = start.try_start().unwrap_err();
        assert!(ended.log.contains(said), "{}", ended.log);
    }
    let absent = Start::on(&folder)
        .in_bucket(&bucket)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let ended = absent.try_start().unwrap_err();
    assert!(
        ended.log.contains("check AWS_ENDPOINT_URL and the network"),
        "{}",
        ended.log
    );
    assert!(!ended.log.contains("rahasia-uji"), "{}", ended.log);
}

#[test]
fn one_hub_writes_a_lake_and_one_that_fell_silent_is_followed_by_the_next() {
    let folder = Folder::with_bucket(Bucket::start());
    let bucket = folder.bucket();
    let first = start(&folder).start();
    let client = pusher(&first);
    client.push_ndjson("ledger", &lines(0, 10)).expect(202);

    let other = Folder::new();
    let second = || Start::on(&other).in_bucket(bucket);
    let ended = second().try_start().unwrap_err();
    assert!(ended.log.contains("belongs to another hub"), "{}", ended.log);
    let ended = second().set("store_adopt", true).try_start().unwrap_err();
    assert!(
        ended.log.contains("is being written by another process"),
        "{}",
        ended.log
    );

    until("the rows are in the lake", || landed(&first));
    // As if its machine slept: it does not know yet what has happened when it wakes up.
    first.signal("STOP");
    let second = second().set("store_adopt", true).start();
    assert_eq!(count(&second.admin()), 10);
    first.signal("CONT");
    until("the first notices", || {
        client.push_ndjson("ledger", &lines(100, 1)).status == 503
    });
    let why = client.push_ndjson("ledger", &lines(200, 1)).expect(503).json();
    assert!(
        why["detail"]
            .as_str()
            .unwrap()
            .contains("another hub has taken the lake"),
        "{why}"
    );
    // Its readers go on; what it had put into its own log in between is there, and nowhere else.
    assert!(count(&client) >= 10);
    assert_eq!(count(&second.admin()), 10);
    pusher(&second).push_ndjson("ledger", &lines(300, 5)).expect(202);
    assert!(second.stop().success());
    let found = folder.read("ledger_v1", "SELECT count(*) AS n FROM t");
    assert_eq!(found, [json!({ "n": 15 })]);
}

#[test]
fn a_store_that_goes_away_delays_the_lake_and_not_the_pushes() {
    let folder = Folder::with_bucket(Bucket::start());
    let hub = start(&folder).start();
    let client = pusher(&hub);
    client.push_ndjson("ledger", &lines(0, 10)).expect(202);
    until("the first rows are in the lake", || landed(&hub));
    folder.bucket().pause();
    for part in 1..=3 {
        client.push_ndjson("ledger", &lines(part * 10, 10)).expect(202);
    }
    // Rows in the lake are on the local disk, the others in memory.
    assert_eq!(count(&client), 40);
    folder.bucket().resume();
    until("the rest is in the lake", || landed(&hub));
    assert!(hub.stop().success());
    let found = folder.read(
        "ledger_v1",
        "SELECT count(*) AS n, count(DISTINCT nomor) AS nomor FROM t",
    );
    assert_eq!(found, [json!({ "n": 40, "nomor": 40 })]);
}
