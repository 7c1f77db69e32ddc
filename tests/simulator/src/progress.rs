//! What the demo tells a person who watches it, step by step.

use crate::{correction::Corrected, door::Answer};
use chrono::NaiveDate;
use std::time::Duration;

/// What the demo is doing, for a person who watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// The plan is made.
    Planned {
        /// Seed of the world.
        seed: u64,
        /// Schools.
        schools: usize,
        /// First day of the history.
        from: NaiveDate,
        /// Day whose reports come live.
        live_day: NaiveDate,
        /// Payloads that the hub has receipts for.
        held: usize,
        /// Files of the history, those that the hub has among them.
        files: usize,
    },
    /// A reference dataset or a file of the history went in.
    File {
        /// Dataset.
        dataset: &'static str,
        /// File name.
        name: String,
        /// Files pushed so far, reference data not counted.
        done: usize,
        /// Files of the history.
        files: usize,
        /// What the hub said.
        answer: Answer,
    },
    /// The hub has this file already.
    Skipped {
        /// Files done so far.
        done: usize,
        /// Files of the history.
        files: usize,
    },
    /// All history is in; live rows follow.
    HistoryDone {
        /// Totals so far.
        summary: DemoSummary,
    },
    /// A file was corrected, and the old one sent again.
    Corrected(Corrected),
    /// A live push went in.
    Live {
        /// Dataset.
        dataset: &'static str,
        /// Who or what it is about.
        name: String,
        /// What the hub said.
        answer: Answer,
    },
    /// Nothing is left to send until the next day.
    Idle,
    /// The hub asks for patience or does not answer.
    Waiting {
        /// For how long.
        wait: Duration,
        /// Why.
        reason: String,
    },
    /// Something is not as it should be; the demo goes on.
    Warning(String),
}

/// Totals of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DemoSummary {
    /// Pushes that the hub answered.
    pub pushes: u64,
    /// Of these, live ones.
    pub live_pushes: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows in quarantine.
    pub rejected: u64,
    /// Pushes the hub had already.
    pub replayed: u64,
    /// Pushes refused as a whole.
    pub refused: u64,
}
