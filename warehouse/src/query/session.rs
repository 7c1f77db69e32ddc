//! A read-only session of one caller. Every execution takes the newest view, policy and contracts, and keeps them
//! to its end; nothing is kept between executions.

use super::{
    AsOf, Ending, LakeSource, Pin, QueryStream,
    catalog::Catalog,
    cursor::CursorSeal,
    engine::Caps,
    failure::told,
    guard,
    stream::{Bounds, late},
};
use crate::{Error, Result, policy::Identity};
use arrow::datatypes::SchemaRef;
use datafusion::{
    common::{ParamValues, ScalarValue, metadata::ScalarAndMetadata},
    execution::SessionState,
    logical_expr::LogicalPlan,
    physical_plan::execute_stream,
    sql::parser::Statement,
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};

/// Values for the placeholders of a statement.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Params {
    /// None.
    #[default]
    None,
    /// For `$1`, `$2`, ...
    Positional(Vec<Value>),
    /// For `$name`.
    Named(BTreeMap<String, Value>),
}

/// The caller's own bounds; the hub's apply as well.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Most rows wanted.
    pub rows: Option<u64>,
    /// Longest time the answer may take, planning and delivery included.
    pub deadline: Option<Duration>,
}

/// A read-only SQL session.
#[derive(Clone)]
pub struct Session {
    pub(super) base: Arc<SessionState>,
    pub(super) lake: Arc<dyn LakeSource>,
    identity: Identity,
    caps: Caps,
    pub(super) as_of: Option<AsOf>,
    pub(super) seal: Arc<CursorSeal>,
}

/// A parsed and checked statement, to run many times. It holds no plan: each run is planned against the view,
/// contracts and policy of that moment.
#[derive(Debug, Clone)]
pub struct Prepared {
    statement: Statement,
    schema: SchemaRef,
}

impl Prepared {
    /// The columns of the answer, as of the preparation.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("key", &self.identity.key)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(
        base: Arc<SessionState>,
        lake: Arc<dyn LakeSource>,
        identity: Identity,
        caps: Caps,
        seal: Arc<CursorSeal>,
    ) -> Self {
        Self {
            base,
            lake,
            identity,
            caps,
            as_of: None,
            seal,
        }
    }

    /// The session as it would have answered at an earlier position or time: it reads the rows of datasets as they
    /// were when everything up to there was visible, under the contracts and rules of now. Rejected rows and `system`
    /// are always those of now.
    ///
    /// # Errors
    /// `Invalid` for a position or time that is still to come.
    pub fn as_of(mut self, as_of: AsOf) -> Result<Self> {
        as_of.check(self.lake.as_ref())?;
        self.as_of = Some(as_of);
        Ok(self)
    }

    /// The caller.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Runs one reading statement.
    ///
    /// # Errors
    /// `Invalid` for a statement that is wrong or not allowed; `TooMany` past the deadline or the memory budget.
    pub async fn query(&self, sql: &str, params: Params, limits: Limits) -> Result<QueryStream> {
        let statement = guard::check(sql)?;
        self.run(statement, params, limits).await
    }

    /// Parses and checks a statement for later runs.
    pub async fn prepare(&self, sql: &str) -> Result<Prepared> {
        let statement = guard::check(sql)?;
        let plan = self.execution().plan(statement.clone()).await?;
        Ok(Prepared {
            statement,
            schema: Arc::new(plan.schema().as_arrow().clone()),
        })
    }

    /// Runs a prepared statement.
    pub async fn execute(&self, prepared: &Prepared, params: Params, limits: Limits) -> Result<QueryStream> {
        self.run(prepared.statement.clone(), params, limits).await
    }

    async fn run(&self, statement: Statement, params: Params, limits: Limits) -> Result<QueryStream> {
        let bounds = self.bounds(limits);
        let execution = self.execution();
        let started = async {
            let plan = execution.plan(statement).await?;
            let plan = match values(params)? {
                None => plan,
                Some(values) => plan.with_param_values(values).map_err(told)?,
            };
            execution.start(plan, bounds).await
        };
        // Planning futures are large; keep them off the caller's stack.
        timeout_at(bounds.deadline, Box::pin(started))
            .await
            .map_err(|_| late(bounds.allowed))?
    }

    pub(super) fn bounds(&self, limits: Limits) -> Bounds {
        let allowed = limits
            .deadline
            .map_or(self.caps.deadline, |own| own.min(self.caps.deadline));
        let (rows, at_limit) = match limits.rows {
            Some(own) if own <= self.caps.rows => (own, Ending::Limited),
            _ => (self.caps.rows, Ending::Capped),
        };
        Bounds {
            deadline: Instant::now() + allowed,
            allowed,
            rows,
            at_limit,
        }
    }

    /// The state of one execution: a clone of the base with its own pin and catalogue.
    pub(super) fn execution(&self) -> Execution {
        self.execution_at(self.pin())
    }

    pub(super) fn pin(&self) -> Arc<Pin> {
        Pin::take(&self.lake, &self.identity, self.as_of)
    }

    /// An execution with a pin that was taken before.
    pub(super) fn execution_at(&self, pin: Arc<Pin>) -> Execution {
        let mut state = self.base.as_ref().clone();
        state.mark_start_execution();
        state.config_mut().set_extension(pin.clone());
        state.register_catalog_list(Arc::new(Catalog::new(pin.clone(), self.base.clone(), false)));
        Execution { state, pin }
    }
}

/// One run of one statement.
pub(super) struct Execution {
    pub(super) state: SessionState,
    pub(super) pin: Arc<Pin>,
}

impl Execution {
    pub(super) async fn plan(&self, statement: Statement) -> Result<LogicalPlan> {
        let plan = self.state.statement_to_plan(statement).await.map_err(told)?;
        guard::verify(&plan)?;
        Ok(plan)
    }

    pub(super) async fn start(&self, plan: LogicalPlan, bounds: Bounds) -> Result<QueryStream> {
        let plan = self.state.create_physical_plan(&plan).await.map_err(told)?;
        let record = self.pin.record_reads().await?;
        let stream = execute_stream(plan, self.state.task_ctx()).map_err(told)?;
        Ok(QueryStream::new(stream, self.pin.clone(), bounds).recorded(record))
    }
}

fn values(params: Params) -> Result<Option<ParamValues>> {
    let value = |v| scalar(v).map(ScalarAndMetadata::from);
    Ok(match params {
        Params::None => None,
        Params::Positional(list) => Some(ParamValues::List(list.into_iter().map(value).collect::<Result<_>>()?)),
        Params::Named(map) => {
            let pairs = map
                .into_iter()
                .map(|(name, v)| Ok((name.trim_start_matches('$').to_owned(), value(v)?)));
            Some(ParamValues::Map(pairs.collect::<Result<_>>()?))
        }
    })
}

/// A JSON value as a SQL value; texts take the type of what they are compared with.
fn scalar(value: Value) -> Result<ScalarValue> {
    Ok(match value {
        Value::Null => ScalarValue::Null,
        Value::Bool(flag) => ScalarValue::Boolean(Some(flag)),
        Value::String(text) => ScalarValue::Utf8(Some(text)),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(int), ..) => ScalarValue::Int64(Some(int)),
            (_, Some(int), _) => ScalarValue::UInt64(Some(int)),
            (.., float) => ScalarValue::Float64(float),
        },
        Value::Array(_) | Value::Object(_) => {
            return Err(Error::invalid(
                "a parameter is a list or an object: pass text, number, true, false or null",
            ));
        }
    })
}
