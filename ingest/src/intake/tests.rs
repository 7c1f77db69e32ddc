//! The whole way through a real warehouse in a folder of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Intake;
use crate::{ContentEncoding, Error, Format, PushOutcome, PushRequest, Result, Retry, fixture};
use arrow::{array::AsArray, datatypes::Int64Type};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::StreamExt;
use smartcenter_warehouse::{
    Kind, Settings, Status, TableId, Warehouse, clock::FixedClock, contract::Origin, lake::TableView, policy::Role,
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
