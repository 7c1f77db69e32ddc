//! The rows that a judge is given, as typed columns.

use super::{
    Indicator,
    columns::{self, Columns},
};
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int32Array, StringArray},
    compute::{cast, concat_batches, filter_record_batch},
    datatypes::{Date32Type, Schema},
    record_batch::RecordBatch,
};
use chrono::NaiveDate;
use smartcenter_warehouse::{Error, Result};
use std::{ops::RangeInclusive, sync::Arc};

/// Rows of a chunk and of the time before it, in the final types of the SELECT's columns.
pub(super) struct Given {
    pub batch: RecordBatch,
    pub unit: StringArray,
    pub day: Date32Array,
    pub value: Float64Array,
    pub population: Option<Float64Array>,
    pub group: Option<StringArray>,
    pub latitude: Option<Float64Array>,
    pub longitude: Option<Float64Array>,
    pub week: Option<Int32Array>,
    pub masker: Option<StringArray>,
    pub complete: Option<BooleanArray>,
    pub window: Option<Float64Array>,
}

impl Given {
    /// Those of `rows` within `span`; what lies outside is not looked at.
    pub(super) fn of(columns: &Columns, rows: &[RecordBatch], span: &RangeInclusive<NaiveDate>) -> Result<Self> {
        let schema = Arc::new(Schema::new(columns.output.fields()[..columns.given].to_vec()));
        let mut batches = Vec::with_capacity(rows.len());
        for batch in rows {
            let fields = schema.fields().iter();
            let fitted = fields.map(|field| {
                let column = batch.column_by_name(field.name()).ok_or_else(|| {
                    Error::internal("batches of one query differ in their columns", field.name().as_str())
                })?;
                Ok(cast(column, field.data_type())?)
            });
            let fitted = fitted.collect::<Result<Vec<ArrayRef>>>()?;
            let batch = RecordBatch::try_new(schema.clone(), fitted)?;
            batches.push(within(&batch, span)?);
        }
        let batch = concat_batches(&schema, &batches)?;
        let column = |name| batch.column_by_name(name);
        let text = |name| column(name).map(|column| column.as_string::<i32>().clone());
        let number = |name| column(name).map(|column| column.as_primitive().clone());
        let absent = || Error::internal("an indicator lost a column", "unit, tanggal or nilai");
        let given = Self {
            unit: text(columns::UNIT).ok_or_else(absent)?,
            day: column(columns::DAY).ok_or_else(absent)?.as_primitive().clone(),
            value: number(columns::VALUE).ok_or_else(absent)?,
            population: number(columns::POPULATION),
            group: text(columns::GROUP),
            latitude: number(columns::LATITUDE),
            longitude: number(columns::LONGITUDE),
            week: column(columns::WEEK).map(|column| column.as_primitive().clone()),
            masker: text(columns::MASKER),
            window: number(columns::WINDOW),
            complete: column(columns::COMPLETE).map(|column| column.as_boolean().clone()),
            batch,
        };
        if given.unit.null_count() > 0 {
            return Err(Error::invalid(
                "the SELECT gives rows without `unit`: leave them out, or name the unit",
            ));
        }
        Ok(given)
    }

    pub(super) fn day(&self, row: usize) -> NaiveDate {
        self.day.value_as_date(row).unwrap_or_default()
    }
}

/// A number of a row, NaN if there is none.
pub(super) fn number(column: Option<&Float64Array>, row: usize) -> f64 {
    match column {
        Some(column) if column.is_valid(row) && column.value(row).is_finite() => column.value(row),
        _ => f64::NAN,
    }
}

/// A text of a row.
pub(super) fn text(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column
        .filter(|column| column.is_valid(row))
        .map(|column| column.value(row))
}

fn within(batch: &RecordBatch, span: &RangeInclusive<NaiveDate>) -> Result<RecordBatch> {
    let Some(days) = batch.column_by_name(columns::DAY) else {
        return Ok(batch.clone());
    };
    let days = days.as_primitive::<Date32Type>();
    if days.null_count() > 0 {
        return Err(Error::invalid(
            "the SELECT gives rows without `tanggal`: leave them out, or say which day they are of",
        ));
    }
    let (first, last) = (
        Date32Type::from_naive_date(*span.start()),
        Date32Type::from_naive_date(*span.end()),
    );
    let keep = days.values().iter().map(|day| Some((first..=last).contains(day)));
    Ok(filter_record_batch(batch, &keep.collect())?)
}

impl Indicator {
    /// The days that a judge of `chunk` looks at.
    pub(super) fn span(&self, chunk: &RangeInclusive<NaiveDate>) -> RangeInclusive<NaiveDate> {
        self.past_of(chunk)..=*chunk.end()
    }
}
