//! Backups of the running hub, for the admin: begun here, watched here. Verifying and restoring need no hub and are
//! commands.

use crate::{
    auth::Admin,
    extract::{Json, Path},
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Ready},
};
use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    BackupEnd, BackupJob,
    backup::{BackupId, Figures, Taken},
};
use std::{num::NonZeroU32, path::PathBuf};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, begin)).routes(routes!(get))
}

/// Where a backup is to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBackupBody {
    /// Absolute path of a folder on the hub's machine, outside the data folder. It holds all backups of this hub and
    /// is made where it is missing.
    #[schema(value_type = String, example = "/srv/backup/hub")]
    folder: PathBuf,
    /// Backups to keep, this one included; older ones are removed when it is complete. Left out, none is removed.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, example = 30)]
    keep: Option<NonZeroU32>,
}

/// A backup and how far it has come.
#[derive(Debug, Serialize, ToSchema)]
struct BackupBody {
    /// Its id, which is the moment of its begin and its folder's name.
    #[schema(value_type = String, example = "20261122T031500250Z")]
    id: BackupId,
    /// The folder of all backups.
    #[schema(value_type = String)]
    folder: PathBuf,
    /// Whether it goes on.
    state: BackupState,
    /// When it was begun.
    started_at: DateTime<Utc>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime<Utc>>,
    /// How far it has come. Totals grow while more is found to be copied.
    progress: BackupProgress,
    /// What it is, once it is complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<BackupResult>,
    /// Why there is none; nothing of it is left then.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Where a backup stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BackupState {
    /// It goes on.
    Running,
    /// It can be restored.
    Complete,
    /// It came to nothing.
    Failed,
}

/// Files and bytes copied, of those to copy.
#[derive(Debug, Serialize, ToSchema)]
struct BackupProgress {
    files_done: u64,
    files_total: u64,
    bytes_done: u64,
    bytes_total: u64,
}

/// What a complete backup is.
#[derive(Debug, Serialize, ToSchema)]
struct BackupResult {
    /// Every push up to this position of the log is in it, and no later one.
    through: u64,
    /// Tables.
    tables: u64,
    /// Files that belong to it.
    files: u64,
    /// Their bytes.
    bytes: u64,
    /// Files of the lake that no earlier backup of the folder had.
    new_files: u64,
    /// Their bytes.
    new_bytes: u64,
    /// Older backups that were removed.
    #[schema(value_type = Vec<String>)]
    removed: Vec<BackupId>,
    /// Folders outside the data folder from which the hub reads contracts; they are not in the backup.
    #[schema(value_type = Vec<String>)]
    elsewhere: Vec<PathBuf>,
}

impl From<&BackupJob> for BackupBody {
    fn from(job: &BackupJob) -> Self {
        let Figures {
            files_done,
            files_total,
            bytes_done,
            bytes_total,
        } = job.figures();
        let (state, ended_at, result, error) = match job.end() {
            None => (BackupState::Running, None, None, None),
            Some(BackupEnd { at, outcome: Ok(taken) }) => (BackupState::Complete, Some(at), Some(taken.into()), None),
            Some(BackupEnd { at, outcome: Err(why) }) => (BackupState::Failed, Some(at), None, Some(why)),
        };
        Self {
            id: job.id.clone(),
            folder: job.folder.clone(),
            state,
            started_at: job.started_at,
            ended_at,
            progress: BackupProgress {
                files_done,
                files_total,
                bytes_done,
                bytes_total,
            },
            result,
            error,
        }
    }
}

impl From<Taken> for BackupResult {
    fn from(taken: Taken) -> Self {
        Self {
            through: taken.through.0,
            tables: taken.tables,
            files: taken.files,
            bytes: taken.bytes,
            new_files: taken.new_files,
            new_bytes: taken.new_bytes,
            removed: taken.removed,
            elsewhere: taken.elsewhere,
        }
    }
}

/// The last backups since the hub started, newest first.
#[utoipa::path(get, path = "/api/v1/backups", operation_id = "listBackups", tag = "system", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = Page<BackupBody>),
    (status = 403, body = Document, content_type = "application/problem+json"),
))]
async fn list(Ready(hub): Ready, _: Admin, uri: Uri) -> Answer<Response> {
    let jobs = hub.warehouse.backups().await;
    let items = jobs.iter().map(|job| BackupBody::from(job.as_ref())).collect();
    Ok(Page { items, next: None }.answer(&uri))
}

/// Begins a backup into a folder of the hub's machine. Pushes and questions go on meanwhile; ask for it by its id to
/// see how it ends. Only files that no earlier backup of the folder has are copied.
#[utoipa::path(post, path = "/api/v1/backups", operation_id = "createBackup", tag = "system", request_body = NewBackupBody,
    security(("key" = []), ("session" = [])), responses(
    (status = 202, body = BackupBody, headers(("Location" = String, description = "Where to ask for it"))),
    (status = 403, body = Document, content_type = "application/problem+json"),
    (status = 409, description = "Another backup goes on, or the folder is another hub's", body = Document,
     content_type = "application/problem+json"),
    (status = 422, description = "The folder is not absolute or lies in the data folder", body = Document,
     content_type = "application/problem+json"),
))]
async fn begin(Ready(hub): Ready, _: Admin, Json(new): Json<NewBackupBody>) -> Answer<Response> {
    let job = hub.warehouse.start_backup(&new.folder, new.keep).await?;
    let location = format!("/api/v1/backups/{}", job.id);
    let body = axum::Json(BackupBody::from(job.as_ref()));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// A backup that was begun since the hub started.
#[utoipa::path(get, path = "/api/v1/backups/{id}", operation_id = "getBackup", tag = "system", security(("key" = []), ("session" = [])),
    params(("id" = String, Path, description = "Id of the backup")), responses(
    (status = 200, body = BackupBody),
    (status = 403, body = Document, content_type = "application/problem+json"),
    (status = 404, body = Document, content_type = "application/problem+json"),
))]
async fn get(Ready(hub): Ready, _: Admin, Path(id): Path<BackupId>) -> Answer<axum::Json<BackupBody>> {
    let job = hub.warehouse.backup(&id).await;
    let job = job.ok_or_else(|| {
        Problem::not_found(format!(
            "no backup {id} was begun since the hub started; `smartcenter verify` knows what a folder holds"
        ))
    })?;
    Ok(axum::Json(BackupBody::from(job.as_ref())))
}
