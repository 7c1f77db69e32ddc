//! Alerts leave the hub: to a program that checks the signature, and by mail through a server that wants a password and a
//! covered connection. What was taken is not sent again, whatever happens to the hub.

mod receivers;

use crate::hub::{Folder, PATIENCE, Start, until};
use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    json::ReaderBuilder,
    record_batch::RecordBatch,
};
use chrono::{Days, Utc};
use receivers::{MailServer, hmac, program};
use serde_json::{Value, json};
use smartcenter_api::{
    Running, ServeOptions,
    settings::{self, Sources},
};
use smartcenter_warehouse::{
    Derivation, Part, Push, PushMode, Receipt, ReceiptId, RowCounts, Rows, Status, Warehouse,
    clock::SystemClock,
    contract::{Origin, system_column},
    control::Claimed,
};
use std::{fs, sync::Arc};
use tokio::runtime::Runtime;

/// The table as the hub would make it; of its columns those that a message needs.
const TABLE: &str = "apiVersion: v3.1.0
kind: DataContract
id: uji-alert
name: Peringatan
version: \"1.0.0\"
status: active
schema:
  - name: alert
    logicalType: object
    properties:
";
const COLUMNS: [(&str, &str); 26] = [
    ("peringatan_id", "string"),
    ("indikator", "string"),
    ("keluarga", "string"),
    ("unit", "string"),
    ("nama", "string"),
    ("wilayah", "string"),
    ("judul", "string"),
    ("judul_en", "string"),
    ("kalimat", "string"),
    ("kalimat_en", "string"),
    ("tindakan", "string"),
    ("tindakan_en", "string"),
    ("pemilik", "string"),
    ("mulai", "date"),
    ("terakhir", "date"),
    ("keparahan", "string"),
    ("keyakinan", "string"),
    ("p", "number"),
    ("kelebihan", "number"),
    ("status", "string"),
    ("tunda_sampai", "timestamp"),
    ("oleh", "string"),
    ("disampaikan", "string"),
    ("bukti", "string"),
    ("atribusi", "string"),
    ("versi", "string"),
];

/// A hub in this process: nobody but its own engine may write alerts, and that is not what is tried here.
fn start(folder: &Folder, mail: &MailServer, hook: &str) -> (Runtime, Running) {
    let password = folder.scratch("sandi");
    fs::write(&password, "sandi-uji\n").unwrap();
    let environment = [
        ("DATA", folder.data().to_str().unwrap().to_owned()),
        ("WAREHOUSE_MODELS", "false".to_owned()),
        ("DELIVER_RETRY_SECONDS", "1".to_owned()),
        ("DELIVER_PUBLIC_URL", "https://hub.example.go.id".to_owned()),
        ("WEBHOOK_TARGETS", format!("* info {hook}")),
        ("WEBHOOK_SECRET", "rahasia-uji".to_owned()),
        ("MAIL_SERVER", format!("localhost:{}", mail.port)),
        ("MAIL_USER", "hub".to_owned()),
        ("MAIL_PASSWORD_FILE", password.to_str().unwrap().to_owned()),
        ("MAIL_CA_FILE", mail.authority.clone()),
        ("MAIL_FROM", "Smart Center <hub@example.go.id>".to_owned()),
        (
            "MAIL_TO",
            "dinkes sedang Piket Dinkes <piket@dinkes.example.go.id>, dikpora tinggi piket@dikpora.example.go.id"
                .to_owned(),
        ),
    ];
    let sources = Sources {
        environment: environment
            .map(|(name, value)| (format!("SMARTCENTER_{name}"), value))
            .to_vec(),
        ..Sources::default()
    };
    let settings = settings::load(&sources).unwrap();
    let runtime = Runtime::new().unwrap();
    let running = runtime.block_on(async {
        let options = ServeOptions {
            settings: settings.warehouse,
            addr: "127.0.0.1:0".parse().unwrap(),
            deliver: settings.deliver,
            report: settings.report,
            clock: Arc::new(SystemClock),
            on_ready: None,
        };
        let mut running = smartcenter_api::start(options).await.unwrap();
        running.ready().await.unwrap();
        running
    });
    (runtime, running)
}

fn raise((runtime, hub): &(Runtime, Running), id: &str, owner: &str, severity: &str) {
    let today = Utc::now().date_naive();
    let alert = json!({
        "peringatan_id": id, "indikator": "uji", "keluarga": "absensi", "unit": "20500001", "nama": "SD Uji",
        "wilayah": "35.03.11", "judul": "Banyak murid tidak masuk", "judul_en": "Many pupils absent",
        "kalimat": "SD Uji: 14 murid tidak masuk, biasanya 4 (NIK 9903010101900001).",
        "kalimat_en": "SD Uji: 14 pupils absent, usually 4.", "tindakan": "Telepon sekolah.",
        "tindakan_en": "Call the school.", "pemilik": owner, "mulai": today - Days::new(2), "terakhir": today,
        "keparahan": severity, "keyakinan": "kuat", "p": 0.001, "kelebihan": 10.0, "status": "open",
        "disampaikan": "now", "oleh": "kunci-seseorang", "versi": "abc123abc123",
    });
    runtime.block_on(put(&hub.warehouse().unwrap(), &alert));
}

