//! Rows of one dataset without SQL: filters, projection, order, pages. What is filtered by a personal column goes in
//! a body, never in a URL, where proxies and histories keep it.

use crate::{
    answer::{format, streamed},
    auth::Caller,
    extract::{Json, Pairs, Path},
    paging::next_link,
    problem::{Answer, Document, Problem},
    state::{AppState, Ready},
};
use arrow::json::{WriterBuilder, writer::JsonArray};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    DatasetId, Error, Result,
    query::{AsOf, Format, Op, RowFilterRequest, RowsPage, RowsRequest, RowsSchema, Session},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The cursor of the next page, for formats without room for it.
const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(rows)).routes(routes!(query))
}

/// The fixed part of a rows request; every other parameter is a filter `column=op.value` with `op` one of `eq`,
/// `neq`, `gt`, `gte`, `lt`, `lte`, `in` (comma list), `like` (SQL pattern) and `is` (`null`, `notnull`).
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(
    dead_code,
    reason = "only described: column names are not known before the contract is"
)]
struct RowsParams {
    /// Columns wanted, comma list; all when absent.
    select: Option<String>,
    /// Columns to order by, comma list, each `column`, `column.asc` or `column.desc`.
    order: Option<String>,
    /// Rows of a page: 100 unless told, 10,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// All versions instead of the current rows.
    history: Option<bool>,
    /// The data as they were at this position of the log or at this time (RFC 3339).
    as_of: Option<String>,
}

/// A rows request in a body.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct RowsQuery {
    /// Conditions; all must hold.
    filters: Vec<RowsFilter>,
    /// Columns wanted; all when empty.
    select: Vec<String>,
    /// Columns to order by, each `column`, `column.asc` or `column.desc`.
    #[schema(example = json!(["tanggal.desc"]))]
    order: Vec<String>,
    /// Rows of a page: 100 unless told, 10,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
    /// All versions instead of the current rows.
    history: bool,
    /// The data as they were at this position of the log or at this time (RFC 3339).
    #[schema(value_type = Option<String>)]
    as_of: Option<AsOf>,
}

/// One condition.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RowsFilter {
    /// Column.
    column: String,
    /// `eq`, `neq`, `gt`, `gte`, `lt`, `lte`, `in`, `like` or `is`.
    #[schema(value_type = String, example = "gte")]
    op: Op,
    /// The value as text; a comma list for `in`, `null` or `notnull` for `is`.
    value: String,
}

/// One page of rows.
#[derive(ToSchema)]
#[allow(dead_code, reason = "only described: rows are written as they come from the lake")]
struct RowsBody {
    /// The rows, each an object of column and value.
    items: Vec<serde_json::Value>,
    /// Cursor of the next page; absent on the last one.
    next: Option<String>,
}

