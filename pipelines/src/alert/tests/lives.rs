//! Alerts through corrections, verdicts and ends of the hub.

use super::fixture::{Scene, corrected};
use crate::alert::{
    Alerts, Asked, Settings,
    life::{Deed, State},
};
use smartcenter_warehouse::Kind;

#[tokio::test]
async fn a_correction_closes_an_alert_and_its_return_opens_it() {
    let mut scene = Scene::new().await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let id = scene.only().await.id;
    scene.heard();
    scene.schools(&[("sd-a", 3, 4.0, None)]).await;
    assert!(scene.follow().await);
    let gone = scene.only().await;
    assert_eq!(
        (gone.id.as_str(), gone.state, gone.by.as_deref()),
        (id.as_str(), State::Closed, Some("smartcenter"))
    );
    assert_eq!(scene.heard(), [format!("Closed {} closed", &id[..4])]);
    let history = scene.alerts.history(&id).await.unwrap();
    assert_eq!(
        history.iter().map(|step| step.deed).collect::<Vec<_>>(),
        [Deed::Withdraw]
    );
    assert!(!scene.follow().await);
    let refused = scene
        .alerts
        .act(&id, Asked::Acknowledge, "", "petugas")
        .await
        .unwrap_err();
    assert_eq!(refused.kind(), Kind::Conflict);
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    assert!(scene.follow().await);
    assert_eq!(scene.only().await.state, State::Open);
    let history = scene.alerts.history(&id).await.unwrap();
    assert_eq!(
        history.iter().map(|step| step.deed).collect::<Vec<_>>(),
        [Deed::Withdraw, Deed::Return]
    );
    let counted = "SELECT peringatan, ditarik FROM mart.alert_putusan";
    scene.hub.engine(Vec::new()).bring_up_to_date().await.unwrap();
    assert_eq!(scene.hub.lines(counted).await, ["1|0"]);
}

#[tokio::test]
async fn what_was_dismissed_stays_dismissed_until_another_source_says_so() {
    let mut scene = Scene::new().await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let id = scene.only().await.id;
    let refused = scene.alerts.act(&id, Asked::Dismiss, " ", "petugas").await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Invalid);
    let acted = scene
        .alerts
        .act(&id, Asked::Dismiss, "lomba desa", "petugas")
        .await
        .unwrap();
    assert_eq!(
        (acted.alert.state, acted.alert.by.as_deref()),
        (State::Dismissed, Some("petugas"))
    );
    scene
        .schools(&[("sd-a", 4, 15.0, Some(0.0001)), ("sd-b", 5, 13.0, Some(0.001))])
        .await;
    scene.follow().await;
    let grown = scene.only().await;
    assert_eq!(
        (grown.id.as_str(), grown.state, grown.verdict),
        (id.as_str(), State::Dismissed, Some(State::Dismissed))
    );
    scene.heard();
    scene.clinic(&[(6, 21.0, Some(0.0001))]).await;
    scene.follow().await;
    let sure = scene.only().await;
    assert_eq!(
        (sure.id.as_str(), sure.state, sure.verdict),
        (id.as_str(), State::Open, None)
    );
    assert!(!scene.follow().await);
    // Who knows of the visits may dismiss it again.
    scene
        .alerts
        .act(&id, Asked::Dismiss, "keracunan di hajatan, sudah ditangani", "petugas")
        .await
        .unwrap();
    assert!(!scene.follow().await);
    assert_eq!(scene.only().await.state, State::Dismissed);
    let deeds: Vec<Deed> = scene
        .alerts
        .history(&id)
        .await
        .unwrap()
        .iter()
        .map(|step| step.deed)
        .collect();
    assert_eq!(deeds, [Deed::Dismiss, Deed::Reopen, Deed::Dismiss]);
}