/// Writes an alert as the hub's own engine would.
async fn put(warehouse: &Arc<Warehouse>, alert: &Value) {
    if warehouse.contracts().get("alert").is_none() {
        let mut text = TABLE.to_owned();
        for (name, ty) in COLUMNS {
            text.push_str(&format!("      - name: {name}\n        logicalType: {ty}\n"));
            if name == "peringatan_id" {
                text.push_str("        required: true\n        primaryKey: true\n");
            }
        }
        text.push_str(
            "    customProperties:\n      - {property: owner, value: kominfo}\n      - {property: layer, value: mart}\n",
        );
        Box::pin(warehouse.put_contract(&text, Origin::Derived, false))
            .await
            .unwrap();
    }
    let contract = warehouse.contracts().get("alert").unwrap().clone();
    let mut decoder = ReaderBuilder::new(contract.schema()).build_decoder().unwrap();
    decoder.serialize(&[alert]).unwrap();
    let row = decoder.flush().unwrap().unwrap();
    let mut fields = row.schema().fields().to_vec();
    let mut columns = row.columns().to_vec();
    fields.push(Arc::new(Field::new(system_column::LINE, DataType::Int64, true)));
    columns.push(Arc::new(Int64Array::from(vec![1])));
    let row = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
    let receipt = Receipt {
        receipt_id: ReceiptId::now(),
        dataset: contract.dataset.clone(),
        contract_version: contract.version.to_string(),
        status: Status::Accepted,
        rows: RowCounts {
            received: 1,
            accepted: 1,
            ..RowCounts::default()
        },
        faults: Vec::new(),
        warnings: Vec::new(),
        corrects: None,
        derived: Some(Derivation {
            model: contract.dataset.clone(),
            version: "uji".to_owned(),
            through: warehouse.view().visible_seq,
        }),
        seq: None,
        payload_sha256: String::new(),
        received_at: Utc::now(),
        durable_at: None,
        dry_run: false,
        pusher: "smartcenter".parse().unwrap(),
    };
    let ledger = warehouse.control().ledger();
    let claimed = ledger.claim(&receipt.dataset, &receipt.pusher, None, None, true, Utc::now());
    let Claimed::Fresh(claim) = claimed.unwrap() else {
        panic!("taken for a repeat")
    };
    let push = Push {
        parts: vec![Part {
            table: contract.table(),
            rows: Rows::Batches(vec![row]),
        }],
        contract,
        receipt,
        claim,
        closing: None,
        mode: PushMode::Upsert,
        reach: None,
    };
    warehouse.push(push).await.unwrap();
}

#[test]
fn alerts_reach_programs_and_people_once() {
    let folder = Folder::new();
    let mail = MailServer::start(&folder.scratch("surat"));
    let (hook, sent) = program();
    let hub = start(&folder, &mail, &hook);
    raise(&hub, "a1", "dinkes", "kritis");

    // Refused once, taken the second time.
    let letter = mail.letters.recv_timeout(PATIENCE).expect("a letter in time");
    assert_eq!(letter["to"], json!(["piket@dinkes.example.go.id"]));
    assert_eq!(
        letter["subject"],
        "[Smart Center] KRITIS · Banyak murid tidak masuk: SD Uji"
    );
    assert_eq!(
        (&letter["covered"], &letter["automatic"]),
        (&json!(true), &json!("auto-generated"))
    );
    let (text, html) = (letter["text"].as_str().unwrap(), letter["html"].as_str().unwrap());
    for part in [
        "SD Uji: 14 murid tidak masuk",
        "Telepon sekolah.",
        "https://hub.example.go.id/app/peringatan/a1",
    ] {
        assert!(
            text.contains(part) && html.contains(part),
            "{part} in {text} and {html}"
        );
    }
    until("the program took it", || sent.lock().unwrap().len() == 2);
    for (head, body) in sent.lock().unwrap().iter() {
        let header = |name: &str| {
            head.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                .unwrap()
                .to_owned()
        };
        let signature = header("x-smartcenter-signature");
        let (seconds, signed) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        assert_eq!(signed, hmac("rahasia-uji", &format!("{seconds}.{body}")));
        assert_eq!(serde_json::from_str::<Value>(body).unwrap()["alert"]["id"], "a1");
    }
    // Nothing of a person, and no name of a key.
    for said in [text, html, &sent.lock().unwrap()[1].1] {
        assert!(
            !said.contains("9903010101900001") && !said.contains("kunci-seseorang"),
            "{said}"
        );
    }

    // After a restart nothing is said again, and what is new is: to whom it is for.
    let (runtime, running) = hub;
    runtime.block_on(running.shutdown()).unwrap();
    drop(runtime);
    let hub = start(&folder, &mail, &hook);
    raise(&hub, "a2", "dikpora", "tinggi");
    raise(&hub, "a3", "dikpora", "sedang");
    let letter = mail.letters.recv_timeout(PATIENCE).expect("a letter in time");
    assert_eq!(letter["to"], json!(["piket@dikpora.example.go.id"]));
    until("the program took both", || sent.lock().unwrap().len() >= 4);
    let mut ids: Vec<String> = sent.lock().unwrap()[2..]
        .iter()
        .map(|(_, body)| {
            serde_json::from_str::<Value>(body).unwrap()["alert"]["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    ids.sort();
    assert_eq!(ids, ["a2", "a3"]);
    assert!(mail.letters.try_recv().is_err(), "of a3 nobody wanted a letter");
    let (runtime, running) = hub;
    runtime.block_on(running.shutdown()).unwrap();
}

#[test]
fn settings_that_cannot_work_are_told_at_the_start() {
    let start = Start::fresh()
        .env("SMARTCENTER_WEBHOOK_TARGETS", "* info http://127.0.0.1:9/")
        .env("SMARTCENTER_WEBHOOK_SECRET_FILE", "/nowhere/secret");
    let ended = start.try_start().expect_err("there is no such file");
    assert!(!ended.status.success());
    assert!(
        ended
            .log
            .contains("webhook.secret_file: /nowhere/secret cannot be read"),
        "{}",
        ended.log
    );
}
