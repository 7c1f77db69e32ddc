//! Hot runs as a plan: batches in the columns that a scan asks for, whatever schema they were published with.

use super::sources::ScanRun;
use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions, new_null_array},
    compute::{cast, filter_record_batch},
    datatypes::SchemaRef,
};
use datafusion::{catalog::memory::MemorySourceConfig, common::Result, physical_plan::ExecutionPlan};
use std::sync::Arc;

/// A plan over `runs` with exactly the columns of `schema`, in at most `partitions` partitions; none when there are
/// no rows. Costs a few pointers per batch unless rows of it are hidden or a column changed its type.
pub(crate) fn plan(runs: &[ScanRun], schema: &SchemaRef, partitions: usize) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let mut batches = Vec::new();
    for ScanRun { run, hidden } in runs {
        let mut first = 0;
        for batch in &run.batches {
            let rows = batch.num_rows();
            let alive = (!hidden.is_empty()).then(|| hidden.alive_filter(first, rows));
            first += rows as u32;
            let fitted = fitted(batch, schema)?;
            batches.push(match alive.filter(|alive| alive.true_count() < rows) {
                Some(alive) => filter_record_batch(&fitted, &alive)?,
                None => fitted,
            });
        }
    }
    batches.retain(|batch| batch.num_rows() > 0);
    if batches.is_empty() {
        return Ok(None);
    }
    let exec: Arc<dyn ExecutionPlan> =
        MemorySourceConfig::try_new_exec(&dealt(batches, partitions), schema.clone(), None)?;
    Ok(Some(exec))
}

/// The batch in the columns of `schema`: absent columns are null, older types are cast.
fn fitted(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            Ok(match batch.column_by_name(field.name()) {
                None => new_null_array(field.data_type(), batch.num_rows()),
                Some(column) if column.data_type() == field.data_type() => column.clone(),
                Some(column) => cast(column, field.data_type())?,
            })
        })
        .collect::<Result<Vec<ArrayRef>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// Deals batches out so that partitions hold about as many rows each; few rows are not worth a second thread.
fn dealt(batches: Vec<RecordBatch>, partitions: usize) -> Vec<Vec<RecordBatch>> {
    const WORTH_A_PARTITION: usize = 50_000;
    let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
    let wanted = partitions
        .min(rows.div_ceil(WORTH_A_PARTITION))
        .min(batches.len())
        .max(1);
    let mut dealt: Vec<(usize, Vec<RecordBatch>)> = vec![(0, Vec::new()); wanted];
    for batch in batches {
        if let Some(least) = dealt.iter_mut().min_by_key(|(rows, _)| *rows) {
            least.0 += batch.num_rows();
            least.1.push(batch);
        }
    }
    dealt.into_iter().map(|(_, batches)| batches).collect()
}
