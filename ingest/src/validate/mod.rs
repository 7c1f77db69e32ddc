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

use crate::{
    Result,
    decode::Frame,
    plan::{Plan, Role},
    resolve::Index,
    snapshot::{self, Pin},
    verdict::Verdicts,
};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use smartcenter_warehouse::PushMode;
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
    /// The code lists of the plan's look-ups; absent where there is nothing to look into.
    pub lists: Vec<Option<Arc<Index>>>,
    /// How the rows meet those that are there.
    pub mode: PushMode,
    /// What every row of a snapshot has in common.
    pub pins: Vec<Pin>,
    /// The lines are asked for on which the rows stood in an older file.
    pub corrects: bool,
}

impl Context {
    /// Whether what is not among the rows ends.
    pub(crate) fn is_snapshot(&self) -> bool {
        matches!(self.mode, PushMode::Snapshot { .. })
    }
}

/// Runs every check of `plan` but uniqueness over the rows of `frame`, typed as `batch` (the contract's columns).
/// Of a deletion only key and version are judged, and whether it lies in the scopes of sender and snapshot.
pub(crate) fn validate(
    frame: &Frame,
    batch: &RecordBatch,
    plan: &Plan,
    context: &Context,
    verdicts: &mut Verdicts,
) -> Result<()> {
    for (index, column) in plan.columns.iter().enumerate() {
        let Some(source) = frame.header.columns.get(index).copied().flatten() else {
            continue;
        };
        verdicts.spare_deletions(column.role == Role::Value);
        for check in &column.checks {
            let cells = value::Cells {
                frame,
                source,
                index,
                name: &column.name,
                reader: &column.reader,
                array: batch.column(index),
            };
            check.run(&cells, &context.codes, verdicts);
        }
    }
    verdicts.spare_deletions(true);
    window::check(frame, batch, plan, context.now, verdicts);
    for check in &plan.row_checks {
        check.run(batch, verdicts);
    }
    verdicts.spare_deletions(false);
    if let Some(scope) = &context.scope {
        scope.check(batch, plan, verdicts);
    }
    snapshot::check(frame, batch, &context.pins, plan, verdicts)
}
