use super::fixture::*;
use crate::{
    Receipt, ReceiptId, RowCounts, Status, TableId,
    contract::{Classification, Contract, Layer},
    lake::TableView,
    policy::{Identity, Role},
    quarantine::{self, Closed, Closings, RejectState, RejectedRow},
};
use arrow::array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray};
use std::sync::Arc;

fn house() -> House {
    let closed = Contract {
        classification: Classification::Closed,
        ..contract("rahasia", "1.0.0", absensi().columns)
    };
    let codes = Contract {
        reference: true,
        ..contract("wilayah", "1.0.0", absensi().columns)
    };
    let older = absensi();
    let newer = Contract {
        version: "2.1.0".parse().unwrap(),
        ..absensi()
    };
    House::new(vec![siswa(), older, newer, closed, codes])
}

async fn tables(house: &House, who: Identity) -> Vec<String> {
    let sql = "SELECT table_schema || '.' || table_name AS t FROM information_schema.tables \
               WHERE table_schema <> 'information_schema' ORDER BY t";
    let text = house.text(who, sql).await.unwrap();
    text.lines()
        .filter(|l| l.starts_with("| ") && !l.contains("| t "))
        .map(|l| l.trim_matches(['|', ' ']).to_owned())
        .collect()
}

#[tokio::test]
async fn what_the_hub_works_out_is_no_feed() {
    let model = Contract {
        layer: Layer::Mart,
        ..contract("siswa_harian", "1.0.0", absensi().columns)
    };
    let house = House::new(vec![siswa(), absensi(), model]);
    assert!(
        tables(&house, identity(Role::Analis))
            .await
            .contains(&"mart.siswa_harian".to_owned())
    );
    for role in [Role::Analis, Role::Walidata, Role::Admin] {
        let feeds = house
            .text(identity(role), "SELECT dataset FROM system.feeds ORDER BY dataset")
            .await
            .unwrap();
        assert!(feeds.contains("siswa") && feeds.contains("absensi"), "{feeds}");
        assert!(!feeds.contains("siswa_harian"), "{feeds}");
    }
}

#[tokio::test]
async fn names_are_listed_only_where_rows_may_be_read() {
    let house = house();
    assert_eq!(
        tables(&house, identity(Role::Publik)).await,
        ["data.absensi", "data.absensi_v1"]
    );
    assert!(tables(&house, identity(Role::Pimpinan)).await.is_empty());
    let layanan = Identity {
        scopes: vec!["read:siswa".to_owned()],
        ..identity(Role::Layanan)
    };
    assert!(tables(&house, layanan).await.contains(&"data.siswa".to_owned()));
    assert!(
        !tables(&house, identity(Role::Layanan))
            .await
            .contains(&"data.siswa".to_owned())
    );
    let analis = tables(&house, identity(Role::Analis)).await;
    assert!(!analis.iter().any(|t| t.contains("rahasia")), "{analis:?}");
    for table in [
        "data.siswa",
        "history.siswa",
        "quarantine.siswa",
        "ref.wilayah",
        "system.feeds",
        "data.absensi_v1",
    ] {
        assert!(analis.contains(&table.to_owned()), "{table} in {analis:?}");
    }
    assert!(
        tables(&house, identity(Role::Admin))
            .await
            .contains(&"data.rahasia".to_owned())
    );
    let school = Identity {
        institution: Some("sdn-1".parse().unwrap()),
        ..identity(Role::Opd)
    };
    let school = tables(&house, school).await;
    assert!(
        school.contains(&"data.siswa".to_owned()) && school.contains(&"ref.wilayah".to_owned()),
        "{school:?}"
    );
    assert!(!school.contains(&"system.tables".to_owned()), "{school:?}");
    let bound = Identity {
        regions: vec!["35.03.01".parse().unwrap()],
        ..identity(Role::Analis)
    };
    let bound = tables(&house, bound).await;
    assert!(
        bound.contains(&"data.siswa".to_owned()) && bound.contains(&"data.absensi".to_owned()),
        "{bound:?}"
    );
    // The hidden table and the missing one are told apart by nothing.
    let hidden = house
        .text(identity(Role::Analis), "SELECT * FROM rahasia")
        .await
        .unwrap_err();
    let missing = house
        .text(identity(Role::Analis), "SELECT * FROM tiada99")
        .await
        .unwrap_err();
    assert_eq!(
        hidden.message().replace("rahasia", "x"),
        missing.message().replace("tiada99", "x")
    );
    for sql in [
        "SHOW TABLES",
        "SHOW COLUMNS FROM siswa",
        "DESCRIBE siswa",
        "SELECT * FROM information_schema.columns",
    ] {
        house.text(identity(Role::Analis), sql).await.unwrap();
        let public = house
            .text(identity(Role::Publik), sql)
            .await
            .unwrap_or_else(|e| e.to_string());
        assert!(!public.contains("nik"), "{sql}: {public}");
    }
}

