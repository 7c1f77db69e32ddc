//! A keyed table against a model: whatever is pushed in whatever order, flushed, merged, compacted, killed and found
//! again, the current rows are the newest versions and the history has all of them.

mod model;
mod past;

use super::*;
use crate::store::{
    self,
    faulty::{self, Sky, Weather},
};
use model::{Model, Row, Step, batch, keyed_contract, step};
use proptest::prelude::*;

async fn open_keyed(folder: &Path, contract: &str) -> Arc<Warehouse> {
    with_keyed(open(folder).await, contract).await
}

/// On a store whose weather can be changed.
async fn open_under_sky(folder: &Path, contract: &str, seed: u64) -> (Arc<Warehouse>, Sky) {
    let (store, sky) = faulty::under(store::open_local(&folder.join("lake")).unwrap(), seed);
    let warehouse = open_on(folder, clock(), || Some(store.clone())).await;
    (with_keyed(warehouse, contract).await, sky)
}

async fn with_keyed(warehouse: Arc<Warehouse>, contract: &str) -> Arc<Warehouse> {
    if warehouse.contracts().get("kunci").is_none() {
        warehouse.put_contract(contract, Origin::Api, false).await.unwrap();
    }
    warehouse
}

fn kunci(warehouse: &Warehouse) -> Arc<Contract> {
    warehouse.contracts().get("kunci").unwrap().clone()
}

/// Pushes what can be pushed in any weather: `None` when the store refused.
async fn try_push_keyed(warehouse: &Arc<Warehouse>, rows: &[Row], staged: bool) -> Option<Receipt> {
    let contract = kunci(warehouse);
    let mut receipt = receipt(warehouse, rows.len() as u64);
    receipt.dataset = contract.dataset.clone();
    let claim = claim(warehouse, &receipt);
    let batch = batch(rows, contract.column("w").is_some());
    let rows = if staged {
        let stager = warehouse.stage(&receipt, &contract.table()).unwrap();
        let files = tokio::task::spawn_blocking(move || {
            let mut writer = stager.writer()?;
            writer.write(&batch)?;
            writer.finish()
        });
        Rows::Staged(files.await.unwrap().ok()?)
    } else {
        Rows::Batches(vec![batch])
    };
    let parts = vec![Part {
        table: contract.table(),
        rows,
    }];
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
        .ok()
}

async fn push_keyed(warehouse: &Arc<Warehouse>, rows: &[Row], staged: bool) -> Receipt {
    try_push_keyed(warehouse, rows, staged).await.unwrap()
}

async fn check(warehouse: &Arc<Warehouse>, model: &Model, after: &str) {
    let more = if model.wide { ", coalesce(w, -1)" } else { "" };
    let sql = format!("SELECT k, coalesce(v, -1), n{more} FROM data.kunci ORDER BY k");
    assert_eq!(
        numbers(warehouse, &sql).await,
        model.current(),
        "current rows after {after}"
    );
    let there = model.rows();
    assert_eq!(
        warehouse.view().rows(&kunci(warehouse)),
        there as u64,
        "count after {after}"
    );
    let history = numbers(
        warehouse,
        "SELECT count(*), count(*) FILTER (WHERE _op = 'S'), \
         count(*) FILTER (WHERE valid_to IS NULL AND _op <> 'D'), \
         count(DISTINCT k) FILTER (WHERE valid_to IS NULL AND _op <> 'D') FROM history.kunci",
    )
    .await;
    let expected = [model.history, model.stale, there as u64, there as u64].map(|n| n as i64);
    assert_eq!(history, expected, "history after {after}");
}

async fn live(versioned: bool, partitioned: bool, seed: u64, steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let text = keyed_contract(versioned, partitioned, false);
    let (mut warehouse, mut sky) = open_under_sky(folder.path(), &text, seed).await;
    let mut weather = Weather::default();
    let mut model = Model::new(versioned);
    for (at, step) in steps.into_iter().enumerate() {
        sky.set(weather);
        match &step {
            Step::Push(rows) | Step::Big(rows) => {
                let mut counts = RowCounts {
                    received: rows.len() as u64,
                    accepted: rows.len() as u64,
                    ..RowCounts::default()
                };
                let receipt = try_push_keyed(&warehouse, rows, matches!(step, Step::Big(_))).await;
                // What a store in bad weather refuses leaves nothing behind; the log does not know the weather.
                assert!(receipt.is_some() || weather.is_bad(), "{step:?}");
                if let Some(receipt) = receipt {
                    rows.iter().for_each(|row| model.apply(row, &mut counts));
                    assert_eq!(receipt.rows, counts, "{step:?}");
                }
            }
            Step::Flush => {
                let done = warehouse.lake.flush_all().await;
                assert!(done.is_ok() || weather.is_bad(), "{done:?}");
            }
            Step::Merge => {
                let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
                match warehouse.lake.merge(&keyed).await {
                    Ok(_) => assert_merged(&warehouse, &model),
                    Err(error) => assert!(weather.is_bad(), "{error:?}"),
                }
            }
            Step::Maintain => warehouse.maintain().await,
            Step::Kill | Step::KillAndLoseKeys => {
                drop(warehouse);
                if matches!(step, Step::KillAndLoseKeys) {
                    let _ = std::fs::remove_dir_all(folder.path().join("keys"));
                }
                (warehouse, sky) = open_under_sky(folder.path(), &text, seed + at as u64).await;
            }
            Step::Widen => {
                let wide = keyed_contract(versioned, partitioned, true);
                let done = warehouse.put_contract(&wide, Origin::Api, false).await;
                assert!(done.is_ok() || weather.is_bad(), "{done:?}");
                model.wide |= done.is_ok();
            }
            Step::Weather(next) => weather = *next,
        }
        sky.set(Weather::default());
        check(&warehouse, &model, &format!("{step:?}")).await;
    }
    // Whatever the weather has done to the files, a reader that starts anew finds the same.
    sky.set(Weather::default());
    warehouse.lake.flush_all().await.unwrap();
    drop(warehouse);
    let (warehouse, _) = open_under_sky(folder.path(), &text, seed).await;
    check(&warehouse, &model, "the end").await;
    let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
    warehouse.lake.merge(&keyed).await.unwrap();
    assert_merged(&warehouse, &model);
}

