//! What waits in quarantine, all datasets together.

use crate::{
    auth::Keyed,
    extract::Query,
    paging::Page,
    problem::{Answer, Document, Problem},
    rejects::{self, OpenRejects, Wanted},
    state::{AppState, Ready},
};
use axum::{Json, extract::State};
use serde::Deserialize;
use smartcenter_warehouse::{
    DatasetId,
    policy::{Decision, PushScope},
};
use std::collections::HashSet;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which rejected rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Of this dataset only.
    #[param(value_type = Option<String>)]
    dataset: Option<DatasetId>,
    /// By what became of them; left out, those that are open.
    #[param(inline)]
    state: Option<Wanted>,
}

/// Rejected rows by dataset, rule and push, with the age of the oldest: what waits to be fixed.
///
/// Counts only, nothing of what was sent. Agencies see what their own key pushed, and the owner of a dataset all of it.
#[utoipa::path(get, path = "/api/v1/quarantine", operation_id = "listQuarantine", tag = "feeds", security(("key" = []), ("session" = [])), params(Asked),
    responses(
        (status = 200, body = Page<OpenRejects>),
        (status = 401, body = Document, content_type = "application/problem+json"),
        (status = 403, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(
    Ready(hub): Ready,
    State(state): State<AppState>,
    Keyed(identity): Keyed,
    Query(asked): Query<Asked>,
) -> Answer<Json<Page<OpenRejects>>> {
    let warehouse = &hub.warehouse;
    let policy = warehouse.policy();
    if policy.pushes(&identity) == PushScope::None {
        return Err(Problem::forbidden("rejected rows are not for this role"));
    }
    let wanted = asked.state.unwrap_or(Wanted::Open);
    let Some(state_name) = wanted.name() else {
        return Err(Problem::invalid(
            "ask for one state at a time: leave `state` out for open rows",
        ));
    };
    let waiting: Option<HashSet<DatasetId>> = if wanted == Wanted::Open {
        let warehouse = warehouse.clone();
        let counts = super::blocking(move || {
            warehouse.control().ledger().flush()?;
            warehouse.control().ledger().open_reject_counts()
        });
        Some(counts.await?.into_iter().map(|(dataset, _)| dataset).collect())
    } else {
        None
    };
    let session = warehouse.session(&identity);
    let mut items = Vec::new();
    for contract in warehouse.contracts().iter() {
        let dataset = &contract.dataset;
        let is_asked = asked.dataset.as_ref().is_none_or(|asked| asked == dataset);
        let may_wait = waiting.as_ref().is_none_or(|waiting| waiting.contains(dataset));
        if !is_asked || !may_wait || policy.decide_quarantine(&identity, contract) == Decision::Deny {
            continue;
        }
        items.extend(rejects::overview(&session, dataset, state_name, state.clock().now()).await?);
    }
    items.sort_by_key(|item: &OpenRejects| item.oldest);
    Ok(Json(Page { items, next: None }))
}
