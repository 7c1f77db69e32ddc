//! The whole way through a real warehouse in a folder of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod rejects;

use super::Intake;
use crate::{ContentEncoding, Error, Format, PushOutcome, PushRequest, Result, Retry, fixture};
use arrow::{array::AsArray, datatypes::Int64Type};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::StreamExt;
use smartcenter_warehouse::{
    Kind, PushMode, Receipt, Settings, Status, TableId, Warehouse, clock::FixedClock, contract::Origin,
    lake::TableView, policy::Role,
};
use std::{convert::Infallible, io::Write, path::Path, sync::Arc};

const CONTRACT: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: uji
name: Uji
version: "1.0.0"
status: active
domain: dinas-uji
schema:
  - name: uji
    logicalType: object
    properties:
      - {name: npsn, logicalType: string, required: true, logicalTypeOptions: {pattern: '[0-9]{8}'}}
      - {name: tanggal, logicalType: date, required: true}
      - {name: hadir, logicalType: integer, logicalTypeOptions: {format: i32, minimum: 0}}
    customProperties:
      - {property: uniqueTogether, value: [[npsn, tanggal]]}
      - {property: maxRejected, value: 0.5}
"#;

struct Hub {
    intake: Intake,
    warehouse: Arc<Warehouse>,
    folder: tempfile::TempDir,
}

impl Hub {
    async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    async fn open_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        let warehouse = Warehouse::open(settings, Arc::new(FixedClock::at(fixture::now())))
            .await
            .unwrap();
        warehouse.put_contract(CONTRACT, Origin::Api, false).await.unwrap();
        Self {
            intake: Intake::new(warehouse.clone()),
            warehouse,
            folder,
        }
    }

    async fn push(&self, request: PushRequest, payload: impl Into<Vec<u8>>) -> Result<PushOutcome> {
        self.intake.push(request, body(payload.into())).await
    }

    fn table(&self, table: &TableId) -> Arc<TableView> {
        self.warehouse.view().tables.get(table).unwrap().clone()
    }

    fn rows(&self) -> u64 {
        self.table(&TableId::dataset(&"uji".parse().unwrap(), 1)).rows()
    }

    fn quarantined(&self) -> u64 {
        self.table(&TableId::quarantine()).rows()
    }

    /// Parquet files under the lake, and files in the spill folder.
    fn files(&self) -> (usize, usize) {
        (
            count(&self.folder.path().join("lake"), "parquet"),
            count(&self.folder.path().join("spill"), ""),
        )
    }
}

fn count(folder: &Path, ending: &str) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            if path.is_dir() {
                count(&path, ending)
            } else {
                usize::from(path.to_string_lossy().ends_with(ending))
            }
        })
        .sum()
}

fn body(payload: Vec<u8>) -> impl futures::Stream<Item = Result<Bytes, Infallible>> + Send + Unpin {
    let payload = Bytes::from(payload);
    let pieces: Vec<Bytes> = (0..payload.len())
        .step_by(60_000)
        .map(|at| payload.slice(at..(at + 60_000).min(payload.len())))
        .collect();
    futures::stream::iter(pieces).map(Ok)
}

fn request() -> PushRequest {
    fixture::request(Format::Csv)
}

const GOOD: &str = "npsn,tanggal,hadir\n99000001,2026-07-17,30\n99000002,2026-07-17,31\n";

