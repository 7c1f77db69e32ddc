//! A small lake of made-up pupils.

use crate::{
    DatasetId, KeyName, Receipt, ReceiptId, Result, Seq, Settings, TableId,
    contract::{
        Classification, Column, ColumnType, Contract, Layout, Mask, OnFailure, Origin, RowScope, SchemaMode,
        SourceFormat, system_column,
    },
    control::{Audit, Control},
    lake::{DataFile, HotRun, LakeView, Located, Snapshot, TableView},
    policy::{Identity, Policy, Role},
    quarantine::Closings,
    query::{LakeSource, Limits, MaintenanceRecord, Params, QueryEngine, Session},
};
use arc_swap::ArcSwap;
use arrow::{
    array::{ArrayRef, Date32Array, Int32Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray},
    datatypes::Schema,
    util::pretty::pretty_format_batches,
};
use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use parquet::arrow::ArrowWriter;
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    sync::Arc,
};

pub(super) const SECRET: [u8; 32] = [7; 32];

/// One row of `siswa`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pupil {
    pub id: i64,
    pub nik: Option<String>,
    pub nama: Option<String>,
    pub lahir: Option<i32>,
    pub sekolah: Option<String>,
    pub wilayah: Option<String>,
    pub hadir: Option<i32>,
    pub waktu: Option<i64>,
}

impl Pupil {
    pub fn new(id: i64) -> Self {
        Self {
            id,
            nik: Some(format!("99{:014}", id % 7)),
            nama: Some(format!("Murid {}", id % 5)),
            lahir: Some(12_000 + (id as i32 % 900)),
            sekolah: Some(["sdn-1", "sdn-2", "smp-1"][id as usize % 3].to_owned()),
            wilayah: Some(["35.03.01.2001", "35.03.02", "35.03.010", "35.04.01"][id as usize % 4].to_owned()),
            hadir: Some(id as i32 % 6),
            waktu: Some(1_700_000_000_000_000 + id * 1_000_001),
        }
    }
}

pub(super) fn column(name: &str, ty: ColumnType, classification: Classification, mask: Mask) -> Column {
    Column {
        name: name.to_owned(),
        title: None,
        description: None,
        ty,
        required: false,
        unique: false,
        classification,
        mask,
        aliases: Vec::new(),
        null_values: Vec::new(),
        reading: Default::default(),
        formats: Vec::new(),
        position: None,
        path: None,
        leading_zeros: Default::default(),
        rules: Vec::new(),
        on_failure: OnFailure::QuarantineRow,
    }
}

pub(super) fn contract(dataset: &str, version: &str, columns: Vec<Column>) -> Contract {
    Contract {
        dataset: dataset.parse().unwrap(),
        version: version.parse().unwrap(),
        title: dataset.to_owned(),
        description: String::new(),
        owner: "dinas-pendidikan".parse().unwrap(),
        classification: columns.iter().map(|c| c.classification).max().unwrap_or_default(),
        public: false,
        reference: false,
        layer: Default::default(),
        access: Default::default(),
        columns,
        primary_key: Vec::new(),
        unique: Vec::new(),
        row_rules: Vec::new(),
        source: SourceFormat::default(),
        fhir_resource: None,
        event_time: None,
        version_column: None,
        lookup: false,
        row_scope: RowScope::default(),
        layout: Layout::default(),
        schema_mode: SchemaMode::Evolve,
        max_rejected: 1.0,
        max_vanished: 0.2,
        allow_repeats: false,
        freshness: None,
        origin: Origin::Site,
        text: "".into(),
    }
}

/// Pupils: personal columns with every mask, an institution and a region.
pub(super) fn siswa() -> Contract {
    use {Classification as C, ColumnType as T};
    let columns = vec![
        column("id", T::Int64, C::Restricted, Mask::Null),
        column("nik", T::Text, C::Personal, Mask::Hash),
        column("nama", T::Text, C::Personal, Mask::Partial),
        column("lahir", T::Date, C::Sensitive, Mask::Year),
        column("sekolah", T::Text, C::Restricted, Mask::Null),
        column("wilayah", T::Text, C::Restricted, Mask::Null),
        column("hadir", T::Int32, C::Sensitive, Mask::Null),
        column("waktu", T::Timestamp, C::Restricted, Mask::Null),
    ];
    let row_scope = RowScope {
        institution: Some(4),
        region: Some(5),
    };
    Contract {
        row_scope,
        ..contract("siswa", "1.0.0", columns)
    }
}

/// Attendance without anything personal.
pub(super) fn absensi() -> Contract {
    use {Classification as C, ColumnType as T};
    let open = |name, ty| column(name, ty, C::Open, Mask::Null);
    Contract {
        public: true,
        ..contract(
            "absensi",
            "1.0.0",
            vec![
                open("id", T::Int64),
                open("sekolah", T::Text),
                open("hadir", T::Int32),
                open("waktu", T::Timestamp),
            ],
        )
    }
}

