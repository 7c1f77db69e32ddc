//! Which slices of a model its sources' changes touch, at a cost that follows from the changes.
//!
//! New versions of rows are in the histories behind the applied position: in hot runs and, by the files' greatest
//! positions, in few files. A row that was replaced or ended touched the slice of its old version as well. Where a slice is
//! told by key columns alone, the old version was in the same slice; else the old versions are looked up in the cut that
//! the model was last worked out from, or, where that is gone, as of its position.

use super::{header::Touch, plan::Source};
use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    compute::concat_batches,
    datatypes::DataType,
};
use datafusion::{
    common::{JoinType, ScalarValue},
    datasource::{MemTable, provider_as_source},
    logical_expr::{LogicalPlan, LogicalPlanBuilder, cast},
    prelude::ident,
};
use futures::TryStreamExt;
use smartcenter_warehouse::{
    Error, Result, Seq,
    contract::{Contract, Layer},
    query::{AsOf, LookupKey, Reader},
};
use std::{collections::HashSet, sync::Arc};

/// What has to be worked out.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scope {
    /// Everything.
    All,
    /// These slices, in the slice's type; none of them means that nothing changed.
    Slices(HashSet<ScalarValue>),
}

/// One look-up reads a page of every column, a search one column of every row: keys are looked up one by one where they
/// are fewer than one in so many rows, and never more than [`FEW_KEYS`]. Tests do either.
const ROWS_PER_KEY: u64 = if cfg!(test) { 4 } else { 100_000 };
/// See [`ROWS_PER_KEY`].
const FEW_KEYS: u64 = 512;

/// What the changes since `since` touch. `before` is the cut that was worked out then, where it is still held.
pub(super) async fn scope(
    sources: &[Source],
    slice: Option<&DataType>,
    now: &Reader,
    since: Seq,
    before: Option<&Reader>,
) -> Result<Scope> {
    let mut slices = HashSet::new();
    for source in sources {
        let contract = contract(now, source)?;
        if now.touched(contract) <= since {
            continue;
        }
        let (Touch::Slices(expressions), Some(slice)) = (&source.touch, slice) else {
            if changed(now, contract, since).await? {
                return Ok(Scope::All);
            }
            continue;
        };
        let change = Change {
            source,
            contract,
            expressions,
            slice,
            since,
        };
        change.new_versions(now, &mut slices).await?;
        if contract.is_keyed() && !source.of_key {
            change.old_versions(now, before, &mut slices).await?;
        }
    }
    Ok(Scope::Slices(slices))
}

/// The contract of a source.
pub(super) fn contract<'a>(reader: &'a Reader, source: &Source) -> Result<&'a Arc<Contract>> {
    reader
        .contract(source.dataset.as_str())
        .ok_or_else(|| Error::not_found(format!("dataset {} has no contract any more", source.dataset)))
}

/// Whether any row in force changed: pushes of nothing but stale or rejected rows touch a table, too.
async fn changed(now: &Reader, contract: &Contract, since: Seq) -> Result<bool> {
    let stale = if contract.is_keyed() { " AND _op <> 'S'" } else { "" };
    let sql = format!(
        "SELECT _seq FROM history.{} WHERE _seq > {since}{stale} LIMIT 1",
        contract.dataset
    );
    let plan = now.plan(&sql).await?;
    Ok(rows(now, plan).await?.iter().any(|batch| batch.num_rows() > 0))
}

struct Change<'a> {
    source: &'a Source,
    contract: &'a Contract,
    expressions: &'a [String],
    slice: &'a DataType,
    since: Seq,
}

