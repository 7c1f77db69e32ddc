//! What belongs together is one case: absent pupils of neighbouring schools, and the visits to the health centre in
//! whose catchment they are, within the days that the disease leaves between the two.

use super::{Place, Severity, episode::Episode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How near two units must be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Near {
    /// The same unit.
    Unit,
    /// In the catchment of the same health centre.
    Catchment,
    /// In the same kecamatan.
    Kecamatan,
    /// Within so many kilometres; units without a position are near within their kecamatan.
    Km(f64),
}

impl Near {
    fn holds(self, (a, a_place): (&str, &Place), (b, b_place): (&str, &Place)) -> bool {
        let kecamatan = || a_place.kecamatan() == b_place.kecamatan();
        match self {
            Self::Unit => a == b,
            Self::Catchment => a_place.catchment.is_some() && a_place.catchment == b_place.catchment,
            Self::Kecamatan => kecamatan(),
            Self::Km(km) => a_place
                .distance_km(b_place)
                .map_or_else(kecamatan, |distance| distance <= km),
        }
    }
}

/// Which episodes are evidence of each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Family of the one.
    pub from: String,
    /// Family of the other; may be the same.
    pub to: String,
    /// How near they must be.
    pub near: Near,
    /// Least and most days from the beginning of `from` to the beginning of `to`; negative when the other comes first.
    pub lag_days: (i64, i64),
}

impl Link {
    fn holds(&self, a: &Episode, a_place: &Place, b: &Episode, b_place: &Place) -> bool {
        let lag = (b.from - a.from).num_days();
        a.family == self.from
            && b.family == self.to
            && (self.lag_days.0..=self.lag_days.1).contains(&lag)
            && self.near.holds((&a.series.unit, a_place), (&b.series.unit, b_place))
    }
}

/// How sure a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One source says so.
    Lemah,
    /// Several units of one source say so.
    Sedang,
    /// Sources that do not know of each other say so.
    Kuat,
}

/// Episodes that are one case, in order of their beginning; the first one names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The episodes; never empty.
    pub episodes: Vec<Episode>,
}

impl Case {
    /// The episode that it began with.
    pub fn lead(&self) -> &Episode {
        &self.episodes[0]
    }

    /// Sources that say so, by family.
    pub fn families(&self) -> BTreeSet<&str> {
        self.episodes.iter().map(|episode| episode.family.as_str()).collect()
    }

    /// How sure it is.
    pub fn confidence(&self) -> Confidence {
        let units: BTreeSet<_> = self.episodes.iter().map(|episode| &episode.series.unit).collect();
        match (self.families().len(), units.len()) {
            (2.., _) => Confidence::Kuat,
            (_, 2..) => Confidence::Sedang,
            _ => Confidence::Lemah,
        }
    }

    /// The worst of its episodes, one step up when sources agree.
    pub fn severity(&self) -> Severity {
        let worst = self
            .episodes
            .iter()
            .map(Episode::severity)
            .max()
            .unwrap_or(Severity::Info);
        match (self.confidence(), worst) {
            (Confidence::Kuat, Severity::Info) => Severity::Sedang,
            (Confidence::Kuat, Severity::Sedang) => Severity::Tinggi,
            (Confidence::Kuat, Severity::Tinggi | Severity::Kritis) => Severity::Kritis,
            (_, worst) => worst,
        }
    }

    /// The least probable of its episodes.
    pub fn p(&self) -> Option<f64> {
        self.episodes.iter().filter_map(Episode::p).min_by(f64::total_cmp)
    }
}

/// Brings together the episodes that `links` make evidence of each other, directly or through others. `places` has the
/// place of each unit; a unit without one stands alone. Costs the pairs of episodes of linked families.
pub fn cases(mut episodes: Vec<Episode>, places: &BTreeMap<String, Place>, links: &[Link]) -> Vec<Case> {
    episodes.sort_by(|a, b| (a.from, &a.series).cmp(&(b.from, &b.series)));
    let mut groups = Groups::of(episodes.len());
    for (i, a) in episodes.iter().enumerate() {
        for (j, b) in episodes.iter().enumerate() {
            let (Some(a_place), Some(b_place)) = (places.get(&a.series.unit), places.get(&b.series.unit)) else {
                continue;
            };
            if i != j && links.iter().any(|link| link.holds(a, a_place, b, b_place)) {
                groups.join(i, j);
            }
        }
    }
    let mut cases: BTreeMap<usize, Case> = BTreeMap::new();
    for (index, episode) in episodes.into_iter().enumerate() {
        let case = cases
            .entry(groups.root(index))
            .or_insert_with(|| Case { episodes: Vec::new() });
        case.episodes.push(episode);
    }
    cases.into_values().collect()
}

/// Disjoint sets; the root of a set is its least member, so that the order of joins does not matter.
struct Groups(Vec<usize>);

impl Groups {
    fn of(members: usize) -> Self {
        Self((0..members).collect())
    }

    fn root(&self, mut member: usize) -> usize {
        while self.0[member] != member {
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
