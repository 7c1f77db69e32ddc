#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Index, ResolvePlan, index::Found};
use crate::{
    Format, Intake,
    check::{Checked, check},
    decode::CHUNK,
    fixture::{chunks, col, context, contract, faults, now, plan, request},
    plan::Plan,
};
use arrow::{
    array::{ArrayRef, AsArray, StringArray},
    record_batch::RecordBatch,
};
use bytes::Bytes;
use smartcenter_warehouse::{
    PushMode, Receipt, Settings, Status, Warehouse,
    clock::FixedClock,
    contract::{Check, Column, ColumnRule, ColumnType, Contract, EventTime, OnFailure, Origin, Resolve},
};
use std::{convert::Infallible, path::Path, sync::Arc};

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn village() -> Resolve {
    Resolve {
        dataset: "wilayah".parse().unwrap(),
        code: "kode".to_owned(),
        names: texts(&["nama"]),
        filter: pairs(&[("tingkat", "desa_kelurahan")]),
        within: pairs(&[("kode_induk", "kecamatan")]),
        prefixes: texts(&["Desa", "Kel.", "Kelurahan"]),
        valid: None,
    }
}

fn district() -> Resolve {
    Resolve {
        filter: pairs(&[("tingkat", "kecamatan")]),
        within: Vec::new(),
        prefixes: texts(&["Kec.", "Kecamatan"]),
        ..village()
    }
}

/// kode, nama, tingkat, kode_induk, berlaku_mulai, berlaku_sampai
const REGIONS: &[[&str; 6]] = &[
    ["35.03.01", "Panggul", "kecamatan", "35.03", "", ""],
    ["35.03.13", "Durenan", "kecamatan", "35.03", "", ""],
    ["35.03.01.2001", "Besuki", "desa_kelurahan", "35.03.01", "", ""],
    ["35.03.13.2003", "Besuki", "desa_kelurahan", "35.03.13", "", ""],
    ["35.03.01.2002", "Panggul", "desa_kelurahan", "35.03.01", "", ""],
    ["35.03.01.2003", "Nglebeng", "desa_kelurahan", "35.03.01", "", ""],
    ["35.03.13.2009", "Kelurahan Baru", "desa_kelurahan", "35.03.13", "", ""],
    ["35.03.01.2090", "Lama", "desa_kelurahan", "35.03.01", "", "2020-12-31"],
    ["35.03.01.2091", "Lama", "desa_kelurahan", "35.03.01", "2021-01-01", ""],
    ["35.03.13.2092", "Hapus", "desa_kelurahan", "35.03.13", "", "2020-12-31"],
    ["", "Tanpa Kode", "desa_kelurahan", "35.03.13", "", ""],
];

fn index(rule: &Resolve, columns: &[usize]) -> Index {
    let column = |at: usize| -> ArrayRef {
        let values = REGIONS.iter().map(|row| Some(row[at]).filter(|text| !text.is_empty()));
        Arc::new(StringArray::from_iter(values))
    };
    let named = columns
        .iter()
        .enumerate()
        .map(|(index, at)| (format!("c{index}"), column(*at), true));
    let rows = RecordBatch::try_from_iter_with_nullable(named).unwrap();
    Index::new(rule, &rows, true)
}

fn villages() -> Index {
    index(&village(), &[0, 1, 2, 3, 4, 5])
}

fn districts() -> Index {
    index(&district(), &[0, 1, 2, 4, 5])
}

/// 2026-07-17.
const TODAY: i32 = 20_651;

#[test]
fn a_name_with_one_meaning_is_its_code() {
    let index = villages();
    for cell in [
        "Nglebeng",
        "NGLEBENG",
        "nglebeng",
        "Ngle-beng",
        "Desa Nglebeng",
        "Kel. Nglebeng",
        "KEL.Nglebeng",
        "kelurahan  nglebeng",
    ] {
        assert_eq!(index.find(cell, TODAY, &[None]), Found::One("35.03.01.2003"), "{cell}");
    }
    assert_eq!(index.find("35.03.01.2003", TODAY, &[None]), Found::One("35.03.01.2003"));
    assert_eq!(index.find("3503012003", TODAY, &[None]), Found::One("35.03.01.2003"));
    assert_eq!(
        index.find("Baru", TODAY, &[None]),
        Found::One("35.03.13.2009"),
        "words in front of the list's names"
    );
    for cell in ["", ".", "Desanglebeng", "Desa", "Tanpa Kode", "Durenan"] {
        assert_eq!(index.find(cell, TODAY, &[None]), Found::None, "{cell}");
    }
    assert_eq!(districts().find("Kec. Panggul", TODAY, &[]), Found::One("35.03.01"));
}

