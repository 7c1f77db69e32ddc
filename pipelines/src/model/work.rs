//! What the engine does: loads the models, keeps their contracts, begins what has to be worked out and notes how it ended,
//! and tells how they are doing.

use super::{
    failure::{Failed, is_refusal},
    fault::ModelFault,
    file::{ModelFile, fingerprint, table_of},
    header::Header,
    plan::{Plan, PlannedModel},
    refresh::{Done, Refresh, idle},
    retire::alert_views,
};
use crate::indicator::Indicator;
use smartcenter_warehouse::{
    DatasetId, Error, Result, Warehouse,
    contract::{Contract, Layer, Origin},
    control::ModelState,
    query::{ModelList, ModelRecord, Reader},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::task::JoinError;

/// Where models come from.
#[derive(Debug)]
pub(super) enum ModelOrigin {
    /// The program and these data folders.
    Sites(Vec<PathBuf>),
    /// These, of which some are kept as they are.
    #[cfg(test)]
    Given(Vec<ModelFile>, std::collections::BTreeSet<String>),
}

impl ModelOrigin {
    /// Changes when a file does.
    fn fingerprint(&self) -> u64 {
        match self {
            Self::Sites(sites) => fingerprint(sites),
            #[cfg(test)]
            Self::Given(..) => 0,
        }
    }

    fn gather(&self) -> (Vec<ModelFile>, Vec<ModelFault>) {
        match self {
            Self::Sites(sites) => ModelFile::gather(sites),
            #[cfg(test)]
            Self::Given(files, _) => (files.clone(), Vec::new()),
        }
    }

    /// Whether the rows of a model come from elsewhere.
    pub(super) fn is_kept(&self, _model: &PlannedModel) -> bool {
        match self {
            Self::Sites(_) => false,
            #[cfg(test)]
            Self::Given(_, kept) => kept.contains(_model.name().as_str()),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Work {
    /// What the plan was made from: files of the site and contracts.
    pub(super) seen: Option<(u64, Vec<(DatasetId, String)>)>,
    pub(super) plan: Plan,
    /// The contracts that the plan was made from.
    pub(super) judged: HashMap<DatasetId, Arc<Contract>>,
    /// Contracts in force of tables.
    pub(super) contracts: HashMap<DatasetId, Arc<Contract>>,
    pub(super) progress: HashMap<DatasetId, Progress>,
    pub(super) errors: BTreeMap<String, String>,
    /// Attempts that failed, and would again.
    failed: HashMap<DatasetId, Failed>,
    /// The indicators of the plan, for those who do not wait for the work.
    pub(super) listed: Arc<RwLock<Arc<Listed>>>,
}

/// Sound indicators, each with what its header shares with models.
pub type Listed = Vec<(Header, Arc<Indicator>)>;

/// A refresh that was begun, apart from the work, so that several can go on.
pub(super) struct Attempt {
    warehouse: Arc<Warehouse>,
    model: Arc<PlannedModel>,
    contract: Arc<Contract>,
    state: Option<ModelState>,
    before: Option<Reader>,
    from: Failed,
    full: bool,
}

/// How an attempt ended.
pub(super) struct Tried {
    model: Arc<PlannedModel>,
    /// What was known of the model before.
    state: Option<ModelState>,
    from: Failed,
    outcome: Result<Done>,
}

impl Attempt {
    /// Works the model out.
    pub(super) async fn run(self) -> Tried {
        let refresh = Refresh {
            warehouse: &self.warehouse,
            model: &self.model,
            contract: &self.contract,
            state: self.state.clone(),
            before: self.before.as_ref(),
            full: self.full,
        };
        let outcome = Box::pin(refresh.run()).await;
        Tried {
            model: self.model,
            state: self.state,
            from: self.from,
            outcome,
        }
    }
}

/// How far a model has come.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) state: ModelState,
    /// The cut that it was last worked out from, or found to need no work at.
    cut: Option<Reader>,
}

impl Work {
    /// Makes the plan anew when a file or a contract changed.
    pub(super) async fn reload(&mut self, warehouse: &Arc<Warehouse>, origin: &ModelOrigin) -> Result<()> {
        let contracts: Vec<Arc<Contract>> = warehouse.contracts().iter().cloned().collect();
        let data = contracts.iter().filter(|contract| contract.layer == Layer::Data);
        let versions = data.map(|contract| (contract.dataset.clone(), contract.version.to_string()));
        let seen = (origin.fingerprint(), versions.collect());
        if self.seen.as_ref() == Some(&seen) {
            return Ok(());
        }
        let mut errors = self.plan(warehouse, origin).await?;
        let waiting = self.activate(warehouse, &mut errors).await;
        let is_all_closed = self.retire(warehouse, &waiting, &mut errors).await;
        for (name, error) in &errors {
            if self.errors.get(name) != Some(error) {
                tracing::warn!(model = name, error, "a model is left out");
            }
        }
        self.errors = errors;
        self.failed.clear();
        // What could not be put for the moment is tried again with the next round.
        self.seen = (waiting.is_empty() && is_all_closed).then_some(seen);
        self.publish(warehouse);
        Ok(())
    }

    /// Judges all models; answers what is wrong with those that are left out, by name.
    pub(super) async fn plan(
        &mut self,
        warehouse: &Arc<Warehouse>,
        origin: &ModelOrigin,
    ) -> Result<BTreeMap<String, String>> {
        let contracts: Vec<Arc<Contract>> = warehouse.contracts().iter().cloned().collect();
        let (files, mut faults) = origin.gather();
        let plan = Plan::of(files, &contracts).await?;
        faults.extend(plan.faults.iter().cloned());
        let mut errors = BTreeMap::new();
        for fault in &faults {
            let told: &mut String = errors.entry(table_of(&fault.file)).or_default();
            if !told.is_empty() {
                told.push_str("; ");
            }
            told.push_str(&format!("line {}: {}", fault.line, fault.message));
        }
        let indicators = plan.models.iter().filter_map(|model| {
            let indicator = model.file.indicator.clone()?;
            Some((model.file.header.clone(), indicator))
        });
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(indicators.collect());
        self.plan = plan;
        self.judged = contracts.into_iter().map(|c| (c.dataset.clone(), c)).collect();
        Ok(errors)
    }

    /// Makes the contracts of tables the active ones. A model whose contract is refused is left out. Answers those
    /// whose contract could not be put for the moment.
    async fn activate(
        &mut self,
        warehouse: &Arc<Warehouse>,
        errors: &mut BTreeMap<String, String>,
    ) -> BTreeSet<DatasetId> {
        let mut waiting = BTreeSet::new();
        let mut active = HashMap::new();
        let mut models = Vec::new();
        for model in std::mem::take(&mut self.plan.models) {
            let Some(contract) = &model.contract else {
                models.push(model);
                continue;
            };
            let known = warehouse.contracts().get(model.name().as_str()).cloned();
            let is_new = known.as_ref().is_none_or(|known| known.text != contract.text);
            if is_new && let Err(error) = warehouse.put_contract(&contract.text, Origin::Derived, false).await {
                if !is_refusal(&error) {
                    waiting.insert(model.name().clone());
                }
                errors.insert(model.name().to_string(), error.message().to_owned());
                continue;
            }
            if let Some(contract) = warehouse.contracts().get(model.name().as_str()) {
                active.insert(model.name().clone(), contract.clone());
                models.push(model);
            }
        }
        self.plan.models = models;
        self.contracts = active;
        // Of models that are gone nothing is to be held.
        let contracts = &self.contracts;
        self.progress.retain(|name, _| contracts.contains_key(name));
        waiting
    }

    /// Whether working the model out now would end as it did the last time.
    pub(super) fn is_vain(&self, warehouse: &Arc<Warehouse>, model: &PlannedModel) -> Result<bool> {
        match self.failed.get(model.name()) {
            Some(failed) => Ok(*failed == Failed::of(warehouse, model)?),
            None => Ok(false),
        }
    }

    /// What has to be done to bring a model up to date; none when there is nothing. Until its [`Work::end`] nothing is
    /// known of the model but what the control store holds.
    pub(super) fn begin(
        &mut self,
        warehouse: &Arc<Warehouse>,
        model: &Arc<PlannedModel>,
        full: bool,
    ) -> Result<Option<Attempt>> {
        let Some(contract) = self.contracts.get(model.name()).cloned() else {
            return Ok(None);
        };
        let from = Failed::of(warehouse, model)?;
        let cut = warehouse.reader()?;
        let (state, before) = match self.progress.remove(model.name()) {
            Some(Progress { state, cut }) => (Some(state), cut),
            None => (warehouse.control().model(model.name())?, None),
        };
        if let (Some(state), false) = (&state, full)
            && idle(model, state, &cut)?
        {
            let mut state = state.clone();
            state.applied = cut.seq();
            let progress = Progress { state, cut: Some(cut) };
            self.progress.insert(model.name().clone(), progress);
            self.sound(model.name());
            return Ok(None);
        }
        Ok(Some(Attempt {
            warehouse: warehouse.clone(),
            model: model.clone(),
            contract,
            state,
            before,
            from,
            full,
        }))
    }

    /// Notes how an attempt ended.
    ///
    /// # Errors
    /// What it failed with.
    pub(super) fn end(&mut self, tried: Tried) -> Result<Done> {
        let Tried {
            model,
            state,
            from,
            outcome,
        } = tried;
        let name = model.name();
        let progress = match &outcome {
            Ok(done) => Some(Progress {
                state: match state {
                    // Nothing was worked out: what is told is the last time that something was.
                    Some(state) if !done.worked => ModelState {
                        applied: done.state.applied,
                        ..state
                    },
                    _ => done.state.clone(),
                },
                cut: Some(done.cut.clone()),
            }),
            // The next attempt asks the history instead of a cut that would be held for ever.
            Err(_) => state.map(|state| Progress { state, cut: None }),
        };
        if let Some(progress) = progress {
            self.progress.insert(name.clone(), progress);
        }
        match &outcome {
            Ok(done) => {
                self.sound(name);
                if let (true, Some(receipt)) = (done.worked, &done.receipt) {
                    tracing::debug!(
                        model = %name, slices = ?done.state.slices, milliseconds = done.state.milliseconds,
                        rows = receipt.rows.accepted, "a model was refreshed"
                    );
                }
            }
            Err(error) => {
                self.failed.remove(name);
                if is_refusal(error) {
                    self.failed.insert(name.clone(), from);
                }
                self.tell(name, error);
            }
        }
        outcome
    }

    /// Notes that an attempt broke off; the next one begins from what is stored.
    pub(super) fn broken(&mut self, name: &DatasetId, why: JoinError) -> Error {
        let error = Error::internal("it broke off while it was worked out", why);
        self.tell(name, &error);
        error
    }

    /// What is wrong with a model; the log has it once.
    fn tell(&mut self, name: &DatasetId, error: &Error) {
        let told = error.message().to_owned();
        if self.errors.insert(name.to_string(), told.clone()) != Some(told) {
            tracing::warn!(model = %name, %error, source = ?std::error::Error::source(error), "a model was not refreshed");
        }
    }

    fn sound(&mut self, name: &DatasetId) {
        self.failed.remove(name);
        self.errors.remove(name.as_str());
    }

    /// Tells the warehouse, and so `mart` and `system.models`.
    pub(super) fn publish(&self, warehouse: &Arc<Warehouse>) {
        let view = warehouse.view();
        let mut records: Vec<ModelRecord> = self
            .plan
            .models
            .iter()
            .map(|model| {
                let state = match self.progress.get(model.name()) {
                    Some(progress) => Some(progress.state.clone()),
                    None => warehouse.control().model(model.name()).ok().flatten(),
                };
                let contract = self.contracts.get(model.name());
                ModelRecord {
                    rows: contract.map(|contract| view.rows(contract)),
                    last_error: self.errors.get(model.name().as_str()).cloned(),
                    ..self.record(model, state.as_ref())
                }
            })
            .collect();
        let sound = |name: &str| self.plan.models.iter().any(|model| model.name().as_str() == name);
        let faulty = self.errors.iter().filter(|(name, _)| !sound(name));
        records.extend(faulty.map(|(name, error)| ModelRecord {
            name: name.clone(),
            last_error: Some(error.clone()),
            ..ModelRecord::default()
        }));
        let views = self.plan.models.iter().filter(|model| model.contract.is_none());
        let views = views.map(|model| model.view());
        warehouse.set_models(ModelList {
            views: views.chain(alert_views(&warehouse.contracts())).collect(),
            records,
            tables: Some(self.tables(&warehouse.contracts())),
        });
    }

    fn record(&self, model: &PlannedModel, state: Option<&ModelState>) -> ModelRecord {
        let reads = |other: &PlannedModel, name: &str| {
            other
                .file
                .reads
                .iter()
                .any(|read| read.schema == "mart" && read.table == name)
        };
        let name = model.name().as_str();
        let downstream = self.plan.models.iter().filter(|other| reads(other, name));
        ModelRecord {
            name: name.to_owned(),
            title: model.file.header.title.clone(),
            kind: if model.contract.is_some() { "table" } else { "view" }.to_owned(),
            version: model.file.version.clone(),
            owner: model.file.header.owner.to_string(),
            upstream: model
                .file
                .reads
                .iter()
                .map(|read| format!("{}.{}", read.schema, read.table))
                .collect(),
            downstream: downstream.map(|other| format!("mart.{}", other.name())).collect(),
            applied_seq: state.map(|state| state.applied),
            refreshed_at: state.map(|state| state.refreshed_at),
            changed_slices: state.and_then(|state| state.slices),
            milliseconds: state.map(|state| state.milliseconds),
            rows: None,
            last_error: None,
        }
    }
}
