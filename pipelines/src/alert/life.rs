//! What becomes of an alert. People decide, and say why; a computation only opens it, adds evidence to it, or lets it
//! lie. A verdict changes no threshold: verdicts are counted and shown, never learnt from in silence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has looked yet.
    Open,
    /// Somebody is looking.
    Acknowledged,
    /// Checked: it is true.
    Verified,
    /// Checked: it is not.
    Dismissed,
    /// Over.
    Closed,
}

/// What a person does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Takes it on.
    Acknowledge,
    /// Finds it true.
    Verify,
    /// Finds it false, or harmless.
    Dismiss,
    /// Ends it.
    Close,
}

/// One step of an alert's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the key that did it.
    pub by: String,
    /// What was done.
    pub action: Action,
    /// Why; what was found.
    pub note: String,
}

/// Why an action is refused. Lower-case, names the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl State {
    /// The word in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Verified => "verified",
            Self::Dismissed => "dismissed",
            Self::Closed => "closed",
        }
    }

    /// The state after `action`. A verdict may be corrected until the alert is closed; verdicts and ends need a note.
    ///
    /// # Errors
    /// An action that does not fit, or lacks its note.
    pub fn after(self, action: Action, note: &str) -> Result<Self, Refused> {
        let next = match (self, action) {
            (Self::Closed, _) => {
                return Err(Refused(
                    "the alert is closed: what happens from now on opens a new one".to_owned(),
                ));
            }
            (Self::Open, Action::Acknowledge) => Self::Acknowledged,
            (_, Action::Acknowledge) => {
                return Err(Refused(format!("the alert is {} already", self.as_str())));
            }
            (_, Action::Verify) => Self::Verified,
            (_, Action::Dismiss) => Self::Dismissed,
            (Self::Verified | Self::Dismissed, Action::Close) => Self::Closed,
            (_, Action::Close) => {
                return Err(Refused(
                    "the alert has no verdict yet: verify or dismiss it before closing it".to_owned(),
                ));
            }
        };
        if action != Action::Acknowledge && note.trim().is_empty() {
            return Err(Refused(
                "a note is needed: say what was found, in a sentence".to_owned(),
            ));
        }
        Ok(next)
    }
}
