//! Lists: `{"items": [...], "next": cursor}` with a `Link` header for the next page.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The things themselves.
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: Serialize> Page<T> {
    /// The answer to a request for `uri`.
    pub fn answer(self, uri: &Uri) -> Response {
        let mut headers = HeaderMap::new();
        if let Some(link) = self.next.as_deref().and_then(|cursor| next_link(uri, cursor)) {
            headers.insert(header::LINK, link);
        }
        (headers, Json(self)).into_response()
    }
}

const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `Link: <same request, next cursor>; rel="next"`.
pub fn next_link(uri: &Uri, cursor: &str) -> Option<HeaderValue> {
    let rest = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_cursor(pair));
    let mut query: String = rest.flat_map(|pair| [pair, "&"]).collect();
    query.push_str("cursor=");
    query.extend(utf8_percent_encode(cursor, KEPT));
    HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", uri.path())).ok()
}

fn is_cursor(pair: &str) -> bool {
    pair.split('=').next() == Some("cursor")
}

#[cfg(test)]
mod tests;
