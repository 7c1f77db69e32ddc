//! The seam between the door and the engines that watch the regency. The door reads what they worked out by SQL, under the
//! caller's own rules; here is only what is no table: definitions, steps of people, and word of what changes.

mod engines;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smartcenter_warehouse::Result;
use std::{fmt::Debug, sync::Arc};
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// The engines, where they run.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// The indicators that are defined.
    pub indicators: Option<Arc<dyn Indicators>>,
    /// The alerts and what people do with them.
    pub alerts: Option<Arc<dyn AlertDesk>>,
}

/// The definitions in force.
pub trait Indicators: Debug + Send + Sync {
    /// All of them, in the order of their ids. Cheap: a definition file is not read for it.
    fn definitions(&self) -> Vec<Definition>;
}

/// What an indicator file says of itself.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = IndicatorDefinition)]
pub struct Definition {
    /// Its id, the file's name; its values are `mart.indikator_<id>`.
    #[schema(example = "absensi_sekolah")]
    pub id: String,
    /// Title, Indonesian.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// What it is, and what it does not see.
    pub description: String,
    /// What one series is, in Indonesian: `sekolah`, `puskesmas`.
    #[schema(example = "sekolah")]
    pub unit: String,
    /// The same in English.
    #[schema(example = "school")]
    pub unit_en: String,
    /// Family within which false discoveries are controlled and evidence is joined.
    #[schema(example = "absensi")]
    pub family: String,
    /// Institution that is told.
    #[schema(example = "dikpora")]
    pub owner: String,
    /// `hari`, `minggu` (Sunday to Saturday) or `bulan`.
    #[schema(example = "hari")]
    pub grain: String,
    /// Which days are due: `hari_sekolah`, `hari_kerja` or `setiap_hari`.
    pub calendar: String,
    /// `naik`, `turun` or `dua_arah`.
    pub direction: String,
    /// Name of the method, as `smartcenter detect` knows it; `rule` where only a rule judges.
    #[schema(example = "attendance")]
    pub method: String,
    /// Parameters of the method that the file sets.
    #[schema(value_type = Object)]
    pub parameters: Map<String, Value>,
    /// The fixed rule over a point, in SQL, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What the fixed rule is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_title: Option<String>,
    /// What the fixed rule is called, English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_title_en: Option<String>,
    /// Days that are judged by no baseline: `libur`, `ramadan`, `fakultatif`, `ujian`, `banjir`.
    pub masks: Vec<String>,
    /// Digest of the file.
    #[schema(example = "3f9a0c1b22d4")]
    pub version: String,
    /// Whether it raises alerts; otherwise its values are shown only.
    pub alerts: bool,
}

/// The alerts as people handle them. Refusals are `NotFound` (no such alert), `Invalid` (a note or a date is wanting) and
/// `Conflict` (the step does not fit where the alert stands).
#[async_trait]
pub trait AlertDesk: Debug + Send + Sync {
    /// Word of every alert that is new, changed or closed, from now on. Whoever is too slow for it reads `mart.alert`.
    fn subscribe(&self) -> broadcast::Receiver<AlertEvent>;
    /// What people did with the alert, oldest first.
    async fn steps(&self, id: &str) -> Result<Vec<StepTaken>>;
    /// Takes a step. When it answers, the step is durable and `mart.alert` shows it. Answers the id of the alert as it is
    /// now: another one where it has become part of another alert.
    async fn act(&self, id: &str, step: NewStep) -> Result<String>;
    /// What is held back, newest first; what is over is left out.
    async fn suppressions(&self) -> Result<Vec<Suppression>>;
    /// Holds alerts of an indicator, a unit, or both back until a moment.
    async fn suppress(&self, new: NewSuppression) -> Result<Suppression>;
    /// Ends holding back, in the name of a key. False when there is none of this id.
    async fn lift(&self, id: &str, by: &str) -> Result<bool>;
}

/// Word of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertEvent {
    /// The alert.
    pub id: String,
    /// What became of it.
    pub what: Happened,
    /// The indicator that raised it.
    pub indicator: String,
    /// How bad.
    pub severity: Severity,
    /// Its sentence, Indonesian.
    pub sentence: String,
    /// Kemendagri code of its place.
    pub region: Option<String>,
    /// Institution that is told.
    pub owner: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// It was raised.
    New,
    /// Evidence, severity or status are other than before.
    Changed,
    /// It is over.
    Closed,
}

/// How bad it is if it is true. Ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertSeverity)]
pub enum Severity {
    /// Worth a look.
    #[default]
    Info,
    /// Somebody should check.
    Sedang,
    /// Check today.
    Tinggi,
    /// Check now.
    Kritis,
}

impl Severity {
    /// All, the mildest first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Sedang, Self::Tinggi, Self::Kritis];

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
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| format!("severity {text:?} is not known: use info, sedang, tinggi or kritis"))
    }
}

/// What a person does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertAction)]
pub enum Action {
    /// Takes it on.
    Acknowledge,
    /// Finds it true.
    Verify,
    /// Finds it false, or harmless.
    Dismiss,
    /// Ends it.
    Close,
    /// Lets it rest until a moment.
    Snooze,
}

/// What happened to an alert: what people did, and what the hub had to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertDeed)]
pub enum Deed {
    /// Somebody took it on.
    Acknowledge,
    /// Somebody found it true.
    Verify,
    /// Somebody found it false, or harmless.
    Dismiss,
    /// Somebody ended it.
    Close,
    /// Somebody lets it rest until a moment.
    Snooze,
    /// The hub: the data were corrected, and nothing unusual is left.
    Withdraw,
    /// The hub: it is part of another alert now.
    Merge,
    /// The hub: what was withdrawn or merged is there again.
    Return,
    /// The hub: evidence came that the verdict did not know of.
    Reopen,
}

/// A step that a person takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStep {
    /// What is done.
    pub action: Action,
    /// Why; what was found.
    pub note: String,
    /// Until when an alert rests; only of [`Action::Snooze`].
    pub until: Option<DateTime<Utc>>,
    /// Name of the key.
    pub by: String,
}

/// A step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AlertStep)]
pub struct StepTaken {
    /// The alert as it was called then: where it is not the alert that is asked for, it became part of it.
    #[schema(example = "3f9a0c1b22d4e5f6")]
    pub alert: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the key; left out for those who may not know other keys.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// What was done.
    pub deed: Deed,
    /// Why; what was found.
    pub note: String,
    /// Until when the alert rests.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<DateTime<Utc>>,
}

/// What shall be held back. At least one of `indicator` and `unit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    /// Alerts of this indicator.
    pub indicator: Option<String>,
    /// Alerts of this unit.
    pub unit: Option<String>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub note: String,
    /// Name of the key.
    pub by: String,
}

/// What is held back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AlertSuppression)]
pub struct Suppression {
    /// Names it.
    pub id: String,
    /// Alerts of this indicator.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub indicator: Option<String>,
    /// Alerts of this unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why.
    pub note: String,
    /// Name of the key; left out for those who may not know other keys.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<String>,
    /// Since when.
    pub at: DateTime<Utc>,
}
