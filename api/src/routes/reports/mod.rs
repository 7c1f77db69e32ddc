//! Weekly briefings: the list, one as JSON, PDF or XLSX, and making one now. Issues hold what leaders of the whole regency
//! may see, so they are for those roles, and not for keys that are bound to a part of it.

#[cfg(test)]
mod tests;

use super::blocking;
use crate::{
    auth::{Keyed, require},
    extract::{Path, Query},
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
};
use axum::{
    Json,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_pipelines::report::{Archive, Form, Lang, Report, Text, Week};
use smartcenter_warehouse::policy::{Identity, Role};
use std::sync::Arc;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const USUAL: usize = 20;
const MOST: usize = 100;
const READERS: [Role; 4] = [Role::Pimpinan, Role::Analis, Role::Walidata, Role::Admin];
const MAKERS: [Role; 3] = [Role::Pimpinan, Role::Walidata, Role::Admin];
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub(super) fn router() -> OpenApiRouter<AppState> {
    // A path parameter takes its whole segment, so that the files are answered by the route of the week.
    OpenApiRouter::with_openapi(Files::openapi())
        .routes(routes!(list))
        .routes(routes!(get, make))
}

#[derive(OpenApi)]
#[openapi(paths(pdf, xlsx))]
struct Files;

/// A week with a briefing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSummary)]
struct Summary {
    /// ISO week.
    #[schema(value_type = String, example = "2026-W47")]
    week: Week,
    /// Its Monday (WIB).
    from: NaiveDate,
    /// Its Sunday (WIB).
    to: NaiveDate,
    /// The newest issue.
    version: u32,
    /// All issues, oldest first.
    versions: Vec<u32>,
    /// When the newest was made.
    made_at: DateTime<Utc>,
    /// Whether the week was not over then.
    in_progress: bool,
    /// The week in a few sentences.
    headline: Vec<Text>,
}

/// A briefing, and which others there are of its week.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportIssue)]
struct Issue {
    #[serde(flatten)]
    report: Report,
    /// All issues of the week, oldest first.
    versions: Vec<u32>,
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// At most so many, 1 to 100; 20 unless told.
    limit: Option<usize>,
    /// Where the page before ended.
    cursor: Option<String>,
}

/// Which issue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// An issue; the newest unless told.
    version: Option<u32>,
    /// Language of a file, `id` or `en`; Indonesian unless told. The JSON has both.
    #[serde(default)]
    #[param(value_type = String)]
    lang: Lang,
}

/// Weeks with a briefing, newest first, each with its newest issue.
#[utoipa::path(get, path = "/api/v1/reports", operation_id = "listReports", tag = "reports", security(("key" = []), ("session" = [])),
    params(Wanted), responses(
        (status = 200, body = Page<Summary>, headers(("Link" = String, description = "The next page"))),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed, uri: Uri, Query(wanted): Query<Wanted>) -> Answer<Response> {
    may_read(&identity)?;
    let limit = wanted.limit.unwrap_or(USUAL).clamp(1, MOST);
    let after: Option<Week> = wanted.cursor.as_deref().map(str::parse).transpose()?;
    let archive = hub.reports.archive().clone();
    let (items, more) = blocking(move || {
        let weeks: Vec<Week> = archive
            .weeks()?
            .into_iter()
            .filter(|week| after.is_none_or(|after| *week < after))
            .collect();
        let items = weeks
            .iter()
            .take(limit)
            .map(|week| summary(&archive, *week))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((items, weeks.len() > limit))
    })
    .await?;
    let next = items.last().filter(|_| more).map(|last| last.week.to_string());
    Ok(Page { items, next }.answer(&uri))
}

fn summary(archive: &Archive, week: Week) -> smartcenter_warehouse::Result<Summary> {
    let versions = archive.versions(week)?;
    let report = archive.report(week, versions.last().copied())?;
    Ok(Summary {
        week,
        from: report.from,
        to: report.to,
        version: report.version,
        versions,
        made_at: report.made_at,
        in_progress: report.in_progress,
        headline: report.headline,
    })
}

