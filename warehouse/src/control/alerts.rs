//! What people decided about alerts. The rows of `mart.alert` are worked out from flags and from these steps, so that the
//! steps survive whatever becomes of the rows.

use super::Control;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use rusqlite::Row;

/// One step of an alert's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertStep {
    /// The alert as it was called then.
    pub alert: String,
    /// Ids of the episodes that it had then.
    pub episodes: Vec<String>,
    /// When, to the microsecond.
    pub at: DateTime<Utc>,
    /// Name of the key that did it, or of the hub.
    pub by: String,
    /// A word of the alert engine.
    pub action: String,
    /// Why; what was found.
    pub note: String,
    /// End of a snooze.
    pub until: Option<DateTime<Utc>>,
}

/// Of what nobody is told until a moment: an indicator, a unit, or one indicator at one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Slug of the indicator; none for all.
    pub indicator: Option<String>,
    /// Code of the unit; none for all.
    pub unit: Option<String>,
    /// Its end, to the microsecond.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: String,
    /// Name of the key that asked for it.
    pub by: String,
    /// When it was asked for, to the microsecond.
    pub at: DateTime<Utc>,
}

/// A suppression that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSuppression {
    /// Its number.
    pub n: i64,
    /// What it says.
    pub suppression: Suppression,
    /// When and by whom it was lifted before its end.
    pub lifted: Option<(DateTime<Utc>, String)>,
}

impl Control {
    /// Keeps steps, all of them or none. Durable when it returns.
    pub fn add_alert_steps(&self, steps: &[AlertStep]) -> Result<()> {
        let mut store = self.store.lock();
        let transaction = store.transaction()?;
        for step in steps {
            let episodes = serde_json::to_string(&step.episodes)
                .map_err(|source| Error::internal("the episodes of an alert cannot be written", source))?;
            transaction
                .prepare_cached(
                    "INSERT INTO alert_steps (alert, episodes, at, by, action, note, until)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute((
                    &step.alert,
                    episodes,
                    step.at.timestamp_micros(),
                    &step.by,
                    &step.action,
                    &step.note,
                    step.until.map(|until| until.timestamp_micros()),
                ))?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Keeps one step.
    pub fn add_alert_step(&self, step: &AlertStep) -> Result<()> {
        self.add_alert_steps(std::slice::from_ref(step))
    }

    /// All steps, oldest first. Costs a read of all of them.
    pub fn alert_steps(&self) -> Result<Vec<AlertStep>> {
        let store = self.store.lock();
        let mut statement =
            store.prepare_cached("SELECT alert, episodes, at, by, action, note, until FROM alert_steps ORDER BY n")?;
        let rows = statement.query_map([], |row| Ok((step(row)?, row.get::<_, String>(1)?)))?;
        rows.map(|row| {
            let (step, episodes) = row?;
            let episodes = serde_json::from_str(&episodes)
                .map_err(|source| Error::internal(format!("a step of alert {} is not readable", step.alert), source))?;
            Ok(AlertStep { episodes, ..step })
        })
        .collect()
    }

    /// Keeps a suppression; answers its number.
    ///
    /// # Errors
    /// `Invalid` for one that names neither an indicator nor a unit, gives no reason, or ends before it begins.
    pub fn suppress(&self, suppression: &Suppression) -> Result<i64> {
        let Suppression {
            indicator,
            unit,
            until,
            reason,
            by,
            at,
        } = suppression;
        if indicator.is_none() && unit.is_none() {
            return Err(Error::invalid(
                "a suppression names an indicator, a unit, or both: nobody may silence everything",
            ));
        }
        if reason.trim().is_empty() {
            return Err(Error::invalid("a suppression needs a reason: say why in a sentence"));
        }
        if until <= at {
            return Err(Error::invalid("a suppression ends in the future: give a later `until`"));
        }
        let store = self.store.lock();
        store
            .prepare_cached(
                "INSERT INTO alert_suppressions (indicator, unit, until, reason, by, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                indicator,
                unit,
                until.timestamp_micros(),
                reason,
                by,
                at.timestamp_micros(),
            ))?;
        Ok(store.last_insert_rowid())
    }

    /// Ends a suppression before its time; false when there is none of this number, or it was lifted already.
    pub fn lift_suppression(&self, n: i64, by: &str, at: DateTime<Utc>) -> Result<bool> {
        let changed = self
            .store
            .lock()
            .prepare_cached(
                "UPDATE alert_suppressions SET lifted_at = ?2, lifted_by = ?3 WHERE n = ?1 AND lifted_at IS NULL",
            )?
            .execute((n, at.timestamp_micros(), by))?;
        Ok(changed > 0)
    }

    /// All suppressions, also those that are over, oldest first.
    pub fn suppressions(&self) -> Result<Vec<KeptSuppression>> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached(
            "SELECT n, indicator, unit, until, reason, by, at, lifted_at, lifted_by FROM alert_suppressions ORDER BY n",
        )?;
        let rows = statement.query_map([], kept)?;
        rows.map(|row| Ok(row?)).collect()
    }

    /// A number that changes whenever a step or a suppression is kept or lifted.
    pub fn alert_revision(&self) -> Result<i64> {
        let store = self.store.lock();
        let mut statement = store.prepare_cached(
            "SELECT (SELECT ifnull(max(n), 0) FROM alert_steps)
                  + (SELECT count(*) + count(lifted_at) FROM alert_suppressions)",
        )?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

fn step(row: &Row<'_>) -> rusqlite::Result<AlertStep> {
    Ok(AlertStep {
        alert: row.get(0)?,
        episodes: Vec::new(),
        at: moment(row.get(2)?),
        by: row.get(3)?,
        action: row.get(4)?,
        note: row.get(5)?,
        until: row.get::<_, Option<i64>>(6)?.map(moment),
    })
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptSuppression> {
    let lifted_at: Option<i64> = row.get(7)?;
    Ok(KeptSuppression {
        n: row.get(0)?,
        suppression: Suppression {
            indicator: row.get(1)?,
            unit: row.get(2)?,
            until: moment(row.get(3)?),
            reason: row.get(4)?,
            by: row.get(5)?,
            at: moment(row.get(6)?),
        },
        lifted: match lifted_at {
            Some(at) => Some((moment(at), row.get::<_, Option<String>>(8)?.unwrap_or_default())),
            None => None,
        },
    })
}

fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}
