//! `POST /api/v1/sql`: read-only SQL, streamed.

use crate::{
    answer::{format, streamed},
    auth::Keyed,
    extract::Json,
    problem::{Answer, Document},
    state::{AppState, Ready},
};
use axum::{http::HeaderMap, response::Response};
use serde::Deserialize;
use smartcenter_warehouse::query::{AsOf, Format, Limits, Params};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sql))
}

/// A statement to run.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SqlRequest {
    /// One reading statement, over `data.*`, `history.*`, `quarantine.*`, `ref.*` and `system.*`.
    #[schema(
        example = "SELECT tanggal, sum(hadir) AS hadir FROM data.absensi_harian_sekolah WHERE tanggal >= $1 GROUP BY tanggal"
    )]
    sql: String,
    /// Values for `$1`, `$2`, ... (a list) or `$name` (an object).
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Value>, example = json!(["2025-07-01"]))]
    params: Option<SqlParams>,
    /// `json`, `ndjson`, `csv`, `arrow` or `parquet`; otherwise `Accept` decides.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "ndjson")]
    format: Option<Format>,
    /// Most rows wanted.
    #[serde(default)]
    limit: Option<u64>,
    /// The data as they were at this position of the log or at this time (RFC 3339), under the contracts and rules of
    /// now. Rejected rows and `system` are always those of now.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "2026-01-31T08:00:00+07:00")]
    as_of: Option<AsOf>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SqlParams {
    Positional(Vec<serde_json::Value>),
    Named(BTreeMap<String, serde_json::Value>),
}

impl From<SqlParams> for Params {
    fn from(params: SqlParams) -> Self {
        match params {
            SqlParams::Positional(list) => Self::Positional(list),
            SqlParams::Named(map) => Self::Named(map),
        }
    }
}

/// Run a reading statement.
///
/// It sees one cut of the whole lake, and only what the policy allows the key. The answer is streamed: NDJSON ends
/// with `{"end":true,"rows":n}`, JSON with `"end":true`, so a cut answer can be told from a whole one. Hanging up
/// cancels the query.
#[utoipa::path(post, path = "/api/v1/sql", operation_id = "runSql", tag = "sql", request_body = SqlRequest,
    security(("key" = []), ("session" = [])),
    params(("X-Purpose" = Option<String>, Header, description = "Purpose of reading personal data")),
    responses(
        (status = 200, description = "The rows", content(
            (serde_json::Value = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.apache.arrow.stream"), (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 401, body = Document, content_type = "application/problem+json"),
        (status = 406, body = Document, content_type = "application/problem+json"),
        (status = 422, description = "A wrong statement, or one that does more than read", body = Document, content_type = "application/problem+json"),
        (status = 429, description = "Past the deadline or the memory budget", body = Document, content_type = "application/problem+json"),
    ))]
async fn sql(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    headers: HeaderMap,
    Json(request): Json<SqlRequest>,
) -> Answer<Response> {
    let format = format(request.format, &headers)?;
    let params = request.params.map(Params::from).unwrap_or_default();
    let limits = Limits {
        rows: request.limit,
        deadline: None,
    };
    let answer = hub
        .session(&identity, request.as_of)?
        .query(&request.sql, params, limits)
        .await?;
    streamed(answer, format).await
}

#[cfg(test)]
mod tests;
