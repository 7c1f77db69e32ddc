//! Keyed datasets: corrections, deletions, files that come late, snapshots, many senders at once, and what a reader of
//! the lake sees of it.

use crate::{
    client::{Answer, Client},
    hub::{Folder, Hub, Start},
    reader,
};
use chrono::{Days, NaiveDate, Utc};
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::Path, sync::Arc};

const DATASET: &str = "absensi_harian_sekolah";
const SENDERS: i64 = 8;
const HEADER: &str = "tanggal,npsn,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa,diperbarui";

/// A school day that is not too old for the contract.
fn day() -> NaiveDate {
    Utc::now().date_naive().checked_sub_days(Days::new(10)).unwrap()
}

/// One school on [`day`]: so many of 100 pupils are there; written at `hour` o'clock.
fn line(school: i64, present: i64, hour: u32) -> String {
    let (day, sick) = (day(), 100 - present);
    format!("{day},{school:08},SD,35.03.01,100,{present},{sick},0,0,{day}T{hour:02}:00:00+07:00")
}

fn file(lines: &[String]) -> String {
    format!("{HEADER}\n{}\n", lines.join("\n"))
}

/// A file that deletes a school's day as of `hour`.
fn deletion(school: i64, hour: u32) -> String {
    let day = day();
    format!("tanggal,npsn,diperbarui,_op\n{day},{school:08},{day}T{hour:02}:00:00+07:00,D\n")
}

fn push(hub: &Hub, body: &str) -> Value {
    hub.admin().push_csv(DATASET, body).expect(202).json()
}

/// The counts of a receipt that are not zero.
fn counts(receipt: &Value) -> Value {
    let rows = receipt["rows"].as_object().unwrap().clone();
    let shown = rows
        .into_iter()
        .filter(|(name, count)| *count != 0 && name != "received" && name != "accepted");
    Value::Object(shown.collect())
}

/// Pupils present by school, as the current rows say.
fn present(client: &Client) -> Vec<(i64, i64)> {
    let rows = client.sql("SELECT CAST(npsn AS BIGINT) AS npsn, hadir FROM data.absensi_harian_sekolah ORDER BY npsn");
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap();
    rows.iter()
        .map(|row| (number(row, "npsn"), number(row, "hadir")))
        .collect()
}

/// Operation, pupils present, and times of all versions of a school's day.
fn versions(client: &Client, school: i64) -> Vec<(String, i64, Value, Value)> {
    let rows = client.sql(&format!(
        "SELECT _op, hadir, valid_from, valid_to FROM history.absensi_harian_sekolah WHERE npsn = '{school:08}' \
         ORDER BY _seq, _line"
    ));
    let version = |row: Value| {
        let op = row["_op"].as_str().unwrap().to_owned();
        (
            op,
            row["hadir"].as_i64().unwrap_or(-1),
            row["valid_from"].clone(),
            row["valid_to"].clone(),
        )
    };
    rows.into_iter().map(version).collect()
}

/// The hub again, with nothing in memory but what a start brings back.
fn restarted(hub: Hub, gracefully: bool) -> Hub {
    let folder = hub.folder().clone();
    if gracefully {
        assert!(hub.stop().success());
    } else {
        hub.kill();
    }
    Start::on(&folder).start()
}

