//! What was found wrong while a chunk was typed and checked, row by row. Rows that fail go to quarantine, `warn`
//! findings are only counted, and one `reject_batch` failure condemns the whole push.

use smartcenter_warehouse::{Fault, contract::OnFailure};
use std::{collections::BTreeMap, sync::Arc};

/// Longest value that a fault repeats, in characters; the quarantined row itself is kept whole.
const LONGEST_VALUE: usize = 500;

/// One fault of one row.
#[derive(Debug)]
pub(crate) struct RowFault {
    /// Row of the frame.
    pub row: usize,
    column: Option<Arc<str>>,
    rule: String,
    value: Option<String>,
    message: String,
}

impl RowFault {
    /// The fault as the sender sees it.
    pub(crate) fn on_line(self, line: u64) -> Fault {
        let column = self.column.map(|name| name.to_string());
        Fault {
            line,
            column,
            rule: self.rule,
            value: self.value,
            message: self.message,
        }
    }
}

/// Findings of one rule that did not stop a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// How many rows.
    pub rows: u64,
    /// Row of the frame, later line of the payload, of the first.
    pub first: u64,
    /// What is wrong.
    pub message: String,
}

/// Findings by column and rule.
pub(crate) type Findings = BTreeMap<(String, String), Finding>;

/// The verdicts on the rows of a frame.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    /// True for a row that is not accepted; empty while all are.
    bad: Vec<bool>,
    /// True for a row that deletes its key; empty while none does.
    deletions: Vec<bool>,
    /// Whether what is judged just now does not concern deletions.
    spares_deletions: bool,
    rows: usize,
    faults: Vec<RowFault>,
    findings: Findings,
    /// Sentence of the first `reject_batch` failure.
    batch: Option<String>,
}

impl Verdicts {
    /// All rows good.
    pub(crate) fn new(rows: usize) -> Self {
        Self {
            rows,
            ..Self::default()
        }
    }

    /// Tells which rows delete their key.
    pub(crate) fn set_deletions(&mut self, deletions: Vec<bool>) {
        self.deletions = deletions;
    }

    /// Whether `row` deletes its key.
    pub(crate) fn is_deletion(&self, row: usize) -> bool {
        self.deletions.get(row).copied().unwrap_or(false)
    }

    /// Whether failures of deletions count from here on: a deletion has to have a sound key, not a sound row.
    pub(crate) fn spare_deletions(&mut self, spare: bool) {
        self.spares_deletions = spare;
    }

    /// Notes that `row` fails `rule`; what follows is `action`.
    #[cold]
    pub(crate) fn fail(
        &mut self,
        row: usize,
        column: Option<(usize, &Arc<str>)>,
        rule: &str,
        action: OnFailure,
        value: Option<&str>,
        message: impl FnOnce() -> String,
    ) {
        if self.spares_deletions && self.is_deletion(row) {
            return;
        }
        let name = column.map(|(_, name)| name.clone());
        if action == OnFailure::Warn {
            let key = (name.map(|n| n.to_string()).unwrap_or_default(), rule.to_owned());
            let finding = self.findings.entry(key).or_insert_with(|| Finding {
                rows: 0,
                first: row as u64,
                message: message(),
            });
            finding.rows += 1;
            finding.first = finding.first.min(row as u64);
            return;
        }
        if self.bad.is_empty() {
            self.bad = vec![false; self.rows];
        }
        if let Some(bad) = self.bad.get_mut(row) {
            *bad = true;
        }
        let message = message();
        if action == OnFailure::RejectBatch && self.batch.is_none() {
            let of = name.as_ref().map(|n| format!(" of column {n}")).unwrap_or_default();
            self.batch = Some(format!("rule {rule}{of} rejects the whole batch: {message}"));
        }
        let value = value.map(|v| v.chars().take(LONGEST_VALUE).collect());
        self.faults.push(RowFault {
            row,
            column: name,
            rule: rule.to_owned(),
            value,
            message,
        });
    }

    /// Whether `row` is not accepted.
    pub(crate) fn is_bad(&self, row: usize) -> bool {
        self.bad.get(row).copied().unwrap_or(false)
    }

    /// Whether any row is not accepted.
    pub(crate) fn any_bad(&self) -> bool {
        !self.bad.is_empty()
    }

    /// Faults by row, findings, and why the batch as a whole is rejected, if it is.
    pub(crate) fn into_parts(mut self) -> (Vec<RowFault>, Findings, Option<String>) {
        // Columns were judged one after another; a row's faults belong together, in the order of the columns.
        self.faults.sort_by_key(|fault| fault.row);
        (self.faults, self.findings, self.batch)
    }
}
