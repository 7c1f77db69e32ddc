//! Whatever is pushed and refreshed in whatever order, every model holds what its SQL gives.

use super::fixture::{Hub, LAPORAN, model};
use crate::model::{Engine, ModelFile};
use proptest::prelude::*;
use std::{fmt::Write, sync::Arc};

/// Visits; day and village are not part of the key, so a correction moves a visit from slice to slice.
const KUNJUNGAN: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:kunjungan
name: Kunjungan
version: 1.0.0
status: active
schema:
  - name: kunjungan
    customProperties:
      - {property: owner, value: kominfo}
      - {property: versionColumn, value: v}
    properties:
      - {name: id, logicalType: string, required: true, primaryKey: true}
      - {name: tanggal, logicalType: date}
      - {name: desa, logicalType: string}
      - {name: n, logicalType: integer}
      - {name: v, logicalType: integer}
"#;

const UNIT: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:unit
name: Unit
version: 1.0.0
status: active
schema:
  - name: unit
    customProperties:
      - {property: owner, value: kominfo}
      - {property: reference, value: true}
    properties:
      - {name: unit, logicalType: string, required: true, primaryKey: true}
      - {name: desa, logicalType: string}
"#;

/// Append-only.
const KAS: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:kas
name: Kas
version: 1.0.0
status: active
schema:
  - name: kas
    customProperties:
      - {property: owner, value: kominfo}
    properties:
      - {name: tanggal, logicalType: date}
      - {name: n, logicalType: integer}
"#;

const HEAD: &str = "title: t\ntitle_en: t\ndescription: d\nowner: kominfo\ngrain: g";

fn models() -> Vec<ModelFile> {
    let text = |rest: &str, sql: &str| format!("/*\n{HEAD}\n{rest}\n*/\n{sql}");
    vec![
        model(
            "harian",
            &text(
                "kind: table\nkey: [tanggal, unit]\nslice: tanggal\nsources:\n  data.laporan: tanggal\n  ref.unit: all\n  \
                 data.kas: tanggal",
                "SELECT l.tanggal, l.unit, u.desa, l.n, k.kas, avg(l.n) OVER (PARTITION BY l.tanggal) / 3.0 AS rata \
                 FROM data.laporan l LEFT JOIN ref.unit u ON u.unit = l.unit \
                 LEFT JOIN (SELECT tanggal, sum(n) AS kas FROM data.kas GROUP BY tanggal) k ON k.tanggal = l.tanggal",
            ),
        ),
        model(
            "kunjungan_harian",
            &text(
                "kind: table\nkey: [tanggal, desa]\nslice: tanggal\nsources:\n  data.kunjungan: tanggal",
                "SELECT tanggal, desa, count(*) AS jumlah, sum(n) AS n FROM data.kunjungan \
                 WHERE tanggal IS NOT NULL AND desa IS NOT NULL GROUP BY tanggal, desa",
            ),
        ),
        model(
            "mingguan",
            &text(
                "kind: table\nkey: [minggu, desa]\nslice: minggu\nsources:\n  mart.harian: \"date_trunc('week', tanggal)\"\n  \
                 mart.kunjungan_harian: \"date_trunc('week', tanggal)\"",
                "SELECT minggu, desa, sum(n) AS n, sum(jumlah) AS jumlah FROM (\
                 SELECT date_trunc('week', tanggal) AS minggu, coalesce(desa, '?') AS desa, n, 0 AS jumlah FROM mart.harian \
                 UNION ALL SELECT date_trunc('week', tanggal), desa, n, jumlah FROM mart.kunjungan_harian) \
                 GROUP BY minggu, desa",
            ),
        ),
        // The slice is not part of the key, and may be none.
        model(
            "terakhir",
            &text(
                "kind: table\nkey: [id]\nslice: desa\nsources:\n  data.kunjungan: desa\n  mart.ringkas: all",
                "SELECT k.id, k.desa, k.n, r.total FROM data.kunjungan k CROSS JOIN mart.ringkas r WHERE k.n <> 2",
            ),
        ),
        model(
            "total",
            &text(
                "kind: table\nkey: [jenis]\nsources:\n  mart.mingguan: all\n  data.kas: all",
                "SELECT 'minggu' AS jenis, sum(n) AS n FROM mart.mingguan UNION ALL SELECT 'kas', sum(n) FROM data.kas",
            ),
        ),
        model(
            "ringkas",
            &text("kind: view", "SELECT coalesce(sum(n), 0) AS total FROM data.kas"),
        ),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Laporan(Vec<(u8, u8, u8, bool)>),
    Kunjungan(Vec<(u8, u8, u8, u8, u8, bool)>),
    Unit(Vec<(u8, u8, bool)>),
    Kas(Vec<(u8, u8)>),
    Refresh,
    Full(u8),
    Land,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let deleted = || prop::bool::weighted(0.25);
    prop_oneof![
        4 => prop::collection::vec((0..20u8, 0..4u8, 0..4u8, deleted()), 1..9).prop_map(Step::Laporan),
        5 => prop::collection::vec((0..9u8, 0..20u8, 0..5u8, 0..4u8, 0..5u8, deleted()), 1..7).prop_map(Step::Kunjungan),
        1 => prop::collection::vec((0..4u8, 0..4u8, deleted()), 1..3).prop_map(Step::Unit),
        1 => prop::collection::vec((0..20u8, 0..4u8), 1..3).prop_map(Step::Kas),
        7 => Just(Step::Refresh),
        1 => (0..5u8).prop_map(Step::Full),
        2 => Just(Step::Land),
        1 => Just(Step::Restart),
    ]
}

fn day(n: u8) -> String {
    format!("2026-08-{:02}", n + 1)
}

fn op(deleted: bool) -> &'static str {
    if deleted { "D" } else { "" }
}

