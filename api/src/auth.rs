//! Who is asking. A key in `Authorization: Bearer`, a browser's session cookie, or the door token of this start;
//! no key at all is the anonymous `publik`. A key that is given and wrong is always 401, never anonymous.

use crate::{
    observe::Trail,
    problem::{Answer, Problem},
    state::AppState,
};
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};
use smartcenter_warehouse::{
    KeyName,
    policy::{Identity, Role},
};

/// Name of the session cookie.
pub const COOKIE: &str = "smartcenter_session";

/// Header that states the purpose of a read of personal data.
pub const PURPOSE: &str = "x-purpose";

/// 244 random bits in hex.
pub fn random_token() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

/// The secret of this start for commands on the same machine: whoever can read `<data>/run/door.json` owns the
/// data folder anyway.
#[derive(Clone)]
pub struct DoorToken(String);

impl std::fmt::Debug for DoorToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DoorToken")
    }
}

impl DoorToken {
    /// A fresh token; the prefix keeps it apart from keys.
    pub fn fresh() -> Self {
        Self(format!("door-{}", random_token()))
    }

    /// The token as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares without telling by its time how much was right.
    fn is(&self, given: &str) -> bool {
        let (own, given) = (self.0.as_bytes(), given.as_bytes());
        own.len() == given.len() && own.iter().zip(given).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }

    /// The caller who holds it.
    #[allow(clippy::expect_used, reason = "a constant that is a valid key name")]
    fn identity() -> Identity {
        Identity {
            key: "local".parse().expect("valid"),
            role: Role::Admin,
            ..Identity::anonymous()
        }
    }
}

/// The caller, with or without a key.
#[derive(Debug, Clone)]
pub struct Caller(pub Identity);

/// A caller with a key; 401 otherwise.
#[derive(Debug, Clone)]
pub struct Keyed(pub Identity);

/// A caller with an admin key; 401 or 403 otherwise.
#[derive(Debug, Clone)]
pub struct Admin(pub Identity);

/// What a request shows to say who it is from.
#[derive(Debug, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// A key or token in the `Authorization` header.
    Bearer(String),
    /// A session cookie.
    Cookie(String),
}

/// Reads the credential. A header wins over a cookie: whoever writes it means it.
///
/// # Errors
/// 401 for an `Authorization` header that is not a bearer key.
pub fn credential(headers: &HeaderMap) -> Answer<Credential> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let key = value.to_str().ok().and_then(|text| {
            let (scheme, key) = text.trim().split_once(' ')?;
            let key = key.trim();
            (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then(|| key.to_owned())
        });
        return key.map(Credential::Bearer).ok_or_else(|| {
            Problem::unauthenticated("the authorization header is not understood: use `Authorization: Bearer <key>`")
        });
    }
    Ok(session_cookie(headers).map_or(Credential::None, |value| Credential::Cookie(value.to_owned())))
}

/// The value of the session cookie.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

/// A browser sends cookies along with requests made by other sites; one that changes something must therefore show
/// that our own page made it: by `Sec-Fetch-Site`, or by an `Origin` that is our own host.
///
/// # Errors
/// 403 where it does not.
pub fn same_origin(method: &Method, headers: &HeaderMap) -> Answer<()> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    let ours = match (
        headers.get("sec-fetch-site").and_then(|v| v.to_str().ok()),
        text(header::ORIGIN),
    ) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => text(header::HOST).is_some_and(|host| {
            origin
                .split_once("://")
                .is_some_and(|(_, from)| from.eq_ignore_ascii_case(host))
        }),
        (None, None) => false,
    };
    ours.then_some(()).ok_or_else(|| {
        Problem::forbidden(
            "a change made with a session cookie must come from the hub's own pages; use `Authorization: Bearer <key>` \
             from elsewhere",
        )
    })
}

/// The purpose stated for this request: 1 to 64 letters, digits, `-`, `_`, `.` or `:`.
///
/// # Errors
/// 400 for anything else.
pub fn purpose(headers: &HeaderMap) -> Answer<Option<String>> {
    let Some(value) = headers.get(PURPOSE) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|code| {
            (1..=64).contains(&code.len())
                && code
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
        })
        .map(|code| Some(code.to_owned()))
        .ok_or_else(|| {
            Problem::malformed("header X-Purpose must be a code of 1 to 64 letters, digits, `-`, `_`, `.` or `:`")
        })
}

/// Who `key` belongs to.
///
/// # Errors
/// 401 for a key that is unknown, revoked or has ended; 503 while the hub is starting.
pub fn identify(state: &AppState, key: &str) -> Answer<Identity> {
    if state.token().is(key) {
        return Ok(DoorToken::identity());
    }
    let keys = state.hub()?.warehouse.control().keys();
    keys.authenticate(key, state.clock().now()).ok_or_else(|| {
        Problem::unauthenticated("the key is unknown, revoked or has ended: ask the hub's admin for a new one")
    })
}

fn caller(parts: &Parts, state: &AppState) -> Answer<Identity> {
    let mut identity = match credential(&parts.headers)? {
        Credential::None => Identity::anonymous(),
        Credential::Bearer(key) => identify(state, &key)?,
        Credential::Cookie(token) => {
            let now = state.clock().now();
            let ended = || Problem::unauthenticated("the session has ended: sign in again");
            let key = state.sessions().key(&token, now).ok_or_else(ended)?;
            same_origin(&parts.method, &parts.headers)?;
            // Asked again each time, so that a revoked key ends its sessions at once.
            let known = state.hub()?.warehouse.control().keys().verifiers(key.as_str(), now)?;
            known.map(|(identity, _)| identity).ok_or_else(ended)?
        }
    };
    identity.purpose = purpose(&parts.headers)?;
    if let Some(trail) = parts.extensions.get::<Trail>() {
        trail.caller(&identity.key);
        identity.request = Some(trail.id().to_owned());
    }
    Ok(identity)
}

/// True for a caller without a key.
pub fn is_anonymous(identity: &Identity) -> bool {
    identity.role == Role::Publik && identity.key == Identity::anonymous().key
}

/// 403 unless the caller has one of `roles`.
///
/// # Errors
/// 403 naming the roles.
pub fn require(identity: &Identity, roles: &[Role], what: &str) -> Answer<()> {
    if roles.contains(&identity.role) {
        return Ok(());
    }
    let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    Err(Problem::forbidden(format!(
        "{what} needs a key with role {}",
        names.join(" or ")
    )))
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    AppState: FromRef<S>,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        caller(parts, &AppState::from_ref(state)).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Keyed
where
    AppState: FromRef<S>,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let identity = caller(parts, &AppState::from_ref(state))?;
        if is_anonymous(&identity) {
            return Err(Problem::unauthenticated(
                "this needs a key: send `Authorization: Bearer <key>`",
            ));
        }
        Ok(Self(identity))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admin
where
    AppState: FromRef<S>,
{
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Keyed(identity) = Keyed::from_request_parts(parts, state).await?;
        require(&identity, &[Role::Admin], "this")?;
        Ok(Self(identity))
    }
}

/// True when `identity` is the key called `name`.
pub fn is_key(identity: &Identity, name: &KeyName) -> bool {
    !is_anonymous(identity) && identity.key == *name
}

#[cfg(test)]
mod tests;
