//! A sender who may send only some rows may replace and delete only such: what it sends is judged when it is checked,
//! what it would touch is judged here, in its turn, against the rows that are held.

use super::{Warehouse, push::quoted, system_identity};
use crate::{
    Error, Result,
    contract::Contract,
    lake::{KeyedTable, Touched},
    policy::RowFilter,
    query::{Ending, Limits, LookupKey, Params},
};
use arrow::{
    array::{Array, AsArray},
    record_batch::RecordBatch,
};
use futures::TryStreamExt;
use std::sync::Arc;

/// Whether the key alone tells who may touch a row: then a held row lies within reach whenever the sent one does.
pub(super) fn is_of_key(reach: &RowFilter, contract: &Contract) -> bool {
    let mut columns = reach.columns();
    columns.all(|name| contract.key_columns().any(|column| column.name == name))
}

impl Warehouse {
    /// Refuses a push that would touch a held row out of reach. Everything before the push has to be in the view.
    pub(super) async fn within_reach(
        self: &Arc<Self>,
        contract: &Contract,
        table: &KeyedTable,
        reach: &RowFilter,
        touched: Touched,
    ) -> Result<()> {
        if touched.lines.len() > touched.keys.len() {
            return self.search(contract, table, reach, touched).await;
        }
        let lookup = self.session(&system_identity()?).lookup(&contract.dataset)?;
        for (line, row) in touched.keys {
            let key = LookupKey::of_row(&row, contract)?;
            if let Some(held) = lookup.current(&key).await?
                && !covers(reach, &held, 0)
            {
                return Err(out_of_reach(line));
            }
        }
        Ok(())
    }

    /// The same for many rows: the current table is read once, in the columns of key and reach.
    async fn search(
        self: &Arc<Self>,
        contract: &Contract,
        table: &KeyedTable,
        reach: &RowFilter,
        touched: Touched,
    ) -> Result<()> {
        let mut columns: Vec<String> = contract.key_columns().map(|column| quoted(&column.name)).collect();
        columns.extend(reach.columns().map(quoted));
        columns.sort();
        columns.dedup();
        let sql = format!(
            "SELECT {} FROM {}",
            columns.join(", "),
            quoted(contract.dataset.as_str())
        );
        let mut rows = self
            .session(&system_identity()?)
            .query(&sql, Params::default(), Limits::default())
            .await?;
        let mut first: Option<i64> = None;
        while let Some(batch) = rows.try_next().await? {
            let hashes = table.key_hashes(&batch)?;
            for (row, hash) in hashes.iter().enumerate() {
                if let Some(line) = touched.lines.get(hash)
                    && !covers(reach, &batch, row)
                {
                    first = Some(first.map_or(*line, |first| first.min(*line)));
                }
            }
        }
        if rows.ending() != Ending::Complete {
            return Err(Error::invalid(
                "whether this key may change all these rows could not be looked up in one query: push fewer rows at a time",
            ));
        }
        first.map_or(Ok(()), |line| Err(out_of_reach(line)))
    }
}

fn covers(reach: &RowFilter, batch: &RecordBatch, row: usize) -> bool {
    reach.covers(|name| {
        let texts = batch.column_by_name(name)?.as_string_view_opt()?;
        texts.is_valid(row).then(|| texts.value(row))
    })
}

/// Says nothing of the row that is held.
fn out_of_reach(line: i64) -> Error {
    Error::forbidden(format!(
        "line {line}: its key is held by a row of another institution or region, which this key may neither replace nor \
         delete. Nothing was kept; leave the row out, or ask the owner of the dataset to send it"
    ))
}
