//! Closing rejected rows: which lines a corrected file or a replay is done with, and rows that somebody gives up. Done
//! under the hold of the receipt that has the rows, so that what is open stays so until the closing counts.

use super::{Warehouse, push::quoted, system_identity};
use crate::{
    Error, KeyName, Receipt, Result,
    control::RejectsHold,
    lake::tokio_stop::Stop,
    quarantine::{Closing, Corrects, LineSet, RejectState},
    query::{Ending, Limits, Params, QueryStream},
};
use arrow::{array::AsArray, datatypes::Int64Type};
use chrono::{DurationRound, TimeDelta};
use futures::TryStreamExt;
use std::{
    sync::{Arc, Weak},
    time::Duration,
};

/// The step in which rows expire: a file is then rewritten once a day at most.
const DAY: TimeDelta = TimeDelta::days(1);

/// A push that is to close rejected rows of an older one.
#[derive(Debug, Clone)]
pub struct Correction {
    /// The receipt that has the rows.
    pub receipt: Receipt,
    /// [`RejectState::Corrected`] or [`RejectState::Replayed`].
    pub state: RejectState,
    /// Who does it.
    pub key: KeyName,
    /// Which rows.
    pub rows: FixedRows,
}

/// Rows that came again.
#[derive(Debug, Clone)]
pub enum FixedRows {
    /// They name the lines that they stood on.
    Lines {
        /// Lines whose rows are in now.
        passed: LineSet,
        /// Lines with a row that is rejected again.
        failed: LineSet,
    },
    /// They do not: the file stands for all open rows, and so many of it are rejected.
    Whole {
        /// Rejected rows of the file.
        failed: u64,
    },
}

impl Warehouse {
    /// Works out what `correction` closes, what the new receipt says about it, and what the sender should hear. Nothing
    /// is closed by this: the closing goes with the push. Keep the hold on the receipt until then. Reads the lines of
    /// the receipt's rejected rows.
    pub async fn close_rejects(self: &Arc<Self>, correction: &Correction) -> Result<(Closing, Corrects, Vec<String>)> {
        let Correction {
            receipt: old,
            state,
            key,
            rows,
        } = correction;
        let rejected = self.rejected_lines(old).await?;
        let open = self.still_open(old, &rejected)?;
        let mut closing = Closing {
            receipt_id: old.receipt_id,
            state: *state,
            closed: LineSet::default(),
            superseded: LineSet::default(),
            key: key.clone(),
            reason: None,
        };
        let mut warnings = Vec::new();
        match rows {
            FixedRows::Lines { passed, failed } => {
                closing.superseded = failed.common(&open);
                closing.closed = passed.common(&open);
                closing.closed.remove(failed);
                let mut named = passed.clone();
                named.add(failed);
                warnings.extend(unmatched(&named, &rejected, &open, old));
            }
            FixedRows::Whole { failed: 0 } => closing.closed = open,
            FixedRows::Whole { failed } => warnings.push(format!(
                "{failed} rows of this file are rejected and it has no column _baris, so which rows of receipt {} it \
                 corrects cannot be told: none of them was closed. Correct an exported file, or all rows at once",
                old.receipt_id
            )),
        }
        let corrects = Corrects {
            receipt_id: old.receipt_id,
            closed: closing.closed.len(),
            superseded: closing.superseded.len(),
            by: (*state == RejectState::Replayed && *key != old.pusher).then(|| key.clone()),
            of: old.file_rows(),
        };
        Ok((closing, corrects, warnings))
    }

    /// The lines of the open rejected rows of `receipt`.
    pub async fn open_lines(self: &Arc<Self>, receipt: &Receipt) -> Result<LineSet> {
        let rejected = self.rejected_lines(receipt).await?;
        self.still_open(receipt, &rejected)
    }

    /// The open rejected rows of `receipt` as they were sent, by line: columns `line`, `raw` and `faults`. For the hub's
    /// own use: no policy covers them.
    pub async fn open_rows(self: &Arc<Self>, receipt: &Receipt) -> Result<QueryStream> {
        let dataset = quoted(receipt.dataset.as_str());
        let sql = format!(
            "SELECT line, raw, faults FROM quarantine.{dataset} WHERE receipt_id = $1 AND state = 'open' ORDER BY line"
        );
        let params = Params::Positional(vec![receipt.receipt_id.to_string().into()]);
        self.session(&system_identity()?)
            .query(&sql, params, Limits::default())
            .await
    }

