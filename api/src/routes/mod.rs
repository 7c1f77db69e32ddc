//! One file per resource. Each offers its routes with their documents; the list below is all there is.

mod alerts;
mod backups;
mod boards;
mod contracts;
mod datasets;
mod docs;
mod events;
mod feeds;
mod freshness;
mod indicators;
mod keys;
mod lookup;
mod models;
mod pages;
mod quarantine;
mod receipts;
mod reports;
mod rows;
mod session;
mod sql;
mod system;

#[cfg(test)]
mod tests;

use crate::{observe::observe, problem::Problem, state::AppState};
use axum::{Router, middleware::from_fn};
use tower_http::compression::{
    CompressionLayer,
    predicate::{NotForContentType, Predicate, SizeAbove},
};
use utoipa_axum::router::OpenApiRouter;

/// The whole HTTP door.
pub fn app(state: AppState) -> Router {
    let (api, document) = api().split_for_parts();
    api.merge(docs::router(&document).layer(compression()))
        .merge(pages::router().layer(compression()))
        .fallback(async || Problem::not_found("there is nothing at this address; the API is described at /docs"))
        .method_not_allowed_fallback(async || {
            Problem::method_not_allowed("this address does not take this method; see the Allow header")
        })
        .layer(from_fn(observe))
        .with_state(state)
}

/// The OpenAPI 3.1 document of the door.
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

/// Every documented route. Small answers on busy paths (pushes, health) are left out of compression altogether.
fn api() -> OpenApiRouter<AppState> {
    let large = OpenApiRouter::new()
        .merge(receipts::router())
        .merge(quarantine::router())
        .merge(datasets::router())
        .merge(contracts::router())
        .merge(sql::router())
        .merge(freshness::router())
        .merge(models::router())
        .merge(indicators::router())
        .merge(alerts::router())
        .merge(reports::router())
        .merge(boards::router())
        .merge(keys::router())
        .layer(compression());
    docs::described()
        .merge(feeds::router())
        .merge(lookup::router())
        .merge(session::router())
        .merge(backups::router())
        .merge(events::router())
        .merge(system::router())
        .merge(large)
}

fn compression() -> CompressionLayer<impl Predicate> {
    // Arrow and Parquet bring their own compression.
    let worthwhile = SizeAbove::new(1024)
        .and(NotForContentType::new("application/vnd.apache."))
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE);
    CompressionLayer::new().gzip(true).zstd(true).compress_when(worthwhile)
}

/// Runs work that blocks (SQLite, key derivation) where it holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> smartcenter_warehouse::Result<T> + Send + 'static,
) -> crate::problem::Answer<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => Ok(outcome?),
        Err(error) => Err(smartcenter_warehouse::Error::internal("a background call ended early", error).into()),
    }
}