impl Change<'_> {
    /// Slices of the versions that came.
    async fn new_versions(&self, now: &Reader, slices: &mut HashSet<ScalarValue>) -> Result<()> {
        // A deletion need not carry more than the key.
        let versions = match (self.contract.is_keyed(), self.source.of_key) {
            (false, _) => "",
            (true, true) => " AND _op <> 'S'",
            (true, false) => " AND _op IN ('I', 'U')",
        };
        for expression in self.expressions {
            let sql = format!(
                "SELECT {expression} AS slice FROM history.{} WHERE _seq > {}{versions}",
                self.contract.dataset, self.since
            );
            let plan = now.plan(&sql).await?;
            let plan = LogicalPlanBuilder::from(plan)
                .project([cast(ident("slice"), self.slice.clone()).alias("slice")])
                .and_then(LogicalPlanBuilder::distinct)
                .and_then(LogicalPlanBuilder::build)
                .map_err(Reader::told)?;
            rows(now, plan)
                .await?
                .iter()
                .try_for_each(|batch| take(batch.column(0), slices))?;
        }
        Ok(())
    }

    /// Slices of the versions that were in force and were replaced or ended.
    async fn old_versions(
        &self,
        now: &Reader,
        before: Option<&Reader>,
        slices: &mut HashSet<ScalarValue>,
    ) -> Result<()> {
        let keys: Vec<String> = self.contract.key_columns().map(|column| quoted(&column.name)).collect();
        let sql = format!(
            "SELECT DISTINCT {} FROM history.{} WHERE _seq > {} AND _op IN ('U', 'D')",
            keys.join(", "),
            self.contract.dataset,
            self.since
        );
        let plan = now.plan(&sql).await?;
        let changed = rows(now, plan).await?;
        let count: usize = changed.iter().map(RecordBatch::num_rows).sum();
        if count == 0 {
            return Ok(());
        }
        let few = (now.rows(self.contract) / ROWS_PER_KEY).clamp(1, FEW_KEYS);
        match before {
            // A cut of the past is as good as new: its files and hot rows are held.
            Some(before) if count as u64 <= few => self.looked_up(before, &changed, slices).await,
            Some(before) => self.joined(before, &changed, slices).await,
            None => self.joined(&now.past(AsOf::Seq(self.since)), &changed, slices).await,
        }
    }

    async fn looked_up(&self, before: &Reader, keys: &[RecordBatch], slices: &mut HashSet<ScalarValue>) -> Result<()> {
        let lookup = before.lookup(&self.contract.dataset)?;
        let mut found = Vec::new();
        for batch in keys {
            for row in 0..batch.num_rows() {
                let key = LookupKey::of_row(&batch.slice(row, 1), self.contract)?;
                found.extend(lookup.current(&key).await?);
            }
        }
        let Some(first) = found.first() else { return Ok(()) };
        let found = concat_batches(&first.schema(), &found)?;
        for expression in self.expressions {
            let Ok(named) = before.evaluate(expression, &found) else {
                // A row that is looked up has the columns of the contract alone, and an expression may name its position.
                return self.joined(before, keys, slices).await;
            };
            take(&arrow::compute::cast(&named, self.slice)?, slices)?;
        }
        Ok(())
    }

    async fn joined(&self, past: &Reader, keys: &[RecordBatch], slices: &mut HashSet<ScalarValue>) -> Result<()> {
        let names: Vec<&str> = self.contract.key_columns().map(|column| column.name.as_str()).collect();
        let schema = keys.first().map(RecordBatch::schema);
        let Some(schema) = schema else { return Ok(()) };
        let own: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{} AS _k{at}", quoted(name)))
            .collect();
        for expression in self.expressions {
            let sql = format!(
                "SELECT {}, {expression} AS slice FROM {}.{}",
                own.join(", "),
                self.schema(),
                self.contract.dataset
            );
            let plan = past.plan(&sql).await?;
            let changed = MemTable::try_new(schema.clone(), vec![keys.to_vec()]).map_err(Reader::told)?;
            let left: Vec<String> = (0..names.len()).map(|at| format!("_k{at}")).collect();
            let plan = LogicalPlanBuilder::scan("changed", provider_as_source(Arc::new(changed)), None)
                .and_then(|changed| {
                    let on = names.iter().map(|name| ident(*name)).zip(left.iter().map(ident));
                    let on = on.map(|(changed, own)| own.eq(changed)).collect::<Vec<_>>();
                    LogicalPlanBuilder::from(plan)
                        .join_on(changed.build()?, JoinType::LeftSemi, on)?
                        .project([cast(ident("slice"), self.slice.clone()).alias("slice")])?
                        .distinct()?
                        .build()
                })
                .map_err(Reader::told)?;
            rows(past, plan)
                .await?
                .iter()
                .try_for_each(|batch| take(batch.column(0), slices))?;
        }
        Ok(())
    }

    fn schema(&self) -> &'static str {
        match self.contract.layer {
            Layer::Data => "data",
            Layer::Mart => "mart",
        }
    }
}

/// All rows of a plan's answer.
pub(crate) async fn rows(reader: &Reader, plan: LogicalPlan) -> Result<Vec<RecordBatch>> {
    reader.run(plan).await?.try_collect().await
}

fn take(named: &ArrayRef, slices: &mut HashSet<ScalarValue>) -> Result<()> {
    for row in 0..named.len() {
        slices.insert(ScalarValue::try_from_array(named, row).map_err(Reader::told)?);
    }
    Ok(())
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
