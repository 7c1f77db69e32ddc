//! An entry of the answer key: what was told, where, when, and what a watchful hub should say about it.

use chrono::NaiveDate;
use serde::Serialize;

/// What a story was, for tests and reports of detection. Absent fields do not apply.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Kind of story, such as `outbreak`, `local_holiday`, `silence`.
    pub kind: String,
    /// Datasets in which it shows.
    pub datasets: Vec<String>,
    /// Kecamatan or village codes.
    pub places: Vec<String>,
    /// Schools (npsn), facilities, service places, institutions or persons it is about.
    pub units: Vec<String>,
    /// First day with an effect.
    pub from: NaiveDate,
    /// Last day with an effect.
    pub until: NaiveDate,
    /// Slug of the disease.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disease: Option<String>,
    /// Day of the first case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_case: Option<NaiveDate>,
    /// Day by which five cases had occurred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fifth_case: Option<NaiveDate>,
    /// What should be said: `alarm`, `quality` (a feed is silent, halved or disagrees, or persons are hard to keep apart),
    /// `none` for a look-alike, or `either` where an alarm and silence are both right.
    pub expected: String,
    /// The story in a sentence.
    pub note: String,
}
