#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites() {
    let cookie = |secure| cookie("tok", 60, secure).to_str().unwrap().to_owned();
    assert_eq!(
        cookie(false),
        format!("{COOKIE}=tok; Path=/; Max-Age=60; HttpOnly; SameSite=Strict")
    );
    assert!(cookie(true).ends_with("; Secure"));
    let behind = |proto| {
        is_secure(
            &[("x-forwarded-proto".parse().unwrap(), HeaderValue::from_static(proto))]
                .into_iter()
                .collect(),
        )
    };
    assert!(behind("https") && !behind("http") && !is_secure(&HeaderMap::new()));
}