#[tokio::test]
async fn older_majors_stay_readable() {
    let house = house();
    let contracts = house.lake.contracts.load();
    let [old, new] = [&contracts[1], &contracts[2]];
    house.push_hot(&old.table(), batch(old, &[Pupil::new(1)], Some(1), 1));
    house.push_hot(&new.table(), batch(new, &[Pupil::new(2), Pupil::new(3)], Some(2), 1));
    assert_eq!(house.number(steward(), "SELECT count(*) FROM absensi").await, 2);
    assert_eq!(
        house
            .number(steward(), "SELECT count(*) FROM smartcenter.data.absensi_v1")
            .await,
        1
    );
    assert_eq!(
        house.number(steward(), "SELECT count(*) FROM history.absensi_v1").await,
        1
    );
}

fn rejects(house: &House, dataset: &str, pusher: &str, seq: i64) {
    let row = RejectedRow {
        line: 4,
        cells: vec![("NIK".to_owned(), "99x".to_owned())],
        kinds: Vec::new(),
        faults: vec![crate::Fault {
            line: 4,
            column: Some("nik".to_owned()),
            rule: "pattern".to_owned(),
            value: Some("99x".to_owned()),
            message: "99x is not a NIK".to_owned(),
        }],
    };
    let (dataset, pusher) = (dataset.parse().unwrap(), pusher.parse().unwrap());
    let batch = quarantine::batch(&dataset, ReceiptId::now(), &pusher, &[row]).unwrap();
    let mut fields: Vec<_> = batch.schema().fields().iter().cloned().collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    let time = TimestampMicrosecondArray::from(vec![1_700_000_000_000_000]).with_timezone("UTC");
    for (name, column) in [
        ("_seq", Arc::new(Int64Array::from(vec![seq])) as ArrayRef),
        ("_received_at", Arc::new(time)),
    ] {
        fields.push(Arc::new(arrow::datatypes::Field::new(
            name,
            column.data_type().clone(),
            true,
        )));
        columns.push(column);
    }
    let schema = Arc::new(arrow::datatypes::Schema::new(fields));
    let mut view = house.lake.view.load().as_ref().clone();
    view.tables
        .entry(TableId::quarantine())
        .or_insert_with(|| Arc::new(TableView::empty(schema.clone())));
    house.lake.view.store(Arc::new(view));
    house.push_hot(&TableId::quarantine(), RecordBatch::try_new(schema, columns).unwrap());
}

#[tokio::test]
async fn rejected_text_is_shown_to_its_sender_and_to_the_steward_with_a_purpose() {
    let house = house();
    rejects(&house, "siswa", "uji", 1);
    rejects(&house, "siswa", "lain", 2);
    rejects(&house, "absensi", "lain", 3);
    let count = "SELECT count(*) FROM quarantine.siswa";
    let raw = "SELECT count(raw) + count(faults) + count(messages) FROM quarantine.siswa";
    let opd = |institution: &str| Identity {
        institution: Some(institution.parse().unwrap()),
        ..identity(Role::Opd)
    };
    for (who, rows, shown) in [
        (steward(), 2, 6),
        (identity(Role::Walidata), 2, 0),
        (identity(Role::Analis), 2, 0),
        (identity(Role::Admin), 2, 0),
        (opd("dinas-pendidikan"), 2, 6),
        (opd("sdn-1"), 1, 3),
        (
            Identity {
                regions: vec!["35.03".parse().unwrap()],
                ..identity(Role::Analis)
            },
            1,
            3,
        ),
        (
            Identity {
                scopes: vec!["push:siswa".to_owned()],
                ..identity(Role::Layanan)
            },
            1,
            3,
        ),
    ] {
        assert_eq!(house.number(who.clone(), count).await, rows, "{who:?}");
        assert_eq!(house.number(who.clone(), raw).await, shown, "{who:?}");
    }
    assert!(house.text(identity(Role::Publik), count).await.is_err());
    assert!(house.text(identity(Role::Layanan), count).await.is_err());
    let rules =
        "SELECT seq FROM quarantine.siswa WHERE columns = 'nik' AND rules = 'pattern' AND pusher = 'lain' AND line = 4";
    assert_eq!(house.number(identity(Role::Analis), rules).await, 2);
}

