//! Holding alerts back: of an indicator, of a unit, or of a unit in an indicator, until a moment. They are raised and kept
//! all the same; nobody is told.

use super::{desk, in_future, may_decide, may_know, not_yours, note};
use crate::{
    auth::{Keyed, require},
    extract::{self, Path},
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
    watch::{NewSuppression, Suppression},
};
use axum::{
    Json,
    http::{StatusCode, Uri},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use smartcenter_warehouse::policy::{Identity, Role};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(lift))
}

/// What to hold back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlertSuppressionRequest)]
struct Asked {
    /// Alerts of this indicator. Institutions name one of theirs.
    #[schema(example = "absensi_sekolah")]
    indicator: Option<String>,
    /// Alerts of this unit.
    unit: Option<String>,
    /// Until when; within a year.
    until: DateTime<Utc>,
    /// Why.
    #[schema(example = "sekolah direnovasi, murid belajar di rumah")]
    note: String,
}

/// What is held back now, newest first. For stewards and admins; institutions see what is of their own indicators.
#[utoipa::path(get, path = "/api/v1/alerts/suppressions", operation_id = "listAlertSuppressions", tag = "alerts",
    security(("key" = []), ("session" = [])), responses(
        (status = 200, body = Page<Suppression>),
        (status = 403, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri) -> Answer<Response> {
    deciding(&identity)?;
    let items = visible(&hub, &identity).await?;
    Ok(Page { items, next: None }.answer(&uri))
}

/// Hold alerts back.
#[utoipa::path(post, path = "/api/v1/alerts/suppressions", operation_id = "suppressAlerts", tag = "alerts",
    security(("key" = []), ("session" = [])), request_body = Asked, responses(
        (status = 201, body = Suppression),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn add(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    extract::Json(asked): extract::Json<Asked>,
) -> Answer<Response> {
    deciding(&identity)?;
    let named = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (indicator, unit) = (named(asked.indicator), named(asked.unit));
    if indicator.is_none() && unit.is_none() {
        return Err(Problem::invalid("name an `indicator`, a `unit`, or both"));
    }
    if let Some(indicator) = &indicator
        && owner(&hub, indicator).is_none()
    {
        return Err(Problem::invalid(format!(
            "there is no indicator {indicator:?}: GET /api/v1/indicators lists all"
        )));
    }
    if !is_theirs(&hub, &identity, indicator.as_deref()) {
        return Err(not_yours());
    }
    let note = note(&asked.note)?;
    if note.is_empty() {
        return Err(Problem::invalid(
            "a note is needed: say in a sentence why nobody shall be told",
        ));
    }
    let new = NewSuppression {
        indicator,
        unit,
        until: in_future(&hub, Some(asked.until))?,
        note,
        by: identity.key.to_string(),
    };
    let made = desk(&hub)?.suppress(new).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// End holding back.
#[utoipa::path(delete, path = "/api/v1/alerts/suppressions/{id}", operation_id = "liftAlertSuppression", tag = "alerts",
    security(("key" = []), ("session" = [])), params(("id" = String, Path, description = "Suppression id")), responses(
        (status = 204),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn lift(Ready(hub): Ready, Keyed(identity): Keyed, Path(id): Path<String>) -> Answer<StatusCode> {
    deciding(&identity)?;
    let unknown = || Problem::not_found(format!("there is no suppression {id:?} for this key"));
    let found = visible(&hub, &identity).await?;
    if !found.iter().any(|one| one.id == id) || !desk(&hub)?.lift(&id, identity.key.as_str()).await? {
        return Err(unknown());
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn visible(hub: &Hub, identity: &Identity) -> Answer<Vec<Suppression>> {
    let Some(desk) = &hub.watch.alerts else {
        return Ok(Vec::new());
    };
    let mut all = desk.suppressions().await?;
    all.retain(|one| is_theirs(hub, identity, one.indicator.as_deref()));
    for one in &mut all {
        one.by = one.by.take().filter(|by| may_know(hub, identity, by));
    }
    Ok(all)
}

fn deciding(identity: &Identity) -> Answer<()> {
    require(
        identity,
        &[Role::Opd, Role::Walidata, Role::Admin],
        "holding alerts back",
    )
}

/// A unit alone may be told of by several institutions: only stewards hold it back.
fn is_theirs(hub: &Hub, identity: &Identity, indicator: Option<&str>) -> bool {
    let owner = indicator.and_then(|indicator| owner(hub, indicator));
    may_decide(identity, owner.as_deref().unwrap_or_default())
}

fn owner(hub: &Hub, indicator: &str) -> Option<String> {
    let all = hub.watch.indicators.as_ref()?.definitions();
    all.into_iter().find(|one| one.id == indicator).map(|one| one.owner)
}
