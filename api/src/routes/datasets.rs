//! The catalogue: what data there are, whose they are, how fresh, and what each row means.

use super::rows;
use crate::{
    auth::Caller,
    extract::Path,
    paging::Page,
    problem::{Answer, Document, Problem},
    state::{AppState, Hub, Ready},
};
use axum::{Json, http::Uri, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use smartcenter_pipelines::freshness::{Feed, judge};
use smartcenter_warehouse::{
    DatasetId,
    contract::{Classification, Column, ColumnType, Contract, Layer, Origin, SourceFormat},
    policy::{Decision, Identity},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .merge(rows::router())
}

/// A dataset in the catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct Dataset {
    /// Dataset id: SQL table `data.<id>`, of a model `mart.<id>`, and part of the URL.
    #[schema(example = "absensi_harian_sekolah")]
    dataset: String,
    /// Title, Indonesian.
    title: String,
    /// What it holds.
    description: String,
    /// Owner institution.
    owner: String,
    /// Contract version.
    version: String,
    /// `terbuka`, `terbatas`, `pribadi`, `pribadi_spesifik` or `tertutup`.
    #[schema(value_type = String)]
    classification: Classification,
    /// Readable without a key.
    public: bool,
    /// A code list, also under `ref.<id>`.
    reference: bool,
    /// `data` for what agencies send, `mart` for what the hub works out from it.
    #[schema(value_type = String)]
    layer: Layer,
    /// Whether the caller may push to it.
    may_push: bool,
    /// Equal payloads are separate pushes; otherwise the same file again changes nothing.
    allow_repeats: bool,
    /// Names of the primary key; empty for an append-only dataset.
    primary_key: Vec<String>,
    /// Is it still arriving?
    freshness: DatasetFreshness,
    /// How much there is; left out where the key may not see all rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<Size>,
}

/// Is a dataset still arriving?
#[derive(Debug, Serialize, ToSchema)]
struct DatasetFreshness {
    /// `fresh`, `late`, `silent` or `never`.
    state: &'static str,
    /// When the last push arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_received_at: Option<DateTime<Utc>>,
    /// Seconds the feed may be silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_seconds: Option<u64>,
    /// One Indonesian sentence.
    sentence_id: String,
    /// The same in English.
    sentence_en: String,
}

/// How much a dataset holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DatasetSize)]
struct Size {
    /// Rows; exact.
    rows: u64,
    /// Files of the Delta table; for operators and analysts.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<u64>,
    /// Bytes of these files.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

/// A dataset with its columns and contract.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetDetail {
    /// As in the list.
    #[serde(flatten)]
    summary: Dataset,
    /// Its columns in order.
    columns: Vec<DatasetColumn>,
    /// Cross-column checks, each in a sentence.
    rules: Vec<String>,
    /// What delimited text must be cut with; left out where it is found out from the first line.
    #[serde(skip_serializing_if = "Option::is_none")]
    delimiter: Option<char>,
    /// Where the contract came from: `embedded`, `site`, `api`, or `derived` from a model.
    #[schema(value_type = String)]
    origin: Origin,
    /// The contract as written (Open Data Contract Standard, YAML).
    contract: String,
}

/// A column.
#[derive(Debug, Serialize, ToSchema)]
struct DatasetColumn {
    /// Name in SQL and in the API.
    name: String,
    /// Human title.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// `text`, `int32`, `int64`, `float64`, `decimal(p,s)`, `boolean`, `date` or `timestamp`.
    #[serde(rename = "type")]
    ty: String,
    /// A missing value is a fault.
    required: bool,
    /// A made-up value as a sender may write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<String>,
    /// The only values there are; left out where it is not a list.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed: Vec<String>,
    /// Secrecy.
    #[schema(value_type = String)]
    classification: Classification,
    /// True when this key sees it covered.
    masked: bool,
}

/// The datasets that the caller may know of; without a key the public ones.
#[utoipa::path(get, path = "/api/v1/datasets", operation_id = "listDatasets", tag = "datasets", security((), ("key" = []), ("session" = [])), responses(
    (status = 200, body = Page<Dataset>),
))]
async fn list(Ready(hub): Ready, Caller(identity): Caller, uri: Uri) -> Answer<Response> {
    let registry = hub.warehouse.contracts();
    let items = registry
        .iter()
        .filter_map(|contract| summary(&hub, &identity, contract))
        .collect();
    Ok(Page { items, next: None }.answer(&uri))
}

