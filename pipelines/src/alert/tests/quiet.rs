//! Snoozes and suppressions, and how old news is kept to itself.

use super::fixture::{SCHOOLS, Scene};
use crate::alert::{Asked, Delivery, HUB, life::State};
use chrono::Duration;
use smartcenter_warehouse::control::Suppression;

#[tokio::test]
async fn a_snooze_ends_by_the_clock() {
    let mut scene = Scene::new().await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let id = scene.only().await.id;
    let now = scene.hub.warehouse.clock().now();
    let acted = scene
        .alerts
        .act(&id, Asked::Snooze(now + Duration::hours(5)), "rapat", "petugas")
        .await
        .unwrap();
    assert_eq!(
        (acted.alert.state, acted.alert.snoozed_until),
        (State::Open, Some(now + Duration::hours(5)))
    );
    scene.heard();
    assert!(!scene.follow().await);
    scene.hub.clock.advance(Duration::hours(4));
    assert!(!scene.follow().await);
    scene.hub.clock.advance(Duration::hours(1));
    assert!(scene.follow().await);
    assert_eq!(scene.only().await.snoozed_until, None);
    assert_eq!(scene.heard(), [format!("Changed {} open", &id[..4])]);
    assert!(!scene.follow().await);
}

#[tokio::test]
async fn nobody_is_told_of_what_is_suppressed_while_it_is() {
    let scene = Scene::new().await;
    let late = [("sd-a", 25, 14.0, Some(0.001)), ("sd-jauh", 25, 14.0, Some(0.001))];
    scene.schools(&late).await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let now = scene.hub.warehouse.clock().now();
    let quiet = Suppression {
        indicator: Some(SCHOOLS.to_owned()),
        unit: Some("sd-a".to_owned()),
        until: now + Duration::days(2),
        reason: "sekolah direnovasi".to_owned(),
        by: "petugas".to_owned(),
        at: now,
    };
    let n = scene.alerts.suppress(&quiet).await.unwrap();
    let told = async || {
        let all = scene.all().await;
        all.into_iter()
            .map(|a| (a.from.to_string()[8..].to_owned(), a.unit, a.told))
            .collect::<Vec<_>>()
    };
    use Delivery::{Now, Suppressed};
    let named =
        |list: [(&str, &str, Delivery); 3]| list.map(|(day, unit, told)| (day.to_owned(), unit.to_owned(), told));
    assert_eq!(
        told().await,
        named([("03", "sd-a", Now), ("25", "sd-a", Suppressed), ("25", "sd-jauh", Now)])
    );
    assert!(scene.alerts.lift(n, "kepala").await.unwrap());
    assert_eq!(
        told().await,
        named([("03", "sd-a", Now), ("25", "sd-a", Now), ("25", "sd-jauh", Now)])
    );
    assert!(!scene.alerts.lift(n, "kepala").await.unwrap());
    // One that ends before the last flagged day leaves the alert alone.
    let over = Suppression {
        until: now + Duration::hours(1),
        at: now - Duration::days(30),
        ..quiet
    };
    scene.alerts.suppress(&over).await.unwrap();
    scene
        .hub
        .push(
            &format!("indikator_{SCHOOLS}"),
            "unit,tanggal,nilai,harapan,p,tanda,keparahan,langkah\nsd-a,2026-09-03,14,4,0.001,true,sedang,27\n",
        )
        .await;
    scene.follow().await;
    assert_eq!(scene.all().await[1].to.to_string(), "2026-09-03");
    assert_eq!(scene.all().await[1].told, Now);
}

#[tokio::test]
async fn old_news_is_kept_and_announced_to_nobody() {
    let mut scene = Scene::new().await;
    let csv = "unit,tanggal,nilai,harapan,p,tanda,keparahan,langkah\n\
               sd-a,2025-08-04,14,4,0.001,true,sedang,1\nsd-b,2026-08-03,14,4,0.001,true,sedang,365\n";
    scene.hub.push(&format!("indikator_{SCHOOLS}"), csv).await;
    scene.follow().await;
    let all = scene.all().await;
    assert_eq!(all.len(), 2);
    assert_eq!(scene.heard(), [format!("New {} open", &all[1].id[..4])]);
}

/// A history that is loaded feed by feed looks silent for a moment: what was said of it then is taken back, although it
/// had lapsed at once.
#[tokio::test]
async fn what_lapsed_is_taken_back_when_its_data_are_corrected() {
    let scene = Scene::new().await;
    let rows = |is_flagged: bool| {
        format!(
            "unit,tanggal,nilai,harapan,p,tanda,keparahan,langkah\n\
             sd-a,2025-08-04,14,4,0.001,{is_flagged},sedang,1\nsd-b,2026-08-03,14,4,0.001,true,sedang,365\n"
        )
    };
    scene.hub.push(&format!("indikator_{SCHOOLS}"), &rows(true)).await;
    scene.follow().await;
    let old = scene.all().await.remove(0);
    assert_eq!((old.state, old.by.as_deref()), (State::Closed, Some(HUB)), "it lapsed");
    let steps = || scene.hub.warehouse.control().alert_steps().unwrap();
    assert!(steps().is_empty());
    scene.hub.push(&format!("indikator_{SCHOOLS}"), &rows(false)).await;
    scene.follow().await;
    let taken: Vec<_> = steps().into_iter().map(|step| (step.alert, step.action)).collect();
    assert_eq!(taken, [(old.id, "withdraw".to_owned())]);
    assert!(!scene.follow().await, "once");
}
