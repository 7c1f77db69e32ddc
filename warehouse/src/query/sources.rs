//! Where the rows of a table of the catalogue are in the pinned view: files and hot runs, and which of their rows do
//! not count.

use super::{Pin, files, hot, prune};
use crate::{
    TableId,
    contract::Contract,
    keyed::RowSet,
    lake::{DataFile, HotRun, Recent},
};
use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::Session,
    common::{DFSchema, Result},
    logical_expr::Expr,
    physical_plan::{ExecutionPlan, empty::EmptyExec, union::UnionExec},
};
use std::{collections::HashSet, sync::Arc};

/// A file to be read, without its hidden rows.
#[derive(Debug, Clone)]
pub(super) struct ScanFile {
    pub table: TableId,
    pub file: Arc<DataFile>,
    pub hidden: RowSet,
}

/// A run to be read, without its hidden rows.
#[derive(Debug, Clone)]
pub(super) struct ScanRun {
    pub run: Arc<HotRun>,
    pub hidden: RowSet,
}

/// Everything that a scan reads.
#[derive(Debug, Default)]
pub(super) struct Sources {
    files: Vec<ScanFile>,
    runs: Vec<ScanRun>,
}

impl Sources {
    /// Every row that was put into `table`.
    pub fn every(pin: &Pin, table: &TableId) -> Self {
        let Some(view) = pin.view.tables.get(table) else {
            return Self::default();
        };
        let files = view.files().map(|file| ScanFile {
            table: table.clone(),
            file: file.clone(),
            hidden: RowSet::default(),
        });
        let runs = view.hot.iter().map(|run| ScanRun {
            run: run.clone(),
            hidden: RowSet::default(),
        });
        Self {
            files: files.collect(),
            runs: runs.collect(),
        }
    }

    /// The rows of a contract that are in force.
    pub fn current(pin: &Pin, contract: &Contract) -> Self {
        if !contract.is_keyed() {
            return Self::every(pin, &contract.table());
        }
        let current = contract.current_table();
        let Some(view) = pin.view.keyed.get(&current) else {
            return Self::default();
        };
        let mut sources = Self::default();
        for source in &view.base {
            sources.files.push(ScanFile {
                table: current.clone(),
                file: source.file.clone(),
                hidden: source.rows.hidden.clone(),
            });
        }
        for source in &view.recent {
            match source {
                Recent::File(source) => sources.files.push(ScanFile {
                    table: view.history.clone(),
                    file: source.file.clone(),
                    hidden: source.rows.hidden.clone(),
                }),
                Recent::Hot(source) => sources.runs.push(ScanRun {
                    run: source.run.clone(),
                    hidden: source.rows.hidden.clone(),
                }),
            }
        }
        // A file of deletions only has nothing to show.
        sources.files.retain(|file| (file.hidden.len() as u64) < file.file.rows);
        sources.runs.retain(|run| run.hidden.len() < run.run.rows);
        sources
    }

    /// A plan over the rows in the columns of `schema`. Files that hold no row for which `pruning` is true are left
    /// out; `decoding` drops rows while they are decoded.
    pub fn plan(
        mut self,
        state: &dyn Session,
        schema: &SchemaRef,
        pruning: Option<Expr>,
        decoding: Option<&Expr>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if let Some(pruning) = pruning {
            let columns = DFSchema::try_from(schema.as_ref().clone())?;
            // A filter that has no physical form yet (a subquery) cannot prune.
            if let Ok(predicate) = state.create_physical_expr(pruning, &columns) {
                let files = self.files.iter().map(|scan| scan.file.clone()).collect();
                let kept: HashSet<*const DataFile> =
                    prune::kept(files, &predicate, schema).iter().map(Arc::as_ptr).collect();
                self.files.retain(|scan| kept.contains(&Arc::as_ptr(&scan.file)));
            }
        }
        let mut plans = files::plans(state, self.files, schema, decoding)?;
        plans.extend(hot::plan(&self.runs, schema, state.config().target_partitions())?);
        match plans.len() {
            0 => Ok(Arc::new(EmptyExec::new(schema.clone()))),
            1 => Ok(plans.remove(0)),
            _ => UnionExec::try_new(plans),
        }
    }
}
