//! A push through the whole lake: visible at once, once only, in every state from log to compacted file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod keyed;
mod past;
mod power;
mod weather;

use crate::{
    clock::{Clock, FixedClock},
    contract::{Contract, Origin, system_column},
    control::Claimed,
    policy::Identity,
    query::{Limits, Params},
    store::LakeStore,
    *,
};
use arrow::{
    array::{AsArray, Int64Array, RecordBatch, StringViewArray},
    datatypes::{DataType, Field, Int64Type, Schema},
};
use chrono::{DateTime, TimeZone, Utc};
use futures::StreamExt;
use std::{collections::HashSet, path::Path, sync::Arc};

const CONTRACT: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:angka
name: Angka
version: 1.0.0
status: active
schema:
  - name: angka
    customProperties:
      - {property: owner, value: kominfo}
      - {property: sortBy, value: [k]}
    properties:
      - {name: k, logicalType: string}
      - {name: n, logicalType: integer}
"#;

fn settings(folder: &Path) -> Settings {
    Settings {
        data: folder.to_owned(),
        flush_seconds: 3600,
        maintenance_seconds: 3600,
        wal_segment_bytes: 1 << 20,
        ..Settings::default()
    }
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(Utc.with_ymd_and_hms(2026, 1, 5, 1, 0, 0).unwrap()))
}

async fn open(folder: &Path) -> Arc<Warehouse> {
    open_with(folder, clock()).await
}

async fn open_with(folder: &Path, clock: Arc<FixedClock>) -> Arc<Warehouse> {
    open_on(folder, clock, || None).await
}

/// On the store that `store` gives, if it gives one.
async fn open_on(folder: &Path, clock: Arc<FixedClock>, store: impl Fn() -> Option<LakeStore>) -> Arc<Warehouse> {
    // Background errors show beside the test that met them.
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_test_writer()
        .try_init();
    // A hub dropped a moment ago may still be in its background tasks' hands.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let warehouse = loop {
        match Warehouse::open_on(settings(folder), clock.clone(), store()).await {
            Err(error) if error.kind() == Kind::Conflict && std::time::Instant::now() < deadline => {
                tokio::task::yield_now().await;
            }
            opened => break opened.unwrap(),
        }
    };
    if warehouse.contracts().get("angka").is_none() {
        warehouse.put_contract(CONTRACT, Origin::Api, false).await.unwrap();
    }
    warehouse
}

fn contract(warehouse: &Warehouse) -> Arc<Contract> {
    warehouse.contracts().get("angka").unwrap().clone()
}

fn rows(first: i64, n: i64) -> RecordBatch {
    let schema = Schema::new(vec![
        Field::new("k", DataType::Utf8View, true),
        Field::new("n", DataType::Int64, true),
        Field::new(system_column::LINE, DataType::Int64, true),
    ]);
    RecordBatch::try_new(
        Arc::new(schema),
        vec![
            Arc::new(StringViewArray::from_iter_values(
                (first..first + n).map(|i| format!("key-{:09}", i * 7919 % 1_000_003)),
            )),
            Arc::new(Int64Array::from_iter_values(first..first + n)),
            Arc::new(Int64Array::from_iter_values(2..2 + n)),
        ],
    )
    .unwrap()
}

fn receipt(warehouse: &Warehouse, rows: u64) -> Receipt {
    receipt_at(warehouse.clock().now(), rows)
}

fn receipt_at(received_at: DateTime<Utc>, rows: u64) -> Receipt {
    Receipt {
        receipt_id: ReceiptId::now(),
        dataset: "angka".parse().unwrap(),
        contract_version: "1.0.0".into(),
        status: Status::Accepted,
        rows: RowCounts {
            received: rows,
            accepted: rows,
            ..RowCounts::default()
        },
        faults: Vec::new(),
        warnings: Vec::new(),
        corrects: None,
        derived: None,
        seq: None,
        payload_sha256: uuid::Uuid::new_v4().simple().to_string(),
        received_at,
        durable_at: None,
        dry_run: false,
        pusher: "penguji".parse().unwrap(),
    }
}

fn claim(warehouse: &Warehouse, receipt: &Receipt) -> control::Claim {
    let now = warehouse.clock().now();
    let ledger = warehouse.control().ledger();
    let sha = rand::random();
    match ledger
        .claim(&receipt.dataset, &receipt.pusher, None, Some(sha), false, now)
        .unwrap()
    {
        Claimed::Fresh(claim) => claim,
        Claimed::Finished(_) => panic!("a fresh digest"),
    }
}

async fn push(warehouse: &Arc<Warehouse>, batches: Vec<RecordBatch>) -> Receipt {
    push_rows(warehouse, receipt(warehouse, 0), Rows::Batches(batches)).await
}