#[test]
fn a_corrected_file_counts_at_once_and_an_old_one_no_more() {
    let hub = Start::fresh().start();
    let old = file(&[line(1, 90, 8), line(2, 80, 8), line(3, 70, 8)]);
    assert_eq!(counts(&push(&hub, &old)), json!({ "inserted": 3 }));
    assert_eq!(present(&hub.admin()), [(1, 90), (2, 80), (3, 70)]);
    let corrected = push(&hub, &file(&[line(1, 90, 8), line(2, 85, 10), line(3, 70, 8)]));
    assert_eq!(counts(&corrected), json!({ "updated": 1, "unchanged": 2 }));
    assert_eq!(present(&hub.admin()), [(1, 90), (2, 85), (3, 70)]);
    let found = versions(&hub.admin(), 2);
    assert_eq!(
        found.iter().map(|v| (v.0.as_str(), v.1)).collect::<Vec<_>>(),
        [("I", 80), ("U", 85)]
    );
    assert!(
        found[0].2.is_string() && found[0].3 == found[1].2 && found[1].3.is_null(),
        "{found:?}"
    );

    // The old file as it was is the old push; written otherwise, its rows are what they are.
    let again = hub.admin().push_csv(DATASET, &old).expect(202);
    assert!(again.is_replayed() && again.json()["status"] == "duplicate");
    let mut hub = hub;
    for (lines, state) in [("\r\n", "hot"), ("\n\n", "after a kill"), ("\r\n\r\n", "merged")] {
        hub = match state {
            "hot" => hub,
            _ => restarted(hub, state == "merged"),
        };
        let late = push(&hub, &old.replace('\n', lines));
        assert_eq!(counts(&late), json!({ "stale": 1, "unchanged": 2 }), "{state}");
        let warnings = late["warnings"].to_string();
        let at = if lines.len() > 2 || lines == "\n\n" {
            "lines 5"
        } else {
            "lines 3"
        };
        assert!(
            warnings.contains("older by diperbarui") && warnings.contains(at),
            "{state}: {warnings}"
        );
        assert_eq!(present(&hub.admin()), [(1, 90), (2, 85), (3, 70)], "{state}");
    }
    let found = versions(&hub.admin(), 2);
    let ops: String = found.iter().map(|v| v.0.as_str()).collect();
    assert_eq!(ops, "IUSSS");
    assert!(found[1].3.is_null(), "a stale row ended the current one: {found:?}");
    assert!(
        found[2..].iter().all(|v| v.2 == v.3),
        "a stale row never was valid: {found:?}"
    );
    let page = hub
        .admin()
        .get("/api/v1/datasets/absensi_harian_sekolah/rows?npsn=eq.00000002");
    assert_eq!(page.expect(200).json()["items"][0]["hadir"], 85);
}

#[test]
fn what_is_deleted_stays_deleted_for_older_rows() {
    let mut hub = Start::fresh().start();
    push(&hub, &file(&[line(1, 90, 8), line(2, 80, 8)]));
    assert_eq!(counts(&push(&hub, &deletion(2, 12))), json!({ "deleted": 1 }));
    // Deleting what is not there changes nothing.
    assert_eq!(counts(&push(&hub, &deletion(7, 12))), json!({ "unchanged": 1 }));
    for (hour, state) in [
        (9, "hot"),
        (10, "after a kill"),
        (11, "merged"),
        (12, "at the same time"),
    ] {
        hub = match state {
            "hot" => hub,
            _ => restarted(hub, state == "merged"),
        };
        assert_eq!(present(&hub.admin()), [(1, 90)], "{state}");
        let late = push(&hub, &file(&[line(1, 90, 8), line(2, 81, hour)]));
        let expected = match state {
            "at the same time" => json!({ "inserted": 1, "unchanged": 1 }),
            _ => json!({ "stale": 1, "unchanged": 1 }),
        };
        assert_eq!(counts(&late), expected, "{state}");
    }
    assert_eq!(present(&hub.admin()), [(1, 90), (2, 81)]);
    let ops: String = versions(&hub.admin(), 2).into_iter().map(|v| v.0).collect();
    assert_eq!(ops, "IDSSSI");
    // Without a version, what is held is deleted, whatever its version is.
    let (day, school) = (day(), "00000002");
    let ndjson = format!("{{\"tanggal\":\"{day}\",\"npsn\":\"{school}\",\"_op\":\"D\"}}\n");
    let receipt = hub
        .admin()
        .feed(DATASET, "application/x-ndjson")
        .send(ndjson)
        .expect(202);
    assert_eq!(counts(&receipt.json()), json!({ "deleted": 1 }));
    assert_eq!(
        counts(&push(&hub, &file(&[line(2, 82, 11)]))),
        json!({ "stale": 1 }),
        "the deletion has the version of what it deleted"
    );
    assert_eq!(present(&hub.admin()), [(1, 90)]);
}

#[test]
fn repeats_of_a_key_in_one_file_apply_in_the_order_of_their_lines() {
    let hub = Start::fresh().start();
    let lines = [
        line(1, 50, 8),
        line(1, 60, 8),
        line(1, 60, 8),
        line(1, 55, 7),
        line(2, 70, 8),
    ];
    let receipt = push(&hub, &file(&lines));
    assert_eq!(
        counts(&receipt),
        json!({ "inserted": 2, "updated": 1, "unchanged": 1, "stale": 1 })
    );
    assert_eq!(present(&hub.admin()), [(1, 60), (2, 70)]);
}

