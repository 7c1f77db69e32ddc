#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use axum::http::{HeaderName, HeaderValue, StatusCode};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_str(v).unwrap()))
        .collect()
}

#[test]
fn a_bearer_key_wins_over_a_cookie_and_anything_else_is_refused() {
    let cookie = format!("a=b; {COOKIE}=tok; c=d");
    assert_eq!(credential(&headers(&[])).unwrap(), Credential::None);
    assert_eq!(
        credential(&headers(&[("cookie", &cookie)])).unwrap(),
        Credential::Cookie("tok".into())
    );
    assert_eq!(
        credential(&headers(&[("cookie", "other=1")])).unwrap(),
        Credential::None
    );
    for text in ["Bearer k1", "bearer  k1 ", "BEARER k1"] {
        let got = credential(&headers(&[("authorization", text), ("cookie", &cookie)])).unwrap();
        assert_eq!(got, Credential::Bearer("k1".into()));
    }
    for text in ["Basic dTpw", "Bearer", "Bearer ", "k1"] {
        let refused = credential(&headers(&[("authorization", text), ("cookie", &cookie)])).unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{text:?}");
    }
}

#[test]
fn a_change_by_cookie_must_come_from_our_own_page() {
    let allowed = |method: Method, pairs: &[(&'static str, &str)]| same_origin(&method, &headers(pairs)).is_ok();
    assert!(allowed(Method::GET, &[("sec-fetch-site", "cross-site")]));
    assert!(allowed(Method::POST, &[("sec-fetch-site", "same-origin")]));
    assert!(allowed(
        Method::DELETE,
        &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]
    ));
    for pairs in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://hub"),
            ("host", "hub"),
        ],
        &[("origin", "http://evil.example"), ("host", "127.0.0.1:8080")],
        &[("origin", "http://127.0.0.1:9999"), ("host", "127.0.0.1:8080")],
        &[("origin", "null"), ("host", "127.0.0.1:8080")],
        &[("host", "127.0.0.1:8080")],
    ] {
        assert!(!allowed(Method::POST, pairs), "{pairs:?}");
    }
}

#[test]
fn a_purpose_is_a_code() {
    assert_eq!(purpose(&headers(&[])).unwrap(), None);
    assert_eq!(
        purpose(&headers(&[("x-purpose", " layanan:adminduk ")]))
            .unwrap()
            .unwrap(),
        "layanan:adminduk"
    );
    for text in ["", "   ", "two words", "a'b", &"x".repeat(65)] {
        let refused = purpose(&headers(&[("x-purpose", text)])).unwrap_err();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{text:?}");
    }
}

#[test]
fn the_door_token_is_compared_whole() {
    let token = DoorToken::fresh();
    assert!(token.is(token.as_str()));
    assert!(!token.is(&token.as_str()[1..]));
    assert!(!token.is(""));
    assert!(!token.is(DoorToken::fresh().as_str()));
    assert_eq!(format!("{token:?}"), "DoorToken", "a token never appears in a log");
}

#[test]
fn a_role_that_is_missing_is_named() {
    let refused = require(
        &Identity::anonymous(),
        &[Role::Walidata, Role::Admin],
        "a contract change",
    )
    .unwrap_err();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        refused.detail(),
        "a contract change needs a key with role walidata or admin"
    );
    assert!(require(&DoorToken::identity(), &[Role::Admin], "this").is_ok());
    assert!(is_anonymous(&Identity::anonymous()) && !is_anonymous(&DoorToken::identity()));
}