/// Every other reader of the lake sees one row per key.
fn assert_merged(warehouse: &Warehouse, model: &Model) {
    let keyed = warehouse.lake.keyed(&kunci(warehouse)).unwrap();
    let view = warehouse.view();
    assert!(view.keyed[&keyed.current].recent.is_empty(), "all is merged");
    let files = view.tables[&keyed.current].snapshot.files.iter();
    assert_eq!(files.map(|file| file.rows).sum::<u64>(), model.rows() as u64);
}

fn cases() -> u32 {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    // A case opens a hub several times.
    cases.map_or(24, |cases: u32| (cases / 10).max(24))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_current_rows_are_the_newest_versions(
        versioned in any::<bool>(),
        partitioned in any::<bool>(),
        seed in any::<u32>(),
        steps in prop::collection::vec(step(), 1..30),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(versioned, partitioned, seed.into(), steps));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_is_inserted_once_however_many_send_it() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open_keyed(folder.path(), &keyed_contract(false, false, false)).await;
    let senders = (0..8i64).map(|sender| {
        let warehouse = warehouse.clone();
        tokio::spawn(async move {
            let mut total = RowCounts::default();
            for round in 0..40i64 {
                let rows: Vec<Row> = (0..6)
                    .map(|i| Row {
                        key: (sender * 7 + round * 3 + i * 5) % 50,
                        version: None,
                        value: sender * 1000 + round,
                        ..Row::default()
                    })
                    .collect();
                let counts = push_keyed(&warehouse, &rows, false).await.rows;
                total.inserted += counts.inserted;
                total.updated += counts.updated;
                total.unchanged += counts.unchanged;
            }
            total
        })
    });
    let senders: Vec<_> = senders.collect();
    let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
    for _ in 0..5 {
        warehouse.lake.merge(&keyed).await.unwrap();
        let twice = numbers(&warehouse, "SELECT count(*) - count(DISTINCT k) FROM data.kunci").await;
        assert_eq!(twice, [0]);
    }
    let (mut inserted, mut updated, mut unchanged) = (0, 0, 0);
    for sender in senders {
        let total = sender.await.unwrap();
        inserted += total.inserted;
        updated += total.updated;
        unchanged += total.unchanged;
    }
    assert_eq!(inserted, 50);
    assert_eq!(inserted + updated + unchanged, 8 * 40 * 6);
    let stored = numbers(
        &warehouse,
        "SELECT (SELECT count(*) FROM data.kunci) AS a, (SELECT count(*) FROM history.kunci) AS b",
    )
    .await;
    assert_eq!(stored, [50, (inserted + updated) as i64]);
}

/// Events may arrive in the wrong order: the version of a deletion is kept although there was nothing to delete.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_comes_before_its_row_holds_the_row_off() {
    let folder = tempfile::tempdir().unwrap();
    let contract = keyed_contract(true, true, false);
    let mut warehouse = open_keyed(folder.path(), &contract).await;
    let of = |version, delete| Row {
        key: 1,
        version,
        delete,
        ..Row::default()
    };
    let push = async |warehouse: &Arc<Warehouse>, row: Row| push_keyed(warehouse, &[row], false).await.rows;
    let came = push(&warehouse, of(Some(3), true)).await;
    assert_eq!((came.unchanged, came.deleted), (1, 0));
    for state in ["in memory", "flushed", "merged", "opened again"] {
        match state {
            "flushed" => warehouse.lake.flush_all().await.unwrap(),
            "merged" => {
                let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
                warehouse.lake.merge(&keyed).await.unwrap();
            }
            "opened again" => {
                drop(warehouse);
                warehouse = open_keyed(folder.path(), &contract).await;
            }
            _ => {}
        }
        assert_eq!(push(&warehouse, of(Some(2), false)).await.stale, 1, "{state}");
        // Neither the same deletion, nor one without a version, adds anything.
        assert_eq!(push(&warehouse, of(Some(3), true)).await.unchanged, 1, "{state}");
        assert_eq!(push(&warehouse, of(None, true)).await.unchanged, 1, "{state}");
        let deletions = numbers(&warehouse, "SELECT count(*) FROM history.kunci WHERE _op = 'D'").await;
        assert_eq!(deletions, [1], "{state}");
    }
    assert_eq!(push(&warehouse, of(Some(4), false)).await.inserted, 1);
    assert_eq!(warehouse.view().rows(&kunci(&warehouse)), 1);
}
