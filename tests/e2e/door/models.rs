//! What is worked out from datasets, from the file of a site to the answer: it follows the pushes by itself, survives a
//! kill at any moment, and shows each role what is for it.

use crate::{
    client::Client,
    hub::{Folder, Hub, Start, until},
};
use serde_json::json;
use std::{fs, sync::Arc};

const DAILY: &str = "/*
title: Ketidakhadiran harian
title_en: Daily absence
description: Pupils absent by kecamatan and day.
owner: dikpora
grain: one kecamatan on one day
kind: table
key: [tanggal, kode_kecamatan]
slice: tanggal
sources:
  data.absensi_harian_sekolah: tanggal
region: kode_kecamatan
access: pimpinan
*/
SELECT tanggal, kode_kecamatan, sum(terdaftar - hadir) AS absen FROM data.absensi_harian_sekolah GROUP BY 1, 2
";

fn start(folder: &Arc<Folder>) -> Hub {
    Start::on(folder).set("models", true).start()
}

fn hub() -> Hub {
    let folder = Folder::new();
    let models = folder.data().join("models");
    fs::create_dir_all(&models).unwrap();
    fs::write(models.join("uji_absen.sql"), DAILY).unwrap();
    start(&folder)
}

/// One school in each of two kecamatan.
fn push(client: &Client, day: u32, absent: u32) {
    let mut csv = "tanggal,npsn,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa\n".to_owned();
    for school in 1..=2 {
        let present = 30 - absent;
        csv.push_str(&format!(
            "2026-03-{day:02},2050000{school},SD,35.03.0{school},30,{present},{absent},0,0\n"
        ));
    }
    client.push_csv("absensi_harian_sekolah", &csv).expect(202);
}

fn absent(client: &Client) -> Option<i64> {
    let rows = client
        .try_sql("SELECT CAST(sum(absen) AS BIGINT) AS n FROM mart.uji_absen")
        .ok()?;
    rows.first()?["n"].as_i64()
}

#[test]
fn a_model_of_the_site_follows_the_pushes_and_survives_a_kill() {
    let hub = hub();
    let admin = hub.admin();
    push(&admin, 2, 3);
    until("the first day is worked out", || absent(&admin) == Some(6));
    push(&admin, 3, 1);
    until("the second day is worked out", || absent(&admin) == Some(8));
    push(&admin, 2, 0);
    // Killed while that is being worked out, or just before or after.
    let folder = hub.folder().clone();
    hub.kill();
    let hub = start(&folder);
    let admin = hub.admin();
    until("what was pushed before the kill is worked out", || {
        absent(&admin) == Some(2)
    });

    let listed = admin.get("/api/v1/models").expect(200).json();
    let model = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|model| model["name"] == "uji_absen")
        .unwrap();
    assert_eq!((&model["kind"], &model["rows"]), (&json!("table"), &json!(4)));
    assert_eq!(model["upstream"], json!(["data.absensi_harian_sekolah"]));
    let receipt = admin.row("SELECT receipt_id FROM system.receipts WHERE dataset = 'uji_absen' LIMIT 1");
    let receipt = admin
        .get(&format!("/api/v1/receipts/{}", receipt["receipt_id"].as_str().unwrap()))
        .expect(200)
        .json();
    assert_eq!(
        (&receipt["derived"]["model"], &receipt["derived"]["version"]),
        (&json!("uji_absen"), &model["version"])
    );

    // What the hub works out is no feed, and nobody sends to it.
    let register = admin.get("/api/v1/freshness").expect(200).json();
    let feeds = register["feeds"].as_array().unwrap();
    assert!(feeds.iter().any(|feed| feed["dataset"] == "absensi_harian_sekolah"));
    assert!(feeds.iter().all(|feed| feed["dataset"] != "uji_absen"), "{register}");
    let catalogued = admin.get("/api/v1/datasets/uji_absen").expect(200).json();
    assert_eq!(
        (&catalogued["layer"], &catalogued["may_push"]),
        (&json!("mart"), &json!(false))
    );
    let receipts_of = |derived: bool, dataset: &str| {
        let list = admin
            .get(&format!("/api/v1/receipts?derived={derived}&dataset={dataset}"))
            .expect(200)
            .json();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(receipts_of(false, "absensi_harian_sekolah"), 3);
    assert_eq!(receipts_of(false, "uji_absen"), 0);
    assert!(receipts_of(true, "uji_absen") >= 1);
    assert_eq!(receipts_of(true, "absensi_harian_sekolah"), 0);

    let done = admin
        .post("/api/v1/models/uji_absen/refresh?full=true", &json!({}))
        .expect(200)
        .json();
    assert!(done["receipt"].is_null(), "nothing is left to be done: {done}");
    admin.post("/api/v1/models/tiada/refresh", &json!({})).problem(404);
}

#[test]
fn each_role_sees_what_is_for_it() {
    let hub = hub();
    let admin = hub.admin();
    push(&admin, 2, 3);
    until("the day is worked out", || absent(&admin) == Some(6));
    let board = hub.key("bupati", "pimpinan", json!({}));
    let camat = hub.key("camat", "pimpinan", json!({ "regions": ["35.03.02"] }));
    assert_eq!((absent(&board), absent(&camat)), (Some(6), Some(3)));
    board.ask("SELECT * FROM data.absensi_harian_sekolah").problem(422);
    hub.anonymous().ask("SELECT * FROM mart.uji_absen").problem(401);
    board.get("/api/v1/models").problem(403);
    let analyst = hub.key("analis", "analis", json!({}));
    analyst.get("/api/v1/models").expect(200);
    analyst
        .post("/api/v1/models/uji_absen/refresh", &json!({}))
        .problem(403);
    // Rows and the catalogue as of every dataset; but nobody sends it.
    let dataset = board.get("/api/v1/datasets/uji_absen").expect(200).json();
    assert_eq!(
        (&dataset["layer"], &dataset["may_push"]),
        (&json!("mart"), &json!(false))
    );
    let row = board
        .get("/api/v1/datasets/uji_absen/rows/2026-03-02~35.03.01")
        .expect(200)
        .json();
    assert!(row.to_string().contains("\"absen\":3"), "{row}");
    admin
        .push_csv("uji_absen", "tanggal,kode_kecamatan,absen\n2026-03-02,35.03.01,0\n")
        .problem(403);
}
