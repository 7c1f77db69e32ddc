//! Episodes, not points: the residuals of neighbouring days hang together, so a run of flags is one thing that happened.

use super::{Flag, Series, Severity};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};

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
    fn beginning(flag: &Flag) -> Self {
        Self {
            series: flag.series.clone(),
            family: flag.family.clone(),
            from: flag.day,
            to: flag.day,
            last_step: flag.step,
            flags: vec![flag.clone()],
        }
    }

    /// Its name: 16 hex digits that follow from the series and its first day.
    pub fn id(&self) -> String {
        id(&self.series, self.from)
    }

    /// The names that it has, had, or would have had when some of its first days were not known yet: a report that comes
    /// late and puts the beginning back takes nothing away from what was decided under the old name.
    pub fn ids(&self) -> impl Iterator<Item = String> + '_ {
        let days = self.days().map(|flag| flag.day);
        days.map(|day| id(&self.series, day))
    }

    /// One flag of each day; the detector's where a rule flagged the day as well.
    pub fn days(&self) -> impl Iterator<Item = &Flag> {
        let days = self.flags.chunk_by(|a, b| a.day == b.day);
        days.filter_map(|flags| flags.iter().find(|flag| !flag.is_rule).or(flags.first()))
    }

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

    /// Counted beyond what was expected, over all flagged days; none where nothing was expected of any.
    pub fn excess(&self) -> Option<f64> {
        let known = self.days().filter_map(Flag::excess);
        known.fold(None, |sum, excess| Some(sum.unwrap_or(0.0) + excess))
    }

    /// The flag that shows best what happened: the worst, of these the least probable, of these the first.
    pub fn peak(&self) -> Option<&Flag> {
        self.days().min_by(|a, b| {
            let p = |flag: &Flag| flag.p.unwrap_or(1.0);
            b.severity.cmp(&a.severity).then_with(|| p(a).total_cmp(&p(b)))
        })
    }
}

/// The name of an episode of a series that begins on a day.
pub fn id(series: &Series, from: NaiveDate) -> String {
    let digest = Sha256::digest(format!("{}|{}|{from}", series.indicator, series.unit));
    hex::encode(&digest[..8])
}

/// The episodes of `flags`, by series and day: flags of a series with at most `gap` steps between them are one episode.
/// A series that is flagged twice on a day (by a detector and a rule) has both in it. An episode that `ends` names, under
/// any of its names, was closed on that day: what comes later begins a new one.
pub fn episodes(flags: &[Flag], gap: impl Fn(&Series) -> i64, ends: &HashMap<String, NaiveDate>) -> Vec<Episode> {
    let mut by_series: BTreeMap<&Series, Vec<&Flag>> = BTreeMap::new();
    for flag in flags {
        by_series.entry(&flag.series).or_default().push(flag);
    }
    let mut all: Vec<Episode> = Vec::new();
    for (series, mut flags) in by_series {
        flags.sort_by_key(|flag| (flag.step, flag.is_rule));
        let gap = gap(series);
        let mut current: Option<(Episode, NaiveDate)> = None;
        for flag in flags {
            let end = match ends.is_empty() {
                true => NaiveDate::MAX,
                false => ends.get(&id(series, flag.day)).copied().unwrap_or(NaiveDate::MAX),
            };
            match &mut current {
                Some((episode, last)) if flag.step - episode.last_step <= gap && flag.day <= *last => {
                    episode.to = flag.day;
                    episode.last_step = flag.step;
                    episode.flags.push(flag.clone());
                    *last = end.min(*last);
                }
                _ => {
                    let next = (Episode::beginning(flag), end);
                    all.extend(current.replace(next).map(|(episode, _)| episode));
                }
            }
        }
        all.extend(current.map(|(episode, _)| episode));
    }
    all
}
