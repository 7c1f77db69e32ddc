//! Briefings over HTTP: who may have them, what is kept, and what is asked of whom.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::fixture::{Fixture, alert};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

const WEEK: &str = "/api/v1/reports/2026-W32";

async fn hub() -> Fixture {
    let hub = Fixture::new().await;
    let raised = |id: &str, day: &str| alert(id, json!({ "mulai": day, "terakhir": day, "keparahan": "kritis" }));
    hub.alerts(&[
        raised("a1", "2026-08-05"),
        raised("a2", "2026-08-09"),
        raised("a3", "2026-08-02"),
    ])
    .await;
    hub
}

async fn make(hub: &Fixture, path: &str, key: &str) -> (StatusCode, Value) {
    hub.ask("POST", path, key, None).await
}

/// Media type, disposition and bytes.
async fn file(hub: &Fixture, path: &str) -> (String, String, Vec<u8>) {
    let key = hub.key("berkas", "analis", json!({})).await;
    let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
    let answer = crate::app(hub.state.clone())
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let text = |name: header::HeaderName| answer.headers()[name].to_str().unwrap().to_owned();
    let (media, name) = (text(header::CONTENT_TYPE), text(header::CONTENT_DISPOSITION));
    (
        media,
        name,
        to_bytes(answer.into_body(), 64 << 20).await.unwrap().to_vec(),
    )
}

fn figure(report: &Value, metric: &str) -> Value {
    let sections = report["sections"].as_array().unwrap();
    let mut figures = sections
        .iter()
        .flat_map(|section| section["figures"].as_array().unwrap());
    figures.find(|figure| figure["metric"] == metric).unwrap().clone()
}

