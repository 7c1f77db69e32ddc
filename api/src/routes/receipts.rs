//! Receipts, and the rows that were rejected: to read, or to fix in a spreadsheet and push again.

use crate::{
    auth::{Keyed, is_key, require},
    extract::{self, Path, Query},
    negotiate::choose,
    paging::Page,
    problem::{Answer, Document, Problem, REPLAYED, push_status},
    reasons::Tongue,
    receipt_body::{PushStatus, ReceiptBody, Rejects},
    rejects::{self, RejectedRow},
    state::{AppState, Hub, Ready},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_ingest::{FixRule, ReplayRequest};
use smartcenter_warehouse::{
    DatasetId, Receipt, ReceiptId,
    control::{Ledger, ReceiptFilter},
    policy::{Identity, PushScope, Role},
};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(rejected))
        .routes(routes!(replay))
        .routes(routes!(discard))
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
    /// `false`: of what was sent only; `true`: only of what the hub worked out itself.
    derived: Option<bool>,
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
    /// By what became of them. Left out, the JSON list has all and a file those that are open.
    #[param(inline)]
    state: Option<rejects::Wanted>,
    /// At most so many; 1,000 unless told, 10,000 at most.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Receipts, newest first. Agencies see those of their own key.
#[utoipa::path(get, path = "/api/v1/receipts", operation_id = "listReceipts", tag = "feeds", security(("key" = []), ("session" = [])),
    params(Wanted, ("Accept-Language" = Option<String>, Header, description = "`id`: reasons in Indonesian")),
    responses(
        (status = 200, body = Page<ReceiptBody>, headers(("Link" = String, description = "The next page"))),
        (status = 401, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    tongue: Tongue,
    uri: Uri,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    let pusher = match scope(&hub, &identity) {
        PushScope::None => return Err(Problem::forbidden("receipts are not for this role")),
        PushScope::Own => Some(identity.key.clone()),
        PushScope::All => None,
    };
    let Wanted {
        dataset,
        status,
        since,
        derived,
        limit,
        cursor,
    } = wanted;
    let filter = ReceiptFilter {
        dataset,
        status: status.map(Into::into),
        since,
        pusher,
        derived,
        limit: limit.unwrap_or_default(),
        cursor,
    };
    let (items, next) = super::blocking(move || {
        let ledger = hub.warehouse.control().ledger();
        let (receipts, next) = ledger.list(&filter)?;
        let shown = |receipt| {
            let receipt = told(ledger, receipt, &identity)?;
            Ok(tongue.receipt(receipt, &hub.warehouse))
        };
        let items = receipts
            .into_iter()
            .map(shown)
            .collect::<smartcenter_warehouse::Result<Vec<_>>>()?;
        Ok((items, next))
    })
    .await?;
    Ok(Page { items, next }.answer(&uri))
}

/// One receipt.
#[utoipa::path(get, path = "/api/v1/receipts/{id}", operation_id = "getReceipt", tag = "feeds", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Receipt id"), ("Accept-Language" = Option<String>, Header, description = "`id`: reasons in Indonesian")),
    responses(
        (status = 200, body = ReceiptBody),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    tongue: Tongue,
    Path(id): Path<ReceiptId>,
) -> Answer<Json<ReceiptBody>> {
    let receipt = find(&hub, &identity, id).await?;
    let body = super::blocking(move || {
        let receipt = told(hub.warehouse.control().ledger(), receipt, &identity)?;
        Ok(tongue.receipt(receipt, &hub.warehouse))
    });
    Ok(Json(body.await?))
}

/// The receipt for `identity`, with what became of its rejected rows.
fn told(ledger: &Ledger, receipt: Receipt, identity: &Identity) -> smartcenter_warehouse::Result<ReceiptBody> {
    let counts = ledger.reject_counts(&receipt)?;
    Ok(ReceiptBody::shown_to(receipt, identity).with_rejects(counts))
}

/// The rejected rows of a push.
///
/// As CSV or as a workbook: the columns as they were sent, and `_baris,_kolom,_aturan,_alasan` behind them, ready to be
/// fixed and pushed again with `corrects={id}`: `_baris` then tells which rows are corrected, the other three are ignored
/// on the way in. In a workbook every cell is text, wrong ones are coloured and have their reason as a note. Values are
/// never changed, so a text file may hold cells that begin with `=`: open the workbook, not the CSV, in a spreadsheet.
/// Sent text is shown to the key that pushed it and to data
/// stewards who state a purpose, and is left out for everyone else.
#[utoipa::path(get, path = "/api/v1/receipts/{id}/rejects", operation_id = "listRejects", tag = "feeds", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Receipt id"), WantedRejects,
           ("Accept-Language" = Option<String>, Header, description = "`id`: reasons in Indonesian"),
           ("X-Purpose" = Option<String>, Header, description = "Purpose of reading personal data")),
    responses(
        (status = 200, description = "Rejected rows", content(
            (Page<RejectedRow> = "application/json"), (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 406, body = Document, content_type = "application/problem+json"),
    ))]
