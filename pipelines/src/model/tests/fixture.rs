//! A hub to try models on: contracts and rows as text, models as text.

use crate::model::{Engine, ModelFile};
use arrow::{
    array::{Array, ArrayRef, AsArray, Int64Array, StringArray, StringViewArray},
    compute::cast,
    csv::ReaderBuilder,
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use chrono::{TimeZone, Utc};
use futures::TryStreamExt;
use smartcenter_warehouse::{
    Kind, Part, Push, PushMode, Receipt, ReceiptId, RowCounts, Rows, Settings, Status, Warehouse,
    clock::FixedClock,
    contract::{Contract, Origin, system_column},
    control::Claimed,
    policy::{Identity, Role},
    query::{AsOf, Limits, Params},
};
use std::{collections::BTreeSet, path::Path, sync::Arc};
use tempfile::TempDir;

pub struct Hub {
    pub folder: TempDir,
    pub clock: Arc<FixedClock>,
    pub warehouse: Arc<Warehouse>,
}

/// A model from its text.
pub fn model(name: &str, text: &str) -> ModelFile {
    ModelFile::parse(name, &format!("{name}.sql"), text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn settings(folder: &Path) -> Settings {
    Settings {
        data: folder.to_owned(),
        flush_seconds: 3600,
        maintenance_seconds: 3600,
        wal_segment_bytes: 256 << 10,
        query_threads: 2,
        ..Settings::default()
    }
}

async fn open(folder: &Path, clock: Arc<FixedClock>) -> Arc<Warehouse> {
    let _ = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::ERROR)
        .with_test_writer()
        .try_init();
    // A hub that just ended may still be in its background tasks' hands.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        match Warehouse::open(settings(folder), clock.clone()).await {
            Err(error) if error.kind() == Kind::Conflict && std::time::Instant::now() < deadline => {
                tokio::task::yield_now().await;
            }
            opened => return opened.unwrap(),
        }
    }
}

impl Hub {
    /// A hub with the shipped contracts and these.
    pub async fn new(contracts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(Utc.with_ymd_and_hms(2026, 9, 1, 1, 0, 0).unwrap()));
        let warehouse = open(folder.path(), clock.clone()).await;
        for contract in contracts {
            warehouse.put_contract(contract, Origin::Api, false).await.unwrap();
        }
        Self {
            folder,
            clock,
            warehouse,
        }
    }

    /// The same hub after an orderly end and a new start.
    pub async fn restarted(self) -> Self {
        self.warehouse.shutdown().await.unwrap();
        self.killed().await
    }

    /// The same hub after an end in the middle of its work.
    pub async fn killed(self) -> Self {
        let Self {
            folder,
            clock,
            warehouse,
        } = self;
        drop(warehouse);
        let warehouse = open(folder.path(), clock.clone()).await;
        Self {
            folder,
            clock,
            warehouse,
        }
    }

    pub fn engine(&self, models: Vec<ModelFile>) -> Arc<Engine> {
        Engine::of_files(self.warehouse.clone(), models, BTreeSet::new())
    }

    pub fn contract(&self, dataset: &str) -> Arc<Contract> {
        self.warehouse
            .contracts()
            .get(dataset)
            .unwrap_or_else(|| panic!("no contract {dataset}"))
            .clone()
    }

    /// Pushes rows given as CSV with a header of column names; a column `_op` may say `D`.
    pub async fn push(&self, dataset: &str, csv: &str) -> Receipt {
        let contract = self.contract(dataset);
        let rows = typed(&contract, csv);
        let count = rows.num_rows() as u64;
        let receipt = Receipt {
            receipt_id: ReceiptId::now(),
            dataset: contract.dataset.clone(),
            contract_version: contract.version.to_string(),
            status: Status::Accepted,
            rows: RowCounts {
                received: count,
                accepted: count,
                ..RowCounts::default()
            },
            faults: Vec::new(),
            warnings: Vec::new(),
            corrects: None,
            derived: None,
            seq: None,
            payload_sha256: String::new(),
            received_at: self.warehouse.clock().now(),
            durable_at: None,
            dry_run: false,
            pusher: "penguji".parse().unwrap(),
        };
        let ledger = self.warehouse.control().ledger();
        let key = receipt.receipt_id.to_string();
        let claim = ledger.claim(
            &receipt.dataset,
            &receipt.pusher,
            Some(&key),
            Some([7; 32]),
            true,
            receipt.received_at,
        );
        let Claimed::Fresh(claim) = claim.unwrap() else {
            panic!("a repeat")
        };
        let push = Push {
            parts: vec![Part {
                table: contract.table(),
                rows: Rows::Batches(vec![rows]),
            }],
            contract,
            receipt,
            claim,
            closing: None,
            mode: PushMode::default(),
            reach: None,
        };
        self.warehouse.push(push).await.unwrap()
    }

    /// Rows of an answer, each a line of cells, in the order of the answer.
    pub async fn lines(&self, sql: &str) -> Vec<String> {
        self.lines_of(&steward(), sql, None).await.unwrap()
    }

    pub async fn lines_of(
        &self,
        identity: &Identity,
        sql: &str,
        as_of: Option<AsOf>,
    ) -> smartcenter_warehouse::Result<Vec<String>> {
        let mut session = self.warehouse.session(identity);
        if let Some(as_of) = as_of {
            session = session.as_of(as_of)?;
        }
        let stream = session.query(sql, Params::default(), Limits::default()).await?;
        let batches: Vec<RecordBatch> = stream.try_collect().await?;
        Ok(batches.iter().flat_map(cells).map(|row| row.join("|")).collect())
    }
}

