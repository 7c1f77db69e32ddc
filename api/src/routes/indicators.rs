//! Indicators: what is watched, by which method, and every point of every series with its verdict.

mod backtest;

use crate::{
    auth::Keyed,
    extract::{Path, Query},
    fetch::fetch,
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
    watch::{Definition, Severity},
};
use axum::{Json, http::Uri, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use smartcenter_warehouse::{
    DatasetId, RegionCode,
    policy::{Decision, Identity},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(series))
        .merge(backtest::router())
}

/// Indicators that are counted at a time.
const TOGETHER: usize = 4;
const USUAL: usize = 1_000;
const MOST: usize = 10_000;

/// An indicator and how it is doing.
#[derive(Debug, Serialize, ToSchema)]
struct Indicator {
    /// What its file says.
    #[serde(flatten)]
    definition: Definition,
    /// The table with its values.
    #[schema(example = "mart.indikator_absensi_sekolah")]
    data: String,
    /// How much there is; left out until it was worked out for the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
}

/// How much there is that the caller may see.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = IndicatorCounts)]
struct Counts {
    /// Series.
    series: u64,
    /// Series that are flagged at the newest judged period, by statistics or the fixed rule.
    flagged: u64,
    /// That period: its day, or its last day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    newest: Option<NaiveDate>,
}

/// Which points.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of units in this region or below it (Kemendagri code).
    #[param(value_type = Option<String>, example = "35.03.11")]
    wilayah: Option<RegionCode>,
    /// Of this unit.
    unit: Option<String>,
    /// From this day on.
    from: Option<NaiveDate>,
    /// Up to this day.
    to: Option<NaiveDate>,
    /// At most so many; 1,000 unless told, 10,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// A point of a series and what was found about it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = IndicatorPoint)]
struct Point {
    /// Code of the unit.
    unit: String,
    /// Name of the unit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    name: Option<String>,
    /// Kemendagri code of its place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    region: Option<String>,
    /// Day; of a week or month its last one.
    date: NaiveDate,
    /// What was counted; left out where the report is missing, which is not zero.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    observed: Option<f64>,
    /// Of how many.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    denominator: Option<f64>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    expected: Option<f64>,
    /// The bound beyond which a point is flagged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    upper: Option<f64>,
    /// The method's own measure of how unusual it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    score: Option<f64>,
    /// Probability of this or more if nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    p: Option<f64>,
    /// Flagged by statistics; left out where there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    flag: Option<bool>,
    /// Flagged by the fixed rule.
    #[serde(default)]
    rule: bool,
    /// How bad, where it is flagged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    severity: Option<Severity>,
    /// Why there is no verdict, or what the method says; Indonesian.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    note: Option<String>,
}

