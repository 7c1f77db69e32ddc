//! What became of rejected rows: by which push they were corrected or replayed, or that somebody gave them up. A
//! rejected row is open until a closing names its line, and is closed once: the first closing counts.

use super::LineSet;
use crate::{KeyName, ReceiptId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What has become of a rejected row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectState {
    /// Nobody did anything about it.
    Open,
    /// A later file brought the row in good order.
    Corrected,
    /// It was sent again, and is rejected again: it is open in the later receipt.
    Superseded,
    /// It was read again under a later contract, or with rules of correction, and is in.
    Replayed,
    /// Somebody decided that it will not be fixed.
    Discarded,
    /// It was open for longer than rejected rows are kept.
    Expired,
}

/// Lines of one receipt that a push, or a person, closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// Whose rejected rows.
    pub receipt_id: ReceiptId,
    /// What became of those in `closed`.
    pub state: RejectState,
    /// Lines that are done with.
    pub closed: LineSet,
    /// Lines that are open in the closing push's own receipt.
    #[serde(default)]
    pub superseded: LineSet,
    /// Who did it.
    pub key: KeyName,
    /// Why, for rows that were given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a receipt says about the rejected rows that its push closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrects {
    /// Whose rejected rows.
    pub receipt_id: ReceiptId,
    /// Rows that are done with.
    pub closed: u64,
    /// Rows that are rejected again, and open in this receipt.
    pub superseded: u64,
    /// Who read the rows again, when it was not the key that had pushed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<KeyName>,
    /// Rows of the file that all this began with: what counts as many bad rows is measured by it.
    #[serde(default)]
    pub of: u64,
}

/// Rejected rows of a receipt by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectCounts {
    /// Nobody did anything about them.
    pub open: u64,
    /// Brought in by a corrected file.
    pub corrected: u64,
    /// Sent again, rejected again, and open in the later receipt.
    pub superseded: u64,
    /// Brought in by a replay.
    pub replayed: u64,
    /// Given up.
    pub discarded: u64,
    /// Open for longer than rejected rows are kept.
    pub expired: u64,
}

/// One closing as the ledger keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// What became of the lines.
    pub state: RejectState,
    /// The lines.
    pub lines: LineSet,
    /// Receipt of the push that closed them; none where they were given up.
    pub closed_by: Option<ReceiptId>,
    /// Who did it.
    pub key: KeyName,
    /// Why, for rows that were given up.
    pub reason: Option<String>,
    /// When.
    pub closed_at: DateTime<Utc>,
}

/// All closings of one receipt, the first one first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Closings {
    /// The closings; no two share a line.
    pub list: Vec<Closed>,
    /// Whether what is still open has expired.
    pub expired: bool,
}

impl RejectState {
    /// Its name in JSON, SQL and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Corrected => "corrected",
            Self::Superseded => "superseded",
            Self::Replayed => "replayed",
            Self::Discarded => "discarded",
            Self::Expired => "expired",
        }
    }

    /// The state called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        use RejectState::{Corrected, Discarded, Expired, Open, Replayed, Superseded};
        [Open, Corrected, Superseded, Replayed, Discarded, Expired]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

impl Closing {
    /// Its parts by state, those without a line left out.
    pub fn parts(&self) -> impl Iterator<Item = (RejectState, &LineSet)> {
        [(self.state, &self.closed), (RejectState::Superseded, &self.superseded)]
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
    }

    /// True when it closes nothing.
    pub fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.superseded.is_empty()
    }
}

impl Closings {
    /// The closing of a line; none while it is not closed.
    pub fn of(&self, line: u64) -> Option<&Closed> {
        self.list.iter().find(|closed| closed.lines.contains(line))
    }

    /// What became of a line.
    pub fn state(&self, line: u64) -> RejectState {
        match self.of(line) {
            Some(closed) => closed.state,
            None if self.expired => RejectState::Expired,
            None => RejectState::Open,
        }
    }

    /// All lines that are closed.
    pub fn lines(&self) -> LineSet {
        let mut all = LineSet::default();
        self.list.iter().for_each(|closed| all.add(&closed.lines));
        all
    }
}

impl RejectCounts {
    /// Adds `rows` that are in `state`.
    pub fn add(&mut self, state: RejectState, rows: u64) {
        let place = match state {
            RejectState::Open => &mut self.open,
            RejectState::Corrected => &mut self.corrected,
            RejectState::Superseded => &mut self.superseded,
            RejectState::Replayed => &mut self.replayed,
            RejectState::Discarded => &mut self.discarded,
            RejectState::Expired => &mut self.expired,
        };
        *place += rows;
    }

    /// Rows that are neither open nor expired.
    pub fn closed(&self) -> u64 {
        self.corrected + self.superseded + self.replayed + self.discarded
    }
}
