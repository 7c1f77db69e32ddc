//! The pages for people, embedded in the binary. They hold no data: what they show they fetch with the reader's key.

use crate::{problem::Problem, state::AppState};
use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use smartcenter_dashboards::{Asset, Part};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// Kept, but asked about each time: a new hub has new pages at the same addresses.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("no-cache");
/// Kept for good: the name changes with the bytes.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The pages and the files they need.
pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/", get(async |headers: HeaderMap| page("/", &headers)))
        .route(
            "/kirim-data",
            get(async |headers: HeaderMap| page("/kirim-data", &headers)),
        )
        .route("/app", get(async || Redirect::permanent("/app/")))
        .route("/app/", get(async |headers: HeaderMap| app("", &headers)))
        .route(
            "/app/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| app(&path, &headers)),
        )
        .route("/peringatan", get(async || Redirect::permanent("/app/peringatan")))
        .route(
            "/assets/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| page(&format!("/assets/{path}"), &headers)),
        )
}

fn page(path: &str, asked: &HeaderMap) -> Response {
    match smartcenter_dashboards::asset(path) {
        Some(asset) => answer(asset, ASK_EACH_TIME, asked),
        None => Problem::not_found("there is no such page").into_response(),
    }
}

/// A file or page of the application.
fn app(path: &str, asked: &HeaderMap) -> Response {
    match smartcenter_dashboards::app(path) {
        Some(Part::Page(asset) | Part::File(asset)) => answer(asset, ASK_EACH_TIME, asked),
        Some(Part::Fixed(asset)) => answer(asset, KEEP, asked),
        Some(Part::NotBuilt(asset)) => {
            (StatusCode::NOT_FOUND, answer(asset, ASK_EACH_TIME, &HeaderMap::new())).into_response()
        }
        None => Problem::not_found("there is no such file").into_response(),
    }
}

fn answer(asset: Asset, keep: HeaderValue, asked: &HeaderMap) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::ETAG, HeaderValue::from_static(asset.etag)),
        (header::CACHE_CONTROL, keep),
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
