//! Pushing: formats, receipts, repeats.

use crate::{
    client::{Answer, ndjson},
    hub::{Hub, Start},
    slow_push::SlowPush,
};
use reqwest::{Method, blocking::multipart};
use serde_json::{Value, json};
use std::io::Write;

pub(super) const CSV: &str = "nomor,judul,tanggal\n1,Rapat,2026-01-05\n2,\"Libur, cuti\",2026-01-06\n3,Upacara,\n";

pub(super) fn total(hub: &Hub) -> Value {
    hub.admin()
        .row("SELECT count(*) AS n, sum(nomor) AS jumlah, count(tanggal) AS bertanggal FROM data.pengumuman")
}

pub(super) fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_receipt_says_what_happened() {
    let hub = Start::fresh().start();
    let answer = hub.admin().push_csv("pengumuman", CSV).expect(202);
    assert_eq!(answer.header("Content-Type"), "application/json");
    assert!(!answer.header("X-Request-Id").is_empty());
    let receipt = answer.json();
    let id = receipt["receipt_id"].as_str().unwrap();
    assert_eq!(uuid::Uuid::parse_str(id).unwrap().get_version_num(), 7);
    assert_eq!(receipt["dataset"], "pengumuman");
    assert_eq!(receipt["contract_version"], "1.0.0");
    assert_eq!(receipt["status"], "accepted");
    let rows = json!({ "received": 3, "accepted": 3, "inserted": 3, "updated": 0, "unchanged": 0, "stale": 0,
                       "deleted": 0, "duplicate": 0, "rejected": 0 });
    assert_eq!(receipt["rows"], rows);
    assert_eq!(receipt["faults"], json!([]));
    // By sha256sum.
    assert_eq!(
        receipt["payload_sha256"],
        "4d360d535f1dbadaf85014a6ddaf0ca527eea04f8909fee23fa42d5a204d1fad"
    );
    let [received, durable] = ["received_at", "durable_at"]
        .map(|name| chrono::DateTime::parse_from_rfc3339(receipt[name].as_str().unwrap()).unwrap());
    assert!(received <= durable);
    assert!(receipt["seq"].as_u64().unwrap() > 0);
    assert_eq!(receipt["links"]["self"], format!("/api/v1/receipts/{id}"));
    assert_eq!(receipt["links"]["rejects"], format!("/api/v1/receipts/{id}/rejects"));

    assert_eq!(
        hub.admin()
            .get(receipt["links"]["self"].as_str().unwrap())
            .expect(200)
            .json(),
        receipt
    );
    let list = hub
        .admin()
        .get("/api/v1/receipts?dataset=pengumuman&status=accepted")
        .expect(200)
        .json();
    assert_eq!(list["items"], json!([receipt]));
    assert_eq!(total(&hub), json!({ "n": 3, "jumlah": 6, "bertanggal": 2 }));
    let known = hub
        .admin()
        .row("SELECT receipt_id, status, accepted FROM system.receipts WHERE dataset = 'pengumuman'");
    assert_eq!(known, json!({ "receipt_id": id, "status": "accepted", "accepted": 3 }));
}

