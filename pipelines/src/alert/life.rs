//! What becomes of an alert. People decide, and say why; a computation only opens it, adds evidence to it, or lets it
//! lie. A verdict changes no threshold: verdicts are counted and shown, never learnt from in silence.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// Where an alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nobody has looked yet.
    #[default]
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

/// What happened to an alert: what people did, and what the hub had to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A person took it on.
    Acknowledge,
    /// A person found it true.
    Verify,
    /// A person found it false, or harmless.
    Dismiss,
    /// A person ended it.
    Close,
    /// A person wants to hear of it later.
    Snooze,
    /// The hub: its data were corrected, and nothing unusual is left.
    Withdraw,
    /// The hub: it is part of another alert now.
    Merge,
    /// The hub: what was withdrawn or merged is there again.
    Return,
    /// The hub: evidence came that the verdict did not know of.
    Reopen,
}

impl Deed {
    /// The word in JSON and in the control store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Verify => "verify",
            Self::Dismiss => "dismiss",
            Self::Close => "close",
            Self::Snooze => "snooze",
            Self::Withdraw => "withdraw",
            Self::Merge => "merge",
            Self::Return => "return",
            Self::Reopen => "reopen",
        }
    }
}

impl FromStr for Deed {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [
            Self::Acknowledge,
            Self::Verify,
            Self::Dismiss,
            Self::Close,
            Self::Snooze,
            Self::Withdraw,
            Self::Merge,
            Self::Return,
            Self::Reopen,
        ];
        all.into_iter().find(|deed| deed.as_str() == word).ok_or(())
    }
}

impl From<Action> for Deed {
    fn from(action: Action) -> Self {
        match action {
            Action::Acknowledge => Self::Acknowledge,
            Action::Verify => Self::Verify,
            Action::Dismiss => Self::Dismiss,
            Action::Close => Self::Close,
        }
    }
}

/// One step of an alert's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The alert as it was called then.
    pub alert: String,
    /// Ids of the episodes that it had then.
    pub episodes: Vec<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the key that did it, or of the hub.
    pub by: String,
    /// What was done.
    pub deed: Deed,
    /// Why; what was found.
    pub note: String,
    /// End of a snooze.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<DateTime<Utc>>,
}

/// What the steps of an alert come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Life {
    /// Where people left it.
    stands: State,
    /// The hub ended it.
    withdrawn: bool,
    /// The last verdict: [`State::Verified`] or [`State::Dismissed`].
    pub verdict: Option<State>,
    /// Episodes that the last verdict knew of.
    pub judged: BTreeSet<String>,
    /// Who did the last step: a person, or the hub where it ended the alert.
    pub by: Option<String>,
    /// When a snooze ends or ended.
    pub snoozed_until: Option<DateTime<Utc>>,
}

impl Life {
    /// Takes one more step of the alert that is called `id` now. What the hub ended under another name is not ended here.
    pub fn take(&mut self, id: &str, step: &Step) {
        let action = match step.deed {
            Deed::Acknowledge => Action::Acknowledge,
            Deed::Verify => Action::Verify,
            Deed::Dismiss => Action::Dismiss,
            Deed::Close => Action::Close,
            Deed::Snooze => {
                self.snoozed_until = step.until;
                self.by = Some(step.by.clone());
                return;
            }
            Deed::Withdraw | Deed::Merge | Deed::Return => {
                if step.alert == id {
                    self.withdrawn = step.deed != Deed::Return;
                    self.by = Some(step.by.clone());
                }
                return;
            }
            Deed::Reopen => {
                self.stands = State::Open;
                self.verdict = None;
                self.judged.clear();
                self.by = Some(step.by.clone());
                return;
            }
        };
        // Of alerts that became one, a step of the one may not fit the state of the other.
        if let Ok(next) = self.stands.after(action, &step.note) {
            self.stands = next;
            self.by = Some(step.by.clone());
            if matches!(next, State::Verified | State::Dismissed) {
                self.verdict = Some(next);
                self.judged = step.episodes.iter().cloned().collect();
            }
        }
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        match self.withdrawn {
            true => State::Closed,
            false => self.stands,
        }
    }

    /// Whether the hub ended it.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [
            Self::Open,
            Self::Acknowledged,
            Self::Verified,
            Self::Dismissed,
            Self::Closed,
        ];
        all.into_iter().find(|state| state.as_str() == word).ok_or(())
    }
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
