//! Rows of the quarantine table that are kept no longer: a file that holds nothing else leaves the table as it is, one
//! that also holds younger rows is written again without them.

use super::{
    Lake, TableState,
    file::{FileWriter, store_error},
    maintain::with_seq,
    table::Changes,
    view::{DataFile, TableView},
};
use crate::{Error, Result, StagedFile, TableId, contract::system_column, query::MaintenanceRecord};
use arrow::{
    array::{AsArray, BooleanArray},
    compute::filter_record_batch,
    datatypes::TimestampMicrosecondType,
    record_batch::RecordBatch,
};
use chrono::{DateTime, Utc};
use object_store::{ObjectStoreExt, path::Path};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

impl Lake {
    /// Takes rejected rows that arrived before `before` out of the table. Cheap when that was done already; rows that
    /// are not in a file yet wait for the next time.
    pub async fn expire_quarantine(&self, before: DateTime<Utc>) -> Result<()> {
        if self.expired.load(Ordering::Acquire) >= before.timestamp_micros() {
            return Ok(());
        }
        let state = self.table(&TableId::quarantine())?;
        let mut actor = state.actor.lock().await;
        let view = self.view();
        let Some(table) = view.tables.get(&state.id) else {
            return Ok(());
        };
        for file in &table.snapshot.files {
            let received = file.received();
            if received.is_some_and(|(first, _)| first >= before) {
                continue;
            }
            let started = Instant::now();
            let kept = match received {
                Some((_, last)) if last < before => Vec::new(),
                _ => self.younger(&state, table, file, before).await?,
            };
            let rows: u64 = kept.iter().map(|file| file.rows).sum();
            if rows == file.rows {
                kept.iter().for_each(|file| self.forget_file(&state, file));
                continue;
            }
            let files_after = kept.len() as i64;
            let changes = Changes {
                add: kept.into_iter().map(|file| (file, None)).collect(),
                remove: vec![file.clone()],
                ..Changes::default()
            };
            let now = self.replace(&state, &mut actor, &table.schema, changes).await?;
            let milliseconds = started.elapsed().as_millis() as i64;
            self.note_event(MaintenanceRecord {
                table: state.id.to_string(),
                operation: "expire".into(),
                started_at: now - chrono::Duration::milliseconds(milliseconds),
                milliseconds,
                files_before: 1,
                files_after,
                rows: (file.rows - rows).cast_signed(),
                outcome: "ok".into(),
            });
        }
        self.expired.fetch_max(before.timestamp_micros(), Ordering::AcqRel);
        Ok(())
    }

    /// Writes the rows of `file` that arrived at `before` or later.
    async fn younger(
        &self,
        state: &TableState,
        table: &TableView,
        file: &Arc<DataFile>,
        before: DateTime<Utc>,
    ) -> Result<Vec<StagedFile>> {
        let location = Path::from(format!("{}/{}", state.id, file.path));
        let bytes = async { self.store.objects.get(&location).await?.bytes().await }
            .await
            .map_err(store_error)?;
        let target = self.file_target(state, "expire")?;
        let (schema, file) = (table.schema.clone(), file.clone());
        let runtime = tokio::runtime::Handle::current();
        let written = tokio::task::spawn_blocking(move || {
            let mut writer: Option<FileWriter> = None;
            for batch in ParquetRecordBatchReaderBuilder::try_new(bytes)?
                .with_batch_size(8 * 1024)
                .build()?
            {
                let batch = super::conform(&batch?, &schema, &file.partition_values)?;
                let batch = since(&with_seq(batch, &file)?, before)?;
                if batch.num_rows() == 0 {
                    continue;
                }
                let writer = match &mut writer {
                    Some(writer) => writer,
                    None => writer.insert(FileWriter::new(target.clone(), runtime.clone())?),
                };
                writer.write(&batch)?;
            }
            writer.map_or(Ok(Vec::new()), FileWriter::finish)
        });
        written
            .await
            .map_err(|e| Error::internal("the removal of old rejected rows stopped in its middle", e))?
    }

    /// Removes a file that came to nothing, when nobody waits for it.
    fn forget_file(&self, state: &TableState, file: &StagedFile) {
        let unused = Arc::new(DataFile::staged(file.clone(), None, 0));
        let dead = super::maintain::Dead::new(&state.id, unused, self.clock.now());
        self.graveyard.lock().push(dead);
    }
}

/// The rows of `batch` that arrived at `before` or later.
fn since(batch: &RecordBatch, before: DateTime<Utc>) -> Result<RecordBatch> {
    let before = before.timestamp_micros();
    let times = batch
        .column_by_name(system_column::RECEIVED_AT)
        .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>())
        .ok_or_else(|| Error::internal("a file of rejected rows cannot be read", "no time of arrival"))?;
    let young: BooleanArray = times
        .iter()
        .map(|time| Some(time.is_none_or(|time| time >= before)))
        .collect();
    Ok(filter_record_batch(batch, &young)?)
}
