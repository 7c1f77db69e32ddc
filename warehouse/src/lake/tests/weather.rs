//! A store that fails, delays, and loses the answers to what it did: nothing is lost, and nothing is there twice.

use super::*;
use crate::store::{
    self,
    faulty::{self, Weather},
};

/// Rows of the table's files, as whoever opens it next finds them.
async fn rows_of_files(folder: &Path) -> u64 {
    let warehouse = open(folder).await;
    let view = warehouse.view();
    let files = &view.tables[&contract(&warehouse).table()].snapshot.files;
    files.iter().map(|file| file.rows).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_was_lost_is_not_done_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (store, sky) = faulty::under(store::open_local(&folder.path().join("lake")).unwrap(), 7);
    let warehouse = open_on(folder.path(), clock(), || Some(store.clone())).await;
    let bad = Weather {
        fails: 0.05,
        loses: 0.3,
        delays: 0.1,
    };
    let mut pushed = 0;
    while sky.harm().lost_commits < 12 {
        sky.set(Weather::default());
        push(&warehouse, vec![rows(pushed, 10)]).await;
        pushed += 10;
        sky.set(bad);
        // Whatever it says: the rows stay where they can be seen.
        let _ = warehouse.lake.flush_all().await;
        warehouse.maintain().await;
        sky.set(Weather::default());
        let seen = numbers(&warehouse, "SELECT count(*), count(DISTINCT n) FROM data.angka").await;
        assert_eq!(seen, [pushed, pushed]);
    }
    warehouse.lake.flush_all().await.unwrap();
    warehouse.maintain().await;
    assert_eq!(warehouse.lake.hot_bytes(), 0, "everything has got into the files");
    drop(warehouse);
    assert_eq!(rows_of_files(folder.path()).await, pushed as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_away_stops_the_flush_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (store, sky) = faulty::under(store::open_local(&folder.path().join("lake")).unwrap(), 1);
    let warehouse = open_on(folder.path(), clock(), || Some(store.clone())).await;
    push(&warehouse, vec![rows(0, 10)]).await;
    sky.set(Weather {
        fails: 1.0,
        ..Weather::default()
    });
    warehouse.lake.flush_all().await.unwrap_err();
    push(&warehouse, vec![rows(10, 10)]).await;
    assert_eq!(
        numbers(&warehouse, "SELECT count(*) FROM data.angka").await,
        [20],
        "hot rows are there"
    );
    sky.set(Weather::default());
    warehouse.lake.flush_all().await.unwrap();
    assert_eq!(warehouse.lake.hot_bytes(), 0);
    drop(warehouse);
    assert_eq!(rows_of_files(folder.path()).await, 20);
}
