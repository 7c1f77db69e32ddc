//! Models: what is worked out from the datasets, how it is doing, and a refresh by hand.

use crate::{
    auth::{Keyed, require},
    extract::{Path, Query},
    paging::Page,
    problem::{Answer, Document},
    receipt_body::ReceiptBody,
    state::{AppState, Ready},
};
use axum::{Json, http::Uri, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{DatasetId, policy::Role, query::ModelRecord};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(refresh))
}

/// A model and how it is doing.
#[derive(Debug, Serialize, ToSchema)]
struct Model {
    /// Its name: SQL table or view `mart.<name>`.
    #[schema(example = "kehadiran_sekolah_harian")]
    name: String,
    /// Title, Indonesian.
    title: String,
    /// `table` or `view`; empty for a file that cannot be read.
    kind: String,
    /// Digest of its file.
    version: String,
    /// Institution that answers for it.
    owner: String,
    /// Tables that it reads.
    upstream: Vec<String>,
    /// Models that read it.
    downstream: Vec<String>,
    /// Everything that its sources had up to this position of the log is in its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_seq: Option<u64>,
    /// When it was last worked out.
    #[serde(skip_serializing_if = "Option::is_none")]
    refreshed_at: Option<DateTime<Utc>>,
    /// Rows; left out for a view.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// Slices that the last refresh worked out; left out when it was everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_slices: Option<u64>,
    /// How long the last refresh took.
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    /// Why it is not up to date.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
}

impl From<ModelRecord> for Model {
    fn from(record: ModelRecord) -> Self {
        let ModelRecord {
            name,
            title,
            kind,
            version,
            owner,
            upstream,
            downstream,
            applied_seq,
            refreshed_at,
            rows,
            changed_slices,
            milliseconds,
            last_error,
        } = record;
        Self {
            name,
            title,
            kind,
            version,
            owner,
            upstream,
            downstream,
            applied_seq: applied_seq.map(|seq| seq.0),
            refreshed_at,
            rows,
            changed_slices,
            milliseconds,
            last_error,
        }
    }
}

/// What a refresh did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelRefresh)]
struct Refresh {
    /// The model.
    name: String,
    /// Everything that its sources had up to this position of the log is in its rows.
    applied_seq: u64,
    /// Slices that were worked out; left out when it was everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_slices: Option<u64>,
    /// How long it took.
    milliseconds: u64,
    /// The push with the rows that changed; left out when none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptBody>,
}

/// How to refresh.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RefreshOptions {
    /// Work everything out anew, whatever changed.
    #[serde(default)]
    full: bool,
}

/// The models in the order in which they are worked out, and files that cannot be read; for analysts, stewards and admins.
#[utoipa::path(get, path = "/api/v1/models", operation_id = "listModels", tag = "models", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = Page<Model>),
    (status = 403, body = Document, content_type = "application/problem+json"),
))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri) -> Answer<Response> {
    require(
        &identity,
        &[Role::Analis, Role::Walidata, Role::Admin],
        "the list of models",
    )?;
    let records = hub.warehouse.models().records.clone();
    let items = records.into_iter().map(Model::from).collect();
    Ok(Page { items, next: None }.answer(&uri))
}

/// Bring one model up to date now. The hub does so by itself a moment after its sources change.
#[utoipa::path(post, path = "/api/v1/models/{name}/refresh", operation_id = "refreshModel", tag = "models",
    security(("key" = []), ("session" = [])),
    params(("name" = String, Path, description = "Name of the model"), RefreshOptions), responses(
        (status = 200, body = Refresh),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "A view, or a model with a fault", body = Document, content_type = "application/problem+json"),
        (status = 422, description = "Its SQL fails on the rows that there are", body = Document, content_type = "application/problem+json"),
    ))]
async fn refresh(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(name): Path<DatasetId>,
    Query(options): Query<RefreshOptions>,
) -> Answer<Json<Refresh>> {
    require(&identity, &[Role::Walidata, Role::Admin], "a refresh")?;
    let done = Box::pin(hub.models.refresh(&name, options.full)).await?;
    Ok(Json(Refresh {
        name: name.to_string(),
        applied_seq: done.state.applied.0,
        changed_slices: done.state.slices,
        milliseconds: done.state.milliseconds,
        receipt: done.receipt.map(ReceiptBody::from),
    }))
}
