//! One row by its key, and the past: status codes, personal keys, masks and scopes.

use crate::{
    client::Client,
    hub::{Hub, Start},
};
use serde_json::{Value, json};

const PRICES: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: test-harga
name: Harga pasar
version: "1.0.0"
status: active
schema:
  - name: harga
    logicalType: object
    customProperties:
      - {property: owner, value: dagang}
      - {property: lookup, value: true}
      - {property: rowScope, value: {region: wilayah}}
    properties:
      - {name: barang, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: tanggal, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: wilayah, logicalType: string}
      - {name: harga, logicalType: number, physicalType: "decimal(12,2)"}
      - {name: pencatat, logicalType: string, classification: pribadi}
"#;

pub(super) const PEOPLE: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: test-warga
name: Warga
version: "1.0.0"
status: active
schema:
  - name: warga
    logicalType: object
    customProperties:
      - {property: owner, value: dukcapil}
      - {property: lookup, value: true}
    properties:
      - {name: nik, logicalType: string, required: true, classification: pribadi, primaryKey: true}
      - {name: nama, logicalType: string, classification: pribadi}
      - {name: kk, logicalType: integer}
"#;

fn hub() -> Hub {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let steward = hub.key("walidata", "walidata", json!({}));
    steward.put_contract("harga", "", PRICES).expect(200);
    steward.put_contract("warga", "", PEOPLE).expect(200);
    hub
}

fn push(client: &Client, dataset: &str, rows: &[Value]) -> i64 {
    let receipt = client.push_ndjson(dataset, rows).expect(202).json();
    receipt["seq"].as_i64().unwrap()
}

fn price(item: &str, day: u32, region: &str, price: &str) -> Value {
    json!({ "barang": item, "tanggal": format!("2026-03-{day:02}"), "wilayah": region, "harga": price, "pencatat": "Orang Uji" })
}

#[test]
fn a_row_is_found_by_its_key_in_every_state() {
    let mut hub = hub();
    let folder = hub.folder().clone();
    let rows = [
        price("beras a/b~c", 1, "35.03.01", "12500.50"),
        price("query", 2, "35.03.02", "9000.00"),
    ];
    push(&hub.admin(), "harga", &rows);
    for state in ["hot", "in a file", "after a restart", "from its store"] {
        let admin = hub.admin();
        let row = admin
            .get("/api/v1/datasets/harga/rows/beras%20a%2Fb%7Ec~2026-03-01")
            .expect(200);
        assert_eq!(row.header("Content-Type"), "application/json");
        assert_eq!(
            row.json(),
            json!({ "barang": "beras a/b~c", "tanggal": "2026-03-01", "wilayah": "35.03.01", "harga": 12500.50, "pencatat": null }),
            "{state}"
        );
        let posted = json!({ "key": { "barang": "query", "tanggal": "2026-03-02" } });
        let row = admin.post("/api/v1/datasets/harga/lookup", &posted).expect(200).json();
        assert_eq!(row["wilayah"], "35.03.02", "{state}");
        match state {
            "hot" => {
                let more = json!([price("gula", 3, "35.03.03", "1.00")]).to_string();
                let feed = admin.feed("harga", "application/json").query("wait", "landed");
                feed.send(more).expect(201);
            }
            "in a file" => {
                hub.kill();
                hub = Start::on(&folder).set("flush_seconds", 3600).start();
            }
            _ => {}
        }
    }
    let csv = hub
        .admin()
        .request(reqwest::Method::GET, "/api/v1/datasets/harga/rows/gula~2026-03-03");
    let csv = csv.header("Accept", "text/csv").send().unwrap().text().unwrap();
    assert_eq!(
        csv,
        "barang,tanggal,wilayah,harga,pencatat\ngula,2026-03-03,35.03.03,1.00,\n"
    );
}

