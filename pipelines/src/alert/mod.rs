//! From flagged points to a few alerts that somebody can act on.
//!
//! ```text
//! mart.indikator_* ──▶ read (flags, how often one looked) ──▶ control (false discoveries per day and family)
//!       ──▶ episode (a run is one thing) ──▶ corroborate (what belongs together is one case, with its evidence)
//!       ──▶ budget (per owner and day) ──▶ compose (sentences, what was checked, why) ──▶ mart.alert
//! ```
//! What becomes of an alert afterwards is decided by people only ([`life`]); the hub ends one where its data were corrected
//! and nothing unusual is left, and says so. The invariant: the rows of `mart.alert` follow from the rows of the indicators,
//! from the steps of people, and from what was told before; the same work done twice changes nothing.
//!
//! All is pure but [`Alerts`], which reads one cut of the lake and pushes what differs.

mod act;
pub mod budget;
mod compose;
mod confirm;
pub mod control;
pub mod corroborate;
mod engine;
pub mod episode;
mod event;
mod found;
pub mod life;
mod memory;
mod read;
mod reasons;
mod table;
mod tell;
#[cfg(test)]
mod tests;
mod watched;
mod words;

pub use act::{Acted, Asked};
pub use engine::Alerts;
pub use event::{AlertEvent, What};
pub use table::{Alert, Delivery, TABLE, VERDICTS};
pub(crate) use table::{contract, is_own, views};
pub use watched::{Linked, Say, Watched, Words};

use crate::sphere;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// How the hub signs what it does itself.
pub const HUB: &str = "smartcenter";

/// How many alerts there are to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Share of a day's flags of a family that may be false.
    pub false_share: f64,
    /// Alerts of one severity or a higher one that an owner is told of in a day; critical ones are always told.
    pub per_owner: usize,
    /// Days behind the newest data that are news: what is older is kept, and announced to nobody.
    pub news_days: i64,
    /// Days behind the newest data after which an alert that nobody has looked at is closed.
    pub lapse_days: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            false_share: 0.05,
            per_owner: 10,
            news_days: 35,
            lapse_days: 42,
        }
    }
}

/// The day of a moment in western Indonesia.
fn local_day(at: DateTime<Utc>) -> NaiveDate {
    (at + Duration::hours(7)).date_naive()
}

/// What is watched: one indicator at one unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    /// Slug of the indicator.
    pub indicator: String,
    /// Code of the unit: a school, a health centre, a place of service with its service.
    pub unit: String,
}

impl Series {
    /// What of the unit is watched: a disease, a service; none where the unit itself is.
    pub fn subject(&self) -> Option<&str> {
        self.unit.split_once('/').map(|(_, subject)| subject)
    }
}

/// Where a unit is, for what is near it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Kemendagri code of the region, as deep as it is known.
    pub region: String,
    /// Code of the health centre in whose catchment it lies, or that it is.
    pub catchment: Option<String>,
    /// Latitude and longitude in degrees, WGS 84.
    pub at: Option<(f64, f64)>,
}

impl Place {
    /// The kecamatan, or the region itself where it is no deeper; empty where no region is known.
    pub fn kecamatan(&self) -> &str {
        self.region
            .match_indices('.')
            .nth(2)
            .map_or(self.region.as_str(), |(end, _)| &self.region[..end])
    }

    /// Distance in kilometres, as the cluster scan measures it; none where either is unknown.
    pub fn distance_km(&self, other: &Self) -> Option<f64> {
        let (a, b) = (self.at?, other.at?);
        Some(sphere::chord_km(&sphere::point(a.0, a.1), &sphere::point(b.0, b.1)))
    }
}

/// How bad it is if it is true. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth a look.
    Info,
    /// Somebody should check.
    Sedang,
    /// Check today.
    Tinggi,
    /// Check now.
    Kritis,
}

impl Severity {
    /// The word in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Sedang => "sedang",
            Self::Tinggi => "tinggi",
            Self::Kritis => "kritis",
        }
    }
}

impl std::str::FromStr for Severity {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::Info, Self::Sedang, Self::Tinggi, Self::Kritis];
        all.into_iter().find(|severity| severity.as_str() == word).ok_or(())
    }
}

/// A point of a series that a detector or a rule flagged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Which series.
    pub series: Series,
    /// Family within which false discoveries are controlled.
    pub family: String,
    /// Day of the point; of a week or month its last one.
    pub day: NaiveDate,
    /// Number of the point among the points that the series should have: closed days do not count.
    pub step: i64,
    /// What was counted.
    pub observed: f64,
    /// What was expected; none where a rule knows no expectation.
    pub expected: Option<f64>,
    /// What was exceeded.
    pub upper: Option<f64>,
    /// Probability of this or more, if nothing is wrong; none of a fixed rule.
    pub p: Option<f64>,
    /// How bad.
    pub severity: Severity,
    /// A rule that holds whatever the statistics say, such as a fixed threshold that a regulation names.
    pub is_rule: bool,
}

impl Flag {
    /// Counted beyond what was expected; negative for a fall.
    pub fn excess(&self) -> Option<f64> {
        self.expected.map(|expected| self.observed - expected)
    }
}
