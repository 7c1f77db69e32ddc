//! Leaves out files that cannot hold a matching row, by the statistics of the table log. These are bounds, never
//! values: texts may be cut, timestamps lose their microseconds, decimals pass through a double. Every bound is
//! widened by what may have been lost, and what cannot be widened is not used.

use crate::{contract::system_column, lake::DataFile};
use arrow::{
    array::{ArrayRef, BooleanArray, UInt64Array},
    datatypes::{DataType, SchemaRef, TimeUnit},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use datafusion::{
    common::{Column, ScalarValue, pruning::PruningStatistics},
    physical_expr::PhysicalExpr,
    physical_optimizer::pruning::PruningPredicateBuilder,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Texts in the log are cut at this many characters; a greatest text this long may not be the greatest.
const TEXT_PREFIX: usize = 32;
/// The log keeps milliseconds of timestamps.
const MILLISECOND: i64 = 1000;

/// The files of `files` that may hold a row for which `predicate` (over the columns of `schema`) is true.
pub(crate) fn kept(
    files: Vec<Arc<DataFile>>,
    predicate: &Arc<dyn PhysicalExpr>,
    schema: &SchemaRef,
) -> Vec<Arc<DataFile>> {
    let pruning = PruningPredicateBuilder::new()
        .with_file_schema(schema.clone())
        .build(predicate.clone());
    let Some(pruning) = pruning else { return files };
    let bounds = Bounds::of(&files, schema);
    match pruning.prune(&bounds) {
        Ok(keep) => files
            .into_iter()
            .zip(keep)
            .filter_map(|(file, keep)| keep.then_some(file))
            .collect(),
        // Pruning is an economy; whatever it cannot do, the scan does.
        Err(_) => files,
    }
}

/// The Delta `stats` document.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stats {
    min_values: HashMap<String, Value>,
    max_values: HashMap<String, Value>,
    null_count: HashMap<String, Value>,
}

struct Bounds<'a> {
    files: &'a [Arc<DataFile>],
    stats: Vec<Stats>,
    schema: &'a SchemaRef,
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    Min,
    Max,
}

impl<'a> Bounds<'a> {
    fn of(files: &'a [Arc<DataFile>], schema: &'a SchemaRef) -> Self {
        let stats = files
            .iter()
            .map(|file| {
                file.stats
                    .as_deref()
                    .and_then(|text| serde_json::from_str(text).ok())
                    .unwrap_or_default()
            })
            .collect();
        Self { files, stats, schema }
    }

    fn ends(&self, column: &Column, end: End) -> Option<ArrayRef> {
        let field = self.schema.field_with_name(&column.name).ok()?;
        let unknown = ScalarValue::try_from(field.data_type()).ok()?;
        let ends = self.files.iter().zip(&self.stats).map(|(file, stats)| {
            constant(file, field.name(), field.data_type()).unwrap_or_else(|| {
                let values = if end == End::Min {
                    &stats.min_values
                } else {
                    &stats.max_values
                };
                values
                    .get(field.name())
                    .and_then(|value| bound(value, field.data_type(), end))
                    .unwrap_or_else(|| unknown.clone())
            })
        });
        ScalarValue::iter_to_array(ends).ok()
    }
}

impl PruningStatistics for Bounds<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, End::Min)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, End::Max)
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let field = self.schema.field_with_name(&column.name).ok()?;
        let counts = self.files.iter().zip(&self.stats).map(|(file, stats)| {
            match constant(file, field.name(), field.data_type()) {
                Some(value) => Some(if value.is_null() { file.rows } else { 0 }),
                None => stats.null_count.get(field.name()).and_then(Value::as_u64),
            }
        });
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        Some(Arc::new(UInt64Array::from_iter_values(
            self.files.iter().map(|file| file.rows),
        )))
    }

    #[allow(clippy::mutable_key_type, reason = "the trait's own signature")]
    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// The value that a column has in every row of `file`, where the table log and not the file holds it: a partition
/// value, or the position of an adopted push.
pub(crate) fn constant(file: &DataFile, column: &str, data_type: &DataType) -> Option<ScalarValue> {
    if let (system_column::SEQ, Some(seq)) = (column, file.seq) {
        return Some(ScalarValue::Int64(i64::try_from(seq.0).ok()));
    }
    let text = file.partition_values.get(column)?;
    let null = || ScalarValue::try_from(data_type).ok();
    match text.as_deref() {
        None | Some("") => null(),
        Some(text) => match data_type {
            DataType::Timestamp(TimeUnit::Microsecond, zone) => {
                Some(ScalarValue::TimestampMicrosecond(Some(micros(text)?), zone.clone()))
            }
            DataType::Utf8View => Some(ScalarValue::Utf8View(Some(text.to_owned()))),
            other => ScalarValue::try_from_string(text.to_owned(), other).ok(),
        },
    }
}

fn bound(value: &Value, data_type: &DataType, end: End) -> Option<ScalarValue> {
    Some(match data_type {
        DataType::Int32 => ScalarValue::Int32(Some(i32::try_from(value.as_i64()?).ok()?)),
        DataType::Int64 => ScalarValue::Int64(Some(value.as_i64()?)),
        DataType::Utf8View => {
            let text = value.as_str()?;
            if end == End::Max && text.chars().count() >= TEXT_PREFIX {
                return None;
            }
            ScalarValue::Utf8View(Some(text.to_owned()))
        }
        DataType::Date32 => {
            let date = NaiveDate::parse_from_str(value.as_str()?, "%Y-%m-%d").ok()?;
            ScalarValue::Date32(Some(arrow::datatypes::Date32Type::from_naive_date(date)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let lost = if end == End::Min { -MILLISECOND } else { MILLISECOND };
            ScalarValue::TimestampMicrosecond(Some(micros(value.as_str()?)?.checked_add(lost)?), zone.clone())
        }
        DataType::Decimal128(precision, scale) => {
            let exact = value.as_f64()? * 10f64.powi(i32::from(*scale));
            // One unit for rounding and what a double cannot tell apart at this size.
            let lost = exact.abs() * 1e-15 + 1.0;
            let widened = if end == End::Min {
                (exact - lost).floor()
            } else {
                (exact + lost).ceil()
            };
            if !widened.is_finite() || widened.abs() >= 10f64.powi(i32::from(*precision)) {
                return None;
            }
            ScalarValue::Decimal128(Some(widened as i128), *precision, *scale)
        }
        // Doubles: the log leaves NaN out, and NaN sorts above every number. Booleans: not worth it.
        _ => return None,
    })
}

/// Microseconds since the epoch of a timestamp as Delta writes it, with or without zone.
fn micros(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.timestamp_micros())
        .ok()
        .or_else(|| {
            ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
                .map(|at| at.and_utc().timestamp_micros())
        })
}