#[test]
fn a_key_is_inserted_once_whoever_sends_it() {
    const KEYS: i64 = 60;
    let hub = Start::fresh().restless().start();
    let send = |sender: i64| -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        // Each begins with another key, and sends every key in each of its pushes.
        for round in 0..4 {
            let lines: Vec<String> = (0..KEYS)
                .map(|n| line((n + sender * 7) % KEYS + 1, (sender * 4 + round) % 100, 8))
                .collect();
            let receipt = push(&hub, &file(&lines));
            for (name, count) in receipt["rows"].as_object().unwrap() {
                *sums.entry(name.clone()).or_default() += count.as_u64().unwrap();
            }
        }
        sums
    };
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || send(sender))).collect();
        for sender in senders {
            for (name, count) in sender.join().unwrap() {
                *sums.entry(name).or_default() += count;
            }
        }
    });
    let sent = (SENDERS * 4 * KEYS) as u64;
    assert_eq!((sums["received"], sums["accepted"]), (sent, sent));
    assert_eq!(sums["inserted"], KEYS as u64, "{sums:?}");
    assert_eq!(sums["updated"] + sums["unchanged"], sent - KEYS as u64, "{sums:?}");
    let admin = hub.admin();
    assert_eq!(
        admin.number("SELECT count(*) AS n FROM history.absensi_harian_sekolah"),
        (sums["inserted"] + sums["updated"]) as i64
    );
    // Every current row is the last version of its key, and all keys come from the same last push.
    let last = admin.sql(
        "SELECT CAST(npsn AS BIGINT) AS npsn, hadir FROM (SELECT npsn, hadir, row_number() OVER (PARTITION BY npsn \
         ORDER BY _seq DESC) AS nth FROM history.absensi_harian_sekolah) WHERE nth = 1 ORDER BY npsn",
    );
    let last: Vec<(i64, i64)> = last
        .iter()
        .map(|row| (row["npsn"].as_i64().unwrap(), row["hadir"].as_i64().unwrap()))
        .collect();
    let found = present(&admin);
    assert_eq!(found.len() as i64, KEYS);
    assert_eq!(found, last);
    assert!(found.iter().all(|row| row.1 == found[0].1), "{found:?}");
}

/// Pushes a snapshot of `kode_kecamatan` 35.03.01, or of everything.
fn snapshot(hub: &Hub, scope: Option<&str>, lines: &[String]) -> Answer {
    let mut feed = hub.admin().feed(DATASET, "text/csv").query("mode", "snapshot");
    if let Some(scope) = scope {
        feed = feed.query("scope", scope);
    }
    feed.send(file(lines))
}

#[test]
fn a_snapshot_ends_what_it_leaves_out() {
    let hub = Start::fresh().start();
    let own = |school: i64| line(school, 90, 8);
    let other = |school: i64| own(school).replace("35.03.01", "35.03.02");
    let all: Vec<String> = (1..=10).map(own).chain((11..=14).map(other)).collect();
    push(&hub, &file(&all));
    let schools = || present(&hub.admin()).into_iter().map(|row| row.0).collect::<Vec<_>>();
    let scope = Some("kode_kecamatan:35.03.01");

    let mut nine: Vec<String> = (1..=9).map(own).collect();
    nine[0] = line(1, 95, 9);
    let receipt = snapshot(&hub, scope, &nine).expect(202).json();
    assert_eq!(counts(&receipt), json!({ "updated": 1, "unchanged": 8, "deleted": 1 }));
    let kept: Vec<i64> = (1..=9).chain(11..=14).collect();
    assert_eq!(schools(), kept);
    let ended = versions(&hub.admin(), 10);
    assert_eq!(ended.iter().map(|v| v.0.as_str()).collect::<String>(), "ID");
    assert_eq!(ended[0].3, ended[1].2);

    // More than a fifth may not vanish, by this contract.
    let refused = snapshot(&hub, scope, &nine[..7]).problem(422);
    assert!(
        refused.contains("2 of the 9 rows") && refused.contains("maxVanished"),
        "{refused}"
    );
    let refused = snapshot(&hub, None, &nine).problem(422);
    assert!(refused.contains("4 of the 13 rows"), "{refused}");
    // Rows outside of the scope, and rows that cannot be used, make it incomplete.
    let mut bad = nine.clone();
    bad[3] = bad[3].replace(",SD,", ",SEKOLAH,");
    for (lines, rule) in [(bad, "enum"), ([nine.clone(), vec![other(11)]].concat(), "scope")] {
        let rejected = snapshot(&hub, scope, &lines).expect(422).json();
        let rows = &rejected["rows"];
        assert_eq!(rejected["status"], "rejected");
        assert_eq!((&rows["rejected"], &rows["deleted"]), (&json!(lines.len()), &json!(0)));
        let faults = rejected["faults"].as_array().unwrap();
        assert!(
            faults[0]["message"]
                .as_str()
                .unwrap()
                .contains("a snapshot must be complete"),
            "{rejected}"
        );
        assert!(faults.iter().any(|fault| fault["rule"] == rule), "{rule}: {rejected}");
        let rejects = rejected["links"]["rejects"].as_str().unwrap();
        let kept = hub.admin().get(rejects).expect(200).json();
        assert_eq!(kept["items"].as_array().unwrap().len(), lines.len());
    }
    assert_eq!(schools(), kept);
    // What an append meets may not be another row.
    let append = |lines: &[String]| {
        let feed = hub.admin().feed(DATASET, "text/csv").query("mode", "append");
        feed.send(file(lines))
    };
    let refused = append(&[own(20), line(2, 10, 9)]).problem(409);
    assert!(refused.contains("line 3") && refused.contains("upsert"), "{refused}");
    assert_eq!(schools(), kept);
    let receipt = append(&[own(20), own(2)]).expect(202).json();
    assert_eq!(counts(&receipt), json!({ "inserted": 1, "unchanged": 1 }));
}

