//! Alerts of services say why they are used less.

use super::fixture::{Scene, mart, watched};
use crate::alert::Settings;
use chrono::{Days, NaiveDate};
use smartcenter_warehouse::contract::Origin;

const COUNTS: &str = "
      - {name: rumpun, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1}
      - {name: minggu_mulai, logicalType: date, required: true, primaryKey: true, primaryKeyPosition: 2}
      - {name: kode_kecamatan, logicalType: string, required: true, primaryKey: true, primaryKeyPosition: 3}
      - {name: pertama, logicalType: integer}
      - {name: ulang, logicalType: integer}
      - {name: di_tempat_lain, logicalType: integer}
      - {name: hari_buka, logicalType: integer}
      - {name: penduduk, logicalType: integer}
";

/// Weeks of one kecamatan: from 8 weeks before 2 August on, with what `of` gives for the number of the week.
async fn counted(scene: &Scene, weeks: std::ops::Range<i64>, of: impl Fn(i64) -> (u32, u32, u32, u32)) {
    let start = NaiveDate::from_ymd_opt(2026, 8, 2).unwrap();
    let mut csv = String::from("rumpun,minggu_mulai,kode_kecamatan,pertama,ulang,di_tempat_lain,hari_buka,penduduk\n");
    for week in weeks {
        let day = start + chrono::Duration::weeks(week);
        let (first, repeat, elsewhere, open) = of(week);
        csv.push_str(&format!(
            "adminduk,{day},35.03.01,{first},{repeat},{elsewhere},{open},50000\n"
        ));
    }
    scene.hub.push("layanan_pindah_mingguan", &csv).await;
}

async fn scene() -> Scene {
    let mut service = watched("kunjungan_layanan", "layanan", Vec::new());
    service.attribution = Some("layanan_pindah_mingguan".to_owned());
    let scene = Scene::with(vec![service], Settings::default()).await;
    let contract = mart("layanan_pindah_mingguan", COUNTS);
    scene
        .hub
        .warehouse
        .put_contract(&contract, Origin::Derived, false)
        .await
        .unwrap();
    scene
}

async fn flagged(scene: &Scene, weeks: u64) {
    let mut csv = String::from("unit,tanggal,nilai,nama,harapan,p,tanda,keparahan,langkah,rumpun\n");
    for week in 0..weeks {
        let day = NaiveDate::from_ymd_opt(2026, 8, 8).unwrap() + Days::new(7 * week);
        csv.push_str(&format!(
            "mpp-ktp,{day},120,KTP di MPP,200,0.001,true,sedang,{week},adminduk\n"
        ));
    }
    scene.hub.push("indikator_kunjungan_layanan", &csv).await;
}

#[tokio::test]
async fn a_fall_that_villages_explain_is_explained() {
    let scene = scene().await;
    // The week that has begun is not over: it counts for nothing.
    counted(&scene, -8..4, |week| match week {
        ..0 => (160, 40, 10, 5),
        0..3 => (96, 24, 74, 5),
        _ => (1, 0, 1, 1),
    })
    .await;
    flagged(&scene, 3).await;
    scene.follow().await;
    let alert = scene.only().await;
    let said = &alert.sentence.id;
    assert!(
        said.contains("Kunjungan KTP di MPP turun 240 (40,0 %): dilayani di tempat lain -240 ("),
        "{said}"
    );
    assert!(
        alert.sentence.en.contains("served elsewhere -240 ("),
        "{}",
        alert.sentence.en
    );
    let why: serde_json::Value = serde_json::from_str(alert.reasons.as_ref().unwrap()).unwrap();
    assert_eq!(
        (&why["minggu"], &why["minggu_sebelum"], &why["musim"]),
        (&3.into(), &8.into(), &serde_json::Value::Null)
    );
    assert_eq!(
        (&why["dari"], &why["sampai"]),
        (&"2026-08-02".into(), &"2026-08-22".into())
    );
    assert!(said.contains("Musim belum diperhitungkan"), "{said}");
    assert_eq!(why["data"], "mart.layanan_pindah_mingguan");
    assert!(!scene.follow().await);
    // Counts that are corrected change the reasons, though no point of the indicator did.
    counted(&scene, 0..3, |_| (96, 24, 10, 5)).await;
    assert!(scene.follow().await);
    let said = scene.only().await.sentence.id;
    assert!(said.contains("belum dapat dijelaskan -240 ("), "{said}");
}

#[tokio::test]
async fn closed_days_and_the_season_of_the_year_before_are_no_fall() {
    let scene = scene().await;
    // Half of the days, and each with half of the matters, as the year before.
    let of = |fall: bool| if fall { (40, 10, 5, 2) } else { (160, 40, 20, 4) };
    counted(&scene, -60..-49, |week| of(week >= -52)).await;
    counted(&scene, -8..3, |week| of(week >= 0)).await;
    flagged(&scene, 3).await;
    scene.follow().await;
    let why: serde_json::Value = serde_json::from_str(scene.only().await.reasons.as_ref().unwrap()).unwrap();
    assert_eq!(why["musim"], 0.5);
    assert!(!why["kalimat"]["id"].as_str().unwrap().contains("Musim"), "{why}");
    assert_eq!(why["bagian"]["change"], why["bagian"]["calendar"]["visits"]);
    assert_eq!(why["bagian"]["unexplained"]["visits"], 0.0);
}

#[tokio::test]
async fn without_counts_an_alert_gives_no_reasons() {
    let scene = scene().await;
    flagged(&scene, 1).await;
    scene.follow().await;
    assert_eq!(scene.only().await.reasons, None);
}
