//! All models against the contracts: which can be worked out, in what order, and what each of them gives. Nothing is read.

use super::{
    contract::{self, OutputColumn},
    fault::{Faults, ModelFault},
    file::ModelFile,
    header::{Kind, Touch},
    judged,
};
use crate::alert;
use arrow::datatypes::DataType;
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{
    DatasetId, Result,
    contract::{Access, ColumnType, Contract, Layer},
    query::{ModelRead, ModelView, Planner, parse_model},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// The models that can be worked out, upstream before downstream, and what is wrong with the others.
#[derive(Debug, Default)]
pub struct Plan {
    /// Sound models.
    pub models: Vec<Arc<PlannedModel>>,
    /// Faults of the others.
    pub faults: Vec<ModelFault>,
}

/// Which models a round works out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Indicators that raise alerts, and what they are made of.
    Watched,
    /// All.
    All,
}

/// A model whose place, sources and columns are known.
#[derive(Debug)]
pub struct PlannedModel {
    /// The file.
    pub file: ModelFile,
    /// The contract of its table; none of a view.
    pub contract: Option<Arc<Contract>>,
    /// The datasets below it, views taken apart.
    pub sources: Vec<Source>,
    /// The slice's type as the plan of the SQL gives it.
    pub slice_type: Option<DataType>,
    /// Stands for all but rows that its rows depend on: its own file, those of the views it reads, and the tables of its
    /// sources.
    pub fingerprint: String,
}

/// A dataset below a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which.
    pub dataset: DatasetId,
    /// What a changed row of it touches.
    pub touch: Touch,
    /// The columns that name the slice are all part of the source's primary key: a row cannot move from slice to slice.
    pub of_key: bool,
}

impl PlannedModel {
    /// Its name.
    pub fn name(&self) -> &DatasetId {
        &self.file.name
    }

    /// Makes it known to a planner.
    fn introduce(&self, planner: &mut Planner) {
        match &self.contract {
            Some(contract) => planner.add_contract(contract.clone()),
            None => planner.add_view(self.view()),
        }
    }

    /// What a session needs to plan it as a view.
    pub(super) fn view(&self) -> ModelView {
        ModelView {
            name: self.name().clone(),
            statement: self.file.statement.clone(),
            reads: self.file.reads.clone(),
        }
    }

    /// Key and slice of a table.
    pub fn table(&self) -> Option<(&[String], Option<&str>)> {
        match &self.file.header.kind {
            Kind::Table { key, slice } => Some((key, slice.as_deref())),
            Kind::View => None,
        }
    }
}

impl Plan {
    /// The models of a round, each after those that it reads.
    pub fn models_of(&self, which: Which) -> Vec<Arc<PlannedModel>> {
        if which == Which::All {
            return self.models.clone();
        }
        let watched = self.models.iter().filter(|model| model.is_watched());
        let mut needed: BTreeSet<&str> = watched.flat_map(|model| model.watched_with()).collect();
        let mut found = Vec::new();
        // Downstream first: what a model reads stands before it.
        for model in self.models.iter().rev() {
            if needed.contains(model.name().as_str()) {
                needed.extend(model.sources.iter().map(|source| source.dataset.as_str()));
                found.push(model.clone());
            }
        }
        found.reverse();
        found
    }

    /// Plans questions over `contracts`, these models, and what the hub keeps itself.
    ///
    /// # Errors
    /// `Internal` when the engine cannot be set up.
    pub fn planner(&self, contracts: impl IntoIterator<Item = Arc<Contract>>) -> Result<Planner> {
        let mut planner = Planner::new(contracts)?;
        planner.add_contract(Arc::new(alert::contract(None)?));
        for view in alert::views()? {
            planner.add_view(view);
        }
        for model in &self.models {
            model.introduce(&mut planner);
        }
        Ok(planner)
    }

    /// Judges `files` against `contracts`, the active ones of both layers.
    ///
    /// # Errors
    /// `Internal` when the engine cannot be set up; what is wrong with a model is among [`Plan::faults`].
    pub async fn of(files: Vec<ModelFile>, contracts: &[Arc<Contract>]) -> Result<Self> {
        let (data, marts): (Vec<_>, Vec<_>) = contracts.iter().cloned().partition(|c| c.layer == Layer::Data);
        let mut making = Making {
            planner: Planner::new(data.iter().cloned())?,
            data: data.into_iter().map(|c| (c.dataset.to_string(), c)).collect(),
            marts: marts.into_iter().map(|c| (c.dataset.to_string(), c)).collect(),
            done: BTreeMap::new(),
            plan: Self::default(),
        };
        for file in in_order(files, &mut making.plan.faults) {
            making.add(file).await;
        }
        if let Some(all) = judged::all(&making.plan.models) {
            making.add(all).await;
        }
        making.plan.faults.sort();
        Ok(making.plan)
    }
}

