//! `POST /api/v1/feeds/{dataset}`: the door for data. The body is streamed into the intake; the answer is the
//! receipt, sent only after the rows are on disk and visible.

use crate::{
    auth::Keyed,
    body::{Payload, file_part},
    extract::{Path, Query},
    negotiate::media_type,
    problem::{Answer, Document, Problem, REPLAYED, push_status},
    reasons::Tongue,
    receipt_body::ReceiptBody,
    state::{AppState, Ready},
};
use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use smartcenter_ingest::{ContentEncoding, Format, PushOutcome, PushRequest, content_types};
use smartcenter_warehouse::{DatasetId, PushMode, ReceiptId, policy::Identity};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Makes a repeat of a push recognisable.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(super) fn router() -> OpenApiRouter<AppState> {
    // Payloads are streamed; how large one may be is the intake's decision.
    OpenApiRouter::new()
        .routes(routes!(push))
        .layer(DefaultBodyLimit::disable())
}

/// How to take a push.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PushOptions {
    /// Only check: the receipt says what would happen, nothing is kept.
    #[serde(default)]
    dry_run: bool,
    /// `landed`: answer 201 after the rows are in the Delta table, not only durable and visible.
    #[param(inline)]
    wait: Option<Wait>,
    /// How the rows meet those that are there. Left out, a dataset with a primary key takes `upsert`, one without
    /// `append`, the only way it knows.
    #[param(inline)]
    mode: Option<Mode>,
    /// Workbooks: the sheet to read, by name or by number from 1. Left out, the one that the contract names, or whose
    /// header fits the contract best.
    sheet: Option<String>,
    /// The rows were rejected in an earlier push, with this receipt, and are corrected here. Rows with a line in the
    /// column `_baris`, as exported rejects have it, close just that line; without the column all open lines are closed
    /// once nothing of the file is rejected.
    #[param(value_type = Option<String>)]
    corrects: Option<ReceiptId>,
}

/// The query of a push: its options, and the scope of a snapshot, which may come several times.
#[derive(Debug, Default)]
struct Asked {
    options: PushOptions,
    scope: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// Rows add keys and replace the rows of keys that are there.
    Upsert,
    /// Rows only add keys; other values for a key that is there reject the push.
    Append,
    /// The rows are all there is in the scope: what is there and not among them ends.
    Snapshot,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Wait {
    /// The rows are in the Delta table.
    Landed,
}

/// Push rows to a dataset.
///
/// The payload is CSV, NDJSON or JSON, plain or packed with gzip or zstd, or any of these as the part `file` of a
/// form. All of a push becomes visible at one moment, or none of it. Rows that break the contract are kept apart
/// with line, column, rule, value and reason.
#[utoipa::path(post, path = "/api/v1/feeds/{dataset}", operation_id = "push", tag = "feeds", security(("key" = [])),
    params(
        ("dataset" = String, Path, description = "Dataset id", example = "absensi_harian_sekolah"),
        PushOptions,
        ("scope" = Option<Vec<String>>, Query, description = "For `mode=snapshot`: `column:value`, all of which must \
            hold; several by comma or by repeating the parameter; `,` and `%` inside a value as `%2C` and `%25`, \
            besides the URL's own encoding. Without it the snapshot is of the whole dataset", example = json!(["tahun:2026"])),
        ("Accept-Language" = Option<String>, Header, description = "`id`: reasons in Indonesian"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 characters of the sender's choice; the \
            same key again answers the same receipt and changes nothing"),
        ("Content-Encoding" = Option<String>, Header, description = "gzip or zstd"),
    ),
    request_body(description = "The rows", content(
        (String = "text/csv"), (String = "application/x-ndjson"), (serde_json::Value = "application/json"),
        (FileForm = "multipart/form-data"),
    )),
    responses(
        (status = 202, description = "Durable and visible", body = ReceiptBody,
            headers(("Idempotency-Replayed" = bool, description = "`true` when this push had been finished before"))),
        (status = 201, description = "`wait=landed`: in the Delta table", body = ReceiptBody),
        (status = 200, description = "`dry_run=true`: nothing kept", body = ReceiptBody),
        (status = 422, description = "The batch was rejected (a receipt), or the request is not valid (a problem)",
            content((ReceiptBody = "application/json"), (Document = "application/problem+json"))),
        (status = 401, body = Document, content_type = "application/problem+json"),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "The same push is in flight", body = Document, content_type = "application/problem+json"),
        (status = 413, body = Document, content_type = "application/problem+json"),
        (status = 415, body = Document, content_type = "application/problem+json"),
        (status = 429, description = "A budget is used up", body = Document, content_type = "application/problem+json"),
        (status = 503, description = "Starting, disk full, or log stopped", body = Document, content_type = "application/problem+json"),
    ))]
