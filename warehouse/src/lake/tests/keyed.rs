//! A keyed table against a model: whatever is pushed in whatever order, flushed, merged, compacted, killed and found
//! again, the current rows are the newest versions and the history has all of them.

mod past;

use super::*;
use arrow::array::{ArrayRef, Int64Array, StringViewArray};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn keyed_contract(version_column: bool, partitioned: bool) -> String {
    let version = if version_column {
        "\n      - {property: versionColumn, value: v}"
    } else {
        ""
    };
    let partition = if partitioned {
        "\n      - {property: partitionBy, value: [g]}"
    } else {
        ""
    };
    format!(
        r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:kunci
name: Kunci
version: 1.0.0
status: active
schema:
  - name: kunci
    customProperties:
      - {{property: owner, value: kominfo}}
      - {{property: sortBy, value: [n]}}{version}{partition}
    properties:
      - {{name: g, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}}
      - {{name: k, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 2}}
      - {{name: v, logicalType: integer}}
      - {{name: n, logicalType: integer}}
"#
    )
}

#[derive(Debug, Clone)]
struct Row {
    key: i64,
    version: Option<i64>,
    value: i64,
    delete: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Push(Vec<Row>),
    /// Through staged files.
    Big(Vec<Row>),
    Flush,
    Merge,
    Maintain,
    Kill,
    KillAndLoseKeys,
}

fn row() -> impl Strategy<Value = Row> {
    (
        0..14i64,
        proptest::option::weighted(0.8, 0..4i64),
        0..4i64,
        prop::bool::weighted(0.2),
    )
        .prop_map(|(key, version, value, delete)| Row {
            key,
            version,
            value,
            delete,
        })
}

fn step() -> impl Strategy<Value = Step> {
    let rows = || prop::collection::vec(row(), 1..8);
    prop_oneof![
        8 => rows().prop_map(Step::Push),
        2 => rows().prop_map(Step::Big),
        3 => Just(Step::Flush),
        2 => Just(Step::Merge),
        1 => Just(Step::Maintain),
        1 => Just(Step::Kill),
        1 => Just(Step::KillAndLoseKeys),
    ]
}

/// What is known of a key: version, value, and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    version: i64,
    value: (Option<i64>, i64),
    there: bool,
}

/// The naive truth.
#[derive(Debug, Default)]
struct Model {
    versioned: bool,
    keys: BTreeMap<i64, Known>,
    history: u64,
    stale: u64,
}

impl Model {
    fn apply(&mut self, row: &Row, counts: &mut RowCounts) {
        let known = self.keys.get(&row.key).copied();
        let mut version = if self.versioned {
            row.version.unwrap_or(i64::MIN)
        } else {
            0
        };
        if row.delete && version == i64::MIN {
            version = known.map_or(i64::MIN, |known| known.version);
        }
        let outcome = match known {
            Some(known) if version < known.version => &mut counts.stale,
            Some(known) if known.there && row.delete => &mut counts.deleted,
            Some(known) if known.there && known.value == (row.version, row.value) => &mut counts.unchanged,
            Some(known) if known.there => &mut counts.updated,
            _ if row.delete => &mut counts.unchanged,
            _ => &mut counts.inserted,
        };
        *outcome += 1;
        let changes = match known {
            Some(known) if version < known.version => {
                self.history += 1;
                self.stale += 1;
                return;
            }
            Some(known) if known.there => row.delete || known.value != (row.version, row.value),
            _ => !row.delete,
        };
        if changes {
            self.history += 1;
            let there = !row.delete;
            self.keys.insert(
                row.key,
                Known {
                    version,
                    value: (row.version, row.value),
                    there,
                },
            );
        }
    }

    fn current(&self) -> Vec<i64> {
        let there = self.keys.iter().filter(|(_, known)| known.there);
        there
            .flat_map(|(key, known)| [*key, known.value.0.unwrap_or(-1), known.value.1])
            .collect()
    }
}

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "g",
            Arc::new(StringViewArray::from_iter_values(
                rows.iter().map(|r| format!("g{}", r.key % 3)),
            )),
        ),
        ("k", Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.key)))),
        ("v", Arc::new(Int64Array::from_iter(rows.iter().map(|r| r.version)))),
        (
            "n",
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.value))),
        ),
        (
            system_column::LINE,
            Arc::new(Int64Array::from_iter_values(2..2 + rows.len() as i64)),
        ),
        (
            system_column::OP,
            Arc::new(StringViewArray::from_iter(
                rows.iter().map(|r| if r.delete { Some("D") } else { None }),
            )),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}

