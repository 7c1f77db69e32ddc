//! The rows endpoint without SQL: filters, projection, order and stable pages over one dataset.
//!
//! Pages follow the order columns and then the row's position, which is unique; rows that arrive after the first
//! page are left out by its position, so that paging sees each row exactly once while pushes go on.

use super::{
    AsOf, Limits, QueryStream, Session,
    cursor::{Key, Position},
    failure::told,
    scan::LakeTable,
    stream::late,
};
use crate::{
    DatasetId, Error, Result,
    contract::{Contract, system_column},
    policy::Decision,
};
use arrow::{
    array::RecordBatch,
    compute::concat_batches,
    datatypes::{DataType, SchemaRef},
};
use datafusion::{
    catalog::TableProvider,
    datasource::provider_as_source,
    logical_expr::{Expr, LogicalPlanBuilder, SortExpr, lit},
    prelude::ident,
    scalar::ScalarValue,
};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{str::FromStr, sync::Arc};
use tokio::time::timeout_at;

/// Rows of a page when the request names no number.
const DEFAULT_LIMIT: usize = 100;
/// Most rows of a page.
const MAX_LIMIT: usize = 10_000;

/// A page of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsRequest {
    /// Dataset.
    pub dataset: DatasetId,
    /// Current rows or all versions.
    pub schema: RowsSchema,
    /// Conditions; all must hold.
    pub filters: Vec<RowFilterRequest>,
    /// Columns wanted, in this order; empty means all.
    pub select: Vec<String>,
    /// Columns to order by, with `true` for descending; nulls stand last ascending and first descending.
    pub order: Vec<(String, bool)>,
    /// Rows wanted; 100 when absent, at most 10,000.
    pub limit: Option<usize>,
    /// Cursor of the page before.
    pub cursor: Option<String>,
}

impl RowsRequest {
    /// The first page of current rows, everything else by default.
    pub fn of(dataset: DatasetId) -> Self {
        Self {
            dataset,
            schema: RowsSchema::Data,
            filters: Vec::new(),
            select: Vec::new(),
            order: Vec::new(),
            limit: None,
            cursor: None,
        }
    }

    /// What a cursor must fit: everything that fixes the listing.
    fn fingerprint(&self, key: &str, as_of: Option<AsOf>) -> Vec<u8> {
        let parts = format!(
            "{key}\n{}\n{:?}\n{:?}\n{:?}\n{as_of:?}",
            self.dataset, self.schema, self.filters, self.order
        );
        Sha256::digest(parts).to_vec()
    }
}

/// Which rows of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowsSchema {
    /// Current rows.
    #[default]
    Data,
    /// All versions, with position, receipt and validity.
    History,
}

/// One condition, such as `tanggal=gte.2025-07-01`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFilterRequest {
    /// Column.
    pub column: String,
    /// Comparison.
    pub op: Op,
    /// Text of the value; a comma list for `in`, a SQL pattern for `like`, `null` or `notnull` for `is`.
    pub value: String,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Op {
    Eq,
    Neq,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Like,
    Is,
}

impl FromStr for Op {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "eq" => Self::Eq,
            "neq" => Self::Neq,
            "gt" => Self::Gt,
            "gte" => Self::Gte,
            "lt" => Self::Lt,
            "lte" => Self::Lte,
            "in" => Self::In,
            "like" => Self::Like,
            "is" => Self::Is,
            _ => {
                return Err(Error::invalid(format!(
                    "filter operator {text:?} is not known: use eq, neq, gt, gte, lt, lte, in, like or is"
                )));
            }
        })
    }
}

/// One page.
#[derive(Debug)]
pub struct RowsPage {
    /// The rows, ready to be encoded.
    pub rows: QueryStream,
    /// Rows in the page.
    pub count: usize,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
}

impl Session {
    /// Columns of the request's filters that hold personal data; such a request must not come in a URL.
    ///
    /// # Errors
    /// `NotFound` when the dataset does not exist or is not open to the caller.
    pub fn personal_filters(&self, request: &RowsRequest) -> Result<Vec<String>> {
        let execution = self.execution();
        let contract = open(&execution.pin, request)?;
        let personal = |name: &str| {
            contract
                .column(name)
                .is_some_and(|index| contract.columns[index].classification.is_personal())
        };
        Ok(request
            .filters
            .iter()
            .map(|f| f.column.clone())
            .filter(|column| personal(column))
            .collect())
    }

