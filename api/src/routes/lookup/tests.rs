#![allow(clippy::unwrap_used)]

use super::*;

fn pairs(list: &[(&str, &str)]) -> Answer<RowParams> {
    params(list.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
}

#[test]
fn a_key_is_split_before_it_is_decoded() {
    let parts = |path: &str| parts(&path.parse::<Uri>().unwrap());
    assert_eq!(parts("/api/v1/datasets/a/rows/x").unwrap(), ["x"]);
    assert_eq!(
        parts("/api/v1/datasets/a/rows/x%2Fy~2026-01-01?q=1").unwrap(),
        ["x/y", "2026-01-01"]
    );
    assert_eq!(parts("/api/v1/datasets/a/rows/a%7Eb~~%20c").unwrap(), ["a~b", "", " c"]);
    assert_eq!(parts("/api/v1/datasets/a/rows/%ff").unwrap_err().status(), 400);
}

#[test]
fn parameters_of_a_row() {
    let none = RowParams::default();
    assert_eq!(pairs(&[]).unwrap(), none);
    let past = pairs(&[("history", "true"), ("as_of", "17")]).unwrap();
    assert!(past.history && past.as_of == Some("17".parse().unwrap()));
    let time = pairs(&[("as_of", "2026-01-05T08:00:00 07:00")]).unwrap().as_of;
    assert_eq!(time, Some("2026-01-05T01:00:00Z".parse().unwrap()));
    for wrong in [("history", "maybe"), ("as_of", "yesterday"), ("select", "nama")] {
        assert_eq!(pairs(&[wrong]).unwrap_err().status(), 400, "{wrong:?}");
    }
}