/// The files so that each comes after those it reads. Those on a cycle, and what reads them, are faulty.
fn in_order(files: Vec<ModelFile>, faults: &mut Vec<ModelFault>) -> Vec<ModelFile> {
    let names: BTreeSet<String> = files.iter().map(|file| file.name.to_string()).collect();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::new();
    let mut left = files;
    loop {
        let waits = |file: &ModelFile, placed: &BTreeSet<String>| {
            let marts = file.reads.iter().filter(|read| read.schema == "mart");
            marts
                .map(|read| read.table.clone())
                .find(|table| names.contains(table) && !placed.contains(table))
        };
        let (ready, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|file| waits(file, &placed).is_none());
        if ready.is_empty() {
            for file in rest {
                let on = waits(&file, &placed).unwrap_or_default();
                faults.push(ModelFault {
                    file: file.file.clone(),
                    line: file.sql_line,
                    message: format!(
                        "reads mart.{on}, which itself waits for {}: models must not go in a circle",
                        file.name
                    ),
                });
            }
            return ordered;
        }
        placed.extend(ready.iter().map(|file| file.name.to_string()));
        ordered.extend(ready);
        left = rest;
    }
}

struct Making {
    planner: Planner,
    data: BTreeMap<String, Arc<Contract>>,
    marts: BTreeMap<String, Arc<Contract>>,
    done: BTreeMap<String, Arc<PlannedModel>>,
    plan: Plan,
}

/// What the SQL of a model gives.
struct Output {
    columns: Vec<OutputColumn>,
    types: BTreeMap<String, DataType>,
}

impl Making {
    async fn add(&mut self, file: ModelFile) {
        let mut faults = Faults::of(&file.file);
        let model = self.judge(file, &mut faults).await;
        match model {
            Some(model) if faults.list.is_empty() => {
                let model = Arc::new(model);
                model.introduce(&mut self.planner);
                self.done.insert(model.file.name.to_string(), model.clone());
                self.plan.models.push(model);
            }
            _ => self.plan.faults.extend(faults.list),
        }
    }

    async fn judge(&self, file: ModelFile, faults: &mut Faults) -> Option<PlannedModel> {
        if self.data.contains_key(file.name.as_str()) {
            faults.add(
                1,
                format!(
                    "`{}` is the name of a dataset already: give the model another name",
                    file.name
                ),
            );
        }
        if alert::is_own(file.name.as_str()) {
            faults.add(
                1,
                format!(
                    "mart.{} is kept by the hub itself: give the model another name",
                    file.name
                ),
            );
        }
        for read in &file.reads {
            self.exists(read, &file, faults);
        }
        if !faults.list.is_empty() {
            return None;
        }
        let output = self.output(&file, faults).await?;
        let contract = match &file.header.kind {
            Kind::View => None,
            Kind::Table { key, slice } => Some(self.table(&file, key, slice.as_deref(), &output, faults)?),
        };
        let slice_type = match &file.header.kind {
            Kind::Table { slice: Some(slice), .. } => output.types.get(slice).cloned(),
            _ => None,
        };
        let sources = self.sources(&file, slice_type.as_ref(), faults).await;
        Some(PlannedModel {
            fingerprint: self.fingerprint(&file, contract.as_deref(), &sources),
            file,
            contract,
            sources,
            slice_type,
        })
    }

    fn exists(&self, read: &ModelRead, file: &ModelFile, faults: &mut Faults) {
        let ModelRead { schema, table } = read;
        let message = match schema.as_str() {
            "data" if self.data.contains_key(table) => return,
            "ref" if self.data.get(table).is_some_and(|contract| contract.reference) => return,
            "mart" if self.done.contains_key(table) => return,
            "data" | "ref" if self.data.contains_key(table) => {
                format!("reads ref.{table}, which is no code list: write data.{table}")
            }
            "data" | "ref" => format!("reads {schema}.{table}, which no contract describes"),
            "mart" => format!("reads mart.{table}, which is no model, or a faulty one"),
            _ => format!("reads {schema}.{table}: a model reads data.*, ref.* and mart.* only"),
        };
        faults.add(file.sql_line, message);
    }

