use super::fixture::*;
use crate::{
    contract::{Classification, ColumnType, Contract, Mask},
    lake::{Adopted, DataFile, TableView},
    policy::Role,
    query::{Limits, Params, prune},
};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::{
    common::{DFSchema, ScalarValue},
    logical_expr::{Expr, lit},
    physical_expr::PhysicalExpr,
    prelude::{SessionContext, ident},
};
use serde_json::json;
use std::sync::Arc;

fn pupils(ids: std::ops::Range<i64>) -> Vec<Pupil> {
    ids.map(Pupil::new).collect()
}

#[tokio::test]
async fn files_and_hot_rows_are_one_table() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    let table = contract.table();
    assert_eq!(house.number(steward(), "SELECT count(*) FROM absensi").await, 0);
    let rows = batch(&contract, &pupils(0..10), Some(1), 1);
    house.push_file(&table, house.file(&table, "a.parquet", &rows, &[], None, None));
    house.push_hot(&table, batch(&contract, &pupils(10..15), Some(2), 1));
    assert_eq!(house.number(steward(), "SELECT count(*) FROM absensi").await, 15);
    assert_eq!(
        house
            .number(steward(), "SELECT sum(id) FROM data.absensi WHERE id >= 8")
            .await,
        (8..15).sum::<i64>()
    );
    assert_eq!(
        house
            .number(steward(), "SELECT count(*) FROM absensi WHERE sekolah = 'sdn-1'")
            .await,
        5
    );
    assert_eq!(
        house
            .number(steward(), "SELECT id FROM absensi ORDER BY waktu DESC LIMIT 1")
            .await,
        14
    );
}

#[tokio::test]
async fn an_adopted_file_shows_the_position_of_its_push() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    let table = contract.table();
    let plain = batch(&contract, &pupils(0..3), Some(1), 1);
    house.push_file(&table, house.file(&table, "a.parquet", &plain, &[], None, None));
    let big = batch(&contract, &pupils(3..7), None, 1);
    let stats = json!({"numRecords": 4, "nullCount": {"_seq": 4}}).to_string();
    house.push_file(&table, house.file(&table, "b.parquet", &big, &[], Some(stats), Some(9)));
    house.push_hot(&table, batch(&contract, &pupils(7..8), Some(12), 1));
    let count = |sql: &'static str| house.number(steward(), sql);
    assert_eq!(count("SELECT count(*) FROM history.absensi WHERE _seq = 9").await, 4);
    assert_eq!(
        count("SELECT count(*) FROM history.absensi WHERE _seq IS NULL").await,
        0
    );
    assert_eq!(count("SELECT count(*) FROM history.absensi WHERE _seq > 1").await, 5);
    assert_eq!(count("SELECT sum(_seq) FROM history.absensi").await, 3 + 4 * 9 + 12);
    assert_eq!(
        count("SELECT count(*) FROM history.absensi WHERE valid_to IS NULL AND valid_from < now()").await,
        8
    );
    assert_eq!(
        count("SELECT max(id) FROM history.absensi WHERE _seq = 9 AND _line = 4").await,
        6
    );
}

#[tokio::test]
async fn an_uncommitted_big_push_is_visible() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    let table = contract.table();
    let rows = batch(&contract, &pupils(0..4), None, 1);
    let file = Arc::new(house.file(&table, "staged.parquet", &rows, &[], None, Some(1)));
    let mut view = house.lake.view.load().as_ref().clone();
    let adopted = vec![Adopted {
        seq: crate::Seq(1),
        files: vec![file],
    }];
    let of = TableView {
        adopted,
        ..view.tables[&table].as_ref().clone()
    };
    view.tables.insert(table, Arc::new(of));
    house.lake.view.store(Arc::new(view));
    assert_eq!(house.number(steward(), "SELECT count(*) FROM absensi").await, 4);
    assert_eq!(
        house.number(steward(), "SELECT min(_seq) FROM history.absensi").await,
        1
    );
}

#[tokio::test]
async fn partition_values_come_from_the_table_log() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    let table = contract.table();
    for (n, school) in [Some("sdn-1"), Some("sdn 2/3"), None].into_iter().enumerate() {
        let rows = batch(&contract, &pupils(n as i64 * 10..n as i64 * 10 + 4), Some(1), 1);
        let name = format!("sekolah={n}/part.parquet");
        house.push_file(
            &table,
            house.file(&table, &name, &rows, &[("sekolah", school)], None, None),
        );
    }
    let count = |sql: &'static str| house.number(steward(), sql);
    assert_eq!(count("SELECT count(*) FROM absensi WHERE sekolah = 'sdn 2/3'").await, 4);
    assert_eq!(count("SELECT count(*) FROM absensi WHERE sekolah IS NULL").await, 4);
    assert_eq!(count("SELECT count(DISTINCT sekolah) FROM absensi").await, 2);
    assert_eq!(
        count("SELECT sum(id) FROM absensi WHERE sekolah = 'sdn-1' AND id > 1").await,
        5
    );
    assert_eq!(count("SELECT count(*) FROM absensi WHERE sekolah LIKE 'sdn%'").await, 8);
}

