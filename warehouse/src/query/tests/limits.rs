use super::fixture::*;
use crate::{
    Kind,
    policy::Policy,
    query::{Ending, Limits, Params},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

fn house(rows: i64, change: impl FnOnce(&mut crate::Settings)) -> House {
    let house = House::with(vec![absensi()], change);
    let contract = house.contract("absensi");
    let pupils: Vec<Pupil> = (0..rows).map(Pupil::new).collect();
    house.push_hot(&contract.table(), batch(&contract, &pupils, Some(1), 1));
    house
}

#[tokio::test]
async fn an_answer_says_whether_it_was_cut() {
    let house = house(20, |settings| settings.query_max_rows = 10);
    let session = house.session(steward());
    for (sql, own, rows, ending) in [
        ("SELECT id FROM absensi WHERE id < 10", None, 10, Ending::Complete),
        ("SELECT id FROM absensi", None, 10, Ending::Capped),
        ("SELECT id FROM absensi", Some(4), 4, Ending::Limited),
        ("SELECT id FROM absensi", Some(0), 0, Ending::Limited),
        ("SELECT id FROM absensi WHERE id < 4", Some(4), 4, Ending::Complete),
        ("SELECT id FROM absensi", Some(40), 10, Ending::Capped),
    ] {
        let limits = Limits {
            rows: own,
            deadline: None,
        };
        let mut answer = session.query(sql, Params::None, limits).await.unwrap();
        let batches = answer.collect().await.unwrap();
        assert_eq!(batches.iter().map(|b| b.num_rows() as u64).sum::<u64>(), rows, "{sql}");
        assert_eq!((answer.rows(), answer.ending()), (rows, ending), "{sql} {own:?}");
    }
}

#[tokio::test]
async fn the_deadline_holds_to_the_end_of_the_answer() {
    let house = house(20, |_| {});
    let limits = Limits {
        rows: None,
        deadline: Some(Duration::from_millis(300)),
    };
    let endless = "SELECT count(*) FROM generate_series(1, 100000000000) a";
    let session = house.session(steward());
    let started = std::time::Instant::now();
    let error = match session.query(endless, Params::None, limits).await {
        Ok(mut answer) => answer.collect().await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.kind(), Kind::TooMany, "{error}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_new_rule_ends_what_runs_under_the_old_one() {
    let house = house(20, |_| {});
    let mut answer = house
        .session(steward())
        .query("SELECT id FROM absensi", Params::None, Limits::default())
        .await
        .unwrap();
    house.lake.policy.store(Arc::new(Policy::new(2)));
    assert_eq!(answer.collect().await.unwrap_err().kind(), Kind::Conflict);
}

#[tokio::test]
async fn a_query_beyond_the_memory_budget_spills_or_is_refused() {
    let house = house(20_000, |settings| settings.query_memory_bytes = 64 << 10);
    let sql = "SELECT a.id, b.waktu FROM absensi a JOIN absensi b ON a.id = b.id ORDER BY b.waktu";
    let answer = house.batches(steward(), sql).await;
    match answer {
        Ok(batches) => assert_eq!(batches.iter().map(|b| b.num_rows()).sum::<usize>(), 20_000),
        Err(error) => assert_eq!(error.kind(), Kind::TooMany, "{error}"),
    }
    assert_eq!(house.engine.reserved_bytes(), 0);
}

#[tokio::test]
async fn sorts_of_what_came_in_one_piece_spill() {
    let rows = 400_000;
    let house = house(rows, |settings| {
        settings.query_memory_bytes = 28 << 20;
        settings.query_threads = 1;
    });
    // A window over whole partitions gives all rows in one batch, a grouping gives views into one; either is more than the
    // sort above it may have.
    for (sql, sum) in [
        (
            "SELECT sum(n) FROM (SELECT row_number() OVER (PARTITION BY hadir ORDER BY teks) AS n, c FROM (
                SELECT hadir, concat('pelajar nomor ', id) AS teks, count(*) OVER (PARTITION BY sekolah) AS c
                FROM absensi)) WHERE c > 0",
            (0..6_i64)
                .map(|k| (rows - k + 5) / 6)
                .map(|n| n * (n + 1) / 2)
                .sum::<i64>(),
        ),
        (
            "SELECT sum(n) FROM (SELECT row_number() OVER (ORDER BY teks) AS n, c FROM (
                SELECT concat('pelajar nomor ', id) AS teks, count(*) AS c FROM absensi GROUP BY 1)) WHERE c > 0",
            rows * (rows + 1) / 2,
        ),
    ] {
        assert_eq!(house.number(steward(), sql).await, sum, "{sql}");
        assert_eq!(house.engine.reserved_bytes(), 0);
    }
}

#[tokio::test]
async fn parameters_take_the_type_of_their_place() {
    let house = house(20, |_| {});
    let session = house.session(steward());
    let at = Pupil::new(7).waktu.unwrap();
    let text = chrono::DateTime::from_timestamp_micros(at).unwrap().to_rfc3339();
    let count = async |sql: &str, params: Params| {
        let batches = session.query(sql, params, Limits::default()).await?.collect().await?;
        Ok::<_, crate::Error>(batches.iter().map(|b| b.num_rows()).sum::<usize>())
    };
    let positional = |values: &[serde_json::Value]| Params::Positional(values.to_vec());
    let named = Params::Named([("sekolah".to_owned(), json!("sdn-1")), ("least".to_owned(), json!(6))].into());
    assert_eq!(
        count(
            "SELECT * FROM absensi WHERE id = $1 AND sekolah <> $2",
            positional(&[json!(7), json!("x")])
        )
        .await
        .unwrap(),
        1
    );
    assert_eq!(
        count("SELECT * FROM absensi WHERE waktu = $1", positional(&[json!(text)]))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        count("SELECT * FROM absensi WHERE sekolah = $sekolah AND id >= $least", named)
            .await
            .unwrap(),
        5
    );
    assert_eq!(
        count(
            "SELECT * FROM absensi WHERE sekolah = $1",
            positional(&[json!("' OR true --")])
        )
        .await
        .unwrap(),
        0
    );
    assert_eq!(
        count("SELECT * FROM absensi LIMIT $1", positional(&[json!(3)]))
            .await
            .unwrap(),
        3
    );
    for params in [Params::None, positional(&[]), positional(&[json!([1])])] {
        assert_eq!(
            count("SELECT * FROM absensi WHERE id = $1", params)
                .await
                .unwrap_err()
                .kind(),
            Kind::Invalid
        );
    }
}
