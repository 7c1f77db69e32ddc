//! The steps of all alerts, found by the episodes that they hang on.

use super::{
    life::{Deed, Life, Step},
    local_day,
};
use chrono::{DateTime, NaiveDate, Utc};
use smartcenter_warehouse::control::{AlertStep, KeptSuppression};
use std::collections::{BTreeSet, HashMap};

/// Days before it was asked for that a suppression reaches back: what is old news by then is left as it was.
const REACH: i64 = 14;

/// What is remembered of alerts.
#[derive(Debug, Default)]
pub(super) struct Memory {
    steps: Vec<Step>,
    by_episode: HashMap<String, Vec<usize>>,
}

impl Memory {
    /// These steps, oldest first.
    pub fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut memory = Self::default();
        steps.into_iter().for_each(|step| memory.add(step));
        memory
    }

    /// One step more.
    pub fn add(&mut self, step: Step) {
        let at = self.steps.len();
        for episode in &step.episodes {
            self.by_episode.entry(episode.clone()).or_default().push(at);
        }
        self.steps.push(step);
    }

    fn at(&self, episode: &str) -> &[usize] {
        self.by_episode.get(episode).map_or(&[], Vec::as_slice)
    }

    /// These names of episodes, with those of episodes that became them when their first days were corrected away.
    pub fn known(&self, ids: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        let mut known = BTreeSet::new();
        let mut open: Vec<String> = ids.into_iter().collect();
        while let Some(id) = open.pop() {
            let successions = self.at(&id).iter().map(|at| &self.steps[*at]);
            let successions = successions.filter(|step| step.deed == Deed::Merge);
            let before = successions
                .flat_map(|step| &step.episodes)
                .filter(|other| !known.contains(*other));
            open.extend(before.filter(|other| **other != id).cloned());
            known.insert(id);
        }
        known
    }

    /// What happened to the episodes `ids`, oldest first.
    pub fn steps(&self, ids: &BTreeSet<String>) -> impl Iterator<Item = &Step> {
        let at: BTreeSet<usize> = ids.iter().flat_map(|id| self.at(id)).copied().collect();
        at.into_iter().map(|at| &self.steps[at])
    }

    /// What the steps of the episodes `ids` come to for the alert that is called `id`.
    pub fn life(&self, id: &str, ids: &BTreeSet<String>) -> Life {
        let mut life = Life::default();
        self.steps(ids).for_each(|step| life.take(id, step));
        life
    }

    /// The episodes of each alert that a person closed.
    pub fn closed(&self) -> Vec<(BTreeSet<String>, NaiveDate)> {
        let closings = self.steps.iter().filter(|step| step.deed == Deed::Close);
        closings
            .map(|step| (self.known(step.episodes.iter().cloned()), local_day(step.at)))
            .collect()
    }
}

impl Step {
    /// As the control store keeps it.
    pub(super) fn kept(&self) -> AlertStep {
        AlertStep {
            alert: self.alert.clone(),
            episodes: self.episodes.clone(),
            at: self.at,
            by: self.by.clone(),
            action: self.deed.as_str().to_owned(),
            note: self.note.clone(),
            until: self.until,
        }
    }

    /// As the control store has it; none of a deed that only a newer program knows.
    pub(super) fn of(kept: AlertStep) -> Option<Self> {
        Some(Self {
            deed: kept.action.parse().ok()?,
            alert: kept.alert,
            episodes: kept.episodes,
            at: kept.at,
            by: kept.by,
            note: kept.note,
            until: kept.until,
        })
    }
}

/// Whether somebody asked not to hear of an episode of a series whose last flagged day is `to`.
pub(super) fn is_suppressed(kept: &[KeptSuppression], indicator: &str, unit: &str, to: NaiveDate) -> bool {
    let is_meant = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|wanted| wanted == is);
    let span = |at: DateTime<Utc>, until: DateTime<Utc>| {
        let begin = local_day(at).checked_sub_signed(chrono::Duration::days(REACH));
        begin.is_none_or(|begin| begin <= to) && to <= local_day(until)
    };
    kept.iter().any(|kept| {
        let wanted = &kept.suppression;
        kept.lifted.is_none()
            && is_meant(&wanted.indicator, indicator)
            && is_meant(&wanted.unit, unit)
            && span(wanted.at, wanted.until)
    })
}
