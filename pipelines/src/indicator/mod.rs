//! Indicators: every series that is watched, with what was expected of each point and whether it is unusual.
//!
//! An indicator is a file: a header that says how it is judged ([`Indicator`]), and a SELECT that gives `unit`, `tanggal`
//! and `nilai`. The judge is pure: rows, calendar and a chunk of days in, judged points out.
//!
//! ```text
//! rows ──▶ panel (every unit on every day that is due; missing, masked, closed are told apart)
//!      ──▶ judge (method by unit or group) ──▶ settle (floors, severity, words) ──▶ rule ──▶ rows of the chunk
//! ```
//! Invariants, held by `tests/`: a point's verdict depends on its own day and on days before it, within `lookback` of its
//! chunk, and on nothing else; the order of rows does not matter; a missing report is never a zero; the value of a masked
//! day influences nothing.

mod chart;
mod cluster;
mod columns;
mod days;
mod given;
mod group;
mod header;
mod judge;
mod line;
mod lower;
mod method;
mod output;
mod panel;
mod parse;
mod periods;
mod pooled;
mod possible;
mod rule;
mod sentence;
mod settle;
mod single;
#[cfg(test)]
mod tests;
mod together;
mod whole;

pub use days::Days;
pub use header::{Calendar, Direction, Evidence, Floor, Grain, Level, Levels, Rule, Texts};
pub use method::Detector;
pub use sentence::Template;

use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use chrono::NaiveDate;
use columns::Columns;
use given::Given;
use smartcenter_warehouse::{Error, Result};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// An indicator, as its header says it; what it shares with models (title, owner, sources, access) is in theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator {
    /// Name of its file.
    pub slug: String,
    /// Digest of the file, twelve characters.
    pub version: String,
    /// Word for one series, Indonesian.
    pub unit: String,
    /// The same, English.
    pub unit_en: String,
    /// Family of its false discoveries, and in links.
    pub family: String,
    /// What one point is.
    pub grain: Grain,
    /// Which days have one.
    pub calendar: Calendar,
    /// What is worth an alarm.
    pub direction: Direction,
    /// How it is judged.
    pub detector: Detector,
    /// Days before a chunk that the judge is given.
    pub lookback: u32,
    /// Less is no alarm.
    pub floor: Floor,
    /// How bad an alarm is.
    pub severity: Levels,
    /// A fixed rule beside the statistics.
    pub rule: Option<Rule>,
    /// Days that are in no baseline and not judged, by the words of the calendar and of the row's `masker`.
    pub masks: Vec<String>,
    /// Whether its p-values take part in the control of the family's false discoveries.
    pub tests: bool,
    /// Families that are evidence.
    pub links: Vec<Evidence>,
    /// What is said of an alarm.
    pub explanation: Option<Texts>,
    /// What is to be done first.
    pub action: Option<Texts>,
    /// The mart table with the counts that say why.
    pub attribution: Option<String>,
    /// Whether it raises alerts.
    pub alerts: bool,
    /// Line of each key in the file.
    pub lines: BTreeMap<String, usize>,
}

impl Indicator {
    /// The columns of its table, from those that its SELECT gives: these first, in their order.
    ///
    /// # Errors
    /// A sentence for everything that is wrong: columns that are missing or of another type, a rule that cannot be
    /// planned, a text that names what is not there.
    pub fn output_schema(&self, given: &Schema) -> Result<SchemaRef, Vec<String>> {
        Columns::of(given, self).map(|columns| columns.output)
    }

    /// Judges the points of `chunk`. `rows` are those of the SELECT from [`Indicator::past_of`] the chunk to its end, in
    /// any order and any batches; `calendar` is the whole one. Gives rows of [`Indicator::output_schema`], by unit and
    /// day: those of the chunk, and one for each point that is due and missing, from a unit's first row to the newest day
    /// of any. Of no batches at all nothing is known but that there are no rows: then only columns that all indicators
    /// have are given, and no row.
    ///
    /// Cost: linear in units times days for methods of single series; see the benchmarks.
    ///
    /// # Errors
    /// `Invalid` for columns that do not fit, two rows of a unit on one day, a day that does not end its week or month, and
    /// a rule that cannot be worked out.
    pub fn judge(
        &self,
        rows: &[RecordBatch],
        calendar: &Days,
        chunk: &RangeInclusive<NaiveDate>,
    ) -> Result<RecordBatch> {
        let Some(given) = rows.first().map(RecordBatch::schema) else {
            return Ok(RecordBatch::new_empty(Columns::least()));
        };
        let columns = Columns::of(&given, self).map_err(|wrong| Error::invalid(wrong.join("; ")))?;
        let given = Given::of(&columns, rows, &self.span(chunk))?;
        let units = panel::units(self, &given, calendar, chunk)?;
        let settled = judge::all(self, &given, &units, *chunk.start());
        output::batch(self, &columns, &given, &units, &settled)
    }
}
