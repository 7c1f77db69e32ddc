//! Starting and stopping: one process to a folder, readiness, a graceful stop that flushes, kills that lose nothing.

use crate::{
    client::Answer,
    hub::{Start, until},
    reader,
    slow_push::SlowPush,
};
use reqwest::Method;
use serde_json::{Value, json};

#[test]
fn a_second_process_on_the_folder_is_refused() {
    let hub = Start::fresh().start();
    let ended = Start::on(hub.folder())
        .try_start()
        .expect_err("two hubs run on one folder");
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        ended.log.contains("in use by another smartcenter process"),
        "{}",
        ended.log
    );
    // The first one does not mind.
    hub.admin().push_csv("pengumuman", "nomor,judul\n1,a\n").expect(202);
    let folder = hub.folder().clone();
    assert!(hub.stop().success());
    let hub = Start::on(&folder).start();
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"), 1);
}

#[test]
fn a_graceful_stop_leaves_nothing_to_replay() {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let rows: Vec<Value> = (0..500)
        .map(|n| json!({ "nomor": n, "judul": format!("n{n}") }))
        .collect();
    hub.admin().push_ndjson("pengumuman", &rows).expect(202);
    hub.admin().push_csv("pengumuman", "nomor,judul\nx,y\n").expect(422);
    let door = hub.data().join("run/door.json");
    assert!(door.exists());
    let folder = hub.folder().clone();
    assert_eq!(hub.stop().code(), Some(0));
    assert!(!door.exists(), "a stopped hub leaves its door open");
    let found = reader::read(
        &folder.table("pengumuman_v1"),
        "SELECT count(*) AS n, sum(nomor)::BIGINT AS jumlah FROM t",
    );
    assert_eq!(found, [json!({ "n": 500, "jumlah": 124_750 })]);
    let rejected = reader::read(
        &folder.table("_quarantine"),
        "SELECT dataset, count(*) AS n FROM t GROUP BY 1",
    );
    assert_eq!(rejected, [json!({ "dataset": "pengumuman", "n": 1 })]);
    let hub = Start::on(&folder).start();
    let row = hub
        .admin()
        .row("SELECT hot_rows, rows FROM system.tables WHERE dataset = 'pengumuman'");
    assert_eq!(row, json!({ "hot_rows": 0, "rows": 500 }));
}

#[test]
fn rows_survive_a_kill_before_any_flush() {
    let mut start = Start::fresh()
        .set("flush_seconds", 3600)
        .set("wal_segment_bytes", 256 << 10);
    for round in 1..=3 {
        let hub = start.start();
        let seen = hub.admin().number("SELECT count(*) AS n FROM data.pengumuman");
        assert_eq!(seen, (round - 1) * 2000);
        for push in 0..20 {
            let first = ((round - 1) * 20 + push) * 100;
            let rows: Vec<Value> = (first..first + 100)
                .map(|n| json!({ "nomor": n, "judul": "x".repeat(200) }))
                .collect();
            hub.admin().push_ndjson("pengumuman", &rows).expect(202);
        }
        start = Start::on(hub.folder())
            .set("flush_seconds", 3600)
            .set("wal_segment_bytes", 256 << 10);
        hub.kill();
    }
    let hub = start.start();
    let row = hub
        .admin()
        .row("SELECT count(*) AS n, sum(nomor) AS jumlah, count(DISTINCT nomor) AS beda FROM data.pengumuman");
    assert_eq!(row, json!({ "n": 6000, "jumlah": 17_997_000, "beda": 6000 }));
}

#[test]
fn a_request_under_way_is_finished_before_the_end() {
    let mut hub = Start::fresh().start();
    let rows: String = (0..50_000).map(|n| format!("{n},berjalan\n")).collect();
    let body = format!("nomor,judul\n{rows}");
    let (first, second) = body.split_at(body.len() / 2);
    let mut push = SlowPush::begin(&hub.admin(), "pengumuman", "akhir", body.len());
    push.write(first);
    hub.signal("TERM");
    let nobody = hub.anonymous();
    until("nobody new is let in", || {
        nobody.try_get("/readyz").map_or(true, |answer| answer.status == 503)
    });
    push.write(second);
    let answer = push.answer();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert!(hub.wait().success());
    let hub = Start::on(hub.folder()).start();
    let row = hub
        .admin()
        .row("SELECT count(*) AS n, sum(nomor) AS jumlah FROM data.pengumuman");
    assert_eq!(row, json!({ "n": 50_000, "jumlah": 1_249_975_000 }));
}

#[test]
fn a_sender_that_hangs_up_leaves_nothing() {
    let hub = Start::fresh().start();
    for (index, rows) in [100, 400_000].into_iter().enumerate() {
        let rows: String = (0..rows).map(|n| format!("{n},putus putus putus putus\n")).collect();
        let mut push = SlowPush::begin(&hub.admin(), "pengumuman", &format!("putus-{index}"), rows.len() + 100);
        push.write("nomor,judul\n");
        push.write(&rows);
        drop(push);
        // The key is free again once the hub has noticed.
        let whole = format!("nomor,judul\n{index},baru\n");
        let again = || {
            hub.admin()
                .feed("pengumuman", "text/csv")
                .idempotent(&format!("putus-{index}"))
                .send(whole.clone())
        };
        until("the key is free", || again().status == 202);
        assert_eq!(
            hub.admin().number("SELECT count(*) AS n FROM data.pengumuman"),
            index as i64 + 1
        );
    }
    let staged = |folder: &std::path::Path| {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        files.filter(|name| name.to_string_lossy().contains("push-")).count()
    };
    until("staged files are gone", || {
        staged(&hub.folder().table("pengumuman_v1")) == 0
    });
}

#[test]
fn health_readiness_metrics_and_compression() {
    let hub = Start::fresh().start();
    let nobody = hub.anonymous();
    assert_eq!(nobody.get("/healthz").expect(200).json()["status"], "ok");
    assert_eq!(nobody.get("/readyz").expect(200).json()["status"], "ready");
    hub.admin().push_csv("pengumuman", "nomor,judul\n1,a\n").expect(202);
    let metrics = hub.admin().get("/metrics").expect(200).text();
    for name in [
        "smartcenter_visible_seq",
        "smartcenter_wal_lag_bytes",
        "smartcenter_push_rows_total",
        "smartcenter_push_seconds",
    ] {
        assert!(metrics.contains(name), "{name} is missing");
    }
    assert!(!metrics.contains(hub.admin_key()));
    let packed = |encoding: &str| {
        let request = hub
            .anonymous()
            .request(Method::GET, "/openapi.json")
            .header("Accept-Encoding", encoding);
        let answer = Answer::of(request).unwrap();
        (answer.header("Content-Encoding").to_owned(), answer.bytes)
    };
    let (encoding, bytes) = packed("gzip");
    assert_eq!(encoding, "gzip");
    let unpacked: Value = serde_json::from_reader(flate2::read::GzDecoder::new(&bytes[..])).unwrap();
    assert_eq!(unpacked, nobody.get("/openapi.json").json());
    assert_eq!(packed("zstd").0, "zstd");
    let ids = [nobody.get("/healthz"), nobody.get("/tidak-ada")].map(|answer| answer.header("X-Request-Id").to_owned());
    assert!(!ids[0].is_empty() && !ids[1].is_empty() && ids[0] != ids[1], "{ids:?}");
}
