//! What people do with alerts: each act is a step that is kept first, and brings the table up to date.

use super::{
    Alert, TABLE,
    engine::Alerts,
    life::{Action, Deed, State, Step},
    table,
};
use crate::model::rows;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    Error, Result,
    control::{KeptSuppression, Suppression},
};

/// What is asked of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// See [`Action::Acknowledge`].
    Acknowledge,
    /// See [`Action::Verify`].
    Verify,
    /// See [`Action::Dismiss`].
    Dismiss,
    /// See [`Action::Close`].
    Close,
    /// Nobody is to be told before this moment; a moment that is over ends a snooze.
    Snooze(DateTime<Utc>),
}

/// What an act came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    /// The alert as it is now. It has another id where it became part of another one meanwhile.
    pub alert: Alert,
    /// The step that was kept.
    pub step: Step,
}

impl Asked {
    fn action(self) -> Option<Action> {
        match self {
            Self::Acknowledge => Some(Action::Acknowledge),
            Self::Verify => Some(Action::Verify),
            Self::Dismiss => Some(Action::Dismiss),
            Self::Close => Some(Action::Close),
            Self::Snooze(_) => None,
        }
    }
}

impl Alerts {
    /// Does what `by`, the name of a key, asks of the alert `id`. Durable and visible when it returns.
    ///
    /// # Errors
    /// `NotFound` for an alert that is not there, `Conflict` for what its state does not allow, `Invalid` without a note
    /// where one is needed. Whether `by` may do so is for the caller to decide.
    pub async fn act(&self, id: &str, asked: Asked, note: &str, by: &str) -> Result<Acted> {
        let mut work = self.work.lock().await;
        let alert = self.held(id).await?;
        let memory = self.memory()?;
        let state = memory.life(id, &memory.known(alert.episodes())).state();
        let (deed, until) = match asked {
            Asked::Snooze(_) if state == State::Closed => {
                return Err(Error::conflict(
                    "the alert is closed: there is nothing to be told of it",
                ));
            }
            Asked::Snooze(until) => (Deed::Snooze, Some(until)),
            _ => (asked.action().map_or(Deed::Acknowledge, Deed::from), None),
        };
        if let Some(action) = asked.action() {
            state.after(action, note).map_err(|refused| {
                // With a note it would have been allowed: what is wrong is the request, not the state.
                match state.after(action, "-").is_ok() {
                    true => Error::invalid(refused.to_string()),
                    false => Error::conflict(refused.to_string()),
                }
            })?;
        }
        let step = Step {
            alert: id.to_owned(),
            episodes: alert.episodes(),
            at: self.warehouse.clock().now(),
            by: by.to_owned(),
            deed,
            note: note.trim().to_owned(),
            until,
        };
        self.warehouse.control().add_alert_step(&step.kept())?;
        self.bring(&mut work).await?;
        Ok(Acted {
            alert: self.held(id).await?,
            step,
        })
    }

    /// Keeps that nobody is to be told of an indicator, a unit or both for a while, and brings the table up to date; answers
    /// the number that lifts it.
    ///
    /// # Errors
    /// `Invalid` for one that names neither, gives no reason, or ends in the past.
    pub async fn suppress(&self, suppression: &Suppression) -> Result<i64> {
        let mut work = self.work.lock().await;
        let n = self.warehouse.control().suppress(suppression)?;
        self.bring(&mut work).await?;
        Ok(n)
    }

    /// Ends a suppression before its time, and brings the table up to date. False where there is none of this number that
    /// was not lifted before.
    ///
    /// # Errors
    /// What the lake fails with.
    pub async fn lift(&self, n: i64, by: &str) -> Result<bool> {
        let mut work = self.work.lock().await;
        let now = self.warehouse.clock().now();
        let is_lifted = self.warehouse.control().lift_suppression(n, by, now)?;
        if is_lifted {
            self.bring(&mut work).await?;
        }
        Ok(is_lifted)
    }

    /// The hub's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.warehouse.clock().now()
    }

    /// All suppressions, oldest first, also those that are over.
    pub fn suppressions(&self) -> Result<Vec<KeptSuppression>> {
        self.warehouse.control().suppressions()
    }

    /// What happened to an alert, oldest first, under whatever name: what people did, and what the hub had to say.
    ///
    /// # Errors
    /// `NotFound` for an alert that is not there.
    pub async fn history(&self, id: &str) -> Result<Vec<Step>> {
        let alert = self.held(id).await?;
        let memory = self.memory()?;
        let ids = memory.known(alert.episodes());
        Ok(memory.steps(&ids).cloned().collect())
    }

    /// An alert as the table holds it. The policy of the table is not asked: whoever may read it, has.
    ///
    /// # Errors
    /// `NotFound` for an alert that is not there.
    pub async fn held(&self, id: &str) -> Result<Alert> {
        let missing = || Error::not_found(format!("there is no alert {id}"));
        let is_id = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let cut = self.warehouse.reader()?;
        if !is_id || cut.contract(TABLE).is_none() {
            return Err(missing());
        }
        let sql = table::select_one(id);
        let rows = rows(&cut, cut.plan(&sql).await?).await?;
        let mut found = rows.iter().map(table::alerts).collect::<Result<Vec<_>>>()?.concat();
        found.pop().ok_or_else(missing)
    }
}
