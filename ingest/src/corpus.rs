//! Feeds as they really come, as files: `tests/fixtures/feeds/README.md` tells how to add one. Every case is read
//! whole, in small pieces and cut into small chunks; what comes out must be the same each time.
//! Samples of the shipped datasets are read in the same way (`datasets.rs`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod datasets;

use crate::{
    ContentEncoding, Format, PushRequest, Result,
    check::check,
    decode::CHUNK,
    fixture,
    plan::Plan,
    tally::sentence,
    trial::Trial,
    validate::Context,
    verdict::{Finding, Findings},
};
use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{DataType, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType},
    util::display::array_value_to_string,
};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};
use smartcenter_warehouse::contract::{self, Contract, Origin};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Set to anything to write what is read now as the expectation of every case that has none.
const RECORD: &str = "RECORD_FEEDS";
const EXPECTED: &str = ".expected.json";

#[test]
fn feeds_are_read_as_expected() {
    let feeds = feeds();
    let wrong: Vec<String> = feeds.iter().filter_map(|feed| judge(feed).err()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n\n{}",
        wrong.len(),
        feeds.len(),
        wrong.join("\n\n")
    );
}

/// All feeds, or those that are asked for.
fn feeds() -> Vec<PathBuf> {
    let roots = [
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/feeds"),
        datasets::root(),
    ];
    let only = std::env::var("FEED").unwrap_or_default();
    let folders = roots.iter().flat_map(|root| sorted(root)).filter(|path| path.is_dir());
    let feeds = folders.flat_map(|folder| sorted(&folder)).filter(|path| is_feed(path));
    let feeds: Vec<PathBuf> = feeds.filter(|feed| feed.to_string_lossy().contains(&only)).collect();
    assert!(!feeds.is_empty(), "no case was found in {roots:?}");
    feeds
}

/// What the fuzzers begin with: no feed is read in another way when it comes in pieces.
#[test]
fn feeds_are_read_in_one_way() {
    for feed in feeds() {
        let contract = contract_text(&feed).unwrap();
        Trial::new(name(&feed), &contract).read(&fs::read(&feed).unwrap());
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// Everything is a feed but contracts, expectations and documents about them.
fn is_feed(path: &Path) -> bool {
    let name = name(path);
    path.is_file() && ![EXPECTED, ".yaml", ".md", ".py"].iter().any(|end| name.ends_with(end))
}

/// The file beside `feed` that is called like its case, up to the first point, and ends in `end`.
fn beside(feed: &Path, end: &str) -> PathBuf {
    let case = name(feed).split('.').next().unwrap();
    feed.with_file_name(format!("{case}{end}"))
}

fn judge(feed: &Path) -> Result<(), String> {
    let title = format!("{}/{}", name(feed.parent().unwrap()), name(feed));
    let path = beside(feed, EXPECTED);
    let expected: Value = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| format!("{title}: {}: {error}", path.display()))?,
        Err(_) => json!({}),
    };
    let plan = fixture::plan(contract_of(feed).map_err(|why| format!("{title}: {why}"))?);
    let payload = fs::read(feed).unwrap();
    let request = request(feed, &expected);
    let context = Context {
        lists: datasets::lists(feed, &plan),
        ..fixture::context()
    };
    let read = |piece, chunk| match outcome(&request, &plan, &context, &payload, (piece, chunk), &expected) {
        Ok(found) => found,
        Err(error) => json!({ "error": error.message() }),
    };
    let found = read(usize::MAX, CHUNK);
    for (piece, chunk) in [(4096, 1), (977, 300)] {
        let again = read(piece, chunk);
        if again != found {
            return Err(format!(
                "{title}: in pieces of {piece} and chunks of {chunk} bytes it reads as\n{again:#}\nand else as\n{found:#}"
            ));
        }
    }
    if !path.exists() && std::env::var_os(RECORD).is_some() {
        fs::write(&path, format!("{found:#}\n")).unwrap();
        return Ok(());
    }
    differences(&expected, &found).map_err(|why| format!("{title}: {why}; it reads as\n{found:#}"))
}

fn contract_file(feed: &Path) -> PathBuf {
    let own = beside(feed, ".contract.yaml");
    if own.exists() {
        own
    } else {
        feed.with_file_name("contract.yaml")
    }
}

