//! The pages for people, embedded in the binary. They hold no data: what they show they fetch with the reader's key.

use crate::{problem::Problem, state::AppState};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// The pages and the files they need.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(async |headers: HeaderMap| page("/", &headers)))
        .route(
            "/kirim-data",
            get(async |headers: HeaderMap| page("/kirim-data", &headers)),
        )
        .route(
            "/peringatan",
            get(async |headers: HeaderMap| page("/peringatan", &headers)),
        )
        .route(
            "/assets/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| page(&format!("/assets/{path}"), &headers)),
        )
}

fn page(path: &str, asked: &HeaderMap) -> Response {
    let Some(asset) = smartcenter_dashboards::asset(path) else {
        return Problem::not_found("there is no such page").into_response();
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::ETAG, HeaderValue::from_static(asset.etag)),
        // Kept, but asked about each time: a new hub has new pages at the same addresses.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    if is_known(asked, asset.etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type))];
    (headers, kind, asset.bytes).into_response()
}

/// Whether the browser has this version already. Weak tags count: compression makes a weak one of ours.
fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let tags = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok());
    tags.flat_map(|text| text.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