#[tokio::test]
async fn older_files_and_runs_lack_a_new_column() {
    let old = absensi();
    let mut columns = old.columns.clone();
    columns.insert(1, column("catatan", ColumnType::Text, Classification::Open, Mask::Null));
    let new = Contract {
        columns,
        version: "1.1.0".parse().unwrap(),
        ..old.clone()
    };
    let house = House::new(vec![new]);
    let table = old.table();
    let rows = batch(&old, &pupils(0..5), Some(1), 1);
    house.push_file(&table, house.file(&table, "old.parquet", &rows, &[], None, None));
    house.push_hot(&table, batch(&old, &pupils(5..8), Some(2), 1));
    let count = |sql: &'static str| house.number(steward(), sql);
    assert_eq!(count("SELECT count(*) FROM absensi WHERE catatan IS NULL").await, 8);
    assert_eq!(count("SELECT count(*) FROM absensi WHERE catatan = 'x'").await, 0);
    assert_eq!(count("SELECT sum(id) FROM absensi").await, (0..8).sum::<i64>());
}

#[tokio::test]
async fn one_execution_sees_one_cut_and_the_next_sees_the_newest() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    house.push_hot(&contract.table(), batch(&contract, &pupils(0..50), Some(1), 1));
    let session = house.session(steward());
    let both = "SELECT (SELECT count(*) FROM absensi) - count(*) FROM absensi a JOIN absensi b USING (id)";
    let prepared = session.prepare(both).await.unwrap();
    for round in 0..5 {
        // Publish between preparation, planning and delivery.
        let mut answer = session
            .execute(&prepared, Params::None, Limits::default())
            .await
            .unwrap();
        let next = 50 + round * 10;
        house.push_hot(
            &contract.table(),
            batch(&contract, &pupils(next..next + 10), Some(2), 1),
        );
        let batches = answer.collect().await.unwrap();
        assert_eq!(
            format!("{:?}", batches[0].column(0)).matches("  0,").count(),
            1,
            "round {round}"
        );
    }
    let count = session.prepare("SELECT count(*) FROM absensi").await.unwrap();
    house.push_hot(&contract.table(), batch(&contract, &pupils(500..501), Some(3), 1));
    let answer = session
        .execute(&count, Params::None, Limits::default())
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    assert!(format!("{:?}", answer[0].column(0)).contains("  101,"));
}

#[tokio::test]
async fn a_prepared_statement_never_reads_under_an_old_rule() {
    let house = House::new(vec![siswa()]);
    let contract = house.contract("siswa");
    house.push_hot(&contract.table(), batch(&contract, &pupils(0..5), Some(1), 1));
    let session = house.session(identity(Role::Analis));
    let prepared = session.prepare("SELECT count(*) FROM siswa").await.unwrap();
    let closed = Contract {
        classification: Classification::Closed,
        ..contract.as_ref().clone()
    };
    house.lake.contracts.store(Arc::new(Arc::from(vec![Arc::new(closed)])));
    assert!(
        session
            .execute(&prepared, Params::None, Limits::default())
            .await
            .is_err()
    );
}

fn physical(expr: Expr, schema: &SchemaRef) -> Arc<dyn PhysicalExpr> {
    let columns = DFSchema::try_from(schema.as_ref().clone()).unwrap();
    SessionContext::new().create_physical_expr(expr, &columns).unwrap()
}

fn kept(files: &[Arc<DataFile>], expr: Expr, schema: &SchemaRef) -> Vec<String> {
    prune::kept(files.to_vec(), &physical(expr, schema), schema)
        .iter()
        .map(|f| f.path.clone())
        .collect()
}