/// Day and village of a visit may be missing.
fn named(n: u8, least: u8, text: String) -> String {
    if n < least { String::new() } else { text }
}

async fn take(hub: Hub, step: &Step, engine: &mut Option<Arc<Engine>>) -> Hub {
    let mut csv = String::new();
    match step {
        Step::Laporan(rows) => {
            csv.push_str("tanggal,unit,n,_op\n");
            for (d, unit, n, deleted) in rows {
                writeln!(csv, "{},u{unit},{n},{}", day(*d), op(*deleted)).unwrap();
            }
            hub.push("laporan", &csv).await;
        }
        Step::Kunjungan(rows) => {
            csv.push_str("id,tanggal,desa,n,v,_op\n");
            for (id, d, desa, n, v, deleted) in rows {
                let (tanggal, desa) = match deleted {
                    // A deletion need not carry more than the key.
                    true => (String::new(), String::new()),
                    false => (named(*d, 1, day(*d)), named(*desa, 1, format!("d{desa}"))),
                };
                writeln!(csv, "k{id},{tanggal},{desa},{n},{v},{}", op(*deleted)).unwrap();
            }
            hub.push("kunjungan", &csv).await;
        }
        Step::Unit(rows) => {
            csv.push_str("unit,desa,_op\n");
            for (unit, desa, deleted) in rows {
                writeln!(csv, "u{unit},d{desa},{}", op(*deleted)).unwrap();
            }
            hub.push("unit", &csv).await;
        }
        Step::Kas(rows) => {
            csv.push_str("tanggal,n\n");
            for (d, n) in rows {
                writeln!(csv, "{},{n}", day(*d)).unwrap();
            }
            hub.push("kas", &csv).await;
        }
        Step::Refresh => {
            running(engine).bring_up_to_date().await.unwrap();
            agrees(&hub).await;
        }
        Step::Full(which) => {
            let tables: Vec<ModelFile> = models().into_iter().filter(|m| m.name.as_str() != "ringkas").collect();
            let name = &tables[*which as usize % tables.len()].name;
            running(engine).refresh(name, true).await.unwrap();
        }
        Step::Land => {
            for dataset in ["laporan", "kunjungan", "unit", "kas"] {
                let table = hub.contract(dataset).table();
                let last = hub.warehouse.view().tables[&table].last_seq;
                hub.warehouse.landed(&table, last).await.unwrap();
            }
            hub.warehouse.maintain().await;
        }
        Step::Restart => {
            return restart(hub, engine).await;
        }
    }
    hub
}

/// The engine holds the warehouse, and the cuts that it keeps do: it ends before the hub does.
async fn restart(hub: Hub, engine: &mut Option<Arc<Engine>>) -> Hub {
    *engine = None;
    let hub = hub.restarted().await;
    *engine = Some(hub.engine(models()));
    hub
}

fn running(engine: &Option<Arc<Engine>>) -> &Arc<Engine> {
    engine.as_ref().expect("an engine")
}

/// Each table holds what its SQL gives.
async fn agrees(hub: &Hub) {
    for model in models().iter().filter(|model| model.name.as_str() != "ringkas") {
        let columns: Vec<String> = hub
            .contract(model.name.as_str())
            .columns
            .iter()
            .map(|c| column(&c.name))
            .collect();
        let columns = columns.join(", ");
        let mut held = hub.lines(&format!("SELECT {columns} FROM mart.{}", model.name)).await;
        let mut given = hub.lines(&format!("SELECT {columns} FROM ({})", model.sql)).await;
        held.sort();
        given.sort();
        assert_eq!(held, given, "model {}", model.name);
    }
    let errors: Vec<_> = hub
        .warehouse
        .models()
        .records
        .iter()
        .filter_map(|r| r.last_error.clone())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// Averages differ in their last digits with the order of the rows.
fn column(name: &str) -> String {
    match name {
        "rata" => "round(rata, 9) AS rata".to_owned(),
        other => other.to_owned(),
    }
}

async fn live(steps: &[Step]) {
    let mut hub = Hub::new(&[LAPORAN, KUNJUNGAN, UNIT, KAS]).await;
    let mut engine = Some(hub.engine(models()));
    for step in steps {
        hub = take(hub, step, &mut engine).await;
    }
    let engine = running(&engine);
    engine.bring_up_to_date().await.unwrap();
    agrees(&hub).await;
    for model in models().iter().filter(|model| model.name.as_str() != "ringkas") {
        let done = engine.refresh(&model.name, true).await.unwrap();
        assert!(
            done.receipt.is_none(),
            "a full rebuild of {} changed {:?}",
            model.name,
            done.receipt
        );
    }
}

/// Each of them is the life of a hub; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn increments_give_what_a_full_rebuild_gives(steps in prop::collection::vec(step(), 3..18)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(live(&steps));
    }
}
