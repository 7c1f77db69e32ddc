//! The acceptance window: how old, and how far ahead of the hub's clock, the thing a row tells of may be.

use crate::{decode::Frame, plan::Plan, verdict::Verdicts};
use arrow::{
    array::{Array, AsArray},
    datatypes::{Date32Type, TimestampMicrosecondType},
    record_batch::RecordBatch,
};
use chrono::{DateTime, Utc};
use std::time::Duration;

const DAY: i64 = 86_400 * 1_000_000;

/// Judges every row by the event time of the contract. A date is a whole day where the data come from: it is inside
/// the window when any instant of it is.
pub(super) fn check(frame: &Frame, batch: &RecordBatch, plan: &Plan, now: DateTime<Utc>, verdicts: &mut Verdicts) {
    let Some(event) = &plan.contract.event_time else { return };
    let (Some(array), Some(column)) = (batch.columns().get(event.column), plan.columns.get(event.column)) else {
        return;
    };
    let now = now.timestamp_micros();
    let oldest = event.max_age.map_or(i64::MIN, |age| now.saturating_sub(micros(age)));
    let newest = event
        .max_ahead
        .map_or(i64::MAX, |ahead| now.saturating_add(micros(ahead)));
    let mut judge = |row: usize, start: i64, end: i64| {
        let message = if end <= oldest {
            format!(
                "the event is older than {} days",
                event.max_age.unwrap_or_default().as_secs() / 86_400
            )
        } else if start > newest {
            format!(
                "the event lies ahead of the hub's clock by more than {} hours",
                event.max_ahead.unwrap_or_default().as_secs() / 3600
            )
        } else {
            return;
        };
        let source = frame.header.columns.get(event.column).copied().flatten();
        let value = source.map(|source| frame.cell(row, source).text);
        verdicts.fail(
            row,
            Some((event.column, &column.name)),
            "window",
            event.on_failure,
            value,
            || message,
        );
    };
    let shift = i64::from(plan.contract.source.utc_offset_minutes) * 60_000_000;
    if let Some(days) = array.as_primitive_opt::<Date32Type>() {
        for (row, day) in days.values().iter().enumerate().filter(|(row, _)| days.is_valid(*row)) {
            let start = i64::from(*day) * DAY - shift;
            judge(row, start, start + DAY);
        }
    } else if let Some(times) = array.as_primitive_opt::<TimestampMicrosecondType>() {
        for (row, time) in times
            .values()
            .iter()
            .enumerate()
            .filter(|(row, _)| times.is_valid(*row))
        {
            judge(row, *time, time.saturating_add(1));
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
