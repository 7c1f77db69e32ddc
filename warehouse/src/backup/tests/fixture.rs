//! A hub with an append-only and a keyed dataset, pushes of every kind, and everything it holds as text.

use crate::{
    backup::{BackupId, Progress, Restored, Taken, restore},
    clock::FixedClock,
    contract::{Origin, system_column},
    control::{Claimed, ReceiptFilter},
    policy::{Identity, Role},
    quarantine::RejectedRow,
    query::{AsOf, Limits, Params},
    *,
};
use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringViewArray},
    compute::cast,
    datatypes::DataType,
    record_batch::RecordBatch,
};
use chrono::{TimeZone, Utc};
use futures::StreamExt;
use std::{collections::BTreeSet, num::NonZeroU32, path::Path, sync::Arc};

pub const APPEND: &str = r#"
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
      - {property: partitionBy, value: [g]}
    properties:
      - {name: g, logicalType: string}
      - {name: k, logicalType: string}
      - {name: n, logicalType: integer}
"#;

const KEYED: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:kunci
name: Kunci
version: 1.0.0
status: active
schema:
  - name: kunci
    customProperties:
      - {property: owner, value: kominfo}
      - {property: versionColumn, value: v}
    properties:
      - {name: k, logicalType: integer, required: true, primaryKey: true}
      - {name: v, logicalType: integer}
      - {name: n, logicalType: integer}
"#;

pub fn settings(folder: &Path) -> Settings {
    Settings {
        data: folder.to_owned(),
        flush_seconds: 3600,
        maintenance_seconds: 3600,
        wal_segment_bytes: 64 << 10,
        ..Settings::default()
    }
}

pub fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock::at(Utc.with_ymd_and_hms(2026, 1, 5, 1, 0, 0).unwrap()))
}

/// A hub with both datasets.
pub async fn hub(folder: &Path) -> Arc<Warehouse> {
    let hub = open(folder).await;
    for (dataset, contract) in [("angka", APPEND), ("kunci", KEYED)] {
        if hub.contracts().get(dataset).is_none() {
            hub.put_contract(contract, Origin::Api, false).await.unwrap();
        }
    }
    hub
}

/// The hub that is there.
pub async fn open(folder: &Path) -> Arc<Warehouse> {
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_test_writer()
        .try_init();
    // A hub dropped a moment ago may still be in its background tasks' hands.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        match Warehouse::open(settings(folder), clock()).await {
            Err(error) if error.kind() == Kind::Conflict && std::time::Instant::now() < deadline => {
                tokio::task::yield_now().await;
            }
            opened => return opened.unwrap(),
        }
    }
}

fn claim(hub: &Warehouse, dataset: &str, key: &str) -> Claimed {
    let (dataset, pusher) = (dataset.parse().unwrap(), "penguji".parse().unwrap());
    let mut sha = [0; 32];
    sha[..key.len()].copy_from_slice(key.as_bytes());
    let ledger = hub.control().ledger();
    ledger
        .claim(&dataset, &pusher, Some(key), Some(sha), false, hub.clock().now())
        .unwrap()
}

/// The receipt of a push that the hub has had, by its idempotency key.
pub fn replayed(hub: &Warehouse, dataset: &str, key: &str) -> Option<Receipt> {
    match claim(hub, dataset, key) {
        Claimed::Finished(receipt) => Some(*receipt),
        Claimed::Fresh(_) => None,
    }
}

/// Rows of one push. A number counts up and stands for the whole row.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub first: i64,
    pub rows: i64,
    /// Through staged files instead of the log.
    pub is_big: bool,
}

