//! Cross-column rules: SQL over the columns of one row. They are planned when the contract is read, so that a
//! misspelt column or a comparison of a date with a number is a fault of the contract, not of the first push.

use super::RowRule;
use crate::{Error, Result};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::{
    common::{
        DFSchema,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    error::DataFusionError,
    execution::{SessionState, SessionStateBuilder},
    logical_expr::{Expr, Volatility, simplify::SimplifyContext},
    optimizer::simplify_expressions::ExprSimplifier,
    physical_expr::PhysicalExpr,
};
use std::sync::{Arc, LazyLock};

static PLANNER: LazyLock<SessionState> = LazyLock::new(|| SessionStateBuilder::new().with_default_features().build());

/// A rule ready to be evaluated over batches that have the columns of `schema`, in that order. The result is a
/// Boolean array; a row fails where it is false (null passes, as in a SQL CHECK).
///
/// # Errors
/// `Invalid` when the expression does not fit the schema; never for a rule of a linted contract over its own schema.
pub fn compile(rule: &RowRule, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>> {
    plan(&rule.expression, schema)
        .map_err(|why| Error::invalid(format!("rule `{}` does not fit its columns: {why}", rule.name)))
}

/// Plans `expression` over `schema`, or says what keeps it from being a rule.
pub(super) fn plan(expression: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, String> {
    let columns = DFSchema::try_from(schema.as_ref().clone()).map_err(|e| sentence(&e))?;
    let expr = PLANNER
        .create_logical_expr(expression, &columns)
        .map_err(|e| sentence(&e))?;
    if let Some(foreign) = foreign_part(&expr).map_err(|e| sentence(&e))? {
        return Err(format!(
            "{foreign} cannot be used: a rule sees one row and always answers the same for it"
        ));
    }
    // Some functions, `coalesce` among them, are only words for others, and cannot be computed until they are replaced.
    let context = SimplifyContext::builder().with_schema(Arc::new(columns.clone()));
    let simplifier = ExprSimplifier::new(context.build());
    let expr = simplifier
        .coerce(expr, &columns)
        .and_then(|expr| simplifier.simplify(expr));
    let expr = expr.map_err(|e| sentence(&e))?;
    let planned = PLANNER.create_physical_expr(expr, &columns).map_err(|e| sentence(&e))?;
    match planned.data_type(schema).map_err(|e| sentence(&e))? {
        DataType::Boolean => Ok(planned),
        other => Err(format!("it answers {other}, not true or false")),
    }
}

fn foreign_part(expr: &Expr) -> Result<Option<String>, DataFusionError> {
    let mut found = None;
    expr.apply(|part| {
        found = match part {
            Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) => Some("a subquery".to_owned()),
            Expr::AggregateFunction(f) => Some(format!("the aggregate `{}`", f.func.name())),
            Expr::WindowFunction(_) => Some("a window function".to_owned()),
            Expr::Placeholder(_) => Some("a parameter".to_owned()),
            Expr::ScalarFunction(f) if f.func.signature().volatility != Volatility::Immutable => {
                Some(format!("`{}()`", f.func.name()))
            }
            _ => return Ok(TreeNodeRecursion::Continue),
        };
        Ok(TreeNodeRecursion::Stop)
    })?;
    Ok(found)
}

/// The planner's own sentence without back-trace and nested causes; it names columns and functions, never values.
fn sentence(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    text.lines().next().unwrap_or(&text).to_owned()
}
