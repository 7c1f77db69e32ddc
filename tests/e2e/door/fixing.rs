//! Rejected rows on their way back in: exported, put right, pushed again, read again, given up, expired.

use crate::{
    client::{Answer, Client},
    hub::{Hub, Start, until},
    reader,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{path::Path, process::Command};

/// Five rows, three of them wrong.
const SPOILT: &str = "\
NIK,Nama,Tgl,Faskes,Wilayah,Jumlah,Tanggal Lahir
9900000000000001,Orang Uji Satu,2026-03-02,pkm-munjungan,35.03.01,1,1990-05-17
9900000000000002,Orang Uji Dua,02-13-2026,pkm-munjungan,35.03.01,2,1990-05-17
123,\"Uji, Tiga\",2026-03-02,pkm-munjungan,35.03.01,3,1990-05-17
9900000000000004,Orang Uji Empat,2026-03-02,pkm-munjungan,35.03.01,banyak,1990-05-17
9900000000000005,Orang Uji Lima,2026-03-02,pkm-munjungan,35.03.01,5,1990-05-17
";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn dinkes(hub: &Hub) -> Client {
    hub.key("dinkes", "opd", json!({ "institution": "dinkes" }))
}

fn id(receipt: &Value) -> &str {
    receipt["receipt_id"].as_str().unwrap()
}

fn rejects(client: &Client, id: &str, query: &str, accept: &str) -> Answer {
    let path = format!("/api/v1/receipts/{id}/rejects{query}");
    Answer::of(client.request(Method::GET, &path).header("Accept", accept)).unwrap()
}

fn states(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/v1/receipts/{id}")).expect(200).json()["rejects"].clone()
}

fn counts(open: u64, corrected: u64, superseded: u64, replayed: u64, discarded: u64) -> Value {
    json!({
        "open": open, "corrected": corrected, "superseded": superseded, "replayed": replayed, "discarded": discarded,
        "expired": 0,
    })
}

fn push(client: &Client, csv: &str, corrects: &str) -> Answer {
    let feed = client.text_feed("kunjungan", true).query("corrects", corrects);
    feed.send(csv.to_owned())
}

fn replay(client: &Client, id: &str, body: &Value) -> Answer {
    client.post(&format!("/api/v1/receipts/{id}/replay"), body)
}

/// `[line, state]` of the rejected rows of a push.
fn listed(client: &Client, id: &str, query: &str) -> Vec<Value> {
    let items = rejects(client, id, query, "application/json").expect(200).json()["items"].clone();
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|row| json!([row["line"], row["state"]]))
        .collect()
}

#[test]
fn the_circle_by_csv_closes_the_old_rows() {
    let hub = Start::fresh().start();
    let dinkes = dinkes(&hub);
    let old = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    assert_eq!(states(&dinkes, id(&old)), counts(3, 0, 0, 0, 0));
    // Two are put right, one is still wrong.
    let export = rejects(&dinkes, id(&old), "", "text/csv").expect(200).text();
    let fixed = export
        .replace("02-13-2026", "2026-02-13")
        .replace("\r\n123,", "\r\n9900000000000003,");
    let new = push(&dinkes, &fixed, id(&old)).expect(202).json();
    assert_eq!(
        new["corrects"],
        json!({ "receipt_id": id(&old), "closed": 2, "superseded": 1 })
    );
    assert_eq!(states(&dinkes, id(&old)), counts(0, 2, 1, 0, 0));
    assert_eq!(
        listed(&dinkes, id(&old), ""),
        [
            json!([3, "corrected"]),
            json!([4, "corrected"]),
            json!([5, "superseded"])
        ]
    );
    assert_eq!(listed(&dinkes, id(&old), "?state=open"), Vec::<Value>::new());
    // An export of the old push has nothing left, of all states it has everything.
    let lines = |query: &str| {
        rejects(&dinkes, id(&old), query, "text/csv")
            .expect(200)
            .text()
            .lines()
            .count()
    };
    assert_eq!((lines(""), lines("?state=all")), (1, 4));

    let rest = rejects(&dinkes, id(&new), "", "text/csv").expect(200).text();
    let last = push(&dinkes, &rest.replace("banyak", "4"), id(&new)).expect(202).json();
    assert_eq!(
        (&last["status"], &last["corrects"]["closed"]),
        (&json!("accepted"), &json!(1))
    );
    let sum = dinkes.row("SELECT count(*) AS n, sum(jumlah) AS jumlah FROM data.kunjungan");
    assert_eq!(sum, json!({ "n": 5, "jumlah": 15 }));
    let sql = "SELECT count(*) AS n FROM quarantine.kunjungan WHERE state = 'open'";
    assert_eq!(dinkes.number(sql), 0);
}

