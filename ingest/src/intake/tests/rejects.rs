//! Rejected rows on their way back in: corrected, read again, given up, expired.

use super::*;
use crate::{FixRule, ReplayRequest};
use smartcenter_warehouse::{
    ReceiptId,
    clock::Clock,
    policy::Identity,
    quarantine::{LineSet, RejectCounts},
    query::{Limits, Params, QueryStream},
};

const BAD: &str = "npsn,tanggal,hadir\n99000001,2026-07-17,30\n9900,2026-07-17,1\n99000003,2026-07-17,-3\n\
                   99000004,2026-07-17,4\n99000005,2026-07-17,5\n99000006,2026-07-17,-6\n";

impl Hub {
    fn counts(&self, id: ReceiptId) -> RejectCounts {
        let ledger = self.warehouse.control().ledger();
        ledger.reject_counts(&ledger.get(id).unwrap().unwrap()).unwrap()
    }

    /// `line:state` of the rejected rows of a push, by line.
    async fn states(&self, id: ReceiptId) -> Vec<String> {
        let sql = "SELECT line || ':' || state || coalesce(':' || closed_by, '') AS s FROM quarantine.uji WHERE \
                   receipt_id = $1 ORDER BY line";
        self.texts(sql, &id.to_string()).await
    }

    async fn texts(&self, sql: &str, param: &str) -> Vec<String> {
        // What was sent is shown to a steward with a purpose.
        let steward = Identity {
            purpose: Some("uji".to_owned()),
            ..fixture::identity(Role::Walidata)
        };
        let session = self.warehouse.session(&steward);
        let params = Params::Positional(vec![param.into()]);
        let mut stream = session.query(sql, params, Limits::default()).await.unwrap();
        let batches = QueryStream::collect(&mut stream).await.unwrap();
        let texts = batches.iter().map(|batch| {
            let column = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8View).unwrap();
            column
                .as_string_view()
                .iter()
                .map(|text| text.unwrap().to_owned())
                .collect::<Vec<_>>()
        });
        texts.flatten().collect()
    }

    async fn replay(&self, id: ReceiptId, rules: Vec<FixRule>) -> Result<PushOutcome> {
        self.intake.replay(replay(id, rules)).await
    }

    /// The contract with another version and rule for `hadir`.
    async fn evolve(&self, version: &str, hadir: &str) {
        let text = CONTRACT
            .replace("\"1.0.0\"", &format!("\"{version}\""))
            .replace("minimum: 0", hadir);
        self.warehouse.put_contract(&text, Origin::Api, false).await.unwrap();
    }

    /// The hub as it would start after a power cut now.
    async fn after_a_crash(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        let settings = Settings {
            data: folder.path().to_owned(),
            ..Settings::default()
        };
        let clock = Arc::new(FixedClock::at(fixture::now()));
        let warehouse = Warehouse::open(settings, clock).await.unwrap();
        Self {
            intake: Intake::new(warehouse.clone()),
            warehouse,
            folder,
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn correcting(id: ReceiptId) -> PushRequest {
    PushRequest {
        corrects: Some(id),
        ..request()
    }
}

fn replay(receipt: ReceiptId, rules: Vec<FixRule>) -> ReplayRequest {
    ReplayRequest {
        receipt,
        identity: fixture::identity(Role::Walidata),
        dry_run: false,
        rules,
        lines: None,
        received_at: fixture::now(),
    }
}

fn exact(column: &str, from: &str, to: &str) -> FixRule {
    FixRule {
        column: column.into(),
        from: Some(from.into()),
        to: Some(to.into()),
        ..FixRule::default()
    }
}

fn open(open: u64) -> RejectCounts {
    RejectCounts {
        open,
        ..RejectCounts::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_file_closes_the_lines_that_it_names() {
    let hub = Hub::open().await;
    let old = hub.push(request(), BAD).await.unwrap().receipt;
    let id = old.receipt_id;
    assert_eq!((old.rows.rejected, hub.counts(id)), (3, open(3)));

    // Line 3 is right now, line 4 is wrong again, line 7 is not sent; line 5 was no rejected one.
    let fixed =
        "_baris,npsn,tanggal,hadir\n3,99000002,2026-07-17,1\n4,99000003,2026-07-17,-33\n5,99000004,2026-07-18,4\n";
    let dry = PushRequest {
        dry_run: true,
        ..correcting(id)
    };
    let asked = hub.push(dry, fixed).await.unwrap().receipt;
    let new = hub.push(correcting(id), fixed).await.unwrap().receipt;
    for receipt in [&asked, &new] {
        let corrects = receipt.corrects.as_ref().unwrap();
        assert_eq!((corrects.receipt_id, corrects.closed, corrects.superseded), (id, 1, 1));
        assert!(
            receipt
                .warnings
                .iter()
                .any(|w| w.starts_with("1 lines named in _baris")),
            "{:?}",
            receipt.warnings
        );
    }
    assert_eq!(
        new.status,
        Status::Partial,
        "one bad row of the six in the first file, not of three"
    );
    let want = RejectCounts {
        open: 1,
        corrected: 1,
        superseded: 1,
        ..RejectCounts::default()
    };
    assert_eq!((hub.counts(id), hub.counts(new.receipt_id)), (want, open(1)));
    let by = new.receipt_id;
    let states = vec![
        format!("3:corrected:{by}"),
        format!("4:superseded:{by}"),
        "7:open".to_owned(),
    ];
    assert_eq!(hub.states(id).await, states);
    assert_eq!(hub.states(by).await, ["3:open"]);

    // The same again, and a crash, change nothing.
    let again = hub.push(correcting(id), fixed).await.unwrap();
    assert!(again.replayed && again.receipt.corrects == new.corrects);
    let later = hub.after_a_crash().await;
    assert_eq!((later.counts(id), later.states(id).await), (want, states.clone()));
    let again = later.push(correcting(id), fixed).await.unwrap();
    assert!(again.replayed);
    assert_eq!(later.counts(id), want);

    // A line is closed once.
    let more = "_baris,npsn,tanggal,hadir\n3,99000022,2026-07-17,1\n7,99000006,2026-07-17,6\n";
    let third = hub.push(correcting(id), more).await.unwrap().receipt;
    assert_eq!(third.corrects.as_ref().map(|c| c.closed), Some(1));
    assert!(
        third.warnings.iter().any(|w| w.contains("given up before")),
        "{:?}",
        third.warnings
    );
    assert_eq!(hub.states(id).await[..2], states[..2]);
    assert_eq!(hub.counts(id).open, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_lines_closes_all_or_nothing() {
    let hub = Hub::open().await;
    let id = hub.push(request(), BAD).await.unwrap().receipt.receipt_id;
    let half = "npsn,tanggal,hadir\n99000002,2026-07-17,1\n99000003,2026-07-17,3\n99000006,2026-07-17,-6\n";
    let new = hub.push(correcting(id), half).await.unwrap().receipt;
    assert_eq!(new.corrects.as_ref().map(|c| (c.closed, c.superseded)), Some((0, 0)));
    assert!(new.warnings.iter().any(|w| w.contains("_baris")), "{:?}", new.warnings);
    assert_eq!(hub.counts(id), open(3));
    let none = hub.push(correcting(id), "npsn,tanggal,hadir\n").await.unwrap().receipt;
    assert_eq!(
        none.corrects.as_ref().map(|c| c.closed),
        Some(0),
        "a file without rows corrects none"
    );
    let whole = half.replace("-6", "6").replace("99000006", "99000007");
    let new = hub.push(correcting(id), whole).await.unwrap().receipt;
    assert_eq!(new.corrects.as_ref().map(|c| c.closed), Some(3));
    assert_eq!(hub.counts(id).corrected, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_names_lines_as_well_and_a_rejected_batch_supersedes_them() {
    let hub = Hub::open().await;
    let id = hub.push(request(), BAD).await.unwrap().receipt.receipt_id;
    let json = PushRequest {
        format: Format::Ndjson,
        ..correcting(id)
    };
    let rows = "{\"_baris\":\"3\",\"npsn\":\"x\",\"tanggal\":\"2026-07-17\"}\n{\"_baris\":4,\"npsn\":\"y\",\"tanggal\":\"2026-07-17\"}\n\
                {\"_baris\":7,\"npsn\":\"z\",\"tanggal\":\"2026-07-17\"}\n{\"npsn\":\"q\",\"tanggal\":\"2026-07-17\"}\n";
    let new = hub.push(json, rows).await.unwrap().receipt;
    assert_eq!(new.status, Status::Rejected);
    assert_eq!(new.corrects.as_ref().map(|c| (c.closed, c.superseded)), Some((0, 3)));
    assert_eq!((hub.counts(id).superseded, hub.counts(new.receipt_id).open), (3, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_pusher_and_stewards_correct() {
    let hub = Hub::open().await;
    let id = hub.push(request(), BAD).await.unwrap().receipt.receipt_id;
    let stranger = Identity {
        key: "lain".parse().unwrap(),
        institution: Some("dinas-uji".parse().unwrap()),
        ..fixture::identity(Role::Opd)
    };
    let push = PushRequest {
        identity: stranger.clone(),
        ..correcting(id)
    };
    assert_eq!(hub.push(push, GOOD).await.unwrap_err().kind(), Kind::NotFound);
    let asked = ReplayRequest {
        identity: stranger,
        ..replay(id, Vec::new())
    };
    assert_eq!(hub.intake.replay(asked).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(
        hub.push(correcting(ReceiptId::now()), GOOD).await.unwrap_err().kind(),
        Kind::NotFound
    );
    let good = hub.push(request(), GOOD).await.unwrap().receipt.receipt_id;
    assert_eq!(
        hub.push(correcting(good), GOOD.replace("07-17", "07-19"))
            .await
            .unwrap_err()
            .kind(),
        Kind::Invalid,
        "nothing was rejected there"
    );
    let ledger = hub.warehouse.control().ledger();
    let held = ledger.hold_rejects(&ledger.get(id).unwrap().unwrap()).unwrap();
    assert_eq!(hub.push(correcting(id), GOOD).await.unwrap_err().kind(), Kind::Conflict);
    drop(held);
    assert_eq!(hub.counts(id), open(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_reads_under_the_contract_in_force() {
    let hub = Hub::open().await;
    let id = hub.push(request(), BAD).await.unwrap().receipt.receipt_id;
    hub.evolve("1.1.0", "minimum: -5").await;
    let dry = ReplayRequest {
        dry_run: true,
        ..replay(id, Vec::new())
    };
    let asked = hub.intake.replay(dry).await.unwrap().receipt;
    assert_eq!((asked.rows.received, asked.rows.accepted), (3, 1));
    assert_eq!((hub.counts(id), asked.dry_run), (open(3), true));
    let new = hub.replay(id, Vec::new()).await.unwrap().receipt;
    assert_eq!((new.rows.accepted, new.rows.rejected), (1, 2));
    assert_eq!(new.contract_version, "1.1.0");
    let lines: Vec<u64> = new.faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 7], "lines are those of the first file");
    let counts = hub.counts(id);
    assert_eq!((counts.replayed, counts.superseded, counts.open), (1, 2, 0));
    assert_eq!(hub.rows(), 4);

    let again = hub.replay(id, Vec::new()).await.unwrap();
    assert!(again.replayed && again.receipt.receipt_id == new.receipt_id);
    let other = hub
        .replay(id, vec![exact("npsn", "9900", "99000002")])
        .await
        .unwrap_err();
    assert_eq!(other.kind(), Kind::Invalid, "nothing is open there any more: {other}");
    assert_eq!(hub.rows(), 4);

    // What is open in the replay's own receipt can be replayed in turn, by its lines.
    let some = ReplayRequest {
        lines: Some(vec![3]),
        ..replay(new.receipt_id, vec![exact("npsn", "9900", "99000002")])
    };
    let third = hub.intake.replay(some).await.unwrap().receipt;
    assert_eq!((third.rows.received, third.rows.accepted), (1, 1));
    assert_eq!(
        hub.states(new.receipt_id).await,
        [format!("3:replayed:{}", third.receipt_id), "7:open".to_owned()]
    );
    let later = hub.after_a_crash().await;
    assert_eq!(later.counts(id), counts);
    assert_eq!(later.counts(new.receipt_id).replayed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_correct_many_rows_at_once_and_say_how_many() {
    let hub = Hub::open().await;
    let text = "NPSN,tanggal,hadir\n99000001,2026-07-17,30\n99000002,17-07-2026,nol\n99000003,18-07-2026,1\n99000004,,2\n\
                99000005,2026-07-17,4\n99000006,2026-07-17,5\nkurang,1\n99000008,2026-07-17,6\n99000009,2026-07-17,6\n";
    let id = hub.push(request(), text).await.unwrap().receipt.receipt_id;
    assert_eq!(hub.counts(id), open(4));
    let rules = vec![
        FixRule {
            column: "tanggal".into(),
            pattern: Some(r"^(\d+)-(\d+)-(?<tahun>\d{4})$".into()),
            to: Some("${tahun}-$2-$1".into()),
            ..FixRule::default()
        },
        exact("Hadir", " nol ", "0"),
        FixRule {
            column: "tanggal".into(),
            missing: Some("2026-07-20".into()),
            ..FixRule::default()
        },
    ];
    let dry = ReplayRequest {
        dry_run: true,
        ..replay(id, rules.clone())
    };
    let asked = hub.intake.replay(dry).await.unwrap().receipt;
    assert_eq!((asked.rows.received, asked.rows.accepted), (3, 3));
    let new = hub.replay(id, rules).await.unwrap().receipt;
    let said = |part: &str| new.warnings.iter().any(|warning| warning.contains(part));
    assert!(
        said("1 of column tanggal changed 2 rows") && said("2 of column hadir changed 1 rows"),
        "{:?}",
        new.warnings
    );
    assert!(
        said("3 of column tanggal changed 1 rows") && said("1 rows are pieces"),
        "{:?}",
        new.warnings
    );
    assert_eq!(
        (new.rows.accepted, hub.counts(id).replayed, hub.counts(id).open),
        (3, 3, 1)
    );
    let dates = hub.texts(
        "SELECT CAST(tanggal AS VARCHAR) FROM data.uji WHERE tanggal > CAST($1 AS DATE) ORDER BY 1",
        "2026-07-17",
    );
    assert_eq!(dates.await, ["2026-07-18", "2026-07-20"]);
    for bad in [
        exact("tidak_ada", "a", "b"),
        FixRule {
            column: "npsn".into(),
            ..FixRule::default()
        },
        FixRule {
            column: "npsn".into(),
            pattern: Some("(".into()),
            to: Some("x".into()),
            ..FixRule::default()
        },
    ] {
        let error = hub.replay(id, vec![bad]).await.unwrap_err();
        assert!(
            error.kind() == Kind::Invalid && error.to_string().contains("rule 1"),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_the_pushers_whoever_asks() {
    let hub = Hub::open().await;
    let key = serde_json::from_value(serde_json::json!({
        "name": "sekolah", "role": "opd", "institution": "dinas-uji",
    }));
    hub.warehouse.control().keys().create(key.unwrap()).unwrap();
    let pusher = Identity {
        key: "sekolah".parse().unwrap(),
        institution: Some("dinas-uji".parse().unwrap()),
        ..fixture::identity(Role::Opd)
    };
    let push = PushRequest {
        identity: pusher,
        ..request()
    };
    let id = hub.push(push, BAD).await.unwrap().receipt.receipt_id;
    let new = hub.replay(id, vec![exact("hadir", "-3", "3")]).await.unwrap().receipt;
    assert_eq!((new.pusher.as_str(), new.rows.accepted), ("sekolah", 1));
    let by = new
        .corrects
        .as_ref()
        .and_then(|c| c.by.as_ref())
        .map(|key| key.as_str().to_owned());
    assert_eq!(by.as_deref(), Some("kunci-uji"));
    let pushers = hub
        .texts("SELECT DISTINCT pusher FROM quarantine.uji WHERE rules <> $1", "")
        .await;
    assert_eq!(pushers, ["sekolah"], "what was sent stays with the key that sent it");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_read_again_just_as_it_was() {
    let hub = Hub::open().await;
    let text = CONTRACT
        .replace(
            "- {name: hadir,",
            "- {name: nilai, logicalType: number}\n      - {name: catatan, logicalType: string}\n      - {name: hadir,",
        )
        .replace("\"1.0.0\"", "\"2.0.0\"")
        .replace(
            "- {property: maxRejected, value: 0.5}",
            "- {property: maxRejected, value: 1.0}\n      - {property: decimal, value: ','}",
        );
    hub.warehouse.put_contract(&text, Origin::Api, false).await.unwrap();
    let json = || PushRequest {
        format: Format::Ndjson,
        ..request()
    };
    // 1.5 is a number and "1,5" a text; null is nothing; a list fits nowhere.
    let rows = "{\"npsn\":\"x\",\"tanggal\":\"2026-07-17\",\"nilai\":1.5,\"catatan\":null,\"lain\":7}\n\
                {\"npsn\":\"x\",\"tanggal\":\"2026-07-18\",\"nilai\":\"1,5\",\"catatan\":\"null\"}\n\
                {\"npsn\":\"x\",\"tanggal\":\"2026-07-19\",\"nilai\":2,\"catatan\":[1]}\n";
    let id = hub.push(json(), rows).await.unwrap().receipt.receipt_id;
    let raw = hub
        .texts(
            "SELECT raw FROM quarantine.uji WHERE receipt_id = $1 ORDER BY line LIMIT 1",
            &id.to_string(),
        )
        .await;
    assert_eq!(
        raw,
        [r#"[["npsn","x"],["tanggal","2026-07-17"],["nilai","1.5","n"],["catatan","","a"],["lain","7","n"]]"#]
    );
    let new = hub
        .replay(id, vec![exact("npsn", "x", "99000001")])
        .await
        .unwrap()
        .receipt;
    assert_eq!((new.rows.accepted, new.rows.rejected), (2, 1), "{:?}", new.faults);
    assert_eq!(new.faults[0].rule, "nested");
    let sql = "SELECT nilai || '/' || coalesce(catatan, '-') FROM data.uji WHERE npsn = $1 ORDER BY tanggal";
    assert_eq!(hub.texts(sql, "99000001").await, ["1.5/-", "1.5/null"]);
    let left = hub
        .texts(
            "SELECT raw FROM quarantine.uji WHERE receipt_id = $1",
            &new.receipt_id.to_string(),
        )
        .await;
    assert_eq!(
        left,
        [r#"[["npsn","99000001"],["tanggal","2026-07-19"],["nilai","2","n"],["catatan","[1]","o"]]"#]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_of_any_size_goes_the_way_of_a_big_push() {
    let hub = Hub::open().await;
    let text = large(|_| None).replace(",2026-07-17,", ",2026-07-17,-");
    let old = hub.push(request(), text).await.unwrap().receipt;
    assert_eq!((old.status, old.rows.rejected), (Status::Rejected, 400_000));
    hub.evolve("1.1.0", "minimum: -39").await;
    let new = hub
        .replay(old.receipt_id, vec![exact("npsn", "00000007", "x")])
        .await
        .unwrap()
        .receipt;
    assert_eq!(
        (new.rows.received, new.rows.accepted, new.rows.rejected),
        (400_000, 399_999, 1)
    );
    let counts = hub.counts(old.receipt_id);
    assert_eq!((counts.replayed, counts.superseded, counts.open), (399_999, 1, 0));
    assert_eq!(hub.rows(), 399_999);
    assert_eq!(hub.files().1, 0, "no scratch file is left");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_given_up_with_a_reason() {
    let hub = Hub::open().await;
    let old = hub.push(request(), BAD).await.unwrap().receipt;
    let (key, warehouse) = ("kunci-uji".parse().unwrap(), &hub.warehouse);
    let some: LineSet = [3, 5].into_iter().collect();
    assert_eq!(
        warehouse
            .discard_rejects(&old, Some(&some), &key, " ")
            .await
            .unwrap_err()
            .kind(),
        Kind::Invalid
    );
    assert_eq!(
        warehouse
            .discard_rejects(&old, Some(&some), &key, "uji coba")
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        warehouse
            .discard_rejects(&old, Some(&some), &key, "uji coba")
            .await
            .unwrap(),
        0
    );
    assert_eq!(hub.states(old.receipt_id).await, ["3:discarded", "4:open", "7:open"]);
    assert_eq!(warehouse.discard_rejects(&old, None, &key, "sisa").await.unwrap(), 2);
    let later = hub.after_a_crash().await;
    let ledger = later.warehouse.control().ledger();
    let kept = ledger.closings(old.receipt_id, old.received_at).unwrap();
    let told: Vec<_> = kept
        .list
        .iter()
        .map(|c| (c.lines.len(), c.reason.as_deref(), c.key.as_str()))
        .collect();
    assert_eq!(
        told,
        [(1, Some("uji coba"), "kunci-uji"), (2, Some("sisa"), "kunci-uji")]
    );
    assert_eq!(later.counts(old.receipt_id).discarded, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_rejected_rows_expire_and_what_was_sent_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(fixture::now()));
    let settings = Settings {
        data: folder.path().to_owned(),
        maintenance_seconds: 3600,
        ..Settings::default()
    };
    let warehouse = Warehouse::open(settings, clock.clone()).await.unwrap();
    warehouse.put_contract(CONTRACT, Origin::Api, false).await.unwrap();
    let hub = Hub {
        intake: Intake::new(warehouse.clone()),
        warehouse,
        folder,
    };
    let at = |text: String| {
        let request = PushRequest {
            received_at: clock.now(),
            ..request()
        };
        hub.push(request, text)
    };
    let first = at(BAD.to_owned()).await.unwrap().receipt;
    let fixed = "_baris,npsn,tanggal,hadir\n3,99000002,2026-07-17,1\n";
    hub.push(correcting(first.receipt_id), fixed).await.unwrap();
    clock.advance(chrono::Duration::days(60));
    let second = at(BAD.replace("07-17", "07-18")).await.unwrap().receipt;
    // Both in one file, which has to be written anew without the first one's rows.
    hub.warehouse
        .landed(&TableId::quarantine(), second.seq.unwrap())
        .await
        .unwrap();
    hub.warehouse.maintain().await;
    assert_eq!((hub.quarantined(), hub.counts(first.receipt_id).open), (6, 2));

    clock.advance(chrono::Duration::days(31));
    hub.warehouse.maintain().await;
    let counts = hub.counts(first.receipt_id);
    assert_eq!((counts.open, counts.expired, counts.corrected), (0, 2, 1));
    assert_eq!((hub.quarantined(), hub.counts(second.receipt_id)), (3, open(3)));
    assert_eq!(hub.states(second.receipt_id).await, ["3:open", "4:open", "7:open"]);
    let kept = hub.warehouse.control().ledger().get(first.receipt_id).unwrap().unwrap();
    assert_eq!(kept.faults.len(), first.faults.len());
    assert!(
        kept.faults
            .iter()
            .all(|fault| fault.value.is_none() && fault.message.contains("no longer kept"))
    );
    let late = hub
        .push(
            correcting(first.receipt_id),
            "_baris,npsn,tanggal,hadir\n4,99000033,2026-07-17,1\n",
        )
        .await;
    assert_eq!(late.unwrap().receipt.corrects.map(|c| c.closed), Some(0));

    clock.advance(chrono::Duration::days(90));
    hub.warehouse.maintain().await;
    assert_eq!((hub.quarantined(), hub.counts(second.receipt_id).expired), (0, 3));
    hub.warehouse.maintain().await;
}
