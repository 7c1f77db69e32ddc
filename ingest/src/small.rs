//! A push that fits in memory: check the chunks, leave repeats out, and hand batches to the log.

use crate::{
    Error, Result,
    check::{Checked, check, lines},
    decode::{Chunk, Summary},
    rejects::Rejects,
    session::{Session, Settled},
    tally::Tally,
    validate::unique::repeated,
};
use arrow::{array::BooleanArray, compute::filter_record_batch, record_batch::RecordBatch};
use smartcenter_warehouse::{Part, Rows, lake::Stager};
use std::collections::HashSet;

/// Judges a whole payload. `quarantine` is needed where rejected rows may be many; then this blocks.
pub(crate) fn settle(
    session: &Session,
    chunks: Vec<Chunk>,
    summary: &Summary,
    quarantine: Option<Stager>,
) -> Result<Settled> {
    let plan = &session.plan;
    let mut checked = check_all(session, chunks)?;
    let mut tally = Tally::default();
    checked.iter().for_each(|chunk| tally.add(chunk));
    let mut duplicates = HashSet::new();
    for set in 0..plan.unique.len() {
        let entries = checked
            .iter_mut()
            .filter_map(|chunk| chunk.entries.get_mut(set))
            .flat_map(std::mem::take);
        duplicates.extend(repeated(entries.collect()));
    }
    let condemned = tally.condemned(session, duplicates.len() as u64);
    let is_condemned = condemned.is_some();
    let fixed = tally.fixed(is_condemned);
    let mut receipt = session.receipt.clone();
    tally.complete(&mut receipt, summary, duplicates.len() as u64, condemned, session);
    if session.dry_run {
        return Ok(Settled::new(Vec::new(), receipt, summary.sha256, fixed, Vec::new()));
    }

    let rejects = Rejects::new(quarantine.clone());
    let mut accepted = Vec::new();
    for chunk in checked {
        if is_condemned {
            rejects.add(&receipt, &chunk.all_rejected(&duplicates))?;
        } else {
            rejects.add(&receipt, &chunk.rejected)?;
            accepted.push(without(chunk.accepted, &duplicates)?);
        }
    }
    accepted.retain(|batch| batch.num_rows() > 0);
    let mut parts = Vec::new();
    if !accepted.is_empty() {
        parts.push(Part {
            table: plan.contract.table(),
            rows: Rows::Batches(accepted),
        });
    }
    let mut staged = Vec::new();
    if let Some(part) = rejects.finish()? {
        if let (Rows::Staged(files), Some(stager)) = (&part.rows, quarantine) {
            staged.push((stager, files.clone()));
        }
        parts.push(part);
    }
    Ok(Settled::new(parts, receipt, summary.sha256, fixed, staged))
}

/// Checks chunks, two at a time where there are several.
fn check_all(session: &Session, mut chunks: Vec<Chunk>) -> Result<Vec<Checked>> {
    let each = |chunks: Vec<Chunk>| -> Result<Vec<Checked>> {
        chunks
            .into_iter()
            .map(|chunk| check(chunk, &session.plan, &session.context))
            .collect()
    };
    if chunks.len() < 2 {
        return each(chunks);
    }
    let later = chunks.split_off(chunks.len() / 2);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| each(later));
        let mut checked = each(chunks)?;
        let second = second
            .join()
            .map_err(|_| Error::internal("a worker stopped while checking rows", "panic"))?;
        checked.extend(second?);
        Ok(checked)
    })
}

/// The rows that are not on `lines_out`.
fn without(batch: RecordBatch, lines_out: &HashSet<u64>) -> Result<RecordBatch> {
    if lines_out.is_empty() {
        return Ok(batch);
    }
    let lines = lines(&batch).unwrap_or_default();
    let keep: BooleanArray = lines
        .iter()
        .map(|line| Some(!lines_out.contains(&line.cast_unsigned())))
        .collect();
    Ok(filter_record_batch(&batch, &keep)?)
}
