//! Reading the past: rows of datasets as they were at an earlier position of the log or at an earlier time.
//!
//! Nothing is kept for it. An append-only table only grows, so its past is its rows up to there; the past of a keyed
//! table is the last operation up to there on each key of its history, unless that is a deletion. Which operation is
//! the last must be found among all of a key's: of a caller's filters only those on key columns may go below.

use super::{
    LakeSource,
    sources::Sources,
    validity::{self, Ready},
};
use crate::{
    Error, Result as OwnResult, Seq,
    contract::{Contract, system_column},
};
use arrow::datatypes::{Schema, SchemaRef};
use chrono::{DateTime, SecondsFormat, Utc};
use datafusion::{
    catalog::Session,
    common::{DFSchema, DataFusionError, ScalarValue},
    datasource::provider_as_source,
    functions_window::row_number::row_number_udwf,
    logical_expr::{
        Expr, ExprFunctionExt, LogicalPlanBuilder, WindowFunctionDefinition, expr::WindowFunction, lit,
        utils::conjunction,
    },
    physical_expr::{PhysicalExpr, expressions::Column},
    physical_plan::{ExecutionPlan, filter::FilterExec, projection::ProjectionExec},
    prelude::ident,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr, sync::Arc};

type Result<T, E = DataFusionError> = std::result::Result<T, E>;

/// A point in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// When every push up to this position was visible, and none after it.
    Seq(Seq),
    /// When every push received up to this time was visible, and none received later.
    Time(DateTime<Utc>),
}

impl AsOf {
    /// Refuses what is still to come: its answer would not be the same tomorrow.
    pub(super) fn check(self, lake: &dyn LakeSource) -> OwnResult<()> {
        match self {
            Self::Seq(seq) if seq > lake.view().visible_seq => Err(Error::invalid(format!(
                "as_of {} lies in the future: the newest position is {}",
                seq.0,
                lake.view().visible_seq.0
            ))),
            Self::Time(time) if time > lake.now() => Err(Error::invalid(format!(
                "as_of {self} lies in the future: it is {} now",
                Self::Time(lake.now())
            ))),
            _ => Ok(()),
        }
    }

    /// The stored column that tells what was there.
    fn column(self) -> &'static str {
        match self {
            Self::Seq(_) => system_column::SEQ,
            Self::Time(_) => system_column::RECEIVED_AT,
        }
    }

    /// Rows that were there.
    fn expr(self) -> Expr {
        let last = match self {
            Self::Seq(seq) => ScalarValue::Int64(Some(i64::try_from(seq.0).unwrap_or(i64::MAX))),
            Self::Time(time) => ScalarValue::TimestampMicrosecond(Some(time.timestamp_micros()), Some("UTC".into())),
        };
        ident(self.column()).lt_eq(lit(last))
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => write!(f, "{}", seq.0),
            Self::Time(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

impl FromStr for AsOf {
    type Err = Error;
    fn from_str(text: &str) -> OwnResult<Self> {
        let refused = || {
            Error::invalid(format!(
                "as_of {text:?} is neither a sequence number nor a time such as 2026-01-31T08:00:00+07:00"
            ))
        };
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(|seq| Self::Seq(Seq(seq))).map_err(|_| refused());
        }
        // In an address a plus sign means a space; a time has one before its offset only.
        let time = DateTime::parse_from_rfc3339(text).or_else(|error| match text.rsplit_once(' ') {
            Some((time, offset)) => DateTime::parse_from_rfc3339(&format!("{time}+{offset}")),
            None => Err(error),
        });
        time.map(|time| Self::Time(time.to_utc())).map_err(|_| refused())
    }
}

impl Serialize for AsOf {
    /// As text, which [`FromStr`] reads.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AsOf {
    /// A number is a position, a text either.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Text(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Number(seq) => Ok(Self::Seq(Seq(seq))),
            Written::Text(text) => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// A plan over the rows of `sources` that were there as of `as_of`, in the columns of `schema`; `stored` is the schema
/// of the table. Files that hold no row for which all of `pruning` is true are left out.
pub(super) fn plan(
    state: &dyn Session,
    sources: Sources,
    schema: &SchemaRef,
    stored: &Schema,
    mut pruning: Vec<Expr>,
    decoding: Option<&Expr>,
    as_of: Option<AsOf>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let Some(as_of) = as_of else {
        return sources.plan(state, schema, conjunction(pruning), decoding);
    };
    let mut fields = schema.fields().to_vec();
    if schema.field_with_name(as_of.column()).is_err() {
        fields.push(Arc::new(stored.field_with_name(as_of.column())?.clone()));
    }
    let wide = Arc::new(Schema::new(fields));
    pruning.push(as_of.expr());
    let rows = sources.plan(state, &wide, conjunction(pruning), decoding)?;
    let columns = DFSchema::try_from(wide.as_ref().clone())?;
    let there = state.create_physical_expr(as_of.expr(), &columns)?;
    let past = Arc::new(FilterExec::try_new(there, rows)?);
    projected(past, schema)
}

/// Of the versions in `versions` the ones in force, in the columns of `schema`: the last operation on each key, unless
/// it is a deletion. Stale versions never were in force.
pub(super) async fn in_force(
    state: &dyn Session,
    contract: &Contract,
    versions: Arc<dyn ExecutionPlan>,
    schema: &SchemaRef,
) -> Result<Arc<dyn ExecutionPlan>> {
    const LAST: &str = "last";
    let own: Vec<Expr> = schema.fields().iter().map(|field| ident(field.name())).collect();
    let order = [system_column::SEQ, system_column::LINE].map(|column| ident(column).sort(false, false));
    let place = Expr::from(WindowFunction::new(
        WindowFunctionDefinition::WindowUDF(row_number_udwf()),
        Vec::new(),
    ))
    .partition_by(validity::key_columns(contract))
    .order_by(order.to_vec())
    .build()?
    .alias(LAST);
    let op = || ident(system_column::OP);
    let plan = LogicalPlanBuilder::scan("versions", provider_as_source(Arc::new(Ready { plan: versions })), None)?
        .filter(op().not_eq(lit("S")))?
        .window([place])?
        .filter(ident(LAST).eq(lit(1u64)).and(op().not_eq(lit("D"))))?
        .project(own)?
        .build()?;
    let plan = state.create_physical_plan(&plan).await?;
    projected(plan, schema)
}

/// The columns of `schema` from a plan that has them.
pub(super) fn projected(input: Arc<dyn ExecutionPlan>, schema: &Schema) -> Result<Arc<dyn ExecutionPlan>> {
    let below = input.schema();
    let columns = schema.fields().iter().map(|field| {
        let column = Column::new_with_schema(field.name(), &below)?;
        Ok((Arc::new(column) as Arc<dyn PhysicalExpr>, field.name().clone()))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(ProjectionExec::try_new(columns, input)?))
}
