//! SQL over HTTP: formats, parameters, limits, and what is refused.

use crate::{
    client::{Answer, Client},
    hub::{Hub, Start},
};
use arrow::{
    array::{Array, AsArray},
    datatypes::{DataType, Date32Type, Decimal128Type, Int64Type},
    record_batch::RecordBatch,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use reqwest::Method;
use serde_json::{Value, json};

const SQL: &str =
    "SELECT nomor, judul, tanggal, CAST(nomor AS DECIMAL(9,2)) / 2 AS separuh FROM data.pengumuman ORDER BY nomor";

fn hub() -> (Hub, Client) {
    let hub = Start::fresh().start();
    hub.admin()
        .push_csv(
            "pengumuman",
            "nomor,judul,tanggal\n1,a,2026-01-05\n2,\"b, \"\"c\"\"\",\n3,d,2026-01-07\n",
        )
        .expect(202);
    let analyst = hub.key("analis", "analis", json!({}));
    (hub, analyst)
}

fn ask(client: &Client, body: &Value) -> Answer {
    client.post("/api/v1/sql", body)
}

#[test]
fn an_answer_comes_in_every_format_and_shows_where_it_ends() {
    let (_hub, analyst) = hub();
    let named = |format: &str| ask(&analyst, &json!({ "sql": SQL, "format": format })).expect(200);
    let body = named("json").json();
    assert_eq!(body["rows"][1]["judul"], "b, \"c\"");
    assert_eq!(body["rows"][1]["tanggal"], Value::Null);
    assert_eq!(body["rows"][0]["tanggal"], "2026-01-05");
    assert_eq!(
        (&body["end"], &body["count"], &body["truncated"]),
        (&json!(true), &json!(3), &json!(false))
    );
    let types: Vec<&str> = body["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["type"].as_str().unwrap())
        .collect();
    assert_eq!(types[..3], ["int64", "text", "date"]);
    assert!(types[3].starts_with("decimal("));

    let lines: Vec<Value> = named("ndjson")
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[..3], body["rows"].as_array().unwrap()[..]);
    assert_eq!(lines[3..], [json!({ "end": true, "rows": 3 })]);

    let text = named("csv").text();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("nomor,judul,tanggal,separuh"));
    assert!(lines.next().unwrap().starts_with("1,a,2026-01-05,0.5"));
    assert!(lines.next().unwrap().starts_with("2,\"b, \"\"c\"\"\",,1.0"));
    let empty = ask(
        &analyst,
        &json!({ "sql": "SELECT nomor FROM data.pengumuman WHERE nomor > 9", "format": "csv" }),
    );
    assert_eq!(empty.expect(200).text(), "nomor\n");

    let stream = named("arrow").bytes;
    let reader = arrow::ipc::reader::StreamReader::try_new(&stream[..], None).unwrap();
    check(&reader.map(Result::unwrap).collect::<Vec<_>>());
    let file = bytes::Bytes::from(named("parquet").bytes);
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    check(&reader.map(Result::unwrap).collect::<Vec<_>>());

    let by_header = analyst
        .request(Method::POST, "/api/v1/sql")
        .header("Accept", "text/csv")
        .json(&json!({ "sql": SQL }));
    assert_eq!(Answer::of(by_header).unwrap().text(), text);
}

fn check(batches: &[RecordBatch]) {
    let batch = arrow::compute::concat_batches(&batches[0].schema(), batches).unwrap();
    assert_eq!(batch.column(0).as_primitive::<Int64Type>().values()[..], [1, 2, 3]);
    assert_eq!(batch.column(1).data_type(), &DataType::Utf8);
    assert_eq!(batch.column(1).as_string::<i32>().value(1), "b, \"c\"");
    let days = batch.column(2).as_primitive::<Date32Type>();
    assert_eq!(
        (days.value_as_date(0), days.is_null(1)),
        (chrono::NaiveDate::from_ymd_opt(2026, 1, 5), true)
    );
    let halves = batch.column(3).as_primitive::<Decimal128Type>();
    assert_eq!(halves.value_as_string(0).trim_end_matches('0'), "0.5");
}

