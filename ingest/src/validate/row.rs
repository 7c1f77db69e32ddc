//! Cross-column rules: SQL expressions planned once per contract and evaluated on whole batches. Where the batch as
//! a whole cannot be computed (a division by zero, say), it is halved until the rows that cannot are found.

use crate::{Result, verdict::Verdicts};
use arrow::{
    array::{Array, AsArray},
    datatypes::SchemaRef,
    record_batch::RecordBatch,
};
use datafusion::physical_expr::PhysicalExpr;
use smartcenter_warehouse::contract::{self, OnFailure, RowRule};
use std::sync::Arc;

/// One cross-column rule, ready.
#[derive(Debug)]
pub(crate) struct RowCheck {
    rule: String,
    on_failure: OnFailure,
    message: String,
    expression: Arc<dyn PhysicalExpr>,
}

impl RowCheck {
    /// Plans `rule` over the contract's columns.
    ///
    /// # Errors
    /// `Invalid` when the expression does not fit the columns; linted contracts have none such.
    pub(crate) fn new(rule: &RowRule, schema: &SchemaRef) -> Result<Self> {
        let message = if rule.description.is_empty() {
            format!("the row must satisfy {}", rule.expression)
        } else {
            rule.description.clone()
        };
        let expression = contract::compile(rule, schema)?;
        Ok(Self {
            rule: rule.name.clone(),
            on_failure: rule.on_failure,
            message,
            expression,
        })
    }

    /// Judges every row; one whose answer is null passes, as in a SQL CHECK.
    pub(super) fn run(&self, batch: &RecordBatch, verdicts: &mut Verdicts) {
        self.part(batch, 0, verdicts);
    }

    fn part(&self, batch: &RecordBatch, first: usize, verdicts: &mut Verdicts) {
        let rows = batch.num_rows();
        if rows == 0 {
            return;
        }
        let answer = self.expression.evaluate(batch).and_then(|value| value.into_array(rows));
        match answer.as_ref().ok().and_then(|array| array.as_boolean_opt()) {
            Some(answer) if answer.null_count() == 0 && answer.false_count() == 0 => {}
            Some(answer) => {
                for row in (0..rows).filter(|row| answer.is_valid(*row) && !answer.value(*row)) {
                    self.fail(first + row, self.message.clone(), verdicts);
                }
            }
            None if rows == 1 => {
                self.fail(
                    first,
                    format!("{} (it cannot be computed for this row)", self.message),
                    verdicts,
                );
            }
            None => {
                let half = rows / 2;
                self.part(&batch.slice(0, half), first, verdicts);
                self.part(&batch.slice(half, rows - half), first + half, verdicts);
            }
        }
    }

    #[cold]
    fn fail(&self, row: usize, message: String, verdicts: &mut Verdicts) {
        verdicts.fail(row, None, &self.rule, self.on_failure, None, || message);
    }
}
