//! The hub's HTTP door as an agency's sender sees it: bearer key, idempotency key, patience when the hub is busy.

mod receipts;

use crate::{Error, Result, sheet::Envelope};
use reqwest::{
    StatusCode,
    blocking::{Client, RequestBuilder, Response},
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a sender keeps trying while the hub is busy, restarting or out of reach.
const PATIENCE: Duration = Duration::from_secs(180);

/// The keys to push with. Never printed.
#[derive(Clone)]
pub struct Keys {
    default: String,
    by_dataset: BTreeMap<String, String>,
}

impl Keys {
    /// One key for everything, questions included.
    pub fn one(key: impl Into<String>) -> Self {
        Self {
            default: key.into(),
            by_dataset: BTreeMap::new(),
        }
    }

    /// Another key for the pushes of `dataset`.
    #[must_use]
    pub fn with(mut self, dataset: impl Into<String>, key: impl Into<String>) -> Self {
        self.by_dataset.insert(dataset.into(), key.into());
        self
    }

    fn of(&self, dataset: &str) -> &str {
        self.by_dataset.get(dataset).unwrap_or(&self.default)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("datasets", &self.by_dataset.keys())
            .finish_non_exhaustive()
    }
}

/// What the hub said about a push.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Answer {
    /// Row counts of the receipt.
    #[serde(default)]
    pub rows: Rows,
    /// `accepted`, `partial`, `rejected` or `duplicate`.
    #[serde(default)]
    pub status: String,
    /// The hub's sentences about rows that it took.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Position in the hub's log; none where nothing was kept.
    #[serde(default)]
    pub seq: Option<u64>,
    /// True when the hub had this push already.
    #[serde(skip)]
    pub replayed: bool,
    /// The hub's sentence where it refused the push as a whole.
    #[serde(skip)]
    pub refused: Option<String>,
}

/// The counts that the simulator looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Rows {
    /// Rows that passed the contract.
    pub accepted: u64,
    /// Rows in quarantine.
    pub rejected: u64,
    /// Rows older than what the hub held.
    pub stale: u64,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    title: String,
    #[serde(default)]
    detail: String,
}

/// A connection to one hub.
#[derive(Debug, Clone)]
pub struct Door {
    base: String,
    keys: Keys,
    client: Client,
    stop: Arc<AtomicBool>,
}