#[tokio::test]
async fn a_briefing_is_made_kept_and_served_in_three_forms() {
    let hub = hub().await;
    let (status, made) = make(&hub, WEEK, "").await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(
        (&made["week"], &made["version"], &made["in_progress"]),
        (&json!("2026-W32"), &json!(1), &json!(false))
    );
    assert_eq!(
        (&made["from"], &made["to"]),
        (&json!("2026-08-03"), &json!("2026-08-09"))
    );
    // Sunday, 2 August, is of the week before.
    let raised = figure(&made, "laporan.peringatan.baru");
    assert_eq!((&raised["value"], &raised["before"]), (&json!(2.0), &json!(1.0)));
    assert_eq!(raised["seq"], hub.hub.warehouse.view().visible_seq.0);
    // There are no other tables in this hub: their figures are unknown, and say why.
    assert!(figure(&made, "laporan.layanan.mpp")["value"].is_null());
    let kept = hub.get(WEEK, "").await;
    assert_eq!(kept, made);
    let (media, name, bytes) = file(&hub, &format!("{WEEK}.pdf?lang=en")).await;
    assert_eq!(
        (media.as_str(), name.as_str()),
        ("application/pdf", "attachment; filename=\"laporan-2026-W32-v1.pdf\"")
    );
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let question = made["questions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["metric"] == "laporan.peringatan.baru")
        .unwrap();
    let asked = json!({ "sql": question["sql"], "params": question["params"], "as_of": question["seq"] });
    let leader = hub.key("pemimpin", "pimpinan", json!({})).await;
    let (status, answer) = hub.ask("POST", "/api/v1/sql", &leader, Some(asked)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["rows"].as_array().unwrap().last().unwrap()["nilai"],
        2,
        "the question gives the figure again"
    );
}

#[tokio::test]
async fn the_workbook_is_served_too() {
    let hub = hub().await;
    make(&hub, WEEK, "").await;
    let (media, name, bytes) = file(&hub, &format!("{WEEK}.xlsx")).await;
    assert_eq!(media, super::XLSX);
    assert_eq!(name, "attachment; filename=\"laporan-2026-W32-v1.xlsx\"");
    assert!(bytes.starts_with(b"PK"));
}

#[tokio::test]
async fn late_data_give_another_issue_and_the_old_one_stays() {
    let hub = hub().await;
    let (_, first) = make(&hub, WEEK, "").await;
    let (status, same) = make(&hub, WEEK, "").await;
    assert_eq!((status, &same), (StatusCode::OK, &first));
    hub.alerts(&[alert("a4", json!({ "mulai": "2026-08-06" }))]).await;
    let (status, second) = make(&hub, WEEK, "").await;
    assert_eq!(
        (status, &second["version"], &second["versions"]),
        (StatusCode::CREATED, &json!(2), &json!([1, 2]))
    );
    let said = second["changes"][0]["sentence"]["id"].as_str().unwrap();
    assert_eq!(said, "Peringatan baru: 3, sebelumnya 2.");
    assert_eq!(hub.get(WEEK, "").await["version"], 2);
    let old = hub.get(&format!("{WEEK}?version=1"), "").await;
    assert_eq!(
        (&old["sections"], &old["versions"]),
        (&first["sections"], &json!([1, 2]))
    );
    let (status, _) = hub.ask("GET", &format!("{WEEK}?version=3"), "", None).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn leaders_analysts_and_stewards_read_and_nobody_else() {
    let hub = hub().await;
    make(&hub, WEEK, "").await;
    for (role, more, reads, makes) in [
        ("pimpinan", json!({}), 200, 200),
        ("walidata", json!({}), 200, 200),
        ("analis", json!({}), 200, 403),
        ("opd", json!({ "institution": "dinkes" }), 403, 403),
        ("layanan", json!({}), 403, 403),
        ("pimpinan", json!({ "regions": ["35.03.11"] }), 403, 403),
    ] {
        let key = hub
            .key(
                &format!("k-{role}-{}", more.as_object().unwrap().len()),
                role,
                more.clone(),
            )
            .await;
        for path in ["/api/v1/reports", WEEK, &format!("{WEEK}.pdf"), &format!("{WEEK}.xlsx")] {
            let (status, body) = hub.ask("GET", path, &key, None).await;
            assert_eq!(status, reads, "{role} {more} {path}: {body}");
        }
        let (status, body) = make(&hub, WEEK, &key).await;
        assert_eq!(status, makes, "{role} {more}: {body}");
    }
    let request = Request::get("/api/v1/reports").body(Body::empty()).unwrap();
    let answer = crate::app(hub.state.clone()).oneshot(request).await.unwrap();
    assert!(matches!(
        answer.status(),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
    ));
}

#[tokio::test]
async fn weeks_that_are_none_or_to_come_are_refused() {
    let hub = hub().await;
    for (method, path, expected) in [
        ("GET", "/api/v1/reports/2026-32", 422),
        ("GET", "/api/v1/reports/2026-W54", 422),
        ("GET", "/api/v1/reports/..%2f2026-W32", 422),
        ("GET", "/api/v1/reports/2026-W31", 404),
        ("GET", "/api/v1/reports/2026-W31.pdf", 404),
        ("POST", "/api/v1/reports/2026-W34", 422),
        ("POST", "/api/v1/reports/2026-W32.pdf", 422),
        ("GET", "/api/v1/reports?cursor=x", 422),
        ("GET", "/api/v1/reports/2026-W31?lang=de", 400),
    ] {
        let (status, body) = hub.ask(method, path, "", None).await;
        assert_eq!(status.as_u16(), expected, "{method} {path}: {body}");
        assert_eq!(body["status"], expected, "{method} {path}: a problem");
    }
}

#[tokio::test]
async fn the_list_is_paged_newest_first() {
    let hub = hub().await;
    // The week that goes on can be made as well.
    for week in ["2026-W31", "2026-W33", "2026-W32"] {
        make(&hub, &format!("/api/v1/reports/{week}"), "").await;
    }
    let first = hub.get("/api/v1/reports?limit=2", "").await;
    let weeks = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["week"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(weeks(&first), ["2026-W33", "2026-W32"]);
    assert_eq!(
        (&first["items"][0]["in_progress"], &first["items"][1]["in_progress"]),
        (&json!(true), &json!(false))
    );
    let next = hub
        .get(
            &format!("/api/v1/reports?limit=2&cursor={}", first["next"].as_str().unwrap()),
            "",
        )
        .await;
    assert_eq!(
        (weeks(&next), &next["next"]),
        (vec!["2026-W31".to_owned()], &Value::Null)
    );
}