/// Pushes to the append-only dataset; each row in ten is rejected.
pub async fn push(hub: &Arc<Warehouse>, key: &str, sent: Sent) -> Receipt {
    let numbers: Vec<i64> = (sent.first..sent.first + sent.rows).collect();
    let columns: [(&str, ArrayRef); 4] = [
        ("g", text(numbers.iter().map(|n| format!("g{}", n % 2)))),
        (
            "k",
            text(numbers.iter().map(|n| format!("key-{:06}", n * 7919 % 1_000_003))),
        ),
        ("n", Arc::new(Int64Array::from(numbers.clone()))),
        (
            system_column::LINE,
            Arc::new(Int64Array::from_iter_values(2..2 + sent.rows)),
        ),
    ];
    let bad: Vec<RejectedRow> = numbers.iter().filter(|n| *n % 10 == 0).map(|n| rejected(*n)).collect();
    send(hub, "angka", key, columns, sent.is_big, &bad).await
}

/// Pushes to the keyed dataset: 20 keys, newer and older versions, deletions.
pub async fn push_keyed(hub: &Arc<Warehouse>, key: &str, sent: Sent) -> Receipt {
    let numbers: Vec<i64> = (sent.first..sent.first + sent.rows).collect();
    let columns: [(&str, ArrayRef); 5] = [
        (
            "k",
            Arc::new(Int64Array::from_iter_values(numbers.iter().map(|n| n * 7 % 20))),
        ),
        // Now and then an older one.
        (
            "v",
            Arc::new(Int64Array::from_iter_values(numbers.iter().map(|n| n - n % 5 * 30))),
        ),
        ("n", Arc::new(Int64Array::from(numbers.clone()))),
        (
            system_column::LINE,
            Arc::new(Int64Array::from_iter_values(2..2 + sent.rows)),
        ),
        (
            system_column::OP,
            Arc::new(StringViewArray::from_iter(
                numbers.iter().map(|n| (n % 9 == 0).then_some("D")),
            )),
        ),
    ];
    send(hub, "kunci", key, columns, sent.is_big, &[]).await
}

fn text(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(values))
}

fn rejected(n: i64) -> RejectedRow {
    RejectedRow {
        line: n as u64,
        cells: vec![("n".to_owned(), format!("{n}?"))],
        kinds: Vec::new(),
        faults: Vec::new(),
    }
}

async fn send<const N: usize>(
    hub: &Arc<Warehouse>,
    dataset: &str,
    key: &str,
    columns: [(&str, ArrayRef); N],
    is_big: bool,
    bad: &[RejectedRow],
) -> Receipt {
    let Claimed::Fresh(claim) = claim(hub, dataset, key) else {
        panic!("{key} was pushed before")
    };
    let contract = hub.contracts().get(dataset).unwrap().clone();
    let batch = columns.into_iter().map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(batch).unwrap();
    let counts = RowCounts {
        received: (batch.num_rows() + bad.len()) as u64,
        accepted: batch.num_rows() as u64,
        rejected: bad.len() as u64,
        ..RowCounts::default()
    };
    let receipt = Receipt {
        receipt_id: ReceiptId::now(),
        dataset: contract.dataset.clone(),
        contract_version: "1.0.0".into(),
        status: if bad.is_empty() {
            Status::Accepted
        } else {
            Status::Partial
        },
        rows: counts,
        faults: Vec::new(),
        warnings: Vec::new(),
        corrects: None,
        derived: None,
        seq: None,
        payload_sha256: String::new(),
        received_at: hub.clock().now(),
        durable_at: None,
        dry_run: false,
        pusher: "penguji".parse().unwrap(),
    };
    let mut parts = Vec::new();
    if !bad.is_empty() {
        let rows = quarantine::batch(&receipt.dataset, receipt.receipt_id, &receipt.pusher, bad).unwrap();
        parts.push(Part {
            table: TableId::quarantine(),
            rows: Rows::Batches(vec![rows]),
        });
    }
    let rows = match is_big {
        false => Rows::Batches(vec![batch]),
        true => {
            let stager = hub.stage(&receipt, &contract.table()).unwrap();
            let staged = tokio::task::spawn_blocking(move || {
                let mut writer = stager.writer().unwrap();
                writer.write(&batch).unwrap();
                writer.finish().unwrap()
            });
            Rows::Staged(staged.await.unwrap())
        }
    };
    parts.push(Part {
        table: contract.table(),
        rows,
    });
    let push = Push {
        contract,
        parts,
        receipt,
        claim,
        closing: None,
        mode: PushMode::default(),
        reach: None,
    };
    hub.push(push).await.unwrap()
}

