//! HTTP as a sender or reader of data speaks it.

use reqwest::{
    Method,
    blocking::{Body, RequestBuilder},
    header::HeaderMap,
};
use serde_json::{Value, json};
use std::{sync::LazyLock, time::Duration};

/// No answer may take longer.
const TIMEOUT: Duration = Duration::from_secs(120);

static HTTP: LazyLock<reqwest::blocking::Client> = LazyLock::new(|| {
    reqwest::blocking::Client::builder()
        .no_proxy()
        .timeout(TIMEOUT)
        .pool_max_idle_per_host(16)
        .build()
        .unwrap()
});

/// A hub and who asks it.
#[derive(Debug, Clone)]
pub struct Client {
    url: String,
    key: Option<String>,
    purpose: Option<String>,
}

impl Client {
    /// The hub at `url`, asked with `key`.
    pub fn new(url: &str, key: Option<String>) -> Self {
        Self {
            url: url.to_owned(),
            key,
            purpose: None,
        }
    }

    /// States a purpose.
    pub fn for_purpose(&self, purpose: &str) -> Self {
        Self {
            purpose: Some(purpose.to_owned()),
            ..self.clone()
        }
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// The key.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// A request to `path`, which starts with a slash and may have a query.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = HTTP.request(method, format!("{}{path}", self.url));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(purpose) = &self.purpose {
            request = request.header("X-Purpose", purpose);
        }
        request
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).unwrap()
    }

    /// GET, where the hub may be gone.
    pub fn try_get(&self, path: &str) -> Result<Answer, String> {
        Answer::of(self.request(Method::GET, path))
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path)).unwrap()
    }

    /// POST of a JSON document.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).unwrap()
    }

    /// PUT of a contract.
    pub fn put_contract(&self, dataset: &str, query: &str, yaml: &str) -> Answer {
        let request = self.request(Method::PUT, &format!("/api/v1/contracts/{dataset}{query}"));
        Answer::of(request.header("Content-Type", "application/yaml").body(yaml.to_owned())).unwrap()
    }

    /// A push about to be sent.
    pub fn feed(&self, dataset: &str, content_type: &str) -> Feed {
        let request = self.request(Method::POST, &format!("/api/v1/feeds/{dataset}"));
        Feed(request.header("Content-Type", content_type))
    }

    /// A push of CSV or NDJSON about to be sent.
    pub fn text_feed(&self, dataset: &str, is_csv: bool) -> Feed {
        self.feed(dataset, if is_csv { "text/csv" } else { "application/x-ndjson" })
    }

    /// Pushes CSV.
    pub fn push_csv(&self, dataset: &str, csv: &str) -> Answer {
        self.feed(dataset, "text/csv").send(csv.to_owned())
    }

    /// Pushes NDJSON.
    pub fn push_ndjson(&self, dataset: &str, lines: &[Value]) -> Answer {
        self.feed(dataset, "application/x-ndjson").send(ndjson(lines))
    }

    /// Asks in SQL; the answer as it is.
    pub fn ask(&self, sql: &str) -> Answer {
        self.post("/api/v1/sql", &json!({ "sql": sql, "format": "json" }))
    }

    /// Asks in SQL; the rows of a complete answer.
    pub fn sql(&self, sql: &str) -> Vec<Value> {
        self.try_sql(sql).unwrap_or_else(|why| panic!("{sql}: {why}"))
    }

    /// Asks in SQL, where the hub may be gone.
    pub fn try_sql(&self, sql: &str) -> Result<Vec<Value>, String> {
        let request = self
            .request(Method::POST, "/api/v1/sql")
            .json(&json!({ "sql": sql, "format": "json" }));
        let answer = Answer::of(request)?;
        if answer.status != 200 {
            return Err(format!("{}: {}", answer.status, answer.text()));
        }
        let mut body = answer.json();
        if body["end"] != true || body["truncated"] != false {
            return Err("the answer is not complete".to_owned());
        }
        let rows: Vec<Value> = serde_json::from_value(body["rows"].take()).map_err(|e| e.to_string())?;
        (body["count"] == rows.len())
            .then_some(rows)
            .ok_or_else(|| "the count is wrong".to_owned())
    }

    /// Asks in SQL for one row.
    pub fn row(&self, sql: &str) -> Value {
        let mut rows = self.sql(sql);
        assert_eq!(rows.len(), 1, "{sql}");
        rows.remove(0)
    }

    /// Asks in SQL for one whole number, called `n`.
    pub fn number(&self, sql: &str) -> i64 {
        self.row(sql)["n"]
            .as_i64()
            .unwrap_or_else(|| panic!("{sql}: n is not a whole number"))
    }

    /// Makes a key; the key itself.
    pub fn create_key(&self, name: &str, role: &str, more: Value) -> String {
        let mut body = json!({ "name": name, "role": role });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
            body.extend(more);
        }
        self.post("/api/v1/keys", &body).expect(201).json()["key"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// A push about to be sent.
#[derive(Debug)]
pub struct Feed(RequestBuilder);

impl Feed {
    /// With a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// With an idempotency key.
    pub fn idempotent(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// With a query parameter.
    pub fn query(self, name: &str, value: &str) -> Self {
        Self(self.0.query(&[(name, value)]))
    }

    /// Sends it.
    pub fn send(self, body: impl Into<Body>) -> Answer {
        self.try_send(body).unwrap()
    }

    /// Sends it, where the hub may be gone before it answers.
    pub fn try_send(self, body: impl Into<Body>) -> Result<Answer, String> {
        Answer::of(self.0.body(body))
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Sends `request`; an answer that breaks off is none.
    pub fn of(request: RequestBuilder) -> Result<Self, String> {
        let told = |error: reqwest::Error| format!("{error:?}");
        let response = request.send().map_err(told)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().map_err(told)?.to_vec();
        Ok(Self { status, headers, bytes })
    }

    /// Itself, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// True for the answer to a repeated push.
    pub fn is_replayed(&self) -> bool {
        self.header("Idempotency-Replayed") == "true"
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("not JSON ({e}): {}", self.text()))
    }

    /// The sentence of a problem with this status; everything a problem must have is there.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.header("Content-Type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let body = self.json();
        assert_eq!(body["status"], status);
        for field in ["type", "title", "detail", "instance"] {
            assert!(
                body[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field} in {body}"
            );
        }
        body["detail"].as_str().unwrap().to_owned()
    }
}

/// Objects, one to a line.
pub fn ndjson(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