#[test]
fn bounds_are_widened_and_never_drop_a_row_at_the_edge() {
    use arrow::datatypes::{DataType, Field, TimeUnit};
    let zone = || Some("UTC".into());
    let schema: SchemaRef = Arc::new(Schema::new(vec![
        Field::new("waktu", DataType::Timestamp(TimeUnit::Microsecond, zone()), true),
        Field::new("nama", DataType::Utf8View, true),
        Field::new("uang", DataType::Decimal128(18, 2), true),
        Field::new("suhu", DataType::Float64, true),
        Field::new("_seq", DataType::Int64, true),
    ]));
    // The least is 12:00:00.000900, the greatest 12:00:01.000900; a careless writer cut both to milliseconds.
    let stats = json!({
        "numRecords": 2,
        "minValues": {"waktu": "2025-01-01T12:00:00.000Z", "nama": "a", "uang": 10.10, "suhu": 1.0},
        "maxValues": {"waktu": "2025-01-01T12:00:01.000Z", "nama": "z".repeat(32), "uang": 20.20, "suhu": 2.0},
        "nullCount": {"waktu": 0, "nama": 0, "_seq": 2},
    });
    let file = |path: &str, stats: Option<String>, seq| {
        Arc::new(DataFile {
            path: path.to_owned(),
            size: 1,
            rows: 2,
            partition_values: Default::default(),
            stats,
            seq,
            modified: 0,
        })
    };
    let files = [
        file("known", Some(stats.to_string()), Some(crate::Seq(5))),
        file("unknown", None, None),
    ];
    let at = |text: &str| {
        let micros = chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros();
        lit(ScalarValue::TimestampMicrosecond(Some(micros), zone()))
    };
    let both = ["known", "unknown"].map(str::to_owned).to_vec();
    let unknown = vec!["unknown".to_owned()];
    let time = |expr: Expr| kept(&files, expr, &schema);
    assert_eq!(time(ident("waktu").eq(at("2025-01-01T12:00:01.000900Z"))), both);
    assert_eq!(time(ident("waktu").gt(at("2025-01-01T12:00:01.000899Z"))), both);
    assert_eq!(time(ident("waktu").lt(at("2025-01-01T12:00:00.000901Z"))), both);
    assert_eq!(time(ident("waktu").gt(at("2025-01-01T12:00:01.002Z"))), unknown);
    assert_eq!(time(ident("waktu").lt(at("2025-01-01T11:59:59.998Z"))), unknown);
    assert_eq!(time(ident("waktu").is_null()), unknown);
    // A greatest text of full length may have been cut.
    assert_eq!(time(ident("nama").gt(lit("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"))), both);
    assert_eq!(time(ident("nama").lt(lit("A"))), unknown);
    // Decimals went through a double.
    let money = |cents| lit(ScalarValue::Decimal128(Some(cents), 18, 2));
    assert_eq!(time(ident("uang").eq(money(2020))), both);
    assert_eq!(time(ident("uang").gt(money(2025))), unknown);
    // NaN sorts above all numbers and is in no bound.
    assert_eq!(time(ident("suhu").gt(lit(3.0))), both);
    // The position of an adopted file, whose own column is null.
    assert_eq!(time(ident("_seq").eq(lit(5_i64))), both);
    assert_eq!(time(ident("_seq").eq(lit(6_i64))), unknown);
}

#[tokio::test]
async fn pruned_scans_answer_like_unpruned_ones() {
    let house = House::new(vec![absensi()]);
    let contract = house.contract("absensi");
    let table = contract.table();
    for n in 0..4_i64 {
        let rows = pupils(n * 100..n * 100 + 100);
        let micros = |id: i64| Pupil::new(id).waktu.unwrap();
        let text = |micros: i64| {
            let millis = micros.div_euclid(1000);
            chrono::DateTime::from_timestamp_millis(millis)
                .unwrap()
                .format("%Y-%m-%dT%H:%M:%S%.3fZ")
                .to_string()
        };
        let stats = json!({
            "numRecords": 100,
            "minValues": {"id": n * 100, "waktu": text(micros(n * 100))},
            "maxValues": {"id": n * 100 + 99, "waktu": text(micros(n * 100 + 99))},
            "nullCount": {"id": 0, "waktu": 0},
        });
        let rows = batch(&contract, &rows, Some(1), 1);
        let file = house.file(
            &table,
            &format!("{n}.parquet"),
            &rows,
            &[],
            Some(stats.to_string()),
            None,
        );
        house.push_file(&table, file);
    }
    for id in [0, 99, 100, 199, 250, 399] {
        let at = chrono::DateTime::from_timestamp_micros(Pupil::new(id).waktu.unwrap()).unwrap();
        let sql = format!(
            "SELECT id FROM absensi WHERE waktu = TIMESTAMP '{}'",
            at.format("%Y-%m-%dT%H:%M:%S%.6fZ")
        );
        assert_eq!(house.number(steward(), &sql).await, id);
        let sql = format!(
            "SELECT count(*) FROM absensi WHERE waktu <= '{}'",
            at.format("%Y-%m-%dT%H:%M:%S%.6fZ")
        );
        assert_eq!(house.number(steward(), &sql).await, id + 1);
    }
}
