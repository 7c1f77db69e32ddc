//! The one layer around every request: request id, caught panics, log line, metrics, security headers. It is a
//! single layer because the push path answers thousands of requests a second.

mod meters;

use crate::{problem::Problem, reasons::Tongue};
use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Response, header},
    middleware::Next,
    response::IntoResponse,
};
use futures::FutureExt;
use smartcenter_warehouse::KeyName;
use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

/// Carries the request id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request leaves behind for its log line, and the id under which that is found.
#[derive(Debug, Clone)]
pub struct Trail {
    caller: Arc<OnceLock<KeyName>>,
    id: HeaderValue,
}

impl Trail {
    /// Notes who called.
    pub fn caller(&self, key: &KeyName) {
        let _ = self.caller.set(key.clone());
    }

    /// The request's id.
    pub fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }
}

/// The layer; see the module.
pub async fn observe(mut request: Request, next: Next) -> Response<Body> {
    let started = Instant::now();
    let id = request_id(request.headers());
    let tongue = Tongue::of(request.headers());
    let trail = Trail {
        caller: Arc::default(),
        id: id.clone(),
    };
    request.extensions_mut().insert(trail.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();

    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            tracing::error!(
                request.id = id.to_str().unwrap_or_default(),
                cause = panic_text(&*panic),
                "A request panicked."
            );
            Problem::internal("the hub failed while serving this request; it is a defect, please report the request id")
                .into_response()
        }
    };

    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    if let Some(problem) = response.extensions_mut().remove::<Arc<Problem>>() {
        let problem = tongue.problem(problem);
        response = with_request_id(problem, response.headers(), &id, route);
    }
    let status = response.status().as_u16();
    let took = started.elapsed();
    meters::count(method_label(&method), route, status_label(status), took);
    let key = trail.caller.get().map_or("-", KeyName::as_str);
    let request = Served {
        id: id.to_str().unwrap_or_default(),
        method: method.as_str(),
        route,
        key,
    };
    log_line(&request, status, took);
    finish_headers(response.headers_mut(), id);
    response
}

struct Served<'a> {
    id: &'a str,
    method: &'a str,
    route: &'a str,
    key: &'a str,
}

/// One line per request. Probes and scrapes, which come every few seconds for ever, are kept for those who ask.
fn log_line(request: &Served<'_>, status: u16, took: Duration) {
    let Served { id, method, route, key } = request;
    let milliseconds = took.as_micros() as f64 / 1000.0;
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                request.id = %id,
                request.method = %method,
                request.route = %route,
                request.key = %key,
                response.status = status,
                response.ms = milliseconds,
                "Request served."
            )
        };
    }
    match *route {
        "/healthz" | "/readyz" | "/metrics" => line!(debug),
        _ => line!(info),
    }
}

/// Takes the caller's id when it is a sane one, so that traces join up; otherwise a fresh UUIDv7.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        let bytes = value.as_bytes();
        (8..=128).contains(&bytes.len())
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    headers.get(REQUEST_ID).filter(sane).cloned().unwrap_or_else(|| {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = uuid::Uuid::now_v7().hyphenated().encode_lower(&mut text);
        HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("unknown"))
    })
}

/// Renders a problem again, now with the request id, keeping headers that inner layers have set (such as `Allow`);
/// writes the cause of a defect to the log.
fn with_request_id(problem: Arc<Problem>, inner: &HeaderMap, id: &HeaderValue, route: &str) -> Response<Body> {
    let id = id.to_str().unwrap_or_default();
    if let Some(cause) = problem.cause() {
        let mut chain = String::new();
        let mut next = std::error::Error::source(cause);
        while let Some(source) = next {
            chain.push_str(": ");
            chain.push_str(&source.to_string());
            next = source.source();
        }
        tracing::error!(
            request.id = id,
            request.route = route,
            cause = crate::log::scrub(&format!("{}{chain}", cause.message())),
            "A request failed inside the hub."
        );
    }
    let mut response = problem.render(Some(id));
    for (name, value) in inner {
        if name != header::CONTENT_LENGTH && !response.headers().contains_key(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

fn finish_headers(headers: &mut HeaderMap, id: HeaderValue) {
    // Once, instead of growing twice on the way.
    headers.reserve(8);
    headers.insert(REQUEST_ID, id);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::REFERRER_POLICY)
        .or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry(header::X_FRAME_OPTIONS)
        .or_insert(HeaderValue::from_static("DENY"));
    // Answers depend on who asks: nothing is kept by a cache unless its route says so.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
}

/// Only known methods become label values: a label per invented method would grow without bound.
fn method_label(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        _ => "other",
    }
}

fn status_label(status: u16) -> &'static str {
    match status {
        200..300 => "2xx",
        300..400 => "3xx",
        429 => "429",
        400..500 => "4xx",
        503 => "503",
        _ => "5xx",
    }
}

/// The text of a panic, covered like any cause: it may hold a value.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    crate::log::scrub(text.unwrap_or("no message"))
}

#[cfg(test)]
mod tests;