    /// Gives rejected rows of `receipt` up, all open ones or those among `lines`, for `reason`. Answers how many; durable
    /// when this returns. Rows that are not open any more stay as they are.
    ///
    /// # Errors
    /// `Conflict` while somebody else closes rows of the receipt; `Invalid` without a reason.
    pub async fn discard_rejects(
        self: &Arc<Self>,
        receipt: &Receipt,
        lines: Option<&LineSet>,
        key: &KeyName,
        reason: &str,
    ) -> Result<u64> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > 1000 {
            return Err(Error::invalid(
                "say in 1 to 1000 characters why the rows will never be fixed: it is kept with them",
            ));
        }
        let hold: RejectsHold = self.control.ledger().hold_rejects(receipt)?;
        let mut open = self.open_lines(receipt).await?;
        if let Some(lines) = lines {
            open = open.common(lines);
        }
        let count = open.len();
        if count == 0 {
            return Ok(0);
        }
        let closing = Closing {
            receipt_id: receipt.receipt_id,
            state: RejectState::Discarded,
            closed: open,
            superseded: LineSet::default(),
            key: key.clone(),
            reason: Some(reason.to_owned()),
        };
        let (control, now) = (self.control.clone(), self.clock.now());
        tokio::task::spawn_blocking(move || control.ledger().discard(&closing, &hold, now))
            .await
            .map_err(|error| Error::internal("rows could not be given up", error))??;
        Ok(count)
    }

    /// As [`Self::expire_rejects`]; a failure is logged and tried again in the next round.
    pub(super) async fn expire(&self) {
        if let Err(error) = self.expire_rejects().await {
            tracing::error!(%error, source = ?std::error::Error::source(&error), "old rejected rows could not be removed");
        }
    }

    /// Lets rejected rows expire that arrived more than [`crate::Settings::quarantine_days`] ago, counted in whole days,
    /// and takes them out of the quarantine table.
    pub(super) async fn expire_rejects(&self) -> Result<()> {
        let days = i64::try_from(self.settings.quarantine_days).unwrap_or(i64::MAX);
        let oldest = TimeDelta::try_days(days).and_then(|kept| self.clock.now().checked_sub_signed(kept));
        let Some(before) = oldest.filter(|_| days > 0).and_then(|t| t.duration_trunc(DAY).ok()) else {
            return Ok(());
        };
        let control = self.control.clone();
        tokio::task::spawn_blocking(move || control.ledger().expire_rejects(before))
            .await
            .map_err(|error| Error::internal("rejected rows could not expire", error))??;
        self.lake.expire_quarantine(before).await
    }

    fn still_open(&self, receipt: &Receipt, rejected: &LineSet) -> Result<LineSet> {
        let closings = self
            .control
            .ledger()
            .closings(receipt.receipt_id, receipt.received_at)?;
        if closings.expired {
            return Ok(LineSet::default());
        }
        let mut open = rejected.clone();
        open.remove(&closings.lines());
        Ok(open)
    }

    /// The lines of all rejected rows of `receipt`.
    async fn rejected_lines(self: &Arc<Self>, receipt: &Receipt) -> Result<LineSet> {
        let mut lines = LineSet::default();
        if receipt.rows.rejected == 0 {
            return Ok(lines);
        }
        let dataset = quoted(receipt.dataset.as_str());
        let sql = format!("SELECT line FROM quarantine.{dataset} WHERE receipt_id = $1");
        let params = Params::Positional(vec![receipt.receipt_id.to_string().into()]);
        let limits = Limits::default();
        let mut rows = self.session(&system_identity()?).query(&sql, params, limits).await?;
        while let Some(batch) = rows.try_next().await? {
            let found = batch.column(0).as_primitive_opt::<Int64Type>();
            lines.extend(found.into_iter().flatten().flatten().map(i64::cast_unsigned));
        }
        if rows.ending() != Ending::Complete {
            return Err(Error::invalid(
                "the receipt has more rejected rows than one query may answer: correct the file and push all of it again",
            ));
        }
        Ok(lines)
    }
}

/// Lets rejected rows expire, now and then, until `stop`.
pub(super) async fn expire_loop(warehouse: Weak<Warehouse>, pause: Duration, stop: Stop) {
    while !stop.is_set() {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.wait() => break,
        }
        let Some(warehouse) = warehouse.upgrade() else { break };
        warehouse.expire().await;
    }
}

/// What to say about named lines that closed nothing.
fn unmatched(named: &LineSet, rejected: &LineSet, open: &LineSet, old: &Receipt) -> Vec<String> {
    let mut unknown = named.clone();
    unknown.remove(rejected);
    let mut closed = named.common(rejected);
    closed.remove(open);
    let mut warnings = Vec::new();
    let (id, unknown, closed) = (old.receipt_id, unknown.len(), closed.len());
    if unknown > 0 {
        warnings.push(format!(
            "{unknown} lines named in _baris were not rejected in receipt {id}: is it the receipt that this file was \
             exported from?"
        ));
    }
    if closed > 0 {
        warnings.push(format!(
            "{closed} lines named in _baris were corrected or given up before: receipt {id} says by what"
        ));
    }
    warnings
}
