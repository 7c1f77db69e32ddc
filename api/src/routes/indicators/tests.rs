#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::fixture::Fixture;
use serde_json::{Value, json};

fn point(unit: &str, day: &str, more: Value) -> Value {
    let mut row = json!({
        "unit": unit, "tanggal": day, "nama": format!("SD {unit}"), "wilayah": if unit == "c" { "35.03.02" } else { "35.03.01" },
        "nilai": 4.0, "penyebut": 96.0, "harapan": 4.5, "batas": 9.0, "skor": 0.3, "p": 0.4, "tanda": false, "aturan": false,
    });
    if let Value::Object(more) = more {
        row.as_object_mut().unwrap().extend(more);
    }
    row
}

fn points() -> Vec<Value> {
    vec![
        point("a", "2026-08-03", json!({ "tanda": true, "keparahan": "sedang" })),
        point(
            "a",
            "2026-08-04",
            json!({ "nilai": 14.0, "tanda": true, "keparahan": "tinggi" }),
        ),
        point("b", "2026-08-03", json!({})),
        point("b", "2026-08-04", json!({ "aturan": true, "keparahan": "info" })),
        point("c", "2026-08-04", json!({})),
        // Not judged yet: no verdict, and not the newest period.
        point(
            "c",
            "2026-08-05",
            json!({ "nilai": null, "tanda": null, "aturan": null, "keterangan": "laporan belum masuk" }),
        ),
    ]
}

#[tokio::test]
async fn definitions_come_with_counts_of_what_the_caller_may_see() {
    let hub = Fixture::new().await;
    let list = hub.get("/api/v1/indicators", "").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert!(list["items"][0]["counts"].is_null(), "nothing was worked out yet");
    hub.points(&points()).await;
    let one = hub.get("/api/v1/indicators/uji", "").await;
    assert_eq!(
        one["counts"],
        json!({ "series": 3, "flagged": 2, "newest": "2026-08-04" })
    );
    assert_eq!(
        (&one["method"], &one["parameters"]["window"], &one["data"]),
        (&json!("attendance"), &json!(20), &json!("mart.indikator_uji"))
    );
    let camat = hub.key("camat", "pimpinan", json!({ "regions": ["35.03.02"] })).await;
    let list = hub.get("/api/v1/indicators", &camat).await;
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        1,
        "of what is not there yet a board knows nothing: {list}"
    );
    assert_eq!(
        list["items"][0]["counts"],
        json!({ "series": 1, "flagged": 0, "newest": "2026-08-04" })
    );
    // Its values have no institution to cut by.
    let opd = hub.key("dikpora-1", "opd", json!({ "institution": "dikpora" })).await;
    assert_eq!(hub.ask("GET", "/api/v1/indicators/uji", &opd, None).await.0, 404);
    for path in [
        "/api/v1/indicators/tiada",
        "/api/v1/indicators/Uji'--/series",
        "/api/v1/indicators/tiada/series",
    ] {
        assert_eq!(hub.ask("GET", path, "", None).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_series_is_read_by_unit_and_day_page_by_page() {
    let hub = Fixture::new().await;
    assert_eq!(hub.get("/api/v1/indicators/uji/series", "").await["items"], json!([]));
    hub.points(&points()).await;
    let page = hub
        .get("/api/v1/indicators/uji/series?unit=a&from=2026-08-04", "")
        .await;
    assert_eq!(
        page["items"],
        json!([{ "unit": "a", "name": "SD a", "region": "35.03.01", "date": "2026-08-04", "observed": 14.0,
            "denominator": 96.0, "expected": 4.5, "upper": 9.0, "score": 0.3, "p": 0.4, "flag": true, "rule": false,
            "severity": "tinggi" }])
    );
    let page = hub
        .get("/api/v1/indicators/uji/series?wilayah=35.03.02&to=2026-08-05", "")
        .await;
    let last = &page["items"][1];
    assert_eq!(
        (&last["note"], last.get("observed"), last.get("flag")),
        (&json!("laporan belum masuk"), None, None)
    );
    let mut path = "/api/v1/indicators/uji/series?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = hub.get(&path, "").await;
        let items = page["items"].as_array().unwrap().iter();
        seen.extend(items.map(|one| format!("{} {}", one["unit"].as_str().unwrap(), one["date"].as_str().unwrap())));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/indicators/uji/series?limit=2&cursor={next}"),
            None => break,
        }
    }
    let all = [
        "a 2026-08-03",
        "a 2026-08-04",
        "b 2026-08-03",
        "b 2026-08-04",
        "c 2026-08-04",
        "c 2026-08-05",
    ];
    assert_eq!(seen, all);
    let camat = hub.key("camat", "pimpinan", json!({ "regions": ["35.03.02"] })).await;
    let page = hub.get("/api/v1/indicators/uji/series?unit=a", &camat).await;
    assert_eq!(page["items"], json!([]), "rows of elsewhere are not shown");
}