/// The indicators whose values the caller may read.
#[utoipa::path(get, path = "/api/v1/indicators", operation_id = "listIndicators", tag = "indicators",
    security(("key" = []), ("session" = [])), responses(
        (status = 200, body = Page<Indicator>),
        (status = 401, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri) -> Answer<Response> {
    let open = definitions(&hub)
        .into_iter()
        .filter(|one| is_open(&hub, &identity, &one.id));
    let counted = stream::iter(open.map(|one| counted(&hub, &identity, one))).buffered(TOGETHER);
    let items: Vec<Indicator> = counted.try_collect().await?;
    Ok(Page { items, next: None }.answer(&uri))
}

/// One indicator.
#[utoipa::path(get, path = "/api/v1/indicators/{id}", operation_id = "getIndicator", tag = "indicators",
    security(("key" = []), ("session" = [])), params(("id" = String, Path, description = "Indicator id")), responses(
        (status = 200, body = Indicator),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(Ready(hub): Ready, Keyed(identity): Keyed, Path(id): Path<String>) -> Answer<Json<Indicator>> {
    let found = definitions(&hub).into_iter().find(|one| one.id == id);
    let found = found
        .filter(|one| is_open(&hub, &identity, &one.id))
        .ok_or_else(|| unknown(&id))?;
    Ok(Json(counted(&hub, &identity, found).await?))
}

/// The points of an indicator by unit and day, with their verdicts.
#[utoipa::path(get, path = "/api/v1/indicators/{id}/series", operation_id = "listIndicatorPoints", tag = "indicators",
    security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Indicator id"), Wanted), responses(
        (status = 200, body = Page<Point>, headers(("Link" = String, description = "The next page"))),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn series(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(id): Path<String>,
    uri: Uri,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    // A table that is there is read also where its definition is gone: alerts of old go on pointing at it.
    let table = table(&id).filter(|_| is_open(&hub, &identity, &id));
    let table = table.ok_or_else(|| unknown(&id))?;
    let limit = wanted.limit.unwrap_or(USUAL).clamp(1, MOST);
    let (condition, params) = wanted.condition()?;
    if hub.warehouse.contracts().get(table.as_str()).is_none() {
        return Ok(Page::<Point> {
            items: vec![],
            next: None,
        }
        .answer(&uri));
    }
    let sql = format!(
        "SELECT unit, nama AS name, wilayah AS region, tanggal AS date, CAST(nilai AS DOUBLE) AS observed, \
         CAST(penyebut AS DOUBLE) AS denominator, harapan AS expected, batas AS upper, skor AS score, p, tanda AS flag, \
         coalesce(aturan, false) AS rule, keparahan AS severity, keterangan AS note \
         FROM mart.{table} WHERE {condition} ORDER BY unit, tanggal LIMIT {}",
        limit + 1
    );
    let mut items: Vec<Point> = fetch(&hub.warehouse.session(&identity), &sql, params).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Ok(Page { items, next }.answer(&uri))
}

fn definitions(hub: &Hub) -> Vec<Definition> {
    hub.watch
        .indicators
        .as_ref()
        .map_or_else(Vec::new, |known| known.definitions())
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(format!(
        "indicator {id:?} does not exist, or is not open to this key: GET /api/v1/indicators lists all"
    ))
}

/// The table of an indicator; none for what cannot be the name of one.
fn table(id: &str) -> Option<DatasetId> {
    format!("indikator_{id}").parse().ok()
}

/// Whether the caller may read the values. Of what was not worked out yet there is nothing to hide but the definition, which
/// is for those who read other indicators: everybody with a key but the public.
fn is_open(hub: &Hub, identity: &Identity, id: &str) -> bool {
    let Some(table) = table(id) else { return false };
    match hub.warehouse.contracts().get(table.as_str()) {
        Some(contract) => hub.warehouse.policy().decide(identity, contract) != Decision::Deny,
        None => definitions(hub).iter().any(|one| one.id == id) && hub.warehouse.policy().sees_history(identity),
    }
}

async fn counted(hub: &Hub, identity: &Identity, definition: Definition) -> Answer<Indicator> {
    let table = table(&definition.id).ok_or_else(|| unknown(&definition.id))?;
    let is_there = hub.warehouse.contracts().get(table.as_str()).is_some();
    let counts = match is_there {
        true => {
            let judged = format!("FROM mart.{table} WHERE tanda IS NOT NULL OR aturan");
            let sql = format!(
                "SELECT (SELECT count(DISTINCT unit) FROM mart.{table}) AS series, max(tanggal) AS newest, \
                 (SELECT count(DISTINCT unit) FROM mart.{table} WHERE (tanda OR aturan) AND tanggal = (SELECT max(tanggal) {judged})) AS flagged \
                 {judged}"
            );
            fetch(&hub.warehouse.session(identity), &sql, vec![]).await?.pop()
        }
        false => None,
    };
    Ok(Indicator {
        definition,
        data: format!("mart.{table}"),
        counts,
    })
}

impl Wanted {
    /// SQL over the table, and its values.
    fn condition(&self) -> Answer<(String, Vec<Value>)> {
        let (mut all, mut params): (Vec<String>, Vec<Value>) = (Vec::new(), Vec::new());
        let mut value = |value: String| {
            params.push(value.into());
            format!("${}", params.len())
        };
        if let Some(region) = &self.wilayah {
            let (own, below) = (value(region.to_string()), value(format!("{region}.%")));
            all.push(format!("(wilayah = {own} OR wilayah LIKE {below})"));
        }
        if let Some(unit) = &self.unit {
            all.push(format!("unit = {}", value(unit.clone())));
        }
        for (day, sign) in [(self.from, ">="), (self.to, "<=")] {
            if let Some(day) = day {
                all.push(format!("tanggal {sign} CAST({} AS DATE)", value(day.to_string())));
            }
        }
        if let Some(cursor) = &self.cursor {
            let (day, unit) = read_cursor(cursor)?;
            let (unit, day) = (value(unit), value(day.to_string()));
            all.push(format!(
                "(unit > {unit} OR (unit = {unit} AND tanggal > CAST({day} AS DATE)))"
            ));
        }
        if all.is_empty() {
            all.push("true".to_owned());
        }
        Ok((all.join(" AND "), params))
    }
}

fn cursor(point: &Point) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}~{}", point.date, point.unit))
}

fn read_cursor(cursor: &str) -> Answer<(NaiveDate, String)> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (day, unit) = text.split_once('~')?;
        Some((day.parse().ok()?, unit.to_owned()))
    };
    read().ok_or_else(|| Problem::invalid("the cursor is not one of this list: start again without it"))
}

#[cfg(test)]
mod tests;
