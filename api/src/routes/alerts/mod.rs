//! Alerts: what is unusual, what speaks for it, and what people did about it. Rows are read under the caller's rules; a
//! step is for stewards and the institution that is told.

mod body;
mod suppressions;
#[cfg(test)]
mod tests;
mod wanted;

use crate::{
    alert_row::{self, AlertRow, RANK, Status, access},
    auth::Keyed,
    extract::{self, Path, Query},
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
    watch::{Action, AlertDesk, NewStep, StepTaken},
};
use axum::{Json, http::Uri, response::Response};
use body::{Alert, AlertDetail};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use smartcenter_warehouse::policy::{Decision, Identity, Role};
use std::{sync::Arc, time::Duration};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wanted::{Place, Wanted};

/// Longest that an alert may rest or be held back.
const LONGEST: chrono::Duration = chrono::Duration::days(365);
const USUAL: usize = 50;
const MOST: usize = 1000;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, act))
        .merge(suppressions::router())
}

/// Alerts, the worst first, of equal ones the newest.
///
/// Agencies see those of which they are told; keys bound to regions see those of their regions. Empty until something was
/// raised for the first time.
#[utoipa::path(get, path = "/api/v1/alerts", operation_id = "listAlerts", tag = "alerts", security(("key" = []), ("session" = [])),
    params(Wanted), responses(
        (status = 200, body = Page<Alert>, headers(("Link" = String, description = "The next page"))),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri, Query(wanted): Query<Wanted>) -> Answer<Response> {
    let limit = wanted.limit.unwrap_or(USUAL).clamp(1, MOST);
    let (condition, params) = wanted.condition()?;
    if !is_open_to(&hub, &identity)? {
        return Ok(Page::<Alert> {
            items: vec![],
            next: None,
        }
        .answer(&uri));
    }
    let session = hub.warehouse.session(&identity);
    let order = format!("{RANK} DESC, mulai DESC, peringatan_id");
    let mut rows = alert_row::select(&session, &condition, &order, limit + 1, params).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Place::of(row).cursor());
    let items = rows.into_iter().map(Alert::from).collect();
    Ok(Page { items, next }.answer(&uri))
}

/// One alert: evidence, where else was looked, and what people did.
#[utoipa::path(get, path = "/api/v1/alerts/{id}", operation_id = "getAlert", tag = "alerts", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Alert id")), responses(
        (status = 200, body = AlertDetail),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(Ready(hub): Ready, Keyed(identity): Keyed, Path(id): Path<String>) -> Answer<Json<AlertDetail>> {
    let row = find(&hub, &identity, &id).await?;
    Ok(Json(told(&hub, &identity, row).await?))
}

/// A step of a person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AlertActionRequest)]
struct Act {
    /// What is done. `verify`, `dismiss` and `close` need a note; an alert is closed after a verdict.
    action: Action,
    /// Why; what was found. No names of persons.
    #[serde(default)]
    #[schema(example = "12 murid demam, puskesmas sudah mengambil sampel")]
    note: String,
    /// Until when an alert rests; only of `snooze`, within a year.
    until: Option<DateTime<Utc>>,
}

/// Take a step: acknowledge, verify, dismiss, close or snooze an alert.
///
/// For data stewards, admins, and the institution that is told. Kept with the name of the key. A verdict changes no
/// threshold.
#[utoipa::path(post, path = "/api/v1/alerts/{id}", operation_id = "actOnAlert", tag = "alerts", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Alert id")), request_body = Act, responses(
        (status = 200, description = "The alert after the step", body = AlertDetail),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "The step does not fit where the alert stands", body = Document, content_type = "application/problem+json"),
        (status = 422, description = "A note or a date is wanting", body = Document, content_type = "application/problem+json"),
    ))]
async fn act(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(id): Path<String>,
    extract::Json(asked): extract::Json<Act>,
) -> Answer<Json<AlertDetail>> {
    let row = find(&hub, &identity, &id).await?;
    if !may_decide(&identity, &row.pemilik) {
        return Err(not_yours());
    }
    let until = match (asked.action, asked.until) {
        (Action::Snooze, until) => Some(in_future(&hub, until)?),
        (_, None) => None,
        (_, Some(_)) => return Err(Problem::invalid("only `snooze` takes `until`: leave it out")),
    };
    let step = NewStep {
        action: asked.action,
        note: note(&asked.note)?,
        until,
        by: identity.key.to_string(),
    };
    let id = desk(&hub)?.act(&id, step).await?;
    let row = find(&hub, &identity, &id).await?;
    Ok(Json(told(&hub, &identity, row).await?))
}