    /// One page of a dataset.
    ///
    /// # Errors
    /// `NotFound` for a dataset that does not exist or is not open to the caller, `Invalid` for a wrong filter,
    /// column or cursor.
    pub async fn rows(&self, request: RowsRequest) -> Result<RowsPage> {
        let limit = request.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::invalid(format!(
                "limit {limit} is out of range: use 1 to {MAX_LIMIT}"
            )));
        }
        let bounds = self.bounds(Limits {
            rows: Some(limit as u64 + 1),
            deadline: None,
        });
        let execution = self.execution();
        let contract = open(&execution.pin, &request)?;
        let table = Arc::new(match request.schema {
            RowsSchema::Data => LakeTable::positioned(contract),
            RowsSchema::History => LakeTable::history(contract),
        });
        let listing = Listing::of(&request, table.schema(), contract)?;
        let fingerprint = request.fingerprint(self.identity().key.as_str(), self.as_of);
        let before = request
            .cursor
            .as_deref()
            .map(|cursor| self.seal.open(cursor, &fingerprint))
            .transpose()?;
        let cut = before
            .as_ref()
            .map_or(execution.pin.view.visible_seq.0, |position| position.cut);

        let plan = LogicalPlanBuilder::scan("rows", provider_as_source(table), None)
            .and_then(|scan| scan.filter(listing.condition(cut, before.as_ref())))
            .and_then(|scan| scan.sort_with_limit(listing.sort(), Some(limit + 1)))
            .and_then(|sorted| sorted.project(listing.fetched().map(ident)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(told)?;
        let fetched = async {
            let mut stream = execution.start(plan, bounds).await?;
            let (schema, record) = (stream.schema().clone(), stream.take_record());
            let batches: Vec<RecordBatch> = stream.try_collect().await?;
            Ok::<_, Error>((concat_batches(&schema, &batches)?, record))
        };
        let (rows, record) = timeout_at(bounds.deadline, Box::pin(fetched))
            .await
            .map_err(|_| late(bounds.allowed))??;

        let next = (rows.num_rows() > limit)
            .then(|| {
                self.seal.seal(
                    &Position {
                        cut,
                        keys: listing.keys(&rows, limit - 1)?,
                    },
                    &fingerprint,
                )
            })
            .transpose()?;
        let wanted: Vec<usize> = (0..listing.select.len()).collect();
        let page = rows.slice(0, rows.num_rows().min(limit)).project(&wanted)?;
        let count = page.num_rows();
        Ok(RowsPage {
            rows: QueryStream::of(page, execution.pin.clone(), bounds).recorded(record),
            count,
            next,
        })
    }
}

fn open<'a>(pin: &'a super::Pin, request: &RowsRequest) -> Result<&'a Arc<Contract>> {
    pin.active(request.dataset.as_str())
        .filter(|contract| pin.policy.decide(&pin.identity, contract) != Decision::Deny)
        .filter(|_| request.schema == RowsSchema::Data || pin.policy.sees_history(&pin.identity))
        .ok_or_else(|| {
            Error::not_found(format!(
                "dataset {} does not exist, or is not open to this key",
                request.dataset
            ))
        })
}

/// A request checked against its columns.
struct Listing {
    schema: SchemaRef,
    filters: Vec<Expr>,
    select: Vec<String>,
    /// Order columns, ending with the row's position.
    order: Vec<(String, bool)>,
}

impl Listing {
    fn of(request: &RowsRequest, schema: SchemaRef, contract: &Contract) -> Result<Self> {
        let known = |name: &String| match schema.field_with_name(name) {
            Ok(_) => Ok(name.clone()),
            Err(_) => Err(Error::invalid(format!(
                "dataset {} has no column {name:?}",
                request.dataset
            ))),
        };
        let select = match (request.select.as_slice(), request.schema) {
            ([], RowsSchema::Data) => contract.columns.iter().map(|column| column.name.clone()).collect(),
            ([], RowsSchema::History) => schema.fields().iter().map(|field| field.name().clone()).collect(),
            (names, _) => names.iter().map(known).collect::<Result<Vec<_>>>()?,
        };
        if (1..select.len()).any(|i| select[..i].contains(&select[i])) {
            return Err(Error::invalid("select names a column twice"));
        }
        let mut order = Vec::new();
        let position = [system_column::SEQ, system_column::LINE].map(|name| (name.to_owned(), false));
        for (name, descending) in request.order.iter().chain(&position) {
            if !order.iter().any(|(seen, _)| seen == name) {
                order.push((known(name)?, *descending));
            }
        }
        let filters = request.filters.iter().map(|filter| {
            known(&filter.column)?;
            condition(filter, schema.field_with_name(&filter.column)?.data_type())
        });
        Ok(Self {
            filters: filters.collect::<Result<_>>()?,
            select,
            order,
            schema,
        })
    }

