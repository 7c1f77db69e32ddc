//! `GET /api/v1/freshness`: is every feed still arriving, in one state and one sentence per language.

use crate::{
    auth::Keyed,
    fetch::fetch,
    problem::{Answer, Document, Problem},
    state::{AppState, Ready},
};
use axum::Json;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_pipelines::freshness::{Feed, register};
use smartcenter_warehouse::{DatasetId, policy::PushScope};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(freshness))
}

/// How all feeds are doing.
#[derive(Debug, Serialize, ToSchema)]
struct FreshnessRegister {
    /// When this was judged.
    generated_at: DateTime<Utc>,
    /// Last visible position of the log.
    visible_seq: u64,
    /// The feeds that the key may know of, those that need attention first.
    feeds: Vec<FeedFreshness>,
}

/// How a feed is doing.
#[derive(Debug, Serialize, ToSchema)]
struct FeedFreshness {
    /// The dataset it fills.
    dataset: String,
    /// Its title.
    title: String,
    /// Who answers for it.
    owner: String,
    /// Rows in the lake; left out where the key may not see all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
    /// When the last push that left rows arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_received_at: Option<DateTime<Utc>>,
    /// `fresh`, `late`, `silent` or `never`.
    state: &'static str,
    /// One Indonesian sentence for people.
    sentence_id: String,
    /// The same in English.
    sentence_en: String,
    /// Seconds the feed may be silent; left out when no interval was agreed.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_seconds: Option<u64>,
}

/// A row of `system.feeds`.
#[derive(Debug, Deserialize)]
struct Row {
    dataset: DatasetId,
    title: Option<String>,
    rows: Option<u64>,
    last_arrival: Option<DateTime<Utc>>,
}

/// Is every feed still arriving?
#[utoipa::path(get, path = "/api/v1/freshness", operation_id = "getFreshness", tag = "registers", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = FreshnessRegister),
    (status = 401, body = Document, content_type = "application/problem+json"),
    (status = 403, body = Document, content_type = "application/problem+json"),
))]
async fn freshness(Ready(hub): Ready, Keyed(identity): Keyed) -> Answer<Json<FreshnessRegister>> {
    // Who sees no pushes has no `system.feeds` either.
    if hub.warehouse.policy().pushes(&identity) == PushScope::None {
        return Err(Problem::forbidden(
            "the register of feeds is not for this role: boards say how fresh they are",
        ));
    }
    let session = hub.warehouse.session(&identity);
    let generated_at = hub.warehouse.clock().now();
    let visible_seq = hub.warehouse.view().visible_seq.0;
    // `system.feeds` lists only what the policy lets this key know of.
    let rows: Vec<Row> = fetch(
        &session,
        "SELECT dataset, title, rows, last_arrival FROM system.feeds",
        vec![],
    )
    .await?;
    let contracts = hub.warehouse.contracts();
    let feeds: Vec<Feed> = rows
        .iter()
        .filter_map(|row| {
            let contract = contracts.get(row.dataset.as_str())?;
            Some(Feed {
                dataset: row.dataset.clone(),
                owner: contract.owner.clone(),
                expected: contract.freshness,
                last_arrival: row.last_arrival,
            })
        })
        .collect();
    let mut rows: HashMap<DatasetId, Row> = rows.into_iter().map(|row| (row.dataset.clone(), row)).collect();
    let feeds = register(&feeds, generated_at)
        .into_iter()
        .filter_map(|judged| {
            let row = rows.remove(&judged.dataset)?;
            Some(FeedFreshness {
                title: row.title.unwrap_or_else(|| row.dataset.to_string()),
                dataset: row.dataset.into(),
                owner: judged.owner.into(),
                rows: row.rows,
                last_received_at: row.last_arrival,
                state: judged.state.as_str(),
                sentence_id: judged.sentence_id,
                sentence_en: judged.sentence_en,
                expected_seconds: judged.expected_seconds,
            })
        })
        .collect();
    Ok(Json(FreshnessRegister {
        generated_at,
        visible_seq,
        feeds,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::fixture::Fixture;
    use axum::http::StatusCode;
    use serde_json::json;

    #[tokio::test]
    async fn the_register_is_for_those_who_see_pushes() {
        let hub = Fixture::new().await;
        for (role, expected) in [("analis", StatusCode::OK), ("pimpinan", StatusCode::FORBIDDEN)] {
            let key = hub.key(role, role, json!({})).await;
            let (status, answer) = hub.ask("GET", "/api/v1/freshness", &key, None).await;
            assert_eq!(status, expected, "{role}: {answer}");
        }
    }
}
