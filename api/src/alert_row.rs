//! Rows of `mart.alert` as the door and the messages read them: by SQL, under somebody's rules.

use crate::{fetch::fetch, problem::Answer, state::Hub, watch::Severity};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartcenter_warehouse::{
    contract::Contract,
    policy::{Decision, Identity},
    query::Session,
};
use std::sync::Arc;
use utoipa::ToSchema;

/// The dataset of alerts.
pub const ALERT: &str = "alert";

/// Every column but the evidence.
const COLUMNS: &str = "peringatan_id, indikator, keluarga, unit, nama, wilayah, judul, judul_en, kalimat, kalimat_en, \
                       tindakan, tindakan_en, pemilik, mulai, terakhir, keparahan, keyakinan, p, kelebihan, status, \
                       tunda_sampai, disampaikan, versi";

/// How bad an alert is, as a number that grows with it.
pub const RANK: &str = "CASE keparahan WHEN 'kritis' THEN 3 WHEN 'tinggi' THEN 2 WHEN 'sedang' THEN 1 ELSE 0 END";

/// An alert.
#[derive(Debug, Clone, Deserialize)]
pub struct AlertRow {
    pub peringatan_id: String,
    pub indikator: String,
    pub keluarga: String,
    pub unit: String,
    #[serde(default)]
    pub nama: Option<String>,
    #[serde(default)]
    pub wilayah: Option<String>,
    pub judul: String,
    #[serde(default)]
    pub judul_en: Option<String>,
    pub kalimat: String,
    #[serde(default)]
    pub kalimat_en: Option<String>,
    #[serde(default)]
    pub tindakan: Option<String>,
    #[serde(default)]
    pub tindakan_en: Option<String>,
    pub pemilik: String,
    pub mulai: NaiveDate,
    pub terakhir: NaiveDate,
    pub keparahan: Severity,
    #[serde(default)]
    pub keyakinan: Option<String>,
    #[serde(default)]
    pub p: Option<f64>,
    #[serde(default)]
    pub kelebihan: Option<f64>,
    pub status: Status,
    #[serde(default)]
    pub tunda_sampai: Option<DateTime<Utc>>,
    #[serde(default)]
    pub disampaikan: Option<Told>,
    #[serde(default)]
    pub versi: Option<String>,
    /// JSON; only where it was asked for.
    #[serde(default)]
    pub bukti: Option<String>,
    /// JSON; only where it was asked for.
    #[serde(default)]
    pub atribusi: Option<String>,
}

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertStatus)]
pub enum Status {
    /// Nobody has looked yet.
    Open,
    /// Somebody is looking.
    Acknowledged,
    /// Checked: it is true.
    Verified,
    /// Checked: it is not.
    Dismissed,
    /// Over.
    Closed,
}

impl Status {
    /// All, in the order of an alert's life.
    pub const ALL: [Self; 5] = [
        Self::Open,
        Self::Acknowledged,
        Self::Verified,
        Self::Dismissed,
        Self::Closed,
    ];

    /// The word in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Verified => "verified",
            Self::Dismissed => "dismissed",
            Self::Closed => "closed",
        }
    }
}

impl std::str::FromStr for Status {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|one| one.as_str() == text);
        known.ok_or_else(|| {
            format!("status {text:?} is not known: use open, acknowledged, verified, dismissed or closed")
        })
    }
}

/// Whether the owner was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AlertDelivery)]
pub enum Told {
    /// Told.
    Now,
    /// Held back: the owner's budget of the day is used up.
    Held,
    /// Held back because somebody asked for it.
    Suppressed,
}

/// The contract of the alerts and what `identity` may see of them; none while there is no table yet.
pub fn access(hub: &Hub, identity: &Identity) -> Option<(Arc<Contract>, Decision)> {
    let contract = hub.warehouse.contracts().get(ALERT).cloned()?;
    let decision = hub.warehouse.policy().decide(identity, &contract);
    Some((contract, decision))
}

/// The alerts for which `condition` holds, in the order `order`; SQL over the table, with `$1`... from `params`.
pub async fn select(
    session: &Session,
    condition: &str,
    order: &str,
    limit: usize,
    params: Vec<Value>,
) -> Answer<Vec<AlertRow>> {
    let sql = format!("SELECT {COLUMNS} FROM mart.{ALERT} WHERE {condition} ORDER BY {order} LIMIT {limit}");
    fetch(session, &sql, params).await
}

/// One alert with its evidence.
pub async fn one(session: &Session, id: &str) -> Answer<Option<AlertRow>> {
    let sql = format!("SELECT {COLUMNS}, bukti, atribusi FROM mart.{ALERT} WHERE peringatan_id = $1");
    Ok(fetch(session, &sql, vec![id.into()]).await?.pop())
}