    /// Selected columns, then those of the order that are not selected.
    fn fetched(&self) -> impl Iterator<Item = &String> {
        let more = self
            .order
            .iter()
            .map(|(name, _)| name)
            .filter(|name| !self.select.contains(name));
        self.select.iter().chain(more)
    }

    fn sort(&self) -> Vec<SortExpr> {
        self.order
            .iter()
            .map(|(name, descending)| SortExpr::new(ident(name), !descending, *descending))
            .collect()
    }

    /// Rows of the listing after `before`.
    fn condition(&self, cut: u64, before: Option<&Position>) -> Expr {
        let visible = ident(system_column::SEQ).lt_eq(lit(i64::try_from(cut).unwrap_or(i64::MAX)));
        let asked = self.filters.iter().cloned().fold(visible, Expr::and);
        match before {
            None => asked,
            Some(position) => asked.and(self.after(position).unwrap_or_else(|| lit(false))),
        }
    }

    /// `(c1 after v1) or (c1 is v1 and c2 after v2) or ...`; nothing when the position does not fit the columns.
    fn after(&self, position: &Position) -> Option<Expr> {
        let mut same = lit(true);
        let mut any = lit(false);
        for ((name, descending), key) in self.order.iter().zip(&position.keys) {
            let value = key.value(self.schema.field_with_name(name).ok()?.data_type())?;
            let column = || ident(name);
            // Nulls stand last ascending, first descending.
            let later = match (value.is_null(), descending) {
                (true, false) => lit(false),
                (true, true) => column().is_not_null(),
                (false, false) => column().gt(lit(value.clone())).or(column().is_null()),
                (false, true) => column().lt(lit(value.clone())),
            };
            any = any.or(same.clone().and(later));
            same = same.and(if value.is_null() {
                column().is_null()
            } else {
                column().eq(lit(value))
            });
        }
        Some(any)
    }

    fn keys(&self, rows: &RecordBatch, row: usize) -> Result<Vec<Key>> {
        let unfit = |name: &str| Error::invalid(format!("column {name:?} cannot be ordered by"));
        self.order
            .iter()
            .map(|(name, _)| {
                let column = rows.column_by_name(name).ok_or_else(|| unfit(name))?;
                let value = ScalarValue::try_from_array(column, row).map_err(told)?;
                Key::of(&value).ok_or_else(|| unfit(name))
            })
            .collect()
    }
}

fn condition(filter: &RowFilterRequest, data_type: &DataType) -> Result<Expr> {
    let column = || ident(&filter.column);
    let value = |text: &str| match ScalarValue::try_from_string(text.to_owned(), data_type) {
        Ok(value) if !value.is_null() => Ok(lit(value)),
        // Not quoting the text: it may be personal.
        _ => Err(Error::invalid(format!(
            "the filter on {:?} does not hold a value of its type",
            filter.column
        ))),
    };
    Ok(match filter.op {
        Op::Eq => column().eq(value(&filter.value)?),
        Op::Neq => column().not_eq(value(&filter.value)?),
        Op::Gt => column().gt(value(&filter.value)?),
        Op::Gte => column().gt_eq(value(&filter.value)?),
        Op::Lt => column().lt(value(&filter.value)?),
        Op::Lte => column().lt_eq(value(&filter.value)?),
        Op::In => column().in_list(filter.value.split(',').map(value).collect::<Result<_>>()?, false),
        Op::Like if *data_type == DataType::Utf8View => column().like(value(&filter.value)?),
        Op::Like => {
            return Err(Error::invalid(format!(
                "like needs a text column, {:?} is none",
                filter.column
            )));
        }
        Op::Is => match filter.value.as_str() {
            "null" => column().is_null(),
            "notnull" => column().is_not_null(),
            _ => return Err(Error::invalid("is takes null or notnull")),
        },
    })
}
