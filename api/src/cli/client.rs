//! A hub at the other end of HTTP.

use super::output;
use crate::problem::{Document, MEDIA_TYPE};
use anyhow::{Context, anyhow};
use reqwest::{
    Method, StatusCode,
    blocking::{RequestBuilder, Response},
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use serde_json::Value;
use std::{
    fmt,
    time::{Duration, Instant},
};

/// How long a busy hub is asked again.
const PATIENCE: Duration = Duration::from_secs(300);

/// A hub and who asks it.
pub struct Client {
    http: reqwest::blocking::Client,
    base: String,
    key: Option<String>,
    purpose: Option<String>,
}

/// What the hub answered instead of doing it.
#[derive(Debug)]
pub struct Refused {
    /// The hub's own words.
    pub document: Document,
}

impl Client {
    /// The hub at `base`, asked with `key`. A hub on this machine is reached without a proxy.
    pub fn new(base: &str, key: Option<String>, local: bool) -> anyhow::Result<Self> {
        let http = reqwest::blocking::Client::builder()
            .user_agent(concat!("smartcenter/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            // A large push or a long question takes what it takes; the hub has deadlines of its own.
            .timeout(None);
        let http = if local { http.no_proxy() } else { http };
        let http = http.build().context("the HTTP client cannot start")?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            key,
            purpose: None,
        })
    }

    /// States the purpose of reading personal data.
    #[must_use]
    pub fn for_purpose(self, purpose: Option<&str>) -> Self {
        Self {
            purpose: purpose.map(str::to_owned),
            ..self
        }
    }

    /// A request to `path`, which starts with a slash.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(purpose) = &self.purpose {
            request = request.header(crate::auth::PURPOSE, purpose);
        }
        request
    }

    /// Sends what `make` makes, again and again while the hub asks for patience. Errors name the hub; a refusal is
    /// an answer here.
    pub fn send(&self, mut make: impl FnMut() -> anyhow::Result<RequestBuilder>) -> anyhow::Result<Response> {
        let end = Instant::now() + PATIENCE;
        loop {
            let response = make()?.send().map_err(|e| self.unreachable(&e))?;
            let busy = matches!(
                response.status(),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            );
            let Some(wait) = retry_after(&response).filter(|wait| busy && Instant::now() + *wait < end) else {
                return Ok(response);
            };
            output::note(&format!("the hub is busy; trying again in {} s", wait.as_secs()));
            std::thread::sleep(wait);
        }
    }

    /// Sends once; an answer that is not a success is an error of [`Refused`].
    pub fn ask(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        succeeded(request.send().map_err(|e| self.unreachable(&e))?)
    }

    /// The JSON document at `path`.
    pub fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        Ok(self.ask(self.request(Method::GET, path).query(query))?.json()?)
    }

    /// The first `most` things of a list, over as many pages as it takes, and whether there are more.
    pub fn list(&self, path: &str, query: &[(&str, String)], most: usize) -> anyhow::Result<(Vec<Value>, bool)> {
        let mut items = Vec::new();
        let mut query = query.to_vec();
        loop {
            let mut page = self.get(path, &query)?;
            let Some(Value::Array(found)) = page.get_mut("items").map(Value::take) else {
                return Err(anyhow!(
                    "{path} did not answer with a list: is {} a Smart Center?",
                    self.base
                ));
            };
            items.extend(found);
            let next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if items.len() > most || next.is_none() {
                let more = items.len() > most || next.is_some();
                items.truncate(most);
                return Ok((items, more));
            }
            if items.len() == most {
                return Ok((items, true));
            }
            query.retain(|(name, _)| *name != "cursor");
            query.extend(next.map(|cursor| ("cursor", cursor)));
        }
    }

    /// The status of a request without a body to read; none when nobody answers.
    pub fn probe(&self, path: &str) -> Option<StatusCode> {
        let request = self.request(Method::GET, path).timeout(Duration::from_secs(10));
        Some(request.send().ok()?.status())
    }

    fn unreachable(&self, error: &reqwest::Error) -> anyhow::Error {
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        anyhow!("{} does not answer ({cause}): is the hub running there?", self.base)
    }
}

/// The answer itself when it is a success, otherwise what the hub says against it.
pub fn succeeded(response: Response) -> anyhow::Result<Response> {
    if response.status().is_success() {
        Ok(response)
    } else {
        Err(refusal(response).into())
    }
}

/// The problem in an answer that is none.
pub fn refusal(response: Response) -> Refused {
    let status = response.status();
    let is_problem = has_type(&response, MEDIA_TYPE);
    let text = response.text().unwrap_or_default();
    let document = is_problem.then(|| serde_json::from_str(&text).ok()).flatten();
    Refused {
        document: document.unwrap_or_else(|| Document {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("refused").into(),
            status: status.as_u16(),
            detail: format!("{status}: {}", output::short(text.trim(), 300)).into(),
            instance: None,
            faults: Vec::new(),
        }),
    }
}

/// Whether an answer is of media type `wanted`, whatever its parameters.
pub fn has_type(response: &Response, wanted: &str) -> bool {
    let given = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    given
        .split(';')
        .next()
        .is_some_and(|own| own.trim().eq_ignore_ascii_case(wanted))
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds.clamp(1, 60)))
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.document.detail)?;
        for fault in &self.document.faults {
            write!(f, "\n  ")?;
            if let Some(line) = fault.line {
                write!(f, "line {line}: ")?;
            }
            if let Some(column) = &fault.column {
                write!(f, "{column}: ")?;
            }
            f.write_str(&fault.message)?;
        }
        if self.document.status == StatusCode::UNAUTHORIZED.as_u16() {
            write!(f, " (set SMARTCENTER_KEY or --key-file)")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}
