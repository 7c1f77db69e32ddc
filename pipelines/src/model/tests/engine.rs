//! What a refresh costs and leaves, who sees it, and what is left of it after an end.

use super::fixture::{Hub, identity, model, steward};
use crate::alert::{Alerts, Settings};
use crate::model::{Engine, ModelFile, Runner};
use smartcenter_warehouse::{
    Kind, Seq,
    control::ReceiptFilter,
    policy::Role,
    query::{AsOf, ModelRecord},
};
use std::{fs, sync::Arc, time::Duration};

const ORANG: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:orang
name: Orang
version: 1.0.0
status: active
schema:
  - name: orang
    customProperties:
      - {property: owner, value: dukcapil}
      - {property: rowScope, value: {region: desa}}
    properties:
      - name: nik
        logicalType: string
        required: true
        primaryKey: true
        classification: pribadi
        customProperties: [{property: mask, value: hash}]
      - {name: nama, logicalType: string, classification: pribadi}
      - name: lahir
        logicalType: date
        classification: pribadi
        customProperties: [{property: mask, value: year}]
      - {name: desa, logicalType: string}
"#;

const HEAD: &str = "title: Kehadiran\ntitle_en: t\ndescription: d\nowner: dikpora\ngrain: g";

pub(super) fn text(rest: &str, sql: &str) -> String {
    format!("/*\n{HEAD}\n{rest}\n*/\n{sql}")
}

/// Attendance by school and day, and by week.
pub(super) fn attendance() -> Vec<ModelFile> {
    vec![
        model(
            "hadir_harian",
            &text(
                "kind: table\nkey: [tanggal, npsn]\nslice: tanggal\nsources:\n  data.absensi_harian_sekolah: tanggal\nregion: \
                 kode_kecamatan\naccess: analis",
                "SELECT tanggal, npsn, kode_kecamatan, terdaftar - hadir AS absen FROM data.absensi_harian_sekolah",
            ),
        ),
        model(
            "hadir_mingguan",
            &text(
                "kind: table\nkey: [minggu, kode_kecamatan]\nslice: minggu\nsources:\n  mart.hadir_harian: \
                 \"date_trunc('week', tanggal)\"\nregion: kode_kecamatan\naccess: pimpinan",
                "SELECT date_trunc('week', tanggal) AS minggu, kode_kecamatan, sum(absen) AS absen FROM mart.hadir_harian \
                 GROUP BY 1, 2",
            ),
        ),
        model(
            "hadir_lihat",
            &text(
                "kind: view",
                "SELECT npsn, absen FROM mart.hadir_harian WHERE absen > 0",
            ),
        ),
    ]
}

/// Days of three schools, in two kecamatan.
pub(super) fn days(from: u32, to: u32, absent: u32) -> String {
    let mut csv = "tanggal,npsn,jenjang,kode_kecamatan,terdaftar,hadir,sakit,izin,alpa\n".to_owned();
    for day in from..=to {
        for school in 0..3 {
            csv.push_str(&format!(
                "2026-08-{day:02},2050000{school},SD,35.03.0{},30,{},{absent},0,0\n",
                1 + school % 2,
                30 - absent
            ));
        }
    }
    csv
}

pub(super) fn record(hub: &Hub, name: &str) -> ModelRecord {
    let models = hub.warehouse.models();
    models
        .records
        .iter()
        .find(|record| record.name == name)
        .cloned()
        .unwrap()
}