#[test]
fn parameters_and_limits_are_kept() {
    let (_hub, analyst) = hub();
    let rows = |body: Value| ask(&analyst, &body).expect(200).json()["rows"].clone();
    let by_place = json!({ "sql": "SELECT nomor FROM data.pengumuman WHERE judul = $1 OR nomor > $2 ORDER BY 1", "params": ["a", 2] });
    assert_eq!(rows(by_place), json!([{ "nomor": 1 }, { "nomor": 3 }]));
    let by_name = json!({ "sql": "SELECT nomor FROM data.pengumuman WHERE tanggal >= $mulai", "params": { "mulai": "2026-01-06" } });
    assert_eq!(rows(by_name), json!([{ "nomor": 3 }]));
    // A parameter is a value, whatever it looks like.
    let hostile = json!({ "sql": "SELECT nomor FROM data.pengumuman WHERE judul = $1", "params": ["a' OR '1' = '1"] });
    assert_eq!(rows(hostile), json!([]));
    let limited = ask(&analyst, &json!({ "sql": SQL, "limit": 2, "format": "json" }))
        .expect(200)
        .json();
    assert_eq!((&limited["count"], &limited["truncated"]), (&json!(2), &json!(true)));
    let exact = ask(&analyst, &json!({ "sql": SQL, "limit": 3, "format": "json" }))
        .expect(200)
        .json();
    assert_eq!((&exact["count"], &exact["truncated"]), (&json!(3), &json!(false)));
    let last = ask(&analyst, &json!({ "sql": SQL, "limit": 1, "format": "ndjson" }))
        .expect(200)
        .text();
    assert_eq!(
        last.lines().last(),
        Some("{\"end\":true,\"rows\":1,\"truncated\":true}")
    );
    ask(&analyst, &json!({ "sql": "SELECT $1", "params": [[1]] })).problem(422);
    ask(
        &analyst,
        &json!({ "sql": "SELECT nomor FROM data.pengumuman WHERE nomor = $1" }),
    )
    .problem(422);
    ask(&analyst, &json!({ "sql": SQL, "format": "xml" })).problem(422);
    ask(&analyst, &json!({ "sql": SQL, "limits": 1 })).problem(422);
}

#[test]
fn nothing_but_reading_is_let_through() {
    let (hub, analyst) = hub();
    let file = hub.folder().scratch("out.csv");
    for sql in [
        "DELETE FROM data.pengumuman".to_owned(),
        "INSERT INTO data.pengumuman VALUES (9, 'x', NULL)".to_owned(),
        "UPDATE data.pengumuman SET judul = 'x'".to_owned(),
        "DROP TABLE data.pengumuman".to_owned(),
        "CREATE TABLE t AS SELECT 1".to_owned(),
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'".to_owned(),
        format!("COPY data.pengumuman TO '{}'", file.display()),
        "SELECT * FROM '/etc/passwd'".to_owned(),
        "SELECT * FROM read_csv('/etc/passwd')".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        "EXPLAIN ANALYZE SELECT * FROM data.pengumuman".to_owned(),
        "SELECT * FROM data.tidak_ada".to_owned(),
        "SELECT tidak_ada FROM data.pengumuman".to_owned(),
        "SELEC 1".to_owned(),
        String::new(),
    ] {
        let told = ask(&analyst, &json!({ "sql": sql })).problem(422);
        assert!(!told.contains("root:"), "{told}");
    }
    assert!(!file.exists());
    assert_eq!(analyst.number("SELECT count(*) AS n FROM data.pengumuman"), 3);
    for sql in [
        "SHOW TABLES",
        "DESCRIBE data.pengumuman",
        "EXPLAIN SELECT * FROM data.pengumuman",
        "VALUES (1)",
    ] {
        ask(&analyst, &json!({ "sql": sql })).expect(200);
    }
}

#[test]
fn a_long_query_meets_its_deadline_and_a_cut_answer_shows() {
    let hub = Start::fresh()
        .set("query_deadline_seconds", 2)
        .set("query_max_rows", 1000)
        .start();
    let analyst = hub.key("analis", "analis", json!({}));
    let endless = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT count(*) AS n FROM t";
    let answer = ask(&analyst, &json!({ "sql": endless }));
    assert!(answer.problem(429).contains("2 s"), "{}", answer.text());
    assert!(answer.header("Retry-After").parse::<u64>().is_ok());
    let many = "SELECT value AS n FROM generate_series(1, 5000)";
    let body = ask(&analyst, &json!({ "sql": many, "format": "json" }))
        .expect(200)
        .json();
    assert_eq!((&body["count"], &body["truncated"]), (&json!(1000), &json!(true)));
    // CSV has no room for a mark: the answer breaks off instead.
    let request = analyst
        .request(Method::POST, "/api/v1/sql")
        .json(&json!({ "sql": many, "format": "csv" }));
    match Answer::of(request) {
        Ok(answer) => assert_eq!(
            answer.status,
            429,
            "a cut answer looks whole: {}",
            answer.text().lines().count()
        ),
        Err(broken) => assert!(
            broken.contains("Body") || broken.contains("IncompleteMessage"),
            "{broken}"
        ),
    }
}