/// Everything that a hub holds up to a position, as lines that can be compared.
#[derive(Debug, PartialEq)]
pub struct Contents {
    pub appended: Vec<String>,
    pub history: Vec<String>,
    pub current: Vec<String>,
    pub rejected: Vec<String>,
    pub receipts: Vec<String>,
}

pub async fn contents(hub: &Arc<Warehouse>, through: Seq) -> Contents {
    cut_at(hub, Some(through)).await
}

pub async fn everything(hub: &Arc<Warehouse>) -> Contents {
    cut_at(hub, None).await
}

async fn cut_at(hub: &Arc<Warehouse>, as_of: Option<Seq>) -> Contents {
    let through = as_of.unwrap_or(Seq(i64::MAX as u64));
    let receipts: Vec<Receipt> = receipts(hub).into_iter().filter(|r| r.seq <= Some(through)).collect();
    let ids: BTreeSet<String> = receipts.iter().map(|r| r.receipt_id.to_string()).collect();
    let own = "_seq, _line, _receipt, valid_from";
    let until = format!("WHERE _seq <= {through}");
    let rejected = lines(hub, None, "SELECT receipt_id, line, raw, pusher FROM quarantine.angka").await;
    let rejected = rejected
        .into_iter()
        .filter(|line| ids.iter().any(|id| line.starts_with(id)));
    Contents {
        appended: lines(hub, None, &format!("SELECT g, k, n, {own} FROM history.angka {until}")).await,
        history: lines(
            hub,
            None,
            &format!("SELECT k, v, n, _op, {own} FROM history.kunci {until}"),
        )
        .await,
        current: lines(hub, as_of, "SELECT k, v, n FROM data.kunci").await,
        rejected: rejected.collect(),
        receipts: receipts.iter().map(|r| serde_json::to_string(r).unwrap()).collect(),
    }
}

fn receipts(hub: &Warehouse) -> Vec<Receipt> {
    let mut all = Vec::new();
    let mut filter = ReceiptFilter {
        limit: 1000,
        ..ReceiptFilter::default()
    };
    loop {
        let (page, next) = hub.control().ledger().list(&filter).unwrap();
        all.extend(page);
        match next {
            Some(next) => filter.cursor = Some(next),
            None => return all,
        }
    }
}

/// The rows of an answer as text, sorted.
pub async fn lines(hub: &Arc<Warehouse>, as_of: Option<Seq>, sql: &str) -> Vec<String> {
    let steward = Identity {
        role: Role::Admin,
        purpose: Some("uji".to_owned()),
        ..Identity::anonymous()
    };
    let mut session = hub.session(&steward);
    if let Some(seq) = as_of {
        session = session.as_of(AsOf::Seq(seq)).unwrap();
    }
    let mut stream = session.query(sql, Params::default(), Limits::default()).await.unwrap();
    let mut lines = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch.unwrap();
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|c| cast(c, &DataType::Utf8).unwrap())
            .collect();
        for row in 0..batch.num_rows() {
            let cells = texts.iter().map(|column| match column.is_null(row) {
                true => "-",
                false => column.as_string::<i32>().value(row),
            });
            lines.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    lines.sort();
    lines
}

/// Takes a backup and waits for its end.
pub async fn back_up(hub: &Arc<Warehouse>, folder: &Path, keep: Option<u32>) -> Taken {
    let job = hub.start_backup(folder, keep.and_then(NonZeroU32::new)).await.unwrap();
    job.wait().await.unwrap().outcome.unwrap()
}

/// Restores the backup and opens the hub that comes of it.
pub async fn restored(backups: &Path, at: Option<&BackupId>, data: &Path) -> (Restored, Arc<Warehouse>) {
    let restored = restore(backups, at, &settings(data), &Progress::default())
        .await
        .unwrap();
    (restored, open(data).await)
}
