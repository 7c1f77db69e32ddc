//! All models of a hub, for those who run them and ask for them; the work itself is `work`'s.

#[cfg(test)]
use super::file::ModelFile;
use super::{
    backtest::Replayed,
    judged,
    plan::Which,
    refresh::Refresh,
    round::{self, Round},
    work::{Listed, ModelOrigin, Work},
};
use crate::alert::Watched;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use smartcenter_warehouse::{DatasetId, Error, Receipt, Result, Warehouse, control::ModelState};
use std::{
    ops::RangeInclusive,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::Mutex;

/// The models of a hub. One round or refresh at a time; a round works out several models beside each other.
#[derive(Debug)]
pub struct Engine {
    warehouse: Arc<Warehouse>,
    origin: ModelOrigin,
    work: Mutex<Work>,
    listed: Arc<RwLock<Arc<Listed>>>,
    stopping: AtomicBool,
}

/// What a refresh that was asked for did.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// How far the model is now.
    pub state: ModelState,
    /// The push with what changed; none when nothing did.
    pub receipt: Option<Receipt>,
}

impl Engine {
    /// The shipped models and indicators, and those in `<data>/models` and `<data>/indicators`. Nothing is worked out before a round or a runner.
    pub fn new(warehouse: Arc<Warehouse>) -> Arc<Self> {
        let sites = vec![warehouse.settings().data.clone()];
        Self::with(warehouse, ModelOrigin::Sites(sites))
    }

    /// These models and no others; those in `kept` are given, not worked out.
    #[cfg(test)]
    pub(super) fn of_files(
        warehouse: Arc<Warehouse>,
        files: Vec<ModelFile>,
        kept: std::collections::BTreeSet<String>,
    ) -> Arc<Self> {
        Self::with(warehouse, ModelOrigin::Given(files, kept))
    }

    fn with(warehouse: Arc<Warehouse>, origin: ModelOrigin) -> Arc<Self> {
        let work = Work::default();
        Arc::new(Self {
            warehouse,
            origin,
            listed: work.listed.clone(),
            work: Mutex::new(work),
            stopping: AtomicBool::new(false),
        })
    }

    /// Tells the warehouse of the models, so that views can be read, without making or working out anything.
    ///
    /// # Errors
    /// `Internal` when the engine itself cannot work.
    pub async fn announce(&self) -> Result<()> {
        let mut work = self.work.lock().await;
        work.plan(&self.warehouse, &self.origin).await?;
        work.publish(&self.warehouse);
        Ok(())
    }

    /// Loads the models and makes their tables, without working anything out.
    ///
    /// # Errors
    /// `Internal` when the engine itself cannot work.
    pub async fn load(&self) -> Result<()> {
        self.work.lock().await.reload(&self.warehouse, &self.origin).await
    }

    /// The sound indicators that raise alerts, as they were planned last.
    pub async fn watched(&self) -> Vec<Arc<Watched>> {
        let work = self.work.lock().await;
        work.plan.models.iter().filter_map(|model| model.watched()).collect()
    }

    /// The sound indicators, as they were planned last, each with what its header shares with models. Waits for no work.
    pub fn indicators(&self) -> Arc<Listed> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// No further model is begun.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// The hub below.
    pub(super) fn warehouse(&self) -> &Arc<Warehouse> {
        &self.warehouse
    }

    /// Brings every model up to date, upstream before downstream. What fails is in `system.models` and the log, and keeps
    /// nothing else from being worked out.
    ///
    /// # Errors
    /// `Internal` when the engine itself cannot work.
    pub async fn bring_up_to_date(&self) -> Result<()> {
        self.round(Which::All).await.map(drop)
    }

    pub(super) async fn round(&self, which: Which) -> Result<Round> {
        let mut work = self.work.lock().await;
        work.reload(&self.warehouse, &self.origin).await?;
        let models = work.plan.models_of(which);
        let round = round::run(&mut work, &self.warehouse, &self.origin, models, &self.stopping).await;
        work.publish(&self.warehouse);
        let mut round = round?;
        // Not every contract could be put.
        round.again |= work.seen.is_none();
        Ok(round)
    }

    /// Refreshes one model, with `full` from the ground up.
    ///
    /// # Errors
    /// `NotFound` for a name that no model has; `Conflict` for a view and for a faulty model; what the refresh fails with.
    pub async fn refresh(&self, name: &DatasetId, full: bool) -> Result<Refreshed> {
        let mut work = self.work.lock().await;
        work.reload(&self.warehouse, &self.origin).await?;
        let found = work.plan.models.iter().find(|model| model.name() == name).cloned();
        let Some(model) = found else {
            return Err(match work.errors.get(name.as_str()) {
                Some(why) => Error::conflict(format!("model {name} cannot be worked out: {why}")),
                None => Error::not_found(format!("there is no model {name}")),
            });
        };
        if model.contract.is_none() {
            return Err(Error::conflict(format!(
                "model {name} is a view: it is planned anew whenever it is read"
            )));
        }
        let outcome = match work.begin(&self.warehouse, &model, full)? {
            Some(attempt) => Some(work.end(attempt.run().await)),
            None => None,
        };
        work.publish(&self.warehouse);
        let done = outcome.transpose()?;
        let state = work.progress.get(name).map(|progress| progress.state.clone());
        let state = state.ok_or_else(|| Error::internal("a refreshed model has no state", name.to_string()))?;
        Ok(Refreshed {
            state,
            receipt: done.and_then(|done| done.receipt),
        })
    }

    /// Judges the `days` of the indicator `slug` anew, each from what was visible `delay` after its end (in WIB), beside
    /// what is known now. Days whose moment has not come are left out.
    ///
    /// # Errors
    /// `NotFound` for a slug that no indicator has; what the SQL fails with.
    pub async fn backtest(
        &self,
        slug: &str,
        days: RangeInclusive<NaiveDate>,
        delay: TimeDelta,
    ) -> Result<Vec<Replayed>> {
        let (model, contract) = {
            let mut work = self.work.lock().await;
            work.reload(&self.warehouse, &self.origin).await?;
            let mut models = work.plan.models.iter();
            let found = models.find(|model| model.file.indicator.as_ref().is_some_and(|it| it.slug == slug));
            let contract = found.and_then(|model| work.contracts.get(model.name()));
            match (found, contract) {
                (Some(model), Some(contract)) => (model.clone(), contract.clone()),
                _ => return Err(Error::not_found(format!("there is no indicator {slug}"))),
            }
        };
        let Some(indicator) = &model.file.indicator else {
            return Ok(Vec::new());
        };
        let refresh = Refresh {
            warehouse: &self.warehouse,
            model: &model,
            contract: &contract,
            state: None,
            before: None,
            full: true,
        };
        let (cut, now) = (self.warehouse.reader()?, self.warehouse.clock().now());
        let calendar = Arc::new(judged::days(&cut).await?);
        let mut points = Vec::new();
        for day in days.start().iter_days().take_while(|day| day <= days.end()) {
            // Midnight at the end of the day in WIB is 17:00 UTC.
            let at = day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(17) + delay;
            if at > now {
                break;
            }
            points.extend(refresh.replay(indicator, &cut, &calendar, day, at).await?);
        }
        Ok(points)
    }
}