#[test]
fn a_wrong_key_is_told_what_a_right_one_is() {
    let hub = hub();
    let admin = hub.admin();
    push(&admin, "harga", &[price("gula", 1, "35.03.01", "1.00")]);
    let at = |key: &str| admin.get(&format!("/api/v1/datasets/harga/rows/{key}"));
    for wrong in ["gula", "gula~2026-03-01~x", "gula~1%20Maret", "gula~"] {
        let detail = at(wrong).problem(400);
        assert!(detail.contains("barang") && detail.contains("tanggal"), "{detail}");
        assert!(!detail.contains("gula"), "{detail}");
    }
    at("query").problem(400);
    at("gula~2026-03-01?kolom=1").problem(400);
    at("gula~2026-03-02").problem(404);
    at("gula~2026-03-01").expect(200);
    admin.get("/api/v1/datasets/tidak_ada/rows/1").problem(404);
    let append_only = admin.get("/api/v1/datasets/kunjungan/rows/1").problem(400);
    assert!(append_only.contains("no primary key"), "{append_only}");
    for wrong in [
        json!({}),
        json!({ "barang": "gula" }),
        json!({ "barang": "gula", "tanggal": null }),
        json!({ "barang": 7, "tanggal": "2026-03-01" }),
        json!({ "barang": "gula", "hari": "2026-03-01" }),
    ] {
        admin
            .post("/api/v1/datasets/harga/lookup", &json!({ "key": wrong }))
            .problem(400);
    }
    admin
        .post("/api/v1/datasets/harga/lookup", &json!({ "kunci": 1 }))
        .problem(422);
}

#[test]
fn versions_and_the_past_are_what_they_were() {
    let hub = hub();
    let admin = hub.admin();
    let first = push(
        &admin,
        "harga",
        &[
            price("gula", 1, "35.03.01", "1.00"),
            price("teh", 1, "35.03.01", "5.00"),
        ],
    );
    let second = push(&admin, "harga", &[price("gula", 1, "35.03.01", "2.00")]);
    let mut gone = price("gula", 1, "35.03.01", "2.00");
    gone["_op"] = json!("D");
    let third = push(&admin, "harga", &[gone]);
    let at = |query: &str| admin.get(&format!("/api/v1/datasets/harga/rows/gula~2026-03-01{query}"));
    at("").problem(404);
    assert_eq!(at(&format!("?as_of={first}")).expect(200).json()["harga"], 1.0);
    assert_eq!(at(&format!("?as_of={second}")).expect(200).json()["harga"], 2.0);
    at(&format!("?as_of={third}")).problem(404);
    at("?as_of=0").problem(404);
    at(&format!("?as_of={}", third + 1)).problem(422);
    at("?as_of=2100-01-01T00:00:00Z").problem(422);
    at("?as_of=kemarin").problem(400);
    let versions = at("?history=true").expect(200).json();
    let told: Vec<(&str, f64, bool)> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["_op"].as_str().unwrap(),
                row["harga"].as_f64().unwrap(),
                row["valid_to"].is_null(),
            )
        })
        .collect();
    assert_eq!(told, [("I", 1.0, false), ("U", 2.0, false), ("D", 2.0, true)]);
    let versions = at(&format!("?history=true&as_of={second}")).expect(200).json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    assert_eq!(versions["items"][1]["valid_to"], Value::Null);

    // The same positions through the other doors.
    let total = |as_of: Value| {
        let sql = "SELECT count(*) AS n, CAST(sum(harga) AS DOUBLE) AS h FROM data.harga";
        let answer = admin
            .post("/api/v1/sql", &json!({ "sql": sql, "as_of": as_of }))
            .expect(200)
            .json();
        (
            answer["rows"][0]["n"].as_i64().unwrap(),
            answer["rows"][0]["h"].as_f64(),
        )
    };
    assert_eq!(total(json!(0)), (0, None));
    assert_eq!(total(json!(first)), (2, Some(6.0)));
    assert_eq!(total(json!(second.to_string())), (2, Some(7.0)));
    assert_eq!(total(Value::Null), (1, Some(5.0)));
    admin
        .post("/api/v1/sql", &json!({ "sql": "SELECT 1", "as_of": third + 1 }))
        .problem(422);
    admin
        .post("/api/v1/sql", &json!({ "sql": "SELECT 1", "as_of": "kemarin" }))
        .problem(422);
    let rows = |query: &str| admin.get(&format!("/api/v1/datasets/harga/rows?order=harga&select=harga{query}"));
    let listed = |answer: Value| {
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["harga"].as_f64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(rows(&format!("&as_of={first}")).expect(200).json()), [1.0, 5.0]);
    assert_eq!(listed(rows(&format!("&as_of={second}")).expect(200).json()), [2.0, 5.0]);
    assert_eq!(listed(rows("").expect(200).json()), [5.0]);
    rows("&as_of=besok").problem(400);
    let page = rows(&format!("&as_of={first}&limit=1")).expect(200).json();
    let cursor = page["next"].as_str().unwrap();
    let next = rows(&format!("&as_of={first}&limit=1&cursor={cursor}"))
        .expect(200)
        .json();
    assert_eq!(listed(next), [5.0]);
    rows(&format!("&as_of={second}&limit=1&cursor={cursor}")).problem(422);
    let query =
        json!({ "order": ["harga"], "as_of": first, "filters": [{ "column": "harga", "op": "lt", "value": "2" }] });
    let found = admin
        .post("/api/v1/datasets/harga/rows/query", &query)
        .expect(200)
        .json();
    assert_eq!(listed(found), [1.0]);
}