    /// Plans the SQL.
    async fn output(&self, file: &ModelFile, faults: &mut Faults) -> Option<Output> {
        let planned = match self.planner.plan(&file.statement).await {
            Ok(planned) => planned,
            Err(error) => {
                faults.add(file.sql_line, error.message());
                return None;
            }
        };
        if matches!(file.header.kind, Kind::Table { .. }) && !planned.volatile.is_empty() {
            let names: Vec<&str> = planned.volatile.iter().map(String::as_str).collect();
            faults.add(
                file.sql_line,
                format!(
                    "a table's rows depend on its sources only, and {} answers differently each time: take the time from a \
                     column, or make it a view",
                    names.join(", ")
                ),
            );
        }
        let judged = match &file.indicator {
            Some(indicator) => indicator.output_schema(&planned.schema),
            None => Ok(planned.schema),
        };
        // What a judge adds comes last, and no person is in it.
        match judged.and_then(|schema| Ok((contract::columns(&schema, &planned.secrecy)?, schema))) {
            Ok((columns, schema)) => {
                let types = schema.fields().iter();
                let types = types.map(|field| (field.name().clone(), field.data_type().clone()));
                Some(Output {
                    columns,
                    types: types.collect(),
                })
            }
            Err(wrong) => {
                wrong.into_iter().for_each(|message| faults.add(file.sql_line, message));
                None
            }
        }
    }

    /// The contract of a table.
    fn table(
        &self,
        file: &ModelFile,
        key: &[String],
        slice: Option<&str>,
        output: &Output,
        faults: &mut Faults,
    ) -> Option<Arc<Contract>> {
        let before = faults.list.len();
        let header = &file.header;
        let ty = |name: &str| output.columns.iter().find(|c| c.name == name).map(|c| c.ty);
        let mut named: Vec<(&str, &str)> = key.iter().map(|column| ("key", column.as_str())).collect();
        named.extend(slice.map(|column| ("slice", column)));
        named.extend(header.region.as_deref().map(|column| ("region", column)));
        named.extend(header.institution.as_deref().map(|column| ("institution", column)));
        for (what, column) in named {
            match ty(column) {
                None => faults.add(
                    file.line_of(what),
                    format!("`{what}` names column `{column}`, which the SQL does not give"),
                ),
                Some(ty) if matches!(what, "region" | "institution") && ty != ColumnType::Text => {
                    faults.add(file.line_of(what), format!("`{what}` column `{column}` must be a text"));
                }
                Some(ColumnType::Float64) => {
                    faults.add(
                        file.line_of(what),
                        format!("`{what}` column `{column}` is a floating-point number"),
                    );
                }
                Some(_) => {}
            }
        }
        let secrets: Vec<&str> = output
            .columns
            .iter()
            .filter(|c| c.secret.is_some())
            .map(|c| c.name.as_str())
            .collect();
        if header.access != Access::Analis && !secrets.is_empty() {
            faults.add(
                file.line_of("access"),
                format!(
                    "passes on personal columns ({}): leave them out, or keep `access: analis`",
                    secrets.join(", ")
                ),
            );
        }
        if faults.list.len() > before {
            return None;
        }
        let active = self.marts.get(file.name.as_str()).map(Arc::as_ref);
        match contract::next(&file.name, header, &output.columns, active) {
            Ok(contract) => Some(Arc::new(contract)),
            Err(error) => {
                faults.add(1, error.message());
                None
            }
        }
    }

    /// The datasets below the model, each with what its rows touch.
    async fn sources(&self, file: &ModelFile, slice: Option<&DataType>, faults: &mut Faults) -> Vec<Source> {
        let is_view = matches!(file.header.kind, Kind::View);
        let mut found: Vec<Source> = Vec::new();
        let mut used: BTreeSet<&ModelRead> = BTreeSet::new();
        for read in &file.reads {
            let declared = file.header.sources.get_key_value(read);
            used.extend(declared.map(|(read, _)| read));
            for (below, touch) in self.below(file, read, &mut used) {
                let touch = match touch.or_else(|| declared.map(|(_, touch)| touch.clone())) {
                    Some(touch) => touch,
                    None if is_view => Touch::All,
                    None => {
                        faults.add(
                            file.line_of("sources"),
                            format!("reads {}.{}, which `sources` does not name", below.schema, below.table),
                        );
                        continue;
                    }
                };
                let Ok(dataset) = below.table.parse::<DatasetId>() else {
                    continue;
                };
                let touch = if slice.is_none() { Touch::All } else { touch };
                let of_key = match (&touch, slice) {
                    (Touch::Slices(expressions), Some(slice)) => {
                        self.of_key(file, &below, expressions, slice, faults).await
                    }
                    _ => false,
                };
                merge(&mut found, Source { dataset, touch, of_key });
            }
        }
        for (read, touch) in &file.header.sources {
            let name = format!("{}.{}", read.schema, read.table);
            let line = file.line_of(&format!("sources.{name}"));
            if !used.contains(read) {
                faults.add(line, format!("`sources` names {name}, which the SQL does not read"));
            } else if self.view(read).is_some() && *touch != Touch::All {
                let message = format!(
                    "{name} is a view and has no changes of its own: write `all`, or name the tables that it reads instead"
                );
                faults.add(line, message);
            }
        }
        found
    }

