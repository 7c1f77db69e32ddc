//! An alert as the API shows it.

use crate::{
    alert_row::{AlertRow, Status, Told},
    watch::{Action, Severity, StepTaken},
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartcenter_warehouse::Error;
use utoipa::ToSchema;

/// Days of a series before an episode that its link shows.
const BEFORE: Days = Days::new(120);
/// Days behind it.
const AFTER: Days = Days::new(14);

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alert {
    /// Names it; it stays the same while the alert goes on.
    #[schema(example = "5d0f3a9c77b1e204")]
    pub id: String,
    /// The indicator that raised it.
    pub indicator: String,
    /// Family of the indicator.
    pub family: String,
    /// Code of the unit: a school, a health centre, a place of service.
    pub unit: String,
    /// Name of the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kemendagri code of its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Title, Indonesian.
    pub title: String,
    /// Title, English.
    pub title_en: String,
    /// What, where, how unusual, since when: one Indonesian sentence.
    pub sentence: String,
    /// The same in English.
    pub sentence_en: String,
    /// What to do first, Indonesian.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What to do first, English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_en: Option<String>,
    /// Institution that is told.
    pub owner: String,
    /// First flagged day.
    pub since: NaiveDate,
    /// Last flagged day.
    pub last: NaiveDate,
    /// How bad if it is true.
    pub severity: Severity,
    /// How much speaks for it: `lemah`, `sedang`, `kuat`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// Probability of the least probable of its points if nothing is wrong; left out where only rules speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Counted beyond what was expected, over all flagged points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<f64>,
    /// Where it stands.
    pub status: Status,
    /// Until when it rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whether its owner was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Told>,
    /// Digest of the definition of the indicator that raised it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where to look further.
    pub links: AlertLinks,
}

/// Where to look further.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlertLinks {
    /// The alert itself.
    #[serde(rename = "self")]
    pub own: String,
    /// The alert for people.
    pub page: String,
    /// The indicator that raised it.
    pub indicator: String,
    /// The series around it.
    pub series: String,
}

/// An alert with everything that speaks for it, and what people did.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AlertDetail {
    /// As in the list.
    #[serde(flatten)]
    pub alert: Alert,
    /// What was flagged; the first is the one that raised it.
    pub evidence: Vec<Episode>,
    /// Where else was looked, and what was found there.
    pub checked: Vec<Checked>,
    /// Of service use: what the change is made of, with uncertainty.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub attribution: Option<Value>,
    /// What people did, oldest first.
    pub steps: Vec<StepTaken>,
    /// What the caller may do with it now.
    pub may: Vec<Action>,
}

/// A run of flagged points of one series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertEpisode)]
pub(super) struct Episode {
    /// The indicator.
    pub indicator: String,
    /// Its title, Indonesian.
    pub title: String,
    /// Code of the unit.
    pub unit: String,
    /// Name of the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Kemendagri code of its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// First flagged day.
    pub from: NaiveDate,
    /// Last flagged day.
    pub to: NaiveDate,
    /// The flagged points.
    pub points: Vec<EpisodePoint>,
    /// Counted beyond what was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess: Option<f64>,
    /// Probability of the least probable point if nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Flagged by a fixed rule, whatever the statistics say.
    pub is_rule: bool,
    /// The table with the values.
    #[schema(example = "mart.indikator_absensi_sekolah")]
    pub data: String,
    /// Digest of the definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The series around it.
    pub series: String,
}

/// A flagged point.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AlertPoint)]
pub(super) struct EpisodePoint {
    /// Day; of a week or month its last one.
    pub date: NaiveDate,
    /// What was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<f64>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<f64>,
    /// What was exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// Probability of this or more if nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
}

/// Where else was looked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AlertChecked)]
pub(super) struct Checked {
    /// What was looked at, Indonesian.
    pub what: String,
    /// What was looked at, English.
    #[serde(default)]
    pub what_en: Option<String>,
    /// Whether it speaks for the alert.
    pub found: bool,
    /// What was found, Indonesian.
    #[serde(default)]
    pub text: Option<String>,
    /// What was found, English.
    #[serde(default)]
    pub text_en: Option<String>,
}

