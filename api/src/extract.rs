//! Extractors whose refusals are problems: path, query and JSON body. Parsed at the edge, never checked again.

use crate::{
    negotiate::media_type,
    problem::{Answer, Problem},
};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, RawQuery, Request},
    http::{Uri, request::Parts},
};
use serde::de::DeserializeOwned;

/// Largest JSON body of a request that is not a push.
pub const BODY_LIMIT: usize = 1 << 20;

/// Path parameters; one that cannot be read is 422 with the reason its type gives, in words.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// Query parameters; unknown ones are refused by the types' `deny_unknown_fields`, so that a typo is not ignored.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// A JSON body up to [`BODY_LIMIT`].
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::invalid(rejection.body_text())),
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        query(&parts.uri).map(Self)
    }
}

fn query<T: DeserializeOwned>(uri: &Uri) -> Answer<T> {
    axum::extract::Query::try_from_uri(uri)
        .map(|q| q.0)
        .map_err(|rejection| Problem::malformed(rejection.body_text()))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Answer<Self> {
        let (parts, body) = request.into_parts();
        match media_type(&parts.headers) {
            Some(media) if media == "application/json" || media.ends_with("+json") => {}
            _ => {
                return Err(Problem::unsupported(
                    "this takes a JSON body: send `Content-Type: application/json`",
                ));
            }
        }
        let bytes = limited(body, BODY_LIMIT).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let what = format!("the JSON body is not what was expected: {error}");
            if error.is_data() {
                Problem::invalid(what)
            } else {
                Problem::malformed(what)
            }
        })
    }
}

/// The whole body, up to `limit` bytes.
///
/// # Errors
/// 413 above the limit, 400 when the sender hangs up.
pub async fn limited(body: Body, limit: usize) -> Answer<bytes::Bytes> {
    to_bytes(body, limit).await.map_err(|error| {
        let too_long = std::error::Error::source(&error).is_some_and(|s| s.to_string().contains("length limit"));
        if too_long {
            Problem::too_large(format!("the body is larger than {limit} bytes"))
        } else {
            Problem::malformed("the body ended early")
        }
    })
}

/// The raw query as decoded pairs in their order, for routes whose parameter names are column names.
#[derive(Debug)]
pub struct Pairs(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Pairs {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Ok(RawQuery(raw)) = RawQuery::from_request_parts(parts, state).await;
        let raw = raw.unwrap_or_default();
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(&text.replace('+', " "))
                .decode_utf8()
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| Problem::malformed("a query parameter is not valid UTF-8 after decoding"))
        };
        raw.split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Ok((decode(name)?, decode(value)?))
            })
            .collect::<Answer<Vec<_>>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests;