    /// The tables behind a read, views taken apart, each with what the header says of it alone.
    fn below<'a>(
        &self,
        file: &'a ModelFile,
        read: &ModelRead,
        used: &mut BTreeSet<&'a ModelRead>,
    ) -> Vec<(ModelRead, Option<Touch>)> {
        let Some(view) = self.view(read) else {
            return vec![(read.clone(), None)];
        };
        if file.header.sources.contains_key(read) {
            let all = self.base(&view);
            return all.into_iter().map(|below| (below, Some(Touch::All))).collect();
        }
        let all = self.base(&view).into_iter().map(|below| {
            let declared = file.header.sources.get_key_value(&below);
            used.extend(declared.map(|(read, _)| read));
            (below, declared.map(|(_, touch)| touch.clone()))
        });
        all.collect()
    }

    /// All tables that a view reads, through other views as well.
    fn base(&self, view: &PlannedModel) -> BTreeSet<ModelRead> {
        let mut found = BTreeSet::new();
        for read in &view.file.reads {
            match self.view(read) {
                Some(nested) => found.extend(self.base(&nested)),
                None => drop(found.insert(read.clone())),
            }
        }
        found
    }

    fn view(&self, read: &ModelRead) -> Option<Arc<PlannedModel>> {
        let model = (read.schema == "mart").then(|| self.done.get(&read.table))??;
        model.contract.is_none().then(|| model.clone())
    }

    fn contract_of(&self, read: &ModelRead) -> Option<&Contract> {
        match read.schema.as_str() {
            "mart" => self.done.get(&read.table)?.contract.as_deref(),
            _ => self.data.get(&read.table).map(Arc::as_ref),
        }
    }

    /// Whether the expressions are of key columns only; notes those that cannot be worked out.
    async fn of_key(
        &self,
        file: &ModelFile,
        read: &ModelRead,
        expressions: &[String],
        slice: &DataType,
        faults: &mut Faults,
    ) -> bool {
        let name = format!("{}.{}", read.schema, read.table);
        let line = file.line_of(&format!("sources.{name}"));
        let Some(contract) = self.contract_of(read) else {
            return false;
        };
        let keys: Vec<&str> = contract.key_columns().map(|column| column.name.as_str()).collect();
        let mut of_key = contract.is_keyed();
        for expression in expressions {
            let sql = format!("SELECT {expression} AS slice FROM history.{}", read.table);
            let planned = match parse_model(&sql) {
                Ok((statement, reads)) if reads.len() == 1 => self.planner.plan(&statement).await,
                Ok(_) => Err(smartcenter_warehouse::Error::invalid("it reads another table")),
                Err(error) => Err(error),
            };
            match planned {
                Ok(planned) => {
                    let given = planned.schema.fields();
                    let given = given.first().map_or(&DataType::Null, |field| field.data_type());
                    if given != slice && contract::column_type(given) != contract::column_type(slice) {
                        let message = format!("source {name}: `{expression}` is of type {given}, the slice of {slice}");
                        faults.add(line, message);
                    }
                    if !planned.volatile.is_empty() {
                        faults.add(
                            line,
                            format!("source {name}: `{expression}` answers differently each time"),
                        );
                    }
                    of_key &= planned.inputs.iter().all(|input| keys.contains(&input.as_str()));
                }
                Err(error) => faults.add(line, format!("source {name}: `{expression}`: {}", error.message())),
            }
        }
        of_key
    }

    fn fingerprint(&self, file: &ModelFile, own: Option<&Contract>, sources: &[Source]) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.as_bytes());
            digest.update(b"\0");
        };
        add(&file.version);
        if file.indicator.is_some() {
            // Its judge is part of the program.
            add(env!("CARGO_PKG_VERSION"));
        }
        if let Some(own) = own {
            add(own.table().as_str());
        }
        for read in &file.reads {
            if let Some(view) = self.view(read) {
                add(&view.fingerprint);
            }
        }
        for source in sources {
            let contract = self.data.get(source.dataset.as_str());
            let contract = contract
                .map(Arc::as_ref)
                .or_else(|| self.done.get(source.dataset.as_str())?.contract.as_deref());
            if let Some(contract) = contract {
                // Another major is another table.
                add(contract.table().as_str());
            }
        }
        hex::encode(digest.finalize())[..32].to_owned()
    }
}

/// A dataset that is read twice, once whole, is read whole.
fn merge(found: &mut Vec<Source>, source: Source) {
    match found.iter_mut().find(|known| known.dataset == source.dataset) {
        None => found.push(source),
        Some(known) => match (&mut known.touch, source.touch) {
            (Touch::All, _) => {}
            (touch, Touch::All) => *touch = Touch::All,
            (Touch::Slices(mine), Touch::Slices(more)) => {
                mine.extend(more);
                mine.sort();
                mine.dedup();
                known.of_key &= source.of_key;
            }
        },
    }
}
