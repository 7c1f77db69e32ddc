//! Every folder below `models/tests/` is a case: rows of the sources, and the rows that the model gives, worked out by
//! hand. `then/` is what happens next. The rows are those of a full rebuild, too.

use super::fixture::{Hub, cells, strict, texts};
use crate::model::{Engine, ModelFile, Plan};
use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Float64Type},
};
use futures::TryStreamExt;
use smartcenter_warehouse::contract::{Contract, Origin};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_model_gives_what_its_case_says() {
    let wanted = std::env::var("MODEL").ok();
    let mut failed = Vec::new();
    for case in folders(&root()) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        if wanted.as_ref().is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let outcome = tokio::spawn({
            let (name, case) = (name.clone(), case.clone());
            async move { run(&name, &case).await }
        });
        // A case that panics does not keep the others from being tried.
        if let Err(why) = outcome.await.unwrap_or_else(|panic| Err(panic.to_string())) {
            failed.push(format!("== {name}\n{why}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_model_is_sound() {
    let contracts = smartcenter_warehouse::contract::Registry::embedded().unwrap();
    let (_, count, faults) = crate::model::check(&[], &contracts).await.unwrap();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "of {count} models:\n{}", faults.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/tests")
}

fn folders(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The CSV files of a step, by dataset; `mart.x.csv` under `mart.x`.
fn step(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let files = entries.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files
        .map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// A case may be one of several of a model: `<model>` or `<model>-<what>`.
async fn run(case: &str, folder: &Path) -> Result<(), String> {
    let name = case.split('-').next().unwrap_or(case);
    let (files, faults) = ModelFile::gather(&[]);
    if let Some(fault) = faults
        .iter()
        .find(|fault| fault.file.ends_with(&format!("/{name}.sql")))
    {
        return Err(fault.to_string());
    }
    let first = step(folder);
    let then = step(&folder.join("then"));
    let given: BTreeSet<String> = first
        .keys()
        .chain(then.keys())
        .filter_map(|key| key.strip_prefix("mart."))
        .map(str::to_owned)
        .collect();
    let hub = Hub::new(&[]).await;
    let engine = engine(&hub, files, name, &given)?;
    engine.load().await.map_err(|e| e.to_string())?;
    expect(&hub, &engine, name, &first, "first step").await?;
    if !then.is_empty() {
        expect(&hub, &engine, name, &then, "then").await?;
    }
    let before = rows(&hub, name).await?;
    if hub.contract_of(name).is_some() {
        engine
            .refresh(&name.parse().unwrap(), true)
            .await
            .map_err(|e| e.to_string())?;
        let after = rows(&hub, name).await?;
        if before != after {
            return Err(format!(
                "a full rebuild gives other rows:\n{}\ninstead of\n{}",
                after.join("\n"),
                before.join("\n")
            ));
        }
    }
    Ok(())
}

/// The model, and what it reads so far as that is not given.
fn engine(hub: &Hub, files: Vec<ModelFile>, name: &str, given: &BTreeSet<String>) -> Result<Arc<Engine>, String> {
    let by_name: BTreeMap<String, &ModelFile> = files.iter().map(|file| (file.name.to_string(), file)).collect();
    let (mut needed, mut worked): (BTreeSet<String>, BTreeSet<String>) = Default::default();
    let mut open = vec![(name.to_owned(), true)];
    while let Some((next, is_worked)) = open.pop() {
        let file = by_name.get(&next).ok_or_else(|| format!("there is no model {next}"))?;
        let is_worked = is_worked && !given.contains(&next);
        let is_new = needed.insert(next.clone()) | (is_worked && worked.insert(next));
        if is_new {
            let marts = file.reads.iter().filter(|read| read.schema == "mart");
            open.extend(marts.map(|read| (read.table.clone(), is_worked)));
        }
    }
    let kept = needed.difference(&worked).cloned().collect();
    let files = files
        .into_iter()
        .filter(|file| needed.contains(file.name.as_str()))
        .collect();
    Ok(Engine::of_files(hub.warehouse.clone(), files, kept))
}

async fn expect(
    hub: &Hub,
    engine: &Engine,
    name: &str,
    step: &BTreeMap<String, String>,
    what: &str,
) -> Result<(), String> {
    for (dataset, csv) in step.iter().filter(|(dataset, _)| *dataset != "expected") {
        let dataset = dataset.strip_prefix("mart.").unwrap_or(dataset);
        if hub.warehouse.contracts().get(dataset).is_none() {
            return Err(format!("{what}: no contract {dataset}"));
        }
        hub.push(dataset, csv).await;
    }
    engine.bring_up_to_date().await.map_err(|e| e.to_string())?;
    let models = hub.warehouse.models();
    if let Some(error) = models
        .records
        .iter()
        .find_map(|r| r.last_error.as_ref().map(|e| format!("{}: {e}", r.name)))
    {
        return Err(error);
    }
    let Some(expected) = step.get("expected") else {
        return Ok(());
    };
    let wanted = texts(expected);
    let columns: Vec<String> = wanted
        .schema()
        .fields()
        .iter()
        .map(|field| format!("\"{}\"", field.name()))
        .collect();
    let sql = format!("SELECT {} FROM mart.{name}", columns.join(", "));
    let got = answer(hub, &sql).await?;
    let wanted = wanted_rows(&got, &wanted);
    let got: Vec<Vec<String>> = got.iter().flat_map(rounded).collect();
    compare(got, wanted).map_err(|why| format!("{what}:\n{}\n{why}", columns.join(", ")))
}

async fn answer(hub: &Hub, sql: &str) -> Result<Vec<RecordBatch>, String> {
    let session = hub.warehouse.session(&super::fixture::steward());
    let stream = session
        .query(sql, Default::default(), Default::default())
        .await
        .map_err(|e| e.to_string())?;
    let schema = stream.schema().clone();
    let batches: Vec<RecordBatch> = stream.try_collect().await.map_err(|e| e.to_string())?;
    Ok(vec![arrow::compute::concat_batches(&schema, &batches).unwrap()])
}

/// The expected texts as values of the answer's types, written as the answer's are.
fn wanted_rows(got: &[RecordBatch], wanted: &RecordBatch) -> Vec<Vec<String>> {
    let schema = got[0].schema();
    let columns: Vec<ArrayRef> = schema
        .fields()
        .iter()
        .zip(wanted.columns())
        .map(|(field, texts)| strict(texts, field.data_type(), field.name()))
        .collect();
    rounded(&RecordBatch::try_new(schema, columns).unwrap())
}

/// Cells as text; doubles to seven significant digits, which is more than most people write by hand.
fn rounded(batch: &RecordBatch) -> Vec<Vec<String>> {
    let mut rows = cells(batch);
    for (at, field) in batch.schema().fields().iter().enumerate() {
        if field.data_type() != &DataType::Float64 {
            continue;
        }
        let numbers = batch.column(at).as_primitive::<Float64Type>();
        for (row, cells) in rows.iter_mut().enumerate() {
            if !numbers.is_null(row) {
                cells[at] = format!("{:.6e}", numbers.value(row));
            }
        }
    }
    rows
}

fn compare(got: Vec<Vec<String>>, wanted: Vec<Vec<String>>) -> Result<(), String> {
    let line = |row: Vec<String>| row.join(" | ");
    let (mut got, mut wanted): (Vec<String>, Vec<String>) = (
        got.into_iter().map(line).collect(),
        wanted.into_iter().map(line).collect(),
    );
    got.sort();
    wanted.sort();
    if got == wanted {
        return Ok(());
    }
    let missing = wanted
        .iter()
        .filter(|row| !got.contains(row))
        .map(|row| format!("- {row}"));
    let more = got
        .iter()
        .filter(|row| !wanted.contains(row))
        .map(|row| format!("+ {row}"));
    let mut told: Vec<String> = missing.chain(more).collect();
    told.push(format!("{} rows expected (-), {} given (+)", wanted.len(), got.len()));
    Err(told.join("\n"))
}

async fn rows(hub: &Hub, name: &str) -> Result<Vec<String>, String> {
    let batches = answer(hub, &format!("SELECT * FROM mart.{name}")).await?;
    let mut rows: Vec<String> = batches.iter().flat_map(rounded).map(|row| row.join(" | ")).collect();
    rows.sort();
    Ok(rows)
}

impl Hub {
    fn contract_of(&self, model: &str) -> Option<Arc<Contract>> {
        self.warehouse.contracts().get(model).cloned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shipped_models_and_contracts_share_no_name() {
    let contracts = smartcenter_warehouse::contract::Registry::embedded().unwrap();
    let all: Vec<Arc<Contract>> = contracts.iter().cloned().collect();
    assert!(all.iter().all(|contract| contract.origin == Origin::Embedded));
    let (files, _) = ModelFile::gather(&[]);
    let plan = Plan::of(files, &all).await.unwrap();
    for model in plan.models {
        assert!(contracts.get(model.name().as_str()).is_none(), "{}", model.name());
    }
}