#[test]
fn a_personal_key_never_stands_in_an_address() {
    let hub = hub();
    let owner = hub.key("dukcapil", "opd", json!({ "institution": "dukcapil" }));
    let nik = "9900000000000007";
    push(
        &owner,
        "warga",
        &[json!({ "nik": nik, "nama": "Orang Uji 7", "kk": 7 })],
    );
    let asked =
        |client: &Client, nik: &str| client.post("/api/v1/datasets/warga/lookup", &json!({ "key": { "nik": nik } }));
    let with_purpose = owner.for_purpose("pelayanan");
    let detail = with_purpose
        .get(&format!("/api/v1/datasets/warga/rows/{nik}"))
        .problem(400);
    assert!(detail.contains("/lookup") && !detail.contains(nik), "{detail}");
    let row = asked(&with_purpose, nik).expect(200).json();
    assert_eq!(row, json!({ "nik": nik, "nama": "Orang Uji 7", "kk": 7 }));
    asked(&with_purpose, "9900000000000008").problem(404);

    // Whoever sees the key masked must not find out by it.
    let analyst = hub.key("analis", "analis", json!({}));
    for client in [&owner, &hub.admin(), &analyst, &analyst.for_purpose("riset")] {
        for nik in [nik, "9900000000000008"] {
            let refused = asked(client, nik).problem(403);
            assert!(!refused.contains(nik), "{refused}");
        }
    }
    let service = hub.key(
        "layanan",
        "layanan",
        json!({ "scopes": ["read:warga", "lookup:warga"] }),
    );
    asked(&service, nik).problem(403);
    asked(&service.for_purpose("pelayanan"), nik).expect(200);
    asked(&hub.key("lain", "layanan", json!({})), nik).problem(404);
    asked(&hub.key("bupati", "pimpinan", json!({})), nik).problem(404);
    asked(&hub.anonymous(), nik).problem(404);
}

#[test]
fn rows_outside_the_scope_are_not_there_and_columns_are_masked() {
    let hub = hub();
    let rows = [
        price("gula", 1, "35.03.01", "1.00"),
        price("gula", 2, "35.03.02.2001", "2.00"),
        price("gula", 3, "35.03.020", "3.00"),
    ];
    push(&hub.admin(), "harga", &rows);
    let scoped = hub.key(
        "kecamatan",
        "opd",
        json!({ "institution": "kec-dua", "regions": ["35.03.02"] }),
    );
    let day = |client: &Client, day: u32, query: &str| {
        client.get(&format!("/api/v1/datasets/harga/rows/gula~2026-03-{day:02}{query}"))
    };
    for query in ["", "?history=true"] {
        day(&scoped, 1, query).problem(404);
        let seen = day(&scoped, 2, query).expect(200).json();
        assert!(
            seen.to_string().contains("35.03.02.2001") && !seen.to_string().contains("Orang Uji"),
            "{seen}"
        );
        day(&scoped, 3, query).problem(404);
    }
    let owner = hub.key("dagang", "opd", json!({ "institution": "dagang" }));
    assert_eq!(day(&owner, 1, "").expect(200).json()["pencatat"], Value::Null);
    assert_eq!(
        day(&owner.for_purpose("pembinaan"), 1, "").expect(200).json()["pencatat"],
        "Orang Uji"
    );
    day(&hub.key("pkm", "opd", json!({ "institution": "dinkes" })), 1, "").problem(404);
    day(&hub.anonymous(), 1, "").problem(404);
}
