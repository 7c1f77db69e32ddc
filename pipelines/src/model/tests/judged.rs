//! Indicators in the engine of models: increments, restart, faults, the view over all, the past.

use super::fixture::{Hub, LAPORAN};
use crate::model::{Engine, ModelFile, Plan};
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;
use smartcenter_warehouse::{DatasetId, contract::Contract};
use std::{collections::BTreeSet, fmt::Write, sync::Arc};

/// A short memory, so that chunks of a few months do not all depend on each other.
const HARIAN: &str = r#"/*
title: Laporan harian
title_en: Daily reports
description: For tests.
owner: kominfo
unit: unit
unit_en: unit
family: uji
grain: hari
calendar: setiap_hari
direction: naik
detector: {method: ears-c2, baseline: 7}
lookback: 20
floor: {excess: 3}
masks: [libur]
rule: {sql: "nilai >= 12", title: Dua belas, title_en: Twelve, severity: sedang, alerts: true}
explanation: {id: "{unit}: {nilai:0} sejak {sejak}", en: "{unit}: {nilai:0} since {sejak}"}
action: {id: Periksa, en: Check}
sources:
  data.laporan: tanggal
*/
SELECT unit, tanggal, CAST(n AS DOUBLE) AS nilai FROM data.laporan
"#;

const MINGGUAN: &str = r#"/*
title: Laporan mingguan
title_en: Weekly reports
description: For tests.
owner: kominfo
unit: unit
unit_en: unit
family: uji
grain: minggu
direction: dua_arah
detector: {method: nb-predictive}
lookback: 100
alerts: false
sources:
  data.laporan: CAST(CAST(tanggal AS INT) + 6 - (CAST(tanggal AS INT) + 4) % 7 AS DATE)
*/
SELECT
    unit,
    CAST(CAST(tanggal AS INT) + 6 - (CAST(tanggal AS INT) + 4) % 7 AS DATE) AS tanggal,
    CAST(sum(n) AS DOUBLE) AS nilai
FROM data.laporan
GROUP BY unit, CAST(CAST(tanggal AS INT) + 6 - (CAST(tanggal AS INT) + 4) % 7 AS DATE)
"#;

fn indicator(name: &str, text: &str) -> ModelFile {
    ModelFile::parse_indicator(name, &format!("indicators/{name}.sql"), text)
        .unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Two indicators and the calendar that they are judged by.
fn files() -> Vec<ModelFile> {
    let (shipped, _) = ModelFile::gather(&[]);
    let mut files: Vec<ModelFile> = shipped
        .into_iter()
        .filter(|file| file.name.as_str() == "kalender")
        .collect();
    files.extend([indicator("harian", HARIAN), indicator("mingguan", MINGGUAN)]);
    files
}

fn id(name: &str) -> DatasetId {
    name.parse().unwrap()
}

fn engine(hub: &Hub) -> Arc<Engine> {
    Engine::of_files(hub.warehouse.clone(), files(), BTreeSet::new())
}

/// The hub with holidays, without which there is no calendar.
async fn hub() -> Hub {
    let hub = Hub::new(&[LAPORAN]).await;
    let holidays = "tanggal,nama,jenis\n2026-01-01,Tahun Baru,libur_nasional\n2026-05-01,Hari Buruh,libur_nasional\n";
    hub.push("hari_libur", holidays).await;
    hub
}

fn day(offset: u16) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).unwrap() + TimeDelta::days(i64::from(offset))
}

/// Days, units and counts as a push.
fn csv<'a>(rows: impl IntoIterator<Item = &'a (u16, u8, u8, bool)>) -> String {
    let mut csv = "tanggal,unit,n,_op\n".to_owned();
    for (offset, unit, n, deleted) in rows {
        writeln!(csv, "{},u{unit},{n},{}", day(*offset), if *deleted { "D" } else { "" }).unwrap();
    }
    csv
}

async fn held(hub: &Hub, table: &str) -> Vec<String> {
    let columns: Vec<String> = hub
        .contract(table)
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let mut rows = hub
        .lines(&format!("SELECT {} FROM mart.{table}", columns.join(", ")))
        .await;
    rows.sort();
    rows
}

