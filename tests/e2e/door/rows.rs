//! Rows without SQL: every row once over all pages, filters, order, projection, formats.

use super::visit;
use crate::{
    client::{Answer, Client},
    hub::{Hub, Start},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use reqwest::Method;
use serde_json::{Value, json};

/// 250 visits in three regions, pushed in five pushes: some in files, some not.
fn hub_with_visits() -> (Hub, Client) {
    let hub = Start::fresh().set("flush_seconds", 3600).start();
    let dinkes = hub.key("dinkes", "opd", json!({ "institution": "dinkes" }));
    for push in 0..5_u64 {
        let rows: Vec<Value> = (push * 50..(push + 1) * 50)
            .map(|n| {
                let mut row = visit(
                    n,
                    ["pkm-a", "pkm-b"][n as usize % 2],
                    ["35.03.01", "35.03.02", "35.03.10"][n as usize % 3],
                );
                row["tanggal"] = json!(format!("2026-03-{:02}", n % 7 + 1));
                row["biaya"] = if n % 10 == 0 {
                    Value::Null
                } else {
                    json!(format!("{}.25", n * 100))
                };
                row
            })
            .collect();
        let feed = dinkes.feed("kunjungan", "application/json");
        let feed = if push % 2 == 0 {
            feed.query("wait", "landed")
        } else {
            feed
        };
        assert!(feed.send(Value::Array(rows).to_string()).status < 300);
    }
    (hub, dinkes)
}

/// All items over all pages, following the `Link` header.
fn pages(client: &Client, address: &str) -> Vec<Value> {
    let (mut address, mut items) = (address.to_owned(), Vec::new());
    loop {
        let page = client.get(&address).expect(200);
        let body = page.json();
        items.extend(body["items"].as_array().unwrap().clone());
        assert_eq!(body["next"].as_str().unwrap_or_default(), page.header("X-Next-Cursor"));
        let Some((next, rel)) = page.header("Link").split_once(';') else {
            return items;
        };
        assert!(rel.contains("rel=\"next\""));
        address = next.trim_matches(['<', '>']).to_owned();
    }
}

fn numbers(items: &[Value]) -> Vec<i64> {
    items
        .iter()
        .map(|row| row["nik"].as_str().unwrap()[2..].parse().unwrap())
        .collect()
}

#[test]
fn pages_hold_every_row_once_in_the_order_asked_for() {
    let (hub, dinkes) = hub_with_visits();
    let dinkes = dinkes.for_purpose("uji");
    let all: Vec<i64> = (0..250).collect();
    for (order, limit) in [
        ("", 17),
        ("&order=tanggal", 100),
        ("&order=biaya.desc", 33),
        ("&order=biaya,tanggal.desc", 49),
        ("", 10_000),
    ] {
        let items = pages(
            &dinkes,
            &format!("/api/v1/datasets/kunjungan/rows?select=nik,tanggal,biaya&limit={limit}{order}"),
        );
        let mut found = numbers(&items);
        found.sort_unstable();
        assert_eq!(found, all, "order {order:?}, pages of {limit}");
        assert_eq!(items[0].as_object().unwrap().len(), 3);
        let keys: Vec<f64> = items
            .iter()
            .filter_map(|row| row["biaya"].as_str().map_or(row["biaya"].as_f64(), |t| t.parse().ok()))
            .collect();
        assert_eq!(keys.len(), 225);
        match order {
            "&order=biaya.desc" => {
                assert!(keys.is_sorted_by(|a, b| a >= b) && items[..25].iter().all(|r| r["biaya"].is_null()));
            }
            "&order=biaya,tanggal.desc" => {
                assert!(keys.is_sorted() && items[225..].iter().all(|r| r["biaya"].is_null()));
            }
            "&order=tanggal" => assert!(items.is_sorted_by_key(|row| row["tanggal"].as_str().unwrap().to_owned())),
            _ => assert!(numbers(&items).is_sorted(), "the order of arrival"),
        }
    }
    // Rows that arrive after the first page are not part of the listing.
    let first = dinkes.get("/api/v1/datasets/kunjungan/rows?limit=200").expect(200);
    dinkes
        .push_ndjson("kunjungan", &[visit(900, "pkm-a", "35.03.01")])
        .expect(202);
    let cursor = first.header("X-Next-Cursor").to_owned();
    let second = dinkes
        .get(&format!("/api/v1/datasets/kunjungan/rows?limit=200&cursor={cursor}"))
        .expect(200)
        .json();
    assert_eq!(second["items"].as_array().unwrap().len(), 50);
    // A cursor is of one listing and one key.
    let address = format!("/api/v1/datasets/kunjungan/rows?order=tanggal&cursor={cursor}");
    dinkes.get(&address).problem(422);
    hub.admin()
        .get(&format!("/api/v1/datasets/kunjungan/rows?limit=200&cursor={cursor}"))
        .problem(422);
    dinkes
        .get("/api/v1/datasets/kunjungan/rows?cursor=nonsense")
        .problem(422);
}

#[test]
fn filters_say_what_they_mean() {
    let (hub, dinkes) = hub_with_visits();
    let dinkes = dinkes.for_purpose("uji");
    let count = |query: &str, holds: &dyn Fn(i64) -> bool| {
        let mut found = numbers(&pages(
            &dinkes,
            &format!("/api/v1/datasets/kunjungan/rows?limit=71&{query}"),
        ));
        found.sort_unstable();
        assert_eq!(found, (0..250).filter(|n| holds(*n)).collect::<Vec<_>>(), "{query}");
    };
    count("faskes=eq.pkm-a", &|n| n % 2 == 0);
    count("faskes=neq.pkm-a", &|n| n % 2 == 1);
    count("jumlah=gt.90", &|n| n % 100 > 90);
    count("jumlah=gte.90&jumlah=lt.95", &|n| (90..95).contains(&(n % 100)));
    count("tanggal=lte.2026-03-02", &|n| n % 7 < 2);
    count("wilayah=in.35.03.01,35.03.10", &|n| n % 3 != 1);
    count("wilayah=like.35.03.1%25", &|n| n % 3 == 2);
    count("biaya=is.null", &|n| n % 10 == 0);
    count("biaya=is.notnull&baru=eq.true", &|n| n % 10 != 0 && n % 2 == 0);
    count("biaya=eq.300.25", &|n| n == 3);
    for (query, status) in [
        ("tidak_ada=eq.1", 422),
        ("jumlah=eq.banyak", 422),
        ("jumlah=like.1%25", 422),
        ("biaya=is.besar", 422),
        ("jumlah=maybe.1", 422),
        ("jumlah=1", 400),
        ("select=tidak_ada", 422),
        ("order=jumlah.up", 400),
        ("limit=0", 422),
        ("limit=10001", 422),
        ("limit=banyak", 400),
    ] {
        dinkes
            .get(&format!("/api/v1/datasets/kunjungan/rows?{query}"))
            .problem(status);
    }
    // Nobody's NIK belongs in an address.
    let told = dinkes
        .get("/api/v1/datasets/kunjungan/rows?nik=eq.9900000000000003")
        .problem(422);
    assert!(
        told.contains("rows/query") && !told.contains("9900000000000003"),
        "{told}"
    );
    let body =
        json!({ "filters": [{ "column": "nik", "op": "eq", "value": "9900000000000003" }], "select": ["jumlah"] });
    let found = dinkes
        .post("/api/v1/datasets/kunjungan/rows/query", &body)
        .expect(200)
        .json();
    assert_eq!(found["items"], json!([{ "jumlah": 3 }]));
    // A masked column is compared as the reader sees it.
    let analyst = hub.key("analis", "analis", json!({}));
    let found = analyst
        .post("/api/v1/datasets/kunjungan/rows/query", &body)
        .expect(200)
        .json();
    assert_eq!(found["items"], json!([]));
    dinkes.get("/api/v1/datasets/tidak_ada/rows").problem(404);
}

#[test]
fn rows_come_in_every_format() {
    let (_hub, dinkes) = hub_with_visits();
    let get = |accept: &str| {
        let address = "/api/v1/datasets/kunjungan/rows?select=faskes,jumlah,biaya,tanggal&limit=50";
        Answer::of(dinkes.request(Method::GET, address).header("Accept", accept)).unwrap()
    };
    let items = get("application/json").expect(200).json()["items"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(items.len(), 50);
    let lines = get("application/x-ndjson").expect(200).text();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[..50], items);
    assert_eq!(lines[50], json!({ "end": true, "rows": 50 }));
    let csv = get("text/csv").expect(200);
    assert!(!csv.header("X-Next-Cursor").is_empty());
    let mut csv = csv::Reader::from_reader(&csv.bytes[..]);
    assert_eq!(csv.headers().unwrap(), vec!["faskes", "jumlah", "biaya", "tanggal"]);
    let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 50);
    assert_eq!(
        (&rows[1][0], &rows[1][1], &rows[1][2], &rows[0][2]),
        ("pkm-b", "1", "100.25", "")
    );
    let stream = get("application/vnd.apache.arrow.stream").expect(200).bytes;
    let batches = arrow::ipc::reader::StreamReader::try_new(&stream[..], None).unwrap();
    assert_eq!(batches.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 50);
    let file = bytes::Bytes::from(get("application/vnd.apache.parquet").expect(200).bytes);
    let batches = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    assert_eq!(batches.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 50);
    get("image/png").problem(406);
}

