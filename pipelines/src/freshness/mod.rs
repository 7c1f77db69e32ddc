//! Is a feed still arriving? Says so in one state and one sentence per language. Pure: the time is handed in, and
//! the sentence is made of the same figures as the state, so the two cannot disagree.

mod sentence;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{DatasetId, InstitutionId};
use std::time::Duration;

/// A feed is `late` after its expected interval and `silent` after this many of them.
pub const SILENT_AFTER: u32 = 3;

/// How a feed is doing. Ordered by how much attention it needs: `fresh` least, `never` most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Arrived within the expected interval, or has arrived and no interval was agreed.
    Fresh,
    /// Overdue, but for less than [`SILENT_AFTER`] intervals.
    Late,
    /// Overdue for [`SILENT_AFTER`] intervals or more: somebody should call the owner.
    Silent,
    /// Nothing has ever arrived.
    Never,
}

impl State {
    /// The word used in JSON, SQL and CSS.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Never => "never",
        }
    }
}

/// What is known about a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The dataset it fills.
    pub dataset: DatasetId,
    /// Who answers for it.
    pub owner: InstitutionId,
    /// How long it may be silent (the contract's `freshness`); absent means that no interval was agreed.
    pub expected: Option<Duration>,
    /// When the last push that left rows arrived.
    pub last_arrival: Option<DateTime<Utc>>,
}

/// The judgement on a feed at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Freshness {
    /// The dataset judged.
    pub dataset: DatasetId,
    /// Who answers for it.
    pub owner: InstitutionId,
    /// The state.
    pub state: State,
    /// Seconds since the last arrival; absent when nothing has arrived.
    pub age_seconds: Option<u64>,
    /// Seconds the feed may be silent; absent when no interval was agreed.
    pub expected_seconds: Option<u64>,
    /// One Indonesian sentence for people.
    pub sentence_id: String,
    /// The same in English.
    pub sentence_en: String,
}

/// Judges `feed` at `now`. An arrival stamped later than `now` (clocks differ) counts as just arrived. At exactly
/// the expected interval a feed is still fresh.
pub fn judge(feed: &Feed, now: DateTime<Utc>) -> Freshness {
    let age = feed
        .last_arrival
        .map(|at| (now - at).max(TimeDelta::zero()).to_std().unwrap_or_default());
    let state = state(age, feed.expected);
    Freshness {
        dataset: feed.dataset.clone(),
        owner: feed.owner.clone(),
        state,
        age_seconds: age.map(|a| a.as_secs()),
        expected_seconds: feed.expected.map(|e| e.as_secs()),
        sentence_id: sentence::indonesian(state, age, feed.expected),
        sentence_en: sentence::english(state, age, feed.expected),
    }
}

/// Judges all feeds at one moment, those that need attention first, then by dataset.
pub fn register(feeds: &[Feed], now: DateTime<Utc>) -> Vec<Freshness> {
    let mut all: Vec<_> = feeds.iter().map(|feed| judge(feed, now)).collect();
    all.sort_by(|a, b| b.state.cmp(&a.state).then_with(|| a.dataset.cmp(&b.dataset)));
    all
}

fn state(age: Option<Duration>, expected: Option<Duration>) -> State {
    match (age, expected) {
        (None, _) => State::Never,
        (Some(_), None) => State::Fresh,
        (Some(age), Some(expected)) if age <= expected => State::Fresh,
        (Some(age), Some(expected)) if age < expected.saturating_mul(SILENT_AFTER) => State::Late,
        _ => State::Silent,
    }
}
