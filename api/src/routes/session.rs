//! Browser sessions: a key is shown once and a cookie stands for it until it ends.

use crate::{
    auth::{COOKIE, Keyed, identify, same_origin, session_cookie},
    extract::Json,
    problem::{Answer, Document, Problem},
    state::{AppState, Ready},
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::policy::Identity;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sign_in, who, sign_out))
}

/// A key to sign in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The key, as it was shown when it was made.
    key: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Who {
    /// Name of the key.
    name: String,
    /// Its role.
    role: &'static str,
    /// Institution it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    institution: Option<String>,
    /// Regions it is bound to; empty means all.
    regions: Vec<String>,
}

impl From<&Identity> for Who {
    fn from(identity: &Identity) -> Self {
        Self {
            name: identity.key.to_string(),
            role: identity.role.as_str(),
            institution: identity.institution.as_ref().map(ToString::to_string),
            regions: identity.regions.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Sign in: a key for a session cookie.
#[utoipa::path(post, path = "/api/v1/session", operation_id = "signIn", tag = "keys", request_body = SignIn, responses(
    (status = 200, body = Who, headers(("Set-Cookie" = String, description = "The session"))),
    (status = 401, body = Document, content_type = "application/problem+json"),
))]
async fn sign_in(
    Ready(hub): Ready,
    State(state): State<AppState>,
    headers: HeaderMap,
    Json(given): Json<SignIn>,
) -> Answer<Response> {
    // Another site must not be able to sign a browser in under a key of its choice.
    if headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site") {
        same_origin(&Method::POST, &headers)?;
    }
    let identity = identify(&state, given.key.trim())?;
    let now = state.clock().now();
    if hub
        .warehouse
        .control()
        .keys()
        .verifiers(identity.key.as_str(), now)?
        .is_none()
    {
        return Err(Problem::unauthenticated(
            "this token is for commands on the hub's own machine: sign in with a key",
        ));
    }
    let token = state.sessions().open(identity.key.clone(), now);
    let cookie = cookie(
        &token,
        crate::session_store::LIFETIME.num_seconds(),
        is_secure(&headers),
    );
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(Who::from(&identity))).into_response())
}

/// Who the key or session belongs to.
#[utoipa::path(get, path = "/api/v1/session", operation_id = "getSession", tag = "keys", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = Who),
    (status = 401, body = Document, content_type = "application/problem+json"),
))]
async fn who(_: Ready, Keyed(identity): Keyed) -> axum::Json<Who> {
    axum::Json(Who::from(&identity))
}

/// Sign out. Works without a session too: the cookie is cleared in any case.
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "signOut", tag = "keys", security(("session" = [])), responses((status = 204)))]
async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Answer<Response> {
    if let Some(token) = session_cookie(&headers) {
        same_origin(&Method::DELETE, &headers)?;
        state.sessions().close(token);
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie("", 0, is_secure(&headers)))],
    )
        .into_response())
}

fn cookie(token: &str, seconds: i64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The hub itself speaks plain HTTP; a proxy with TLS in front of it says so.
fn is_secure(headers: &HeaderMap) -> bool {
    headers
        .get("x-forwarded-proto")
        .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"))
}

#[cfg(test)]
mod tests;