async fn rejected(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    tongue: Tongue,
    Path(id): Path<ReceiptId>,
    uri: Uri,
    headers: HeaderMap,
    Query(wanted): Query<WantedRejects>,
) -> Answer<Response> {
    #[derive(Clone, Copy)]
    enum Form {
        Json,
        Csv,
        Xlsx,
    }
    let offered = [
        ("application/json", Form::Json),
        ("text/csv", Form::Csv),
        (rejects::XLSX, Form::Xlsx),
    ];
    let form = choose(&headers, &offered).ok_or_else(|| {
        Problem::not_acceptable(format!(
            "rejected rows come as application/json, text/csv or {}",
            rejects::XLSX
        ))
    })?;
    let receipt = find(&hub, &identity, id).await?;
    let session = hub.warehouse.session(&as_pusher(identity, &receipt));
    let contract = hub.warehouse.contracts().get(receipt.dataset.as_str()).cloned();
    match form {
        Form::Json => {
            let limit = wanted.limit.unwrap_or(1_000).clamp(1, 10_000);
            let after = wanted
                .cursor
                .map(|cursor| cursor.parse::<i64>())
                .transpose()
                .map_err(|_| Problem::invalid("the cursor is not one of this list: start again without it"))?;
            let state = wanted.state.unwrap_or(rejects::Wanted::All);
            Ok(
                rejects::page(&session, &receipt, state, after, limit, (tongue, contract.as_deref()))
                    .await?
                    .answer(&uri),
            )
        }
        Form::Csv | Form::Xlsx => {
            let state = wanted.state.unwrap_or(rejects::Wanted::Open);
            let contract = contract.ok_or_else(|| {
                Problem::not_found(format!("dataset {} has no contract here any more", receipt.dataset))
            })?;
            let (body, media_type, ending) = if let Form::Csv = form {
                let body = rejects::csv(session, receipt, contract, state, tongue).await?;
                (body, "text/csv; charset=utf-8; header=present", "csv")
            } else {
                let scratch = hub.warehouse.settings().data.join("spill");
                let body = rejects::workbook(session, receipt, contract, state, tongue, scratch).await?;
                (body, rejects::XLSX, "xlsx")
            };
            let headers = [
                (header::CONTENT_TYPE, media_type.to_owned()),
                (
                    header::CONTENT_DISPOSITION,
                    format!("attachment; filename=\"ditolak-{id}.{ending}\""),
                ),
            ];
            Ok((headers, body).into_response())
        }
    }
}

/// What to read again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Replay {
    /// Only tell how many rows would pass: nothing is kept.
    #[serde(default)]
    dry_run: bool,
    /// Corrections to make first, in this order.
    #[serde(default)]
    rules: Vec<Correction>,
    /// Only the rows on these lines; left out, all that are open.
    lines: Option<Vec<u64>>,
}

/// One correction of cells as they were sent: `from` and `to`, or `pattern` and `to`, or `missing`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Correction {
    /// Column as the contract names it, or by an alias.
    #[schema(example = "jenis_kelamin")]
    column: String,
    /// Cells that are just this text, outer blanks aside.
    #[schema(example = "Laki2")]
    from: Option<String>,
    /// Cells in which this regular expression matches; every match is replaced.
    pattern: Option<String>,
    /// What goes in; behind a pattern `$1` and `${name}` are its groups.
    #[schema(example = "L")]
    to: Option<String>,
    /// What cells without a value get.
    missing: Option<String>,
}

