//! The difference between the rows that a table of the hub's own holds and those that are worked out now: what is new or other is
//! pushed, what vanished is deleted, and what is the same is left alone.

use arrow::{
    array::{Array, ArrayRef, AsArray, Float64Array, StringViewArray, UInt32Array},
    compute::{cast, take_record_batch},
    datatypes::{DataType, Field, Float64Type, Schema, SchemaRef},
    record_batch::RecordBatch,
    row::{RowConverter, Rows, SortField},
};
use smartcenter_warehouse::{
    Error, Result,
    contract::{Contract, system_column},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Two doubles this close are the same number: sums come in another order each time they are worked out.
const NOISE: f64 = 1e-12;

/// Held rows that the new ones are compared with.
pub(crate) struct Delta {
    schema: SchemaRef,
    name: String,
    key_columns: Vec<usize>,
    exact_columns: Vec<usize>,
    double_columns: Vec<usize>,
    keys: RowConverter,
    exact: RowConverter,
    held: Vec<Held>,
    /// Held keys that the new rows have not named.
    left: HashMap<Box<[u8]>, (usize, usize)>,
    /// Keys of the new rows.
    seen: HashSet<Box<[u8]>>,
}

struct Held {
    batch: RecordBatch,
    exact: Rows,
    doubles: Vec<Float64Array>,
}

impl Delta {
    /// A comparison of rows in the columns of `contract` with those in `held`.
    pub fn new(contract: &Contract, held: Vec<RecordBatch>) -> Result<Self> {
        let schema = contract.schema();
        let is_double = |at: &usize| schema.field(*at).data_type() == &DataType::Float64;
        let (double_columns, exact_columns): (Vec<usize>, Vec<usize>) =
            (0..schema.fields().len()).partition(|at| is_double(at));
        let converter = |columns: &[usize]| {
            let fields = columns
                .iter()
                .map(|at| SortField::new(schema.field(*at).data_type().clone()));
            RowConverter::new(fields.collect())
        };
        let mut delta = Self {
            keys: converter(&contract.primary_key)?,
            exact: converter(&exact_columns)?,
            key_columns: contract.primary_key.clone(),
            name: contract.dataset.to_string(),
            exact_columns,
            double_columns,
            held: Vec::new(),
            left: HashMap::new(),
            seen: HashSet::new(),
            schema,
        };
        for batch in held {
            delta.hold(batch)?;
        }
        Ok(delta)
    }

    fn hold(&mut self, batch: RecordBatch) -> Result<()> {
        let keys = self.keys.convert_columns(&picked(&batch, &self.key_columns))?;
        let at = self.held.len();
        for (row, key) in keys.iter().enumerate() {
            self.left.insert(key.as_ref().into(), (at, row));
        }
        self.held.push(Held {
            exact: self.exact.convert_columns(&picked(&batch, &self.exact_columns))?,
            doubles: doubles(&batch, &self.double_columns),
            batch,
        });
        Ok(())
    }

    /// Of new rows, in any order of columns and like types, those that are not held as they are; with `_op`.
    ///
    /// # Errors
    /// `Invalid` for rows that no table with this key can have.
    pub fn changed(&mut self, batch: &RecordBatch) -> Result<Option<RecordBatch>> {
        let batch = fitted(batch, &self.schema)?;
        for at in &self.key_columns {
            if batch.column(*at).null_count() > 0 {
                return Err(Error::invalid(format!(
                    "{} is given rows without key column `{}`: leave them out, or write what they are",
                    self.name,
                    self.schema.field(*at).name()
                )));
            }
        }
        let keys = self.keys.convert_columns(&picked(&batch, &self.key_columns))?;
        let exact = self.exact.convert_columns(&picked(&batch, &self.exact_columns))?;
        let numbers = doubles(&batch, &self.double_columns);
        let mut kept = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            if !self.seen.insert(key.as_ref().into()) {
                return Err(Error::invalid(format!(
                    "{} is given two rows with one key: its `key` does not tell its rows apart",
                    self.name
                )));
            }
            let is_same = self.left.remove(key.as_ref()).is_some_and(|(at, place)| {
                let held = &self.held[at];
                held.exact.row(place) == exact.row(row)
                    && held
                        .doubles
                        .iter()
                        .zip(&numbers)
                        .all(|(held, new)| alike(held, place, new, row))
            });
            if !is_same {
                kept.push(row as u32);
            }
        }
        if kept.is_empty() {
            return Ok(None);
        }
        let rows = take_record_batch(&batch, &UInt32Array::from(kept))?;
        Ok(Some(with_op(&rows, "U")?))
    }

    /// The held rows that the new ones did not name, as deletions. They carry their old values, so that what is worked
    /// out from this model knows what they were.
    pub fn vanished(self) -> Result<Vec<RecordBatch>> {
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.held.len()];
        for (at, row) in self.left.into_values() {
            rows[at].push(row as u32);
        }
        let mut gone = Vec::new();
        for (held, mut rows) in self.held.into_iter().zip(rows) {
            if !rows.is_empty() {
                rows.sort_unstable();
                gone.push(with_op(
                    &take_record_batch(&held.batch, &UInt32Array::from(rows))?,
                    "D",
                )?);
            }
        }
        Ok(gone)
    }
}

/// The batch in the columns and types of `schema`.
fn fitted(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = schema.fields().iter().map(|field| {
        let column = batch
            .column_by_name(field.name())
            .ok_or_else(|| Error::internal("a table of the hub lost a column", field.name().clone()))?;
        Ok(match column.data_type() == field.data_type() {
            true => column.clone(),
            false => cast(column, field.data_type())?,
        })
    });
    Ok(RecordBatch::try_new(schema.clone(), columns.collect::<Result<_>>()?)?)
}

fn with_op(rows: &RecordBatch, op: &str) -> Result<RecordBatch> {
    let mut fields = rows.schema().fields().to_vec();
    fields.push(Arc::new(Field::new(system_column::OP, DataType::Utf8View, true)));
    let mut columns = rows.columns().to_vec();
    let ops = std::iter::repeat_n(op, rows.num_rows());
    columns.push(Arc::new(StringViewArray::from_iter_values(ops)));
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn picked(batch: &RecordBatch, columns: &[usize]) -> Vec<ArrayRef> {
    columns.iter().map(|at| batch.column(*at).clone()).collect()
}

fn doubles(batch: &RecordBatch, columns: &[usize]) -> Vec<Float64Array> {
    columns
        .iter()
        .map(|at| batch.column(*at).as_primitive::<Float64Type>().clone())
        .collect()
}

fn alike(held: &Float64Array, place: usize, new: &Float64Array, row: usize) -> bool {
    match (held.is_null(place), new.is_null(row)) {
        (true, true) => true,
        (false, false) => {
            let (a, b) = (held.value(place), new.value(row));
            a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= NOISE * a.abs().max(b.abs())
        }
        _ => false,
    }
}
