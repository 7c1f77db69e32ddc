#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;
use axum::{Router, body::to_bytes, middleware::from_fn, routing::get};
use tower::ServiceExt;

fn app() -> Router {
    async fn fails() -> Result<(), Problem> {
        Err(smartcenter_warehouse::Error::internal("reading", "secret path").into())
    }
    async fn panics() {
        panic!("boom 9903012345670001");
    }
    Router::new()
        .route("/fails", get(fails))
        .route("/panics", get(panics))
        .layer(from_fn(observe))
}

async fn ask(path: &str, id: Option<&str>) -> (Response<()>, String) {
    let mut request = Request::get(path);
    if let Some(id) = id {
        request = request.header(REQUEST_ID, id);
    }
    let (parts, body) = app()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
        .into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (
        Response::from_parts(parts, ()),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn every_answer_carries_an_id_and_problems_repeat_it() {
    let (response, body) = ask("/fails", Some("trace-0001.a")).await;
    assert_eq!(response.headers()[REQUEST_ID], "trace-0001.a");
    assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(body.contains("urn:request:trace-0001.a"), "{body}");
    for insane in ["short", "has space in it", "quote\"quote\"quote"] {
        let (response, _) = ask("/fails", Some(insane)).await;
        assert_eq!(response.headers()[REQUEST_ID].len(), 36);
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_without_its_text() {
    let (response, body) = ask("/panics", None).await;
    assert_eq!(response.status(), 500);
    assert!(!body.contains("boom"), "{body}");
    assert_eq!(response.headers()[header::CONTENT_TYPE], crate::problem::MEDIA_TYPE);
}

#[tokio::test]
async fn an_unknown_path_still_gets_the_headers() {
    let (response, _) = ask("/nowhere", None).await;
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
}
