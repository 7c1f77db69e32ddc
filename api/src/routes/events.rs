//! `GET /api/v1/events`: word of what happens, as server-sent events, for whoever may know of it.

use super::receipts;
use crate::{
    alert_row::access,
    auth::Keyed,
    events::{Event, Listener, What},
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
    watch::AlertEvent,
};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{self, KeepAlive, Sse},
    },
};
use futures::{Stream, stream};
use serde_json::json;
use smartcenter_warehouse::{
    Receipt,
    policy::{Decision, Identity, PushScope},
};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::broadcast::error::RecvError;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A comment goes out when nothing else did for this long, so that proxies keep the connection.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a listener's key is looked at again: one that was revoked hears nothing more.
const RECHECK: Duration = Duration::from_secs(10);
/// When a listener who lost the connection tries again.
const RETRY: Duration = Duration::from_secs(2);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

/// What happens, as it happens: server-sent events.
///
/// `receipt`: a push that the caller may know of came to its end (`receipt_id`, `dataset`, `status`, `rows`, `derived`,
/// `received_at`). `alert`: an alert that the caller may see is `new`, `changed` or `closed` (`id`, `what`, `indicator`,
/// `severity`, `sentence`, `region`, `owner`, `at`). `tick`: how far the hub is (`at`, `visible_seq`), about once a second
/// while it moves. The first event is a `tick` with `resumed`: true when everything since `Last-Event-ID` follows, false
/// when lists are to be asked for anew. Comments are heartbeats.
#[utoipa::path(get, path = "/api/v1/events", operation_id = "listenToEvents", tag = "alerts", security(("key" = []), ("session" = [])),
    params(("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard")), responses(
        (status = 200, description = "Events without an end", body = String, content_type = "text/event-stream"),
        (status = 401, body = Document, content_type = "application/problem+json"),
        (status = 503, description = "Too many listen, or the hub stops", body = Document, content_type = "application/problem+json"),
    ))]
async fn events(
    Ready(hub): Ready,
    State(state): State<AppState>,
    Keyed(identity): Keyed,
    headers: HeaderMap,
) -> Answer<Response> {
    state.ready()?;
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let full = || Problem::unavailable("too many listen already; try again later", Duration::from_secs(30));
    let listener = hub.events.listen(last).ok_or_else(full)?;
    let told = Sse::new(told(state, hub, identity, listener))
        .keep_alive(KeepAlive::new().interval(HEARTBEAT).text("masih di sini"));
    let unbuffered = [
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((unbuffered, told).into_response())
}

struct Telling {
    state: AppState,
    hub: Arc<Hub>,
    identity: Identity,
    listener: Listener,
    is_greeted: bool,
}

fn told(
    state: AppState,
    hub: Arc<Hub>,
    identity: Identity,
    listener: Listener,
) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    let telling = Telling {
        state,
        hub,
        identity,
        listener,
        is_greeted: false,
    };
    stream::unfold(telling, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok(event), telling))
    })
}

impl Telling {
    async fn next(&mut self) -> Option<sse::Event> {
        if !self.is_greeted {
            self.is_greeted = true;
            return Some(self.greeting());
        }
        loop {
            if let Some(event) = self.listener.missed.pop_front() {
                if let Some(told) = self.told(&event) {
                    return Some(told);
                }
                continue;
            }
            // Asked about before anything is told, and now and then when there is nothing to tell.
            let heard = tokio::select! {
                () = self.state.stopping().cancelled() => return None,
                () = tokio::time::sleep(RECHECK) => None,
                heard = self.listener.word.recv() => Some(heard),
            };
            if !self.is_still_known() {
                return None;
            }
            match heard {
                None => {}
                Some(Ok(event)) => {
                    if let Some(told) = self.told(&event) {
                        return Some(told);
                    }
                }
                // Too slow to be told of everything: it comes again, and hears that something is missing.
                Some(Err(RecvError::Lagged(_) | RecvError::Closed)) => return None,
            }
        }
    }

    fn greeting(&self) -> sse::Event {
        let warehouse = &self.hub.warehouse;
        let told = json!({
            "at": warehouse.clock().now(), "visible_seq": warehouse.view().visible_seq.0,
            "resumed": self.listener.is_resumed,
        });
        // What was missed follows under its own numbers; until then the listener has heard what it had heard.
        let event = sse::Event::default().event("tick").retry(RETRY).data(told.to_string());
        match self.listener.missed.is_empty() {
            true => event.id(self.hub.events.id(self.listener.at)),
            false => event,
        }
    }

    /// What the listener is told of an event; nothing of what is not for it.
    fn told(&self, event: &Event) -> Option<sse::Event> {
        let (name, data) = match &event.what {
            What::Receipt(receipt) => ("receipt", self.receipt(receipt)?),
            What::Alert(alert) => ("alert", self.alert(alert)?),
            What::Tick { at, visible_seq } => ("tick", json!({ "at": at, "visible_seq": visible_seq })),
        };
        let event_id = self.hub.events.id(event.n);
        Some(sse::Event::default().id(event_id).event(name).data(data.to_string()))
    }

    fn receipt(&self, receipt: &Receipt) -> Option<serde_json::Value> {
        let is_visible = match receipts::scope(&self.hub, &self.identity) {
            PushScope::None => false,
            PushScope::Own => receipt.pusher == self.identity.key,
            PushScope::All => true,
        };
        is_visible.then(|| {
            json!({
                "receipt_id": receipt.receipt_id, "dataset": receipt.dataset, "status": receipt.status,
                "rows": receipt.rows, "derived": receipt.derived.is_some(), "received_at": receipt.received_at,
            })
        })
    }

    fn alert(&self, alert: &AlertEvent) -> Option<serde_json::Value> {
        let (_, decision) = access(&self.hub, &self.identity)?;
        let is_visible = match decision {
            Decision::Deny => false,
            Decision::Allow { row_filter: None, .. } => true,
            // Of columns that the word does not carry nothing is known, and the answer is no.
            Decision::Allow {
                row_filter: Some(rows), ..
            } => rows.covers(|column| match column {
                "pemilik" => Some(alert.owner.as_str()),
                "wilayah" => alert.region.as_deref(),
                "indikator" => Some(alert.indicator.as_str()),
                "peringatan_id" => Some(alert.id.as_str()),
                _ => None,
            }),
        };
        is_visible.then(|| json!(alert))
    }

    /// The key may have been revoked, or have ended. The token of this start ends with it.
    fn is_still_known(&self) -> bool {
        let key = self.identity.key.as_str();
        let now = self.state.clock().now();
        let keys = self.hub.warehouse.control().keys();
        key == "local" || keys.verifiers(key, now).is_ok_and(|found| found.is_some())
    }
}

#[cfg(test)]
mod tests;
