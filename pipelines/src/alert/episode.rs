//! Episodes, not points: the residuals of neighbouring days hang together, so a run of flags is one thing that happened.

use super::{Flag, Series, Severity};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run of flags of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// Which series.
    pub series: Series,
    /// Its family.
    pub family: String,
    /// First flagged day; it does not change when the episode goes on, so it names the episode.
    pub from: NaiveDate,
    /// Last flagged day.
    pub to: NaiveDate,
    /// Step of the last flagged day.
    pub last_step: i64,
    /// Its flags in order of days.
    pub flags: Vec<Flag>,
}

impl Episode {
    /// The worst of its flags.
    pub fn severity(&self) -> Severity {
        self.flags
            .iter()
            .map(|flag| flag.severity)
            .max()
            .unwrap_or(Severity::Info)
    }

    /// The least probable of its flags; none where rules only flagged.
    pub fn p(&self) -> Option<f64> {
        self.flags.iter().filter_map(|flag| flag.p).min_by(f64::total_cmp)
    }

    /// Counted beyond what was expected, over all flagged days.
    pub fn excess(&self) -> f64 {
        self.flags.iter().map(Flag::excess).sum()
    }
}

/// The episodes of `flags`, by series and day: flags of a series with at most `gap` steps between them are one episode.
/// A series that is flagged twice on a day (by a detector and a rule) has both in it.
pub fn episodes(flags: &[Flag], gap: i64) -> Vec<Episode> {
    let mut by_series: BTreeMap<&Series, Vec<&Flag>> = BTreeMap::new();
    for flag in flags {
        by_series.entry(&flag.series).or_default().push(flag);
    }
    let mut all: Vec<Episode> = Vec::new();
    for (series, mut flags) in by_series {
        flags.sort_by_key(|flag| flag.step);
        let mut current: Option<Episode> = None;
        for flag in flags {
            match &mut current {
                Some(episode) if flag.step - episode.last_step <= gap => {
                    episode.to = flag.day;
                    episode.last_step = flag.step;
                    episode.flags.push(flag.clone());
                }
                _ => {
                    all.extend(current.replace(Episode {
                        series: series.clone(),
                        family: flag.family.clone(),
                        from: flag.day,
                        to: flag.day,
                        last_step: flag.step,
                        flags: vec![flag.clone()],
                    }));
                }
            }
        }
        all.extend(current);
    }
    all
}
