//! Small answers of the SQL session as typed rows: for registers and lists, never for data of unknown size.

use crate::problem::Answer;
use arrow::{json::LineDelimitedWriter, record_batch::RecordBatch};
use serde::de::DeserializeOwned;
use smartcenter_warehouse::{
    Error,
    query::{Limits, Params, Session},
};

/// All rows of `sql`, read by column name; a null column is a missing field.
pub async fn fetch<T: DeserializeOwned>(
    session: &Session,
    sql: &str,
    params: Vec<serde_json::Value>,
) -> Answer<Vec<T>> {
    let mut stream = session
        .query(sql, Params::Positional(params), Limits::default())
        .await?;
    let mut rows = Vec::new();
    for batch in stream.collect().await? {
        rows.extend(read(&batch)?);
    }
    Ok(rows)
}

/// The rows of a batch, read by column name.
pub fn read<T: DeserializeOwned>(batch: &RecordBatch) -> smartcenter_warehouse::Result<Vec<T>> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    serde_json::Deserializer::from_slice(&writer.into_inner())
        .into_iter::<T>()
        .map(|row| row.map_err(|error| Error::internal("an answer of the lake has another shape than expected", error)))
        .collect()
}