impl Door {
    /// A door to the hub at `base` (`http://127.0.0.1:8080`). Environment proxies are ignored: the hub is near.
    pub fn open(base: &str, keys: Keys, stop: Arc<AtomicBool>) -> Result<Self> {
        let client = Client::builder()
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(120))
            .user_agent(concat!("smartcenter-simulator/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| Error::new(format!("the HTTP client cannot start: {e}")))?;
        Ok(Self {
            base: base.trim_end_matches('/').into(),
            keys,
            client,
            stop,
        })
    }

    /// Pushes `envelope`. A rejected batch is an answer, not an error; errors are what a later try of the same push
    /// would not cure: wrong address, key or dataset, or a hub that stays away. `busy` is told about every wait.
    pub fn push(&self, envelope: &Envelope, busy: &mut dyn FnMut(Duration, &str)) -> Result<Answer> {
        self.push_to(
            &format!("{}/api/v1/feeds/{}", self.base, envelope.dataset),
            envelope,
            busy,
        )
    }

    /// The same, answered when the rows can be looked up: code lists, which what follows refers to.
    pub fn push_landed(&self, envelope: &Envelope, busy: &mut dyn FnMut(Duration, &str)) -> Result<Answer> {
        let url = format!("{}/api/v1/feeds/{}?wait=landed", self.base, envelope.dataset);
        self.push_to(&url, envelope, busy)
    }

    fn push_to(&self, url: &str, envelope: &Envelope, busy: &mut dyn FnMut(Duration, &str)) -> Result<Answer> {
        let key = envelope.idempotency_key();
        let response = self.patiently(busy, || {
            self.client
                .post(url)
                .bearer_auth(self.keys.of(envelope.dataset))
                .header(CONTENT_TYPE, envelope.content_type)
                .header("Idempotency-Key", &key)
                .body(envelope.body.clone())
        })?;
        let status = response.status();
        let replayed = response
            .headers()
            .get("Idempotency-Replayed")
            .is_some_and(|v| v == "true");
        let text = response
            .text()
            .map_err(|e| Error::new(format!("the hub's answer broke off: {}", e.without_url())))?;
        let answer: Answer = serde_json::from_str(&text).unwrap_or_default();
        match status {
            s if s.is_success() => Ok(Answer {
                replayed: replayed || answer.status == "duplicate",
                ..answer
            }),
            StatusCode::UNPROCESSABLE_ENTITY => Ok(Answer {
                refused: Some(detail(&text, status)),
                ..answer
            }),
            // The first try may have arrived although its answer was lost: it is in flight or finished.
            StatusCode::CONFLICT => Ok(Answer {
                replayed: true,
                ..answer
            }),
            _ => Err(Error::new(format!(
                "{}: the hub refused {}: {}",
                envelope.dataset,
                envelope.name,
                detail(&text, status)
            ))),
        }
    }

    /// All rows of a query as JSON objects. Fails when the answer was cut short.
    pub fn query(&self, sql: &str) -> Result<Vec<serde_json::Value>> {
        let url = format!("{}/api/v1/sql", self.base);
        let body = serde_json::json!({ "sql": sql, "format": "ndjson", "limit": 20_000_000 });
        let response = self.patiently(&mut |_, _| {}, || {
            self.client.post(&url).bearer_auth(&self.keys.default).json(&body)
        })?;
        let status = response.status();
        let text = response
            .text()
            .map_err(|e| Error::new(format!("the hub's answer broke off: {}", e.without_url())))?;
        if !status.is_success() {
            return Err(Error::new(format!(
                "the hub cannot answer a query: {}",
                detail(&text, status)
            )));
        }
        let mut rows: Vec<serde_json::Value> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            rows.push(
                serde_json::from_str(line).map_err(|e| Error::new(format!("the hub's answer is not JSON: {e}")))?,
            );
        }
        match rows.pop() {
            Some(end) if end.get("end") == Some(&true.into()) => Ok(rows),
            _ => Err(Error::new("the hub's answer to a query was cut short")),
        }
    }

    /// Waits in small steps, so that a stop is noticed at once.
    pub fn pause(&self, wait: Duration) -> Result<()> {
        let end = Instant::now() + wait;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Error::stopped());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            thread::sleep(left.min(Duration::from_millis(50)));
        }
    }

    fn patiently(
        &self,
        busy: &mut dyn FnMut(Duration, &str),
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Response> {
        let begun = Instant::now();
        let mut wait = Duration::from_millis(250);
        loop {
            self.pause(Duration::ZERO)?;
            let reason = match request().send() {
                Ok(response) if matches!(response.status().as_u16(), 429 | 503) => {
                    wait = retry_after(&response).unwrap_or(wait);
                    format!("the hub is busy ({})", response.status().as_u16())
                }
                Ok(response) => return Ok(response),
                Err(error) if error.is_builder() => {
                    return Err(Error::new(format!(
                        "the hub's address {} cannot be used: {}",
                        self.base,
                        error.without_url()
                    )));
                }
                Err(error) if error.is_connect() => format!("no hub answers at {}", self.base),
                Err(error) => format!("the connection to the hub broke: {}", error.without_url()),
            };
            if begun.elapsed() + wait > PATIENCE {
                return Err(Error::new(format!(
                    "{reason}; gave up after {} s",
                    begun.elapsed().as_secs()
                )));
            }
            busy(wait, &reason);
            self.pause(wait)?;
            wait = (wait * 2).min(Duration::from_secs(10));
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse::<u64>()
        .ok()?;
    Some(Duration::from_secs(seconds.clamp(1, 60)))
}

fn detail(text: &str, status: StatusCode) -> String {
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) if !problem.detail.is_empty() => problem.detail,
        Ok(problem) if !problem.title.is_empty() => problem.title,
        _ => format!("status {status}"),
    }
}
