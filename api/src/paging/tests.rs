#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn the_next_page_is_the_same_request_with_another_cursor() {
    let link = |uri: &str, cursor: &str| next_link(&uri.parse().unwrap(), cursor).unwrap();
    assert_eq!(link("/a", "x"), "</a?cursor=x>; rel=\"next\"");
    assert_eq!(
        link("/a?limit=2&cursor=old&b=c%20d", "x+/="),
        "</a?limit=2&b=c%20d&cursor=x%2B%2F%3D>; rel=\"next\""
    );
}