#[tokio::test]
async fn steps_survive_a_beginning_that_moves() {
    let scene = Scene::new().await;
    scene
        .schools(&[("sd-a", 4, 14.0, Some(0.001)), ("sd-a", 5, 14.0, Some(0.001))])
        .await;
    scene.follow().await;
    let id = scene.only().await.id;
    scene
        .alerts
        .act(&id, Asked::Verify, "campak, enam murid", "petugas")
        .await
        .unwrap();
    // A report of the day before comes late.
    scene.schools(&[("sd-a", 3, 13.0, Some(0.001))]).await;
    scene.follow().await;
    let all = scene.all().await;
    assert_eq!(
        all.iter().map(|a| a.state).collect::<Vec<_>>(),
        [State::Verified, State::Closed]
    );
    assert_eq!(all[1].id, id);
    // And is corrected, with the day after: what is left begins later than ever.
    corrected(&scene, &[("sd-a", 3), ("sd-a", 4)]).await;
    scene.follow().await;
    let all = scene.all().await;
    let states: Vec<(String, State)> = all.iter().map(|a| (a.from.to_string(), a.state)).collect();
    let expected = [
        ("2026-08-03", State::Closed),
        ("2026-08-04", State::Closed),
        ("2026-08-05", State::Verified),
    ];
    assert_eq!(states, expected.map(|(day, state)| (day.to_owned(), state)));
    assert!(!scene.follow().await);
}

#[tokio::test]
async fn what_was_closed_is_over_and_what_comes_after_is_a_new_alert() {
    let scene = Scene::new().await;
    // The clock shows the morning of 1 September.
    let csv = "unit,tanggal,nilai,wilayah,puskesmas,lintang,bujur,harapan,batas,p,tanda,keparahan,langkah\n";
    let point = |day: &str, step| {
        format!("sd-a,2026-{day},14,35.03.11.2008,PKM-18,-8.05,111.71,4,9,0.001,true,sedang,{step}\n")
    };
    scene
        .hub
        .push("indikator_absensi_sekolah", &format!("{csv}{}", point("08-31", 31)))
        .await;
    scene.follow().await;
    let id = scene.only().await.id;
    let early = scene
        .alerts
        .act(&id, Asked::Close, "selesai", "petugas")
        .await
        .unwrap_err();
    assert_eq!(early.kind(), Kind::Conflict);
    scene.alerts.act(&id, Asked::Verify, "flu", "petugas").await.unwrap();
    scene.alerts.act(&id, Asked::Close, "selesai", "petugas").await.unwrap();
    scene
        .hub
        .push("indikator_absensi_sekolah", &format!("{csv}{}", point("09-02", 33)))
        .await;
    scene.follow().await;
    let all = scene.all().await;
    assert_eq!(
        all.iter().map(|a| (a.state, a.verdict)).collect::<Vec<_>>(),
        [(State::Closed, Some(State::Verified)), (State::Open, None)]
    );
    assert_eq!(all[0].id, id);
    let snooze = Asked::Snooze(chrono::Utc::now());
    assert_eq!(
        scene.alerts.act(&id, snooze, "", "petugas").await.unwrap_err().kind(),
        Kind::Conflict
    );
}

#[tokio::test]
async fn a_restart_changes_nothing_and_what_is_not_watched_is_left_alone() {
    let scene = Scene::new().await;
    scene
        .schools(&[("sd-a", 3, 14.0, Some(0.001)), ("sd-jauh", 3, 14.0, Some(0.002))])
        .await;
    scene.clinic(&[(4, 21.0, Some(0.0001))]).await;
    scene.follow().await;
    let (before, pushes) = (scene.all().await, scene.pushes().await);
    let mut scene = scene.killed().await;
    assert!(!scene.follow().await);
    assert_eq!(scene.all().await, before);
    assert_eq!(scene.pushes().await, pushes);
    assert!(scene.heard().is_empty());
    // No indicator is there yet, or none is any more: people go on.
    let fresh = Alerts::new(scene.hub.warehouse.clone(), Settings::default());
    assert!(!fresh.follow(Vec::new()).await.unwrap());
    let acted = fresh
        .act(&before[0].id, Asked::Acknowledge, "", "petugas")
        .await
        .unwrap();
    assert_eq!(acted.alert.state, State::Acknowledged);
    scene.follow().await;
    assert_eq!(scene.all().await[0].state, State::Acknowledged);
    let unknown = fresh
        .act("0123456789abcdef", Asked::Acknowledge, "", "petugas")
        .await
        .unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
}
