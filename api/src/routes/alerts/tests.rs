#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::fixture::{Fixture, alert};
use serde_json::{Value, json};

fn ids(page: &Value) -> Vec<&str> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect()
}

/// Six alerts, in another order than they are listed in.
fn several() -> Vec<Value> {
    vec![
        alert(
            "a1",
            json!({ "keparahan": "sedang", "mulai": "2026-08-01", "terakhir": "2026-08-01" }),
        ),
        alert(
            "a2",
            json!({ "keparahan": "kritis", "mulai": "2026-07-01", "terakhir": "2026-08-09", "pemilik": "dikpora" }),
        ),
        alert("a3", json!({ "keparahan": "tinggi", "wilayah": "35.03.01.2001" })),
        alert(
            "a4",
            json!({ "keparahan": "tinggi", "status": "acknowledged", "wilayah": "35.03.12" }),
        ),
        alert("a5", json!({ "keparahan": "tinggi", "mulai": "2026-08-06" })),
        alert(
            "a6",
            json!({ "keparahan": "info", "status": "closed", "bukti": null, "kalimat_en": null }),
        ),
    ]
}

#[tokio::test]
async fn the_worst_come_first_and_of_equal_ones_the_newest() {
    let hub = Fixture::new().await;
    // Before there is anything at all.
    assert_eq!(ids(&hub.get("/api/v1/alerts", "").await), [""; 0]);
    hub.alerts(&several()).await;
    let all = ["a2", "a5", "a3", "a4", "a1", "a6"];
    let page = hub.get("/api/v1/alerts", "").await;
    assert_eq!(ids(&page), all);
    let first = &page["items"][0];
    assert_eq!(
        (&first["severity"], &first["since"], &first["delivery"], &first["owner"]),
        (&json!("kritis"), &json!("2026-07-01"), &json!("now"), &json!("dikpora"))
    );
    assert_eq!(
        page["items"][5]["sentence_en"], page["items"][5]["sentence"],
        "better than nothing"
    );
    assert!(first["evidence"].is_null(), "a list has no evidence");

    // Page by page.
    let mut path = "/api/v1/alerts?limit=2".to_owned();
    let mut seen: Vec<String> = Vec::new();
    loop {
        let page = hub.get(&path, "").await;
        assert!(page["items"].as_array().unwrap().len() <= 2);
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/alerts?limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_list_is_narrowed_and_wrong_wishes_are_refused() {
    let hub = Fixture::new().await;
    hub.alerts(&several()).await;
    for (query, expected) in [
        ("status=open", vec!["a2", "a5", "a3", "a1"]),
        ("status=acknowledged,closed", vec!["a4", "a6"]),
        ("severity=kritis,info", vec!["a2", "a6"]),
        ("since=2026-08-07", vec!["a2", "a5", "a3", "a4", "a6"]),
        ("since=2026-08-08T00:00:00%2B07:00", vec!["a2"]),
        ("owner=dikpora", vec!["a2"]),
        ("wilayah=35.03.12", vec!["a4"]),
        ("wilayah=35.03.01", vec!["a3"]),
        ("status=open&severity=tinggi&wilayah=35.03.11", vec!["a5"]),
    ] {
        assert_eq!(
            ids(&hub.get(&format!("/api/v1/alerts?{query}"), "").await),
            expected,
            "{query}"
        );
    }
    for (query, status) in [
        ("status=gone", 422),
        ("severity=%27%20OR%20true", 422),
        ("since=yesterday", 422),
        ("cursor=xyz", 422),
        ("sort=p", 400),
    ] {
        assert_eq!(
            hub.ask("GET", &format!("/api/v1/alerts?{query}"), "", None).await.0,
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn an_alert_tells_what_speaks_for_it_and_where_to_look_further() {
    let hub = Fixture::new().await;
    hub.alerts(&[alert("a1", json!({ "atribusi": "{\"total\": -12.5}" }))])
        .await;
    let detail = hub.get("/api/v1/alerts/a1", "").await;
    assert_eq!(detail["evidence"][0]["points"][0]["expected"], 4.0);
    assert_eq!(detail["evidence"][0]["data"], "mart.indikator_uji");
    assert_eq!(
        detail["links"]["series"],
        "/api/v1/indicators/uji/series?unit=20500001&from=2026-04-07&to=2026-08-21"
    );
    assert_eq!(
        (&detail["checked"][0]["found"], &detail["checked"][0]["text_en"]),
        (&json!(true), &json!("up"))
    );
    assert_eq!(detail["attribution"]["total"], -12.5);
    assert_eq!(detail["may"], json!(["acknowledge", "verify", "dismiss", "snooze"]));
    assert_eq!(hub.ask("GET", "/api/v1/alerts/a2", "", None).await.0, 404);
    // Evidence that cannot be read is a defect, not an empty list.
    hub.alerts(&[alert("a3", json!({ "bukti": "{" }))]).await;
    assert_eq!(hub.ask("GET", "/api/v1/alerts/a3", "", None).await.0, 500);
}

#[tokio::test]
async fn each_sees_and_decides_on_what_is_for_them() {
    let hub = Fixture::new().await;
    hub.alerts(&several()).await;
    let dinkes = hub.key("dinkes-1", "opd", json!({ "institution": "dinkes" })).await;
    let dikpora = hub.key("dikpora-1", "opd", json!({ "institution": "dikpora" })).await;
    let camat = hub.key("camat", "pimpinan", json!({ "regions": ["35.03.01"] })).await;
    let analyst = hub.key("analis", "analis", json!({})).await;
    let service = hub.key("layanan", "layanan", json!({})).await;
    assert_eq!(ids(&hub.get("/api/v1/alerts", &dikpora).await), ["a2"]);
    assert_eq!(ids(&hub.get("/api/v1/alerts", &camat).await), ["a3"]);
    assert_eq!(ids(&hub.get("/api/v1/alerts", &analyst).await).len(), 6);
    assert_eq!(hub.ask("GET", "/api/v1/alerts", &service, None).await.0, 403);
    assert_eq!(hub.ask("GET", "/api/v1/alerts", "no-such-key", None).await.0, 401);
    assert_eq!(
        hub.ask("GET", "/api/v1/alerts/a1", &dikpora, None).await.0,
        404,
        "not even that it exists"
    );
    assert_eq!(hub.get("/api/v1/alerts/a3", &camat).await["may"], json!([]));

    let act = |action: &str, note: &str| Some(json!({ "action": action, "note": note }));
    assert_eq!(
        hub.ask("POST", "/api/v1/alerts/a3", &camat, act("verify", "ya"))
            .await
            .0,
        403
    );
    assert_eq!(
        hub.ask("POST", "/api/v1/alerts/a1", &analyst, act("verify", "ya"))
            .await
            .0,
        403
    );
    assert_eq!(
        hub.ask("POST", "/api/v1/alerts/a1", &dikpora, act("verify", "ya"))
            .await
            .0,
        404
    );
    let (status, after) = hub
        .ask("POST", "/api/v1/alerts/a1", &dinkes, act("verify", " benar "))
        .await;
    assert_eq!(status, 200, "{after}");
    assert_eq!(
        ["alert", "deed", "note", "by"].map(|field| &after["steps"][0][field]),
        ["a1", "verify", "benar", "dinkes-1"]
    );
    // Names of other keys are not for everybody.
    assert!(hub.get("/api/v1/alerts/a1", &analyst).await["steps"][0]["by"].is_null());
    assert_eq!(hub.get("/api/v1/alerts/a1", "").await["steps"][0]["by"], "dinkes-1");
}

#[tokio::test]
async fn steps_that_do_not_fit_are_refused() {
    let hub = Fixture::new().await;
    hub.alerts(&several()).await;
    let ask = async |body: Value| hub.ask("POST", "/api/v1/alerts/a1", "", Some(body)).await.0.as_u16();
    assert_eq!(ask(json!({ "action": "verify" })).await, 422, "the desk wants a note");
    assert_eq!(ask(json!({ "action": "explode", "note": "x" })).await, 422);
    assert_eq!(ask(json!({ "action": "snooze", "note": "x" })).await, 422);
    assert_eq!(
        ask(json!({ "action": "snooze", "note": "x", "until": "2026-08-10T01:00:00Z" })).await,
        422
    );
    assert_eq!(
        ask(json!({ "action": "snooze", "note": "x", "until": "2028-08-10T01:00:00Z" })).await,
        422
    );
    assert_eq!(
        ask(json!({ "action": "verify", "note": "x", "until": "2026-08-11T01:00:00Z" })).await,
        422
    );
    assert_eq!(ask(json!({ "action": "verify", "note": "x".repeat(2_001) })).await, 422);
    assert_eq!(
        ask(json!({ "action": "snooze", "note": "x", "until": "2026-08-11T01:00:00Z" })).await,
        200
    );
    let detail = hub.get("/api/v1/alerts/a1", "").await;
    assert_eq!(detail["steps"].as_array().unwrap().len(), 1);
    assert_eq!(detail["steps"][0]["until"], "2026-08-11T01:00:00Z");
}

#[tokio::test]
async fn holding_back_is_for_stewards_and_for_owners_of_the_indicator() {
    let hub = Fixture::new().await;
    let dinkes = hub.key("dinkes-1", "opd", json!({ "institution": "dinkes" })).await;
    let dikpora = hub.key("dikpora-1", "opd", json!({ "institution": "dikpora" })).await;
    let analyst = hub.key("analis", "analis", json!({})).await;
    let path = "/api/v1/alerts/suppressions";
    let until = "2026-09-01T00:00:00Z";
    let body = json!({ "indicator": "uji", "unit": "20500001", "until": until, "note": "renovasi" });
    for (key, status) in [(&analyst, 403), (&dikpora, 403), (&dinkes, 201)] {
        assert_eq!(hub.ask("POST", path, key, Some(body.clone())).await.0, status);
    }
    for (wrong, key, status) in [
        (json!({ "until": until, "note": "x" }), "", 422),
        (json!({ "indicator": "tiada", "until": until, "note": "x" }), "", 422),
        (json!({ "indicator": "uji", "until": until, "note": " " }), "", 422),
        (
            json!({ "unit": "20500001", "until": until, "note": "x" }),
            dinkes.as_str(),
            403,
        ),
        (json!({ "unit": "20500001", "until": until, "note": "x" }), "", 201),
    ] {
        assert_eq!(
            hub.ask("POST", path, key, Some(wrong.clone())).await.0,
            status,
            "{wrong}"
        );
    }
    let list = async |key: &str| {
        ids(&hub.get(path, key).await)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(list(&dinkes).await, ["1"]);
    assert_eq!(list(&dikpora).await, [""; 0]);
    assert_eq!(list("").await, ["1", "2"]);
    assert_eq!(hub.ask("DELETE", &format!("{path}/2"), &dinkes, None).await.0, 404);
    assert_eq!(hub.ask("DELETE", &format!("{path}/1"), &dinkes, None).await.0, 204);
    assert_eq!(hub.ask("DELETE", &format!("{path}/1"), "", None).await.0, 404);
    assert_eq!(list("").await, ["2"]);
}
