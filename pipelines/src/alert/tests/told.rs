//! What becomes an alert, and what it says.

use super::fixture::{CLINICS, SCHOOLS, Scene, both};
use crate::{
    alert::{Delivery, Settings, Severity, corroborate::Confidence, life::State},
    model::tests::fixture::{identity, steward},
};
use smartcenter_warehouse::policy::Role;

#[tokio::test]
async fn an_alert_keeps_its_name_while_it_grows() {
    let mut scene = Scene::new().await;
    scene
        .schools(&[("sd-a", 3, 14.0, Some(0.001)), ("sd-jauh", 3, 3.0, None)])
        .await;
    assert!(scene.follow().await);
    let first = scene.only().await;
    assert_eq!(
        (first.unit.as_str(), first.severity, first.confidence),
        ("sd-a", Severity::Sedang, Confidence::Lemah)
    );
    assert_eq!(
        (first.state, first.told, first.excess),
        (State::Open, Delivery::Now, Some(10.0))
    );
    assert_eq!(first.region.as_deref(), Some("35.03.11.2008"));
    assert_eq!(scene.heard(), [format!("New {} open", &first.id[..4])]);
    // The next school days; two are quiet.
    scene
        .schools(&[
            ("sd-a", 4, 16.0, Some(0.0001)),
            ("sd-a", 5, 4.0, None),
            ("sd-a", 7, 12.0, Some(0.002)),
        ])
        .await;
    assert!(scene.follow().await);
    let grown = scene.only().await;
    assert_eq!(grown.id, first.id);
    assert_eq!(
        (grown.from.to_string().as_str(), grown.to.to_string().as_str()),
        ("2026-08-03", "2026-08-07")
    );
    assert_eq!((grown.p, grown.excess), (Some(0.0001), Some(30.0)));
    assert!(
        grown.sentence.id.starts_with("Sd-a: 16 sejak 3 Agustus 2026. "),
        "{}",
        grown.sentence.id
    );
    assert!(
        grown.sentence.en.starts_with("Sd-a: 16 since 3 August 2026. "),
        "{}",
        grown.sentence.en
    );
    assert_eq!(scene.heard(), [format!("Changed {} open", &first.id[..4])]);
    // Ten quiet days end it: what comes then is another one.
    scene.schools(&[("sd-a", 17, 14.0, Some(0.001))]).await;
    assert!(scene.follow().await);
    let all = scene.all().await;
    assert_eq!(all.len(), 2);
    assert_ne!(all[1].id, first.id);
    assert!(!scene.follow().await);
}

#[tokio::test]
async fn one_flag_among_many_points_of_a_day_is_no_alert() {
    let scene = Scene::new().await;
    let names: Vec<String> = (0..30).map(|n| format!("sd-{n}")).collect();
    let mut points: Vec<(&str, u32, f64, Option<f64>)> = names.iter().map(|n| (n.as_str(), 3, 4.0, None)).collect();
    points[0].3 = Some(0.01);
    scene.schools(&points).await;
    scene.follow().await;
    assert!(scene.all().await.is_empty());
    // Nor where only three of them have reported yet: the weekday is known to have thirty.
    scene
        .schools(&[
            ("sd-1", 10, 14.0, Some(0.01)),
            ("sd-2", 10, 4.0, None),
            ("sd-3", 10, 4.0, None),
        ])
        .await;
    scene.follow().await;
    assert!(scene.all().await.is_empty());
    scene
        .schools(&[
            ("sd-4", 12, 14.0, Some(0.01)),
            ("sd-2", 12, 4.0, None),
            ("sd-3", 12, 4.0, None),
        ])
        .await;
    scene.follow().await;
    assert_eq!(scene.only().await.unit, "sd-4");
}

#[tokio::test]
async fn the_health_centre_of_the_catchment_makes_the_alert_of_the_schools_sure() {
    let mut scene = Scene::new().await;
    scene
        .schools(&[("sd-a", 3, 14.0, Some(0.001)), ("sd-b", 4, 12.0, Some(0.002))])
        .await;
    scene.clinic(&[(3, 6.0, None), (4, 5.0, None)]).await;
    scene.follow().await;
    let before = scene.only().await;
    assert_eq!(
        (before.confidence, before.severity),
        (Confidence::Sedang, Severity::Sedang)
    );
    let said = &before.sentence.id;
    assert!(
        said.contains(
            "Bersamaan dengan itu: Judul absensi_sekolah, sd-b Karangan: 12 (biasanya 4), sejak 4 Agustus 2026."
        ),
        "{said}"
    );
    assert!(
        said.contains("Diperiksa juga kunjungan puskesmas: tidak ada yang luar biasa antara 1 Agustus 2026 dan 4 Agustus 2026, data berikutnya belum masuk."),
        "{said}"
    );
    scene.heard();
    scene.clinic(&[(6, 21.0, Some(0.0001))]).await;
    assert!(scene.follow().await);
    let after = scene.only().await;
    assert_eq!(after.id, before.id);
    assert_eq!((after.confidence, after.severity), (Confidence::Kuat, Severity::Tinggi));
    assert_eq!(after.excess, Some(18.0), "visits are not added to pupils");
    let said = &after.sentence.id;
    assert!(
        said.contains("Judul sindrom_puskesmas, Puskesmas Karangan: 21 (biasanya 6), sejak 6 Agustus 2026"),
        "{said}"
    );
    assert!(!said.contains("Diperiksa juga"), "{said}");
    assert_eq!(scene.heard(), [format!("Changed {} open", &before.id[..4])]);
    let evidence: serde_json::Value = serde_json::from_str(&after.evidence).unwrap();
    assert_eq!(evidence["episodes"].as_array().unwrap().len(), 3);
    assert_eq!(evidence["episodes"][2]["data"], format!("mart.indikator_{CLINICS}"));
    assert_eq!(evidence["episodes"][0]["points"][0]["harapan"], 4.0);
    let checked = &evidence["checked"][1];
    assert_eq!(
        (&checked["what"], &checked["found"]),
        (&"kunjungan puskesmas".into(), &true.into()),
        "{checked}"
    );
}