fn pushes(hub: &Hub, dataset: &str) -> Vec<smartcenter_warehouse::Receipt> {
    let filter = ReceiptFilter {
        dataset: Some(dataset.parse().unwrap()),
        limit: 100,
        ..ReceiptFilter::default()
    };
    hub.warehouse.control().ledger().list(&filter).unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_day_is_worked_out_and_nothing_else() {
    let hub = Hub::new(&[]).await;
    let engine = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 14, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(
        hub.lines("SELECT count(*), sum(absen) FROM mart.hadir_harian").await,
        ["36|36"]
    );
    assert_eq!(
        record(&hub, "hadir_harian").changed_slices,
        None,
        "the first time everything is worked out"
    );

    let sent = hub.push("absensi_harian_sekolah", &days(12, 12, 5)).await;
    engine.bring_up_to_date().await.unwrap();
    let daily = record(&hub, "hadir_harian");
    assert_eq!((daily.changed_slices, daily.rows), (Some(1), Some(36)));
    assert!(daily.applied_seq >= sent.seq, "{daily:?}");
    assert_eq!(record(&hub, "hadir_mingguan").changed_slices, Some(1));
    let weekly = "SELECT minggu, kode_kecamatan, absen FROM mart.hadir_mingguan ORDER BY 1, 2";
    let expected = [
        "2026-08-03|35.03.01|14",
        "2026-08-03|35.03.02|7",
        "2026-08-10|35.03.01|18",
        "2026-08-10|35.03.02|9",
    ];
    assert_eq!(hub.lines(weekly).await, expected);

    // Each push names what it came from, and holds what changed only.
    let receipts = pushes(&hub, "hadir_harian");
    let last = receipts.first().unwrap();
    assert_eq!((receipts.len(), last.rows.updated, last.rows.inserted), (2, 3, 0));
    let derived = last.derived.clone().unwrap();
    assert_eq!(derived.version, daily.version);
    assert_eq!(
        (derived.model.as_str(), Some(derived.through)),
        ("hadir_harian", sent.seq)
    );

    // The same again, and a round without news, push nothing.
    hub.push("absensi_harian_sekolah", &days(12, 12, 5)).await;
    engine.bring_up_to_date().await.unwrap();
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(
        (pushes(&hub, "hadir_harian").len(), pushes(&hub, "hadir_mingguan").len()),
        (2, 2)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_a_model_is_what_it_was() {
    let hub = Hub::new(&[]).await;
    let engine = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 4, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    let then = hub.warehouse.view().visible_seq;
    hub.push("absensi_harian_sekolah", &days(3, 3, 7)).await;
    engine.bring_up_to_date().await.unwrap();
    let sql = "SELECT sum(absen) FROM mart.hadir_harian";
    assert_eq!(hub.lines(sql).await, ["24"]);
    let past = hub.lines_of(&steward(), sql, Some(AsOf::Seq(then))).await.unwrap();
    assert_eq!(past, ["6"]);
    let view = "SELECT sum(absen) FROM mart.hadir_lihat";
    let through_view = hub.lines_of(&steward(), view, Some(AsOf::Seq(then))).await.unwrap();
    assert_eq!(through_view, ["6"]);
    let versions =
        "SELECT absen, _op FROM history.hadir_harian WHERE tanggal = '2026-08-03' AND npsn = '20500000' ORDER BY _seq";
    assert_eq!(hub.lines(versions).await, ["1|I", "7|U"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_read_what_is_worked_out() {
    let hub = Hub::new(&[]).await;
    let engine = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 3, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    let sees = async |role: Role, sql: &str| hub.lines_of(&identity(role), sql, None).await.map_err(|e| e.kind());
    let daily = "SELECT count(*) FROM mart.hadir_harian";
    let weekly = "SELECT count(*) FROM mart.hadir_mingguan";
    let view = "SELECT count(*) FROM mart.hadir_lihat";
    assert_eq!(sees(Role::Analis, daily).await, Ok(vec!["3".to_owned()]));
    assert_eq!(sees(Role::Analis, view).await, Ok(vec!["3".to_owned()]));
    assert_eq!(sees(Role::Pimpinan, weekly).await, Ok(vec!["2".to_owned()]));
    for (role, sql) in [
        (Role::Pimpinan, daily),
        (Role::Pimpinan, view),
        (Role::Pimpinan, "SELECT count(*) FROM data.hadir_mingguan"),
        (Role::Pimpinan, "SELECT count(*) FROM history.hadir_mingguan"),
        (Role::Pimpinan, "SELECT count(*) FROM data.absensi_harian_sekolah"),
        (Role::Publik, weekly),
        (Role::Publik, view),
        (Role::Layanan, daily),
        (Role::Opd, daily),
        (Role::Opd, view),
        (Role::Analis, "SELECT count(*) FROM data.hadir_harian"),
        (Role::Analis, "SELECT count(*) FROM mart.absensi_harian_sekolah"),
        (Role::Analis, "SELECT count(*) FROM quarantine.hadir_harian"),
    ] {
        assert_eq!(sees(role, sql).await, Err(Kind::Invalid), "{role:?}: {sql}");
    }
    // An agency sees its own models, and a key that is bound to a region its rows only.
    let mut owner = identity(Role::Opd);
    owner.institution = Some("dikpora".parse().unwrap());
    assert_eq!(hub.lines_of(&owner, daily, None).await.unwrap(), ["3"]);
    let mut board = identity(Role::Pimpinan);
    board.regions = vec!["35.03.02".parse().unwrap()];
    assert_eq!(hub.lines_of(&board, weekly, None).await.unwrap(), ["1"]);
    // Names are told by the same rules.
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mart' ORDER BY 1";
    assert_eq!(
        sees(Role::Pimpinan, tables).await,
        Ok(vec!["hadir_mingguan".to_owned()])
    );
    let all = ["hadir_harian", "hadir_lihat", "hadir_mingguan"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(sees(Role::Analis, tables).await, Ok(all));
    // Nobody sends to a model.
    let policy = hub.warehouse.policy();
    let contract = hub.contract("hadir_harian");
    for role in Role::ALL {
        let mut identity = identity(role);
        identity.institution = Some("dikpora".parse().unwrap());
        identity.scopes = vec!["push:*".to_owned()];
        assert!(!policy.may_push(&identity, &contract), "{role:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_column_stays_one() {
    let hub = Hub::new(&[ORANG]).await;
    let rest = "kind: table\nkey: [kunci]\nsources:\n  data.orang: all\naccess: analis";
    let sql =
        "SELECT nik AS kunci, upper(nama) AS nama, lahir, date_part('year', lahir) AS tahun, desa FROM data.orang";
    let engine = hub.engine(vec![
        model("daftar", &text(rest, sql)),
        model(
            "turunan",
            &text(
                &rest.replace("data.orang", "mart.daftar"),
                "SELECT kunci, max(nama) AS n FROM mart.daftar GROUP BY kunci",
            ),
        ),
        model(
            "jumlah",
            &text(
                "kind: table\nkey: [desa]\nsources:\n  data.orang: all\naccess: pimpinan",
                "SELECT desa, count(DISTINCT nik) AS orang FROM data.orang GROUP BY desa",
            ),
        ),
        model(
            "bocor",
            &text(
                "kind: table\nkey: [desa]\nsources:\n  data.orang: all\naccess: pimpinan",
                "SELECT desa, min(nama) AS siapa FROM data.orang GROUP BY desa",
            ),
        ),
    ]);
    hub.push(
        "orang",
        "nik,nama,lahir,desa\n9903000000000001,Ani,1990-05-06,35.03.01.2001\n",
    )
    .await;
    engine.bring_up_to_date().await.unwrap();
    let analyst = identity(Role::Analis);
    let seen = hub.lines_of(&analyst, "SELECT * FROM mart.daftar", None).await.unwrap();
    let same = hub
        .lines_of(&analyst, "SELECT nik FROM data.orang", None)
        .await
        .unwrap();
    assert_eq!(seen, [format!("{}|-|1990-01-01|1990|35.03.01.2001", same[0])]);
    // Who answers for the model is not who answers for its sources: no purpose lifts the masks there.
    let mut owner = identity(Role::Opd);
    owner.institution = Some("dikpora".parse().unwrap());
    owner.purpose = Some("uji".to_owned());
    assert_eq!(
        hub.lines_of(&owner, "SELECT * FROM mart.daftar", None).await.unwrap(),
        seen
    );
    assert_eq!(
        hub.lines_of(&analyst, "SELECT kunci, n FROM mart.turunan", None)
            .await
            .unwrap(),
        [format!("{}|-", same[0])]
    );
    assert_eq!(
        hub.lines_of(&identity(Role::Pimpinan), "SELECT orang FROM mart.jumlah", None)
            .await
            .unwrap(),
        ["1"]
    );
    assert!(
        record(&hub, "bocor")
            .last_error
            .unwrap()
            .contains("personal columns (siapa)")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_goes_on_after_a_restart_and_changes_with_its_file() {
    let hub = Hub::new(&[]).await;
    let engine = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 8, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    drop(engine);
    let hub = hub.restarted().await;
    // What is pushed before models are worked out again is not missed.
    hub.push("absensi_harian_sekolah", &days(4, 4, 2)).await;
    let engine = hub.engine(attendance());
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(record(&hub, "hadir_harian").changed_slices, Some(1));
    assert_eq!(hub.lines("SELECT sum(absen) FROM mart.hadir_harian").await, ["21"]);
    drop(engine);

    let mut changed = attendance();
    let daily = text(
        "kind: table\nkey: [tanggal, npsn]\nslice: tanggal\nsources:\n  data.absensi_harian_sekolah: tanggal\nregion: \
         kode_kecamatan\naccess: analis",
        "SELECT tanggal, npsn, kode_kecamatan, CAST(10 AS INT) * (terdaftar - hadir) AS absen, izin FROM data.absensi_harian_sekolah",
    );
    changed[0] = model("hadir_harian", &daily);
    let engine = hub.engine(changed);
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(
        hub.contract("hadir_harian").version.to_string(),
        "1.1.0",
        "one more column"
    );
    assert_eq!(
        hub.lines("SELECT sum(absen), sum(izin) FROM mart.hadir_harian").await,
        ["210|0"]
    );
    assert_eq!(hub.lines("SELECT sum(absen) FROM mart.hadir_mingguan").await, ["210"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_key_of_their_own_are_refused() {
    let hub = Hub::new(&[]).await;
    let rest = "kind: table\nkey: [npsn]\nsources:\n  data.absensi_harian_sekolah: all";
    let engine = hub.engine(vec![
        model(
            "ganda",
            &text(rest, "SELECT npsn, tanggal FROM data.absensi_harian_sekolah"),
        ),
        model(
            "kosong",
            &text(
                rest,
                "SELECT nullif(npsn, npsn) AS npsn, tanggal FROM data.absensi_harian_sekolah",
            ),
        ),
        model(
            "baik",
            &text(
                rest,
                "SELECT npsn, max(tanggal) AS akhir FROM data.absensi_harian_sekolah GROUP BY npsn",
            ),
        ),
    ]);
    hub.push("absensi_harian_sekolah", &days(3, 4, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    assert!(
        record(&hub, "ganda")
            .last_error
            .unwrap()
            .contains("two rows with one key")
    );
    assert!(
        record(&hub, "kosong")
            .last_error
            .unwrap()
            .contains("without key column `npsn`")
    );
    assert_eq!(
        (record(&hub, "baik").last_error, record(&hub, "baik").rows),
        (None, Some(3))
    );
    assert_eq!(
        hub.lines("SELECT count(*) FROM mart.ganda").await,
        ["0"],
        "nothing of it was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_result_is_staged_and_arrives_whole() {
    let hub = Hub::new(&[]).await;
    // Some ten MB of text from few rows.
    let sql = "SELECT concat(npsn, '-', CAST(g AS VARCHAR)) AS kunci, repeat(npsn, 60) AS isi \
               FROM data.absensi_harian_sekolah, (SELECT unnest(generate_series(1, 7000)) AS g)";
    let rest = "kind: table\nkey: [kunci]\nsources:\n  data.absensi_harian_sekolah: all";
    let engine = hub.engine(vec![model("besar", &text(rest, sql))]);
    hub.push("absensi_harian_sekolah", &days(3, 3, 1)).await;
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(record(&hub, "besar").last_error, None);
    assert_eq!(
        hub.lines("SELECT count(*), count(DISTINCT kunci) FROM mart.besar")
            .await,
        ["21000|21000"]
    );
    let receipts = pushes(&hub, "besar");
    assert_eq!((receipts.len(), receipts[0].rows.inserted), (1, 21_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_follows_the_lake_and_the_files_of_the_site() {
    let hub = Hub::new(&[]).await;
    let folder = hub.folder.path().join("models");
    fs::create_dir_all(&folder).unwrap();
    let rest = "kind: table\nkey: [npsn]\nsources:\n  data.absensi_harian_sekolah: all";
    let sql = "SELECT npsn, max(tanggal) AS akhir FROM data.absensi_harian_sekolah GROUP BY npsn";
    fs::write(folder.join("uji_akhir.sql"), text(rest, sql)).unwrap();
    let engine = Engine::new(hub.warehouse.clone());
    let alerts = Alerts::new(hub.warehouse.clone(), Settings::default());
    let runner = Runner::start(engine, alerts).unwrap();
    hub.push("absensi_harian_sekolah", &days(3, 4, 1)).await;
    until(&hub, |record| record.rows == Some(3)).await;
    fs::write(folder.join("uji_akhir.sql"), text(rest, &sql.replace("max(", "maks("))).unwrap();
    until(&hub, |record| {
        record.last_error.as_ref().is_some_and(|error| error.contains("maks"))
    })
    .await;
    runner.stop().await;
}

/// Waits until the site's model is as wanted.
async fn until(hub: &Hub, wanted: impl Fn(&ModelRecord) -> bool) {
    let found = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let models = hub.warehouse.models();
            if models
                .records
                .iter()
                .any(|record| record.name == "uji_akhir" && wanted(record))
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    found.await.expect("the model does not get there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_that_is_asked_for_tells_what_it_did() {
    let hub = Hub::new(&[]).await;
    let engine: Arc<Engine> = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 3, 1)).await;
    let done = engine.refresh(&"hadir_harian".parse().unwrap(), false).await.unwrap();
    assert_eq!(done.receipt.unwrap().rows.inserted, 3);
    let done = engine.refresh(&"hadir_harian".parse().unwrap(), true).await.unwrap();
    assert_eq!((done.receipt, done.state.slices), (None, None));
    assert!(done.state.applied > Seq(0));
    let error = engine
        .refresh(&"hadir_lihat".parse().unwrap(), false)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    let error = engine.refresh(&"tiada".parse().unwrap(), false).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}
