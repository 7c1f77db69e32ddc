//! The table `mart.alert`: what a row is, its contract, and rows as batches and back.

use super::{
    Severity, Words,
    corroborate::Confidence,
    life::State,
    read::{date, dates, double, doubles, text, texts},
};
use crate::model::{Header, Kind, OutputColumn, next_contract};
use arrow::{
    array::{Array, ArrayRef, AsArray, Date32Array, Float64Array, StringArray, TimestampMicrosecondArray},
    compute::cast,
    datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use smartcenter_warehouse::{
    DatasetId, Error, Result,
    contract::{Access, Classification, ColumnType, Contract},
    query::{ModelView, parse_model},
};
use std::{collections::BTreeMap, str::FromStr, sync::Arc};

/// The table of alerts, in `mart`.
pub const TABLE: &str = "alert";
/// The view with what became of them, in `mart`: verdicts are counted and shown, and change no threshold.
pub const VERDICTS: &str = "alert_putusan";

/// Alerts that the hub ended have no verdict and count apart.
const VERDICTS_SQL: &str = "
SELECT
    indikator,
    pemilik,
    count(*) AS peringatan,
    count(CASE WHEN putusan = 'verified' THEN 1 END) AS terbukti,
    count(CASE WHEN putusan = 'dismissed' THEN 1 END) AS tidak_terbukti,
    count(CASE WHEN putusan IS NULL AND status = 'closed' THEN 1 END) AS ditarik,
    count(CASE WHEN putusan IS NULL AND status <> 'closed' THEN 1 END) AS belum_diputus,
    CAST(count(CASE WHEN putusan = 'verified' THEN 1 END) AS DOUBLE)
        / NULLIF(count(putusan), 0) AS bagian_terbukti
FROM mart.alert
GROUP BY indikator, pemilik
";

/// Whether somebody is to be told of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Yes.
    Now,
    /// The owner's budget of its days was used up: it is listed.
    Held,
    /// Somebody asked not to hear of it.
    Suppressed,
}

impl Delivery {
    /// The word in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Held => "held",
            Self::Suppressed => "suppressed",
        }
    }
}

impl FromStr for Delivery {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::Now, Self::Held, Self::Suppressed];
        all.into_iter().find(|told| told.as_str() == word).ok_or(())
    }
}

/// One row of `mart.alert`.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// `peringatan_id`: the name of the episode that it began with.
    pub id: String,
    /// Slug of the indicator that it began with.
    pub indicator: String,
    /// Its family.
    pub family: String,
    /// Unit that it began with.
    pub unit: String,
    /// Name of the unit.
    pub name: Option<String>,
    /// Region of the unit, as deep as it is known.
    pub region: Option<String>,
    /// Title.
    pub title: Words,
    /// What, where, how unusual, since when, what was checked and found there.
    pub sentence: Words,
    /// What to do first.
    pub action: Words,
    /// Institution that is told.
    pub owner: String,
    /// First and last flagged day.
    pub from: NaiveDate,
    /// See `from`.
    pub to: NaiveDate,
    /// How bad it is if it is true.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The least probable of its points.
    pub p: Option<f64>,
    /// Counted beyond what was expected, over its flagged days.
    pub excess: Option<f64>,
    /// Where it stands.
    pub state: State,
    /// The last verdict, also of one that is closed.
    pub verdict: Option<State>,
    /// Nobody is to be told before.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Who did the last step.
    pub by: Option<String>,
    /// Whether somebody is to be told.
    pub told: Delivery,
    /// Its episodes and what was checked, as JSON.
    pub evidence: String,
    /// Why a service is used more or less, as JSON.
    pub reasons: Option<String>,
    /// Digest of the file of the indicator that it began with.
    pub version: String,
}

impl Alert {
    /// Ids of its episodes, from its evidence; its own where that is not readable.
    pub fn episodes(&self) -> Vec<String> {
        let evidence: serde_json::Value = serde_json::from_str(&self.evidence).unwrap_or_default();
        let episodes = evidence["episodes"].as_array();
        let ids = episodes
            .into_iter()
            .flatten()
            .filter_map(|episode| episode["id"].as_str());
        let mut ids: Vec<String> = ids.map(str::to_owned).collect();
        if !ids.contains(&self.id) {
            ids.insert(0, self.id.clone());
        }
        ids
    }
}

