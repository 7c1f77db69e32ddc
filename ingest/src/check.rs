//! One chunk from text to verdict: cut, typed, checked, and parted into accepted rows and rejected ones. A pure
//! function of the chunk, the contract and the context: the same chunk always gives the same answer.

use crate::{
    Result,
    decode::{Chunk, Frame, frame},
    operation,
    parse::column,
    plan::{Plan, Role},
    resolve,
    validate::{Context, unique, validate},
    verdict::{Finding, Findings, Verdicts},
};
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array},
    compute::filter_record_batch,
    record_batch::{RecordBatch, RecordBatchOptions},
};
use chrono::Datelike;
use smartcenter_warehouse::{
    Fault,
    contract::system_column,
    quarantine::{CellKind, LineSet, RejectedRow},
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// A chunk with its verdict.
#[derive(Debug)]
pub(crate) struct Checked {
    /// Position among the chunks.
    pub index: usize,
    /// Rows read.
    pub received: u64,
    /// Accepted rows: the contract's columns, `_line`, and `_op` where the sender's data has it and the dataset keys.
    pub accepted: RecordBatch,
    /// Rejected rows, by line.
    pub rejected: Vec<RejectedRow>,
    /// Hashes of the accepted rows, for each combination that may not repeat.
    pub entries: Vec<Vec<unique::Entry>>,
    /// Findings that stopped no row; `first` is a line.
    pub findings: Findings,
    /// Why the whole batch is rejected, if a row of this chunk demands it.
    pub condemned: Option<String>,
    /// Lines of an older file on which the accepted rows stood, where that was asked and is told.
    pub passed: LineSet,
    /// The same of the rejected rows.
    pub failed: LineSet,
    /// Whether the sender's data tells such lines at all.
    pub has_origins: bool,
    /// Keys no column is called by.
    pub unknown: BTreeSet<String>,
    frame: Frame,
}

/// Checks one chunk.
///
/// # Errors
/// `Invalid` when the chunk is not UTF-8.
pub(crate) fn check(chunk: Chunk, plan: &Plan, context: &Context) -> Result<Checked> {
    let index = chunk.index;
    let mut frame = frame(chunk, plan)?;
    let rows = frame.rows();
    let mut verdicts = Verdicts::new(rows);
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(plan.columns.len() + 2);
    let operations = operation::read(&frame, plan, context, &mut verdicts);
    for (index, planned) in plan.columns.iter().enumerate() {
        let source = frame.header.columns.get(index).copied().flatten();
        verdicts.spare_deletions(planned.role == Role::Value);
        columns.push(column(
            &frame,
            source,
            index,
            planned,
            context.now.year(),
            &mut verdicts,
        ));
    }
    resolve::run(&frame, &mut columns, plan, context, &mut verdicts);
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let typed = RecordBatch::try_new_with_options(plan.schema.clone(), columns.clone(), &options)?;
    misread(&frame, plan, &mut verdicts);
    validate(&frame, &typed, plan, context, &mut verdicts)?;

    columns.push(Arc::new(Int64Array::from_iter_values(
        frame.lines.iter().map(|line| line.cast_signed()),
    )));
    let schema = match operations {
        Some(operations) => {
            columns.push(operations);
            &plan.operations_schema
        }
        None => &plan.pushed_schema,
    };
    let mut accepted = RecordBatch::try_new_with_options(schema.clone(), columns, &options)?;
    if verdicts.any_bad() {
        let good: BooleanArray = (0..rows).map(|row| Some(!verdicts.is_bad(row))).collect();
        accepted = filter_record_batch(&accepted, &good)?;
    }
    let entries = entries(&accepted, plan)?;

    let (mut passed, mut failed) = (LineSet::default(), LineSet::default());
    if context.corrects {
        for (row, line) in (0..rows).filter_map(|row| Some((row, frame.origin(row)?))) {
            let lines = if verdicts.is_bad(row) { &mut failed } else { &mut passed };
            lines.insert(line);
        }
    }
    let received = (rows + frame.broken.len()) as u64;
    let mut rejected = std::mem::take(&mut frame.broken);
    // Whatever the format: their cells are pieces, and must not be read again as if they were a row.
    for row in &mut rejected {
        row.kinds = vec![CellKind::Broken; row.cells.len()];
    }
    let (faults, findings, condemned) = verdicts.into_parts();
    for fault in faults {
        let line = frame.lines.get(fault.row).copied().unwrap_or_default();
        match rejected.last_mut() {
            Some(row) if row.line == line => row.faults.push(fault.on_line(line)),
            _ => {
                let row = fault.row;
                rejected.push(frame.rejected(row, vec![fault.on_line(line)]));
            }
        }
    }
    rejected.sort_by_key(|row| row.line);
    let findings = findings
        .into_iter()
        .map(|(key, finding)| {
            let first = frame.lines.get(finding.first as usize).copied().unwrap_or_default();
            (key, Finding { first, ..finding })
        })
        .collect();
    let unknown = std::mem::take(&mut frame.unknown);
    Ok(Checked {
        index,
        received,
        accepted,
        rejected,
        entries,
        findings,
        condemned,
        passed,
        failed,
        has_origins: frame.has_origins || frame.is_replay,
        unknown,
        frame,
    })
}

/// Judges the cells that the document itself marks as wrong; those of columns that the contract does not have count
/// as little as their columns.
fn misread(frame: &Frame, plan: &Plan, verdicts: &mut Verdicts) {
    for found in &frame.misread {
        let of_column = |(_, source): &(usize, &Option<usize>)| **source == Some(found.column);
        let Some((index, _)) = frame.header.columns.iter().enumerate().find(of_column) else {
            continue;
        };
        let Some(column) = plan.columns.get(index) else {
            continue;
        };
        let text = frame.cell(found.row, found.column).text;
        let message = || found.message.clone();
        verdicts.fail(
            found.row,
            Some((index, &column.name)),
            found.rule,
            column.on_failure,
            Some(text),
            message,
        );
    }
}

impl Checked {
    /// All rows of the chunk as rejected ones, but for repeated lines: those that were good as well, because the
    /// batch they came in is rejected.
    pub(crate) fn all_rejected(mut self, repeated: &HashSet<u64>) -> Vec<RejectedRow> {
        let good: HashSet<u64> = lines(&self.accepted)
            .unwrap_or_default()
            .iter()
            .map(|l| l.cast_unsigned())
            .collect();
        for (row, line) in self.frame.lines.iter().enumerate() {
            if !good.contains(line) || repeated.contains(line) {
                continue;
            }
            let fault = Fault {
                line: *line,
                column: None,
                rule: "batch".to_owned(),
                value: None,
                message: "the row is good, but the batch it came in was rejected".to_owned(),
            };
            self.rejected.push(self.frame.rejected(row, vec![fault]));
        }
        self.rejected.sort_by_key(|row| row.line);
        self.rejected
    }
}

/// The hashes of accepted rows, for each combination that may not repeat. A deletion repeats nothing.
fn entries(accepted: &RecordBatch, plan: &Plan) -> Result<Vec<Vec<unique::Entry>>> {
    if plan.unique.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = accepted.clone();
    if let Some(operations) = accepted.column_by_name(system_column::OP) {
        let operations = operations.as_string_view();
        let stays = |row: usize| Some(operations.is_null(row) || operations.value(row) != "D");
        let stays: BooleanArray = (0..operations.len()).map(stays).collect();
        if stays.false_count() > 0 {
            rows = filter_record_batch(accepted, &stays)?;
        }
    }
    let lines = lines(&rows).unwrap_or_default();
    Ok(plan
        .unique
        .iter()
        .map(|set| unique::entries(&rows, set, lines))
        .collect())
}

/// The `_line` column of a batch of accepted rows.
pub(crate) fn lines(accepted: &RecordBatch) -> Option<&[i64]> {
    let column = accepted.column_by_name(system_column::LINE)?;
    column
        .as_any()
        .downcast_ref::<Int64Array>()
        .map(|lines| &lines.values()[..])
}
