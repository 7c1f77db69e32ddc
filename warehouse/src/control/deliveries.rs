//! The outbox of messages about alerts. What is here was decided once; what is done stays marked, so that no restart says
//! anything twice. Between a message that left and its mark a crash repeats it: receivers know it by its id.

use super::Control;
use crate::Result;
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row};

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryForm {
    /// By itself.
    Single,
    /// With others that are due at the same time for the same target.
    Digest,
}

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEnd {
    /// The receiver took it.
    Sent,
    /// There was nothing to say any more.
    Dropped,
    /// It was tried for too long.
    Failed,
}

/// A message that shall go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Names it, also to its receiver.
    pub id: String,
    /// The alert.
    pub alert: String,
    /// Stands for an address.
    pub target: String,
    /// How bad the alert is, as a number that grows with it.
    pub severity: u8,
    /// How it goes out.
    pub form: DeliveryForm,
    /// When.
    pub due_at: DateTime<Utc>,
    /// When this was decided.
    pub made_at: DateTime<Utc>,
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What was decided.
    pub new: NewDelivery,
    /// How often it was tried in vain.
    pub attempts: u32,
}

impl Control {
    /// Puts messages into the outbox, all of them or none; those of an alert that the same target was told of, or will be,
    /// as bad as this or worse are passed over. A single message takes the place of the same alert's waiting digest.
    /// Answers how many are new.
    pub fn add_deliveries(&self, new: &[NewDelivery]) -> Result<usize> {
        let mut store = self.store.lock();
        let transaction = store.transaction()?;
        let mut added = 0;
        for one in new {
            let fresh = transaction
                .prepare_cached(
                    "INSERT INTO deliveries (id, alert, target, severity, form, state, due_at, attempts, made_at)
                     SELECT ?1, ?2, ?3, ?4, ?5, 'waiting', ?6, 0, ?7
                     WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE alert = ?2 AND target = ?3 AND severity >= ?4)",
                )?
                .execute((
                    &one.id,
                    &one.alert,
                    &one.target,
                    one.severity,
                    form_name(one.form),
                    one.due_at.timestamp_micros(),
                    one.made_at.timestamp_micros(),
                ))?;
            if fresh > 0 {
                transaction
                    .prepare_cached(
                        "UPDATE deliveries SET state = 'dropped', done_at = ?4
                         WHERE alert = ?1 AND target = ?2 AND severity < ?3 AND state = 'waiting'",
                    )?
                    .execute((&one.alert, &one.target, one.severity, one.made_at.timestamp_micros()))?;
            }
            added += fresh;
        }
        transaction.commit()?;
        Ok(added)
    }

    /// Messages that are due, those first that are due for longest; at most `most`.
    pub fn due_deliveries(&self, now: DateTime<Utc>, most: u32) -> Result<Vec<Delivery>> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached(
            "SELECT id, alert, target, severity, form, due_at, made_at, attempts FROM deliveries
             WHERE state = 'waiting' AND due_at <= ?1 ORDER BY due_at, rowid LIMIT ?2",
        )?;
        let rows = statement.query_map((now.timestamp_micros(), most), delivery)?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// When the next message is due; none when none waits.
    pub fn next_delivery(&self) -> Result<Option<DateTime<Utc>>> {
        let store = self.store.lock();
        let micros: Option<i64> = store
            .prepare_cached("SELECT due_at FROM deliveries WHERE state = 'waiting' ORDER BY due_at LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(micros.map(moment))
    }

    /// Puts messages off; `is_attempt` says that it was tried.
    pub fn postpone_deliveries(&self, ids: &[&str], due_at: DateTime<Utc>, is_attempt: bool) -> Result<()> {
        let mut store = self.store.lock();
        let transaction = store.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE deliveries SET due_at = ?2, attempts = attempts + ?3 WHERE id = ?1")?
                .execute((id, due_at.timestamp_micros(), is_attempt))?;
        }
        Ok(transaction.commit()?)
    }

    /// Marks messages as done. Durable when it returns.
    pub fn end_deliveries(&self, ids: &[&str], end: DeliveryEnd, at: DateTime<Utc>) -> Result<()> {
        let word = match end {
            DeliveryEnd::Sent => "sent",
            DeliveryEnd::Dropped => "dropped",
            DeliveryEnd::Failed => "failed",
        };
        let mut store = self.store.lock();
        let transaction = store.transaction()?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE deliveries SET state = ?2, done_at = ?3 WHERE id = ?1")?
                .execute((id, word, at.timestamp_micros()))?;
        }
        Ok(transaction.commit()?)
    }

    /// Forgets messages that were done before `before`.
    pub fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<()> {
        self.store
            .lock()
            .prepare_cached("DELETE FROM deliveries WHERE state <> 'waiting' AND done_at < ?1")?
            .execute([before.timestamp_micros()])?;
        Ok(())
    }
}

fn delivery(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let form: String = row.get(4)?;
    Ok(Delivery {
        new: NewDelivery {
            id: row.get(0)?,
            alert: row.get(1)?,
            target: row.get(2)?,
            severity: row.get(3)?,
            form: if form == "digest" {
                DeliveryForm::Digest
            } else {
                DeliveryForm::Single
            },
            due_at: moment(row.get(5)?),
            made_at: moment(row.get(6)?),
        },
        attempts: row.get(7)?,
    })
}

fn form_name(form: DeliveryForm) -> &'static str {
    match form {
        DeliveryForm::Single => "single",
        DeliveryForm::Digest => "digest",
    }
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

#[cfg(test)]
mod tests;