/// Columns, in their order, with their types.
const COLUMNS: [(&str, ColumnType); 27] = [
    ("peringatan_id", ColumnType::Text),
    ("indikator", ColumnType::Text),
    ("keluarga", ColumnType::Text),
    ("unit", ColumnType::Text),
    ("nama", ColumnType::Text),
    ("wilayah", ColumnType::Text),
    ("judul", ColumnType::Text),
    ("judul_en", ColumnType::Text),
    ("kalimat", ColumnType::Text),
    ("kalimat_en", ColumnType::Text),
    ("tindakan", ColumnType::Text),
    ("tindakan_en", ColumnType::Text),
    ("pemilik", ColumnType::Text),
    ("mulai", ColumnType::Date),
    ("terakhir", ColumnType::Date),
    ("keparahan", ColumnType::Text),
    ("keyakinan", ColumnType::Text),
    ("p", ColumnType::Float64),
    ("kelebihan", ColumnType::Float64),
    ("status", ColumnType::Text),
    ("putusan", ColumnType::Text),
    ("tunda_sampai", ColumnType::Timestamp),
    ("oleh", ColumnType::Text),
    ("disampaikan", ColumnType::Text),
    ("bukti", ColumnType::Text),
    ("atribusi", ColumnType::Text),
    ("versi", ColumnType::Text),
];

/// Whether a name in `mart` is one of the alert engine's.
pub(crate) fn is_own(name: &str) -> bool {
    name == TABLE || name == VERDICTS
}

/// The views over the table.
///
/// # Errors
/// None that a program which was tested gives.
pub(crate) fn views() -> Result<Vec<ModelView>> {
    let (statement, reads) = parse_model(VERDICTS_SQL)?;
    Ok(vec![ModelView {
        name: VERDICTS.parse()?,
        statement,
        reads,
    }])
}

/// The contract of the table that follows `active`, the one in force.
pub(crate) fn contract(active: Option<&Contract>) -> Result<Contract> {
    let header = Header {
        title: "Peringatan".to_owned(),
        title_en: "Alerts".to_owned(),
        description: "Alerts that the indicators raise. Episodes of flagged days that belong together are one alert; \
            `bukti` has its episodes with their points, and what was checked. `status` and `putusan` follow from the \
            steps of people; an alert that ended is kept."
            .to_owned(),
        owner: "kominfo".parse()?,
        grain: "one alert".to_owned(),
        kind: Kind::Table {
            key: vec![COLUMNS[0].0.to_owned()],
            slice: None,
        },
        sources: BTreeMap::new(),
        region: Some("wilayah".to_owned()),
        institution: Some("pemilik".to_owned()),
        access: Access::Pimpinan,
        classification: Classification::Restricted,
        lines: BTreeMap::new(),
    };
    let columns = COLUMNS.map(|(name, ty)| OutputColumn {
        name: name.to_owned(),
        ty,
        secret: None,
    });
    let name: DatasetId = TABLE.parse()?;
    next_contract(&name, &header, &columns, active)
}

/// What reads the whole table.
pub(super) fn select() -> String {
    format!("SELECT {} FROM mart.{TABLE}", COLUMNS.map(|(name, _)| name).join(", "))
}

/// What reads one alert; `id` is in hex digits.
pub(super) fn select_one(id: &str) -> String {
    format!("{} WHERE peringatan_id = '{id}'", select())
}