/// Rows as a batch of the contract's storage schema; `first_line` counts up; `_seq` null when absent.
pub(super) fn batch(contract: &Contract, pupils: &[Pupil], seq: Option<u64>, first_line: i64) -> RecordBatch {
    let schema = contract.storage_schema();
    let columns = schema.fields().iter().map(|field| -> ArrayRef {
        let text = |of: &dyn Fn(&Pupil) -> Option<String>| -> ArrayRef {
            Arc::new(pupils.iter().map(of).collect::<StringViewArray>())
        };
        match field.name().as_str() {
            "id" => Arc::new(Int64Array::from_iter_values(pupils.iter().map(|p| p.id))),
            "nik" => text(&|p| p.nik.clone()),
            "nama" => text(&|p| p.nama.clone()),
            "sekolah" => text(&|p| p.sekolah.clone()),
            "wilayah" => text(&|p| p.wilayah.clone()),
            "lahir" => Arc::new(pupils.iter().map(|p| p.lahir).collect::<Date32Array>()),
            "hadir" => Arc::new(pupils.iter().map(|p| p.hadir).collect::<Int32Array>()),
            "waktu" => Arc::new(
                pupils
                    .iter()
                    .map(|p| p.waktu)
                    .collect::<TimestampMicrosecondArray>()
                    .with_timezone("UTC"),
            ),
            system_column::SEQ => Arc::new(pupils.iter().map(|_| seq.map(|s| s as i64)).collect::<Int64Array>()),
            system_column::LINE => Arc::new(Int64Array::from_iter_values(
                first_line..first_line + pupils.len() as i64,
            )),
            system_column::RECEIPT => Arc::new(StringViewArray::from(vec!["r"; pupils.len()])),
            system_column::RECEIVED_AT => Arc::new(
                TimestampMicrosecondArray::from(vec![1_700_000_000_000_000; pupils.len()]).with_timezone("UTC"),
            ),
            _ => arrow::array::new_null_array(field.data_type(), pupils.len()),
        }
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

/// A hub without a hub.
#[derive(Debug)]
pub(super) struct FakeLake {
    pub view: ArcSwap<LakeView>,
    pub contracts: ArcSwap<Arc<[Arc<Contract>]>>,
    pub policy: ArcSwap<Policy>,
    pub receipts: Mutex<Vec<Receipt>>,
    pub closings: Mutex<HashMap<ReceiptId, Closings>>,
    pub control: Control,
}

impl LakeSource for FakeLake {
    fn locate(&self, _: &Arc<Contract>, _: &LakeView, _: &RecordBatch) -> Result<Located> {
        Ok(Located::Absent)
    }
    fn view(&self) -> Arc<LakeView> {
        self.view.load_full()
    }
    fn contracts(&self) -> Arc<[Arc<Contract>]> {
        self.contracts.load().as_ref().clone()
    }
    fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }
    fn receipts(&self, pusher: Option<&KeyName>, limit: usize) -> Result<Vec<Receipt>> {
        let all = self.receipts.lock();
        Ok(all
            .iter()
            .filter(|r| pusher.is_none_or(|p| *p == r.pusher))
            .take(limit)
            .cloned()
            .collect())
    }
    fn closings(&self, receipt: ReceiptId, received_at: DateTime<Utc>) -> Result<Closings> {
        let mut known = self.closings.lock().get(&receipt).cloned().unwrap_or_default();
        known.expired = received_at < DateTime::<Utc>::default();
        Ok(known)
    }

    fn arrivals(&self) -> HashMap<DatasetId, DateTime<Utc>> {
        HashMap::new()
    }
    fn maintenance(&self) -> Vec<MaintenanceRecord> {
        Vec::new()
    }
    fn person_key_secret(&self) -> [u8; 32] {
        SECRET
    }
    fn audit(&self) -> Option<&Audit> {
        Some(self.control.audit())
    }
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }
}

/// A folder, an engine over it and a lake to fill.
pub(super) struct House {
    pub folder: tempfile::TempDir,
    pub engine: QueryEngine,
    pub lake: Arc<FakeLake>,
}

impl House {
    pub fn new(contracts: Vec<Contract>) -> Self {
        Self::with(contracts, |_| {})
    }

    pub fn with(contracts: Vec<Contract>, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("lake")).unwrap();
        let mut settings = Settings {
            data: folder.path().to_owned(),
            query_threads: 2,
            ..Settings::default()
        };
        change(&mut settings);
        let store = object_store::local::LocalFileSystem::new_with_prefix(folder.path().join("lake")).unwrap();
        let engine = QueryEngine::new(&settings, Arc::new(store), &SECRET).unwrap();
        let tables = contracts
            .iter()
            .map(|c| (c.table(), Arc::new(TableView::empty(c.storage_schema()))))
            .collect::<HashMap<_, _>>();
        let contracts: Arc<[Arc<Contract>]> = contracts.into_iter().map(Arc::new).collect();
        let lake = FakeLake {
            view: ArcSwap::from_pointee(LakeView {
                keyed: HashMap::new(),
                visible_seq: Seq(0),
                tables,
            }),
            contracts: ArcSwap::from_pointee(contracts),
            policy: ArcSwap::from_pointee(Policy::new(1)),
            receipts: Mutex::default(),
            closings: Mutex::default(),
            control: Control::open(&folder.path().join("control.sqlite")).unwrap(),
        };
        Self {
            folder,
            engine,
            lake: Arc::new(lake),
        }
    }

    pub fn contract(&self, dataset: &str) -> Arc<Contract> {
        self.lake
            .contracts()
            .iter()
            .find(|c| c.dataset.as_str() == dataset)
            .unwrap()
            .clone()
    }

    /// Publishes rows as a hot run at the next position.
    pub fn push_hot(&self, table: &TableId, batch: RecordBatch) {
        self.change(table, |view, seq| {
            view.hot.push(Arc::new(HotRun {
                first_seq: seq,
                last_seq: seq,
                rows: batch.num_rows(),
                bytes: batch.get_array_memory_size(),
                batches: vec![batch],
            }));
        });
    }

    /// Publishes a file.
    pub fn push_file(&self, table: &TableId, file: DataFile) {
        self.change(table, |view, _| {
            let mut files = view.snapshot.files.clone();
            files.push(Arc::new(file));
            view.snapshot = Arc::new(Snapshot {
                version: view.snapshot.version + 1,
                files,
            });
        });
    }

    pub fn next_seq(&self) -> u64 {
        self.lake.view().visible_seq.0 + 1
    }

    fn change(&self, table: &TableId, change: impl FnOnce(&mut TableView, Seq)) {
        let mut view = self.lake.view().as_ref().clone();
        view.visible_seq = view.visible_seq.next();
        let mut of = view.tables.get(table).unwrap().as_ref().clone();
        of.last_seq = view.visible_seq;
        change(&mut of, view.visible_seq);
        view.tables.insert(table.clone(), Arc::new(of));
        self.lake.view.store(Arc::new(view));
    }

    /// Writes a Parquet file, without the columns that are partitions.
    pub fn file(
        &self,
        table: &TableId,
        name: &str,
        rows: &RecordBatch,
        partition: &[(&str, Option<&str>)],
        stats: Option<String>,
        seq: Option<u64>,
    ) -> DataFile {
        let kept: Vec<usize> = (0..rows.num_columns())
            .filter(|i| !partition.iter().any(|(p, _)| p == rows.schema().field(*i).name()))
            .collect();
        let stored = rows.project(&kept).unwrap();
        let schema = Arc::new(Schema::new(stored.schema().fields().clone()));
        let path = self.folder.path().join("lake").join(table.as_str()).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), schema, None).unwrap();
        writer.write(&stored).unwrap();
        writer.close().unwrap();
        DataFile {
            path: name.to_owned(),
            size: std::fs::metadata(&path).unwrap().len(),
            rows: rows.num_rows() as u64,
            partition_values: partition
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.map(str::to_owned)))
                .collect::<BTreeMap<_, _>>(),
            stats,
            seq: seq.map(Seq),
            modified: 0,
        }
    }

    pub fn session(&self, identity: Identity) -> Session {
        self.engine.session(self.lake.clone(), identity)
    }

    /// The answer as a text table.
    pub async fn text(&self, identity: Identity, sql: &str) -> Result<String> {
        Ok(pretty_format_batches(&self.batches(identity, sql).await?)?.to_string())
    }

    pub async fn batches(&self, identity: Identity, sql: &str) -> Result<Vec<RecordBatch>> {
        self.session(identity)
            .query(sql, Params::None, Limits::default())
            .await?
            .collect()
            .await
    }

    /// The single integer of an answer.
    pub async fn number(&self, identity: Identity, sql: &str) -> i64 {
        let batches = self.batches(identity, sql).await.unwrap();
        let column = arrow::compute::cast(batches[0].column(0), &arrow::datatypes::DataType::Int64).unwrap();
        arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(&column).value(0)
    }

    /// The first cell of an answer, as text.
    pub async fn cell(&self, identity: Identity, sql: &str) -> String {
        let batches = self.batches(identity, sql).await.unwrap();
        let column = arrow::compute::cast(batches[0].column(0), &arrow::datatypes::DataType::Utf8View).unwrap();
        arrow::array::AsArray::as_string_view(&column).value(0).to_owned()
    }
}

pub(super) fn identity(role: Role) -> Identity {
    Identity {
        key: "uji".parse().unwrap(),
        role,
        ..Identity::anonymous()
    }
}

pub(super) fn steward() -> Identity {
    Identity {
        purpose: Some("uji".to_owned()),
        ..identity(Role::Walidata)
    }
}