/// Read rejected rows again.
///
/// The open rejected rows of the push are read as they were sent, with corrections where some are given, under the
/// contract in force now. Rows that pass are in and closed as `replayed`; those that do not are open in the new receipt,
/// under their old lines, and `superseded` in the old one. The new push is that of the key that had pushed the rows, within
/// that key's scope. For that key, and for data stewards and admins. The same again changes nothing.
#[utoipa::path(post, path = "/api/v1/receipts/{id}/replay", operation_id = "replayRejects", tag = "feeds", security(("key" = [])),
    params(("id" = String, Path, description = "Receipt id")), request_body = Replay,
    responses(
        (status = 202, description = "Durable and visible", body = ReceiptBody,
            headers(("Idempotency-Replayed" = bool, description = "`true` when the same replay had been finished before"))),
        (status = 200, description = "`dry_run`: nothing kept", body = ReceiptBody),
        (status = 422, description = "No row passes (a receipt), or the request is not valid (a problem)",
            content((ReceiptBody = "application/json"), (Document = "application/problem+json"))),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "Rows of this receipt are being closed by another push", body = Document, content_type = "application/problem+json"),
    ))]
async fn replay(
    Ready(hub): Ready,
    State(state): State<AppState>,
    Keyed(identity): Keyed,
    tongue: Tongue,
    Path(id): Path<ReceiptId>,
    extract::Json(asked): extract::Json<Replay>,
) -> Answer<Response> {
    find(&hub, &identity, id).await?;
    let rules = asked.rules.into_iter().map(|rule| FixRule {
        column: rule.column,
        from: rule.from,
        pattern: rule.pattern,
        to: rule.to,
        missing: rule.missing,
    });
    let request = ReplayRequest {
        receipt: id,
        identity: identity.clone(),
        dry_run: asked.dry_run,
        rules: rules.collect(),
        lines: asked.lines,
        received_at: state.clock().now(),
    };
    let outcome = hub.intake.replay(request).await?;
    let status = push_status(&outcome.receipt, false);
    let body = ReceiptBody::shown_to(outcome.receipt, &identity);
    let body = Json(tongue.receipt(body, &hub.warehouse));
    Ok(if outcome.replayed {
        (status, [(REPLAYED, "true")], body).into_response()
    } else {
        (status, body).into_response()
    })
}

/// Which rows to give up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Discard {
    /// Only the rows on these lines; left out, all that are open.
    #[serde(default)]
    lines: Option<Vec<u64>>,
    /// Why they will never be fixed; kept with the name of the key.
    #[schema(example = "data uji coba, bukan data sebenarnya")]
    reason: String,
}

/// Rows that were given up.
#[derive(Debug, Serialize, ToSchema)]
struct Discarded {
    /// How many.
    discarded: u64,
    /// What became of the rejected rows of the receipt by now.
    rejects: Rejects,
}

/// Give rejected rows up.
///
/// For rows that will never be fixed. They stay where they are until they expire, and count as `discarded`. For the key that
/// pushed them, and for data stewards and admins.
#[utoipa::path(post, path = "/api/v1/receipts/{id}/rejects/discard", operation_id = "discardRejects", tag = "feeds", security(("key" = [])),
    params(("id" = String, Path, description = "Receipt id")), request_body = Discard,
    responses(
        (status = 200, body = Discarded),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "Rows of this receipt are being closed by another push", body = Document, content_type = "application/problem+json"),
        (status = 422, description = "No reason", body = Document, content_type = "application/problem+json"),
    ))]
async fn discard(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(id): Path<ReceiptId>,
    extract::Json(asked): extract::Json<Discard>,
) -> Answer<Json<Discarded>> {
    let receipt = find(&hub, &identity, id).await?;
    if !is_key(&identity, &receipt.pusher) {
        require(
            &identity,
            &[Role::Walidata, Role::Admin],
            "giving up rows of another key",
        )?;
    }
    let lines = asked.lines.map(|lines| lines.into_iter().collect());
    let warehouse = &hub.warehouse;
    let discarded = warehouse
        .discard_rejects(&receipt, lines.as_ref(), &identity.key, &asked.reason)
        .await?;
    let counts = super::blocking({
        let warehouse = warehouse.clone();
        move || warehouse.control().ledger().reject_counts(&receipt)
    })
    .await?;
    Ok(Json(Discarded {
        discarded,
        rejects: counts.into(),
    }))
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
pub(super) fn scope(hub: &Hub, identity: &Identity) -> PushScope {
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