/// The briefing of a week: figures, tables, sentences, and what was asked for each of them.
///
/// A figure carries its metric and the position of the log; its question in `questions`, asked `as_of` there, gives the same.
#[utoipa::path(get, path = "/api/v1/reports/{week}", operation_id = "getReport", tag = "reports", security(("key" = []), ("session" = [])),
    params(("week" = String, Path, description = "ISO week, such as 2026-W47"), Which), responses(
        (status = 200, body = Issue),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
        (status = 422, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Answer<Response> {
    may_read(&identity)?;
    if let Some(week) = name.strip_suffix(".pdf") {
        return pdf(&hub, week.parse()?, which).await;
    }
    if let Some(week) = name.strip_suffix(".xlsx") {
        return xlsx(&hub, week.parse()?, which).await;
    }
    let week: Week = name.parse()?;
    let archive = hub.reports.archive().clone();
    let issue = blocking(move || {
        Ok(Issue {
            report: archive.report(week, which.version)?,
            versions: archive.versions(week)?,
        })
    })
    .await?;
    Ok(Json(issue).into_response())
}

/// The briefing of a week for printing (PDF, A4), as it was issued.
#[utoipa::path(get, path = "/api/v1/reports/{week}.pdf", operation_id = "getReportPdf", tag = "reports",
    security(("key" = []), ("session" = [])),
    params(("week" = String, Path, description = "ISO week, such as 2026-W47"), Which), responses(
        (status = 200, body = Vec<u8>, content_type = "application/pdf"),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn pdf(hub: &Hub, week: Week, which: Which) -> Answer<Response> {
    let lang = which.lang;
    file(hub, week, which, Form::Pdf(lang), ("application/pdf", "pdf")).await
}

/// The briefing of a week for calculating (XLSX), as it was issued.
#[utoipa::path(get, path = "/api/v1/reports/{week}.xlsx", operation_id = "getReportXlsx", tag = "reports",
    security(("key" = []), ("session" = [])),
    params(("week" = String, Path, description = "ISO week, such as 2026-W47"), Which), responses(
        (status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn xlsx(hub: &Hub, week: Week, which: Which) -> Answer<Response> {
    let lang = which.lang;
    file(hub, week, which, Form::Xlsx(lang), (XLSX, "xlsx")).await
}

async fn file(
    hub: &Hub,
    week: Week,
    which: Which,
    form: Form,
    (media, ending): (&'static str, &str),
) -> Answer<Response> {
    let archive = hub.reports.archive().clone();
    let (version, bytes) = blocking(move || {
        let version = which.version.or(archive.versions(week)?.last().copied());
        Ok((version, archive.bytes(week, version, form)?))
    })
    .await?;
    let version = version.map_or_else(String::new, |version| format!("-v{version}"));
    let name = format!("attachment; filename=\"laporan-{week}{version}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// Make the briefing of a week now.
///
/// It is kept as a new issue that says what changed; where the newest issue says the same, that one is answered (200).
#[utoipa::path(post, path = "/api/v1/reports/{week}", operation_id = "makeReport", tag = "reports", security(("key" = []), ("session" = [])),
    params(("week" = String, Path, description = "ISO week, such as 2026-W47")), responses(
        (status = 200, description = "Nothing has changed since the newest issue", body = Issue),
        (status = 201, description = "A new issue", body = Issue),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 422, description = "No week, or one that has not begun", body = Document, content_type = "application/problem+json"),
    ))]
async fn make(Ready(hub): Ready, Keyed(identity): Keyed, Path(week): Path<String>) -> Answer<Response> {
    require(&identity, &MAKERS, "making a weekly briefing")?;
    whole(&identity)?;
    let week: Week = week.parse()?;
    let issued = make_now(&hub, week).await?;
    let archive = hub.reports.archive().clone();
    let versions = blocking(move || archive.versions(week)).await?;
    let status = match issued.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    let issue = Issue {
        report: issued.report,
        versions,
    };
    Ok((status, Json(issue)).into_response())
}

async fn make_now(hub: &Arc<Hub>, week: Week) -> Answer<smartcenter_pipelines::report::Issued> {
    Ok(Box::pin(hub.reports.make(hub, week)).await?)
}

fn may_read(identity: &Identity) -> Answer<()> {
    require(identity, &READERS, "the weekly briefing")?;
    whole(identity)
}

/// Refuses keys that see a part of the regency only.
fn whole(identity: &Identity) -> Answer<()> {
    match identity.regions.is_empty() {
        true => Ok(()),
        false => Err(Problem::forbidden(
            "the weekly briefing tells of the whole regency, and this key is bound to regions: ask for one that is not",
        )),
    }
}