#[test]
fn history_and_catalogue_know_the_rows() {
    let (hub, dinkes) = hub_with_visits();
    let row = dinkes
        .get("/api/v1/datasets/kunjungan/rows?history=true&limit=1")
        .expect(200)
        .json()["items"][0]
        .clone();
    assert_eq!(row["_line"], 1);
    assert!(
        row["_seq"].as_u64().is_some() && row["_receipt"].as_str().is_some() && row["valid_from"].as_str().is_some()
    );
    let detail = dinkes.get("/api/v1/datasets/kunjungan").expect(200).json();
    assert_eq!(
        (&detail["owner"], &detail["version"], &detail["origin"]),
        (&json!("dinkes"), &json!("1.0.0"), &json!("site"))
    );
    assert_eq!(detail["size"]["rows"], 250);
    let columns: Vec<(&str, &str, bool)> = detail["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            (
                c["name"].as_str().unwrap(),
                c["type"].as_str().unwrap(),
                c["masked"].as_bool().unwrap(),
            )
        })
        .collect();
    assert!(
        columns.contains(&("nik", "text", true)) && columns.contains(&("biaya", "decimal(12,2)", false)),
        "{columns:?}"
    );
    assert!(detail["contract"].as_str().unwrap().contains("test-kunjungan"));
    let names: Vec<String> = hub.admin().get("/api/v1/datasets").expect(200).json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["dataset"].as_str().unwrap().to_owned())
        .collect();
    for shipped in [
        "wilayah",
        "instansi",
        "hari_libur",
        "kalender_pendidikan",
        "absensi_harian_sekolah",
        "kasus_penyakit",
        "batas_desa",
        "batas_kecamatan",
        "padanan_kecamatan",
    ] {
        assert!(
            names.iter().any(|name| name == shipped),
            "{shipped} is not in {names:?}"
        );
    }
}
