//! Planning without a lake: what a model would give, by the contracts alone. `smartcenter check` and the hub use it to
//! find everything wrong with a model before a row is read.

use super::{
    LakeSource, MaintenanceRecord, ModelList, ModelView, Pin, catalog::Catalog, engine::base_state, failure::told,
    guard, secrecy,
};
use crate::{
    DatasetId, Error, KeyName, Receipt, ReceiptId, Result, Settings,
    contract::{Classification, Contract, Mask},
    lake::{LakeView, Located},
    policy::{Identity, Policy},
    quarantine::Closings,
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use chrono::{DateTime, Utc};
use datafusion::{
    common::{
        ParamValues, ScalarValue,
        tree_node::{TreeNode, TreeNodeRecursion},
    },
    execution::{SessionState, runtime_env::RuntimeEnv},
    logical_expr::{Expr, LogicalPlan, Volatility},
    sql::parser::Statement,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Plans statements against contracts and views.
#[derive(Debug)]
pub struct Planner {
    base: Arc<SessionState>,
    identity: Identity,
    contracts: Vec<Arc<Contract>>,
    views: Vec<ModelView>,
}

/// What the plan of a statement tells.
#[derive(Debug, Clone)]
pub struct PlannedModel {
    /// Columns of the answer.
    pub schema: SchemaRef,
    /// For each of them the class and mask of the personal column whose values it shows, if it does.
    pub secrecy: Vec<Option<(Classification, Mask)>>,
    /// Columns of tables that the answer's own expressions are made of.
    pub inputs: BTreeSet<String>,
    /// Functions whose answer depends on when, or how often, they are asked.
    pub volatile: BTreeSet<String>,
}

impl Planner {
    /// A planner that knows `contracts` and plans as the hub itself, which `identity` has to be.
    ///
    /// # Errors
    /// `Internal` when the engine cannot be set up.
    pub fn new(contracts: impl IntoIterator<Item = Arc<Contract>>) -> Result<Self> {
        Ok(Self {
            base: Arc::new(base_state(&Settings::default(), Arc::new(RuntimeEnv::default()))?),
            identity: crate::hub::system_identity()?,
            contracts: contracts.into_iter().collect(),
            views: Vec::new(),
        })
    }

    /// Makes a contract known, in the place of an older one of the dataset.
    pub fn add_contract(&mut self, contract: Arc<Contract>) {
        self.contracts.retain(|known| known.dataset != contract.dataset);
        self.contracts.push(contract);
    }

    /// Makes a view known.
    pub fn add_view(&mut self, view: ModelView) {
        self.views.push(view);
    }

    /// Plans a statement.
    ///
    /// # Errors
    /// `Invalid`, saying what the statement gets wrong.
    pub async fn plan(&self, statement: &Statement) -> Result<PlannedModel> {
        let (plan, state, pin) = self.logical(statement).await?;
        let optimized = state.optimize(&plan).map_err(told)?;
        Ok(PlannedModel {
            schema: Arc::new(optimized.schema().as_arrow().clone()),
            secrecy: secrecy::of_plan(&plan, &pin),
            inputs: match &plan {
                LogicalPlan::Projection(projection) => {
                    let columns = projection.expr.iter().flat_map(Expr::column_refs);
                    columns.map(|column| column.name.clone()).collect()
                }
                _ => BTreeSet::new(),
            },
            volatile: volatile(&plan).map_err(told)?,
        })
    }

    /// Plans a question whose `$names` stand for texts; answers the columns that it gives.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn plan_question(&self, statement: &Statement) -> Result<SchemaRef> {
        let (plan, state, _) = self.logical(statement).await?;
        let names = plan.get_parameter_names().map_err(told)?.into_iter();
        let texts = names.map(|name| (name.trim_start_matches('$').to_owned(), ScalarValue::from("").into()));
        let plan = plan
            .with_param_values(ParamValues::Map(texts.collect()))
            .map_err(told)?;
        let optimized = state.optimize(&plan).map_err(told)?;
        Ok(Arc::new(optimized.schema().as_arrow().clone()))
    }

    async fn logical(&self, statement: &Statement) -> Result<(LogicalPlan, SessionState, Arc<Pin>)> {
        let lake: Arc<dyn LakeSource> = Arc::new(NoLake {
            contracts: self.contracts.clone().into(),
            models: Arc::new(ModelList {
                views: self.views.clone(),
                ..ModelList::default()
            }),
        });
        let pin = Pin::take(&lake, &self.identity, None);
        let mut state = self.base.as_ref().clone();
        state.mark_start_execution();
        state.config_mut().set_extension(pin.clone());
        state.register_catalog_list(Arc::new(Catalog::new(pin.clone(), self.base.clone(), true)));
        let plan = Box::pin(state.statement_to_plan(statement.clone()))
            .await
            .map_err(told)?;
        guard::verify(&plan)?;
        Ok((plan, state, pin))
    }
}

/// Names of the functions in a plan that do not give the same for the same.
fn volatile(plan: &LogicalPlan) -> Result<BTreeSet<String>, datafusion::error::DataFusionError> {
    let mut found = BTreeSet::new();
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let Expr::ScalarFunction(call) = expr
                    && call.func.signature().volatility != Volatility::Immutable
                {
                    found.insert(call.func.name().to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(found)
}

/// Contracts without rows.
#[derive(Debug)]
struct NoLake {
    contracts: Arc<[Arc<Contract>]>,
    models: Arc<ModelList>,
}

impl LakeSource for NoLake {
    fn view(&self) -> Arc<LakeView> {
        Arc::default()
    }

    fn contracts(&self) -> Arc<[Arc<Contract>]> {
        self.contracts.clone()
    }

    fn locate(&self, _: &Arc<Contract>, _: &LakeView, _: &RecordBatch) -> Result<Located> {
        Ok(Located::Absent)
    }

    fn policy(&self) -> Arc<Policy> {
        Arc::new(Policy::new(0))
    }

    fn receipts(&self, _: Option<&KeyName>, _: usize) -> Result<Vec<Receipt>> {
        Ok(Vec::new())
    }

    fn closings(&self, _: ReceiptId, _: DateTime<Utc>) -> Result<Closings> {
        Err(Error::not_found("there is no lake here"))
    }

    fn arrivals(&self) -> HashMap<DatasetId, DateTime<Utc>> {
        HashMap::new()
    }

    fn maintenance(&self) -> Vec<MaintenanceRecord> {
        Vec::new()
    }

    fn person_key_secret(&self) -> [u8; 32] {
        [0; 32]
    }

    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn models(&self) -> Arc<ModelList> {
        self.models.clone()
    }
}
