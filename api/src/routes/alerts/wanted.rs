//! Which alerts a caller wants, as SQL over `mart.alert`, and where a page of them ended.

use crate::{
    alert_row::{AlertRow, RANK, Status},
    problem::{Answer, Problem},
    watch::Severity,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use smartcenter_warehouse::{InstitutionId, RegionCode};
use std::str::FromStr;
use utoipa::IntoParams;

/// Which alerts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// That stand there: `open`, `acknowledged`, `verified`, `dismissed`, `closed`, or several with commas between.
    #[param(example = "open,acknowledged")]
    status: Option<String>,
    /// That are so bad: `info`, `sedang`, `tinggi`, `kritis`, or several with commas between.
    #[param(example = "tinggi,kritis")]
    severity: Option<String>,
    /// Whose last flagged day is this one or later: a date, or a moment (RFC 3339), which stands for its date.
    #[param(example = "2026-08-01")]
    since: Option<String>,
    /// Of which this institution is told.
    #[param(value_type = Option<String>)]
    owner: Option<InstitutionId>,
    /// In this region or below it (Kemendagri code).
    #[param(value_type = Option<String>, example = "35.03.11")]
    wilayah: Option<RegionCode>,
    /// At most so many; 50 unless told, 1,000 at most.
    pub limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

impl Wanted {
    /// SQL over the table, and its values.
    pub fn condition(&self) -> Answer<(String, Vec<serde_json::Value>)> {
        let (mut all, mut params): (Vec<String>, Vec<serde_json::Value>) = (Vec::new(), Vec::new());
        let mut value = |value: serde_json::Value| {
            params.push(value);
            format!("${}", params.len())
        };
        // Words of closed lists: nothing of the caller's text gets into the SQL.
        let either = |column: &str, words: Vec<&str>| format!("{column} IN ('{}')", words.join("', '"));
        if let Some(text) = &self.status {
            let found: Vec<Status> = several(text)?;
            all.push(either("status", found.into_iter().map(Status::as_str).collect()));
        }
        if let Some(text) = &self.severity {
            let found: Vec<Severity> = several(text)?;
            all.push(either("keparahan", found.into_iter().map(Severity::as_str).collect()));
        }
        if let Some(text) = &self.since {
            all.push(format!(
                "terakhir >= CAST({} AS DATE)",
                value(day(text)?.to_string().into())
            ));
        }
        if let Some(owner) = &self.owner {
            all.push(format!("pemilik = {}", value(owner.as_str().into())));
        }
        if let Some(region) = &self.wilayah {
            let (own, below) = (value(region.as_str().into()), value(format!("{region}.%").into()));
            all.push(format!("(wilayah = {own} OR wilayah LIKE {below})"));
        }
        if let Some(cursor) = &self.cursor {
            let Place { rank, since, id } = Place::read(cursor)?;
            let (since, id) = (value(since.to_string().into()), value(id.into()));
            all.push(format!(
                "({RANK} < {rank} OR ({RANK} = {rank} AND (mulai < CAST({since} AS DATE) OR (mulai = CAST({since} AS DATE) \
                 AND peringatan_id > {id}))))"
            ));
        }
        if all.is_empty() {
            all.push("true".to_owned());
        }
        Ok((all.join(" AND "), params))
    }
}

fn several<T: FromStr<Err = String>>(text: &str) -> Answer<Vec<T>> {
    let found: Result<Vec<T>, String> = text.split(',').map(|word| word.trim().parse()).collect();
    found.map_err(Problem::invalid)
}

fn day(text: &str) -> Answer<NaiveDate> {
    let moment = || DateTime::parse_from_rfc3339(text).map(|moment| moment.date_naive());
    text.parse().or_else(|_| moment()).map_err(|_| {
        Problem::invalid(format!(
            "since {text:?} is neither a date such as 2026-08-01 nor a moment (RFC 3339)"
        ))
    })
}

/// Where a page ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    rank: u8,
    since: NaiveDate,
    id: String,
}

impl Place {
    pub fn of(row: &AlertRow) -> Self {
        Self {
            rank: row.keparahan as u8,
            since: row.mulai,
            id: row.peringatan_id.clone(),
        }
    }

    pub fn cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}~{}~{}", self.rank, self.since, self.id))
    }

    fn read(cursor: &str) -> Answer<Self> {
        let read = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
            let mut parts = text.splitn(3, '~');
            Some(Self {
                rank: parts.next()?.parse().ok()?,
                since: parts.next()?.parse().ok()?,
                id: parts.next()?.to_owned(),
            })
        };
        read().ok_or_else(|| Problem::invalid("the cursor is not one of this list: start again without it"))
    }
}
