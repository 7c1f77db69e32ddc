//! The whole regency through the door: every feed arrives, every model follows it, and the questions that executives ask
//! have answers. The seed is another one in every run; it is printed, and `SMARTCENTER_SEED` repeats a run.

use crate::{
    client::Client,
    hub::{Hub, Start, until},
};
use chrono::{Days, NaiveDate};
use serde_json::Value;
use smartcenter_simulator::{DemoOptions, DemoSummary, Keys, Progress, Size, demo};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Fed from files of boundaries, which the simulator does not have.
const NOT_SIMULATED: [&str; 2] = ["batas_desa", "batas_kecamatan"];
/// Small, but nothing is missing.
const SIZE: Size = Size {
    people: 0.004,
    activity: 0.03,
    schools: 40,
};

/// Yesterday, local time: some questions are about the last week.
fn yesterday() -> NaiveDate {
    (chrono::Utc::now() + chrono::TimeDelta::hours(7)).date_naive() - Days::new(1)
}

fn seed() -> u64 {
    let named = std::env::var("SMARTCENTER_SEED").ok();
    let seed = named.and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        now.as_secs() % 1_000_000
    });
    println!("SMARTCENTER_SEED={seed}");
    seed
}

fn options(hub: &Hub, seed: u64, until: NaiveDate) -> DemoOptions {
    DemoOptions {
        seed,
        size: SIZE,
        years: 1,
        until: Some(until),
        ..DemoOptions::new(format!("http://{}", hub.admin().host()), Keys::one(hub.admin_key()))
    }
}

/// Sends the history; what the sender was told, and its warnings.
fn send(options: DemoOptions) -> (DemoSummary, Vec<String>) {
    let mut warnings = Vec::new();
    let summary = demo(options, &mut |step| {
        if let Progress::Warning(text) = step {
            warnings.push(text);
        }
    });
    (summary.unwrap(), warnings)
}

/// A file of one row that was typed wrongly is refused as a whole, as it should be; no other is.
fn nothing_is_refused(sent: &DemoSummary, warnings: &[String]) {
    let others: Vec<_> = warnings
        .iter()
        .filter(|text| !text.contains("with 1 rows was refused"))
        .collect();
    assert!(
        others.is_empty() && sent.refused == warnings.len() as u64,
        "{sent:?}: {warnings:#?}"
    );
}

fn models(admin: &Client) -> Vec<Value> {
    let list = admin.get("/api/v1/models").expect(200).json();
    list["items"].as_array().unwrap().clone()
}

/// Waits until every table of `mart` has what its sources had; refuses one that cannot be worked out.
fn settle(admin: &Client) {
    until("all models are up to date", || {
        let visible = admin
            .number("SELECT max(seq) AS n FROM system.receipts WHERE dataset NOT IN (SELECT name FROM system.models)");
        models(admin).iter().all(|model| {
            assert!(model["last_error"].is_null(), "{model:#}");
            model["kind"] == "view" || model["applied_seq"].as_i64() >= Some(visible)
        })
    });
}

/// The statements of a guide, in order, with their headings.
fn questions(guide: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides").join(guide);
    let text = std::fs::read_to_string(path).unwrap();
    let (mut found, mut heading) = (Vec::new(), String::new());
    for (index, part) in text.split("```").enumerate() {
        match part.strip_prefix("sql\n") {
            Some(sql) if index % 2 == 1 => found.push((heading.clone(), sql.to_owned())),
            _ => {
                if let Some(line) = part.lines().rev().find(|line| line.starts_with("## ")) {
                    line[3..].clone_into(&mut heading);
                }
            }
        }
    }
    found
}

#[test]
fn every_feed_arrives_and_every_model_is_what_a_rebuild_gives() {
    let hub = Start::shipped().start();
    let admin = hub.admin();
    let seed = seed();
    let until = yesterday();
    let (sent, warnings) = send(options(&hub, seed, until - Days::new(5)));
    nothing_is_refused(&sent, &warnings);
    assert!(sent.rejected * 100 < sent.accepted, "{sent:?}");
    settle(&admin);
    // The next days bring changes to what is there: models follow them in pieces.
    let (more, warnings) = send(options(&hub, seed, until));
    nothing_is_refused(&more, &warnings);
    settle(&admin);

    let empty: Vec<String> = admin
        .sql("SELECT dataset FROM system.feeds WHERE rows = 0 ORDER BY dataset")
        .iter()
        .map(|row| row["dataset"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(empty, NOT_SIMULATED);

    let tables = models(&admin);
    let names = tables.iter().filter(|model| model["kind"] == "table");
    let mut rebuilt = BTreeMap::new();
    for name in names.map(|model| model["name"].as_str().unwrap()) {
        let count = || admin.number(&format!("SELECT count(*) AS n FROM mart.{name}"));
        let before = count();
        let done = admin
            .post(&format!("/api/v1/models/{name}/refresh?full=true"), &Value::Null)
            .expect(200)
            .json();
        assert!(done["receipt"].is_null(), "{name}: a rebuild changed rows: {done:#}");
        assert_eq!(count(), before, "{name}");
        rebuilt.insert(name.to_owned(), before);
    }
    let without: Vec<_> = rebuilt.iter().filter(|(_, rows)| **rows == 0).collect();
    println!("seed {seed}: {} rows sent, {rebuilt:?}", sent.accepted + more.accepted);
    assert!(without.is_empty(), "models without a row: {without:?}");

    let analyst = hub.key("analis", "analis", serde_json::json!({}));
    let asked = questions("ask-the-marts.md");
    assert!(asked.len() >= 5, "{asked:?}");
    for (heading, sql) in asked {
        let rows = analyst.sql(&sql);
        println!("{heading}: {} rows", rows.len());
        assert!(!rows.is_empty(), "nothing is answered to: {heading}");
    }

    // A second start of the sender repeats nothing. A file whose only row is spoilt was refused as a whole, so it is not
    // known, and is refused again.
    let (again, _) = send(options(&hub, seed, until));
    assert_eq!(
        (again.accepted, again.pushes - again.replayed, again.refused),
        (0, more.refused, more.refused),
        "{again:?}"
    );
}