#[test]
fn the_circle_by_workbook_keeps_what_was_sent() {
    let hub = Start::fresh().start();
    let dinkes = dinkes(&hub);
    let old = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    let book = rejects(&dinkes, id(&old), "", XLSX).expect(200);
    assert_eq!(book.header("Content-Type"), XLSX);
    let fixes = json!([
        [3, "Tgl", "2026-02-13"],
        [4, "NIK", "9900000000000003"],
        [5, "Jumlah", "4"]
    ]);
    let (seen, saved) = in_a_spreadsheet(&hub, &book.bytes, &fixes);
    assert_eq!(seen["sheets"], json!(["Ditolak", "Petunjuk"]));
    assert_eq!((&seen["frozen"], &seen["filter"]), (&json!("A2"), &json!("A1:K4")));
    assert_eq!(seen["formats"], json!(["@"]));
    let coloured = seen["coloured"].as_array().unwrap();
    let told: Vec<Value> = coloured.iter().map(|cell| json!([cell[0], cell[1], cell[2]])).collect();
    assert_eq!(
        told,
        [
            json!(["Tgl", 3, "02-13-2026"]),
            json!(["NIK", 4, "123"]),
            json!(["Jumlah", 5, "banyak"])
        ]
    );
    assert!(
        coloured
            .iter()
            .all(|cell| cell[3].as_str().is_some_and(|note| !note.is_empty())),
        "{seen}"
    );
    let feed = dinkes.feed("kunjungan", XLSX).query("corrects", id(&old));
    let new = feed.send(saved).expect(202).json();
    assert_eq!(new["corrects"]["closed"], 3, "{new}");
    assert_eq!(states(&dinkes, id(&old)), counts(0, 3, 0, 0, 0));
    let steward = hub.key("walidata", "walidata", json!({})).for_purpose("uji");
    let row = steward.row("SELECT nama, jumlah FROM data.kunjungan WHERE nik = '9900000000000003'");
    assert_eq!(row, json!({ "nama": "Uji, Tiga", "jumlah": 3 }));
}

