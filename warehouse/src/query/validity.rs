//! From when to when each version of a key was the current one.

use crate::{
    contract::{ColumnType, Contract, system_column},
    lake::history_schema,
};
use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::{
    catalog::{Session, TableProvider},
    common::Result,
    datasource::provider_as_source,
    functions_window::lead_lag::lead_udwf,
    logical_expr::{
        Expr, ExprFunctionExt, LogicalPlanBuilder, TableType, WindowFunctionDefinition, expr::WindowFunction, lit, when,
    },
    physical_expr::expressions::Column,
    physical_plan::{ExecutionPlan, projection::ProjectionExec},
    prelude::ident,
};
use std::sync::Arc;

/// Name of the computed column; the end of a version's time, null for the current one.
pub(super) const VALID_TO: &str = "_valid_to";

/// Columns of a history as a scan may ask for them: the stored ones and the computed one.
pub(super) fn schema(contract: &Contract) -> SchemaRef {
    let stored = history_schema(contract);
    let mut fields = stored.fields().to_vec();
    fields.push(Arc::new(Field::new(VALID_TO, ColumnType::Timestamp.arrow(), true)));
    Arc::new(Schema::new(fields))
}

/// What the computation reads besides what is shown.
pub(super) fn needed(contract: &Contract) -> Vec<String> {
    let keys = contract.key_columns();
    let system = [
        system_column::OP,
        system_column::SEQ,
        system_column::LINE,
        system_column::RECEIVED_AT,
    ];
    keys.map(|column| column.name.clone())
        .chain(system.map(str::to_owned))
        .collect()
}

/// `input` with the column [`VALID_TO`] behind its own. A stale version never was the current one: its time is empty.
pub(super) async fn with_end(
    state: &dyn Session,
    contract: &Contract,
    input: Arc<dyn ExecutionPlan>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let mut own: Vec<Expr> = input
        .schema()
        .fields()
        .iter()
        .map(|field| ident(field.name()))
        .collect();
    let is_stale = ident(system_column::OP).eq(lit("S"));
    let mut partition = key_columns(contract);
    partition.push(is_stale.clone());
    let order = [system_column::SEQ, system_column::LINE].map(|column| ident(column).sort(true, false));
    let next = Expr::from(WindowFunction::new(
        WindowFunctionDefinition::WindowUDF(lead_udwf()),
        vec![ident(system_column::RECEIVED_AT)],
    ))
    .partition_by(partition)
    .order_by(order.to_vec())
    .build()?
    .alias("next");
    let table = Arc::new(Ready { plan: input });
    let end = when(is_stale, ident(system_column::RECEIVED_AT)).otherwise(ident("next"))?;
    own.push(end.alias(VALID_TO));
    let plan = LogicalPlanBuilder::scan("versions", provider_as_source(table), None)?
        .window([next])?
        .project(own)?
        .build()?;
    state.create_physical_plan(&plan).await
}

/// The key's columns as expressions.
pub(super) fn key_columns(contract: &Contract) -> Vec<Expr> {
    let columns = contract.key_columns();
    columns.map(|column| ident(&column.name)).collect()
}

/// A plan as a table.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) plan: Arc<dyn ExecutionPlan>,
}

#[async_trait]
impl TableProvider for Ready {
    fn schema(&self) -> SchemaRef {
        self.plan.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(projection) = projection else {
            return Ok(self.plan.clone());
        };
        let schema = self.plan.schema();
        let columns = projection.iter().map(|at| {
            let name = schema.field(*at).name();
            (Arc::new(Column::new(name, *at)) as Arc<_>, name.clone())
        });
        let plan = ProjectionExec::try_new(columns.collect::<Vec<_>>(), self.plan.clone())?;
        Ok(Arc::new(plan))
    }
}
