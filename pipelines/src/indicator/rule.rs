//! The fixed rule: an SQL expression over the columns of the table.

use arrow::{
    array::{AsArray, BooleanArray},
    datatypes::{DataType, SchemaRef},
    record_batch::RecordBatch,
};
use datafusion::{
    common::{
        DFSchema,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    execution::{SessionState, SessionStateBuilder},
    logical_expr::{Expr, Volatility},
    physical_expr::PhysicalExpr,
};
use smartcenter_warehouse::{Error, Result};
use std::sync::{Arc, LazyLock};

/// The functions of SQL; nothing of it is changed.
static FUNCTIONS: LazyLock<SessionState> = LazyLock::new(|| SessionStateBuilder::new().with_default_features().build());

/// A rule that can be asked.
#[derive(Debug)]
pub(super) struct Expression(Arc<dyn PhysicalExpr>);

impl Expression {
    /// Plans `sql` over these columns.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub(super) fn of(sql: &str, columns: &SchemaRef) -> std::result::Result<Self, String> {
        let told = |error: datafusion::error::DataFusionError| {
            let message = error.strip_backtrace();
            message.lines().next().unwrap_or_default().to_owned()
        };
        let schema = DFSchema::try_from(columns.as_ref().clone()).map_err(told)?;
        let expr = FUNCTIONS.create_logical_expr(sql, &schema).map_err(told)?;
        if let Some(name) = inconstant(&expr).map_err(told)? {
            return Err(format!(
                "`{name}` does not give the same for the same rows: leave it out"
            ));
        }
        let planned = FUNCTIONS.create_physical_expr(expr, &schema).map_err(told)?;
        let kind = planned.data_type(columns).map_err(told)?;
        if !matches!(kind, DataType::Boolean | DataType::Null) {
            return Err(format!(
                "a rule is true or false, and this is {kind}: compare it with something"
            ));
        }
        Ok(Self(planned))
    }

    /// Where the rule holds; what is not known does not hold.
    ///
    /// # Errors
    /// `Invalid` for what can only be told of rows, such as a division by zero.
    pub(super) fn holds(&self, batch: &RecordBatch) -> Result<BooleanArray> {
        let told = |error: datafusion::error::DataFusionError| {
            Error::invalid(format!("the rule cannot be worked out: {}", error.strip_backtrace()))
        };
        let values = self.0.evaluate(batch).map_err(told)?;
        let values = values.into_array(batch.num_rows()).map_err(told)?;
        match values.as_boolean_opt() {
            Some(values) => Ok(values.iter().map(|value| Some(value == Some(true))).collect()),
            None => Ok(std::iter::repeat_n(Some(false), batch.num_rows()).collect()),
        }
    }
}

/// The name of a function that depends on more than its arguments.
fn inconstant(expr: &Expr) -> std::result::Result<Option<String>, datafusion::error::DataFusionError> {
    let mut found = None;
    expr.apply(|expr| {
        if let Expr::ScalarFunction(call) = expr
            && call.func.signature().volatility != Volatility::Immutable
        {
            found = Some(call.func.name().to_owned());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
}