/// Rows of a dataset.
///
/// Filters are `column=op.value`, as `tanggal=gte.2025-07-01&kecamatan=eq.35.03.01`. Paging sees each row exactly
/// once while pushes go on. Filters on personal columns are refused here: send them to `rows/query`.
#[utoipa::path(get, path = "/api/v1/datasets/{dataset}/rows", operation_id = "listRows", tag = "datasets",
    security((), ("key" = []), ("session" = [])),
    params(("dataset" = String, Path, description = "Dataset id"), RowsParams),
    responses(
        (status = 200, description = "A page", headers(
            ("Link" = String, description = "The next page"),
            ("X-Next-Cursor" = String, description = "Its cursor")),
            content((RowsBody = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
                (Vec<u8> = "application/vnd.apache.arrow.stream"), (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn rows(
    Ready(hub): Ready,
    Caller(identity): Caller,
    Path(dataset): Path<DatasetId>,
    uri: Uri,
    headers: HeaderMap,
    Pairs(pairs): Pairs,
) -> Answer<Response> {
    let (past, pairs): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "as_of");
    let as_of = past.first().map(|(_, text)| text.parse::<AsOf>()).transpose();
    let as_of = as_of.map_err(|error| Problem::malformed(error.message().to_owned()))?;
    let request = requested(dataset, pairs)?;
    let session = hub.session(&identity, as_of)?;
    if let Some(column) = session.personal_filters(&request)?.first() {
        return Err(Problem::invalid(format!(
            "column {column} is personal and may not be filtered in an address: POST the filters to \
             /api/v1/datasets/{}/rows/query",
            request.dataset
        )));
    }
    page(&session, request, &headers, Some(&uri)).await
}

/// Rows of a dataset, asked for in a body.
#[utoipa::path(post, path = "/api/v1/datasets/{dataset}/rows/query", operation_id = "queryRows", tag = "datasets",
    security((), ("key" = []), ("session" = [])), request_body = RowsQuery,
    params(("dataset" = String, Path, description = "Dataset id"),
           ("X-Purpose" = Option<String>, Header, description = "Purpose of reading personal data")),
    responses(
        (status = 200, description = "A page", headers(("X-Next-Cursor" = String, description = "Cursor of the next page")),
            content((RowsBody = "application/json"), (String = "application/x-ndjson"), (String = "text/csv"),
                (Vec<u8> = "application/vnd.apache.arrow.stream"), (Vec<u8> = "application/vnd.apache.parquet"))),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn query(
    Ready(hub): Ready,
    Caller(identity): Caller,
    Path(dataset): Path<DatasetId>,
    headers: HeaderMap,
    Json(body): Json<RowsQuery>,
) -> Answer<Response> {
    let filter = |RowsFilter { column, op, value }| RowFilterRequest { column, op, value };
    let request = RowsRequest {
        dataset,
        schema: schema(body.history),
        filters: body.filters.into_iter().map(filter).collect(),
        select: body.select,
        order: body.order.iter().map(|term| ordered(term)).collect::<Answer<_>>()?,
        limit: body.limit,
        cursor: body.cursor,
    };
    page(&hub.session(&identity, body.as_of)?, request, &headers, None).await
}

fn schema(history: bool) -> RowsSchema {
    if history { RowsSchema::History } else { RowsSchema::Data }
}

/// The request that a query string makes.
fn requested(dataset: DatasetId, pairs: Vec<(String, String)>) -> Answer<RowsRequest> {
    let mut request = RowsRequest::of(dataset);
    let list = |text: &str| {
        text.split(',')
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    for (name, value) in pairs {
        match name.as_str() {
            "select" => request.select = list(&value),
            "order" => request.order = list(&value).iter().map(|term| ordered(term)).collect::<Answer<_>>()?,
            "limit" => {
                let limit = value
                    .parse()
                    .map_err(|_| Problem::malformed(format!("limit {value:?} is not a number")))?;
                request.limit = Some(limit);
            }
            "cursor" => request.cursor = Some(value),
            "history" => {
                let history = value
                    .parse()
                    .map_err(|_| Problem::malformed("history is true or false"))?;
                request.schema = schema(history);
            }
            _ => {
                // The value itself may be personal: it is not repeated.
                let (op, value) = value.split_once('.').ok_or_else(|| {
                    Problem::malformed(format!(
                        "filter on {name:?} is not of the form op.value, such as {name}=eq.1"
                    ))
                })?;
                let op = op.parse::<Op>().map_err(|_| {
                    Problem::invalid(format!(
                        "filter on {name:?}: the operator is not known: use eq, neq, gt, gte, lt, lte, in, like or is"
                    ))
                })?;
                request.filters.push(RowFilterRequest {
                    column: name,
                    op,
                    value: value.to_owned(),
                });
            }
        }
    }
    Ok(request)
}

/// `column`, `column.asc` or `column.desc`.
fn ordered(term: &str) -> Answer<(String, bool)> {
    match term.rsplit_once('.') {
        None => Ok((term.to_owned(), false)),
        Some((column, "asc")) => Ok((column.to_owned(), false)),
        Some((column, "desc")) => Ok((column.to_owned(), true)),
        Some(_) => Err(Problem::malformed(format!(
            "order {term:?} is not column, column.asc or column.desc"
        ))),
    }
}

async fn page(session: &Session, request: RowsRequest, headers: &HeaderMap, uri: Option<&Uri>) -> Answer<Response> {
    let format = format(None, headers)?;
    let RowsPage { mut rows, next, .. } = session.rows(request).await?;
    let mut response = match format {
        // A list like every other.
        Format::Json => listed(&rows.collect().await?, next.as_deref())?,
        other => streamed(rows, other).await?,
    };
    if let Some(cursor) = &next {
        let cursor_header = HeaderValue::from_str(cursor).ok().map(|value| (NEXT, value));
        let link = uri
            .and_then(|uri| next_link(uri, cursor))
            .map(|value| (header::LINK, value));
        response.headers_mut().extend(cursor_header.into_iter().chain(link));
    }
    Ok(response)
}

/// `{"items": [...], "next": cursor}`; nulls are written, so that every row has every column.
pub(super) fn listed(batches: &[arrow::record_batch::RecordBatch], next: Option<&str>) -> Result<Response> {
    let mut body = b"{\"items\":".to_vec();
    let mut writer = WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, JsonArray>(&mut body);
    for batch in batches {
        writer.write(batch)?;
    }
    writer.finish().map_err(Error::from)?;
    drop(writer);
    if let Some(cursor) = next {
        body.extend_from_slice(b",\"next\":");
        body.extend_from_slice(&serde_json::to_vec(cursor)?);
    }
    body.push(b'}');
    Ok((
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response())
}

#[cfg(test)]
mod tests;