#[tokio::test]
async fn system_tables_are_cut_like_the_rest() {
    let house = house();
    let siswa = house.contract("siswa");
    house.push_hot(&siswa.table(), batch(&siswa, &[Pupil::new(1)], Some(1), 1));
    for (pusher, dataset) in [("uji", "siswa"), ("lain", "siswa"), ("lain", "rahasia")] {
        house.lake.receipts.lock().push(Receipt {
            receipt_id: ReceiptId::now(),
            dataset: dataset.parse().unwrap(),
            contract_version: "1.0.0".to_owned(),
            status: Status::Partial,
            rows: RowCounts {
                received: 3,
                accepted: 2,
                rejected: 1,
                ..RowCounts::default()
            },
            faults: Vec::new(),
            warnings: Vec::new(),
            corrects: None,
            derived: None,
            seq: None,
            payload_sha256: String::new(),
            received_at: chrono::Utc::now(),
            durable_at: None,
            dry_run: false,
            pusher: pusher.parse().unwrap(),
        });
    }
    let receipts = "SELECT count(*) FROM system.receipts WHERE status = 'partial'";
    let opd = Identity {
        institution: Some("sdn-1".parse().unwrap()),
        ..identity(Role::Opd)
    };
    assert_eq!(house.number(opd.clone(), receipts).await, 1);
    assert_eq!(house.number(identity(Role::Analis), receipts).await, 2);
    assert_eq!(
        house
            .number(identity(Role::Analis), "SELECT count(pusher) FROM system.receipts")
            .await,
        1
    );
    assert_eq!(
        house
            .number(identity(Role::Admin), "SELECT count(pusher) FROM system.receipts")
            .await,
        3
    );
    assert!(house.text(identity(Role::Publik), receipts).await.is_err());
    // A count of rows that the caller may not see is a fact about them.
    let rows = "SELECT count(rows) FROM system.feeds WHERE dataset = 'siswa'";
    assert_eq!(house.number(opd, rows).await, 0);
    assert_eq!(
        house
            .number(steward(), "SELECT rows FROM system.feeds WHERE dataset = 'siswa'")
            .await,
        1
    );
    assert_eq!(
        house
            .number(steward(), "SELECT hot_rows FROM system.tables WHERE dataset = 'siswa'")
            .await,
        1
    );
    assert_eq!(
        house.number(steward(), "SELECT count(*) FROM system.contracts").await,
        4
    );
    assert_eq!(
        house.number(steward(), "SELECT count(*) FROM system.maintenance").await,
        0
    );
}

#[tokio::test]
async fn rejected_rows_tell_what_became_of_them() {
    let house = house();
    rejects(&house, "siswa", "uji", 1);
    rejects(&house, "siswa", "lain", 2);
    let id = house
        .cell(
            steward(),
            "SELECT receipt_id FROM quarantine.siswa WHERE pusher = 'uji'",
        )
        .await;
    let by = ReceiptId::now();
    let closed = Closed {
        state: RejectState::Corrected,
        lines: [4].into_iter().collect(),
        closed_by: Some(by),
        key: "uji".parse().unwrap(),
        reason: None,
        closed_at: chrono::Utc::now(),
    };
    let closings = Closings {
        list: vec![closed],
        expired: false,
    };
    house.lake.closings.lock().insert(id.parse().unwrap(), closings);
    let count = |state: &str| format!("SELECT count(*) FROM quarantine.siswa WHERE state = '{state}'");
    assert_eq!(house.number(steward(), &count("corrected")).await, 1);
    assert_eq!(house.number(steward(), &count("open")).await, 1);
    let told = house
        .cell(
            steward(),
            "SELECT closed_by FROM quarantine.siswa WHERE state <> 'open'",
        )
        .await;
    assert_eq!(told, by.to_string());
    let star = house.number(
        steward(),
        "SELECT count(*) FROM (SELECT * FROM quarantine.siswa) WHERE closed_by IS NULL",
    );
    assert_eq!(star.await, 1);
    // The key that sees only what it pushed sees the same of it.
    let own = Identity {
        regions: vec!["35.03".parse().unwrap()],
        ..steward()
    };
    assert_eq!(house.number(own, &count("corrected")).await, 1);
}
