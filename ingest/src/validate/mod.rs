//! The checks of the contract, on whole columns of typed rows.

mod row;
mod scope;
#[cfg(test)]
mod tests;
pub(crate) mod unique;
mod value;
mod window;

pub(crate) use row::RowCheck;
pub(crate) use scope::Scope;
pub(crate) use value::ValueCheck;

use crate::{decode::Frame, plan::Plan, verdict::Verdicts};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use std::{collections::HashSet, sync::Arc};

/// What the checks need to know of this push besides its rows.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// The hub's clock at the start of the push.
    pub now: DateTime<Utc>,
    /// Rows the pusher may send; all where absent.
    pub scope: Option<Scope>,
    /// The codes of each of the plan's references; absent where the dataset is not there to look into.
    pub codes: Vec<Option<Arc<HashSet<String>>>>,
}

/// Runs every check of `plan` but uniqueness over the rows of `frame`, typed as `batch` (the contract's columns).
pub(crate) fn validate(frame: &Frame, batch: &RecordBatch, plan: &Plan, context: &Context, verdicts: &mut Verdicts) {
    for (index, column) in plan.columns.iter().enumerate() {
        let Some(source) = frame.header.columns.get(index).copied().flatten() else {
            continue;
        };
        for check in &column.checks {
            let cells = value::Cells {
                frame,
                source,
                index,
                name: &column.name,
                array: batch.column(index),
            };
            check.run(&cells, &context.codes, verdicts);
        }
    }
    window::check(frame, batch, plan, context.now, verdicts);
    for check in &plan.row_checks {
        check.run(batch, verdicts);
    }
    if let Some(scope) = &context.scope {
        scope.check(batch, plan, verdicts);
    }
}