pub fn identity(role: Role) -> Identity {
    Identity {
        key: "uji".parse().unwrap(),
        role,
        ..Identity::anonymous()
    }
}

pub fn steward() -> Identity {
    Identity {
        purpose: Some("uji".to_owned()),
        ..identity(Role::Walidata)
    }
}

/// Cells as text, `-` for null.
pub fn cells(batch: &RecordBatch) -> Vec<Vec<String>> {
    let texts: Vec<ArrayRef> = batch
        .columns()
        .iter()
        .map(|c| cast(c, &DataType::Utf8).unwrap())
        .collect();
    (0..batch.num_rows())
        .map(|row| {
            let cell = |column: &ArrayRef| match column.is_null(row) {
                true => "-".to_owned(),
                false => column.as_string::<i32>().value(row).to_owned(),
            };
            texts.iter().map(cell).collect()
        })
        .collect()
}

/// A CSV as texts; empty cells are null.
pub fn texts(csv: &str) -> RecordBatch {
    let names = csv.lines().next().unwrap_or_default().split(',');
    let fields: Vec<Field> = names
        .map(|name| Field::new(name.trim(), DataType::Utf8, true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let reader = ReaderBuilder::new(schema.clone())
        .with_header(true)
        .build(csv.as_bytes())
        .unwrap();
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().unwrap();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

/// A CSV as a push of the contract's columns, `_line` and `_op`.
fn typed(contract: &Contract, csv: &str) -> RecordBatch {
    let given = texts(csv);
    let rows = given.num_rows();
    for field in given.schema().fields() {
        let name = field.name();
        assert!(
            contract.column(name).is_some() || name == system_column::OP,
            "{} has no column {name}",
            contract.dataset
        );
    }
    let mut columns: Vec<(String, ArrayRef)> = contract
        .columns
        .iter()
        .map(|column| {
            let ty = column.ty.arrow();
            let values = match given.column_by_name(&column.name) {
                Some(texts) => strict(texts, &ty, &column.name),
                None => arrow::array::new_null_array(&ty, rows),
            };
            (column.name.clone(), values)
        })
        .collect();
    columns.push((
        system_column::LINE.to_owned(),
        Arc::new(Int64Array::from_iter_values(2..2 + rows as i64)),
    ));
    if contract.is_keyed() {
        let ops = given.column_by_name(system_column::OP);
        let ops = ops.map_or_else(
            || Arc::new(StringViewArray::new_null(rows)) as ArrayRef,
            |ops| cast(ops, &DataType::Utf8View).unwrap(),
        );
        columns.push((system_column::OP.to_owned(), ops));
    }
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true))).unwrap()
}

/// Texts as values of a type; a text that is none is a fault of the test.
pub fn strict(texts: &ArrayRef, ty: &DataType, column: &str) -> ArrayRef {
    let trimmed: StringArray = texts
        .as_string::<i32>()
        .iter()
        .map(|t| t.map(str::trim).filter(|t| !t.is_empty()))
        .collect();
    let values = cast(&trimmed, ty).unwrap_or_else(|e| panic!("{column}: {e}"));
    for row in 0..values.len() {
        assert!(
            trimmed.is_null(row) || !values.is_null(row),
            "{column}: {:?} is no {ty}",
            trimmed.value(row)
        );
    }
    values
}

/// A day's report of a unit; the day is part of the key.
pub const LAPORAN: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:laporan
name: Laporan
version: 1.0.0
status: active
schema:
  - name: laporan
    customProperties:
      - {property: owner, value: kominfo}
    properties:
      - {name: tanggal, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: unit, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: n, logicalType: integer}
"#;
