//! What a header may say, and how faults are told.

use super::super::{Calendar, Direction, Floor, Grain};
use super::fixture::*;
use crate::alert::{Severity, corroborate::Near};

const FULL: &str = r#"title: Ketidakhadiran sekolah
unit: sekolah
unit_en: school
family: absensi
grain: hari
calendar: hari_sekolah
direction: naik
detector: {method: attendance, baseline: 28, q: 0.05}
lookback: 120
floor: {excess: 10, excess_small: 5, small_below: 200, value: 3}
severity: {tinggi: {excess: 20}, kritis: {excess: 40, p: 0.001}}
rule: {sql: "nilai >= 10", title: "Sepuluh murid", title_en: "Ten pupils", severity: tinggi, alerts: false}
masks: [libur, ujian]
tests: false
links:
  - {to: puskesmas, near: catchment, lag_days: [-2, 10], checked: "kunjungan puskesmas", checked_en: "visits"}
  - {to: absensi, near: 5km, lag_days: [0, 7]}
explanation: {id: "{nama}: {nilai:0} murid", en: "{nama}: {nilai:0} pupils"}
action: {id: "Hubungi sekolah.", en: "Call the school."}
attribution: layanan_pindah_mingguan
"#;

#[test]
fn a_full_header_is_read() {
    let found = parse(FULL).unwrap();
    assert_eq!(
        (found.slug.as_str(), found.version.as_str()),
        ("contoh", "0123456789ab")
    );
    assert_eq!(
        (found.grain, found.calendar, found.direction),
        (Grain::Hari, Calendar::HariSekolah, Direction::Naik)
    );
    assert_eq!(found.detector.method, "attendance");
    assert_eq!(
        found.detector.parameters,
        [
            ("baseline".to_owned(), "28".to_owned()),
            ("q".to_owned(), "0.05".to_owned())
        ]
    );
    assert_eq!(found.lookback, 120);
    let floor = Floor {
        excess: Some(10.0),
        excess_small: Some(5.0),
        small_below: Some(200.0),
        value: Some(3.0),
    };
    assert_eq!(found.floor, floor);
    assert_eq!(found.severity.kritis.unwrap().p, Some(0.001));
    let rule = found.rule.unwrap();
    assert_eq!((rule.severity, rule.alerts), (Severity::Tinggi, false));
    assert!(!found.tests && found.alerts);
    assert_eq!(found.links[0].link.near, Near::Catchment);
    assert_eq!(found.links[1].link.near, Near::Km(5.0));
    assert_eq!(
        (found.links[0].link.from.as_str(), found.links[0].link.lag_days),
        ("absensi", (-2, 10))
    );
    assert_eq!(found.attribution.as_deref(), Some("layanan_pindah_mingguan"));
    assert_eq!(found.lines["rule"], 12);
}

#[test]
fn defaults_follow_the_grain() {
    let weekly = indicator("grain: minggu\ndirection: turun\ndetector: {method: auto}\n");
    assert_eq!((weekly.lookback, weekly.calendar), (2200, Calendar::SetiapHari));
    let monthly = indicator("grain: bulan\ndirection: naik\ndetector: {method: mann-kendall}\n");
    assert_eq!(monthly.lookback, 1900);
    assert!(monthly.tests);
}

/// The header with one line replaced, and the only fault that it then has.
fn fault(old: &str, new: &str) -> (usize, String) {
    assert!(FULL.contains(old), "{old}");
    let mut wrong = parse(&FULL.replace(old, new)).unwrap_err();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    wrong.remove(0)
}

#[test]
fn faults_name_the_line_and_what_would_be_right() {
    let told = |old, new, line, part: &str| {
        let (at, message) = fault(old, new);
        assert_eq!(at, line, "{message}");
        assert!(message.contains(part), "{message}");
    };
    told("unit_en: school\n", "", 1, "`unit_en` is needed");
    told(
        "grain: hari\n",
        "grain: jam\n",
        5,
        "`grain` is one of hari, minggu, bulan, not \"jam\"",
    );
    told("calendar: hari_sekolah\n", "", 5, "`calendar` is needed");
    told("direction: naik", "direction: atas", 7, "naik, turun, dua_arah");
    told(
        "q: 0.05",
        "z: 0.05",
        8,
        "there is no parameter z: choose from baseline=28",
    );
    told("baseline: 28", "baseline: 2", 8, "2 points are too few");
    told(
        "method: attendance, baseline: 28, q: 0.05",
        "method: bayes",
        8,
        "there is no detector bayes: choose from auto",
    );
    told("lookback: 120", "lookback: sebulan", 9, "`lookback` is a number");
    told(
        "value: 3",
        "least: 3",
        10,
        "`floor` has no key `least`: there are excess",
    );
    told(", small_below: 200", "", 10, "give both or neither");
    told("{excess: 20}", "{}", 11, "names nothing");
    told(
        "severity: tinggi",
        "severity: berat",
        12,
        "`rule.severity` is one of info, sedang, tinggi, kritis",
    );
    told("masks: [libur, ujian]", "masks: libur", 13, "a list of texts");
    told("tests: false", "tests: tidak", 14, "true or false");
    told(
        "near: 5km",
        "near: 5mil",
        17,
        "unit, catchment, kecamatan or a distance",
    );
    told(
        "lag_days: [0, 7]",
        "lag_days: [7, 0]",
        17,
        "the least and the most days",
    );
    told("{nilai:0} murid", "{nilai:0 murid", 18, "a brace stands alone");
    told(
        "action: {id: \"Hubungi sekolah.\", en: \"Call the school.\"}\n",
        "",
        1,
        "needs `action`",
    );
}

#[test]
fn what_a_method_cannot_do_is_refused() {
    let told = |keys: &str, part: &str| {
        let wrong = parse(&format!("{COMMON}{keys}")).unwrap_err();
        assert!(wrong.iter().any(|(_, message)| message.contains(part)), "{wrong:?}");
    };
    told(
        "grain: minggu\ndirection: turun\ndetector: {method: outbreak-p}\n",
        "sees rises only",
    );
    told(
        "grain: hari\ncalendar: hari_kerja\ndirection: naik\ndetector: {method: auto}\n",
        "closed days would shift",
    );
    told(
        "grain: minggu\ndirection: naik\ndetector: {method: farrington}\nlookback: 700\n",
        "5 years back need `lookback: 1861`",
    );
    told(
        "grain: minggu\ndirection: turun\ndetector: {method: farrington-flexible, threshold_method: muan}\n",
        "nbPlugin",
    );
    told(
        "grain: hari\ncalendar: setiap_hari\ndirection: naik\ndetector: {method: rule}\n",
        "give a `rule`",
    );
    told(
        "grain: hari\ncalendar: setiap_hari\ndirection: naik\ndetector: {method: ewma, alpha: 2}\n",
        "parameter alpha",
    );
    told(
        "grain: hari\ncalendar: setiap_hari\ndirection: naik\ndetector: {method: scan-stp, days: 9}\n",
        "give 14 or more",
    );
    told(
        "grain: minggu\ncalendar: hari_kerja\ndirection: naik\ndetector: {method: ears-c1}\n",
        "every week and month",
    );
}
