//! A hub for tests of the door: alerts and points of an indicator are pushed by hand, and two models of the site put them
//! where the engines would.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{
    auth::DoorToken,
    routes::app,
    state::{AppState, Hub},
    watch::{
        AlertDesk, AlertEvent, Deed, Definition, Indicators, NewStep, NewSuppression, StepTaken, Suppression, Watch,
    },
};
use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use smartcenter_pipelines::model::Engine;
use smartcenter_warehouse::{Error, Result, Settings, Warehouse, clock::FixedClock};
use std::{
    fs,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::sync::broadcast;
use tower::ServiceExt;

/// Columns of `mart.alert`, as pushed by hand.
const ALERT_COLUMNS: &str = "peringatan_id:string! indikator:string keluarga:string unit:string nama:string wilayah:string \
    judul:string judul_en:string kalimat:string kalimat_en:string tindakan:string tindakan_en:string pemilik:string \
    mulai:date terakhir:date keparahan:string keyakinan:string p:number kelebihan:number status:string \
    tunda_sampai:timestamp oleh:string disampaikan:string bukti:string atribusi:string versi:string";

/// Columns of `mart.indikator_uji`.
const POINT_COLUMNS: &str = "unit:string! tanggal:date! nama:string penyebut:number wilayah:string nilai:number \
    harapan:number batas:number skor:number p:number tanda:boolean aturan:boolean keparahan:string keterangan:string";

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
        for (name, columns) in [("peringatan_uji", ALERT_COLUMNS), ("titik_uji", POINT_COLUMNS)] {
            write(
                &data.join("contracts"),
                &format!("{name}.yaml"),
                &contract(name, columns),
            );
        }
        let alert = model("alert", "peringatan_id", "pemilik", "peringatan_uji");
        let points = model("indikator_uji", "tanggal, unit", "", "titik_uji");
        write(&data.join("models"), "alert.sql", &alert);
        write(&data.join("models"), "indikator_uji.sql", &points);

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
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap_or_default());
        let (status, body) = self.ask("POST", "/api/v1/keys", "", Some(body)).await;
        assert_eq!(status, 201, "{body}");
        body["key"].as_str().unwrap().to_owned()
    }

    /// Puts rows into `mart.alert`.
    pub async fn alerts(&self, rows: &[Value]) {
        self.push("peringatan_uji", rows, "alert").await;
    }

    /// Puts rows into `mart.indikator_uji`.
    pub async fn points(&self, rows: &[Value]) {
        self.push("titik_uji", rows, "indikator_uji").await;
    }

    /// Pushes rows to a dataset.
    pub async fn push(&self, dataset: &str, rows: &[Value], model: &str) {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let request = Request::post(format!("/api/v1/feeds/{dataset}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .body(lines.into())
            .unwrap();
        let answer = self.door.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert_eq!(status, 202, "{}", String::from_utf8_lossy(&body));
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["rows"]["rejected"], 0, "{body}");
        self.hub.models.refresh(&model.parse().unwrap(), false).await.unwrap();
    }
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
    row.as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap_or_default());
    row
}

fn write(folder: &std::path::Path, name: &str, text: &str) {
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(name), text).unwrap();
}

fn contract(name: &str, columns: &str) -> String {
    let mut text = format!(
        "apiVersion: v3.1.0\nkind: DataContract\nid: uji-{name}\nname: {name}\nversion: \"1.0.0\"\nstatus: active\n\
         schema:\n  - name: {name}\n    logicalType: object\n    properties:\n"
    );
    let mut position = 0;
    for column in columns.split_whitespace() {
        let (name, kind) = column.split_once(':').unwrap();
        text.push_str(&format!(
            "      - name: {name}\n        logicalType: {}\n",
            kind.trim_end_matches('!')
        ));
        if kind.ends_with('!') {
            position += 1;
            text.push_str(&format!(
                "        required: true\n        primaryKey: true\n        primaryKeyPosition: {position}\n"
            ));
        }
    }
    text + "    customProperties:\n      - {property: owner, value: kominfo}\n"
}

fn model(name: &str, key: &str, institution: &str, source: &str) -> String {
    let institution = match institution {
        "" => String::new(),
        column => format!("institution: {column}\n"),
    };
    format!(
        "/*\ntitle: {name}\ntitle_en: {name}\ndescription: Of a test.\nowner: kominfo\ngrain: a row\nkind: table\n\
         key: [{key}]\nsources:\n  data.{source}: all\nregion: wilayah\n{institution}access: pimpinan\n*/\n\
         SELECT * FROM data.{source}\n"
    )
}

/// Two definitions; only of the first there are values.
#[derive(Debug)]
struct Known;

impl Indicators for Known {
    fn definitions(&self) -> Vec<Definition> {
        let of = |id: &str, owner: &str| Definition {
            id: id.to_owned(),
            title: format!("Indikator {id}"),
            title_en: format!("Indicator {id}"),
            unit: "sekolah".to_owned(),
            unit_en: "school".to_owned(),
            family: "absensi".to_owned(),
            owner: owner.to_owned(),
            grain: "hari".to_owned(),
            method: "attendance".to_owned(),
            parameters: json!({ "window": 20 }).as_object().unwrap().clone(),
            version: "abc123abc123".to_owned(),
            alerts: true,
            ..Definition::default()
        };
        vec![of("uji", "dinkes"), of("nanti", "dikpora")]
    }
}

/// Keeps steps in memory.
#[derive(Debug)]
pub struct Desk {
    pub word: broadcast::Sender<AlertEvent>,
    steps: Mutex<Vec<(String, StepTaken)>>,
    held: Mutex<Vec<Suppression>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            word: broadcast::channel(64).0,
            steps: Mutex::default(),
            held: Mutex::default(),
        }
    }
}

fn now() -> DateTime<Utc> {
    "2026-08-10T02:00:00Z".parse().unwrap()
}

#[async_trait]
impl AlertDesk for Desk {
    fn subscribe(&self) -> broadcast::Receiver<AlertEvent> {
        self.word.subscribe()
    }

    async fn steps(&self, id: &str) -> Result<Vec<StepTaken>> {
        let steps = self.steps.lock().unwrap();
        let own = steps.iter().filter(|(alert, _)| alert == id);
        Ok(own.map(|(_, step)| step.clone()).collect())
    }

    async fn act(&self, id: &str, step: NewStep) -> Result<()> {
        if step.note.is_empty() {
            return Err(Error::invalid("a note is needed: say what was found, in a sentence"));
        }
        let deed: Deed = serde_json::from_value(json!(step.action)).unwrap();
        let taken = StepTaken {
            at: now(),
            by: Some(step.by),
            deed,
            note: step.note,
            until: step.until,
        };
        self.steps.lock().unwrap().push((id.to_owned(), taken));
        Ok(())
    }

    async fn suppressions(&self) -> Result<Vec<Suppression>> {
        Ok(self.held.lock().unwrap().clone())
    }

    async fn suppress(&self, new: NewSuppression) -> Result<Suppression> {
        let mut held = self.held.lock().unwrap();
        let made = Suppression {
            id: (held.len() + 1).to_string(),
            indicator: new.indicator,
            unit: new.unit,
            until: new.until,
            note: new.note,
            by: Some(new.by),
            at: now(),
        };
        held.push(made.clone());
        Ok(made)
    }

    async fn lift(&self, id: &str, _: &str) -> Result<bool> {
        let mut held = self.held.lock().unwrap();
        let before = held.len();
        held.retain(|one| one.id != id);
        Ok(held.len() < before)
    }
}
