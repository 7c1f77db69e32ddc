//! `GET /api/v1/boards`: the boards that the site has put into the data folder, for the application.

use super::blocking;
use crate::{
    auth::Keyed,
    problem::{Answer, Document},
    state::{AppState, Ready},
};
use axum::Json;
use serde::Serialize;
use serde_json::Value;
use smartcenter_pipelines::board::Board;
use smartcenter_warehouse::{Error, policy::Role};
use std::path::Path;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The boards of the site.
#[derive(Debug, Serialize, ToSchema)]
struct Boards {
    /// What of them is for the key, by name: `id`, `title`, `lead`, `sections` with `filters` and `panels`, each with its
    /// question. The keys are those of the files, with `{"id": ..., "en": ...}` for texts.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Value>,
    /// Files that are left out, and why; for stewards and admins.
    faults: Vec<BoardFault>,
}

/// What is wrong with a file.
#[derive(Debug, Serialize, ToSchema)]
struct BoardFault {
    /// The file, below the data folder.
    file: String,
    /// Line, from 1.
    line: usize,
    /// What is wrong, and what would be right.
    message: String,
}

/// The boards of the site, read anew each time: a new file is there with the next answer. Questions are not asked here.
#[utoipa::path(get, path = "/api/v1/boards", operation_id = "listBoards", tag = "boards", security(("key" = []), ("session" = [])), responses(
    (status = 200, body = Boards),
    (status = 401, body = Document, content_type = "application/problem+json"),
))]
async fn list(Ready(hub): Ready, Keyed(identity): Keyed) -> Answer<Json<Boards>> {
    let data = hub.warehouse.settings().data.clone();
    let sites = vec![data.clone()];
    let (boards, faults) = blocking(move || Ok(Board::gather(&sites))).await?;
    let seen = boards.iter().filter_map(|board| board.seen_by(identity.role));
    let items = seen.map(serde_json::to_value).collect::<Result<_, _>>();
    let is_steward = matches!(identity.role, Role::Walidata | Role::Admin);
    let told = faults.into_iter().filter(|_| is_steward);
    Ok(Json(Boards {
        items: items.map_err(|error| Error::internal("a board cannot be written as JSON", error))?,
        faults: told
            .map(|fault| BoardFault {
                // Where the hub keeps its data is nobody's business.
                file: Path::new(&fault.file)
                    .strip_prefix(&data)
                    .map_or_else(|_| fault.file.clone(), |path| path.display().to_string()),
                line: fault.line,
                message: fault.message,
            })
            .collect(),
    }))
}
