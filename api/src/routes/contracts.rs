//! `PUT /api/v1/contracts/{dataset}`: add a dataset or let one grow, live.

use crate::{
    auth::{Keyed, require},
    extract::{BODY_LIMIT, Path, Query, limited},
    problem::{Answer, Document, Point, Problem},
    state::{AppState, Ready},
};
use axum::{Json, body::Body};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    DatasetId,
    contract::{self, Change, ChangeKind, ContractFault, Difference, Origin},
    policy::Role,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(put))
}

/// How to take a contract.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PutOptions {
    /// Only judge: the answer says what would change, nothing is activated.
    #[serde(default)]
    dry_run: bool,
}

/// What a contract changes.
#[derive(Debug, Serialize, ToSchema)]
struct ContractChange {
    /// The dataset.
    dataset: String,
    /// The weightiest difference.
    kind: ChangeWeight,
    /// Version before; absent for a new dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// Version after.
    to: String,
    /// All differences.
    differences: Vec<ContractDifference>,
    /// Columns that are new.
    added: Vec<String>,
    /// True when the new version lives in a table of its own.
    new_table: bool,
    /// Why it may not be activated; only a dry run answers with any.
    refusals: Vec<String>,
    /// True when it is in force now.
    activated: bool,
}

/// One difference.
#[derive(Debug, Serialize, ToSchema)]
struct ContractDifference {
    /// What differs.
    #[schema(example = "columns.hadir.type")]
    path: String,
    /// How.
    what: String,
    /// True when it needs a new major.
    breaking: bool,
    /// How much it weighs.
    kind: ChangeWeight,
}

/// How much a change weighs.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ChangeWeight {
    /// Nothing changes.
    Identical,
    /// Words, owners, layout of new files.
    Metadata,
    /// More is accepted or described; all that was accepted still is.
    Additive,
    /// Needs a new major.
    Breaking,
    /// The dataset is not known yet.
    New,
}

impl From<ChangeKind> for ChangeWeight {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Identical => Self::Identical,
            ChangeKind::Metadata => Self::Metadata,
            ChangeKind::Additive => Self::Additive,
            ChangeKind::Breaking => Self::Breaking,
            ChangeKind::New => Self::New,
        }
    }
}

impl ContractChange {
    fn new(dataset: &DatasetId, change: Change, dry_run: bool) -> Self {
        let Change {
            kind,
            from,
            to,
            differences,
            added,
            new_table,
            refusals,
        } = change;
        let difference = |Difference {
                              path,
                              what,
                              breaking,
                              kind,
                          }| ContractDifference {
            path,
            what,
            breaking,
            kind: ChangeWeight::from(kind),
        };
        Self {
            dataset: dataset.to_string(),
            kind: kind.into(),
            from: from.map(|version| version.to_string()),
            to: to.to_string(),
            differences: differences.into_iter().map(difference).collect(),
            added,
            new_table,
            activated: !dry_run && refusals.is_empty(),
            refusals,
        }
    }
}

/// Add a dataset, or give one a new contract version, live.
///
/// The body is an Open Data Contract Standard 3.1 document in YAML. Additive changes are taken on live data; a
/// breaking one needs a new major version and is refused otherwise, with the reasons.
#[utoipa::path(put, path = "/api/v1/contracts/{dataset}", operation_id = "putContract", tag = "contracts", security(("key" = []), ("session" = [])),
    params(("dataset" = String, Path, description = "Dataset id; the same as in the contract"), PutOptions),
    request_body(content = String, content_type = "application/yaml", description = "The contract"),
    responses(
        (status = 200, description = "The difference, and whether it is in force now", body = ContractChange),
        (status = 403, body = Document, content_type = "application/problem+json"),
        (status = 409, description = "A breaking change without a new major", body = Document, content_type = "application/problem+json"),
        (status = 422, description = "Not a valid contract; `faults` lists everything with its line", body = Document, content_type = "application/problem+json"),
    ))]
async fn put(
    Ready(hub): Ready,
    Keyed(identity): Keyed,
    Path(dataset): Path<DatasetId>,
    Query(options): Query<PutOptions>,
    body: Body,
) -> Answer<Json<ContractChange>> {
    require(&identity, &[Role::Walidata, Role::Admin], "a contract change")?;
    let bytes = limited(body, BODY_LIMIT).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Problem::malformed("the contract is not UTF-8 text"))?;
    let contract = contract::parse(text, Origin::Api, "contract").map_err(|faults| not_valid(&faults))?;
    if contract.dataset != dataset {
        return Err(Problem::invalid(format!(
            "the contract is of dataset {}, the address of {dataset}: send it to /api/v1/contracts/{}",
            contract.dataset, contract.dataset
        )));
    }
    let change = hub.warehouse.put_contract(text, Origin::Api, options.dry_run).await?;
    Ok(Json(ContractChange::new(&dataset, change, options.dry_run)))
}

/// Every fault with its line.
fn not_valid(faults: &[ContractFault]) -> Problem {
    let points = faults
        .iter()
        .map(|fault| Point {
            line: Some(fault.line as u64),
            column: Some(fault.path.clone()).filter(|path| !path.is_empty()),
            rule: None,
            message: fault.message.clone(),
        })
        .collect();
    let detail = match faults {
        [one] => format!("the contract is not valid: line {}: {}", one.line, one.message),
        many => format!(
            "the contract is not valid: {} faults, each listed with its line",
            many.len()
        ),
    };
    Problem::invalid(detail).with_faults(points)
}

#[cfg(test)]
mod tests;