/// The workbook corrected in another program: what was seen there, and the workbook as it was saved.
fn in_a_spreadsheet(hub: &Hub, book: &[u8], fixes: &Value) -> (Value, Vec<u8>) {
    let file = |name: &str| hub.folder().scratch(name);
    let (asked, told, saved) = (file("ditolak.xlsx"), file("fixes.json"), file("baik.xlsx"));
    std::fs::write(&asked, book).unwrap();
    std::fs::write(&told, fixes.to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/fix_workbook.py");
    let output = Command::new(reader::python())
        .arg(script)
        .args([&asked, &told, &saved])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (
        serde_json::from_slice(&output.stdout).unwrap(),
        std::fs::read(saved).unwrap(),
    )
}

#[test]
fn what_was_closed_stays_closed_after_a_kill() {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let dinkes = dinkes(&hub);
    let old = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    let export = rejects(&dinkes, id(&old), "", "text/csv").expect(200).text();
    let new = push(&dinkes, &export.replace("02-13-2026", "2026-02-13"), id(&old))
        .expect(202)
        .json();
    let (folder, key) = (hub.folder().clone(), dinkes.key().to_owned());
    hub.kill();
    let hub = Start::on(&folder).start();
    let dinkes = hub.with_key(&key);
    assert_eq!(states(&dinkes, id(&old)), counts(0, 1, 2, 0, 0));
    assert_eq!(states(&dinkes, id(&new)), counts(2, 0, 0, 0, 0));
    assert_eq!(
        dinkes.number("SELECT count(*) AS n FROM quarantine.kunjungan WHERE state = 'open'"),
        2
    );
    let again = push(&dinkes, &export.replace("02-13-2026", "2026-02-13"), id(&old))
        .expect(202)
        .json();
    assert_eq!(
        (&again["status"], &again["corrects"]),
        (&json!("duplicate"), &new["corrects"])
    );
}

#[test]
fn a_replay_follows_a_better_contract_and_rules() {
    let hub = Start::fresh().start();
    let (admin, dinkes) = (hub.admin(), dinkes(&hub));
    let old = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    let rules = json!([{ "column": "jumlah", "from": "banyak", "to": "4" }]);
    let dry = replay(&dinkes, id(&old), &json!({ "dry_run": true, "rules": rules }))
        .expect(200)
        .json();
    assert_eq!(
        (&dry["rows"]["received"], &dry["rows"]["accepted"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(states(&dinkes, id(&old)), counts(3, 0, 0, 0, 0));

    // The contract learns the date order of the sender.
    let text = include_str!("../../fixtures/contracts/kunjungan.yaml");
    let better = with_date_order(text);
    admin.put_contract("kunjungan", "", &better).expect(200);
    let steward = hub.key("walidata", "walidata", json!({}));
    let new = replay(&steward, id(&old), &json!({ "rules": rules })).expect(202);
    assert!(
        !new.text().contains("Tiga") && !new.text().contains("\"123\""),
        "sent text is not the steward's: {}",
        new.text()
    );
    let new = new.json();
    assert_eq!(
        (&new["rows"]["accepted"], &new["rows"]["rejected"]),
        (&json!(2), &json!(1)),
        "{new}"
    );
    assert_eq!(
        new["corrects"],
        json!({ "receipt_id": id(&old), "closed": 2, "superseded": 1, "by": "walidata" })
    );
    assert_eq!(states(&dinkes, id(&old)), counts(0, 0, 1, 2, 0));
    assert_eq!(
        listed(&dinkes, id(&new), ""),
        [json!([4, "open"])],
        "under its old line, and the pusher's own"
    );
    let again = replay(&steward, id(&old), &json!({ "rules": rules })).expect(202);
    assert!(again.is_replayed());
    assert_eq!(dinkes.number("SELECT count(*) AS n FROM data.kunjungan"), 4);

    let given = json!({ "reason": "salah ketik di formulir, orangnya tidak ditemukan" });
    let path = format!("/api/v1/receipts/{}/rejects/discard", id(&new));
    let answer = dinkes.post(&path, &given).expect(200).json();
    assert_eq!(answer, json!({ "discarded": 1, "rejects": counts(0, 0, 0, 0, 1) }));
    dinkes.post(&path, &json!({ "reason": "" })).problem(422);
}

/// The next version of the contract, which knows a second order of dates.
fn with_date_order(text: &str) -> String {
    let (one, two) = (r#"value: ["%Y-%m-%d"]}"#, r#"value: ["%Y-%m-%d", "%m-%d-%Y"]}"#);
    let better = text.replace(one, two).replace("\"1.0.0\"", "\"1.1.0\"");
    assert!(better.contains(two) && better.contains("1.1.0"));
    better
}

#[test]
fn whoever_asks_is_told_in_indonesian() {
    let hub = Start::fresh().start();
    let dinkes = dinkes(&hub);
    let csv = SPOILT.replace("1990-05-17", "17-05-1990");
    let feed = dinkes
        .text_feed("kunjungan", true)
        .header("Accept-Language", "id-ID,id;q=0.9,en;q=0.5");
    let told = feed.send(csv).expect(422).json();
    let path = format!("/api/v1/receipts/{}", id(&told));
    let asked = |language: &str, accept: &str, path: &str| {
        let request = dinkes.request(Method::GET, path).header("Accept-Language", language);
        Answer::of(request.header("Accept", accept)).unwrap().expect(200)
    };
    let again = asked("id", "application/json", &path).json();
    assert_eq!(again["faults"], told["faults"]);
    let reasons: Vec<&str> = told["faults"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|fault| fault["message"].as_str())
        .collect();
    assert!(
        reasons.contains(&"harus tanggal, ditulis seperti 2026-07-17 atau 17/07/2026"),
        "{reasons:?}"
    );
    assert!(
        reasons.contains(&"harus tanggal, ditulis seperti 2026-07-17"),
        "{reasons:?}"
    );
    assert!(reasons.contains(&"harus bilangan bulat"), "{reasons:?}");
    assert!(!reasons.iter().any(|reason| reason.contains("expected")), "{reasons:?}");
    let english = asked("en", "application/json", &path).json();
    assert!(
        english["faults"][0]["message"].as_str().unwrap().contains("expected"),
        "{english}"
    );

    let rejects = format!("{path}/rejects");
    let page = asked("id", "application/json", &rejects).json();
    assert_eq!(page["items"][0]["faults"][0]["message"], told["faults"][0]["message"]);
    let csv = asked("id", "text/csv", &rejects).text();
    assert!(
        csv.contains("harus bilangan bulat") && !csv.contains("expected"),
        "{csv}"
    );
    assert!(rejects_say(&asked("en", "text/csv", &rejects).text(), "a whole number"));
}

fn rejects_say(csv: &str, words: &str) -> bool {
    csv.lines().skip(1).any(|line| line.contains(words))
}

#[test]
fn strangers_neither_see_nor_correct_and_the_overview_counts_what_waits() {
    let hub = Start::fresh().start();
    let dinkes = dinkes(&hub);
    let old = dinkes.push_csv("kunjungan", SPOILT).expect(202).json();
    let stranger = hub.key(
        "dikpora",
        "opd",
        json!({ "institution": "dikpora", "scopes": ["push:kunjungan"] }),
    );
    push(&stranger, SPOILT, id(&old)).problem(404);
    replay(&stranger, id(&old), &json!({})).problem(404);
    stranger
        .post(
            &format!("/api/v1/receipts/{}/rejects/discard", id(&old)),
            &json!({ "reason": "x" }),
        )
        .problem(404);
    rejects(&stranger, id(&old), "", XLSX).problem(404);
    let analyst = hub.key("analis", "analis", json!({}));
    analyst
        .post(
            &format!("/api/v1/receipts/{}/rejects/discard", id(&old)),
            &json!({ "reason": "x" }),
        )
        .problem(403);
    replay(&analyst, id(&old), &json!({})).problem(404);
    assert_eq!(states(&dinkes, id(&old)), counts(3, 0, 0, 0, 0));

    let overview = dinkes.get("/api/v1/quarantine").expect(200).json();
    let [kunjungan] = &overview["items"].as_array().unwrap()[..] else {
        panic!("{overview}")
    };
    assert_eq!(
        (&kunjungan["dataset"], &kunjungan["rows"], &kunjungan["oldest_days"]),
        (&json!("kunjungan"), &json!(3), &json!(0))
    );
    assert_eq!(kunjungan["rules"].as_array().unwrap().len(), 3, "{overview}");
    assert_eq!(kunjungan["receipts"][0]["receipt_id"], id(&old));
    assert_eq!(
        stranger.get("/api/v1/quarantine").expect(200).json()["items"],
        json!([])
    );
    assert!(!analyst.get("/api/v1/quarantine").expect(200).text().contains("banyak"));
    assert_eq!(
        dinkes.get("/api/v1/quarantine?state=corrected").expect(200).json()["items"],
        json!([])
    );
    until("the gauge of open rows counts them", || {
        let metrics = hub.admin().get("/metrics").expect(200).text();
        metrics.contains("smartcenter_open_rejects{dataset=\"kunjungan\"} 3")
    });
}
