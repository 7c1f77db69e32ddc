//! What an indicator would have said on days of the past, from what the hub knew then.

use super::{is_open, table, unknown};
use crate::{
    auth::Keyed,
    extract::{Path, Query},
    fetch::fetch,
    problem::{Answer, Document, Problem},
    state::{AppState, Ready},
};
use axum::Json;
use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use smartcenter_pipelines::model::{Judgement, Replayed};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(backtest))
}

/// Most days of one answer: each is judged from a past of its own.
const MOST_DAYS: i64 = 400;
/// Latest moment after the end of a day that can be asked for.
const MOST_DELAY: i64 = 60;

/// Which days, and when they are looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// First day.
    from: NaiveDate,
    /// Last day.
    to: NaiveDate,
    /// Days after the end of each at which it is looked at; 0 unless told.
    #[serde(default)]
    delay_days: i64,
}

/// The days judged anew.
#[derive(Debug, Serialize, ToSchema)]
struct Backtest {
    /// Points that were judged then, now, or both.
    points: usize,
    /// Flagged from what was known then.
    flagged_then: usize,
    /// Flagged from what is known now.
    flagged_now: usize,
    /// Flagged both times.
    flagged_both: usize,
    /// Points of which nothing was known then: their reports had not come.
    unknown_then: usize,
    /// The points that were flagged then or now, by day and unit.
    flagged: Vec<BacktestPoint>,
}

/// A point, as it was judged then and as it is judged now.
#[derive(Debug, Serialize, ToSchema)]
struct BacktestPoint {
    /// Day of the point.
    date: NaiveDate,
    /// Code of the unit.
    unit: String,
    /// What was said from what was known then; left out where nothing was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Said>,
    /// What is said now; left out where the point is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<Said>,
}

/// What is said of a point.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BacktestJudgement)]
struct Said {
    /// What was counted; left out where the report was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<f64>,
    /// Flagged by statistics; left out without a verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<bool>,
    /// Flagged by the fixed rule.
    rule: bool,
}

impl From<Judgement> for Said {
    fn from(judgement: Judgement) -> Self {
        Self {
            observed: judgement.value,
            flag: judgement.flag,
            rule: judgement.rule == Some(true),
        }
    }
}

/// Days of the past judged anew, each from what had arrived by then, beside what is known now. Nothing is written.
#[utoipa::path(get, path = "/api/v1/indicators/{id}/backtest", operation_id = "backtestIndicator", tag = "indicators",
    security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Indicator id"), Wanted), responses(
        (status = 200, body = Backtest),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn backtest(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer<Json<Backtest>> {
    let table = table(&id).filter(|_| is_open(&hub, &identity, &id));
    let table = table.ok_or_else(|| unknown(&id))?;
    let days = (wanted.to - wanted.from).num_days() + 1;
    if !(1..=MOST_DAYS).contains(&days) || !(0..=MOST_DELAY).contains(&wanted.delay_days) {
        return Err(Problem::invalid(format!(
            "from and to span 1 to {MOST_DAYS} days, delay_days is 0 to {MOST_DELAY}"
        )));
    }
    let delay = TimeDelta::days(wanted.delay_days);
    let replayed = Box::pin(hub.models.backtest(&id, wanted.from..=wanted.to, delay)).await?;
    // The hub judges with all it has: the caller sees of it what the table shows him.
    #[derive(Deserialize)]
    struct Seen {
        unit: String,
    }
    let sql = format!("SELECT DISTINCT unit FROM mart.{table}");
    let seen: Vec<Seen> = fetch(&hub.warehouse.session(&identity), &sql, vec![]).await?;
    let seen: BTreeSet<String> = seen.into_iter().map(|row| row.unit).collect();
    Ok(Json(told(
        replayed.into_iter().filter(|point| seen.contains(&point.unit)),
    )))
}

fn told(points: impl Iterator<Item = Replayed>) -> Backtest {
    let mut told = Backtest {
        points: 0,
        flagged_then: 0,
        flagged_now: 0,
        flagged_both: 0,
        unknown_then: 0,
        flagged: Vec::new(),
    };
    for point in points {
        let (then, now) = point.flagged();
        told.points += 1;
        told.flagged_then += usize::from(then);
        told.flagged_now += usize::from(now);
        told.flagged_both += usize::from(then && now);
        told.unknown_then += usize::from(point.then.is_none());
        if then || now {
            told.flagged.push(BacktestPoint {
                date: point.day,
                unit: point.unit,
                then: point.then.map(Said::from),
                now: point.now.map(Said::from),
            });
        }
    }
    told
}
