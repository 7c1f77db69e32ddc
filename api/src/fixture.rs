//! A hub for tests of the door: rows of `mart.alert` and of an indicator's table are put there as the engines would put
//! them, and the engines themselves are played by [`Known`] and [`Desk`].

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod desk;

use crate::{
    auth::DoorToken,
    routes::app,
    state::{AppState, Hub},
    watch::Watch,
};
use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    json::ReaderBuilder,
    record_batch::RecordBatch,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use desk::{Desk, Known};
use serde_json::{Value, json};
use smartcenter_pipelines::model::Engine;
use smartcenter_warehouse::{
    Derivation, Part, Push, PushMode, Receipt, ReceiptId, RowCounts, Rows, Settings, Status, Warehouse,
    clock::FixedClock,
    contract::{Origin, system_column},
    control::Claimed,
};
use std::{fs, sync::Arc};
use tempfile::TempDir;
use tower::ServiceExt;

/// Columns of `mart.alert`.
const ALERT: &str = "peringatan_id:string! indikator:string keluarga:string unit:string nama:string wilayah:string \
    judul:string judul_en:string kalimat:string kalimat_en:string tindakan:string tindakan_en:string pemilik:string \
    mulai:date terakhir:date keparahan:string keyakinan:string p:number kelebihan:number status:string \
    putusan:string tunda_sampai:timestamp oleh:string disampaikan:string bukti:string atribusi:string versi:string";

/// Columns of `mart.indikator_uji`.
const POINTS: &str = "tanggal:date! unit:string! nama:string penyebut:number wilayah:string nilai:number \
    harapan:number batas:number skor:number p:number tanda:boolean aturan:boolean keparahan:string keterangan:string";

/// Columns of a dataset that somebody sends.
const SENT: &str = "nomor:integer judul:string";

/// A running hub without a listener.
pub struct Fixture {
    pub hub: Arc<Hub>,
    pub state: AppState,
    pub clock: Arc<FixedClock>,
    pub desk: Arc<Desk>,
    door: Router,
    token: String,
    _folder: TempDir,
}

