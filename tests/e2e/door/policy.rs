//! Who sees what, through every door there is: rows, SQL, catalogue, counts.

use super::visit;
use crate::{
    client::Client,
    hub::{Hub, Start},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Rows in three places; half of them in files.
fn hub() -> Hub {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let rows = |from: u64| -> Vec<Value> {
        let places = [("pkm-a", "35.03.01.2001"), ("pkm-a", "35.03.02"), ("pkm-b", "35.03.10")];
        let places = places.into_iter().enumerate();
        places
            .map(|(n, (clinic, region))| visit(from + n as u64, clinic, region))
            .collect()
    };
    hub.admin()
        .feed("kunjungan", "application/json")
        .query("wait", "landed")
        .send(json!(rows(1)).to_string())
        .expect(201);
    hub.admin().push_ndjson("kunjungan", &rows(11)).expect(202);
    hub.admin()
        .push_csv("pengumuman", "nomor,judul\n1,terbuka\n")
        .expect(202);
    hub
}

/// Everything a client can get at with a NIK, a name, a diagnosis or a date of birth in it.
fn all_ways(client: &Client) -> String {
    let sql = |sql: &str| client.ask(sql).text();
    [
        sql("SELECT * FROM data.kunjungan"),
        sql("SELECT * FROM history.kunjungan"),
        sql("SELECT min(nik), max(nama), min(tanggal_lahir), max(diagnosis) FROM data.kunjungan"),
        sql("SELECT nik FROM data.kunjungan WHERE nik LIKE '99%'"),
        sql("SELECT count(*) FROM data.kunjungan GROUP BY nama"),
        sql("SELECT CAST(nik AS BIGINT) FROM data.kunjungan"),
        sql("SELECT 1 / (CAST(substr(nik, 16) AS BIGINT) - 1) FROM data.kunjungan"),
        sql("EXPLAIN SELECT * FROM data.kunjungan WHERE nik > '9'"),
        client.get("/api/v1/datasets/kunjungan/rows").text(),
        client
            .get("/api/v1/datasets/kunjungan/rows?history=true&order=nik")
            .text(),
    ]
    .join("\n")
}

#[test]
fn personal_columns_are_masked_unless_role_and_purpose_allow() {
    let hub = hub();
    let owner = hub.key("dinkes", "opd", json!({ "institution": "dinkes" }));
    let steward = hub.key("walidata", "walidata", json!({}));
    let analyst = hub.key("analis", "analis", json!({}));
    let masked = [
        &analyst,
        &analyst.for_purpose("riset"),
        &steward,
        &owner,
        &hub.admin(),
        &hub.admin().for_purpose("x"),
    ];
    for client in masked {
        let seen = all_ways(client);
        for secret in ["9900000000000001", "Orang Uji", "05-17", "\"A01\"", "A11"] {
            assert!(!seen.contains(secret), "{secret} in {seen}");
        }
        assert_eq!(
            client.number("SELECT count(*) AS n FROM data.kunjungan WHERE nik = '9900000000000001'"),
            0
        );
        assert_eq!(client.number("SELECT count(*) AS n FROM data.kunjungan"), 6);
    }
    let row = analyst.row("SELECT * FROM data.kunjungan WHERE jumlah = 1");
    assert_eq!(
        (&row["tanggal_lahir"], &row["nama"], &row["diagnosis"]),
        (&json!("1990-01-01"), &json!("Or***"), &Value::Null)
    );
    // The mask of the NIK is good for joins and counts, and the same in files and memory.
    let keys: BTreeSet<String> = analyst
        .sql("SELECT nik FROM data.kunjungan")
        .iter()
        .map(|r| r["nik"].to_string())
        .collect();
    assert_eq!(keys.len(), 6);
    hub.admin()
        .push_ndjson("kunjungan", &[visit(1, "pkm-b", "35.03.10")])
        .expect(202);
    assert_eq!(analyst.number("SELECT count(DISTINCT nik) AS n FROM data.kunjungan"), 6);
    assert_eq!(
        analyst.number("SELECT count(*) AS n FROM data.kunjungan a JOIN data.kunjungan b ON a.nik = b.nik"),
        5 + 4
    );

    for client in [steward.for_purpose("perbaikan"), owner.for_purpose("pelayanan")] {
        let row = client.row("SELECT * FROM data.kunjungan WHERE jumlah = 2");
        assert_eq!(
            (&row["nik"], &row["nama"]),
            (&json!("9900000000000002"), &json!("Orang Uji 2"))
        );
        assert_eq!(
            (&row["tanggal_lahir"], &row["diagnosis"]),
            (&json!("1990-05-17"), &json!("A02"))
        );
    }
    let wrong = hub.with_key(owner.key()).for_purpose("dua kata");
    wrong.ask("SELECT 1").problem(400);
}

#[test]
fn rows_are_cut_by_institution_and_region() {
    let hub = hub();
    let clinic = hub.key("pkm-a", "opd", json!({ "institution": "pkm-a" }));
    let district = hub.key("kec-watulimo", "analis", json!({ "regions": ["35.03.02"] }));
    let village = hub.key("kec-munjungan", "analis", json!({ "regions": ["35.03.01"] }));
    for (client, want) in [
        (&clinic, vec![1, 2, 11, 12]),
        (&district, vec![2, 12]),
        (&village, vec![1, 11]),
    ] {
        let numbers = |rows: &[Value]| -> Vec<i64> { rows.iter().map(|row| row["jumlah"].as_i64().unwrap()).collect() };
        assert_eq!(
            numbers(&client.sql("SELECT jumlah FROM data.kunjungan ORDER BY 1")),
            want
        );
        assert_eq!(
            numbers(&client.sql("SELECT jumlah FROM history.kunjungan ORDER BY 1")),
            want
        );
        let page = client
            .get("/api/v1/datasets/kunjungan/rows?order=jumlah")
            .expect(200)
            .json();
        assert_eq!(numbers(page["items"].as_array().unwrap()), want);
        let n = want.len() as i64;
        assert_eq!(client.number("SELECT count(*) AS n FROM data.kunjungan"), n);
        assert_eq!(
            client.number("SELECT max(jumlah) AS n FROM data.kunjungan"),
            *want.last().unwrap()
        );
        let outside = "SELECT count(*) AS n FROM data.kunjungan WHERE faskes = 'pkm-b' OR wilayah LIKE '35.03.10%'";
        assert_eq!(client.number(outside), 0);
        // A count of all rows is a fact about hidden ones.
        let detail = client.get("/api/v1/datasets/kunjungan").expect(200).json();
        assert!(detail.get("size").is_none(), "{detail}");
        let feed = client.row("SELECT rows FROM system.feeds WHERE dataset = 'kunjungan'");
        assert_eq!(feed["rows"], Value::Null);
    }
    assert!(
        !clinic
            .ask("SELECT * FROM system.tables")
            .text()
            .contains("kunjungan_v1")
    );
}

#[test]
fn what_is_not_open_to_a_key_does_not_exist_for_it() {
    let hub = hub();
    let other = hub.key("dikpora", "opd", json!({ "institution": "dikpora" }));
    let board = hub.key("bupati", "pimpinan", json!({}));
    let service = hub.key("layanan", "layanan", json!({}));
    let reader = hub.key("layanan-2", "layanan", json!({ "scopes": ["read:kunjungan"] }));
    for client in [&board, &service] {
        let (hidden, absent) = (
            client.ask("SELECT * FROM data.kunjungan"),
            client.ask("SELECT * FROM data.tidak_ada"),
        );
        assert_eq!(
            hidden.problem(422).replace("kunjungan", "tidak_ada"),
            absent.problem(422)
        );
        let hidden = client.get("/api/v1/datasets/kunjungan/rows").problem(404);
        assert_eq!(
            hidden.replace("kunjungan", "tidak_ada"),
            client.get("/api/v1/datasets/tidak_ada/rows").problem(404)
        );
        client.get("/api/v1/datasets/kunjungan").problem(404);
        for sql in [
            "SHOW TABLES",
            "SELECT table_schema, table_name FROM information_schema.tables",
            "SELECT column_name FROM information_schema.columns WHERE column_name = 'diagnosis'",
            "SELECT * FROM system.feeds",
            "SELECT * FROM system.contracts",
            "SELECT * FROM quarantine.kunjungan",
        ] {
            let text = client.ask(sql).text().replace("quarantine.kunjungan", "");
            assert!(
                !text.contains("kunjungan") && !text.contains("diagnosis"),
                "{sql}: {text}"
            );
        }
    }
    assert_eq!(other.number("SELECT count(*) AS n FROM data.kunjungan"), 0);
    assert_eq!(reader.number("SELECT count(*) AS n FROM data.kunjungan"), 6);
    assert!(!all_ways(&reader.for_purpose("layanan")).contains("9900000000000001"));
    // Boards do not read rows, not even public ones; everyone else does.
    assert_eq!(service.number("SELECT count(*) AS n FROM data.pengumuman"), 1);
    board.ask("SELECT * FROM data.pengumuman").problem(422);
}

#[test]
fn without_a_key_there_are_public_datasets_only() {
    let hub = hub();
    let nobody = hub.anonymous();
    let mut names: Vec<String> = nobody.get("/api/v1/datasets").expect(200).json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["dataset"].as_str().unwrap().to_owned())
        .collect();
    let shipped = [
        "bangku",
        "batas_desa",
        "batas_kecamatan",
        "faskes",
        "hari_libur",
        "instansi",
        "kalender_pendidikan",
        "layanan",
        "lokasi_layanan",
        "padanan_kecamatan",
        "penyakit",
        "saldo_penduduk",
        "sekolah",
        "suksesi_instansi",
        "wilayah",
        "wilayah_kerja_puskesmas",
    ];
    names.retain(|name| !shipped.contains(&name.as_str()));
    assert_eq!(names, ["pengumuman"]);
    let page = nobody.get("/api/v1/datasets/pengumuman/rows").expect(200).json();
    assert_eq!(
        page["items"],
        json!([{ "nomor": 1, "judul": "terbuka", "tanggal": null }])
    );
    nobody.get("/api/v1/datasets/pengumuman/rows?history=true").problem(404);
    for path in [
        "kunjungan",
        "kunjungan/rows",
        "ledger/rows",
        "kasus_penyakit",
        "absensi_harian_sekolah/rows",
    ] {
        nobody.get(&format!("/api/v1/datasets/{path}")).problem(404);
    }
    let body = json!({ "filters": [{ "column": "nik", "op": "is", "value": "notnull" }] });
    nobody.post("/api/v1/datasets/kunjungan/rows/query", &body).problem(404);
    nobody.ask("SELECT * FROM data.pengumuman").problem(401);
}

