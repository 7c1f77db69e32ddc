//! Subqueries that a statement names twice are computed once, and only those that really are the same.

use super::fixture::*;
use datafusion::physical_plan::displayable;

/// Two tables with the same columns and the same number of rows, in a file and in memory.
fn twins() -> House {
    let mut other = absensi();
    other.dataset = "absensi_lain".parse().unwrap();
    let house = House::new(vec![absensi(), other]);
    for (dataset, first) in [("absensi", 0), ("absensi_lain", 1000)] {
        let contract = house.contract(dataset);
        let table = contract.table();
        let pupils = |from: i64| (from..from + 40).map(Pupil::new).collect::<Vec<_>>();
        let rows = batch(&contract, &pupils(first), Some(1), 1);
        house.push_file(&table, house.file(&table, "a.parquet", &rows, &[], None, None));
        house.push_hot(&table, batch(&contract, &pupils(first + 40), Some(2), 1));
    }
    house
}

async fn shared_places(house: &House, sql: &str) -> usize {
    let execution = house.session(steward()).execution();
    let plan = execution.state.create_logical_plan(sql).await.unwrap();
    let plan = execution.state.create_physical_plan(&plan).await.unwrap();
    displayable(plan.as_ref())
        .indent(true)
        .to_string()
        .matches("SharedExec")
        .count()
}

#[tokio::test]
async fn a_subquery_named_twice_runs_once() {
    let house = twins();
    let sql = "WITH s AS (SELECT sekolah, id % 10 AS k, sum(hadir) AS h FROM absensi GROUP BY 1, 2), \
               m AS (SELECT sekolah, max(h) AS most FROM s GROUP BY 1) \
               SELECT sum(s.h * m.most) FROM s JOIN m ON s.sekolah = m.sekolah";
    assert_eq!(shared_places(&house, sql).await, 2);
    // The same without a common part.
    let apart = "SELECT sum(s.h * m.most) FROM \
                 (SELECT sekolah, id % 10 AS k, sum(hadir) AS h FROM absensi GROUP BY 1, 2) s JOIN \
                 (SELECT sekolah, max(h) AS most FROM (SELECT sekolah, id % 10 AS k, sum(hadir + 0) AS h \
                  FROM absensi GROUP BY 1, 2) GROUP BY 1) m ON s.sekolah = m.sekolah";
    assert_eq!(shared_places(&house, apart).await, 0);
    assert_eq!(house.number(steward(), sql).await, house.number(steward(), apart).await);
}

#[tokio::test]
async fn a_reader_that_stops_early_takes_nothing_from_the_other() {
    let house = twins();
    let sql = "WITH s AS (SELECT id, sum(hadir) AS h FROM absensi GROUP BY 1) \
               SELECT (SELECT count(*) FROM (SELECT * FROM s LIMIT 1)) * 1000 + (SELECT count(*) FROM s)";
    assert_eq!(house.number(steward(), sql).await, 1080);
}

#[tokio::test]
async fn what_differs_is_not_shared() {
    let house = twins();
    for sql in [
        // Another table of the same shape.
        "SELECT * FROM (SELECT sekolah, sum(hadir) AS h FROM absensi GROUP BY 1) a \
         JOIN (SELECT sekolah, sum(hadir) AS h FROM absensi_lain GROUP BY 1) b ON a.h = b.h",
        // Another filter.
        "SELECT * FROM (SELECT sekolah, sum(hadir) AS h FROM absensi WHERE id > 3 GROUP BY 1) a \
         JOIN (SELECT sekolah, sum(hadir) AS h FROM absensi WHERE id > 4 GROUP BY 1) b ON a.h = b.h",
        // Chance.
        "SELECT * FROM (SELECT sekolah, sum(hadir * random()) AS h FROM absensi GROUP BY 1) a \
         JOIN (SELECT sekolah, sum(hadir * random()) AS h FROM absensi GROUP BY 1) b ON a.h = b.h",
    ] {
        assert_eq!(shared_places(&house, sql).await, 0, "{sql}");
    }
}

#[tokio::test]
async fn a_date_cut_to_its_month_is_a_date() {
    let house = twins();
    let sql = "SELECT arrow_typeof(date_trunc('month', DATE '2026-11-22')) = 'Date32' \
               AND date_trunc('week', DATE '2026-11-22') = DATE '2026-11-16' \
               AND arrow_typeof(date_trunc('hour', TIMESTAMP '2026-11-22 13:14:15')) LIKE 'Timestamp%'";
    let text = house.text(steward(), sql).await.unwrap();
    assert!(text.contains("true"), "{text}");
}
