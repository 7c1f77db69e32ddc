//! A contract made ready for checking rows: everything that can be worked out once per contract version instead of
//! once per push.

use crate::{
    Result,
    map::{Header, Names},
    parse::{Layout, Reader, Zeros},
    validate::{RowCheck, ValueCheck},
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parking_lot::RwLock;
use smartcenter_warehouse::{
    DatasetId,
    contract::{Check, Contract, OnFailure, system_column},
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// How many different header lines of a dataset are remembered.
const HEADERS: usize = 64;
/// How many plans are remembered before starting over.
const PLANS: usize = 4096;

/// What a column is to the rows of a keyed dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Part of the primary key: a deletion needs it.
    Key,
    /// The version column: a deletion may have it.
    Version,
    /// Anything else: of no meaning for a deletion.
    Value,
}

/// One column, ready.
#[derive(Debug)]
pub(crate) struct ColumnPlan {
    /// As the contract names it.
    pub name: Arc<str>,
    /// What it is to a keyed dataset.
    pub role: Role,
    /// A missing value is a fault.
    pub required: bool,
    /// What a missing or untypable value does.
    pub on_failure: OnFailure,
    /// Texts that mean no value.
    pub nulls: Vec<String>,
    /// From text to the column's type.
    pub reader: Reader,
    /// How its codes get back their leading zeros, where they have a fixed width.
    pub zeros: Option<Zeros>,
    /// Checks of the value.
    pub checks: Vec<ValueCheck>,
}

/// A contract, ready.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The contract itself.
    pub contract: Arc<Contract>,
    /// Names and aliases of its columns.
    pub names: Names,
    /// The header of JSON rows.
    pub json_header: Arc<Header>,
    /// Its columns.
    pub columns: Vec<ColumnPlan>,
    /// Its cross-column checks.
    pub row_checks: Vec<RowCheck>,
    /// Combinations that may not repeat in a batch. The primary key is none: a push to a keyed dataset is a sequence
    /// of operations on keys.
    pub unique: Vec<Vec<usize>>,
    /// Columns of other datasets that values are looked up in.
    pub references: Vec<(DatasetId, String)>,
    /// The contract's columns.
    pub schema: SchemaRef,
    /// The contract's columns and `_line`.
    pub pushed_schema: SchemaRef,
    /// The contract's columns, `_line` and `_op`.
    pub operations_schema: SchemaRef,
    headers: RwLock<HashMap<Box<str>, Arc<Header>>>,
}

impl Plan {
    /// Works everything out.
    ///
    /// # Errors
    /// `Invalid` for a cross-column rule that cannot be planned; linted contracts have none.
    pub(crate) fn new(contract: Arc<Contract>) -> Result<Self> {
        let schema = contract.schema();
        let mut fields: Vec<_> = schema.fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new(system_column::LINE, DataType::Int64, true)));
        let mut references = Vec::new();
        let layout = Layout::of(&contract.source);
        let columns = contract
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let role = match () {
                    () if contract.primary_key.contains(&index) => Role::Key,
                    () if contract.version_column == Some(index) => Role::Version,
                    () => Role::Value,
                };
                let nulls = column
                    .null_values
                    .iter()
                    .chain(&contract.source.null_values)
                    .cloned()
                    .collect();
                let checks = column
                    .rules
                    .iter()
                    .map(|rule| {
                        if let Check::Reference { dataset, column } = &rule.check {
                            references.push((dataset.clone(), column.clone()));
                        }
                        ValueCheck::new(rule, column.ty, references.len().saturating_sub(1))
                    })
                    .collect::<Result<_>>()?;
                Ok(ColumnPlan {
                    name: column.name.as_str().into(),
                    role,
                    required: column.required,
                    on_failure: column.on_failure,
                    nulls,
                    reader: Reader::new(column.ty, &column.formats, layout),
                    zeros: Zeros::of(column),
                    checks,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let singles = contract
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.unique)
            .map(|(i, _)| vec![i]);
        let unique: BTreeSet<Vec<usize>> = singles.chain(contract.unique.iter().cloned()).collect();
        let pushed_schema = Arc::new(Schema::new(fields.clone()));
        fields.push(Arc::new(system_column::op_field()));
        Ok(Self {
            names: Names::new(&contract),
            json_header: Arc::new(Header::of_contract(&contract)),
            columns,
            row_checks: contract
                .row_rules
                .iter()
                .map(|rule| RowCheck::new(rule, &schema))
                .collect::<Result<_>>()?,
            unique: unique.into_iter().collect(),
            references,
            schema,
            pushed_schema,
            operations_schema: Arc::new(Schema::new(fields)),
            headers: RwLock::default(),
            contract,
        })
    }

    /// The mapped header for a header line, worked out by `map` when this line has not been seen before.
    pub(crate) fn header(&self, line: &str, map: impl FnOnce(&str) -> Result<Header>) -> Result<Arc<Header>> {
        if let Some(header) = self.headers.read().get(line) {
            return Ok(header.clone());
        }
        let header = Arc::new(map(line)?);
        let mut headers = self.headers.write();
        if headers.len() >= HEADERS {
            headers.clear();
        }
        headers.insert(line.into(), header.clone());
        Ok(header)
    }
}

/// Plans of the contracts in force.
#[derive(Debug, Default)]
pub(crate) struct Plans(RwLock<HashMap<DatasetId, Arc<Plan>>>);

impl Plans {
    /// The plan of `contract`; made anew when another contract took its place.
    pub(crate) fn of(&self, contract: &Arc<Contract>) -> Result<Arc<Plan>> {
        if let Some(plan) = self
            .0
            .read()
            .get(&contract.dataset)
            .filter(|plan| Arc::ptr_eq(&plan.contract, contract))
        {
            return Ok(plan.clone());
        }
        let plan = Arc::new(Plan::new(contract.clone())?);
        let mut plans = self.0.write();
        if plans.len() >= PLANS {
            plans.clear();
        }
        plans.insert(contract.dataset.clone(), plan.clone());
        Ok(plan)
    }
}
