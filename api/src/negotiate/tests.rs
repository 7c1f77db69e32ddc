#![allow(clippy::unwrap_used)]

use super::*;
use axum::http::HeaderValue;

const OFFERED: [(&str, char); 3] = [
    ("application/json", 'j'),
    ("application/x-ndjson", 'n'),
    ("text/csv", 'c'),
];

fn chosen(accept: &[&str]) -> Option<char> {
    let headers = accept
        .iter()
        .map(|a| (header::ACCEPT, HeaderValue::from_str(a).unwrap()))
        .collect();
    choose(&headers, &OFFERED)
}

#[test]
fn the_header_decides_and_our_order_breaks_ties() {
    assert_eq!(chosen(&[]), Some('j'));
    assert_eq!(chosen(&["*/*"]), Some('j'));
    assert_eq!(chosen(&["text/csv"]), Some('c'));
    assert_eq!(chosen(&["TEXT/CSV; charset=utf-8"]), Some('c'));
    assert_eq!(chosen(&["text/*"]), Some('c'));
    assert_eq!(chosen(&["text/csv;q=0.5, application/x-ndjson"]), Some('n'));
    assert_eq!(chosen(&["text/csv;q=0.5", "application/*;q=0.9"]), Some('j'));
    assert_eq!(chosen(&["text/html,application/xhtml+xml,*/*;q=0.8"]), Some('j'));
    assert_eq!(chosen(&["application/json;q=0, */*"]), Some('n'));
    assert_eq!(chosen(&["image/png"]), None);
    assert_eq!(chosen(&["application/json;q=0"]), None);
}

#[test]
fn a_content_type_is_read_without_its_parameters() {
    let headers = [(
        header::CONTENT_TYPE,
        HeaderValue::from_static("Text/CSV; charset=latin1"),
    )]
    .into_iter()
    .collect();
    assert_eq!(media_type(&headers).unwrap(), "text/csv");
    assert_eq!(media_type(&HeaderMap::new()), None);
}