/// The current rows and all versions, as the hub tells them.
fn told(hub: &Hub) -> (Vec<Value>, Vec<Value>) {
    let current = format!("SELECT {CURRENT} FROM data.{DATASET} ORDER BY npsn");
    let every = format!("SELECT {EVERY} FROM history.{DATASET} ORDER BY _seq, _line");
    (hub.admin().sql(&current), hub.admin().sql(&every))
}

const CURRENT: &str = "npsn, CAST(tanggal AS VARCHAR) AS tanggal, hadir, sakit";
const EVERY: &str = "npsn, hadir, _op, _seq, _line";

/// The same as an independent reader finds them in the lake.
fn lying(folder: &Folder) -> (Vec<Value>, Vec<Value>) {
    let read =
        |table: &Path, what: &str, order: &str| reader::read(table, &format!("SELECT {what} FROM t ORDER BY {order}"));
    (
        read(&folder.table("absensi_harian_sekolah_v1"), CURRENT, "npsn"),
        read(&folder.table("absensi_harian_sekolah_v1_history"), EVERY, "_seq, _line"),
    )
}

#[test]
fn any_reader_sees_one_row_per_key_and_every_version() {
    let hub = Start::fresh().start();
    let folder: Arc<Folder> = hub.folder().clone();
    let lines: Vec<String> = (1..=200).map(|school| line(school, 90, 8)).collect();
    push(&hub, &file(&lines));
    push(&hub, &file(&[line(3, 91, 9), line(4, 92, 9), line(201, 60, 9)]));
    push(&hub, &deletion(5, 9));
    push(&hub, &file(&[line(3, 10, 7), line(5, 10, 7)]));
    let first = told(&hub);
    assert_eq!((first.0.len(), first.1.len()), (200, 206));
    assert!(hub.stop().success());
    assert_eq!(lying(&folder), first);

    // What lies beside the tables for speed is made anew where it is missing.
    let maps = folder.data().join("keys");
    assert!(maps.is_dir());
    std::fs::remove_dir_all(&maps).unwrap();
    let hub = Start::on(&folder).start();
    assert_eq!(told(&hub), first);
    assert_eq!(counts(&push(&hub, &file(&[line(5, 11, 7)]))), json!({ "stale": 1 }));
    assert_eq!(
        counts(&push(&hub, &file(&[line(6, 89, 9), line(7, 90, 8)]))),
        json!({ "updated": 1, "unchanged": 1 })
    );
    // Killed when the newest versions are in the history's files, but not merged, and some only in the log.
    let landed = hub.admin().feed(DATASET, "text/csv").query("wait", "landed");
    landed.send(file(&[line(8, 88, 9)])).expect(201);
    push(&hub, &deletion(9, 9));
    let second = told(&hub);
    assert_eq!(second.0.len(), 199);
    hub.kill();
    std::fs::remove_dir_all(&maps).unwrap();
    let hub = Start::on(&folder).start();
    assert_eq!(told(&hub), second);
    assert_eq!(counts(&push(&hub, &file(&[line(9, 11, 8)]))), json!({ "stale": 1 }));
    let third = told(&hub);
    assert_eq!(third.0, second.0);
    assert!(hub.stop().success());
    assert_eq!(lying(&folder), third);
    let hub = Start::on(&folder).start();
    assert_eq!(told(&hub), third);
}
