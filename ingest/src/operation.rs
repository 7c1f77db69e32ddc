//! The column `_op` of a payload: what a row of a keyed dataset does to its key. Empty and `U` insert or update it,
//! `D` deletes it; of a deletion only key and version have to be there.

#[cfg(test)]
mod tests;

use crate::{decode::Frame, map::OPERATION, plan::Plan, validate::Context, verdict::Verdicts};
use arrow::array::{ArrayRef, StringViewBuilder};
use smartcenter_warehouse::{PushMode, contract::OnFailure};
use std::sync::Arc;

/// Short name shown in faults.
const RULE: &str = "op";

/// The operations of the rows of `frame`, and `verdicts` told which rows are deletions; nothing where the sender has
/// no such column, and for an append-only dataset, where a deletion can only be warned about.
pub(crate) fn read(frame: &Frame, plan: &Plan, context: &Context, verdicts: &mut Verdicts) -> Option<ArrayRef> {
    let source = frame.operations()?;
    if !plan.contract.is_keyed() {
        warn(frame, source, plan, verdicts);
        return None;
    }
    let rows = frame.rows();
    let only_adds = context.mode == PushMode::Append;
    let mut operations = StringViewBuilder::with_capacity(rows);
    let mut deletions = Vec::new();
    for row in 0..rows {
        let cell = frame.cell(row, source);
        let letter = match cell.text {
            "" => None,
            "U" | "u" => Some("U"),
            "D" | "d" => Some("D"),
            _ => {
                let message = "the operation must be U (insert or update) or D (delete); empty means U";
                fail(row, plan, OnFailure::QuarantineRow, cell.text, message, verdicts);
                None
            }
        };
        if letter == Some("D") {
            if only_adds {
                let message = "mode=append only adds rows: D (delete) needs mode=upsert";
                fail(row, plan, OnFailure::QuarantineRow, cell.text, message, verdicts);
            }
            deletions.resize(rows, false);
            deletions[row] = true;
        }
        operations.append_option(letter);
    }
    verdicts.set_deletions(deletions);
    Some(Arc::new(operations.finish()))
}

fn warn(frame: &Frame, source: usize, plan: &Plan, verdicts: &mut Verdicts) {
    let message = format!(
        "dataset {} is append-only: rows cannot be deleted, and those marked D were taken as rows like any other",
        plan.contract.dataset
    );
    for row in 0..frame.rows() {
        let text = frame.cell(row, source).text;
        if text.eq_ignore_ascii_case("D") {
            fail(row, plan, OnFailure::Warn, text, &message, verdicts);
        }
    }
}

fn fail(row: usize, plan: &Plan, action: OnFailure, text: &str, message: &str, verdicts: &mut Verdicts) {
    let column = (plan.columns.len(), &*OPERATION);
    verdicts.fail(row, Some(column), RULE, action, Some(text), || message.to_owned());
}
