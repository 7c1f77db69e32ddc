//! One row by its primary key. A key that is personal goes in a body, never in a URL, where proxies and histories
//! keep it.

use crate::{
    answer::{format, streamed},
    auth::Caller,
    extract::{Json, Pairs, Path},
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
};
use arrow::{
    json::{LineDelimitedWriter, WriterBuilder, writer::LineDelimited},
    record_batch::RecordBatch,
};
use axum::{
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value};
use smartcenter_warehouse::{
    DatasetId, Error, Kind, Result,
    policy::Identity,
    query::{AsOf, Format, Lookup, LookupKey},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(row))
        .routes(routes!(lookup))
        // A key may be the word that is another route's.
        .route("/api/v1/datasets/{dataset}/rows/query", get(row))
}

/// The dataset of an address; the key is read from the address as it was sent.
#[derive(Debug, Deserialize)]
struct At {
    dataset: DatasetId,
}

#[derive(Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query)]
struct RowParams {
    /// All versions, oldest first, instead of the current one.
    #[param(value_type = Option<bool>)]
    history: bool,
    /// The data as they were at this position of the log or at this time (RFC 3339).
    #[param(value_type = Option<String>)]
    as_of: Option<AsOf>,
}

/// A key in a body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookupRequest {
    /// Value of each key column.
    #[schema(value_type = Object, example = json!({"nik": "9900000000000001"}))]
    key: Map<String, Value>,
    /// All versions, oldest first, instead of the current one.
    #[serde(default)]
    history: bool,
    /// The data as they were at this position of the log or at this time (RFC 3339).
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    as_of: Option<AsOf>,
}

/// All versions of a key.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: rows are written as they come from the lake")]
struct VersionsBody {
    /// The versions, oldest first, each with `_op`, `_seq`, `_line`, `_receipt`, `valid_from` and `valid_to`.
    items: Vec<Value>,
}

/// The row of a key.
///
/// Parts of the key stand in key order, joined by `~`, each percent-encoded (a `~` within a part as `%7E`). A key of
/// personal columns is refused here: send it to `lookup`.
#[utoipa::path(get, path = "/api/v1/datasets/{dataset}/rows/{key}", operation_id = "getRow", tag = "datasets",
    security((), ("key" = []), ("session" = [])),
    params(("dataset" = String, Path, description = "Dataset id"),
           ("key" = String, Path, description = "Primary key; parts joined by `~`"), RowParams),
    responses(
        (status = 200, description = "The current row, or with `history=true` its versions", content(
            (Object = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.apache.arrow.stream"), (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 400, description = "Not a key of this dataset, or one that is personal", body = Document, content_type = "application/problem+json"),
        (status = 403, description = "A key column is masked for this caller", body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn row(
    Ready(hub): Ready,
    Caller(identity): Caller,
    Path(At { dataset }): Path<At>,
    uri: Uri,
    headers: HeaderMap,
    Pairs(pairs): Pairs,
) -> Answer<Response> {
    let RowParams { history, as_of } = params(pairs)?;
    let lookup = open(&hub, &identity, &dataset, as_of)?;
    if let Some(column) = lookup.personal_columns().first() {
        return Err(Problem::malformed(format!(
            "key column {column} is personal and may not stand in an address: POST the key to \
             /api/v1/datasets/{dataset}/lookup as {{\"key\": {{\"{column}\": ...}}}}"
        )));
    }
    let key = lookup.key_of_texts(&parts(&uri)?).map_err(unfit)?;
    answer(&lookup, &key, history, &headers).await
}

/// The row of a key, asked for in a body.
///
/// For keys that are personal; works for others as well.
#[utoipa::path(post, path = "/api/v1/datasets/{dataset}/lookup", operation_id = "lookupRow", tag = "datasets",
    security((), ("key" = []), ("session" = [])), request_body = LookupRequest,
    params(("dataset" = String, Path, description = "Dataset id"),
           ("X-Purpose" = Option<String>, Header, description = "Purpose of reading personal data")),
    responses(
        (status = 200, description = "The current row, or with `history` its versions", content(
            (Object = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
            (Vec<u8> = "application/vnd.apache.arrow.stream"), (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 400, description = "Not a key of this dataset", body = Document, content_type = "application/problem+json"),
        (status = 403, description = "A key column is masked for this caller", body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn lookup(
    Ready(hub): Ready,
    Caller(identity): Caller,
    Path(At { dataset }): Path<At>,
    headers: HeaderMap,
    Json(body): Json<LookupRequest>,
) -> Answer<Response> {
    let lookup = open(&hub, &identity, &dataset, body.as_of)?;
    let key = lookup.key_of_values(&body.key).map_err(unfit)?;
    answer(&lookup, &key, body.history, &headers).await
}

fn open(hub: &Hub, identity: &Identity, dataset: &DatasetId, as_of: Option<AsOf>) -> Answer<Lookup> {
    hub.session(identity, as_of)?.lookup(dataset).map_err(unfit)
}

/// Here a wrong key is a wrong address.
fn unfit(error: Error) -> Problem {
    match error.kind() {
        Kind::Invalid => Problem::malformed(error.message().to_owned()),
        _ => error.into(),
    }
}

fn params(pairs: Vec<(String, String)>) -> Answer<RowParams> {
    let mut params = RowParams::default();
    for (name, value) in pairs {
        match name.as_str() {
            "history" => {
                let history = value.parse();
                params.history = history.map_err(|_| Problem::malformed("history is true or false"))?;
            }
            "as_of" => params.as_of = Some(value.parse().map_err(unfit)?),
            _ => return Err(Problem::malformed(format!("parameter {name:?} is not known here"))),
        }
    }
    Ok(params)
}

/// The parts of the key in the last segment of an address, as it was sent.
fn parts(uri: &Uri) -> Answer<Vec<String>> {
    let key = uri.path().rsplit('/').next().unwrap_or_default();
    key.split('~')
        .map(|part| {
            let part = percent_encoding::percent_decode_str(part).decode_utf8();
            part.map(std::borrow::Cow::into_owned)
                .map_err(|_| Problem::malformed("the key is not valid UTF-8 after decoding"))
        })
        .collect()
}

async fn answer(lookup: &Lookup, key: &LookupKey, history: bool, headers: &HeaderMap) -> Answer<Response> {
    let format = format(None, headers)?;
    // Says nothing of the key: it may be personal.
    let absent = || Problem::not_found("there is no row with this key, or none that is open to this caller");
    if history {
        let mut versions = lookup.versions(key).await?;
        let versions = versions.collect().await?;
        let (Some(first), false) = (versions.first(), versions.iter().all(|batch| batch.num_rows() == 0)) else {
            return Err(absent());
        };
        return match format {
            Format::Json => Ok(super::rows::listed(&versions, None)?),
            other => {
                let all = arrow::compute::concat_batches(&first.schema(), &versions).map_err(Error::from)?;
                streamed(lookup.answer(all), other).await
            }
        };
    }
    let row = lookup.current(key).await?.ok_or_else(absent)?;
    match format {
        Format::Json => Ok(object(&row)?),
        other => streamed(lookup.answer(row), other).await,
    }
}

/// A batch of one row as one object; nulls are written.
fn object(row: &RecordBatch) -> Result<Response> {
    let mut writer: LineDelimitedWriter<Vec<u8>> = WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, LineDelimited>(Vec::with_capacity(512));
    writer.write(row)?;
    writer.finish()?;
    let body = writer.into_inner();
    Ok((
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response())
}

#[cfg(test)]
mod tests;