/// Alerts as rows of the table.
pub(super) fn batch(alerts: &[Alert]) -> Result<RecordBatch> {
    let column = |name: &str| -> ArrayRef {
        let texts =
            |of: fn(&Alert) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(alerts.iter().map(of))) };
        let maybe =
            |of: fn(&Alert) -> Option<&str>| -> ArrayRef { Arc::new(alerts.iter().map(of).collect::<StringArray>()) };
        let days = |of: fn(&Alert) -> NaiveDate| -> ArrayRef {
            let days = alerts.iter().map(|alert| Date32Type::from_naive_date(of(alert)));
            Arc::new(Date32Array::from_iter_values(days))
        };
        let numbers =
            |of: fn(&Alert) -> Option<f64>| -> ArrayRef { Arc::new(alerts.iter().map(of).collect::<Float64Array>()) };
        match name {
            "peringatan_id" => texts(|a| &a.id),
            "indikator" => texts(|a| &a.indicator),
            "keluarga" => texts(|a| &a.family),
            "unit" => texts(|a| &a.unit),
            "nama" => maybe(|a| a.name.as_deref()),
            "wilayah" => maybe(|a| a.region.as_deref()),
            "judul" => texts(|a| &a.title.id),
            "judul_en" => texts(|a| &a.title.en),
            "kalimat" => texts(|a| &a.sentence.id),
            "kalimat_en" => texts(|a| &a.sentence.en),
            "tindakan" => texts(|a| &a.action.id),
            "tindakan_en" => texts(|a| &a.action.en),
            "pemilik" => texts(|a| &a.owner),
            "mulai" => days(|a| a.from),
            "terakhir" => days(|a| a.to),
            "keparahan" => texts(|a| a.severity.as_str()),
            "keyakinan" => texts(|a| a.confidence.as_str()),
            "p" => numbers(|a| a.p),
            "kelebihan" => numbers(|a| a.excess),
            "status" => texts(|a| a.state.as_str()),
            "putusan" => maybe(|a| a.verdict.map(State::as_str)),
            "tunda_sampai" => {
                let moments = alerts.iter().map(|a| a.snoozed_until.map(|at| at.timestamp_micros()));
                Arc::new(moments.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
            "oleh" => maybe(|a| a.by.as_deref()),
            "disampaikan" => texts(|a| a.told.as_str()),
            "bukti" => texts(|a| &a.evidence),
            "atribusi" => maybe(|a| a.reasons.as_deref()),
            _ => texts(|a| &a.version),
        }
    };
    let columns = COLUMNS.map(|(name, _)| (name, column(name), true));
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

/// Rows of the table as alerts.
///
/// # Errors
/// `Internal` for a row that this program did not write.
pub(super) fn alerts(rows: &RecordBatch) -> Result<Vec<Alert>> {
    let columns: BTreeMap<&str, StringArray> = COLUMNS
        .into_iter()
        .filter(|(_, ty)| *ty == ColumnType::Text)
        .map(|(name, _)| Ok((name, texts(rows, name)?)))
        .collect::<Result<_>>()?;
    let (from, to) = (dates(rows, "mulai")?, dates(rows, "terakhir")?);
    let (p, excess) = (doubles(rows, "p")?, doubles(rows, "kelebihan")?);
    let micros = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let snoozed = rows.column_by_name("tunda_sampai").map(|column| cast(column, &micros));
    let snoozed = snoozed.transpose()?;
    let maybe = |name: &str, row: usize| columns.get(name).and_then(|column| text(column, row));
    (0..rows.num_rows())
        .map(|row| {
            let told = |name: &str| maybe(name, row).unwrap_or_default();
            let id = told("peringatan_id");
            let words = |name: &str| Words::of(told(name), told(&format!("{name}_en")));
            let snoozed = snoozed.as_ref().filter(|column| !column.is_null(row));
            let snoozed = snoozed.map(|column| column.as_primitive::<TimestampMicrosecondType>().value(row));
            Ok(Alert {
                indicator: told("indikator"),
                family: told("keluarga"),
                unit: told("unit"),
                name: maybe("nama", row),
                region: maybe("wilayah", row),
                title: words("judul"),
                sentence: words("kalimat"),
                action: words("tindakan"),
                owner: told("pemilik"),
                from: date(&from, row).unwrap_or_default(),
                to: date(&to, row).unwrap_or_default(),
                severity: known(&id, &told("keparahan"))?,
                confidence: known(&id, &told("keyakinan"))?,
                p: double(&p, row),
                excess: double(&excess, row),
                state: known(&id, &told("status"))?,
                verdict: maybe("putusan", row).map(|word| known(&id, &word)).transpose()?,
                snoozed_until: snoozed.and_then(DateTime::from_timestamp_micros),
                by: maybe("oleh", row),
                told: known(&id, &told("disampaikan"))?,
                evidence: told("bukti"),
                reasons: maybe("atribusi", row),
                version: told("versi"),
                id,
            })
        })
        .collect()
}

fn known<T: FromStr>(id: &str, word: &str) -> Result<T> {
    word.parse()
        .map_err(|_| Error::internal(format!("alert {id} in mart.{TABLE} is not readable"), word.to_owned()))
}