#[test]
fn the_parent_decides_between_equal_names() {
    let index = villages();
    let Found::Several(rows) = index.find("Besuki", TODAY, &[None]) else {
        panic!()
    };
    let shown: Vec<String> = rows.iter().map(|row| index.shown(*row)).collect();
    assert_eq!(shown, ["35.03.01.2001 in 35.03.01", "35.03.13.2003 in 35.03.13"]);
    assert_eq!(
        index.find("Besuki", TODAY, &[Some("35.03.13")]),
        Found::One("35.03.13.2003")
    );
    assert!(matches!(
        index.find("Nglebeng", TODAY, &[Some("35.03.13")]),
        Found::Elsewhere(_)
    ));
    assert!(matches!(
        index.find("35.03.01.2003", TODAY, &[Some("35.03.13")]),
        Found::Elsewhere(_)
    ));
}

#[test]
fn what_is_no_longer_in_force_makes_nothing_ambiguous() {
    let index = villages();
    assert_eq!(index.find("Lama", TODAY, &[None]), Found::One("35.03.01.2091"));
    assert_eq!(index.find("Lama", 18_000, &[None]), Found::One("35.03.01.2090"), "2019");
    assert!(matches!(index.find("Hapus", TODAY, &[None]), Found::Expired(_)));
    assert_eq!(
        index.find("35.03.13.2092", TODAY, &[None]),
        Found::One("35.03.13.2092"),
        "a code is never ambiguous"
    );
}

#[test]
fn the_nearest_names_are_told() {
    let index = villages();
    assert_eq!(
        index.nearest("Nglebong", TODAY, &[None]),
        [("Nglebeng", "35.03.01.2003")]
    );
    let near = index.nearest("Desa Besuky", TODAY, &[None]);
    assert_eq!(near, [("Besuki", "35.03.01.2001"), ("Besuki", "35.03.13.2003")]);
    assert_eq!(
        index.nearest("Besuky", TODAY, &[Some("35.03.13")]),
        [("Besuki", "35.03.13.2003")]
    );
    assert_eq!(index.nearest("Xxxxxxxxxx", TODAY, &[None]), []);
    assert_eq!(index.nearest(&"x".repeat(10_000), TODAY, &[None]), []);
}

#[test]
fn one_cell_in_two_systems_is_ambiguous() {
    let rule = Resolve {
        names: texts(&["portal", "urut"]),
        filter: Vec::new(),
        within: Vec::new(),
        prefixes: Vec::new(),
        ..village()
    };
    let column = |list: &[&str]| -> ArrayRef { Arc::new(StringArray::from(list.to_vec())) };
    let rows = RecordBatch::try_from_iter([
        ("c0", column(&["35.03.01", "35.03.05"])),
        ("c1", column(&["5", "1"])),
        ("c2", column(&["1", "9"])),
    ]);
    let index = Index::new(&rule, &rows.unwrap(), false);
    assert_eq!(index.find("5", TODAY, &[]), Found::One("35.03.01"));
    assert_eq!(index.find("9", TODAY, &[]), Found::One("35.03.05"));
    assert_eq!(index.find("1", TODAY, &[]), Found::Several(vec![0, 1]));
}

/// Kecamatan and village; the village comes first, so that the order of columns does not help.
fn shape() -> Contract {
    let resolved = |name: &str, resolve| {
        let mut column = col(name, ColumnType::Text);
        column.reading.resolve = Some(resolve);
        column
    };
    let pattern = Check::Pattern(regex::Regex::new(r"[0-9]{2}(\.[0-9]{2,4}){1,3}").unwrap());
    let rule = ColumnRule {
        name: "pattern".to_owned(),
        check: pattern,
        on_failure: OnFailure::QuarantineRow,
    };
    let desa = Column {
        rules: vec![rule],
        ..resolved("desa", village())
    };
    contract(vec![
        desa,
        resolved("kecamatan", district()),
        col("tanggal", ColumnType::Date),
    ])
}

