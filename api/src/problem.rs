//! Errors as `application/problem+json` (RFC 9457), and the only place where HTTP status codes are decided.
//! What a defect was goes to the log under the request id; the caller gets a sentence and that id.

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{Error, Kind, Receipt, Status};
use std::{borrow::Cow, sync::Arc, time::Duration};
use utoipa::ToSchema;

/// Media type of every error body.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// A result whose error is an HTTP answer.
pub type Answer<T> = Result<T, Problem>;

/// One thing wrong with what was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ProblemFault)]
pub struct Point {
    /// Line of the document, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Column, parameter or path inside the document.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<String>,
    /// Rule that failed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// The body of an error.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// Stable identifier of the sort of error, such as `/problems/invalid`.
    #[serde(rename = "type")]
    pub kind: Cow<'static, str>,
    /// The sort of error in words.
    pub title: Cow<'static, str>,
    /// The HTTP status code.
    pub status: u16,
    /// What is wrong here and what to do about it.
    pub detail: Cow<'static, str>,
    /// This occurrence: `urn:request:` and the request id, as in the hub's log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
    /// Every single thing found wrong, where there is more to say than one sentence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub faults: Vec<Point>,
}

/// An error on its way out.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: Cow<'static, str>,
    faults: Vec<Point>,
    retry_after: Option<Duration>,
    /// For the log only.
    cause: Option<Arc<Error>>,
}

macro_rules! sorts {
    ($($(#[$doc:meta])* $name:ident => $status:ident, $slug:literal, $title:literal;)*) => {
        impl Problem {$(
            $(#[$doc])*
            pub fn $name(detail: impl Into<Cow<'static, str>>) -> Self {
                Self::new(StatusCode::$status, $slug, $title, detail)
            }
        )*}
    };
}

sorts! {
    /// 400: the request could not even be read.
    malformed => BAD_REQUEST, "malformed", "the request could not be read";
    /// 401: no key, a wrong one, or one that has ended.
    unauthenticated => UNAUTHORIZED, "unauthenticated", "a valid key is needed";
    /// 403: the caller is known and may not do this.
    forbidden => FORBIDDEN, "forbidden", "not allowed";
    /// 404: there is no such thing for this caller.
    not_found => NOT_FOUND, "not-found", "not found";
    /// 405: the path exists, the method does not.
    method_not_allowed => METHOD_NOT_ALLOWED, "method-not-allowed", "method not allowed";
    /// 406: no format that the caller accepts.
    not_acceptable => NOT_ACCEPTABLE, "not-acceptable", "no acceptable format";
    /// 409: contradicts the present state.
    conflict => CONFLICT, "conflict", "conflict with the present state";
    /// 413: more bytes than allowed.
    too_large => PAYLOAD_TOO_LARGE, "too-large", "too large";
    /// 415: a content type or coding the hub does not read.
    unsupported => UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "unsupported content type";
    /// 422: readable, but can never succeed as it is.
    invalid => UNPROCESSABLE_ENTITY, "invalid", "the request is not valid";
    /// 500: a defect or a failing machine.
    internal => INTERNAL_SERVER_ERROR, "internal", "the hub failed";
}

const INTERNAL_DETAIL: &str = "the hub failed while serving this request; the operator finds the reason in the log \
                               under the request id";

impl Problem {
    fn new(status: StatusCode, slug: &'static str, title: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            slug,
            title,
            detail: detail.into(),
            faults: Vec::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// 429: a budget is used up; the same request may succeed after `retry_after`.
    pub fn too_many(detail: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "too many requests", detail)
        }
    }

    /// 503: not now; try again after `retry_after`.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "not available now",
                detail,
            )
        }
    }

    /// The same with a list of everything found wrong.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Point>) -> Self {
        self.faults = faults;
        self
    }

    /// The status code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same with other words for the caller.
    #[must_use]
    pub fn saying(&self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            ..self.clone()
        }
    }

    /// What really happened, for the log.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_deref()
    }

    /// The body, with the request id where it is known.
    pub fn document(&self, request_id: Option<&str>) -> Document {
        Document {
            kind: format!("/problems/{}", self.slug).into(),
            title: self.title.into(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            instance: request_id.map(|id| format!("urn:request:{id}")),
            faults: self.faults.clone(),
        }
    }

    /// The whole answer. The problem itself rides along as an extension, so that the outermost layer can add the
    /// request id and write the cause to the log.
    pub fn render(self: Arc<Self>, request_id: Option<&str>) -> Response<Body> {
        let body = serde_json::to_vec(&self.document(request_id)).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(after) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(after)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"smartcenter\""),
            );
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Whole seconds, rounded up, at least one: `Retry-After: 0` would be a busy loop.
fn seconds(after: Duration) -> u64 {
    (after.as_secs() + u64::from(after.subsec_nanos() > 0)).max(1)
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.message().to_owned();
        match error.kind() {
            Kind::NotFound => Self::not_found(detail),
            Kind::Invalid => Self::invalid(detail),
            Kind::Conflict => Self::conflict(detail),
            Kind::Forbidden => Self::forbidden(detail),
            Kind::TooMany => Self::too_many(detail, error.retry_after().unwrap_or(Duration::from_secs(1))),
            Kind::Unavailable => Self::unavailable(detail, error.retry_after().unwrap_or(Duration::from_secs(5))),
            Kind::Internal => Self {
                cause: Some(Arc::new(error)),
                ..Self::internal(INTERNAL_DETAIL)
            },
        }
    }
}

impl From<smartcenter_ingest::Error> for Problem {
    fn from(error: smartcenter_ingest::Error) -> Self {
        match error {
            smartcenter_ingest::Error::TooLarge(detail) => Self::too_large(detail),
            smartcenter_ingest::Error::Unsupported(detail) => Self::unsupported(detail),
            smartcenter_ingest::Error::Warehouse(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        Arc::new(self).render(None)
    }
}

/// What a finished push answers: a rejected batch is 422, a landed one 201, a dry run 200, anything else 202.
pub fn push_status(receipt: &Receipt, landed: bool) -> StatusCode {
    match receipt.status {
        Status::Rejected => StatusCode::UNPROCESSABLE_ENTITY,
        _ if receipt.dry_run => StatusCode::OK,
        _ if landed => StatusCode::CREATED,
        _ => StatusCode::ACCEPTED,
    }
}

/// Marks the answer to a repeated push.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

#[cfg(test)]
mod tests;