#[tokio::test]
async fn evidence_that_was_there_first_takes_the_alert_over_and_says_so() {
    let mut scene = Scene::new().await;
    scene.schools(&[("sd-a", 5, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let school = scene.only().await;
    scene.heard();
    scene.clinic(&[(3, 21.0, Some(0.0001))]).await;
    scene.follow().await;
    let all = scene.all().await;
    assert_eq!(
        all.iter().map(|a| (a.unit.as_str(), a.state)).collect::<Vec<_>>(),
        [("PKM-18", State::Open), ("sd-a", State::Closed)]
    );
    assert_eq!(all[0].episodes(), [all[0].id.clone(), school.id.clone()]);
    // Nobody is told of a new one: it goes on under another name.
    let mut expected = [
        format!("Changed {} open", &all[0].id[..4]),
        format!("Closed {} closed", &school.id[..4]),
    ];
    expected.sort();
    assert_eq!(scene.heard(), expected);
    let history = scene.alerts.history(&school.id).await.unwrap();
    assert!(history[0].note.contains(&all[0].id), "{history:?}");
}

#[tokio::test]
async fn a_rule_raises_alerts_whatever_the_statistics_say() {
    let mut watched = both();
    watched[1].rule = None;
    let scene = Scene::with(watched, Settings::default()).await;
    let header = "unit,tanggal,nilai,tanda,aturan,keparahan,langkah\n";
    scene
        .hub
        .push(
            &format!("indikator_{SCHOOLS}"),
            &format!("{header}sd-a,2026-08-03,12,,true,kritis,3\n"),
        )
        .await;
    // Of this one the rule is only shown.
    scene
        .hub
        .push(
            &format!("indikator_{CLINICS}"),
            &format!("{header}PKM-18,2026-08-03,12,,true,kritis,3\n"),
        )
        .await;
    scene.follow().await;
    let alert = scene.only().await;
    assert_eq!((alert.severity, alert.p, alert.excess), (Severity::Kritis, None, None));
    assert!(
        alert.sentence.id.contains("Memenuhi aturan: sepuluh atau lebih."),
        "{}",
        alert.sentence.id
    );
}

#[tokio::test]
async fn an_owner_is_told_of_so_many_and_what_was_told_stays_told() {
    let settings = Settings {
        per_owner: 1,
        ..Settings::default()
    };
    let mut watched = both();
    watched[0].links.clear();
    let scene = Scene::with(watched, settings).await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.002))]).await;
    scene.follow().await;
    // Less probable, later in the day.
    scene
        .schools(&[("sd-b", 3, 14.0, Some(0.001)), ("sd-c", 3, 14.0, Some(0.0001))])
        .await;
    scene.follow().await;
    let told = |all: Vec<crate::alert::Alert>| all.into_iter().map(|a| (a.unit, a.told)).collect::<Vec<_>>();
    use Delivery::{Held, Now};
    let named = |list: [(&str, Delivery); 3]| list.map(|(unit, told)| (unit.to_owned(), told));
    assert_eq!(
        told(scene.all().await),
        named([("sd-a", Now), ("sd-b", Held), ("sd-c", Held)])
    );
    // The next day has room for one of them.
    scene.schools(&[("sd-x", 4, 4.0, None)]).await;
    scene.follow().await;
    assert_eq!(
        told(scene.all().await),
        named([("sd-a", Now), ("sd-b", Held), ("sd-c", Now)])
    );
}

#[tokio::test]
async fn boards_read_alerts_and_an_agency_its_own() {
    let scene = Scene::new().await;
    scene.schools(&[("sd-a", 3, 14.0, Some(0.001))]).await;
    scene.follow().await;
    let engine = scene.hub.engine(Vec::new());
    engine.bring_up_to_date().await.unwrap();
    let count = async |who| {
        scene
            .hub
            .lines_of(&who, "SELECT count(*) FROM mart.alert", None)
            .await
            .map(|l| l.join(""))
    };
    assert_eq!(count(identity(Role::Pimpinan)).await.unwrap(), "1");
    assert_eq!(count(steward()).await.unwrap(), "1");
    let agency = |name: &str| {
        let mut agency = identity(Role::Opd);
        agency.institution = Some(name.parse().unwrap());
        agency
    };
    assert_eq!(count(agency("dinkes")).await.unwrap(), "1");
    assert_eq!(count(agency("dikpora")).await.unwrap(), "0");
    assert!(count(identity(Role::Publik)).await.is_err());
    let verdicts = "SELECT indikator, peringatan, terbukti, belum_diputus, bagian_terbukti FROM mart.alert_putusan";
    assert_eq!(
        scene.hub.lines_of(&steward(), verdicts, None).await.unwrap(),
        ["absensi_sekolah|1|0|1|-"]
    );
}
