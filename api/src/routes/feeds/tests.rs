#![allow(clippy::unwrap_used, clippy::panic)]

use super::*;

async fn asked(query: &str) -> Answer<Asked> {
    let uri = format!("/api/v1/feeds/x?{query}");
    let (mut parts, ()) = axum::http::Request::get(uri).body(()).unwrap().into_parts();
    Asked::from_request_parts(&mut parts, &()).await
}

#[tokio::test]
async fn mode_and_scope_are_read_from_the_query() {
    let of = |scope: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = |(column, value): &(&str, &str)| ((*column).to_owned(), (*value).to_owned());
        scope.iter().map(owned).collect()
    };
    for (query, scope) in [
        ("mode=snapshot", of(&[])),
        ("mode=snapshot&scope=", of(&[])),
        (
            "scope=a:1,b:x&dry_run=true&mode=snapshot",
            of(&[("a", "1"), ("b", "x")]),
        ),
        ("mode=snapshot&scope=a:1&scope=b:x", of(&[("a", "1"), ("b", "x")])),
        // As a library writes it, and with the two signs that the list itself needs.
        (
            "mode=snapshot&scope=a%3A1%2Cb%3Ax+y%252C%2525",
            of(&[("a", "1"), ("b", "x y,%")]),
        ),
        (
            "mode=snapshot&scope=saat:2026-07-17T08:00:00Z",
            of(&[("saat", "2026-07-17T08:00:00Z")]),
        ),
    ] {
        let asked = asked(query).await.unwrap();
        assert_eq!(asked.options.mode, Some(Mode::Snapshot), "{query}");
        let Some(PushMode::Snapshot { scope: found }) = mode(asked.options.mode, &asked.scope).unwrap() else {
            panic!("{query}")
        };
        assert_eq!(found, scope, "{query}");
    }
    let plain = asked("wait=landed").await.unwrap();
    assert!(plain.options.wait.is_some() && mode(plain.options.mode, &plain.scope).unwrap().is_none());
    for (name, wanted) in [("append", PushMode::Append), ("upsert", PushMode::Upsert)] {
        let asked = asked(&format!("mode={name}")).await.unwrap();
        assert_eq!(mode(asked.options.mode, &asked.scope).unwrap(), Some(wanted));
    }
}

#[tokio::test]
async fn a_scope_that_cannot_be_meant_is_refused() {
    for query in ["scope=a:1", "mode=upsert&scope=a:1", "mode=append&scope=a:1"] {
        let asked = asked(query).await.unwrap();
        assert_eq!(
            mode(asked.options.mode, &asked.scope).unwrap_err().status(),
            422,
            "{query}"
        );
    }
    for (query, status) in [
        ("mode=snapshot&scope=a", 422),
        ("mode=snapshot&scope=nama:Desa%20A,%20Blok%20B", 422),
        ("mode=snapshot&scope=a:%25ff", 400),
        ("mode=replace", 400),
        ("modes=snapshot", 400),
        ("dry_run=true&dry_run=true", 400),
    ] {
        assert_eq!(asked(query).await.unwrap_err().status(), status, "{query}");
    }
}

#[test]
fn the_file_of_a_form_is_told_by_type_or_name() {
    let plain = ContentEncoding::Identity;
    let told = |kind, name| written(kind, name, plain).unwrap();
    assert_eq!(told(Some("text/csv"), None), (Format::Csv, plain));
    assert_eq!(
        told(Some("application/octet-stream"), Some("a.ndjson.gz")),
        (Format::Ndjson, ContentEncoding::Gzip)
    );
    assert_eq!(told(None, Some("a.json.zst")), (Format::Json, ContentEncoding::Zstd));
    assert_eq!(
        written(None, Some("a.csv"), ContentEncoding::Zstd).unwrap().1,
        ContentEncoding::Zstd
    );
    assert_eq!(
        written(Some("application/pdf"), Some("a.pdf"), plain)
            .unwrap_err()
            .status(),
        415
    );
}