/// One dataset with its columns and contract.
#[utoipa::path(get, path = "/api/v1/datasets/{dataset}", operation_id = "getDataset", tag = "datasets",
    security((), ("key" = []), ("session" = [])),
    params(("dataset" = String, Path, description = "Dataset id")), responses(
        (status = 200, body = DatasetDetail),
        (status = 404, body = Document, content_type = "application/problem+json"),
    ))]
async fn get(
    Ready(hub): Ready,
    Caller(identity): Caller,
    Path(dataset): Path<DatasetId>,
) -> Answer<Json<DatasetDetail>> {
    let registry = hub.warehouse.contracts();
    let found = registry
        .get(dataset.as_str())
        .and_then(|contract| Some((contract, summary(&hub, &identity, contract)?)));
    let (contract, summary) = found
        .ok_or_else(|| Problem::not_found(format!("dataset {dataset} does not exist, or is not open to this key")))?;
    let masked = match hub.warehouse.policy().decide(&identity, contract) {
        Decision::Allow { masks, .. } => masks.into_iter().map(|(column, _)| column).collect(),
        Decision::Deny => contract
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect::<Vec<_>>(),
    };
    Ok(Json(DatasetDetail {
        summary,
        columns: contract
            .columns
            .iter()
            .map(|column| described(column, &contract.source, &masked))
            .collect(),
        rules: contract.row_rules.iter().map(|rule| rule.description.clone()).collect(),
        delimiter: contract.source.delimiter.map(char::from),
        origin: contract.origin,
        contract: contract.text.to_string(),
    }))
}

/// None when the caller may not know of the dataset: it may read no row of it and push none to it.
fn summary(hub: &Hub, identity: &Identity, contract: &Contract) -> Option<Dataset> {
    let policy = hub.warehouse.policy();
    let rows_open = match policy.decide(identity, contract) {
        Decision::Deny if policy.decide_quarantine(identity, contract) == Decision::Deny => return None,
        Decision::Deny => false,
        // A count of rows that the caller may not see is a fact about them.
        Decision::Allow { row_filter, .. } => row_filter.is_none(),
    };
    let operations = policy.sees_operations(identity);
    let view = hub.warehouse.view();
    let table = view.tables.get(&contract.table());
    let size = rows_open.then(|| Size {
        rows: view.rows(contract),
        files: operations.then(|| table.map_or(0, |table| table.files().count() as u64)),
        bytes: operations.then(|| table.map_or(0, |table| table.files().map(|file| file.size).sum())),
    });
    let feed = Feed {
        dataset: contract.dataset.clone(),
        owner: contract.owner.clone(),
        expected: contract.freshness,
        last_arrival: hub.warehouse.arrivals().get(&contract.dataset).copied(),
    };
    let judged = judge(&feed, hub.warehouse.clock().now());
    Some(Dataset {
        dataset: contract.dataset.to_string(),
        title: contract.title.clone(),
        description: contract.description.clone(),
        owner: contract.owner.to_string(),
        version: contract.version.to_string(),
        classification: contract.classification,
        public: contract.public,
        reference: contract.reference,
        layer: contract.layer,
        may_push: policy.may_push(identity, contract),
        allow_repeats: contract.allow_repeats,
        primary_key: contract
            .primary_key
            .iter()
            .map(|index| contract.columns[*index].name.clone())
            .collect(),
        freshness: DatasetFreshness {
            state: judged.state.as_str(),
            last_received_at: feed.last_arrival,
            expected_seconds: judged.expected_seconds,
            sentence_id: judged.sentence_id,
            sentence_en: judged.sentence_en,
        },
        size,
    })
}

fn described(column: &Column, source: &SourceFormat, masked: &[String]) -> DatasetColumn {
    DatasetColumn {
        name: column.name.clone(),
        title: column.title.clone(),
        description: column.description.clone(),
        ty: match column.ty {
            ColumnType::Text => "text".into(),
            ColumnType::Int32 => "int32".into(),
            ColumnType::Int64 => "int64".into(),
            ColumnType::Float64 => "float64".into(),
            ColumnType::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
            ColumnType::Boolean => "boolean".into(),
            ColumnType::Date => "date".into(),
            ColumnType::Timestamp => "timestamp".into(),
        },
        required: column.required,
        example: column.example(source),
        allowed: column.allowed().to_vec(),
        classification: column.classification,
        masked: masked.contains(&column.name),
    }
}