/// The catalogue and the door for data keep to one rule.
#[test]
fn the_catalogue_tells_who_may_push() {
    let hub = Start::fresh().start();
    let clients = [
        (hub.anonymous(), None),
        (hub.admin(), Some(200)),
        (hub.key("walidata", "walidata", json!({})), Some(200)),
        (hub.key("analis", "analis", json!({})), Some(403)),
        (hub.key("dinkes", "opd", json!({ "institution": "dinkes" })), Some(200)),
        (
            hub.key("dikpora", "opd", json!({ "institution": "dikpora" })),
            Some(403),
        ),
        (
            hub.key(
                "titipan",
                "opd",
                json!({ "institution": "dikpora", "scopes": ["push:kunjungan"] }),
            ),
            Some(200),
        ),
        (
            hub.key("mesin", "layanan", json!({ "institution": "dinkes" })),
            Some(200),
        ),
        (
            hub.key("pembaca", "layanan", json!({ "scopes": ["read:kunjungan"] })),
            Some(403),
        ),
    ];
    for (client, pushed) in clients {
        let list = client.get("/api/v1/datasets").expect(200).json();
        let mut listed = list["items"].as_array().unwrap().iter();
        let told = listed
            .find(|item| item["dataset"] == "kunjungan")
            .map(|item| item["may_push"].as_bool().unwrap());
        // Where rows may neither be read nor pushed, the dataset is not known at all.
        assert_eq!(told, pushed.map(|status| status == 200), "{list}");
        let rows = [visit(1, "pkm-a", "35.03.01")].map(|row| row.to_string()).join("\n");
        let tried = client
            .feed("kunjungan", "application/x-ndjson")
            .query("dry_run", "true")
            .send(rows);
        let refused = matches!(tried.status, 401 | 403);
        assert_eq!(refused, pushed != Some(200), "{}", tried.text());
        if told == Some(true) {
            let detail = client.get("/api/v1/datasets/kunjungan").expect(200).json();
            let columns = detail["columns"].as_array().unwrap();
            let column = |name: &str| columns.iter().find(|column| column["name"] == name).unwrap();
            assert_eq!(column("tanggal")["example"], "2026-01-31");
            assert_eq!(column("nik")["example"], "9934567890123456");
            assert_eq!(column("nama").get("example"), None);
        }
    }
}
