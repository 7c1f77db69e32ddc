//! What the hub works out from the feeds: how far it is behind, and what each refresh cost.

use crate::hub::Hub;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    time::{Duration, Instant},
};

/// How often the list of models is looked at; rounds of the hub are a second apart at least.
const LOOK: Duration = Duration::from_millis(100);
/// How long models may need after the last push.
const PATIENCE: Duration = Duration::from_secs(5400);

/// The refreshes of a model while it was watched.
#[derive(Debug, Clone, Default)]
pub struct Refreshes {
    /// How many.
    pub count: u64,
    /// Of these, how many worked out everything.
    pub whole: u64,
    /// Slices of the others.
    pub slices: u64,
    /// Time of all.
    pub milliseconds: u64,
}

/// What a piece of work cost until every model had its rows.
#[derive(Debug)]
pub struct Followed<T> {
    /// What the work answered.
    pub work: T,
    /// Seconds that it took.
    pub worked: f64,
    /// Seconds from its end until all models were fresh.
    pub behind: f64,
    /// By model.
    pub refreshes: BTreeMap<String, Refreshes>,
}

/// Does `work`, which answers the position of its last push, and watches until every model has everything up to there.
pub fn followed<T>(hub: &Hub, work: impl FnOnce() -> Result<(u64, T)>) -> Result<Followed<T>> {
    let (goal, given_up) = (AtomicU64::new(u64::MAX), AtomicBool::new(false));
    let mut watch = Watch::begin(hub)?;
    std::thread::scope(|scope| {
        let (goal, given_up) = (&goal, &given_up);
        let watcher = scope.spawn(move || {
            while !given_up.load(SeqCst) {
                if watch.look(hub, goal.load(SeqCst))? {
                    break;
                }
                std::thread::sleep(LOOK);
            }
            anyhow::Ok((watch.refreshes, Instant::now()))
        });
        let start = Instant::now();
        let outcome = work();
        let end = Instant::now();
        match &outcome {
            Ok((seq, _)) => goal.store(*seq, SeqCst),
            Err(_) => given_up.store(true, SeqCst),
        }
        while outcome.is_ok() && !watcher.is_finished() {
            if end.elapsed() > PATIENCE {
                given_up.store(true, SeqCst);
            }
            std::thread::sleep(LOOK / 10);
        }
        let watched = watcher.join().ok().context("the watch over the models broke")?;
        let (_, work) = outcome?;
        let (refreshes, fresh) = watched?;
        ensure!(!given_up.load(SeqCst), "the models did not follow in {PATIENCE:?}");
        Ok(Followed {
            work,
            worked: (end - start).as_secs_f64(),
            behind: (fresh - end).as_secs_f64(),
            refreshes,
        })
    })
}

struct Watch {
    /// When each model was refreshed last.
    seen: BTreeMap<String, String>,
    refreshes: BTreeMap<String, Refreshes>,
}

impl Watch {
    fn begin(hub: &Hub) -> Result<Self> {
        let mut watch = Self {
            seen: BTreeMap::new(),
            refreshes: BTreeMap::new(),
        };
        watch.look(hub, u64::MAX)?;
        watch.refreshes.clear();
        Ok(watch)
    }

    /// Notes what was refreshed since the last look; whether all models have everything up to `goal`.
    fn look(&mut self, hub: &Hub, goal: u64) -> Result<bool> {
        let mut fresh = true;
        for model in tables(hub)? {
            fresh &= model["applied_seq"].as_u64().is_some_and(|seq| seq >= goal) && model["last_error"].is_null();
            let (Some(name), Some(at)) = (model["name"].as_str(), model["refreshed_at"].as_str()) else {
                continue;
            };
            if self.seen.get(name).is_some_and(|seen| seen == at) {
                continue;
            }
            self.seen.insert(name.to_owned(), at.to_owned());
            let refreshes = self.refreshes.entry(name.to_owned()).or_default();
            refreshes.count += 1;
            refreshes.milliseconds += model["milliseconds"].as_u64().unwrap_or_default();
            match model["changed_slices"].as_u64() {
                Some(slices) => refreshes.slices += slices,
                None => refreshes.whole += 1,
            }
        }
        Ok(fresh)
    }
}

/// The models that are tables, upstream before downstream.
pub fn tables(hub: &Hub) -> Result<Vec<Value>> {
    let mut list = hub.get("/api/v1/models")?;
    let Value::Array(models) = list["items"].take() else {
        anyhow::bail!("a list of models without items");
    };
    // A file that cannot be read has no kind: it must not go unnoticed.
    Ok(models.into_iter().filter(|model| model["kind"] != "view").collect())
}

/// A rebuild from the ground up.
#[derive(Debug, Clone)]
pub struct Rebuild {
    /// The model.
    pub name: String,
    /// Rows of its table.
    pub rows: u64,
    /// How long it took.
    pub milliseconds: u64,
    /// Peak of the hub's resident memory meanwhile.
    pub peak: u64,
}

/// Rebuilds every model; an error where that changed a row, because then what was worked out piece by piece was wrong.
pub fn rebuild(hub: &Hub) -> Result<Vec<Rebuild>> {
    let (mut all, mut wrong) = (Vec::new(), Vec::new());
    for model in tables(hub)? {
        let name = model["name"].as_str().context("a model without name")?.to_owned();
        hub.forget_peak()?;
        let done = hub.post(&format!("/api/v1/models/{name}/refresh?full=true"))?;
        if !done["receipt"].is_null() {
            wrong.push(format!("{name} {}", done["receipt"]["rows"]));
        }
        let rebuild = Rebuild {
            rows: model["rows"].as_u64().with_context(|| format!("{name} has no rows"))?,
            milliseconds: done["milliseconds"].as_u64().context("no milliseconds")?,
            peak: hub.peak_memory()?,
            name,
        };
        println!("rebuilt {}: {} ms", rebuild.name, rebuild.milliseconds);
        all.push(rebuild);
    }
    ensure!(
        wrong.is_empty(),
        "a rebuild gives other rows than the increments did: {}",
        wrong.join("; ")
    );
    Ok(all)
}
