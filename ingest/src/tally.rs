//! Adds the chunks of a push up to what its receipt says. The order in which chunks come does not matter.

use crate::{
    check::Checked,
    decode::Summary,
    map::unknown_columns,
    session::Session,
    verdict::{Finding, Findings},
};
use smartcenter_warehouse::{Fault, RECEIPT_FAULTS, Receipt, RowCounts, Status};
use std::collections::BTreeSet;

/// Most warnings of one receipt.
const WARNINGS: usize = 20;

/// Sums over the chunks of a push.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    received: u64,
    rejected: u64,
    faults: Vec<Fault>,
    findings: Findings,
    unknown: BTreeSet<String>,
    /// First chunk that condemns the batch, and why.
    condemned: Option<(usize, String)>,
}

impl Tally {
    /// Adds one chunk.
    pub(crate) fn add(&mut self, chunk: &Checked) {
        self.received += chunk.received;
        self.rejected += chunk.rejected.len() as u64;
        let faults = chunk.rejected.iter().flat_map(|row| &row.faults).take(RECEIPT_FAULTS);
        self.faults.extend(faults.cloned());
        // Stable: the faults of one row stay in the order of its columns.
        self.faults.sort_by_key(|fault| fault.line);
        self.faults.truncate(RECEIPT_FAULTS);
        for (key, found) in &chunk.findings {
            self.findings
                .entry(key.clone())
                .and_modify(|finding| {
                    finding.rows += found.rows;
                    finding.first = finding.first.min(found.first);
                })
                .or_insert_with(|| found.clone());
        }
        self.unknown.extend(chunk.unknown.iter().cloned());
        if let Some(why) = &chunk.condemned
            && self.condemned.as_ref().is_none_or(|(index, _)| chunk.index < *index)
        {
            self.condemned = Some((chunk.index, why.clone()));
        }
    }

    /// Why the whole batch is rejected, if it is. `duplicates` of the rows that passed repeat an earlier one.
    pub(crate) fn condemned(&self, session: &Session, duplicates: u64) -> Option<String> {
        if let Some((_, why)) = &self.condemned {
            return Some(why.clone());
        }
        let left_out = self.rejected + duplicates;
        if left_out > 0 && session.context.is_snapshot() {
            return Some(format!(
                "{left_out} of {} rows cannot be used, and a snapshot must be complete: what it leaves out ends. Fix the \
                 rows and push all of it again",
                self.received
            ));
        }
        let allowed = session.plan.contract.max_rejected;
        (self.rejected > 0 && self.rejected as f64 > allowed * self.received as f64).then(|| {
            format!(
                "{} of {} rows are bad, more than the {}% this contract lets pass: correct the file and send all of it again",
                self.rejected,
                self.received,
                allowed * 100.0
            )
        })
    }

    /// Fills in what `receipt` says about the rows. `duplicates` of the rows that passed repeat an earlier one;
    /// `condemned` is why none of them is accepted, if none is.
    pub(crate) fn complete(
        self,
        receipt: &mut Receipt,
        summary: &Summary,
        duplicates: u64,
        condemned: Option<String>,
        session: &Session,
    ) {
        let rejected = if condemned.is_some() {
            self.received - duplicates
        } else {
            self.rejected
        };
        let accepted = self.received - rejected - duplicates;
        receipt.payload_sha256 = hex::encode(summary.sha256);
        // Append-only: every accepted row is new. What the rows do to keys, only the sequencer can tell.
        let is_keyed = session.plan.contract.is_keyed();
        receipt.rows = RowCounts {
            received: self.received,
            accepted,
            inserted: if is_keyed { 0 } else { accepted },
            duplicate: duplicates,
            rejected,
            ..RowCounts::default()
        };
        receipt.status = match (accepted, rejected) {
            (_, 0) => Status::Accepted,
            (0, _) => Status::Rejected,
            _ => Status::Partial,
        };
        receipt.faults = self.faults;
        if let Some(why) = condemned {
            let fault = Fault {
                line: 1,
                column: None,
                rule: "batch".to_owned(),
                value: None,
                message: why,
            };
            receipt.faults.insert(0, fault);
            receipt.faults.truncate(RECEIPT_FAULTS);
        }
        let unknown: Vec<String> = self.unknown.iter().map(|name| crate::map::show(name)).collect();
        let mut warnings = summary.warnings.clone();
        warnings.extend(unknown_columns(&unknown));
        warnings.extend_from_slice(&session.notes);
        if duplicates > 0 {
            warnings.push(format!(
                "{duplicates} rows repeat an earlier row of this file and were left out"
            ));
        }
        if self.received == 0 {
            warnings.push("the file has a header but no rows".to_owned());
        }
        warnings.extend(
            self.findings
                .iter()
                .map(|((column, rule), finding)| sentence(column, rule, finding)),
        );
        if warnings.len() > WARNINGS {
            let more = warnings.len() - (WARNINGS - 1);
            warnings.truncate(WARNINGS - 1);
            warnings.push(format!("and {more} more warnings"));
        }
        receipt.warnings = warnings;
    }
}

/// The warning about a finding.
pub(crate) fn sentence(column: &str, rule: &str, finding: &Finding) -> String {
    let of = if column.is_empty() {
        String::new()
    } else {
        format!(" of column {column}")
    };
    let Finding { rows, first, message } = finding;
    format!("rule {rule}{of}: {rows} rows, the first on line {first}: {message}")
}
