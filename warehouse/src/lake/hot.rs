//! The hot tier: what the log has and the files do not. Runs are merged geometrically, so that a table has few of
//! them however small its pushes are, and each row is copied a handful of times at most.

use super::view::HotRun;
use crate::{Result, Seq};
use arrow::{
    array::{Array, AsArray},
    compute::concat_batches,
    record_batch::RecordBatch,
};
use std::sync::Arc;

/// Batches below this many rows are copied together when runs merge; larger ones are only listed together.
const COPY_ROWS: usize = 16 * 1024;

impl HotRun {
    /// A run of the pushes `first..=last`. All batches have the same schema.
    pub(super) fn new(first: Seq, last: Seq, batches: Vec<RecordBatch>) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let bytes = batches.iter().map(memory_of).sum();
        Self {
            first_seq: first,
            last_seq: last,
            rows,
            bytes,
            batches,
        }
    }
}

/// Bytes of a batch, counting only what its rows use: slices of shared buffers would otherwise be counted whole.
pub(crate) fn memory_of(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| bytes_of(column)).sum::<usize>() + 256
}

fn bytes_of(column: &dyn Array) -> usize {
    let rows = column.len();
    let values = match (column.as_string_view_opt(), column.data_type().primitive_width()) {
        (Some(texts), _) => rows * size_of::<u128>() + texts.total_buffer_bytes_used(),
        (None, Some(width)) => rows * width,
        (None, None) => return column.to_data().get_slice_memory_size().unwrap_or(0),
    };
    values + column.nulls().map_or(0, |_| rows.div_ceil(8))
}

/// Appends a run, merging from the end while the neighbour is not much larger. Runs up to `sealed` are being
/// flushed and stay as they are: a run must never straddle the cut.
pub(super) fn append(runs: &mut Vec<Arc<HotRun>>, mut run: HotRun, sealed: Seq) -> Result<()> {
    while let Some(last) = runs.last()
        && takes_up(last, run.rows, sealed)
    {
        let batches = merge_batches(&last.batches, std::mem::take(&mut run.batches))?;
        run = HotRun::new(last.first_seq, run.last_seq, batches);
        runs.pop();
    }
    runs.push(Arc::new(run));
    Ok(())
}

/// Whether a new run of `rows` rows is to be merged with the run before it.
pub(super) fn takes_up(last: &HotRun, rows: usize, sealed: Seq) -> bool {
    last.last_seq > sealed && last.rows <= rows * 2
}

/// The rows of two runs in order, small batches copied together.
pub(super) fn merge_batches(older: &[RecordBatch], newer: Vec<RecordBatch>) -> Result<Vec<RecordBatch>> {
    let mut merged: Vec<RecordBatch> = Vec::with_capacity(older.len() + newer.len());
    let mut small: Vec<RecordBatch> = Vec::new();
    let flush = |small: &mut Vec<RecordBatch>, merged: &mut Vec<RecordBatch>| -> Result<()> {
        match small.len() {
            0 => {}
            1 => merged.append(small),
            _ => merged.push(concat_batches(&small[0].schema(), small.drain(..).as_slice())?),
        }
        small.clear();
        Ok(())
    };
    for batch in older.iter().cloned().chain(newer) {
        if batch.num_rows() >= COPY_ROWS || small.first().is_some_and(|first| first.schema() != batch.schema()) {
            flush(&mut small, &mut merged)?;
        }
        if batch.num_rows() >= COPY_ROWS {
            merged.push(batch);
        } else {
            small.push(batch);
        }
    }
    flush(&mut small, &mut merged)?;
    Ok(merged)
}
