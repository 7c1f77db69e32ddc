//! When a briefing makes itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Config, Schedule, schedule::Pace};
use crate::fixture::{Fixture, alert};
use serde_json::json;
use smartcenter_pipelines::report::Week;
use std::time::{Duration, Instant};

const PACE: Pace = Pace {
    look: Duration::from_millis(5),
    quiet: Duration::from_millis(20),
};

fn week(name: &str) -> Week {
    name.parse().unwrap()
}

/// Waits until the week has so many issues.
async fn issued(hub: &Fixture, name: &str, count: usize) {
    let began = Instant::now();
    while hub.hub.reports.archive().versions(week(name)).unwrap().len() < count {
        assert!(began.elapsed() < Duration::from_secs(60), "no issue {count} of {name}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn it_is_due_on_monday_at_its_hour() {
    let due = |now: &str| Config::default().due(now.parse().unwrap()).to_string();
    assert_eq!(
        due("2026-08-09T22:59:59Z"),
        "2026-W31",
        "a second before six o'clock in western Indonesia"
    );
    assert_eq!(due("2026-08-09T23:00:00Z"), "2026-W32");
    assert_eq!(due("2026-08-16T16:59:59Z"), "2026-W32", "until the next Monday");
    assert_eq!(due("2026-08-16T17:30:00Z"), "2026-W32");
    let early = Config {
        at: "00:00".parse().unwrap(),
        ..Config::default()
    };
    assert_eq!(
        early.due("2026-08-16T17:00:00Z".parse().unwrap()).to_string(),
        "2026-W33"
    );
}

#[tokio::test]
async fn what_was_missed_is_made_after_a_start_once_there_is_something_to_tell() {
    let hub = Fixture::new().await;
    let schedule = Schedule::at_pace(hub.hub.clone(), Config::default(), PACE).unwrap();
    hub.alerts(&[alert("a1", json!({ "mulai": "2026-08-05" }))]).await;
    issued(&hub, "2026-W32", 1).await;
    schedule.stop().await;
    let archive = hub.hub.reports.archive().clone();
    let report = archive.report(week("2026-W32"), None).unwrap();
    assert!(!report.in_progress && report.figure("laporan.peringatan.baru").unwrap().value == Some(1.0));
    assert_eq!(archive.weeks().unwrap(), [week("2026-W32")], "no other week");
}

#[tokio::test]
async fn the_next_monday_looks_at_the_week_before_again() {
    let hub = Fixture::new().await;
    hub.alerts(&[alert("a1", json!({ "mulai": "2026-08-05" }))]).await;
    let schedule = Schedule::at_pace(hub.hub.clone(), Config::default(), PACE).unwrap();
    issued(&hub, "2026-W32", 1).await;
    // One of that week that came late, and one of the next week.
    let late = |id: &str, day: &str| alert(id, json!({ "mulai": day }));
    hub.alerts(&[late("a2", "2026-08-06"), late("a3", "2026-08-12")]).await;
    // From nine o'clock to seven o'clock of the next Monday.
    hub.clock.advance(chrono::Duration::hours(7 * 24 - 2));
    issued(&hub, "2026-W33", 1).await;
    schedule.stop().await;
    let archive = hub.hub.reports.archive();
    assert_eq!(archive.versions(week("2026-W32")).unwrap(), [1, 2]);
    let changed = archive.report(week("2026-W32"), None).unwrap();
    assert!(
        changed
            .changes
            .iter()
            .any(|change| change.sentence.id == "Peringatan baru: 2, sebelumnya 1.")
    );
}

#[tokio::test]
async fn it_can_be_off() {
    let hub = Fixture::new().await;
    let off = Config {
        weekly: false,
        ..Config::default()
    };
    assert!(Schedule::start(hub.hub.clone(), off).is_none());
}