#[test]
fn the_same_rows_arrive_from_every_format() {
    let hub = Start::fresh().start();
    let admin = hub.admin();
    let objects: Vec<Value> = vec![
        json!({ "nomor": 1, "judul": "Rapat", "tanggal": "2026-01-05" }),
        json!({ "nomor": 2, "judul": "Libur, cuti", "tanggal": "2026-01-06" }),
        json!({ "nomor": "3", "judul": "Upacara", "tanggal": null }),
    ];
    let feed = |kind| admin.feed("pengumuman", kind).query("dry_run", "false");
    let form = |part: multipart::Part| {
        let form = multipart::Form::new().text("catatan", "bukan ini").part("file", part);
        Answer::of(admin.request(Method::POST, "/api/v1/feeds/pengumuman").multipart(form)).unwrap()
    };
    let zstd = zstd::encode_all(CSV.as_bytes(), 3).unwrap();
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(CSV.encode_utf16().flat_map(u16::to_le_bytes));
    // Each payload differs by a byte, so that none is a repeat of another.
    let sent = [
        feed("text/csv").send(CSV.to_owned()),
        feed("text/csv; charset=utf-8").send(format!("\u{feff}{CSV}")),
        feed("text/csv").send(CSV.replace("\"Libur, cuti\"", "\"Libur; cuti\"").replace(',', ";")),
        feed("text/csv").send(utf16),
        feed("text/csv")
            .header("Content-Encoding", "gzip")
            .send(gzip(&format!("{CSV}\n"))),
        feed("text/csv")
            .header("Content-Encoding", "zstd")
            .send([&zstd[..], &zstd::encode_all(&b"\r\n"[..], 3).unwrap()].concat()),
        feed("application/x-ndjson").send(ndjson(&objects)),
        feed("application/json").send(Value::Array(objects.clone()).to_string()),
        form(multipart::Part::bytes(format!("{CSV}\n\n").into_bytes()).file_name("pengumuman.csv")),
        form(multipart::Part::bytes(gzip(&ndjson(&objects).replace('}', " }"))).file_name("a.ndjson.gz")),
    ];
    for (index, answer) in sent.iter().enumerate() {
        assert_eq!(answer.status, 202, "{index}: {}", answer.text());
        assert!(!answer.is_replayed(), "{index}");
        assert_eq!(answer.json()["rows"]["accepted"], 3, "{index}");
    }
    let times = sent.len();
    assert_eq!(
        total(&hub),
        json!({ "n": 3 * times, "jumlah": 6 * times, "bertanggal": 2 * times })
    );
    let titles = admin.sql("SELECT judul, count(*) AS n FROM data.pengumuman GROUP BY judul ORDER BY judul");
    let title = |judul: &str, n: usize| json!({ "judul": judul, "n": n });
    assert_eq!(
        titles,
        [
            title("Libur, cuti", times - 1),
            title("Libur; cuti", 1),
            title("Rapat", times),
            title("Upacara", times)
        ]
    );
    let one = feed("application/json")
        .send(r#"{"nomor": 9, "judul": "satu"}"#)
        .expect(202)
        .json();
    assert_eq!(one["rows"]["accepted"], 1);
}

#[test]
fn a_repeat_changes_nothing_and_says_so() {
    let hub = Start::fresh().start();
    let admin = hub.admin();
    let send = |key: &str, body: &str| {
        admin
            .feed("pengumuman", "text/csv")
            .idempotent(key)
            .send(body.to_owned())
    };
    let first = send("satu", CSV).expect(202);
    assert!(!first.is_replayed());
    let again = send("satu", CSV).expect(202);
    assert!(again.is_replayed());
    assert_eq!(again.json(), first.json());
    assert!(
        send("satu", "nomor,judul\n9,lain\n")
            .problem(422)
            .contains("another payload")
    );
    // Another key names another push; without a key the payload names it.
    assert!(!send("dua", CSV).expect(202).is_replayed());
    let repeat = admin.push_csv("pengumuman", CSV).expect(202);
    assert!(repeat.is_replayed());
    let sent = [&first, &repeat].map(|answer| answer.json()["payload_sha256"].clone());
    assert_eq!(sent[0], sent[1]);
    assert_eq!(repeat.json()["status"], "duplicate");
    let kept = repeat.json()["links"]["self"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(&kept).expect(200).json()["status"], "accepted");
    assert_eq!(total(&hub)["n"], 6);
    // Of another sender it is another push.
    let other = hub.key("kominfo-2", "opd", json!({ "institution": "kominfo" }));
    assert!(!other.push_csv("pengumuman", CSV).expect(202).is_replayed());
    assert_eq!(total(&hub)["n"], 9);

    let (receipts, folder) = (first.json(), hub.folder().clone());
    hub.kill();
    let hub = Start::on(&folder).start();
    let after = hub
        .admin()
        .feed("pengumuman", "text/csv")
        .idempotent("satu")
        .send(CSV)
        .expect(202);
    assert!(after.is_replayed());
    assert_eq!(after.json()["receipt_id"], receipts["receipt_id"]);
    assert!(hub.admin().push_csv("pengumuman", CSV).expect(202).is_replayed());
    assert_eq!(total(&hub)["n"], 9);
    // The contract of `ledger` allows repeats.
    for _ in 0..2 {
        let row = [json!({ "push": "a", "nomor": 1, "nilai": 1 })];
        assert!(!hub.admin().push_ndjson("ledger", &row).expect(202).is_replayed());
    }
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM data.ledger"), 2);
}

#[test]
fn a_push_in_flight_holds_its_key() {
    let hub = Start::fresh().start();
    let body = "nomor,judul\n1,lambat\n";
    let mut slow = SlowPush::begin(&hub.admin(), "pengumuman", "lambat", body.len());
    let second = hub
        .admin()
        .feed("pengumuman", "text/csv")
        .idempotent("lambat")
        .send(body);
    assert!(second.problem(409).contains("in progress"));
    slow.write(body);
    let answer = slow.answer();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert!(
        hub.admin()
            .feed("pengumuman", "text/csv")
            .idempotent("lambat")
            .send(body)
            .expect(202)
            .is_replayed()
    );
    assert_eq!(total(&hub)["n"], 1);
}

#[test]
fn a_dry_run_keeps_nothing() {
    let hub = Start::fresh().start();
    let dry = |body: &str| {
        hub.admin()
            .feed("pengumuman", "text/csv")
            .query("dry_run", "true")
            .send(body.to_owned())
    };
    let receipt = dry("nomor,judul\n1,a\nx,b\n").expect(200).json();
    assert_eq!(
        (&receipt["dry_run"], &receipt["status"]),
        (&json!(true), &json!("partial"))
    );
    assert_eq!(
        (&receipt["rows"]["accepted"], &receipt["rows"]["rejected"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(receipt["faults"][0]["line"], 3);
    assert!(receipt.get("seq").is_none() && receipt.get("durable_at").is_none());
    assert_eq!(dry("nomor,judul\nx,b\n").expect(422).json()["status"], "rejected");
    hub.admin().get(receipt["links"]["self"].as_str().unwrap()).problem(404);
    assert_eq!(total(&hub)["n"], 0);
    assert_eq!(hub.admin().number("SELECT count(*) AS n FROM quarantine.pengumuman"), 0);
    assert_eq!(
        hub.admin().get("/api/v1/receipts").expect(200).json()["items"],
        json!([])
    );
    // Nor does it make the real push a repeat.
    assert!(
        !hub.admin()
            .push_csv("pengumuman", "nomor,judul\n1,a\nx,b\n")
            .expect(202)
            .is_replayed()
    );
}

#[test]
fn landed_means_in_the_table() {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let admin = hub.admin();
    admin.push_csv("pengumuman", CSV).expect(202);
    let files = || admin.number("SELECT files AS n FROM system.tables WHERE dataset = 'pengumuman'");
    assert_eq!(files(), 0);
    assert!(
        !hub.folder()
            .table("pengumuman_v1")
            .join("_delta_log/00000000000000000001.json")
            .exists()
    );
    let landed = admin
        .feed("pengumuman", "text/csv")
        .query("wait", "landed")
        .send("nomor,judul\n9,x\n")
        .expect(201);
    assert_eq!(landed.json()["status"], "accepted");
    assert_eq!(files(), 1);
    assert_eq!(total(&hub)["n"], 4);
    // A repeat waits as well.
    assert!(
        admin
            .feed("pengumuman", "text/csv")
            .query("wait", "landed")
            .send(CSV)
            .expect(201)
            .is_replayed()
    );
}

#[test]
fn a_rejected_batch_is_kept_apart_as_a_whole() {
    let hub = Start::fresh().start();
    let admin = hub.admin();
    let receipt = admin
        .push_csv("ketat", "kode,nilai\na,1\nb,x\nc,y\n")
        .expect(422)
        .json();
    assert_eq!(receipt["status"], "rejected");
    assert_eq!(
        (&receipt["rows"]["rejected"], &receipt["rows"]["accepted"]),
        (&json!(3), &json!(0))
    );
    assert!(
        receipt["faults"].to_string().contains("2 of 3 rows are bad"),
        "{receipt}"
    );
    // One code that is not on the list turns all down.
    let receipt = admin
        .push_csv("ketat", "kode,nilai\na,1\nb,2\nz,3\nc,4\n")
        .expect(422)
        .json();
    assert_eq!(receipt["rows"]["rejected"], 4);
    assert_eq!(admin.number("SELECT count(*) AS n FROM data.ketat"), 0);
    assert_eq!(admin.number("SELECT count(*) AS n FROM quarantine.ketat"), 7);
    // Half of the rows may be bad.
    let receipt = admin.push_csv("ketat", "kode,nilai\na,1\nb,x\n").expect(202).json();
    assert_eq!(receipt["status"], "partial");
    assert_eq!(admin.number("SELECT count(*) AS n FROM data.ketat"), 1);
    let by_status = admin.get("/api/v1/receipts?status=rejected&limit=1").expect(200);
    assert_eq!(by_status.json()["items"].as_array().unwrap().len(), 1);
    assert!(
        by_status.header("Link").contains("rel=\"next\""),
        "{}",
        by_status.header("Link")
    );
}