async fn open_keyed(folder: &Path, contract: &str) -> Arc<Warehouse> {
    let warehouse = open(folder).await;
    if warehouse.contracts().get("kunci").is_none() {
        warehouse.put_contract(contract, Origin::Api, false).await.unwrap();
    }
    warehouse
}

fn kunci(warehouse: &Warehouse) -> Arc<Contract> {
    warehouse.contracts().get("kunci").unwrap().clone()
}

async fn push_keyed(warehouse: &Arc<Warehouse>, rows: &[Row], staged: bool) -> Receipt {
    let contract = kunci(warehouse);
    let mut receipt = receipt(warehouse, rows.len() as u64);
    receipt.dataset = contract.dataset.clone();
    let claim = claim(warehouse, &receipt);
    let batch = batch(rows);
    let rows = if staged {
        let stager = warehouse.stage(&receipt, &contract.table()).unwrap();
        tokio::task::spawn_blocking(move || {
            let mut writer = stager.writer().unwrap();
            writer.write(&batch).unwrap();
            Rows::Staged(writer.finish().unwrap())
        })
        .await
        .unwrap()
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
            mode: PushMode::default(),
        })
        .await
        .unwrap()
}

async fn check(warehouse: &Arc<Warehouse>, model: &Model, after: &str) {
    let current = numbers(warehouse, "SELECT k, coalesce(v, -1), n FROM data.kunci ORDER BY k").await;
    assert_eq!(current, model.current(), "current rows after {after}");
    let there = model.current().len() / 3;
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

async fn live(versioned: bool, partitioned: bool, steps: Vec<Step>) {
    let folder = tempfile::tempdir().unwrap();
    let text = keyed_contract(versioned, partitioned);
    let mut warehouse = open_keyed(folder.path(), &text).await;
    let mut model = Model {
        versioned,
        ..Model::default()
    };
    for step in steps {
        match &step {
            Step::Push(rows) | Step::Big(rows) => {
                let mut counts = RowCounts {
                    received: rows.len() as u64,
                    accepted: rows.len() as u64,
                    ..RowCounts::default()
                };
                rows.iter().for_each(|row| model.apply(row, &mut counts));
                let receipt = push_keyed(&warehouse, rows, matches!(step, Step::Big(_))).await;
                assert_eq!(receipt.rows, counts, "{step:?}");
            }
            Step::Flush => warehouse.lake.flush_all().await.unwrap(),
            Step::Merge => {
                let keyed = warehouse.lake.keyed(&kunci(&warehouse)).unwrap();
                warehouse.lake.merge(&keyed).await.unwrap();
                let view = warehouse.view();
                let table = &view.keyed[&keyed.current];
                assert!(table.recent.is_empty(), "all is merged");
                let rows: u64 = view.tables[&keyed.current]
                    .snapshot
                    .files
                    .iter()
                    .map(|file| file.rows)
                    .sum();
                assert_eq!(
                    rows as usize,
                    model.current().len() / 3,
                    "one row per key for every reader"
                );
            }
            Step::Maintain => warehouse.maintain().await,
            Step::Kill | Step::KillAndLoseKeys => {
                drop(warehouse);
                if matches!(step, Step::KillAndLoseKeys) {
                    let _ = std::fs::remove_dir_all(folder.path().join("keys"));
                }
                warehouse = open_keyed(folder.path(), &text).await;
            }
        }
        check(&warehouse, &model, &format!("{step:?}")).await;
    }
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
        steps in prop::collection::vec(step(), 1..25),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(versioned, partitioned, steps));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_key_is_inserted_once_however_many_send_it() {
    let folder = tempfile::tempdir().unwrap();
    let warehouse = open_keyed(folder.path(), &keyed_contract(false, false)).await;
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
                        delete: false,
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