fn run(contract: Contract, lists: Vec<Option<Index>>, payload: &str) -> Checked {
    let plan: Arc<Plan> = plan(contract);
    let (mut parts, _) = chunks(&request(Format::Csv), &plan, payload.as_bytes(), 4096, CHUNK).unwrap();
    let mut context = context();
    context.lists = lists.into_iter().map(|list| list.map(Arc::new)).collect();
    check(parts.remove(0), &plan, &context).unwrap()
}

#[test]
fn look_ups_come_in_the_order_of_their_needs() {
    let order: Vec<usize> = ResolvePlan::of(&shape()).iter().map(|one| one.column).collect();
    assert_eq!(order, [1, 0]);
}

#[test]
fn names_become_codes_before_the_checks() {
    let lists = || vec![Some(districts()), Some(villages())];
    let payload = "desa,kecamatan\nBesuki,Panggul\nDesa Besuki,Kec. Durenan\n35.03.01.2002,35.03.01\n,\nBaru,\n";
    let checked = run(shape(), lists(), payload);
    assert_eq!(checked.rejected, []);
    let kept: Vec<_> = checked.accepted.column(0).as_string_view().iter().collect();
    let wanted = ["35.03.01.2001", "35.03.13.2003", "35.03.01.2002"].map(Some);
    assert_eq!(kept, [&wanted[..], &[None, Some("35.03.13.2009")]].concat());
    let kept: Vec<_> = checked.accepted.column(1).as_string_view().iter().collect();
    assert_eq!(kept, [Some("35.03.01"), Some("35.03.13"), Some("35.03.01"), None, None]);

    let checked = run(
        shape(),
        lists(),
        "desa,kecamatan\nBesuki,\nNglebong,Panggul\nNglebeng,Durenan\nHapus,\n",
    );
    let found = faults(&checked);
    let rules: Vec<(u64, &str, &str)> = found
        .iter()
        .map(|(line, _, rule, value)| (*line, rule.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            (2, "ambiguous", "Besuki"),
            (3, "resolve", "Nglebong"),
            (4, "resolve", "Nglebeng"),
            (5, "resolve", "Hapus")
        ]
    );
    let message = |row: usize| checked.rejected[row].faults[0].message.clone();
    assert!(
        message(0).starts_with("Besuki: 35.03.01.2001 in 35.03.01, 35.03.13.2003 in 35.03.13"),
        "{}",
        message(0)
    );
    assert!(
        message(1).contains("nearest are Nglebeng (35.03.01.2003)"),
        "{}",
        message(1)
    );
    assert!(
        message(2).contains("not within 35.03.13, but 35.03.01.2003 in 35.03.01"),
        "{}",
        message(2)
    );
    assert!(message(3).contains("2026-07-17"), "{}", message(3));
}

#[test]
fn the_day_of_the_row_counts() {
    let mut dated = shape();
    dated.event_time = Some(EventTime {
        column: 2,
        max_age: None,
        max_ahead: None,
        on_failure: OnFailure::QuarantineRow,
    });
    let checked = run(
        dated,
        vec![Some(districts()), Some(villages())],
        "desa,tanggal\nLama,2020-01-01\nLama,2026-01-01\nHapus,2020-12-31\n",
    );
    assert_eq!(checked.rejected, []);
    let kept: Vec<_> = checked.accepted.column(0).as_string_view().iter().flatten().collect();
    assert_eq!(kept, ["35.03.01.2090", "35.03.01.2091", "35.03.13.2092"]);
}

#[test]
fn without_a_list_only_what_is_a_code_passes() {
    let checked = run(
        shape(),
        vec![None, None],
        "desa,kecamatan\n35.03.01.2001,\nBesuki,\n,35.03.01\n",
    );
    let found = faults(&checked);
    assert_eq!(
        found
            .iter()
            .map(|f| (f.0, f.1.as_str(), f.2.as_str()))
            .collect::<Vec<_>>(),
        [(3, "desa", "resolve"), (4, "kecamatan", "resolve")]
    );
    assert!(checked.rejected[0].faults[0].message.contains("has no rows yet"));
    assert_eq!(checked.accepted.num_rows(), 1);
}

#[test]
fn many_unknown_names_get_few_suggestions() {
    let payload: String = std::iter::once("desa\n".to_owned())
        .chain((0..100).map(|_| "Nglebong\n".to_owned()))
        .collect();
    let checked = run(shape(), vec![Some(districts()), Some(villages())], &payload);
    let near = checked
        .rejected
        .iter()
        .filter(|row| row.faults[0].message.contains("nearest"));
    assert_eq!((checked.rejected.len(), near.count()), (100, super::SUGGESTIONS));
}

