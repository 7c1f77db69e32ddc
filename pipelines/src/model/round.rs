//! A round over the models: several at a time, each after those that it reads.

use super::{
    failure::may_pass,
    plan::PlannedModel,
    work::{ModelOrigin, Tried, Work},
};
use smartcenter_warehouse::{DatasetId, Kind, Result, Warehouse};
use std::{
    collections::{HashMap, HashSet},
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::available_parallelism,
};
use tokio::task::{Id, JoinSet};

/// Models that are worked out at one time at most: most of a small change is planning, which one core does, while the
/// memory of a large one is that of every model at work.
const MOST_AT_ONCE: usize = 4;

/// What a round over all models did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    /// Models whose rows changed.
    pub changed: usize,
    /// Models that were tried and could not be worked out.
    pub failed: usize,
    /// Something could not be done now and may be possible in a moment.
    pub again: bool,
}

/// Brings `models` up to date, which stand upstream before downstream. Once it is `stopping` none is begun.
///
/// # Errors
/// `Internal` when the engine itself cannot work.
pub(super) async fn run(
    work: &mut Work,
    warehouse: &Arc<Warehouse>,
    origin: &ModelOrigin,
    models: Vec<Arc<PlannedModel>>,
    stopping: &AtomicBool,
) -> Result<Round> {
    let at_once = available_parallelism().map_or(1, NonZero::get).min(MOST_AT_ONCE);
    let mut queue = Queue::new(models);
    let mut round = Round::default();
    let mut running: JoinSet<Tried> = JoinSet::new();
    let mut at_work: HashMap<Id, Turn> = HashMap::new();
    loop {
        while running.len() < at_once
            && !at_work.values().any(|turn| turn.is_alone)
            && !stopping.load(Ordering::Acquire)
        {
            let Some(turn) = queue.next(running.is_empty()) else {
                break;
            };
            let model = &turn.model;
            if origin.is_kept(model) || work.is_vain(warehouse, model)? {
                queue.done(model);
            } else if let Some(attempt) = work.begin(warehouse, model, false)? {
                at_work.insert(running.spawn(attempt.run()).id(), turn);
            } else {
                queue.done(model);
            }
        }
        let Some(ended) = running.join_next_with_id().await else {
            return Ok(round);
        };
        let (id, tried) = match ended {
            Ok((id, tried)) => (id, Ok(tried)),
            Err(error) => (error.id(), Err(error)),
        };
        let Some(turn) = at_work.remove(&id) else { continue };
        let outcome = match tried {
            Ok(tried) => work.end(tried),
            Err(error) => Err(work.broken(turn.model.name(), error)),
        };
        if !turn.is_alone && outcome.as_ref().is_err_and(|error| error.kind() == Kind::TooMany) {
            queue.cramped(turn.model);
            continue;
        }
        queue.done(&turn.model);
        match outcome {
            Ok(done) if done.receipt.is_some() => round.changed += 1,
            Ok(_) => {}
            Err(error) => {
                round.failed += 1;
                round.again |= may_pass(&error);
            }
        }
    }
}

/// A model whose turn it is.
struct Turn {
    model: Arc<PlannedModel>,
    /// Nothing is worked out beside it.
    is_alone: bool,
}

/// Models that wait for their turn.
struct Queue {
    /// In the order of the plan.
    waiting: Vec<Arc<PlannedModel>>,
    /// What found no room beside others, and is tried once more by itself.
    cramped: Vec<Arc<PlannedModel>>,
    /// Those that wait or are being worked out: what reads one of them has to wait.
    open: HashSet<DatasetId>,
}

impl Queue {
    fn new(waiting: Vec<Arc<PlannedModel>>) -> Self {
        Self {
            open: waiting.iter().map(|model| model.name().clone()).collect(),
            cramped: Vec::new(),
            waiting,
        }
    }

    /// The first that waits for no other. Before that comes what needs all the room, once the round `is_idle`.
    fn next(&mut self, is_idle: bool) -> Option<Turn> {
        if !self.cramped.is_empty() {
            let model = if is_idle { self.cramped.pop() } else { None };
            return model.map(|model| Turn { model, is_alone: true });
        }
        let is_ready = |model: &Arc<PlannedModel>| {
            let mut sources = model.sources.iter();
            !sources.any(|source| self.open.contains(&source.dataset))
        };
        let at = self.waiting.iter().position(is_ready)?;
        let model = self.waiting.remove(at);
        Some(Turn { model, is_alone: false })
    }

    /// There was no room for it beside others.
    fn cramped(&mut self, model: Arc<PlannedModel>) {
        self.cramped.push(model);
    }

    /// What reads this one waits for it no longer.
    fn done(&mut self, model: &PlannedModel) {
        self.open.remove(model.name());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Queue;
    use smartcenter_warehouse::contract::Registry;
    use std::collections::HashSet;

    #[tokio::test]
    async fn a_model_comes_after_those_that_it_reads_and_a_cramped_one_by_itself() {
        let (plan, ..) = crate::model::check(&[], &Registry::embedded().unwrap()).await.unwrap();
        let mut queue = Queue::new(plan.models.clone());
        let mut done = HashSet::new();
        let mut at_work = Vec::new();
        while done.len() < plan.models.len() {
            while let Some(turn) = queue.next(false) {
                assert!(!turn.is_alone);
                let mut sources = turn.model.sources.iter();
                let is_open = |name: &_| plan.models.iter().any(|model| model.name() == name) && !done.contains(name);
                assert!(!sources.any(|source| is_open(&source.dataset)), "{}", turn.model.name());
                at_work.push(turn.model);
            }
            let cramped = at_work.swap_remove(done.len() % at_work.len());
            queue.cramped(cramped.clone());
            assert!(queue.next(false).is_none(), "nothing is begun before it had its turn");
            let turn = queue.next(true).unwrap();
            assert!(turn.is_alone && turn.model.name() == cramped.name());
            queue.done(&turn.model);
            assert!(done.insert(turn.model.name().clone()));
        }
        assert!(at_work.is_empty() && queue.next(true).is_none());
    }
}