async fn told(hub: &Arc<Hub>, identity: &Identity, row: AlertRow) -> Answer<AlertDetail> {
    let (evidence, checked, attribution) = body::evidence(&row)?;
    let mut steps = match &hub.watch.alerts {
        Some(desk) => desk.steps(&row.peringatan_id).await?,
        None => Vec::new(),
    };
    for StepTaken { by, .. } in &mut steps {
        *by = by.take().filter(|by| may_know(hub, identity, by));
    }
    let may = match hub.watch.alerts.is_some() && may_decide(identity, &row.pemilik) {
        true => open_steps(row.status),
        false => Vec::new(),
    };
    Ok(AlertDetail {
        evidence,
        checked,
        attribution,
        steps,
        may,
        alert: row.into(),
    })
}

/// What fits where an alert stands, as `smartcenter_pipelines::alert::life` has it.
fn open_steps(status: Status) -> Vec<Action> {
    use smartcenter_pipelines::alert::life::{Action as Life, State};
    let state = match status {
        Status::Open => State::Open,
        Status::Acknowledged => State::Acknowledged,
        Status::Verified => State::Verified,
        Status::Dismissed => State::Dismissed,
        Status::Closed => State::Closed,
    };
    let life = [
        (Life::Acknowledge, Action::Acknowledge),
        (Life::Verify, Action::Verify),
        (Life::Dismiss, Action::Dismiss),
        (Life::Close, Action::Close),
    ];
    let fits = |(life, _): &(Life, Action)| state.after(*life, "any").is_ok();
    let mut may: Vec<Action> = life.into_iter().filter(fits).map(|(_, action)| action).collect();
    if state != State::Closed {
        may.push(Action::Snooze);
    }
    may
}

/// Whether there is a table to read. Refuses callers for whom it is closed.
fn is_open_to(hub: &Hub, identity: &Identity) -> Answer<bool> {
    match access(hub, identity) {
        None => Ok(false),
        Some((_, Decision::Deny)) => Err(Problem::forbidden("alerts are not open to this key")),
        Some(_) => Ok(true),
    }
}

async fn find(hub: &Hub, identity: &Identity, id: &str) -> Answer<AlertRow> {
    let found = match is_open_to(hub, identity)? {
        true => alert_row::one(&hub.warehouse.session(identity), id).await?,
        false => None,
    };
    found.ok_or_else(|| Problem::not_found(format!("there is no alert {id:?} for this key")))
}

/// Whether `identity` may decide on what is for `owner`.
fn may_decide(identity: &Identity, owner: &str) -> bool {
    match identity.role {
        Role::Admin | Role::Walidata => true,
        Role::Opd => identity.institution.as_ref().is_some_and(|own| own.as_str() == owner),
        _ => false,
    }
}

fn may_know(hub: &Hub, identity: &Identity, key: &str) -> bool {
    hub.warehouse.policy().sees_key_names(identity) || identity.key.as_str() == key
}

fn not_yours() -> Problem {
    Problem::forbidden("this is for data stewards, and for the institution that is told: ask one of them")
}

fn desk(hub: &Hub) -> Answer<&Arc<dyn AlertDesk>> {
    hub.watch.alerts.as_ref().ok_or_else(|| {
        Problem::unavailable(
            "this hub does not watch: alerts can be read, not decided on; see the setting warehouse.models",
            Duration::from_secs(60),
        )
    })
}

fn in_future(hub: &Hub, until: Option<DateTime<Utc>>) -> Answer<DateTime<Utc>> {
    let until = until.ok_or_else(|| Problem::invalid("`until` is wanting: a moment (RFC 3339) still to come"))?;
    let now = hub.warehouse.clock().now();
    if until <= now || until > now + LONGEST {
        return Err(Problem::invalid("`until` is a moment still to come, within a year"));
    }
    Ok(until)
}

/// A note as it is kept.
fn note(text: &str) -> Answer<String> {
    const MOST: usize = 2_000;
    let note = text.trim();
    if note.chars().count() > MOST {
        return Err(Problem::invalid(format!(
            "the note is longer than {MOST} characters: shorten it"
        )));
    }
    Ok(note.to_owned())
}