/// A file of the public facts that the simulator is built on.
fn facts(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/simulator/data");
    std::fs::read(folder.join(name)).unwrap()
}

struct Hub {
    intake: Intake,
    warehouse: Arc<Warehouse>,
    _folder: tempfile::TempDir,
}

impl Hub {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        let warehouse = Warehouse::open(settings, Arc::new(FixedClock::at(now())))
            .await
            .unwrap();
        Self {
            intake: Intake::new(warehouse.clone()),
            warehouse,
            _folder: folder,
        }
    }

    async fn push(&self, dataset: &str, payload: impl Into<Bytes>) -> Receipt {
        let mut request = request(Format::Csv);
        request.dataset = dataset.parse().unwrap();
        let payload = payload.into();
        let body = futures::stream::iter([Ok::<_, Infallible>(payload)]);
        self.intake.push(request, body).await.unwrap().receipt
    }

    async fn contract(&self, names: &str) {
        let text = CONTRACT.replace("NAMES", names);
        self.warehouse.put_contract(&text, Origin::Api, false).await.unwrap();
    }
}

const CONTRACT: &str = r"
apiVersion: v3.1.0
kind: DataContract
id: uji
version: '1.0.0'
status: active
schema:
  - name: uji
    properties:
      - name: kecamatan
        logicalType: string
        logicalTypeOptions: {pattern: '[0-9]{2}\.[0-9]{2}\.[0-9]{2}'}
        customProperties:
          - {property: resolve, value: {dataset: padanan_kecamatan, code: kode, names: NAMES}}
      - {name: nomor, logicalType: integer}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_code_systems_meet_in_one() {
    let crosswalk = facts("kecamatan_crosswalk.csv");
    let hub = Hub::open().await;
    hub.contract("[kode_bps, kode_dapodik, nama]").await;
    let early = hub.push("uji", "kecamatan,nomor\n35.03.01,1\nPanggul,2\n").await;
    assert_eq!((early.rows.accepted, early.rows.rejected), (1, 1), "{early:?}");
    assert!(
        early
            .warnings
            .iter()
            .any(|warning| warning.contains("padanan_kecamatan: it has no rows yet")),
        "{early:?}"
    );

    let list = hub.push("padanan_kecamatan", crosswalk).await;
    assert_eq!((list.rows.accepted, list.rows.rejected), (14, 0), "{list:?}");
    let named = hub
        .push(
            "uji",
            "kecamatan,nomor\n3503120,3\n051712,4\nTUGU,5\n35.03.05,6\n350305,7\n",
        )
        .await;
    assert_eq!((named.status, named.rows.accepted), (Status::Accepted, 5), "{named:?}");
    let codes = hub.warehouse.codes(&"uji".parse().unwrap(), "kecamatan").await.unwrap();
    let mut codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["35.03.01", "35.03.05"]);
    // A bare number is read in no system that the contract does not name.
    let bare = hub.push("uji", "kecamatan,nomor\n5,8\n").await;
    assert_eq!(
        (bare.rows.accepted, bare.faults[0].rule.as_str()),
        (0, "resolve"),
        "{bare:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portal_s_numbers_swap_two_districts() {
    let crosswalk = facts("kecamatan_crosswalk.csv");
    let hub = Hub::open().await;
    hub.push("padanan_kecamatan", crosswalk).await;
    hub.contract("[id_portal_vertikal]").await;
    let pushed = hub.push("uji", "kecamatan,nomor\n5,1\n1,2\n33,3\n").await;
    assert_eq!(
        (pushed.rows.accepted, pushed.rows.rejected),
        (2, 1),
        "33 is a number of e-SAKIP: {pushed:?}"
    );
    let rows = hub
        .warehouse
        .code_rows(&"uji".parse().unwrap(), &texts(&["nomor", "kecamatan"]))
        .await
        .unwrap();
    let pairs: std::collections::BTreeMap<_, _> = (0..rows.num_rows())
        .map(|row| {
            (
                rows.column(0).as_string::<i32>().value(row),
                rows.column(1).as_string::<i32>().value(row),
            )
        })
        .collect();
    assert_eq!((pairs["1"], pairs["2"]), ("35.03.01", "35.03.05"), "Panggul and Tugu");
    let again = hub
        .warehouse
        .code_rows(&"uji".parse().unwrap(), &texts(&["nomor", "kecamatan"]))
        .await
        .unwrap();
    assert!(Arc::ptr_eq(&rows, &again), "the same version is read once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scope_of_a_snapshot_may_be_a_name() {
    let hub = Hub::open().await;
    hub.push("padanan_kecamatan", facts("kecamatan_crosswalk.csv")).await;
    let keyed = CONTRACT.replace("NAMES", "[nama]").replace(
        "- name: kecamatan\n",
        "- name: kecamatan\n        required: true\n        primaryKey: true\n",
    );
    hub.warehouse.put_contract(&keyed, Origin::Api, false).await.unwrap();
    hub.push("uji", "kecamatan,nomor\nPanggul,1\nTugu,2\n").await;
    let snapshot = |kecamatan: &str| {
        let mut request = request(Format::Csv);
        let scope = [("kecamatan".to_owned(), kecamatan.to_owned())];
        request.mode = Some(PushMode::Snapshot { scope: scope.to_vec() });
        request
    };
    let body = || futures::stream::iter([Ok::<_, Infallible>(Bytes::from("kecamatan,nomor\nPANGGUL,3\n"))]);
    let pushed = hub.intake.push(snapshot("panggul"), body()).await.unwrap().receipt;
    assert_eq!(
        (pushed.rows.updated, pushed.rows.deleted, pushed.rows.rejected),
        (1, 0, 0),
        "{pushed:?}"
    );
    let error = hub.intake.push(snapshot("Pangul"), body()).await.unwrap_err();
    assert!(error.to_string().contains("write its code"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_names_of_the_real_villages() {
    let regions = facts("wilayah_trenggalek.csv");
    let hub = Hub::open().await;
    hub.push("wilayah", regions.clone()).await;
    let rule = "{dataset: wilayah, code: kode, names: [nama], where: {tingkat: LEVEL}, within: {kode_induk: PARENT}, prefixes: [Desa, Kel.]}";
    let properties = [("desa", "desa_kelurahan", "kecamatan"), ("kecamatan", "kecamatan", "kabupaten")].map(|(name, level, parent)| {
        let rule = rule.replace("LEVEL", level).replace("PARENT", parent);
        format!("      - name: {name}\n        logicalType: string\n        customProperties:\n          - {{property: resolve, value: {rule}}}\n")
    });
    let text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: uji\nversion: '1.0.0'\nstatus: active\nschema:\n  - name: uji\n    properties:\n{}      - {{name: kabupaten, logicalType: string}}\n",
        properties.concat()
    );
    hub.warehouse.put_contract(&text, Origin::Api, false).await.unwrap();
    // Every village by its name and that of its kecamatan, straight from the list.
    let table = String::from_utf8(regions).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let name = |code: &str| rows.iter().find(|row| row[0] == code).unwrap()[2];
    let villages: Vec<&Vec<&str>> = rows.iter().filter(|row| row[1] == "desa_kelurahan").collect();
    let mut payload = "desa,kecamatan,kabupaten\n".to_owned();
    for village in &villages {
        payload.push_str(&format!(
            "Desa {},{},35.03\n",
            village[2].to_uppercase(),
            name(village[3])
        ));
    }
    let pushed = hub.push("uji", payload).await;
    assert_eq!(
        (pushed.rows.accepted as usize, pushed.rows.rejected),
        (villages.len(), 0),
        "{:?}",
        pushed.faults
    );
    let codes = hub.warehouse.codes(&"uji".parse().unwrap(), "desa").await.unwrap();
    assert!(villages.iter().all(|village| codes.contains(village[0])) && codes.len() == villages.len());
    // Without the kecamatan ten names are ambiguous, and all others are not.
    let mut payload = "desa,kecamatan,kabupaten\n".to_owned();
    for village in &villages {
        payload.push_str(&format!("{},,35.03\n", village[2]));
    }
    let pushed = hub.push("uji", payload).await;
    let repeats = villages
        .iter()
        .filter(|one| villages.iter().filter(|other| other[2] == one[2]).count() > 1);
    assert_eq!(pushed.rows.rejected as usize, repeats.count(), "{:?}", pushed.faults);
    assert!(pushed.faults.iter().all(|fault| fault.rule == "ambiguous"));
}
