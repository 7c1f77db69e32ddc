//! How the engine goes on: what is looked up, what is tried again, and when.

use super::{
    super::plan::Which,
    engine::{attendance, days, record, text},
    fixture::{Hub, model, texts},
};
use smartcenter_warehouse::TableId;
use std::fs;

const PINDAH: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:pindah
name: Pindah
version: 1.0.0
status: active
schema:
  - name: pindah
    customProperties: [{property: owner, value: dukcapil}]
    properties:
      - {name: k, logicalType: string, required: true, primaryKey: true}
      - {name: desa, logicalType: string}
"#;

/// Old versions of few keys are looked up, and what names their slices is worked out over the rows that were found.
#[tokio::test(flavor = "multi_thread")]
async fn what_names_a_slice_may_be_any_expression() {
    let hub = Hub::new(&[PINDAH]).await;
    let table = |slice: &str, expression: &str, sql: &str| {
        let rest = format!("kind: table\nkey: [{slice}]\nslice: {slice}\nsources:\n  data.pindah: \"{expression}\"");
        text(&rest, sql)
    };
    let engine = hub.engine(vec![
        model(
            "per_desa",
            &table(
                "desa",
                "coalesce(desa, '?')",
                "SELECT coalesce(desa, '?') AS desa, count(*) AS n FROM data.pindah GROUP BY 1",
            ),
        ),
        model(
            "per_datang",
            &table(
                "datang",
                "_seq",
                "SELECT _seq AS datang, count(*) AS n FROM data.pindah GROUP BY 1",
            ),
        ),
    ]);
    // Enough rows for one key to be few.
    let rows: String = (0..40)
        .map(|k| format!("k{k},{}\n", if k < 20 { "timur" } else { "" }))
        .collect();
    hub.push("pindah", &format!("k,desa\n{rows}")).await;
    engine.bring_up_to_date().await.unwrap();
    hub.push("pindah", "k,desa\nk1,\n").await;
    engine.bring_up_to_date().await.unwrap();
    for name in ["per_desa", "per_datang"] {
        let record = record(&hub, name);
        assert_eq!((record.last_error, record.changed_slices), (None, Some(2)), "{name}");
    }
    let by_place = hub.lines("SELECT desa, n FROM mart.per_desa ORDER BY 1").await;
    assert_eq!(by_place, ["?|21", "timur|19"]);
    assert_eq!(
        hub.lines("SELECT n FROM mart.per_datang ORDER BY datang").await,
        ["39", "1"]
    );
}

/// Words for other functions are worked out, too.
#[tokio::test(flavor = "multi_thread")]
async fn an_expression_over_rows_at_hand_is_that_of_a_query() {
    let hub = Hub::new(&[PINDAH]).await;
    let reader = hub.warehouse.reader().unwrap();
    let given = reader
        .evaluate("coalesce(nvl(desa, k), '?')", &texts("k,desa\na,timur\nb,\n"))
        .unwrap();
    assert_eq!(
        arrow::array::AsArray::as_string::<i32>(&given)
            .iter()
            .flatten()
            .collect::<Vec<_>>(),
        ["timur", "b"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_could_not_be_kept_for_the_moment_is_tried_again() {
    let hub = Hub::new(&[]).await;
    let engine = hub.engine(attendance());
    hub.push("absensi_harian_sekolah", &days(3, 3, 1)).await;
    let place = hub.folder.path().join("lake");
    fs::create_dir_all(&place).unwrap();
    let place = place.join(folder_of("hadir_harian"));
    fs::write(&place, "in the way").unwrap();
    assert!(engine.round(Which::All).await.unwrap().again);
    assert!(record(&hub, "hadir_harian").last_error.is_some());
    fs::remove_file(&place).unwrap();
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(record(&hub, "hadir_harian").last_error, None);
    assert_eq!(hub.lines("SELECT count(*) FROM mart.hadir_harian").await, ["3"]);
    assert!(!engine.round(Which::All).await.unwrap().again);
}

/// The folder of a model's table.
fn folder_of(model: &str) -> String {
    TableId::mart(&model.parse().unwrap(), 1).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_when_something_changed() {
    let hub = Hub::new(&[PINDAH]).await;
    let rest = "kind: table\nkey: [desa]\nsources:\n  data.pindah: all";
    let engine = hub.engine(vec![model("ganda", &text(rest, "SELECT desa, k FROM data.pindah"))]);
    hub.push("pindah", "k,desa\na,timur\nb,timur\n").await;
    assert_eq!(engine.round(Which::All).await.unwrap().failed, 1);
    hub.push("absensi_harian_sekolah", &days(3, 3, 1)).await;
    assert_eq!(
        engine.round(Which::All).await.unwrap().failed,
        0,
        "nothing that it reads has changed"
    );
    let why = record(&hub, "ganda").last_error.unwrap();
    assert!(why.contains("two rows with one key"), "{why}");
    // Who asks for it is told anew.
    assert!(engine.refresh(&"ganda".parse().unwrap(), false).await.is_err());
    hub.push("pindah", "k,desa\nc,timur\n").await;
    assert_eq!(engine.round(Which::All).await.unwrap().failed, 1);
    hub.push("pindah", "k,desa\nb,barat\nc,utara\n").await;
    let round = engine.round(Which::All).await.unwrap();
    assert_eq!((round.failed, round.changed), (0, 1));
    assert_eq!(record(&hub, "ganda").last_error, None);
}