async fn push_rows(warehouse: &Arc<Warehouse>, mut receipt: Receipt, rows: Rows) -> Receipt {
    let contract = contract(warehouse);
    receipt.rows = RowCounts {
        received: rows.len(),
        accepted: rows.len(),
        ..RowCounts::default()
    };
    let parts = vec![Part {
        table: contract.table(),
        rows,
    }];
    let claim = claim(warehouse, &receipt);
    warehouse
        .push(Push {
            contract,
            parts,
            receipt,
            claim,
            closing: None,
            mode: PushMode::default(),
            reach: None,
        })
        .await
        .unwrap()
}

async fn numbers(warehouse: &Arc<Warehouse>, sql: &str) -> Vec<i64> {
    let admin = Identity {
        role: policy::Role::Admin,
        ..Identity::anonymous()
    };
    let mut stream = warehouse
        .session(&admin)
        .query(sql, Params::default(), Limits::default())
        .await
        .unwrap();
    let mut out = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch.unwrap();
        for row in 0..batch.num_rows() {
            for column in batch.columns() {
                let column = arrow::compute::cast(column, &DataType::Int64).unwrap();
                out.push(column.as_primitive::<Int64Type>().value(row));
            }
        }
    }
    out
}

/// Count, sum and number of distinct identities.
const TOTALS: &str =
    r#"SELECT count(*), coalesce(sum(n), 0), count(DISTINCT concat("_seq", '/', "_line")) FROM history.angka"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_is_seen_once_in_every_state() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path()).await;
    let first = push(&warehouse, vec![rows(0, 100)]).await;
    assert_eq!(first.rows.inserted, 100);
    assert_eq!(numbers(&warehouse, TOTALS).await, [100, 4950, 100], "hot");

    warehouse
        .landed(&contract(&warehouse).table(), first.seq.unwrap())
        .await
        .unwrap();
    let view = warehouse.view();
    let table = &view.tables[&contract(&warehouse).table()];
    assert!(table.hot.is_empty() && table.snapshot.files.len() == 1);
    assert_eq!(numbers(&warehouse, TOTALS).await, [100, 4950, 100], "landed");

    push(&warehouse, vec![rows(100, 100)]).await;
    assert_eq!(numbers(&warehouse, TOTALS).await, [200, 19900, 200], "file and hot");

    // As a kill would leave it: nothing flushed, the log has the second push.
    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(numbers(&warehouse, TOTALS).await, [200, 19900, 200], "replayed");
    warehouse.shutdown().await.unwrap();
    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(warehouse.view().tables[&contract(&warehouse).table()].hot.len(), 0);
    assert_eq!(
        numbers(&warehouse, TOTALS).await,
        [200, 19900, 200],
        "after a graceful stop"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_never_says_that_rows_were_on_disk_before_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let warehouse = open_with(folder.path(), clock.clone()).await;
    let mut sent = receipt(&warehouse, 0);
    sent.received_at -= chrono::Duration::seconds(30);
    let told = push_rows(&warehouse, sent, Rows::Batches(vec![rows(0, 10)])).await;
    assert_eq!(told.durable_at, Some(clock.now()));
    warehouse.control().ledger().flush().unwrap();
    drop(warehouse);

    clock.advance(chrono::Duration::hours(1));
    let warehouse = open_with(folder.path(), clock.clone()).await;
    let kept = warehouse.control().ledger().get(told.receipt_id).unwrap().unwrap();
    assert_eq!(kept, told, "the ledger had it");
    drop(warehouse);

    // The log alone, as a kill leaves it that comes before the ledger was written.
    let other = tempfile::tempdir().unwrap();
    std::fs::create_dir(other.path().join("wal")).unwrap();
    for segment in std::fs::read_dir(folder.path().join("wal")).unwrap() {
        let segment = segment.unwrap();
        std::fs::copy(segment.path(), other.path().join("wal").join(segment.file_name())).unwrap();
    }
    let warehouse = open_with(other.path(), clock.clone()).await;
    let found = warehouse.control().ledger().get(told.receipt_id).unwrap().unwrap();
    assert_eq!(found.durable_at, Some(clock.now()), "by now it is certain");
    assert_eq!(
        Receipt {
            durable_at: told.durable_at,
            ..found
        },
        told
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_big_push_is_adopted_without_a_second_write() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path()).await;
    let table = contract(&warehouse).table();
    let receipt = receipt(&warehouse, 0);
    let stager = warehouse.stage(&receipt, &table).unwrap();
    let lines: HashSet<u64> = [5, 6].into();
    let files = tokio::task::spawn_blocking(move || {
        let mut writer = stager.writer().unwrap();
        writer.write(&rows(0, 1000)).unwrap();
        let files = writer.finish().unwrap();
        stager.without_lines(files, &lines).unwrap()
    })
    .await
    .unwrap();
    let path = folder.path().join("lake").join(table.as_str()).join(&files[0].path);
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    let done = push_rows(&warehouse, receipt, Rows::Staged(files)).await;
    // Lines 5 and 6 held 3 and 4.
    let expected = [998, 999 * 500 - 7, 998];
    assert_eq!(numbers(&warehouse, TOTALS).await, expected, "adopted");
    let seqs = numbers(&warehouse, r#"SELECT DISTINCT "_seq" FROM history.angka"#).await;
    assert_eq!(seqs, [done.seq.unwrap().0 as i64]);

    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(
        numbers(&warehouse, TOTALS).await,
        expected,
        "adopted again after a kill"
    );
    warehouse.landed(&table, done.seq.unwrap()).await.unwrap();
    assert_eq!(numbers(&warehouse, TOTALS).await, expected, "committed");
    assert_eq!(
        std::fs::metadata(&path).unwrap().modified().unwrap(),
        modified,
        "the same file"
    );
    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(numbers(&warehouse, TOTALS).await, expected, "from the table log");
    let seqs = numbers(&warehouse, r#"SELECT DISTINCT "_seq" FROM history.angka"#).await;
    assert_eq!(seqs, [done.seq.unwrap().0 as i64], "the tag survives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compaction_changes_files_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path()).await;
    let table = contract(&warehouse).table();
    for i in 0..10 {
        let done = push(&warehouse, vec![rows(i * 50, 50)]).await;
        warehouse.landed(&table, done.seq.unwrap()).await.unwrap();
    }
    let before = numbers(&warehouse, r#"SELECT sum("_seq" * n), count(*) FROM history.angka"#).await;
    assert_eq!(warehouse.view().tables[&table].snapshot.files.len(), 10);
    warehouse.maintain().await;
    assert_eq!(warehouse.view().tables[&table].snapshot.files.len(), 1);
    let sql = r#"SELECT sum("_seq" * n), count(*) FROM history.angka"#;
    assert_eq!(numbers(&warehouse, sql).await, before);
    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(numbers(&warehouse, sql).await, before, "the new files are the table's");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_sees_whole_pushes_while_rows_move() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path()).await;
    let table = contract(&warehouse).table();
    let writer = {
        let (warehouse, table) = (warehouse.clone(), table.clone());
        tokio::spawn(async move {
            for i in 0..60 {
                // Sums to zero: +i ... -i.
                let batch = rows(-20, 41);
                let done = push(&warehouse, vec![batch]).await;
                if i % 5 == 4 {
                    warehouse.landed(&table, done.seq.unwrap()).await.unwrap();
                }
                if i % 20 == 19 {
                    warehouse.maintain().await;
                }
            }
        })
    };
    let mut last = 0;
    while !writer.is_finished() {
        let seen = numbers(&warehouse, "SELECT count(*), coalesce(sum(n), 0) FROM data.angka").await;
        assert_eq!((seen[0] % 41, seen[1]), (0, 0), "part of a push was seen");
        assert!(seen[0] >= last, "rows vanished");
        last = seen[0];
        let joined = r#"SELECT count(*) - (SELECT count(*) FROM history.angka) FROM history.angka a
                        JOIN history.angka b ON a."_seq" = b."_seq" AND a."_line" = b."_line""#;
        assert_eq!(numbers(&warehouse, joined).await, [0], "one statement saw two cuts");
    }
    writer.await.unwrap();
    assert_eq!(numbers(&warehouse, "SELECT count(*) FROM data.angka").await, [60 * 41]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_added_live_is_null_in_older_rows() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open(folder.path()).await;
    let table = contract(&warehouse).table();
    let done = push(&warehouse, vec![rows(0, 10)]).await;
    warehouse.landed(&table, done.seq.unwrap()).await.unwrap();
    push(&warehouse, vec![rows(10, 10)]).await;
    let wider = CONTRACT.replace("1.0.0", "1.1.0") + "      - {name: baru, logicalType: integer}\n";
    warehouse.put_contract(&wider, Origin::Api, false).await.unwrap();
    let done = push(&warehouse, vec![rows(20, 10)]).await;
    let sql = "SELECT count(*), count(baru), sum(n) FROM data.angka";
    assert_eq!(numbers(&warehouse, sql).await, [30, 0, 435]);
    warehouse.landed(&table, done.seq.unwrap()).await.unwrap();
    assert_eq!(numbers(&warehouse, sql).await, [30, 0, 435], "both widths in files");
    let narrower = CONTRACT
        .replace("1.0.0", "1.2.0")
        .replace("      - {name: n, logicalType: integer}\n", "");
    let error = warehouse.put_contract(&narrower, Origin::Api, false).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    drop(warehouse);
    let warehouse = open(folder.path()).await;
    assert_eq!(numbers(&warehouse, sql).await, [30, 0, 435], "after a restart");
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path()).await;
    let error = Warehouse::open(settings(folder.path()), clock()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
}