fn contract_text(feed: &Path) -> Result<String, String> {
    if let Some(contract) = datasets::contract_of(feed) {
        return Ok(contract.text.to_string());
    }
    let path = contract_file(feed);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

fn contract_of(feed: &Path) -> Result<Contract, String> {
    contract::parse(&contract_text(feed)?, Origin::Site, "contract.yaml").map_err(|faults| format!("{faults:#?}"))
}

fn request(feed: &Path, expected: &Value) -> PushRequest {
    let text = |key: &str| expected[key].as_str().map(str::to_owned);
    let format = Format::from_file_name(name(feed)).expect("the name tells no format");
    PushRequest {
        encoding: ContentEncoding::from_file_name(name(feed)),
        charset: text("charset"),
        sheet: text("sheet"),
        ..fixture::request(format)
    }
}

/// What comes of a payload in pieces of `sizes.0` and chunks of `sizes.1` bytes, in the form of an expectation.
fn outcome(
    request: &PushRequest,
    plan: &Arc<Plan>,
    context: &Context,
    payload: &[u8],
    sizes: (usize, usize),
    expected: &Value,
) -> Result<Value> {
    let (chunks, summary) = fixture::chunks(request, plan, payload, sizes.0, sizes.1)?;
    let with_line = expected["rows"][0].get("_line").is_some();
    let (mut rows, mut faults, mut accepted) = (Vec::new(), Vec::new(), 0);
    let mut findings = Findings::new();
    let mut warnings = summary.warnings;
    for chunk in chunks {
        let checked = check(chunk, plan, context)?;
        accepted += checked.accepted.num_rows();
        if expected.get("accepted").is_none() {
            rows.extend((0..checked.accepted.num_rows()).map(|row| object(&checked.accepted, row, with_line)));
        }
        for fault in checked.rejected.iter().flat_map(|row| &row.faults) {
            faults.push(json!({ "line": fault.line, "column": fault.column, "rule": fault.rule }));
        }
        checked
            .findings
            .into_iter()
            .for_each(|(key, found)| add(&mut findings, key, &found));
        warnings.extend(crate::map::unknown_columns(
            &checked.unknown.into_iter().collect::<Vec<_>>(),
        ));
    }
    warnings.sort();
    warnings.dedup();
    warnings.extend(
        findings
            .iter()
            .map(|((column, rule), found)| sentence(column, rule, found)),
    );
    let mut found = json!({ "rows": rows, "faults": faults, "warnings": warnings });
    if expected.get("accepted").is_some() {
        found["rows"] = Value::Null;
        found["accepted"] = json!(accepted);
    }
    Ok(found)
}

fn add(findings: &mut Findings, key: (String, String), found: &Finding) {
    let held = findings.entry(key).or_insert(Finding {
        rows: 0,
        ..found.clone()
    });
    held.rows += found.rows;
    held.first = held.first.min(found.first);
}

/// An accepted row without its missing values.
fn object(batch: &RecordBatch, row: usize, with_line: bool) -> Value {
    let mut object = Map::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        if column.is_valid(row) && (with_line || field.name() != "_line") {
            object.insert(field.name().clone(), value(column, row));
        }
    }
    Value::Object(object)
}

fn value(column: &dyn Array, row: usize) -> Value {
    match column.data_type() {
        DataType::Int32 => json!(column.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => json!(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => json!(column.as_primitive::<Float64Type>().value(row)),
        DataType::Timestamp(..) => {
            let time = column.as_primitive::<TimestampMicrosecondType>().value(row);
            json!(
                DateTime::from_timestamp_micros(time)
                    .unwrap()
                    .to_rfc3339_opts(SecondsFormat::AutoSi, true)
            )
        }
        DataType::Boolean => json!(column.as_boolean().value(row)),
        _ => json!(array_value_to_string(column, row).unwrap()),
    }
}

/// In what `found` is not as `expected`.
fn differences(expected: &Value, found: &Value) -> Result<(), String> {
    let (text, list) = (
        |key: &str| expected[key].as_str(),
        |key: &str| expected[key].as_array().cloned().unwrap_or_default(),
    );
    match (text("error"), found["error"].as_str()) {
        (Some(part), Some(message)) if message.contains(part) => return Ok(()),
        (None, None) => {}
        (Some(part), _) => return Err(format!("the error {part:?} was expected")),
        (None, Some(_)) => return Err("no error was expected".to_owned()),
    }
    if expected.get("rows").is_none() && expected.get("accepted").is_none() {
        return Err("an expectation has `rows`, `accepted` or `error`".to_owned());
    }
    if expected.get("accepted").is_some() && expected["accepted"] != found["accepted"] {
        return Err(format!("{} accepted rows were expected", expected["accepted"]));
    }
    let found_rows = found["rows"].as_array().cloned().unwrap_or_default();
    if expected.get("rows").is_some() && list("rows") != found_rows {
        return Err(format!("these rows were expected:\n{:#}", expected["rows"]));
    }
    let found_faults = found["faults"].as_array().cloned().unwrap_or_default();
    if list("faults") != found_faults {
        return Err(format!("these faults were expected:\n{:#}", json!(list("faults"))));
    }
    let warnings: Vec<String> = found["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w.as_str().unwrap().to_owned())
        .collect();
    let parts: Vec<String> = list("warnings")
        .iter()
        .map(|w| w.as_str().unwrap_or_default().to_owned())
        .collect();
    for part in &parts {
        if !warnings.iter().any(|warning| warning.contains(part)) {
            return Err(format!("the warning {part:?} was expected"));
        }
    }
    match warnings
        .iter()
        .find(|warning| !parts.iter().any(|part| warning.contains(part)))
    {
        Some(warning) => Err(format!("this warning was not expected: {warning:?}")),
        None => Ok(()),
    }
}