/// More than a big push: rows with different schools; `spoil` may change any.
fn large(spoil: impl Fn(usize) -> Option<&'static str>) -> String {
    let mut text = String::from("npsn,tanggal,hadir\n");
    for row in 0..400_000 {
        match spoil(row) {
            Some(line) => text.push_str(line),
            None => text.push_str(&format!("{:08},2026-07-17,{}", row, row % 40)),
        }
        text.push('\n');
    }
    assert!(text.len() as u64 > smartcenter_warehouse::BIG_PUSH_BYTES);
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_push_is_visible_and_has_a_receipt() {
    let hub = Hub::open().await;
    let PushOutcome { receipt, replayed } = hub.push(request(), GOOD).await.unwrap();
    assert!(!replayed && receipt.status == Status::Accepted && receipt.seq.is_some() && receipt.durable_at.is_some());
    assert_eq!(
        (receipt.rows.received, receipt.rows.accepted, receipt.rows.inserted),
        (2, 2, 2)
    );
    assert_eq!(
        receipt.payload_sha256,
        "1357afad9a46104ddbecadedbfe47f15c59a2d0684929fdacb8a9477a72ef040"
    );
    assert_eq!(hub.rows(), 2);
    let landed = PushRequest {
        wait_landed: true,
        ..request()
    };
    let receipt = hub.push(landed, GOOD.replace("07-17", "07-18")).await.unwrap().receipt;
    assert!(receipt.seq.is_some());
    assert_eq!(hub.files().0, 1, "what has landed is in a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_kept_with_their_reasons() {
    let hub = Hub::open().await;
    let text = "npsn,tanggal,hadir,catatan\n99000001,2026-07-17,30,\n9900,2026-07-17,-1,x\n99000001,2026-07-17,5,\n99000003,2026-07-17,3,\nkurang,1\n";
    let receipt = hub.push(request(), text).await.unwrap().receipt;
    let rows = receipt.rows;
    assert_eq!(
        (rows.received, rows.accepted, rows.duplicate, rows.rejected),
        (5, 2, 1, 2)
    );
    assert_eq!(rows.received, rows.accepted + rows.rejected + rows.duplicate);
    assert_eq!(receipt.status, Status::Partial);
    let found: Vec<_> = receipt
        .faults
        .iter()
        .map(|f| (f.line, f.column.as_deref().unwrap_or(""), f.rule.as_str()))
        .collect();
    assert_eq!(
        found,
        [(3, "npsn", "pattern"), (3, "hadir", "range"), (6, "", "columns")]
    );
    assert!(
        receipt.warnings[0].contains("\"catatan\"") && receipt.warnings[1].starts_with("1 rows repeat"),
        "{:?}",
        receipt.warnings
    );
    assert_eq!((hub.rows(), hub.quarantined()), (2, 2));
    let quarantine = hub.table(&TableId::quarantine());
    let batch = &quarantine.hot[0].batches[0];
    let raw = batch.column_by_name("raw").unwrap().as_string_view().value(0);
    assert_eq!(
        raw,
        r#"[["npsn","9900"],["tanggal","2026-07-17"],["hadir","-1"],["catatan","x"]]"#
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_bad_rows_reject_the_batch_whole() {
    let hub = Hub::open().await;
    let text = "npsn,tanggal,hadir\n99000001,2026-07-17,30\n99000001,2026-07-17,30\nx,2026-07-17,1\ny,2026-07-17,1\nz,2026-07-17,1\n";
    let receipt = hub.push(request(), text).await.unwrap().receipt;
    assert_eq!(receipt.status, Status::Rejected);
    assert_eq!(
        (
            receipt.rows.received,
            receipt.rows.accepted,
            receipt.rows.duplicate,
            receipt.rows.rejected
        ),
        (5, 0, 1, 4)
    );
    assert_eq!(receipt.faults[0].rule, "batch");
    assert!(
        receipt.faults[0].message.starts_with("3 of 5 rows are bad"),
        "{}",
        receipt.faults[0].message
    );
    assert_eq!((hub.rows(), hub.quarantined()), (0, 4), "nothing is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_change_nothing_and_say_so() {
    let hub = Hub::open().await;
    let keyed = |key: &str| PushRequest {
        idempotency_key: Some(key.to_owned()),
        ..request()
    };
    let first = hub.push(keyed("satu"), GOOD).await.unwrap();
    let again = hub.push(keyed("satu"), GOOD).await.unwrap();
    assert!(again.replayed && again.receipt == first.receipt);
    let other = hub.push(keyed("satu"), GOOD.replace("30", "33")).await.unwrap_err();
    assert_eq!((other.kind(), other.retry()), (Kind::Invalid, Retry::Never));
    let bare = hub.push(request(), GOOD).await.unwrap();
    assert!(bare.replayed, "without a key the payload tells");
    let told = Receipt {
        status: Status::Duplicate,
        ..first.receipt.clone()
    };
    assert_eq!(bare.receipt, told);
    let ledger = hub.warehouse.control().ledger();
    assert_eq!(
        ledger.get(first.receipt.receipt_id).unwrap(),
        Some(first.receipt),
        "what is kept stays as it was"
    );
    assert_eq!(hub.rows(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_keeps_nothing() {
    let hub = Hub::open().await;
    let dry = || PushRequest {
        dry_run: true,
        ..request()
    };
    let receipt = hub
        .push(dry(), format!("{GOOD}x,2026-07-17,1\n"))
        .await
        .unwrap()
        .receipt;
    assert!(receipt.dry_run && receipt.seq.is_none() && receipt.durable_at.is_none());
    assert_eq!(
        (receipt.rows.accepted, receipt.rows.rejected, receipt.faults.len()),
        (2, 1, 1)
    );
    let receipt = hub
        .push(dry(), large(|row| (row == 7).then_some("x,2026-07-17,1")))
        .await
        .unwrap()
        .receipt;
    assert_eq!((receipt.rows.accepted, receipt.rows.rejected), (399_999, 1));
    assert_eq!((hub.rows(), hub.quarantined(), hub.files()), (0, 0, (0, 0)));
    assert!(
        !hub.push(request(), format!("{GOOD}x,2026-07-17,1\n"))
            .await
            .unwrap()
            .replayed,
        "asking is not pushing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_push() {
    let hub = Hub::open().await;
    let push = |role, institution: Option<&str>, scope: Option<&str>| {
        let mut request = PushRequest {
            dry_run: true,
            ..request()
        };
        request.identity.role = role;
        request.identity.institution = institution.map(|i| i.parse().unwrap());
        request.identity.scopes = scope.map(str::to_owned).into_iter().collect();
        hub.push(request, GOOD)
    };
    for (role, institution, scope) in [
        (Role::Admin, None, None),
        (Role::Opd, Some("dinas-uji"), None),
        (Role::Layanan, None, Some("push:uji")),
        (Role::Opd, Some("lain"), Some("push:*")),
    ] {
        assert!(
            push(role, institution, scope).await.is_ok(),
            "{role:?} {institution:?} {scope:?}"
        );
    }
    for (role, institution, scope) in [
        (Role::Publik, None, Some("push:uji")),
        (Role::Analis, Some("dinas-uji"), None),
        (Role::Opd, Some("lain"), Some("push:lain")),
        (Role::Opd, None, None),
        (Role::Pimpinan, None, None),
    ] {
        assert_eq!(
            push(role, institution, scope).await.unwrap_err().kind(),
            Kind::Forbidden,
            "{role:?}"
        );
    }
    let unknown = PushRequest {
        dataset: "tidak_ada".parse().unwrap(),
        ..request()
    };
    assert_eq!(hub.push(unknown, GOOD).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_push_is_staged_and_seen_whole() {
    let hub = Hub::open().await;
    // Row 10 repeats row 9; row 11 is bad.
    let text = large(|row| match row {
        10 => Some("00000009,2026-07-17,9"),
        11 => Some("x,2026-07-17,1"),
        _ => None,
    });
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    let packed = PushRequest {
        encoding: ContentEncoding::Gzip,
        ..request()
    };
    let receipt = hub
        .push(packed.clone(), encoder.finish().unwrap())
        .await
        .unwrap()
        .receipt;
    let rows = receipt.rows;
    assert_eq!(
        (rows.received, rows.accepted, rows.duplicate, rows.rejected),
        (400_000, 399_998, 1, 1)
    );
    assert_eq!((hub.rows(), hub.quarantined()), (399_998, 1));
    assert_eq!(receipt.faults[0].line, 13);
    let files = hub.files();
    let again = hub.push(request(), text).await.unwrap();
    assert!(again.replayed && again.receipt.payload_sha256 == receipt.payload_sha256);
    for _ in 0..1000 {
        if hub.files() == files {
            return;
        }
        tokio::task::yield_now().await;
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!(
        "the files of the repeat stay behind: {:?}, {files:?} before it",
        hub.files()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_batch_can_be_rejected_whole() {
    let hub = Hub::open().await;
    let text = large(|row| match row {
        3 => Some("00000002,2026-07-17,2"),
        _ => (row % 3 != 0).then_some("x,2026-07-17,1000000000"),
    });
    let receipt = hub.push(request(), text).await.unwrap().receipt;
    assert_eq!(receipt.status, Status::Rejected);
    assert_eq!(
        (receipt.rows.accepted, receipt.rows.rejected + receipt.rows.duplicate),
        (0, 400_000)
    );
    assert_eq!((hub.rows(), hub.quarantined()), (0, receipt.rows.rejected));
    assert_eq!(hub.files().1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_of_a_payload_that_is_no_file() {
    let hub = Hub::open().await;
    let mut late = large(|_| None).into_bytes();
    let at = late.len() - 5;
    late[at] = 0xff;
    assert!(hub.push(request(), late).await.unwrap_err().message().contains("UTF-8"));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(large(|_| None).as_bytes()).unwrap();
    let zipped = encoder.finish().unwrap();
    let packed = PushRequest {
        encoding: ContentEncoding::Gzip,
        ..request()
    };
    let cut = zipped.len() - 9;
    assert!(
        hub.push(packed, &zipped[..cut])
            .await
            .unwrap_err()
            .message()
            .contains("ends early")
    );
    assert!(hub.push(request(), "npsn,tanggal\n1\u{0},\"x\n").await.is_err());
    assert_eq!((hub.rows(), hub.quarantined(), hub.files()), (0, 0, (0, 0)));
    assert!(!hub.push(request(), GOOD).await.unwrap().replayed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_leaves_nothing() {
    let hub = Hub::open().await;
    let text = large(|_| None);
    for cut in [10, text.len() - 1] {
        let pieces = [
            Ok(Bytes::copy_from_slice(&text.as_bytes()[..cut])),
            Err("connection reset"),
        ];
        let error = hub
            .intake
            .push(request(), futures::stream::iter(pieces))
            .await
            .unwrap_err();
        assert!(error.message().contains("connection reset"), "{error}");
    }
    // A sender who hangs up: the push is dropped in the middle.
    let pieces = futures::stream::iter([Ok::<_, Infallible>(Bytes::from(text))]).chain(futures::stream::pending());
    let patience = std::time::Duration::from_millis(300);
    assert!(
        tokio::time::timeout(patience, hub.intake.push(request(), pieces))
            .await
            .is_err()
    );
    for _ in 0..1000 {
        if hub.files() == (0, 0) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!((hub.rows(), hub.files()), (0, (0, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_kept() {
    let hub = Hub::open_with(|s| (s.max_payload_bytes, s.in_flight_bytes) = (1000, 1000)).await;
    let text = format!("npsn,tanggal\n{}", "99000001,2026-07-17\n".repeat(100));
    assert!(matches!(hub.push(request(), text).await, Err(Error::TooLarge(_))));
    // The door asks for more of the body only after it has taken its share for what came.
    let (asked, is_asked) = tokio::sync::oneshot::channel();
    let rest = async move {
        asked.send(()).unwrap();
        std::future::pending::<Result<Bytes, Infallible>>().await
    };
    let waiting = futures::stream::iter([Ok(Bytes::from(GOOD))]).chain(futures::stream::once(rest));
    let intake = hub.intake.clone();
    let held = tokio::spawn(async move { intake.push(request(), Box::pin(waiting)).await.map(|_| ()) });
    is_asked.await.unwrap();
    let busy = "npsn,tanggal\n".to_owned() + &"99000001,2026-07-17\n".repeat(40);
    let refused = hub
        .push(request(), busy)
        .await
        .expect_err("the other push holds the budget");
    assert_eq!(refused.kind(), Kind::TooMany);
    assert!(matches!(refused.retry(), Retry::Later(_)));
    held.abort();
    let _ = held.await;
    assert!(hub.push(request(), GOOD).await.is_ok(), "the budget is given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_and_json_come_to_the_same_rows() {
    let hub = Hub::open().await;
    let lines = "{\"npsn\":\"99000001\",\"tanggal\":\"2026-07-17\",\"hadir\":30}\n{\"NPSN\":99000002,\"Tanggal\":\"2026-07-17\",\"lain\":1}\nbukan json\n";
    let ndjson = PushRequest {
        format: Format::Ndjson,
        ..request()
    };
    let receipt = hub.push(ndjson, lines).await.unwrap().receipt;
    assert_eq!((receipt.rows.accepted, receipt.rows.rejected), (2, 1));
    assert_eq!((receipt.faults[0].line, receipt.faults[0].rule.as_str()), (3, "json"));
    assert!(receipt.warnings[0].contains("\"lain\""));
    let json = PushRequest {
        format: Format::Json,
        ..request()
    };
    let array = "[{\"npsn\":\"99000003\",\"tanggal\":\"2026-07-17\"},{\"npsn\":\"99000004\"},{\"npsn\":\"99000005\",\"tanggal\":\"2026-07-17\"}]";
    let receipt = hub.push(json, array).await.unwrap().receipt;
    assert_eq!(
        (receipt.rows.accepted, receipt.rows.rejected, receipt.faults[0].line),
        (2, 1, 2)
    );
    assert_eq!(hub.rows(), 4);
    let table = hub.table(&TableId::dataset(&"uji".parse().unwrap(), 1));
    let lines: Vec<i64> = table
        .hot
        .iter()
        .flat_map(|run| &run.batches)
        .flat_map(|batch| {
            batch
                .column_by_name("_line")
                .unwrap()
                .as_primitive::<Int64Type>()
                .values()
                .to_vec()
        })
        .collect();
    assert_eq!(lines, [1, 2, 1, 3]);
}

const KEYED: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: kunci
name: Kunci
version: "1.0.0"
status: active
domain: dinas-uji
schema:
  - name: kunci
    logicalType: object
    properties:
      - {name: id, logicalType: string, required: true, primaryKey: true}
      - {name: kelas, logicalType: integer, required: true}
    customProperties:
      - {property: maxVanished, value: 100%}
"#;

impl Hub {
    async fn keyed() -> Self {
        let hub = Self::open().await;
        hub.warehouse.put_contract(KEYED, Origin::Api, false).await.unwrap();
        hub
    }

    /// Ids and classes of the current rows of `kunci`.
    async fn current(&self) -> Vec<(String, i64)> {
        use smartcenter_warehouse::query::{Limits, Params};
        let session = self.warehouse.session(&fixture::identity(Role::Walidata));
        let sql = "SELECT id, kelas FROM data.kunci ORDER BY id";
        let mut rows = session.query(sql, Params::default(), Limits::default()).await.unwrap();
        let mut found = Vec::new();
        while let Some(batch) = rows.next().await {
            let batch = batch.unwrap();
            let ids = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8View).unwrap();
            let classes = batch.column(1).as_primitive::<Int64Type>();
            for (id, class) in ids.as_string_view().iter().zip(classes) {
                found.push((id.unwrap().to_owned(), class.unwrap()));
            }
        }
        found
    }
}

fn into_keyed(mode: Option<PushMode>) -> PushRequest {
    PushRequest {
        dataset: "kunci".parse().unwrap(),
        mode,
        ..request()
    }
}

fn row(id: &str, class: i64) -> (String, i64) {
    (id.to_owned(), class)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_to_a_keyed_dataset_is_a_sequence_of_operations() {
    let hub = Hub::keyed().await;
    let text = "id,kelas,_op\na,1,\nb,1,U\na,2,u\na,2,\nb,,d\nb,3,\nc,1,\nc,,D\nd,,D\nx,,U\n";
    let receipt = hub.push(into_keyed(None), text).await.unwrap().receipt;
    let rows = receipt.rows;
    assert_eq!(
        (rows.received, rows.accepted, rows.duplicate, rows.rejected),
        (10, 9, 0, 1)
    );
    assert_eq!(
        (rows.inserted, rows.updated, rows.unchanged, rows.deleted),
        (4, 1, 2, 2),
        "what is there already and what is not there to be deleted change nothing"
    );
    assert_eq!(hub.current().await, [row("a", 2), row("b", 3)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_big_push_applies_in_the_order_of_its_lines() {
    let hub = Hub::keyed().await;
    let mut text = String::from("id,kelas,_op\n");
    let last = 1_000_000;
    for line in 0..last {
        // Few keys, so that every chunk has all of them.
        text.push_str(&format!("kunci-{},{line},U\n", line % 4));
    }
    text.push_str("kunci-0,,D\n");
    assert!(text.len() as u64 > smartcenter_warehouse::BIG_PUSH_BYTES);
    let rows = hub.push(into_keyed(None), text).await.unwrap().receipt.rows;
    assert_eq!(
        (rows.received, rows.accepted, rows.inserted, rows.deleted),
        (1_000_001, 1_000_001, 4, 1)
    );
    assert_eq!(
        hub.current().await,
        [
            row("kunci-1", last - 3),
            row("kunci-2", last - 2),
            row("kunci-3", last - 1)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_ends_what_it_leaves_out_and_is_no_repeat() {
    let hub = Hub::keyed().await;
    let text = "id,kelas\na,1\nb,1\nc,2\n";
    hub.push(into_keyed(None), text).await.unwrap();
    let of_one = || {
        into_keyed(Some(PushMode::Snapshot {
            scope: vec![("kelas".to_owned(), "01".to_owned())],
        }))
    };
    let outcome = hub.push(of_one(), "id,kelas\na,1\n").await.unwrap();
    assert_eq!(outcome.receipt.rows.deleted, 1);
    assert_eq!(hub.current().await, [row("a", 1), row("c", 2)]);
    hub.push(into_keyed(Some(PushMode::Append)), "id,kelas\nd,1\n")
        .await
        .unwrap();
    let again = hub.push(of_one(), "id,kelas\na,1\n").await.unwrap();
    assert!(
        !again.replayed && again.receipt.rows.deleted == 1,
        "the same rows, but not the same change"
    );
    assert_eq!(hub.current().await, [row("a", 1), row("c", 2)]);
    let error = hub
        .push(into_keyed(Some(PushMode::Append)), "id,kelas\na,9\n")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_with_a_bad_row_is_rejected_whole() {
    let hub = Hub::keyed().await;
    hub.push(into_keyed(None), "id,kelas\na,1\nb,1\nc,2\n").await.unwrap();
    let all = |dry_run| PushRequest {
        dry_run,
        ..into_keyed(Some(PushMode::Snapshot { scope: Vec::new() }))
    };
    let small = "id,kelas\na,1\nb,x\nc,2\n".to_owned();
    let mut big = small.clone();
    for line in 0..600_000 {
        big.push_str(&format!("kunci-{line},1\n"));
    }
    assert!(big.len() as u64 > smartcenter_warehouse::BIG_PUSH_BYTES);
    let mut quarantined = 0;
    for (text, rows) in [(small, 3), (big, 600_003)] {
        let asked = hub.push(all(true), text.clone()).await.unwrap().receipt;
        let receipt = hub.push(all(false), text).await.unwrap().receipt;
        quarantined += rows;
        assert_eq!((asked.status, asked.rows), (receipt.status, receipt.rows));
        assert_eq!(receipt.status, Status::Rejected);
        assert_eq!(
            (receipt.rows.received, receipt.rows.rejected, receipt.rows.deleted),
            (rows, rows, 0)
        );
        let why = &receipt.faults[0];
        assert!(
            why.rule == "batch" && why.message.contains("a snapshot must be complete"),
            "{why:?}"
        );
        assert_eq!(hub.quarantined(), quarantined);
        assert_eq!(hub.current().await, [row("a", 1), row("b", 1), row("c", 2)]);
    }
    let good = hub.push(all(false), "id,kelas\na,1\nb,1\nc,3\n").await.unwrap().receipt;
    assert_eq!((good.rows.updated, good.rows.unchanged), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_does_not_compare_with_what_is_held() {
    let hub = Hub::keyed().await;
    hub.push(into_keyed(None), "id,kelas\na,1\n").await.unwrap();
    let dry = PushRequest {
        dry_run: true,
        ..into_keyed(None)
    };
    let receipt = hub.push(dry, "id,kelas\na,2\nb,1\n").await.unwrap().receipt;
    assert_eq!((receipt.rows.accepted, receipt.rows.inserted), (2, 0));
    assert!(
        receipt.warnings.iter().any(|w| w.contains("does not compare")),
        "{:?}",
        receipt.warnings
    );
    assert_eq!(hub.current().await, [row("a", 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_that_need_keys_are_refused_where_there_are_none() {
    let hub = Hub::open().await;
    for mode in [PushMode::Upsert, PushMode::Snapshot { scope: Vec::new() }] {
        let request = PushRequest {
            mode: Some(mode),
            ..request()
        };
        assert_eq!(hub.push(request, GOOD).await.unwrap_err().kind(), Kind::Invalid);
    }
    let append = PushRequest {
        mode: Some(PushMode::Append),
        ..request()
    };
    assert!(!hub.push(append, GOOD).await.unwrap().replayed);
    let warned = hub
        .push(request(), "npsn,tanggal,_op\n99000001,2026-07-18,D\n")
        .await
        .unwrap()
        .receipt;
    assert_eq!(warned.rows.accepted, 1);
    assert!(
        warned
            .warnings
            .iter()
            .any(|w| w.contains("is append-only: rows cannot be deleted")),
        "{:?}",
        warned.warnings
    );
}
