//! The rows of a chunk as the table has them.

use super::{
    Indicator,
    columns::{self, Columns},
    given::Given,
    panel::{Point, State, Unit, is_attribute},
    rule::Expression,
    settle::Settled,
};
use crate::alert::Severity;
use arrow::{
    array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, UInt32Array, new_null_array},
    compute::take,
    datatypes::Date32Type,
    record_batch::RecordBatch,
};
use smartcenter_warehouse::{Error, Result};
use std::sync::Arc;

/// The table's rows, by unit and day.
pub(super) fn batch(
    indicator: &Indicator,
    columns: &Columns,
    given: &Given,
    units: &[Unit],
    settled: &[Vec<Settled>],
) -> Result<RecordBatch> {
    let rows: Vec<(&Point, &Settled)> = units
        .iter()
        .zip(settled)
        .flat_map(|(unit, settled)| unit.points[unit.chunk..].iter().zip(settled))
        .collect();
    let own: UInt32Array = rows.iter().map(|(point, _)| point.row).collect();
    let like: UInt32Array = rows.iter().map(|(point, _)| Some(point.like)).collect();
    let days: Date32Array = rows
        .iter()
        .map(|(point, _)| Some(Date32Type::from_naive_date(point.day)))
        .collect();
    let before = columns.before_rule();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(before.fields().len());
    for (at, field) in before.fields().iter().enumerate() {
        let array = if at >= columns.given {
            added(indicator, field.name(), &rows).unwrap_or_else(|| new_null_array(field.data_type(), rows.len()))
        } else if field.name() == columns::DAY {
            Arc::new(days.clone())
        } else {
            let from = if is_attribute(field) { &like } else { &own };
            take(given.batch.column(at), from, None)?
        };
        arrays.push(array);
    }
    let batch = RecordBatch::try_new(before, arrays)?;
    with_rule(indicator, columns, &batch, &rows)
}

/// A column that the judge adds.
fn added(indicator: &Indicator, name: &str, rows: &[(&Point, &Settled)]) -> Option<ArrayRef> {
    let number = |pick: fn(&Settled) -> Option<f64>| -> ArrayRef {
        let numbers = rows.iter().map(|(_, settled)| pick(settled).filter(|x| x.is_finite()));
        Arc::new(numbers.collect::<Float64Array>())
    };
    Some(match name {
        "harapan" => number(|settled| settled.finding.expected),
        "batas" => number(|settled| settled.finding.bound),
        "skor" => number(|settled| settled.finding.score),
        "p" => number(|settled| settled.finding.p),
        "tanda" => Arc::new(rows.iter().map(|(_, settled)| settled.flag).collect::<BooleanArray>()),
        "keterangan" => {
            let notes = rows.iter().map(|(_, settled)| settled.note.as_deref());
            Arc::new(notes.collect::<StringArray>())
        }
        "langkah" => Arc::new(rows.iter().map(|(point, _)| Some(point.step)).collect::<Int64Array>()),
        "metode" => {
            let method = |settled: &Settled| settled.finding.method.unwrap_or(indicator.detector.method);
            Arc::new(
                rows.iter()
                    .map(|(_, settled)| Some(method(settled)))
                    .collect::<StringArray>(),
            )
        }
        "versi" => {
            let versions = std::iter::repeat_n(Some(indicator.version.as_str()), rows.len());
            Arc::new(versions.collect::<StringArray>())
        }
        _ => return None,
    })
}

/// The rule, and the severity that comes of both.
fn with_rule(
    indicator: &Indicator,
    columns: &Columns,
    batch: &RecordBatch,
    rows: &[(&Point, &Settled)],
) -> Result<RecordBatch> {
    let holds: BooleanArray = match &indicator.rule {
        None => std::iter::repeat_n(None, rows.len()).collect(),
        Some(rule) => {
            let expression = Expression::of(&rule.sql, &batch.schema())
                .map_err(|error| Error::invalid(format!("rule.sql: {error}")))?;
            let holds = expression.holds(batch)?;
            // What is masked, closed or incomplete is not judged by the rule either.
            let judged = rows
                .iter()
                .zip(holds.iter())
                .map(|((point, _), holds)| match point.state {
                    State::Ordinary | State::Missing | State::Impossible(_) => holds,
                    _ => None,
                });
            judged.collect()
        }
    };
    let severity = rows.iter().zip(holds.iter()).map(|((_, settled), holds)| {
        let rule = indicator
            .rule
            .as_ref()
            .filter(|_| holds == Some(true))
            .map(|rule| rule.severity);
        settled.severity.max(rule).map(Severity::as_str)
    });
    let severity: StringArray = severity.collect();
    let mut arrays = batch.columns().to_vec();
    arrays.extend([Arc::new(holds) as ArrayRef, Arc::new(severity)]);
    Ok(RecordBatch::try_new(columns.output.clone(), arrays)?)
}
