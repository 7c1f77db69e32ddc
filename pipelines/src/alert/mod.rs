//! From flagged points to a few alerts that somebody can act on. Pure: flags, places and the clock are handed in.
//!
//! ```text
//! flags ──▶ control (false discoveries per day and family) ──▶ episodes (a run is one thing)
//!       ──▶ corroborate (what belongs together is one case, with its evidence) ──▶ budget (per owner and day)
//! ```
//! A flag that is left out on the way is kept and says why; nothing is forgotten. What becomes of an alert afterwards is
//! decided by people only ([`life`]).

pub mod budget;
pub mod control;
pub mod corroborate;
pub mod episode;
pub mod life;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What is watched: one indicator at one unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Series {
    /// Slug of the indicator.
    pub indicator: String,
    /// Code of the unit: a school, a health centre, a place of service with its service.
    pub unit: String,
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
    /// The kecamatan, or the region itself where it is no deeper.
    pub fn kecamatan(&self) -> &str {
        self.region
            .match_indices('.')
            .nth(2)
            .map_or(self.region.as_str(), |(end, _)| &self.region[..end])
    }

    /// Distance in kilometres on a sphere of 6,367 km, the one that the cluster scan uses; none where either is unknown.
    pub fn distance_km(&self, other: &Self) -> Option<f64> {
        let ((lat_a, lon_a), (lat_b, lon_b)) = (self.at?, other.at?);
        let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
        let chord = half(lat_a, lat_b) + lat_a.to_radians().cos() * lat_b.to_radians().cos() * half(lon_a, lon_b);
        Some(2.0 * 6367.0 * chord.sqrt().min(1.0).asin())
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
    /// What was expected.
    pub expected: f64,
    /// What was exceeded.
    pub upper: f64,
    /// Probability of this or more, if nothing is wrong; none of a fixed rule.
    pub p: Option<f64>,
    /// How bad.
    pub severity: Severity,
    /// A rule that holds whatever the statistics say, such as a fixed threshold that a regulation names.
    pub is_rule: bool,
}

impl Flag {
    /// Counted beyond what was expected; negative for a fall.
    pub fn excess(&self) -> f64 {
        self.observed - self.expected
    }
}
