//! Answers of the lake as HTTP bodies: format by request or `Accept`, streamed, ended by dropping the body.

use crate::{
    negotiate::choose,
    problem::{Answer, Problem},
};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use smartcenter_warehouse::query::{Format, QueryStream, encode};

/// Formats by media type, in our order of preference.
const OFFERED: [(&str, Format); 5] = [
    ("application/json", Format::Json),
    ("application/x-ndjson", Format::Ndjson),
    ("text/csv", Format::Csv),
    ("application/vnd.apache.arrow.stream", Format::Arrow),
    ("application/vnd.apache.parquet", Format::Parquet),
];

/// The format asked for by name, or by `Accept`.
///
/// # Errors
/// 406 naming the formats there are.
pub fn format(named: Option<Format>, headers: &HeaderMap) -> Answer<Format> {
    named.or_else(|| choose(headers, &OFFERED)).ok_or_else(|| {
        let media: Vec<_> = OFFERED.iter().map(|(media, _)| *media).collect();
        Problem::not_acceptable(format!("rows come as {}", media.join(", ")))
    })
}

/// Streams `answer`. The first chunks are made before the status is sent, so that what fails at once is still an
/// error of its own; a later failure breaks the body off, and the missing end marker tells.
pub async fn streamed(answer: QueryStream, format: Format) -> Answer<Response> {
    let mut chunks = Box::pin(encode(answer, format));
    let mut first = Vec::with_capacity(2);
    // JSON opens with a chunk of its own, before any row is computed.
    while first.len() < 2
        && let Some(chunk) = chunks.next().await
    {
        first.push(Ok(chunk?));
    }
    let rest = chunks.inspect_err(|error| {
        tracing::warn!(
            cause = crate::log::scrub(error.message()),
            "An answer broke off after it had begun."
        );
    });
    let body = Body::from_stream(stream::iter(first).chain(rest));
    Ok((
        [(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()))],
        body,
    )
        .into_response())
}

#[cfg(test)]
mod tests;
