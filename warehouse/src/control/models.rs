//! How far each model has come. Stored after the push with its rows, so that what is stored is never ahead of the lake:
//! after a crash in between, the same changes are worked out again and change nothing.

use super::Control;
use crate::{DatasetId, Result, Seq};
use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

/// The last refresh of a model that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelState {
    /// Stands for the model's file and the tables of its sources.
    pub fingerprint: String,
    /// Everything that its sources had up to here is in its rows.
    pub applied: Seq,
    /// When.
    pub refreshed_at: DateTime<Utc>,
    /// How many slices were worked out; none when it was everything.
    pub slices: Option<u64>,
    /// How long it took.
    pub milliseconds: u64,
}

impl Control {
    /// The last refresh of `model`, if there was one.
    pub fn model(&self, model: &DatasetId) -> Result<Option<ModelState>> {
        let store = self.store.lock();
        let row = store
            .prepare_cached(
                "SELECT fingerprint, applied, refreshed_at, slices, milliseconds FROM models WHERE name = ?1",
            )?
            .query_row([model.as_str()], |row| {
                Ok(ModelState {
                    fingerprint: row.get(0)?,
                    applied: Seq(row.get::<_, i64>(1)?.cast_unsigned()),
                    refreshed_at: DateTime::from_timestamp_micros(row.get(2)?).unwrap_or_default(),
                    slices: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
                    milliseconds: row.get::<_, i64>(4)?.cast_unsigned(),
                })
            })
            .optional()?;
        Ok(row)
    }

    /// Keeps a refresh of `model`. Call it when its rows are durable.
    pub fn put_model(&self, model: &DatasetId, state: &ModelState) -> Result<()> {
        self.store
            .lock()
            .prepare_cached(
                "INSERT OR REPLACE INTO models (name, fingerprint, applied, refreshed_at, slices, milliseconds)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                model.as_str(),
                &state.fingerprint,
                state.applied.0.cast_signed(),
                state.refreshed_at.timestamp_micros(),
                state.slices.map(u64::cast_signed),
                state.milliseconds.cast_signed(),
            ))?;
        Ok(())
    }
}
