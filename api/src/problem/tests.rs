#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use axum::body::to_bytes;

async fn rendered(problem: Problem) -> (StatusCode, axum::http::HeaderMap, Document) {
    let response = Arc::new(problem).render(Some("abc"));
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn every_kind_has_its_status() {
    let wait = Duration::from_millis(1500);
    for (error, status) in [
        (Error::not_found("x"), 404),
        (Error::invalid("x"), 422),
        (Error::conflict("x"), 409),
        (Error::forbidden("x"), 403),
        (Error::too_many("x", wait), 429),
        (Error::unavailable("x", wait), 503),
        (Error::internal("x", "y"), 500),
    ] {
        let (got, headers, document) = rendered(error.into()).await;
        assert_eq!(got.as_u16(), status);
        assert_eq!(document.status, status);
        assert_eq!(headers[header::CONTENT_TYPE], MEDIA_TYPE);
        assert_eq!(document.instance.as_deref(), Some("urn:request:abc"));
        assert_eq!(headers.get(header::RETRY_AFTER).is_some(), matches!(status, 429 | 503));
    }
}

#[tokio::test]
async fn a_defect_tells_the_caller_nothing_and_the_log_everything() {
    let problem = Problem::from(Error::internal("reading segment 12", "no such file /srv/x"));
    assert_eq!(problem.cause().unwrap().message(), "reading segment 12");
    let (_, _, document) = rendered(problem).await;
    let text = serde_json::to_string(&document).unwrap();
    assert!(!text.contains("segment") && !text.contains("/srv/x"), "{text}");
}

#[tokio::test]
async fn retry_after_is_whole_seconds_rounded_up() {
    for (millis, shown) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (30_000, "30")] {
        let (_, headers, _) = rendered(Problem::too_many("x", Duration::from_millis(millis))).await;
        assert_eq!(headers[header::RETRY_AFTER], shown);
    }
}

#[tokio::test]
async fn a_missing_key_is_challenged_and_faults_are_listed() {
    let fault = Point {
        line: Some(3),
        message: "unknown key".into(),
        ..Point::default()
    };
    let (status, headers, _) = rendered(Problem::unauthenticated("no key")).await;
    assert_eq!(status, 401);
    assert!(
        headers[header::WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .starts_with("Bearer")
    );
    let (_, _, document) = rendered(Problem::invalid("two faults").with_faults(vec![fault.clone()])).await;
    assert_eq!(document.faults, [fault]);
}
