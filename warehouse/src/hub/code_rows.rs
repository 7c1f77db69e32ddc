//! Rows of a code list, for those who look names up in it: read once per version of the list, not once per push.

use super::{Warehouse, system_identity};
use crate::{
    DatasetId, Error, Result, Seq, TableId,
    query::{Limits, Params},
};
use arrow::{
    compute::{cast, concat_batches},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use futures::StreamExt;
use std::{collections::HashMap, sync::Arc};

/// Longest list that is kept in memory; the villages of the whole country are a twelfth of it.
const LONGEST: usize = 1_000_000;
/// How many lists are kept before starting over.
const LISTS: usize = 256;

/// Lists by dataset and columns.
pub(super) type CodeRowLists = HashMap<(DatasetId, Vec<String>), CodeRows>;

/// A list and the version of its table that it was read from.
#[derive(Debug, Clone)]
pub(super) struct CodeRows {
    at: (TableId, Seq),
    rows: Arc<RecordBatch>,
}

impl Warehouse {
    /// The distinct rows of some columns of a dataset in the present view, all as text (dates in ISO form), kept until
    /// the dataset changes: the same rows are the same `Arc`.
    ///
    /// # Errors
    /// `NotFound` for a dataset or column that does not exist, `Invalid` for a list of more than a million rows.
    pub async fn code_rows(self: &Arc<Self>, dataset: &DatasetId, columns: &[String]) -> Result<Arc<RecordBatch>> {
        let contracts = self.contracts();
        let contract = contracts
            .get(dataset.as_str())
            .ok_or_else(|| Error::not_found(format!("code list {dataset} does not exist")))?;
        if let Some(column) = columns.iter().find(|column| contract.column(column).is_none()) {
            return Err(Error::not_found(format!("code list {dataset} has no column {column}")));
        }
        let table = contract.table();
        let last = self.view().tables.get(&table).map_or(Seq(0), |table| table.last_seq);
        let (key, at) = ((dataset.clone(), columns.to_vec()), (table, last));
        if let Some(list) = self.code_rows.lock().get(&key).filter(|list| list.at == at) {
            return Ok(list.rows.clone());
        }
        let rows = Arc::new(self.read_code_rows(dataset, columns).await?);
        let mut lists = self.code_rows.lock();
        if lists.len() >= LISTS {
            lists.clear();
        }
        let kept = CodeRows { at, rows: rows.clone() };
        lists.insert(key, kept);
        Ok(rows)
    }

    async fn read_code_rows(self: &Arc<Self>, dataset: &DatasetId, columns: &[String]) -> Result<RecordBatch> {
        let wanted: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| format!("CAST(\"{column}\" AS VARCHAR) AS c{index}"))
            .collect();
        let sql = format!("SELECT DISTINCT {} FROM data.\"{dataset}\"", wanted.join(", "));
        let mut stream = self
            .session(&system_identity()?)
            .query(&sql, Params::default(), Limits::default())
            .await?;
        let fields: Vec<Field> = (0..columns.len())
            .map(|index| Field::new(format!("c{index}"), DataType::Utf8, true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let mut batches = Vec::new();
        let mut rows = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            rows += batch.num_rows();
            if rows > LONGEST {
                return Err(Error::invalid(format!(
                    "code list {dataset} has more than {LONGEST} rows, too many to look names up in"
                )));
            }
            let texts = batch.columns().iter().map(|column| cast(column, &DataType::Utf8));
            batches.push(RecordBatch::try_new(schema.clone(), texts.collect::<Result<_, _>>()?)?);
        }
        Ok(concat_batches(&schema, &batches)?)
    }
}
