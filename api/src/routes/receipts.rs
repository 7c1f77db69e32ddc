//! Receipts, and the rows that were rejected: to read, or to fix in a spreadsheet and push again.

use crate::{
    auth::{Keyed, is_key},
    extract::{Path, Query},
    negotiate::choose,
    paging::Page,
    problem::{Answer, Document, Problem},
    receipt_body::{PushStatus, ReceiptBody},
    rejects::{self, RejectedRow},
    state::{AppState, Hub, Ready},
};
use axum::{
    Json,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use smartcenter_warehouse::{
    DatasetId, Receipt, ReceiptId,
    control::ReceiptFilter,
    policy::{Identity, PushScope, Role},
};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(rejected))
}

/// Which receipts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Of this dataset only.
    #[param(value_type = Option<String>)]
    dataset: Option<DatasetId>,
    /// With this status only.
    status: Option<PushStatus>,
    /// That arrived at this moment (RFC 3339) or later.
    since: Option<DateTime<Utc>>,
    /// At most so many; 50 unless told, 1,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Which rejected rows, for the JSON form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WantedRejects {
    /// At most so many; 1,000 unless told, 10,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Receipts, newest first. Agencies see those of their own key.
#[utoipa::path(get, path = "/api/v1/receipts", operation_id = "listReceipts", tag = "feeds", security(("key" = []), ("session" = [])), params(Wanted),
    responses(
        (status = 200, body = Page<ReceiptBody>, headers(("Link" = String, description = "The next page"))),
        (status = 401, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri, Query(wanted): Query<Wanted>) -> Answer<Response> {
    let pusher = match scope(&hub, &identity) {
        PushScope::None => return Err(Problem::forbidden("receipts are not for this role")),
        PushScope::Own => Some(identity.key.clone()),
        PushScope::All => None,
    };
    let Wanted {
        dataset,
        status,
        since,
        limit,
        cursor,
    } = wanted;
    let filter = ReceiptFilter {
        dataset,
        status: status.map(Into::into),
        since,
        pusher,
        limit: limit.unwrap_or_default(),
        cursor,
    };
    let (receipts, next) = super::blocking(move || hub.warehouse.control().ledger().list(&filter)).await?;
    let items = receipts
        .into_iter()
        .map(|receipt| ReceiptBody::shown_to(receipt, &identity))
        .collect();
    Ok(Page { items, next }.answer(&uri))
}

/// One receipt.
#[utoipa::path(get, path = "/api/v1/receipts/{id}", operation_id = "getReceipt", tag = "feeds", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Receipt id")), responses(
        (status = 200, body = ReceiptBody),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(Ready(hub): Ready, Keyed(identity): Keyed, Path(id): Path<ReceiptId>) -> Answer<Json<ReceiptBody>> {
    let receipt = find(&hub, &identity, id).await?;
    Ok(Json(ReceiptBody::shown_to(receipt, &identity)))
}

/// The rejected rows of a push.
///
/// As CSV: the columns as they were sent, and `_baris,_kolom,_aturan,_alasan` behind them, ready to be fixed and
/// pushed again (those four are ignored on the way in). Sent text is shown to the key that pushed it and to data
/// stewards who state a purpose, and is left out for everyone else.
#[utoipa::path(get, path = "/api/v1/receipts/{id}/rejects", operation_id = "listRejects", tag = "feeds", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Receipt id"), WantedRejects,
           ("X-Purpose" = Option<String>, Header, description = "Purpose of reading personal data")),
    responses(
        (status = 200, description = "Rejected rows", content(
            (Page<RejectedRow> = "application/json"), (String = "text/csv"))),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 406, body = Document, content_type = "application/problem+json"),
    ))]
async fn rejected(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(id): Path<ReceiptId>,
    uri: Uri,
    headers: HeaderMap,
    Query(wanted): Query<WantedRejects>,
) -> Answer<Response> {
    #[derive(Clone, Copy)]
    enum Form {
        Json,
        Csv,
    }
    let form = choose(&headers, &[("application/json", Form::Json), ("text/csv", Form::Csv)])
        .ok_or_else(|| Problem::not_acceptable("rejected rows come as application/json or text/csv"))?;
    let receipt = find(&hub, &identity, id).await?;
    let session = hub.warehouse.session(&as_pusher(identity, &receipt));
    match form {
        Form::Json => {
            let limit = wanted.limit.unwrap_or(1_000).clamp(1, 10_000);
            let after = wanted
                .cursor
                .map(|cursor| cursor.parse::<i64>())
                .transpose()
                .map_err(|_| Problem::invalid("the cursor is not one of this list: start again without it"))?;
            Ok(rejects::page(&session, &receipt, after, limit).await?.answer(&uri))
        }
        Form::Csv => {
            let body = rejects::csv(session, receipt).await?;
            let headers = [
                (
                    header::CONTENT_TYPE,
                    "text/csv; charset=utf-8; header=present".to_owned(),
                ),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"ditolak-{id}.csv\""),
                ),
            ];
            Ok((headers, body).into_response())
        }
    }
}

/// The caller as the pusher it is: a steward or admin who reads the rejects of its own push sees what it sent, as any
/// pusher does. The narrowed identity sees nothing but what this key pushed to this dataset.
fn as_pusher(identity: Identity, receipt: &Receipt) -> Identity {
    if !is_key(&identity, &receipt.pusher) {
        return identity;
    }
    let scopes = vec![format!("push:{}", receipt.dataset)];
    Identity {
        role: Role::Layanan,
        institution: None,
        scopes,
        ..identity
    }
}

/// Whose receipts `identity` may see. A key bound to regions sees its own only: a push has no region to cut by.
fn scope(hub: &Hub, identity: &Identity) -> PushScope {
    match hub.warehouse.policy().pushes(identity) {
        PushScope::All if !identity.regions.is_empty() => PushScope::Own,
        scope => scope,
    }
}

/// The receipt, if there is one that `identity` may know of.
async fn find(hub: &Arc<Hub>, identity: &Identity, id: ReceiptId) -> Answer<Receipt> {
    let warehouse = hub.warehouse.clone();
    let found = super::blocking(move || warehouse.control().ledger().get(id)).await?;
    let visible = |receipt: &Receipt| match scope(hub, identity) {
        PushScope::None => false,
        PushScope::Own => receipt.pusher == identity.key,
        PushScope::All => true,
    };
    found
        .filter(visible)
        .ok_or_else(|| Problem::not_found(format!("there is no receipt {id} for this key")))
}
