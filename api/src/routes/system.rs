//! Is the hub alive, is it ready, and how is it doing.

use crate::{
    auth::Admin,
    problem::{Answer, Document, Problem},
    state::AppState,
};
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use smartcenter_warehouse::{DatasetId, Warehouse, contract::Layer};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
}

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
struct Alive {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Version of the program.
    version: &'static str,
}

/// A ready hub.
#[derive(Debug, Serialize, ToSchema)]
struct ReadyBody {
    /// Always `ready`.
    #[schema(example = "ready")]
    status: &'static str,
    /// Last visible position of the log.
    visible_seq: u64,
    /// Why pushes are refused just now, if they are; reads go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusing: Option<String>,
}

/// Alive: the process answers. Also while the log is replayed.
#[utoipa::path(get, path = "/healthz", operation_id = "getHealth", tag = "system", responses((status = 200, body = Alive)))]
async fn healthz() -> Json<Alive> {
    Json(Alive {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Ready: the log is replayed and requests are served.
#[utoipa::path(get, path = "/readyz", operation_id = "getReadiness", tag = "system", responses(
    (status = 200, body = ReadyBody),
    (status = 503, description = "Starting or stopping; `detail` says which", body = Document,
     content_type = "application/problem+json"),
))]
async fn readyz(State(state): State<AppState>) -> Answer<Json<ReadyBody>> {
    let health = state.ready()?.warehouse.health();
    Ok(Json(ReadyBody {
        status: "ready",
        visible_seq: health.visible_seq,
        refusing: health.refusing,
    }))
}

/// Figures in Prometheus text form.
#[utoipa::path(get, path = "/metrics", operation_id = "getMetrics", tag = "system", security(("key" = [])), responses(
    (status = 200, description = "Prometheus text", content_type = "text/plain", body = String),
    (status = 401, body = Document, content_type = "application/problem+json"),
    (status = 403, body = Document, content_type = "application/problem+json"),
))]
async fn metrics(State(state): State<AppState>, _: Admin) -> Answer<Response> {
    if let Ok(hub) = state.hub() {
        let warehouse = hub.warehouse.clone();
        for (dataset, open) in super::blocking(move || open_rejects(&warehouse)).await? {
            metrics::gauge!("smartcenter_open_rejects", "dataset" => dataset.to_string()).set(open as f64);
        }
        let health = hub.warehouse.health();
        metrics::gauge!("smartcenter_visible_seq").set(health.visible_seq as f64);
        metrics::gauge!("smartcenter_wal_lag_bytes").set(health.wal_lag_bytes as f64);
        metrics::gauge!("smartcenter_hot_bytes").set(health.hot_bytes as f64);
        metrics::counter!("smartcenter_wal_frames_total").absolute(health.wal_frames);
        metrics::counter!("smartcenter_wal_syncs_total").absolute(health.wal_syncs);
        metrics::gauge!("smartcenter_refusing_pushes").set(f64::from(u8::from(health.refusing.is_some())));
    }
    let text = state
        .render_metrics()
        .ok_or_else(|| Problem::not_found("this process records no metrics: another recorder is installed in it"))?;
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response())
}

/// Open rejected rows of every dataset, also of those that have none.
fn open_rejects(warehouse: &Warehouse) -> smartcenter_warehouse::Result<BTreeMap<DatasetId, u64>> {
    let contracts = warehouse.contracts();
    let mut open: BTreeMap<DatasetId, u64> = contracts
        .iter()
        .filter(|contract| contract.layer == Layer::Data)
        .map(|contract| (contract.dataset.clone(), 0))
        .collect();
    open.extend(warehouse.control().ledger().open_reject_counts()?);
    Ok(open)
}
