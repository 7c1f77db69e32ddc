//! One key, one row, without a plan: the key maps say where the row is, and the same gate as before every scan says
//! what of it the caller sees.

use super::{
    Limits, Pin, QueryStream, Session,
    failure::told,
    files,
    scan::{Bound, LakeTable},
    stream::late,
};
use crate::{
    DatasetId, Error, Result,
    contract::{Contract, system_column},
    lake::Located,
};
use arrow::{
    array::{ArrayRef, Int32Array, Int64Array, StringViewArray},
    compute::concat_batches,
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use datafusion::{
    datasource::provider_as_source,
    logical_expr::{
        Expr, LogicalPlanBuilder, execution_props::ExecutionProps, lit,
        physical_planning_context::PhysicalPlanningContext,
    },
    physical_expr::create_physical_expr,
    prelude::ident,
    scalar::ScalarValue,
};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use std::{fmt, sync::Arc};
use tokio::time::timeout_at;

/// Look-ups in one keyed dataset, at one cut and under one policy.
pub struct Lookup {
    session: Session,
    pin: Arc<Pin>,
    bound: Bound,
}

/// A primary key, checked against its columns.
#[derive(Debug, Clone)]
pub struct LookupKey {
    /// One row of the key columns.
    batch: RecordBatch,
}

impl LookupKey {
    /// The key of a row that has at least the key columns of `contract`.
    pub fn of_row(row: &RecordBatch, contract: &Contract) -> Result<Self> {
        let indexes = contract
            .key_columns()
            .map(|column| row.schema_ref().index_of(&column.name));
        let batch = row.project(&indexes.collect::<std::result::Result<Vec<_>, _>>()?)?;
        Ok(Self { batch })
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookup")
            .field("dataset", &self.bound.contract.dataset)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Look-ups by primary key in `dataset`. Costs no plan.
    ///
    /// # Errors
    /// `NotFound` for a dataset that does not exist or is not open to the caller, `Invalid` for one without primary
    /// key, `Forbidden` where the caller sees a key column only masked: finding a row by what may not be seen would
    /// show it.
    pub fn lookup(&self, dataset: &DatasetId) -> Result<Lookup> {
        self.lookup_at(self.pin(), dataset)
    }

    /// Look-ups in a cut that was taken before.
    pub(super) fn lookup_at(&self, pin: Arc<Pin>, dataset: &DatasetId) -> Result<Lookup> {
        let closed = || Error::not_found(format!("dataset {dataset} does not exist, or is not open to this key"));
        let contract = pin.active(dataset.as_str()).ok_or_else(closed)?;
        let bound = Bound::of_rows(&pin, contract).ok_or_else(closed)?;
        if !contract.is_keyed() {
            return Err(Error::invalid(format!(
                "dataset {dataset} has no primary key, so its rows cannot be looked up: filter its rows instead"
            )));
        }
        let masked = contract.key_columns().find(|column| bound.mask(&column.name).is_some());
        if let Some(column) = masked {
            return Err(Error::forbidden(format!(
                "key column {} is shown masked to this key, and a look-up by it would tell more: it needs the right to \
                 read it, with X-Purpose",
                column.name
            )));
        }
        Ok(Lookup {
            session: self.clone(),
            bound,
            pin,
        })
    }
}

impl Lookup {
    /// Key columns that hold personal data; such a key must not come in a URL.
    pub fn personal_columns(&self) -> Vec<&str> {
        self.bound
            .contract
            .key_columns()
            .filter(|column| column.classification.is_personal())
            .map(|column| column.name.as_str())
            .collect()
    }

    /// A key from the texts of its parts, in key order.
    ///
    /// # Errors
    /// `Invalid` for another number of parts, or one that is not of its column's type.
    pub fn key_of_texts<T: AsRef<str>>(&self, parts: &[T]) -> Result<LookupKey> {
        if parts.len() != self.bound.contract.primary_key.len() {
            return Err(self.misfit("has another number of parts"));
        }
        let columns = self.bound.contract.key_columns().zip(parts);
        self.key(columns.map(|(column, text)| value(text.as_ref(), &column.ty.arrow())))
    }

    /// A key from values by column name.
    ///
    /// # Errors
    /// `Invalid` for a column too few or too many, or a value that is not of its column's type.
    pub fn key_of_values(&self, values: &Map<String, Value>) -> Result<LookupKey> {
        if values.len() != self.bound.contract.primary_key.len() {
            return Err(self.misfit("has other columns"));
        }
        self.key(self.bound.contract.key_columns().map(|column| {
            let ty = column.ty.arrow();
            match values.get(&column.name)? {
                Value::String(text) => value(text, &ty),
                // A number is no text: 007 would have become 7.
                Value::Number(number) if ty != DataType::Utf8View => value(&number.to_string(), &ty),
                Value::Bool(flag) if ty == DataType::Boolean => value(&flag.to_string(), &ty),
                _ => None,
            }
        }))
    }

    fn key(&self, columns: impl Iterator<Item = Option<ArrayRef>>) -> Result<LookupKey> {
        let columns: Option<Vec<ArrayRef>> = columns.collect();
        let columns = columns.ok_or_else(|| self.misfit("has a value that is not of its column's type"))?;
        let fields = self
            .bound
            .contract
            .key_columns()
            .map(|column| Field::new(&column.name, column.ty.arrow(), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(LookupKey {
            batch: RecordBatch::try_new(schema, columns)?,
        })
    }

    /// Without the values: they may be personal.
    fn misfit(&self, what: &str) -> Error {
        let contract = &self.bound.contract;
        let columns: Vec<String> = contract
            .key_columns()
            .map(|column| format!("{} ({})", column.name, column.ty.arrow()))
            .collect();
        Error::invalid(format!(
            "the key {what}: the key of {} is {}",
            contract.dataset,
            columns.join(", ")
        ))
    }

    /// The current row of the key in the contract's columns, as the caller sees it; none where there is none, or none
    /// that the caller may see.
    pub async fn current(&self, key: &LookupKey) -> Result<Option<RecordBatch>> {
        let contract = &self.bound.contract;
        let columns = || contract.columns.iter().map(|column| column.name.as_str());
        let row = if self.pin.as_of.is_some() {
            return self.scanned(key).await;
        } else {
            match self.pin.lake.locate(contract, &self.pin.view, &key.batch) {
                Ok(Located::Absent) => return self.nothing().await,
                Ok(Located::Row(row)) => row,
                Ok(Located::File { table, file, row }) => {
                    let schema = contract.schema();
                    files::row(&self.session.base, &table, &file, row, &schema).await?
                }
                Err(error) => {
                    tracing::error!(%error, source = ?std::error::Error::source(&error), "a look-up has to search");
                    return self.scanned(key).await;
                }
            }
        };
        // Of columns and literals of one type each, so that nothing has to be coerced or simplified.
        let (props, planning) = (ExecutionProps::new(), PhysicalPlanningContext::default());
        let gate = self
            .bound
            .gate(&self.pin, row.schema_ref(), columns(), |expr, below| {
                create_physical_expr(&expr, below, &props, &planning)
            })
            .map_err(told)?;
        let seen = gate.seen(&row).map_err(told)?;
        if seen.num_rows() == 0 {
            return self.nothing().await;
        }
        self.pin
            .note_clear_reads(contract, columns(), |name| self.bound.mask(name).is_some());
        self.pin.record_reads().await?;
        Ok(Some(seen))
    }

    /// That there is no row with a personal key tells something of a person: it is on record like a row.
    async fn nothing(&self) -> Result<Option<RecordBatch>> {
        let contract = &self.bound.contract;
        let key = contract.key_columns().map(|column| column.name.as_str());
        self.pin
            .note_clear_reads(contract, key, |name| self.bound.mask(name).is_some());
        self.pin.record_reads().await?;
        Ok(None)
    }

    /// All versions of the key as `history` shows them, oldest first.
    ///
    /// # Errors
    /// `NotFound` for a caller who may not see histories.
    pub async fn versions(&self, key: &LookupKey) -> Result<QueryStream> {
        if !self.pin.policy.sees_history(&self.pin.identity) {
            return Err(Error::not_found(format!(
                "the history of dataset {} does not exist, or is not open to this key",
                self.bound.contract.dataset
            )));
        }
        self.search(LakeTable::history(&self.bound.contract), key, true).await
    }

    /// A batch of this look-up as an answer.
    pub fn answer(&self, batch: RecordBatch) -> QueryStream {
        QueryStream::of(batch, self.pin.clone(), self.session.bounds(Limits::default()))
    }

    async fn scanned(&self, key: &LookupKey) -> Result<Option<RecordBatch>> {
        let found = self.search(LakeTable::data(&self.bound.contract), key, false).await?;
        let schema = found.schema().clone();
        let batches: Vec<RecordBatch> = found.try_collect().await?;
        let found = concat_batches(&schema, &batches)?;
        Ok((found.num_rows() > 0).then_some(found))
    }

    async fn search(&self, table: LakeTable, key: &LookupKey, in_order: bool) -> Result<QueryStream> {
        let bounds = self.session.bounds(Limits::default());
        let execution = self.session.execution_at(self.pin.clone());
        let mut scan = LogicalPlanBuilder::scan("rows", provider_as_source(Arc::new(table)), None).map_err(told)?;
        scan = scan.filter(key.condition()?).map_err(told)?;
        if in_order {
            let position = [system_column::SEQ, system_column::LINE].map(|name| ident(name).sort(true, false));
            scan = scan.sort(position).map_err(told)?;
        }
        let plan = scan.build().map_err(told)?;
        timeout_at(bounds.deadline, Box::pin(execution.start(plan, bounds)))
            .await
            .map_err(|_| late(bounds.allowed))?
    }
}

impl LookupKey {
    /// The key columns have these values.
    fn condition(&self) -> Result<Expr> {
        let mut all: Option<Expr> = None;
        for (field, column) in self.batch.schema_ref().fields().iter().zip(self.batch.columns()) {
            let value = ScalarValue::try_from_array(column, 0).map_err(told)?;
            let equal = ident(field.name()).eq(lit(value));
            all = Some(match all {
                Some(others) => others.and(equal),
                None => equal,
            });
        }
        Ok(all.unwrap_or_else(|| lit(false)))
    }
}

/// A text as one value of a type; none where it is none.
fn value(text: &str, ty: &DataType) -> Option<ArrayRef> {
    Some(match ty {
        DataType::Utf8View => Arc::new(StringViewArray::from_iter_values([text])),
        DataType::Int32 => Arc::new(Int32Array::from_value(text.parse().ok()?, 1)),
        DataType::Int64 => Arc::new(Int64Array::from_value(text.parse().ok()?, 1)),
        other => {
            let value = ScalarValue::try_from_string(text.to_owned(), other).ok();
            value.filter(|value| !value.is_null())?.to_array().ok()?
        }
    })
}
