//! What belongs together is one case: absent pupils of neighbouring schools, and the visits to the health centre in
//! whose catchment they are, within the days that the disease leaves between the two.

use super::{Place, Severity, episode::Episode};
use chrono::NaiveDate;
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
    /// Without their places, units are near if they are the same one.
    fn holds(self, (a, a_place): (&str, Option<&Place>), (b, b_place): (&str, Option<&Place>)) -> bool {
        if self == Self::Unit {
            return a == b;
        }
        let (Some(a), Some(b)) = (a_place, b_place) else {
            return false;
        };
        let kecamatan = || !a.region.is_empty() && a.kecamatan() == b.kecamatan();
        match self {
            Self::Unit => false,
            Self::Catchment => a.catchment.is_some() && a.catchment == b.catchment,
            Self::Kecamatan => kecamatan(),
            Self::Km(km) => a.distance_km(b).map_or_else(kecamatan, |distance| distance <= km),
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
    /// Whether both must be about the same subject, such as a disease.
    #[serde(default)]
    pub same_subject: bool,
    /// Least and most days from the beginning of `from` to the beginning of `to`; negative when the other comes first.
    pub lag_days: (i64, i64),
}

impl Link {
    /// Whether `b` is evidence of `a`. A fall is none of a rise of the same kind: more visitors in June and fewer in July are
    /// two things to look into.
    pub(super) fn holds(&self, a: &Episode, b: &Episode, places: &BTreeMap<String, Place>) -> bool {
        let lag = (b.from - a.from).num_days();
        let unit = |episode: &Episode| places.get(&episode.series.unit);
        let is_opposite = a.family == b.family && matches!((a.excess(), b.excess()), (Some(a), Some(b)) if a * b < 0.0);
        a.family == self.from
            && b.family == self.to
            && !is_opposite
            && (!self.same_subject || a.series.subject() == b.series.subject())
            && (self.lag_days.0..=self.lag_days.1).contains(&lag)
            && self.near.holds((&a.series.unit, unit(a)), (&b.series.unit, unit(b)))
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

impl Confidence {
    /// The word in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lemah => "lemah",
            Self::Sedang => "sedang",
            Self::Kuat => "kuat",
        }
    }
}

impl std::str::FromStr for Confidence {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::Lemah, Self::Sedang, Self::Kuat];
        all.into_iter().find(|confidence| confidence.as_str() == word).ok_or(())
    }
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

    /// Its name: that of the episode that it began with.
    pub fn id(&self) -> String {
        self.lead().id()
    }

    /// Last flagged day of all episodes.
    pub fn to(&self) -> NaiveDate {
        let last = self.episodes.iter().map(|episode| episode.to).max();
        last.unwrap_or_default()
    }

    /// Counted beyond what was expected by the indicator that it began with; others count other things.
    pub fn excess(&self) -> Option<f64> {
        let indicator = &self.lead().series.indicator;
        let own = self.episodes.iter().filter(|e| e.series.indicator == *indicator);
        let known = own.filter_map(Episode::excess);
        known.fold(None, |sum, excess| Some(sum.unwrap_or(0.0) + excess))
    }

    /// The least probable of its episodes.
    pub fn p(&self) -> Option<f64> {
        self.episodes.iter().filter_map(Episode::p).min_by(f64::total_cmp)
    }
}

/// Brings together the episodes that `links` make evidence of each other, directly or through others. `places` has the
/// place of each unit; one without a place is near itself only. Costs the pairs of episodes of linked families that begin within
/// the days of the link.
pub fn cases(mut episodes: Vec<Episode>, places: &BTreeMap<String, Place>, links: &[Link]) -> Vec<Case> {
    episodes.sort_by(|a, b| (a.from, &a.series).cmp(&(b.from, &b.series)));
    // Of each family in order of their beginning.
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, episode) in episodes.iter().enumerate() {
        families.entry(&episode.family).or_default().push(index);
    }
    let none = Vec::new();
    let of = |family: &str| families.get(family).unwrap_or(&none);
    let mut groups = Groups::of(episodes.len());
    for link in links {
        let others = of(&link.to);
        let lag = |a: usize, b: usize| (episodes[b].from - episodes[a].from).num_days();
        for &a in of(&link.from) {
            let first = others.partition_point(|&b| lag(a, b) < link.lag_days.0);
            let near = others[first..].iter().take_while(|&&b| lag(a, b) <= link.lag_days.1);
            for &b in near.filter(|&&b| b != a) {
                if link.holds(&episodes[a], &episodes[b], places) {
                    groups.join(a, b);
                }
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
