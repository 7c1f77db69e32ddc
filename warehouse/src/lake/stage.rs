//! Big pushes: validated rows go straight into synced Parquet files, and one small log frame names them. The flush
//! adopts them into the table without a second write. Files without a frame are orphans and are swept.

use super::file::{FileTarget, FileWriter, store_error};
use crate::{Error, Receipt, Result, StagedFile, contract::system_column};
use arrow::{
    array::{Array, ArrayRef, BooleanArray, Int64Array, StringViewArray, TimestampMicrosecondArray, new_null_array},
    compute::filter_record_batch,
    datatypes::{DataType, SchemaRef},
    record_batch::RecordBatch,
};
use object_store::{ObjectStoreExt, path::Path};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::{collections::HashSet, sync::Arc};

/// File names of big pushes start with this.
pub(super) const STAGED_PREFIX: &str = "push";

/// Writers for the rows of one push into one table.
#[derive(Debug, Clone)]
pub struct Stager {
    target: FileTarget,
    receipt: String,
    received_at: i64,
    runtime: tokio::runtime::Handle,
}

impl Stager {
    pub(super) fn new(mut target: FileTarget, receipt: &Receipt) -> Self {
        target.prefix = format!("{STAGED_PREFIX}-{}", receipt.receipt_id);
        Self {
            target,
            receipt: receipt.receipt_id.to_string(),
            received_at: receipt.received_at.timestamp_micros(),
            runtime: tokio::runtime::Handle::current(),
        }
    }

    /// A writer for one worker thread.
    pub fn writer(&self) -> Result<StagedWriter> {
        Ok(StagedWriter {
            files: FileWriter::new(self.target.clone(), self.runtime.clone())?,
            stager: self.clone(),
        })
    }

    /// Rewrites files without the rows of `lines`; files that hold none of them stay as they are. Blocking.
    pub fn without_lines(&self, files: Vec<StagedFile>, lines: &HashSet<u64>) -> Result<Vec<StagedFile>> {
        if lines.is_empty() {
            return Ok(files);
        }
        let mut kept = Vec::new();
        for file in files {
            kept.extend(self.rewrite(file, lines)?);
        }
        Ok(kept)
    }

    /// Removes the files of a push that came to nothing. Blocking; what cannot be removed is swept later.
    pub fn discard(&self, files: &[StagedFile]) {
        for file in files {
            let location = self.location(&file.path);
            if let Err(error) = self.runtime.block_on(self.target.store.delete(&location)) {
                tracing::warn!(%error, "a staged file could not be removed; the next start sweeps it");
            }
        }
    }

    fn rewrite(&self, file: StagedFile, lines: &HashSet<u64>) -> Result<Vec<StagedFile>> {
        let location = self.location(&file.path);
        let bytes = self
            .runtime
            .block_on(async { self.target.store.get(&location).await?.bytes().await })
            .map_err(store_error)?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes)?.build()?;
        let mut writer: Option<FileWriter> = None;
        let mut clean = Vec::new();
        for batch in reader {
            let batch = super::conform(&batch?, &self.target.schema, &file.partition_values)?;
            let column = batch.column_by_name(system_column::LINE).cloned();
            let column =
                column.ok_or_else(|| Error::internal("a staged file has no line numbers", "missing column"))?;
            let numbers = column.as_any().downcast_ref::<Int64Array>();
            let numbers = numbers.ok_or_else(|| Error::internal("a staged file has no line numbers", "column type"))?;
            let keep: BooleanArray = numbers
                .iter()
                .map(|n| n.map(|n| !lines.contains(&(n as u64))))
                .collect();
            if keep.true_count() == batch.num_rows() {
                clean.push(batch);
                continue;
            }
            let mut open = match writer.take() {
                Some(open) => open,
                None => FileWriter::new(self.target.clone(), self.runtime.clone())?,
            };
            for batch in clean.drain(..) {
                open.write(&batch)?;
            }
            open.write(&filter_record_batch(&batch, &keep)?)?;
            writer = Some(open);
        }
        let Some(mut writer) = writer else {
            return Ok(vec![file]);
        };
        for batch in clean {
            writer.write(&batch)?;
        }
        let rewritten = writer.finish()?;
        self.discard(&[file]);
        Ok(rewritten.into_iter().filter(|f| f.rows > 0).collect())
    }

    fn location(&self, path: &str) -> Path {
        Path::from(format!("{}/{path}", self.target.table))
    }
}

/// One worker's files. All calls block.
pub struct StagedWriter {
    files: FileWriter,
    stager: Stager,
}

impl std::fmt::Debug for StagedWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StagedWriter")
            .field("receipt", &self.stager.receipt)
            .finish_non_exhaustive()
    }
}

impl StagedWriter {
    /// Writes rows of the contract's columns followed by `_line`.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.files.write(&self.stager.complete(batch)?)
    }

    /// The files written by this worker: complete, synced, not yet part of the table.
    pub fn finish(self) -> Result<Vec<StagedFile>> {
        self.files.finish()
    }
}

impl Stager {
    /// Adds the system columns. `_seq` is not known yet and stays null: the table log carries it for the whole file.
    fn complete(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        let receipt: ArrayRef = Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(
            &self.receipt,
            rows,
        )));
        let received_at = TimestampMicrosecondArray::from_value(self.received_at, rows).with_timezone("UTC");
        let received_at: ArrayRef = Arc::new(received_at);
        let seq = new_null_array(&DataType::Int64, rows);
        let columns = system_columns(batch, &seq, &receipt, &received_at, &self.target.schema)?;
        Ok(RecordBatch::try_new(self.target.schema.clone(), columns)?)
    }
}

/// Columns of `schema` (a storage schema) from a batch of contract columns and `_line`.
pub(super) fn system_columns(
    batch: &RecordBatch,
    seq: &ArrayRef,
    receipt: &ArrayRef,
    received_at: &ArrayRef,
    schema: &SchemaRef,
) -> Result<Vec<ArrayRef>> {
    schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            system_column::SEQ => Ok(seq.clone()),
            system_column::RECEIPT => Ok(receipt.clone()),
            system_column::RECEIVED_AT => Ok(received_at.clone()),
            name => match batch.column_by_name(name) {
                Some(column) if column.data_type() == field.data_type() => Ok(column.clone()),
                Some(column) => Ok(arrow::compute::cast(column, field.data_type())?),
                None => Ok(new_null_array(field.data_type(), batch.num_rows())),
            },
        })
        .collect()
}
