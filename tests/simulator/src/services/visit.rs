//! A visit of one person to one site: how somebody came, and what came of it.

use crate::dice::Dice;
use chrono::{NaiveDate, NaiveDateTime};

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channel {
    Online,
    WalkIn,
    Kiosk,
    Staff,
}

impl Channel {
    /// The word used in the data.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Online => "daring",
            Self::WalkIn => "langsung",
            Self::Kiosk => "kios",
            Self::Staff => "petugas",
        }
    }
}

/// What becomes of a visit before it is served.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Turnout {
    /// Comes and waits.
    Comes,
    /// Comes, but is gone when called.
    Leaves,
    /// Cancels the booking this many hours after it.
    Cancels(u32),
    /// Neither comes nor cancels.
    Forgets,
}

/// What the counter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Incomplete,
    Refused,
    /// Sent on to another counter, whose service (position) is the one that was needed.
    Transferred(usize),
}

/// One visit of one person to one site.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visit {
    /// Names the matter; equal for its visits.
    pub(crate) matter: u64,
    /// Position of the service.
    pub(crate) service: usize,
    pub(crate) day: NaiveDate,
    /// Day of the first visit of the matter.
    pub(crate) since: NaiveDate,
    /// Position of the village where the visitor lives.
    pub(crate) village: usize,
    /// 1 for the first visit of the matter.
    pub(crate) number: u32,
    pub(crate) channel: Channel,
    /// Old, disabled or pregnant people go first.
    pub(crate) priority: Option<&'static str>,
    pub(crate) age: u32,
    /// Second of the local day at which the person is there.
    pub(crate) arrives: i64,
    /// When it was booked, and for which half hour.
    pub(crate) booked: Option<(NaiveDateTime, NaiveDateTime)>,
    pub(crate) turnout: Turnout,
    pub(crate) outcome: Outcome,
    /// Seconds at the counter.
    pub(crate) takes: i64,
    /// Seconds after which the person goes home unserved.
    pub(crate) patience: i64,
}

impl Visit {
    /// True when a world that shows `share` of all tickets shows this one.
    pub(crate) fn is_shown(&self, share: f64) -> bool {
        Dice::of(self.matter, [711, 0, 0]).unit() < share
    }

    /// Dice of this visit for the purpose of that number.
    pub(crate) fn dice(&self, purpose: u64) -> Dice {
        Dice::of(self.matter, [purpose, u64::from(self.number), 1])
    }
}
