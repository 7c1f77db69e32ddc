//! Contracts and pushes for tests. All people and schools in here are made up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub(crate) use crate::trial::{chunks, context, identity, now, request};
use crate::{
    Format, Result,
    check::{Checked, check},
    decode::CHUNK,
    plan::Plan,
};
use smartcenter_warehouse::contract::{Column, ColumnType, Contract, Origin};
use std::sync::Arc;

/// Cases of a property test: `few`, or `PROPTEST_CASES` for long campaigns.
pub(crate) fn cases(few: u32) -> u32 {
    let told = std::env::var("PROPTEST_CASES").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(few)
}

/// A column without any rule.
pub(crate) fn col(name: &str, ty: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        title: None,
        description: None,
        ty,
        required: false,
        unique: false,
        classification: Default::default(),
        mask: Default::default(),
        aliases: Vec::new(),
        null_values: Vec::new(),
        reading: Default::default(),
        formats: Vec::new(),
        position: None,
        path: None,
        leading_zeros: Default::default(),
        rules: Vec::new(),
        on_failure: Default::default(),
    }
}

/// A contract without any rule but its columns.
pub(crate) fn contract(columns: Vec<Column>) -> Contract {
    Contract {
        dataset: "uji".parse().unwrap(),
        version: semver::Version::new(1, 0, 0),
        title: "Uji".to_owned(),
        description: String::new(),
        owner: "dinas-uji".parse().unwrap(),
        classification: Default::default(),
        public: false,
        reference: false,
        layer: Default::default(),
        access: Default::default(),
        columns,
        primary_key: Vec::new(),
        unique: Vec::new(),
        row_rules: Vec::new(),
        source: Default::default(),
        fhir_resource: None,
        event_time: None,
        version_column: None,
        lookup: false,
        row_scope: Default::default(),
        layout: Default::default(),
        schema_mode: Default::default(),
        max_rejected: 1.0,
        max_vanished: 0.2,
        allow_repeats: false,
        freshness: None,
        origin: Origin::Site,
        text: "".into(),
    }
}

/// School, date, present, per cent: the shape of the attendance feed.
pub(crate) fn attendance() -> Contract {
    let mut contract = contract(vec![
        Column {
            required: true,
            ..col("npsn", ColumnType::Text)
        },
        Column {
            required: true,
            ..col("tanggal", ColumnType::Date)
        },
        Column {
            aliases: vec!["Jumlah Hadir".to_owned()],
            ..col("hadir", ColumnType::Int32)
        },
        col("persen", ColumnType::Float64),
        col("catatan", ColumnType::Text),
    ]);
    contract.unique = vec![vec![0, 1]];
    contract
}

/// The attendance feed as a keyed dataset: school and date are the key, `revisi` the version.
pub(crate) fn keyed() -> Contract {
    let mut contract = attendance();
    contract.unique.clear();
    contract.primary_key = vec![0, 1];
    contract.columns[2].required = true;
    contract.columns.push(Column {
        required: true,
        ..col("revisi", ColumnType::Int64)
    });
    contract.version_column = Some(5);
    contract
}

pub(crate) fn plan(contract: Contract) -> Arc<Plan> {
    Arc::new(Plan::new(Arc::new(contract)).unwrap())
}

/// All chunks of a payload, checked.
pub(crate) fn run(format: Format, contract: Contract, payload: &str) -> Result<Vec<Checked>> {
    let plan = plan(contract);
    let (chunks, _) = chunks(&request(format), &plan, payload.as_bytes(), 4096, CHUNK)?;
    chunks
        .into_iter()
        .map(|chunk| check(chunk, &plan, &context()))
        .collect()
}

/// The one chunk of a small CSV file, checked.
pub(crate) fn csv(contract: Contract, payload: &str) -> Checked {
    run(Format::Csv, contract, payload).unwrap().remove(0)
}

/// Line, column, rule and value of every fault.
pub(crate) fn faults(checked: &Checked) -> Vec<(u64, String, String, String)> {
    let faults = checked.rejected.iter().flat_map(|row| &row.faults);
    faults
        .map(|f| {
            (
                f.line,
                f.column.clone().unwrap_or_default(),
                f.rule.clone(),
                f.value.clone().unwrap_or_default(),
            )
        })
        .collect()
}
