#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{auth::DoorToken, problem};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use smartcenter_warehouse::clock::SystemClock;
use std::sync::Arc;
use tower::ServiceExt;

/// The door of a hub that is still replaying.
fn starting() -> (Router, DoorToken) {
    let token = DoorToken::fresh();
    (
        app(AppState::starting(Arc::new(SystemClock), token.clone(), None)),
        token,
    )
}

async fn ask(door: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = door.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_starting_hub_is_alive_and_not_ready() {
    let (door, _) = starting();
    assert_eq!(ask(&door, get("/healthz")).await.0, 200);
    assert_eq!(ask(&door, get("/openapi.json")).await.0, 200);
    for request in [
        get("/readyz"),
        get("/api/v1/datasets"),
        get("/api/v1/freshness"),
        Request::post("/api/v1/feeds/absensi")
            .header(header::AUTHORIZATION, "Bearer k")
            .body("a\n1\n".into())
            .unwrap(),
    ] {
        let what = request.uri().clone();
        let (status, headers, body) = ask(&door, request).await;
        assert_eq!(status, 503, "{what}");
        assert!(headers.contains_key(header::RETRY_AFTER), "{what}");
        assert_eq!(headers[header::CONTENT_TYPE], problem::MEDIA_TYPE);
        let document: problem::Document = serde_json::from_str(&body).unwrap();
        assert!(document.detail.contains("starting"), "{}", document.detail);
    }
}

#[tokio::test]
async fn a_stopping_hub_says_so() {
    let state = AppState::starting(Arc::new(SystemClock), DoorToken::fresh(), None);
    state.stop();
    let (status, _, body) = ask(&app(state), get("/readyz")).await;
    assert_eq!(status, 503);
    assert!(body.contains("stopping"), "{body}");
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems() {
    let (door, _) = starting();
    let (status, headers, _) = ask(&door, get("/api/v2/nothing")).await;
    assert_eq!(
        (status.as_u16(), &headers[header::CONTENT_TYPE]),
        (404, &header::HeaderValue::from_static(problem::MEDIA_TYPE))
    );
    let (status, headers, body) = ask(&door, Request::delete("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!(status, 405);
    assert!(headers[header::ALLOW].to_str().unwrap().contains("GET"), "{headers:?}");
    assert!(body.contains("method-not-allowed"));
}

#[tokio::test]
async fn metrics_are_for_the_admin() {
    let (door, token) = starting();
    assert_eq!(ask(&door, get("/metrics")).await.0, 401);
    let with_token = |text: &str| {
        Request::get("/metrics")
            .header(header::AUTHORIZATION, format!("Bearer {text}"))
            .body(Body::empty())
            .unwrap()
    };
    // No recorder is installed in this test: the admin gets past the door and learns that.
    assert_eq!(ask(&door, with_token(token.as_str())).await.0, 404);
    assert_eq!(
        ask(&door, with_token("another")).await.0,
        503,
        "a key cannot be checked before the hub is open"
    );
}

#[tokio::test]
async fn signing_out_clears_the_cookie_for_our_own_pages_only() {
    let (door, _) = starting();
    let ask_out = async |site: &str| {
        let request = Request::delete("/api/v1/session")
            .header(header::COOKIE, format!("{}=tok", crate::auth::COOKIE))
            .header("sec-fetch-site", site)
            .body(Body::empty());
        ask(&door, request.unwrap()).await
    };
    let (status, headers, _) = ask_out("same-origin").await;
    assert_eq!(status, 204);
    assert!(headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(ask_out("cross-site").await.0, 403);
}

#[tokio::test]
async fn the_documents_come_from_here_alone() {
    let (door, _) = starting();
    let (status, headers, body) = ask(&door, get("/docs/")).await;
    assert_eq!(status, 200);
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self';") && !policy.contains("http"),
        "{policy}"
    );
    assert!(!body.contains("https://"), "{body}");
}

#[tokio::test]
async fn a_page_is_sent_once_and_holds_to_the_strictest_policy() {
    let (door, _) = starting();
    for path in ["/", "/kirim-data"] {
        let (status, headers, body) = ask(&door, get(path)).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains("<html"), "{body}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let again = Request::get(path)
            .header(header::IF_NONE_MATCH, headers[header::ETAG].clone())
            .body(Body::empty());
        let (status, _, body) = ask(&door, again.unwrap()).await;
        assert_eq!((status.as_u16(), body.as_str()), (304, ""), "{path}");
    }
    assert_eq!(ask(&door, get("/assets/nothing.js")).await.0, 404);
}

#[test]
fn the_description_is_the_one_that_was_agreed() {
    let document = openapi();
    insta::assert_json_snapshot!("openapi", document);
}

#[test]
fn every_operation_has_a_summary_a_tag_and_a_name_of_its_own() {
    let document = serde_json::to_value(openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                operation["summary"].is_string() || operation["description"].is_string(),
                "{method} {path}"
            );
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "two operations are called {name}");
        }
    }
    assert!(names.len() >= 20, "{names:?}");
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let document = serde_json::to_value(openapi()).unwrap();
    let text = document.to_string();
    let mut found = 0;
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
        found += 1;
    }
    assert!(found > 20, "{found}");
}
