#![allow(clippy::unwrap_used)]

use super::*;
use axum::http::{StatusCode, header};

#[derive(Debug, serde::Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Options {
    n: u32,
}

async fn body(kind: &str, text: impl Into<Body>) -> Answer<Options> {
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, kind)
        .body(text.into())
        .unwrap();
    Json::<Options>::from_request(request, &()).await.map(|j| j.0)
}

#[tokio::test]
async fn a_json_body_is_refused_with_the_right_status() {
    assert_eq!(
        body("application/json; charset=utf-8", r#"{"n":1}"#).await.unwrap(),
        Options { n: 1 }
    );
    for (kind, text, status) in [
        ("application/json", r#"{"n":"#, StatusCode::BAD_REQUEST),
        ("application/json", r#"{"n":"x"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("application/json", r#"{"n":1,"m":2}"#, StatusCode::UNPROCESSABLE_ENTITY),
        ("text/plain", r#"{"n":1}"#, StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        assert_eq!(body(kind, text).await.unwrap_err().status(), status, "{text}");
    }
    let long = vec![b' '; BODY_LIMIT + 1];
    assert_eq!(
        body("application/json", long).await.unwrap_err().status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

#[tokio::test]
async fn query_pairs_keep_their_order_and_decode() {
    let pairs = async |query: &str| {
        let (mut parts, ()) = Request::get(format!("/?{query}")).body(()).unwrap().into_parts();
        Pairs::from_request_parts(&mut parts, &()).await.map(|p| p.0)
    };
    let got = pairs("nama=eq.A+B&nama=neq.%26&kosong&&x=1=2").await.unwrap();
    let want = [("nama", "eq.A B"), ("nama", "neq.&"), ("kosong", ""), ("x", "1=2")];
    assert_eq!(got, want.map(|(n, v)| (n.to_owned(), v.to_owned())));
    assert_eq!(pairs("a=%ff").await.unwrap_err().status(), StatusCode::BAD_REQUEST);
}

#[test]
fn an_unknown_query_parameter_is_refused() {
    assert_eq!(query::<Options>(&"/?n=3".parse().unwrap()).unwrap(), Options { n: 3 });
    assert_eq!(
        query::<Options>(&"/?n=3&m=1".parse().unwrap()).unwrap_err().status(),
        StatusCode::BAD_REQUEST
    );
}