impl Fixture {
    /// One of 10 August 2026, 9 o'clock in western Indonesia.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let contracts = data.join("contracts");
        fs::create_dir_all(&contracts).unwrap();
        fs::write(contracts.join("kiriman_uji.yaml"), contract("kiriman_uji", SENT, &[])).unwrap();
        let clock = Arc::new(FixedClock::at("2026-08-10T02:00:00Z".parse().unwrap()));
        let settings = Settings {
            data,
            models: false,
            ..Settings::default()
        };
        let warehouse = Warehouse::open(settings, clock.clone()).await.unwrap();
        let models = Engine::new(warehouse.clone());
        let token = DoorToken::fresh();
        let secret = token.as_str().to_owned();
        let state = AppState::starting(clock.clone(), token, None);
        let desk = Arc::new(Desk::default());
        let watch = Watch {
            indicators: Some(Arc::new(Known)),
            alerts: Some(desk.clone()),
        };
        let hub = state.open(warehouse, models, watch);
        Self {
            door: app(state.clone()),
            hub,
            state,
            clock,
            desk,
            token: secret,
            _folder: folder,
        }
    }

    /// The answer to a request; without a key that of this machine is used.
    pub async fn ask(&self, method: &str, path: &str, key: &str, body: Option<Value>) -> (StatusCode, Value) {
        let key = if key.is_empty() { &self.token } else { key };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {key}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| body.to_string().into());
        let answer = self.door.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// The body of an answer that is well.
    pub async fn get(&self, path: &str, key: &str) -> Value {
        let (status, body) = self.ask("GET", path, key, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The stream of an answer.
    pub async fn stream(&self, path: &str, key: &str, last: Option<&str>) -> Body {
        let mut request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {key}"));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = self
            .door
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body()
    }

    /// Makes a key.
    pub async fn key(&self, name: &str, role: &str, more: Value) -> String {
        let mut body = json!({ "name": name, "role": role });
        extend(&mut body, more);
        let (status, body) = self.ask("POST", "/api/v1/keys", "", Some(body)).await;
        assert_eq!(status, 201, "{body}");
        body["key"].as_str().unwrap().to_owned()
    }

    /// Puts rows into `mart.alert`.
    pub async fn alerts(&self, rows: &[Value]) {
        let scope = "{property: rowScope, value: {region: wilayah, institution: pemilik}}";
        self.put("alert", ALERT, scope, rows).await;
    }

    /// Puts rows into `mart.indikator_uji`.
    pub async fn points(&self, rows: &[Value]) {
        let scope = "{property: rowScope, value: {region: wilayah}}";
        self.put("indikator_uji", POINTS, scope, rows).await;
    }

    /// Pushes a row as an agency would.
    pub async fn push(&self) {
        let request = Request::post("/api/v1/feeds/kiriman_uji")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "text/csv");
        let number = self.hub.warehouse.view().visible_seq.0;
        let body = format!("nomor,judul\n{number},satu\n");
        let answer = self
            .door
            .clone()
            .oneshot(request.body(Body::from(body)).unwrap())
            .await
            .unwrap();
        assert_eq!(answer.status(), 202);
    }

    /// Puts rows into a table of the layer `mart`, as the hub itself would.
    async fn put(&self, dataset: &str, columns: &str, scope: &str, rows: &[Value]) {
        let warehouse = &self.hub.warehouse;
        if warehouse.contracts().get(dataset).is_none() {
            let settings = [
                "{property: layer, value: mart}",
                "{property: access, value: pimpinan}",
                scope,
            ];
            let text = contract(dataset, columns, &settings);
            Box::pin(warehouse.put_contract(&text, Origin::Derived, false))
                .await
                .unwrap();
        }
        let contract = warehouse.contracts().get(dataset).unwrap().clone();
        let mut decoder = ReaderBuilder::new(contract.schema()).build_decoder().unwrap();
        decoder.serialize(rows).unwrap();
        let batch = numbered(&decoder.flush().unwrap().unwrap());
        let count = rows.len() as u64;
        let receipt = Receipt {
            receipt_id: ReceiptId::now(),
            dataset: contract.dataset.clone(),
            contract_version: contract.version.to_string(),
            status: Status::Accepted,
            rows: RowCounts {
                received: count,
                accepted: count,
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
            received_at: now(),
            durable_at: None,
            dry_run: false,
            pusher: "smartcenter".parse().unwrap(),
        };
        let ledger = warehouse.control().ledger();
        let claimed = ledger
            .claim(&receipt.dataset, &receipt.pusher, None, None, true, now())
            .unwrap();
        let Claimed::Fresh(claim) = claimed else {
            panic!("taken for a repeat")
        };
        let push = Push {
            parts: vec![Part {
                table: contract.table(),
                rows: Rows::Batches(vec![batch]),
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
}

/// With line numbers, which tell the rows of a push apart.
fn numbered(batch: &RecordBatch) -> RecordBatch {
    let mut fields = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    fields.push(Arc::new(Field::new(system_column::LINE, DataType::Int64, true)));
    columns.push(Arc::new(Int64Array::from_iter_values(1..=batch.num_rows() as i64)));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

/// An alert of dinkes, with the columns that a test names.
pub fn alert(id: &str, more: Value) -> Value {
    let evidence = json!({
            "episodes": [{ "id": "e1", "indikator": "uji", "judul": "Banyak murid tidak masuk", "unit": "20500001",
                "nama": "SD Uji", "wilayah": "35.03.11", "from": "2026-08-05", "to": "2026-08-07",
                "points": [{ "tanggal": "2026-08-05", "nilai": 14.0, "harapan": 4.0, "batas": 9.0, "p": 0.001 }],
                "excess": 10.0, "p": 0.001, "is_rule": false, "data": "mart.indikator_uji", "versi": "abc123abc123" }],
            "checked": [{ "what": "kunjungan puskesmas", "what_en": "visits", "found": true,
                "text": "naik", "text_en": "up" }],
    });
    let mut row = json!({
        "peringatan_id": id, "indikator": "uji", "keluarga": "absensi", "unit": "20500001", "nama": "SD Uji",
        "wilayah": "35.03.11", "judul": "Banyak murid tidak masuk", "judul_en": "Many pupils absent",
        "kalimat": "SD Uji: 14 murid tidak masuk, biasanya 4.", "kalimat_en": "SD Uji: 14 pupils absent, usually 4.",
        "tindakan": "Telepon sekolah.", "tindakan_en": "Call the school.", "pemilik": "dinkes",
        "mulai": "2026-08-05", "terakhir": "2026-08-07", "keparahan": "sedang", "keyakinan": "kuat", "p": 0.001,
        "kelebihan": 10.0, "status": "open", "disampaikan": "now", "versi": "abc123abc123",
        "bukti": evidence.to_string(),
    });
    extend(&mut row, more);
    row
}

/// Puts the members of an object into another one, over those that are there.
pub fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

fn contract(name: &str, columns: &str, settings: &[&str]) -> String {
    let mut text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: uji-{name}\nname: {name}\nversion: \"1.0.0\"\nstatus: active\n\
         schema:\n  - name: {name}\n    logicalType: object\n    properties:\n"
    );
    let mut position = 0;
    for column in columns.split_whitespace() {
        let (name, kind) = column.split_once(':').unwrap();
        let ty = kind.trim_end_matches('!');
        text.push_str(&format!("      - name: {name}\n        logicalType: {ty}\n"));
        if kind.ends_with('!') {
            position += 1;
            text.push_str(&format!(
                "        required: true\n        primaryKey: true\n        primaryKeyPosition: {position}\n"
            ));
        }
    }
    text.push_str("    customProperties:\n      - {property: owner, value: kominfo}\n");
    for setting in settings {
        text.push_str(&format!("      - {setting}\n"));
    }
    text
}

/// When it is in all tests.
fn now() -> DateTime<Utc> {
    "2026-08-10T02:00:00Z".parse().unwrap()
}
