//! Keys: no door without one but the listed ones, revoked at once, shown once.

use crate::{
    client::Answer,
    hub::{Start, until},
};
use reqwest::Method;
use serde_json::{Value, json};

/// What `interface.md` opens without a key, besides the public catalogue and signing in.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];
/// These answer anyone, with what is public.
const PUBLIC: [&str; 6] = [
    "/api/v1/datasets",
    "/api/v1/datasets/{dataset}",
    "/api/v1/datasets/{dataset}/rows",
    "/api/v1/datasets/{dataset}/rows/query",
    "/api/v1/datasets/{dataset}/rows/{key}",
    "/api/v1/datasets/{dataset}/lookup",
];

#[test]
fn no_door_is_open_without_a_key() {
    let hub = Start::fresh().start();
    let nobody = hub.anonymous();
    let document = nobody.get("/openapi.json").expect(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(nobody.get("/docs/").status == 200 && nobody.get("/").status == 200);
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            let method: Method = method.to_ascii_uppercase().parse().unwrap();
            let address = path
                .replace("{dataset}", "kunjungan")
                .replace("{id}", "0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f")
                .replace("{key}", "satu")
                .replace("{name}", "pertama")
                .replace("{week}", "2026-W47");
            assert!(!address.contains('{'), "the test does not know how to fill {path}");
            let request = nobody.request(method.clone(), &address);
            let request = match described["requestBody"]["content"].as_object() {
                None => request,
                Some(kinds) => {
                    let kind = kinds
                        .keys()
                        .find(|kind| kind.contains("json"))
                        .or(kinds.keys().next())
                        .unwrap();
                    let body = match path.as_str() {
                        "/api/v1/session" => r#"{"key": "bukan kunci"}"#,
                        _ => r#"{"sql": "SELECT 1"}"#,
                    };
                    request.header("Content-Type", kind).body(body)
                }
            };
            let answer = Answer::of(request).unwrap();
            asked += 1;
            if OPEN.contains(&path.as_str()) {
                assert_eq!(answer.status, 200, "{method} {path}");
            } else if PUBLIC.contains(&path.as_str()) {
                // The dataset is not a public one.
                assert!(
                    matches!(answer.status, 404 | 422) || path == "/api/v1/datasets",
                    "{method} {path}: {}",
                    answer.status
                );
            } else if (method.as_str(), path.as_str()) == ("DELETE", "/api/v1/session") {
                assert_eq!(answer.status, 204, "signing out");
            } else {
                answer.problem(401);
                assert!(
                    answer.header("WWW-Authenticate").starts_with("Bearer"),
                    "{method} {path}"
                );
                // A wrong key is no better than none, and never falls back to the public.
            }
            if !OPEN.contains(&path.as_str()) && path != "/api/v1/session" {
                let wrong = hub.with_key("sc_bukan_kunci").request(method.clone(), &address);
                let wrong = wrong.header("Content-Type", "application/json").body("{}");
                Answer::of(wrong).unwrap().problem(401);
            }
        }
    }
    assert!(asked >= 18, "only {asked} operations are described");
    // Whatever else there may be at an address that nobody described, it is not data.
    for path in [
        "/api/v1",
        "/api/v1/indicators",
        "/api/v1/audit",
        "/api/v1/datasets/kunjungan/rows/1",
        "/lake",
        "/debug",
    ] {
        assert!(matches!(nobody.get(path).status, 401 | 404), "{path}");
    }
}

#[test]
fn a_revoked_key_opens_nothing_from_that_moment() {
    let hub = Start::fresh().start();
    let analyst = hub.key("analis", "analis", json!({}));
    let cookie = analyst
        .post("/api/v1/session", &json!({ "key": analyst.key() }))
        .expect(200);
    let cookie = cookie.header("Set-Cookie").split(';').next().unwrap().to_owned();
    let by_cookie = || {
        Answer::of(
            hub.anonymous()
                .request(Method::GET, "/api/v1/session")
                .header("Cookie", &cookie),
        )
        .unwrap()
    };
    assert_eq!(by_cookie().expect(200).json()["name"], "analis");
    assert_eq!(analyst.number("SELECT 1 AS n"), 1);
    hub.admin().delete("/api/v1/keys/analis").expect(200);
    analyst.ask("SELECT 1 AS n").problem(401);
    analyst.get("/api/v1/datasets").problem(401);
    by_cookie().problem(401);
    assert!(
        hub.admin()
            .post("/api/v1/keys", &json!({ "name": "analis", "role": "analis" }))
            .problem(409)
            .contains("analis")
    );
    // It stays revoked.
    let folder = hub.folder().clone();
    let key = analyst.key().to_owned();
    hub.kill();
    let hub = Start::on(&folder).start();
    hub.with_key(&key).ask("SELECT 1").problem(401);
}

#[test]
fn a_key_ends_when_it_is_meant_to_and_is_shown_once() {
    let hub = Start::fresh().start();
    let soon = (chrono::Utc::now() + chrono::TimeDelta::seconds(2)).to_rfc3339();
    let brief = hub.key("sebentar", "analis", json!({ "expires_at": soon }));
    assert_eq!(brief.number("SELECT 1 AS n"), 1);
    until("the key has ended", || brief.ask("SELECT 1").status == 401);
    let listed = hub.admin().get("/api/v1/keys").expect(200);
    assert!(!listed.text().contains(brief.key()) && !listed.text().contains(hub.admin_key()));
    let names: Vec<Value> = listed.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["name"].clone())
        .collect();
    assert!(names.contains(&json!("sebentar")));
    // Neither disk nor log hold a key.
    let disk = std::fs::read(hub.data().join("control.sqlite")).unwrap();
    for key in [brief.key(), hub.admin_key()] {
        assert!(!disk.windows(key.len()).any(|window| window == key.as_bytes()));
        assert!(!hub.log().contains(key));
    }
    for body in [
        json!({ "name": "x", "role": "raja" }),
        json!({ "name": "Bukan Nama", "role": "opd" }),
        json!({ "name": "tanpa-opd", "role": "opd" }),
    ] {
        hub.admin().post("/api/v1/keys", &body).problem(422);
    }
    for role in ["analis", "walidata", "pimpinan"] {
        let client = hub.key(&format!("k-{role}"), role, json!({}));
        client
            .post("/api/v1/keys", &json!({ "name": "naik", "role": "admin" }))
            .problem(403);
        client.get("/api/v1/keys").problem(403);
        client.delete("/api/v1/keys/sebentar").problem(403);
        client.get("/metrics").problem(403);
    }
}
