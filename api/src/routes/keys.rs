//! API keys, for the admin. A key itself is shown once, in the answer that makes it.

use crate::{
    auth::Admin,
    extract::{Json, Path},
    paging::Page,
    problem::{Answer, Document},
    state::{AppState, Ready},
};
use axum::{
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    InstitutionId, KeyName, RegionCode,
    control::{KeyRecord, NewKey},
    policy::Role,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(revoke))
}

/// What a new key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKeyBody {
    /// Unique name, never given out again.
    #[schema(value_type = String, example = "dinkes-simpus")]
    name: KeyName,
    /// `opd`, `layanan`, `analis`, `walidata`, `pimpinan` or `admin`.
    #[schema(value_type = String, example = "opd")]
    role: Role,
    /// Institution the key is bound to; an `opd` key must have one.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "dinkes")]
    institution: Option<InstitutionId>,
    /// Region prefixes the key is bound to; empty means all.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["35.03.01"]))]
    regions: Vec<RegionCode>,
    /// Named API scopes.
    #[serde(default)]
    #[schema(example = json!(["push:kasus_penyakit"]))]
    scopes: Vec<String>,
    /// From this moment on the key opens nothing.
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
}

/// A key as it may be listed: everything but the key.
#[derive(Debug, Serialize, ToSchema)]
struct KeyBody {
    /// Unique name.
    #[schema(value_type = String)]
    name: KeyName,
    /// Role.
    #[schema(value_type = String)]
    role: Role,
    /// Institution the key is bound to.
    #[schema(value_type = Option<String>)]
    institution: Option<InstitutionId>,
    /// Region prefixes the key is bound to; empty means all.
    #[schema(value_type = Vec<String>)]
    regions: Vec<RegionCode>,
    /// Named API scopes.
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it stops working by itself.
    expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    revoked_at: Option<DateTime<Utc>>,
}

/// A new key, with the key itself.
#[derive(Serialize, ToSchema)]
struct CreatedKey {
    /// What it is.
    #[serde(flatten)]
    record: KeyBody,
    /// The key. It is shown this once and kept nowhere.
    key: String,
}

impl From<KeyRecord> for KeyBody {
    fn from(record: KeyRecord) -> Self {
        let KeyRecord {
            name,
            role,
            institution,
            regions,
            scopes,
            created_at,
            expires_at,
            revoked_at,
        } = record;
        Self {
            name,
            role,
            institution,
            regions,
            scopes,
            created_at,
            expires_at,
            revoked_at,
        }
    }
}

/// All keys ever made, by name, without the keys themselves.
#[utoipa::path(get, path = "/api/v1/keys", operation_id = "listKeys", tag = "keys", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = Page<KeyBody>),
    (status = 403, body = Document, content_type = "application/problem+json"),
))]
async fn list(Ready(hub): Ready, _: Admin, uri: Uri) -> Answer<Response> {
    let items = hub
        .warehouse
        .control()
        .keys()
        .list()?
        .into_iter()
        .map(KeyBody::from)
        .collect();
    Ok(Page { items, next: None }.answer(&uri))
}

/// Makes a key. The answer is the only place where it is ever shown.
#[utoipa::path(post, path = "/api/v1/keys", operation_id = "createKey", tag = "keys", request_body = NewKeyBody,
    security(("key" = []), ("session" = [])), responses(
    (status = 201, body = CreatedKey),
    (status = 403, body = Document, content_type = "application/problem+json"),
    (status = 409, description = "The name exists or existed", body = Document, content_type = "application/problem+json"),
    (status = 422, body = Document, content_type = "application/problem+json"),
))]
async fn create(Ready(hub): Ready, _: Admin, Json(new): Json<NewKeyBody>) -> Answer<Response> {
    let NewKeyBody {
        name,
        role,
        institution,
        regions,
        scopes,
        expires_at,
    } = new;
    let new = NewKey {
        name,
        role,
        institution,
        regions,
        scopes,
        expires_at,
    };
    // Key derivation and a disk sync: milliseconds that other requests should not wait for.
    let (record, key) = super::blocking(move || hub.warehouse.control().keys().create(new)).await?;
    Ok((
        StatusCode::CREATED,
        axum::Json(CreatedKey {
            record: record.into(),
            key,
        }),
    )
        .into_response())
}

/// Ends a key, at once and for good; its sessions end with it.
#[utoipa::path(delete, path = "/api/v1/keys/{name}", operation_id = "revokeKey", tag = "keys", security(("key" = []), ("session" = [])),
    params(("name" = String, Path, description = "Name of the key")), responses(
    (status = 200, body = KeyBody),
    (status = 404, body = Document, content_type = "application/problem+json"),
))]
async fn revoke(Ready(hub): Ready, _: Admin, Path(name): Path<KeyName>) -> Answer<axum::Json<KeyBody>> {
    let record = super::blocking(move || hub.warehouse.control().keys().revoke(&name)).await?;
    Ok(axum::Json(record.into()))
}