/// A rebuild of both changes nothing.
async fn agrees(hub: &Hub, engine: &Engine) {
    for table in ["indikator_harian", "indikator_mingguan"] {
        let before = held(hub, table).await;
        let done = engine.refresh(&id(table), true).await.unwrap();
        let after = held(hub, table).await;
        assert_eq!(before, after, "{table}");
        assert!(done.receipt.is_none(), "{table}: {:?}", done.receipt);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rise_is_flagged_and_a_late_report_is_no_zero() {
    let hub = hub().await;
    let engine = engine(&hub);
    // Two units report four or five a day; one does not report on day 20, and has fifteen on day 30.
    let calm: Vec<_> = (0..40_u16)
        .flat_map(|d| [(d, 0, 4 + (d % 2) as u8, false), (d, 1, 4, false)])
        .filter(|(d, unit, ..)| !(*unit == 1 && matches!(d, 20 | 30)))
        .chain([(30, 1, 15, false)])
        .collect();
    hub.push("laporan", &csv(&calm)).await;
    engine.bring_up_to_date().await.unwrap();
    let flagged = "SELECT unit, tanggal, nilai, tanda, aturan FROM mart.indikator_harian WHERE tanda OR aturan";
    assert_eq!(hub.lines(flagged).await, [format!("u1|{}|15.0|true|true", day(30))]);
    let missing = "SELECT unit, tanggal, nilai, tanda, keterangan FROM mart.indikator_harian WHERE nilai IS NULL";
    assert_eq!(
        hub.lines(missing).await,
        [format!("u1|{}|-|-|laporan belum masuk", day(20))]
    );
    let one = format!(
        "SELECT indikator, unit FROM mart.indikator WHERE tanda AND tanggal = DATE '{}'",
        day(30)
    );
    assert_eq!(hub.lines(&one).await, ["harian|u1"]);
    // The report comes, and the value of day 30 is corrected: the flag goes, its past stays.
    hub.push("laporan", &csv(&[(20, 1, 4, false), (30, 1, 4, false)])).await;
    engine.bring_up_to_date().await.unwrap();
    assert!(hub.lines(flagged).await.is_empty());
    assert!(hub.lines(missing).await.is_empty());
    let history = "SELECT nilai, tanda FROM history.indikator_harian WHERE unit = 'u1' AND tanggal = DATE '2026-02-04' ORDER BY _seq";
    assert_eq!(hub.lines(history).await, ["15.0|true", "4.0|false"]);
    agrees(&hub, &engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_of_today_changes_today_only() {
    let hub = hub().await;
    let engine = engine(&hub);
    let calm: Vec<_> = (0..60_u16).map(|d| (d, 0, 4 + (d % 3) as u8, false)).collect();
    hub.push("laporan", &csv(&calm)).await;
    engine.bring_up_to_date().await.unwrap();
    hub.push("laporan", &csv(&[(60, 0, 5, false)])).await;
    let done = engine.refresh(&id("indikator_harian"), false).await.unwrap();
    assert_eq!(done.receipt.unwrap().rows.accepted, 1);
    // A correction within the memory of the days after it changes what those expected, too.
    hub.push("laporan", &csv(&[(50, 0, 8, false)])).await;
    let done = engine.refresh(&id("indikator_harian"), false).await.unwrap();
    let changed = done.receipt.unwrap().rows.accepted;
    assert!((2..=11).contains(&changed), "{changed} points");
    engine.bring_up_to_date().await.unwrap();
    agrees(&hub, &engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_known_then_is_judged_as_it_was_then() {
    let hub = hub().await;
    let engine = engine(&hub);
    let calm: Vec<_> = (0..40_u16).map(|d| (d, 0, 4 + (d % 2) as u8, false)).collect();
    hub.push("laporan", &csv(&calm)).await;
    engine.bring_up_to_date().await.unwrap();
    // All came on the day of the clock, long after: of the days themselves nothing was known.
    let replayed = engine
        .backtest("harian", day(30)..=day(31), TimeDelta::zero())
        .await
        .unwrap();
    assert_eq!(replayed.len(), 2);
    assert!(
        replayed.iter().all(|point| point.then.is_none() && point.now.is_some()),
        "{replayed:?}"
    );
    // Seen from a moment at which it had come, then and now are the same.
    let since = hub.warehouse.clock().now().date_naive() - day(31);
    let replayed = engine
        .backtest("harian", day(30)..=day(30), since - TimeDelta::hours(30))
        .await
        .unwrap();
    let point = &replayed[0];
    assert!(point.then.is_none() || point.then == point.now, "{point:?}");
    assert!(
        engine
            .backtest("tiada", day(0)..=day(1), TimeDelta::zero())
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_name_the_line_and_what_is_wrong() {
    let contracts: Vec<Arc<Contract>> = Hub::new(&[LAPORAN])
        .await
        .warehouse
        .contracts()
        .iter()
        .cloned()
        .collect();
    let no_value = HARIAN.replace("CAST(n AS DOUBLE) AS nilai", "n");
    let plan = Plan::of(
        files()
            .into_iter()
            .filter(|file| file.name.as_str() == "kalender")
            .chain([indicator("harian", &no_value)])
            .collect(),
        &contracts,
    );
    let faults = plan.await.unwrap().faults;
    assert!(faults.len() == 1 && faults[0].message.contains("nilai"), "{faults:?}");
    let text = HARIAN.replace("grain: hari", "grain: jam");
    let faults = ModelFile::parse_indicator("harian", "indicators/harian.sql", &text).unwrap_err();
    assert!(
        faults
            .iter()
            .any(|fault| fault.line == 9 && fault.message.contains("jam")),
        "{faults:?}"
    );
    let text = HARIAN.replace("direction: naik", "arah: naik");
    let faults = ModelFile::parse_indicator("harian", "indicators/harian.sql", &text).unwrap_err();
    assert!(
        faults
            .iter()
            .any(|fault| fault.line == 11 && fault.message.contains("arah")),
        "{faults:?}"
    );
    let faults = ModelFile::parse("indikator_x", "models/indikator_x.sql", "/*\n*/ SELECT 1").unwrap_err();
    assert!(
        faults.iter().any(|fault| fault.message.contains("indicators")),
        "{faults:?}"
    );
}

#[derive(Debug, Clone)]
enum Step {
    Push(Vec<(u16, u8, u8, bool)>),
    /// A stretch of days of all units.
    Report(u16, u16),
    Holiday(u16),
    Refresh,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let row = || (0..170_u16, 0..3_u8, 0..20_u8, prop::bool::weighted(0.2));
    prop_oneof![
        4 => prop::collection::vec(row(), 1..6).prop_map(Step::Push),
        3 => (0..150_u16, 1..20_u16).prop_map(|(from, days)| Step::Report(from, days)),
        1 => (0..170_u16).prop_map(Step::Holiday),
        5 => Just(Step::Refresh),
        1 => Just(Step::Restart),
    ]
}

async fn live(steps: &[Step]) {
    let mut hub = hub().await;
    let mut running = Some(engine(&hub));
    for step in steps {
        match step {
            Step::Push(rows) => drop(hub.push("laporan", &csv(rows)).await),
            Step::Report(from, days) => {
                let rows = (*from..from + days)
                    .flat_map(|d| (0..3_u8).map(move |unit| (d, unit, (d % 5) as u8 + unit, false)));
                hub.push("laporan", &csv(&rows.collect::<Vec<_>>())).await;
            }
            Step::Holiday(offset) => {
                let csv = format!("tanggal,nama,jenis\n{},Libur,libur_nasional\n", day(*offset));
                hub.push("hari_libur", &csv).await;
            }
            Step::Refresh => running.as_ref().unwrap().bring_up_to_date().await.unwrap(),
            Step::Restart => {
                drop(running.take());
                hub = hub.restarted().await;
                running = Some(engine(&hub));
            }
        }
    }
    let running = running.unwrap();
    running.bring_up_to_date().await.unwrap();
    let errors: Vec<_> = hub
        .warehouse
        .models()
        .records
        .iter()
        .filter_map(|record| record.last_error.clone())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    agrees(&hub, &running).await;
}

/// Each of them is the life of a hub; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_judged_model_gives_in_increments_what_a_rebuild_gives(steps in prop::collection::vec(step(), 3..14)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(&steps));
    }
}
