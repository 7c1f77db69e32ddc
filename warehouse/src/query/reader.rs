//! The hub's own reading for models: many statements on one cut, unmasked and without a caller's bounds. What comes of
//! them is kept in a dataset, whose readers meet the policy there.

use super::{
    AsOf, Ending, Lookup, Pin, QueryStream, Session, catalog::Catalog, failure::told, guard, session::Execution,
    stream::Bounds,
};
use crate::{DatasetId, Result, Seq, contract::Contract};
use arrow::array::{ArrayRef, RecordBatch};
use datafusion::{
    common::DFSchema,
    logical_expr::{LogicalPlan, simplify::SimplifyContext},
    optimizer::simplify_expressions::ExprSimplifier,
    sql::parser::Statement,
};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Longest time of one statement; a rebuild of years is hours at most, and what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(4 * 3600);

/// One cut of the lake. Files and hot rows of the cut stay as long as it is held.
#[derive(Clone)]
pub struct Reader {
    session: Session,
    pin: Arc<Pin>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("seq", &self.seq())
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// The present, as `session` sees it.
    pub(crate) fn new(session: Session) -> Self {
        let pin = session.pin();
        Self { session, pin }
    }

    /// The same cut as it was at a position or a time of the past.
    #[must_use]
    pub fn past(&self, as_of: AsOf) -> Self {
        Self {
            session: self.session.clone(),
            pin: Arc::new(self.pin.past(as_of)),
        }
    }

    /// Every push up to here is seen, none after it.
    pub fn seq(&self) -> Seq {
        self.pin.view.visible_seq
    }

    /// The contract in force of a dataset.
    pub fn contract(&self, dataset: &str) -> Option<&Arc<Contract>> {
        self.pin.active(dataset)
    }

    /// Position of the last push that touched a dataset; 0 where there was none.
    pub fn touched(&self, contract: &Contract) -> Seq {
        let table = self.pin.view.tables.get(&contract.table());
        table.map_or(Seq(0), |table| table.last_seq)
    }

    /// Rows in force of a dataset.
    pub fn rows(&self, contract: &Contract) -> u64 {
        self.pin.view.rows(contract)
    }

    /// Plans a statement; `data.*` has `_seq` and `_received_at` here.
    ///
    /// # Errors
    /// `Invalid` for a statement that is wrong or not allowed.
    pub async fn plan(&self, sql: &str) -> Result<LogicalPlan> {
        self.plan_statement(guard::check(sql)?).await
    }

    /// As [`Self::plan`], of a statement that was checked before.
    pub async fn plan_statement(&self, statement: Statement) -> Result<LogicalPlan> {
        Box::pin(self.execution().plan(statement)).await
    }

    /// Runs a plan that this reader made, or that was built upon one.
    pub async fn run(&self, plan: LogicalPlan) -> Result<QueryStream> {
        let bounds = Bounds {
            deadline: Instant::now() + PATIENCE,
            allowed: PATIENCE,
            rows: u64::MAX,
            at_limit: Ending::Capped,
        };
        Box::pin(self.execution().start(plan, bounds)).await
    }

    /// What a SQL expression over the columns of `rows` gives for each of them.
    pub fn evaluate(&self, expression: &str, rows: &RecordBatch) -> Result<ArrayRef> {
        let evaluate = || {
            let state = self.execution().state;
            let schema = DFSchema::try_from(rows.schema().as_ref().clone())?;
            let expr = state.create_logical_expr(expression, &schema)?;
            // Some functions, `coalesce` among them, are only words for others, and cannot be computed until they are
            // replaced.
            let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone()));
            let simplifier = ExprSimplifier::new(context.build());
            let expr = simplifier.coerce(expr, &schema)?;
            let expr = simplifier.simplify(expr)?;
            let expr = state.create_physical_expr(expr, &schema)?;
            expr.evaluate(rows)?.into_array(rows.num_rows())
        };
        evaluate().map_err(told)
    }

    /// Look-ups by key in the cut.
    pub fn lookup(&self, dataset: &DatasetId) -> Result<Lookup> {
        self.session.lookup_at(self.pin.clone(), dataset)
    }

    fn execution(&self) -> Execution {
        let mut execution = self.session.execution_at(self.pin.clone());
        let catalog = Catalog::new(self.pin.clone(), self.session.base.clone(), true);
        execution.state.register_catalog_list(Arc::new(catalog));
        execution
    }

    /// An error of the engine in the hub's words.
    pub fn told(error: datafusion::error::DataFusionError) -> crate::Error {
        told(error)
    }
}