/// The column `bukti`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Evidence {
    episodes: Vec<StoredEpisode>,
    checked: Vec<Checked>,
}

#[derive(Debug, Deserialize)]
struct StoredEpisode {
    indikator: String,
    #[serde(default)]
    judul: Option<String>,
    unit: String,
    nama: Option<String>,
    wilayah: Option<String>,
    from: NaiveDate,
    to: NaiveDate,
    #[serde(default)]
    points: Vec<StoredPoint>,
    excess: Option<f64>,
    p: Option<f64>,
    #[serde(default)]
    is_rule: bool,
    data: Option<String>,
    versi: Option<String>,
}

#[derive(Debug, Deserialize)]
struct StoredPoint {
    tanggal: NaiveDate,
    nilai: Option<f64>,
    harapan: Option<f64>,
    batas: Option<f64>,
    p: Option<f64>,
}

impl From<AlertRow> for Alert {
    fn from(row: AlertRow) -> Self {
        let links = AlertLinks {
            own: format!("/api/v1/alerts/{}", row.peringatan_id),
            page: format!("/app/peringatan/{}", row.peringatan_id),
            indicator: format!("/api/v1/indicators/{}", row.indikator),
            series: series(&row.indikator, &row.unit, row.mulai, row.terakhir),
        };
        Self {
            id: row.peringatan_id,
            indicator: row.indikator,
            family: row.keluarga,
            unit: row.unit,
            name: row.nama,
            region: row.wilayah,
            title_en: row.judul_en.unwrap_or_else(|| row.judul.clone()),
            title: row.judul,
            sentence_en: row.kalimat_en.unwrap_or_else(|| row.kalimat.clone()),
            sentence: row.kalimat,
            action: row.tindakan,
            action_en: row.tindakan_en,
            owner: row.pemilik,
            since: row.mulai,
            last: row.terakhir,
            severity: row.keparahan,
            confidence: row.keyakinan,
            p: row.p,
            excess: row.kelebihan,
            status: row.status,
            snoozed_until: row.tunda_sampai,
            delivery: row.disampaikan,
            version: row.versi,
            links,
        }
    }
}

/// What speaks for an alert, where else was looked, and what it is made of.
type Spoken = (Vec<Episode>, Vec<Checked>, Option<Value>);

/// What a row says of it.
pub(super) fn evidence(row: &AlertRow) -> Result<Spoken, Error> {
    let unreadable = |error| Error::internal("the evidence of an alert has another shape than expected", error);
    let Evidence { episodes, checked } = match row.bukti.as_deref() {
        Some(text) => serde_json::from_str(text).map_err(unreadable)?,
        None => Evidence::default(),
    };
    let attribution = row.atribusi.as_deref().map(serde_json::from_str).transpose();
    let attribution = attribution.map_err(unreadable)?;
    Ok((episodes.into_iter().map(Episode::from).collect(), checked, attribution))
}

impl From<StoredEpisode> for Episode {
    fn from(stored: StoredEpisode) -> Self {
        let points = stored.points.into_iter().map(|point| EpisodePoint {
            date: point.tanggal,
            observed: point.nilai,
            expected: point.harapan,
            upper: point.batas,
            p: point.p,
        });
        Self {
            series: series(&stored.indikator, &stored.unit, stored.from, stored.to),
            title: stored.judul.unwrap_or_else(|| stored.indikator.clone()),
            data: stored
                .data
                .unwrap_or_else(|| format!("mart.indikator_{}", stored.indikator)),
            indicator: stored.indikator,
            unit: stored.unit,
            name: stored.nama,
            region: stored.wilayah,
            from: stored.from,
            to: stored.to,
            points: points.collect(),
            excess: stored.excess,
            p: stored.p,
            is_rule: stored.is_rule,
            version: stored.versi,
        }
    }
}

fn series(indicator: &str, unit: &str, from: NaiveDate, to: NaiveDate) -> String {
    let (from, to) = (
        from.checked_sub_days(BEFORE).unwrap_or(from),
        to.checked_add_days(AFTER).unwrap_or(to),
    );
    let unit = utf8_percent_encode(unit, KEPT);
    format!("/api/v1/indicators/{indicator}/series?unit={unit}&from={from}&to={to}")
}
