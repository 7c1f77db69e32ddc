#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_format_named_in_the_request_wins_over_accept() {
    let accept = |text: &'static str| {
        [(header::ACCEPT, HeaderValue::from_static(text))]
            .into_iter()
            .collect::<HeaderMap>()
    };
    assert_eq!(format(None, &HeaderMap::new()).unwrap(), Format::Json);
    assert_eq!(format(None, &accept("text/csv")).unwrap(), Format::Csv);
    assert_eq!(format(Some(Format::Arrow), &accept("text/csv")).unwrap(), Format::Arrow);
    assert_eq!(format(None, &accept("image/png")).unwrap_err().status(), 406);
    for (media, offered) in OFFERED {
        assert!(offered.content_type().starts_with(media), "{media}");
    }
}
