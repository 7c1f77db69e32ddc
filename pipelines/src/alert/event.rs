//! What happened to alerts, for those who wait for it. Events are a hint, sent after the table has changed: who missed some
//! reads `mart.alert`.

use super::{Alert, Delivery, Severity, Words, life::State};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is there now.
    New,
    /// It grew, became worse or was acted upon.
    Changed,
    /// It is over.
    Closed,
}

/// A change of an alert.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlertEvent {
    /// Which one: `peringatan_id`.
    pub id: String,
    /// What happened.
    pub what: What,
    /// Slug of the indicator that it began with.
    pub indikator: String,
    /// How bad it is.
    pub keparahan: Severity,
    /// Where it stands.
    pub status: State,
    /// What it says.
    pub kalimat: Words,
    /// Region, as deep as it is known.
    pub wilayah: Option<String>,
    /// Institution that is told.
    pub pemilik: String,
    /// Whether it is to be told.
    pub disampaikan: Delivery,
    /// Nobody is to be told before.
    pub tunda_sampai: Option<DateTime<Utc>>,
    /// When.
    pub at: DateTime<Utc>,
}

impl AlertEvent {
    pub(super) fn of(alert: &Alert, what: What, at: DateTime<Utc>) -> Self {
        Self {
            id: alert.id.clone(),
            what,
            indikator: alert.indicator.clone(),
            keparahan: alert.severity,
            status: alert.state,
            kalimat: alert.sentence.clone(),
            wilayah: alert.region.clone(),
            pemilik: alert.owner.clone(),
            disampaikan: alert.told,
            tunda_sampai: alert.snoozed_until,
            at,
        }
    }
}
