//! Append-only tables as they were.

use super::*;
use crate::query::{AsOf, QueryStream};

async fn at(warehouse: &Arc<Warehouse>, as_of: AsOf, sql: &str) -> Vec<i64> {
    let admin = Identity {
        role: policy::Role::Admin,
        ..Identity::anonymous()
    };
    let session = warehouse.session(&admin).as_of(as_of).unwrap();
    let mut stream = session.query(sql, Params::default(), Limits::default()).await.unwrap();
    let mut out = Vec::new();
    for batch in QueryStream::collect(&mut stream).await.unwrap() {
        for row in 0..batch.num_rows() {
            for column in batch.columns() {
                let column = arrow::compute::cast(column, &DataType::Int64).unwrap();
                out.push(column.as_primitive::<Int64Type>().value(row));
            }
        }
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_only_grows_is_read_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let clock = clock();
    let warehouse = open_with(folder.path(), clock.clone()).await;
    let table = contract(&warehouse).table();
    let mut known = vec![(Seq(0), clock.now(), 0, 0)];
    for i in 0..12i64 {
        clock.advance(chrono::Duration::milliseconds(1500));
        let receipt = receipt(&warehouse, 0);
        let (first, n) = (i * 10, 7);
        let rows = if i % 4 == 3 {
            let stager = warehouse.stage(&receipt, &table).unwrap();
            let written = tokio::task::spawn_blocking(move || {
                let mut writer = stager.writer().unwrap();
                writer.write(&rows(first, n)).unwrap();
                writer.finish().unwrap()
            });
            Rows::Staged(written.await.unwrap())
        } else {
            Rows::Batches(vec![rows(first, n)])
        };
        let done = push_rows(&warehouse, receipt, rows).await;
        let (.., count, sum) = known[known.len() - 1];
        let sum = sum + (first..first + n).sum::<i64>();
        known.push((done.seq.unwrap(), clock.now(), count + n, sum));
        match i % 3 {
            1 => warehouse.lake.flush_all().await.unwrap(),
            2 if i > 6 => warehouse.maintain().await,
            _ => {}
        }
        for (seq, time, count, sum) in &known {
            for as_of in [
                AsOf::Seq(*seq),
                AsOf::Time(*time),
                AsOf::Time((*time + chrono::Duration::milliseconds(1499)).min(clock.now())),
            ] {
                let sql = "SELECT count(*), coalesce(sum(n), 0) FROM data.angka";
                assert_eq!(
                    at(&warehouse, as_of, sql).await,
                    [*count, *sum],
                    "{as_of} after push {i}"
                );
            }
            let sql = "SELECT count(*), coalesce(max(_seq), 0) FROM history.angka WHERE n >= 0 AND valid_to IS NULL";
            let newest = if *count == 0 { 0 } else { seq.0 as i64 };
            assert_eq!(at(&warehouse, AsOf::Seq(*seq), sql).await, [*count, newest]);
        }
    }
    let admin = Identity {
        role: policy::Role::Admin,
        ..Identity::anonymous()
    };
    for future in ["1000", "2026-01-05T09:00:00+07:00"] {
        let error = warehouse.session(&admin).as_of(future.parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.message().contains("future"), "{error}");
    }
    for wrong in ["", "-1", "kemarin", "2026-01-05", "99999999999999999999999"] {
        assert!(wrong.parse::<AsOf>().is_err(), "{wrong}");
    }
    let receipts = at(&warehouse, AsOf::Seq(Seq(0)), "SELECT count(*) FROM system.receipts").await;
    assert_eq!(receipts, [12], "the registers are those of now");
}