async fn push(
    Ready(hub): Ready,
    State(state): State<AppState>,
    Keyed(identity): Keyed,
    Path(dataset): Path<DatasetId>,
    tongue: Tongue,
    asked: Asked,
    request: Request,
) -> Answer<Response> {
    let received_at = state.clock().now();
    let headers = request.headers();
    let outcome = if media_type(headers).as_deref() == Some("multipart/form-data") {
        let mut push = described(headers, &dataset, identity, &asked, received_at)?;
        let form = Multipart::from_request(request, &())
            .await
            .map_err(|rejection| Problem::malformed(rejection.body_text()))?;
        let part = file_part(form).await?;
        (push.format, push.encoding) = written(part.content_type.as_deref(), part.file_name.as_deref(), push.encoding)?;
        push.charset = part.content_type.as_deref().and_then(Format::charset);
        hub.intake.push(push, part.bytes).await
    } else {
        let (head, body) = request.into_parts();
        // From here on a refusal lets the sender finish writing before it reads the answer.
        let payload = Payload::new(body);
        let mut push = described(&head.headers, &dataset, identity, &asked, received_at)?;
        let content_type = text(&head.headers, &header::CONTENT_TYPE)?.ok_or_else(|| {
            Problem::unsupported(format!("the content type is missing: send one of {}", content_types()))
        })?;
        push.format = Format::from_content_type(content_type)?;
        push.charset = Format::charset(content_type);
        hub.intake.push(push, payload).await
    }?;
    let PushOutcome { receipt, replayed } = outcome;
    let status = push_status(&receipt, asked.options.wait.is_some());
    answer(status, &tongue.receipt(receipt.into(), &hub.warehouse), replayed)
}

/// A form with the payload in it.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "only described, never made: the form is streamed")]
struct FileForm {
    /// The payload; its content type or file name says how it is written.
    #[schema(value_type = String, format = Binary)]
    file: Bytes,
}

/// What the headers and the query say about the push.
fn described(
    headers: &HeaderMap,
    dataset: &DatasetId,
    identity: Identity,
    asked: &Asked,
    received_at: DateTime<Utc>,
) -> Answer<PushRequest> {
    let Asked { options, scope } = asked;
    Ok(PushRequest {
        dataset: dataset.clone(),
        identity,
        format: Format::Csv,
        encoding: ContentEncoding::from_header(text(headers, &header::CONTENT_ENCODING)?)?,
        idempotency_key: text(headers, &IDEMPOTENCY_KEY)?.map(str::to_owned),
        dry_run: options.dry_run,
        wait_landed: options.wait.is_some(),
        mode: mode(options.mode, scope)?,
        charset: None,
        sheet: options.sheet.clone(),
        corrects: options.corrects,
        received_at,
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let raw = parts.uri.query().unwrap_or_default();
        let is_scope = |pair: &&str| pair.split('=').next() == Some("scope");
        let (scope, rest): (Vec<&str>, Vec<&str>) = raw.split('&').partition(is_scope);
        let scope = scope
            .into_iter()
            .map(|pair| pair.split_once('=').map_or("", |(_, value)| value))
            .map(|value| decoded(&value.replace('+', " ")));
        let scope = scope.collect::<Answer<Vec<_>>>()?;
        let uri = Uri::try_from(format!("/?{}", rest.join("&")));
        parts.uri = uri.map_err(|_| Problem::malformed("the query cannot be read"))?;
        let Query(options) = Query::from_request_parts(parts, state).await?;
        let scope = scope
            .iter()
            .flat_map(|list| list.split(',').filter(|pair| !pair.trim().is_empty()))
            .map(pin)
            .collect::<Answer<Vec<_>>>()?;
        Ok(Self { options, scope })
    }
}

/// One `column:value` of a scope.
fn pin(pair: &str) -> Answer<(String, String)> {
    let Some((column, value)) = pair.split_once(':') else {
        return Err(Problem::invalid(format!(
            "scope {pair:?} is not of the form column:value: write a comma inside a value as %2C, besides the URL's own \
             encoding"
        )));
    };
    Ok((column.trim().to_owned(), decoded(value)?))
}

fn decoded(text: &str) -> Answer<String> {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Problem::malformed("the scope is not valid UTF-8 after decoding"))
}

/// What mode and scope ask for together.
fn mode(mode: Option<Mode>, scope: &[(String, String)]) -> Answer<Option<PushMode>> {
    let mode = match mode {
        Some(Mode::Snapshot) => {
            return Ok(Some(PushMode::Snapshot { scope: scope.to_vec() }));
        }
        Some(Mode::Upsert) => Some(PushMode::Upsert),
        Some(Mode::Append) => Some(PushMode::Append),
        None => None,
    };
    if scope.is_empty() {
        Ok(mode)
    } else {
        Err(Problem::invalid(
            "a scope says what a snapshot is a snapshot of: send mode=snapshot with it, or leave it out",
        ))
    }
}

/// How the file of a form is written: its own content type says it, unless browsers had none to give.
fn written(
    content_type: Option<&str>,
    file_name: Option<&str>,
    encoding: ContentEncoding,
) -> Answer<(Format, ContentEncoding)> {
    let packed = match encoding {
        ContentEncoding::Identity => file_name.map_or(encoding, ContentEncoding::from_file_name),
        said => said,
    };
    let told = content_type.and_then(|text| Format::from_content_type(text).ok());
    let format = told.or_else(|| file_name.and_then(Format::from_file_name)).ok_or_else(|| {
        Problem::unsupported(
            "neither the content type nor the name of the file tells how it is written: send .xlsx, .ods, .csv, .ndjson, \
             .json, .geojson, .parquet or .arrow, plain or with .gz or .zst",
        )
    })?;
    Ok((format, packed))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Answer<Option<&'a str>> {
    headers
        .get(name)
        .map(|value| {
            value
                .to_str()
                .map_err(|_| Problem::malformed(format!("header {name} is not plain text")))
        })
        .transpose()
}

fn answer(status: StatusCode, receipt: &ReceiptBody, replayed: bool) -> Answer<Response> {
    let body = serde_json::to_vec(receipt).map_err(smartcenter_warehouse::Error::from)?;
    let mut response = (
        status,
        [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response();
    if replayed {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
