//! Alerts on their way to those who are to know: programs by signed webhook, people by mail.
//!
//! What goes out is decided from `mart.alert` as it stands, not from events: who was off for a day misses nothing. Each
//! decision is kept in the outbox of the control store before anything is sent, and marked when the receiver took it, so
//! that every message goes out at least once and no restart repeats one that was taken. Nothing personal leaves: messages
//! hold what an alert's sentence says, never notes or names of keys, and long runs of digits are covered.

mod address;
mod config;
mod mail;
mod message;
mod outbox;
#[cfg(test)]
mod tests;
mod webhook;

pub use address::{Address, DayTime, Host, Route, Url};
pub use config::{Config, Deliver, Mail, Secret, Security, Webhook};

use crate::{alert_row::ALERT, state::Hub};
use chrono::{DateTime, Utc};
use mail::Mailer;
use smartcenter_warehouse::Result;
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;
use webhook::Hooks;

/// How often the alerts are looked at for a change.
const LOOK: Duration = Duration::from_secs(1);
/// They are read at least so often: an alert may be told of because time went by.
const READ: Duration = Duration::from_secs(60);
/// Longest wait of an end for a message that is being sent.
const GRACE: Duration = Duration::from_secs(5);

/// What tells of alerts.
#[derive(Debug)]
pub struct Courier {
    config: Config,
    hooks: Option<Hooks>,
    mailer: Option<Mailer>,
}

impl Courier {
    /// Gets everything ready that the settings name; none where nobody is to be told.
    ///
    /// # Errors
    /// `Invalid` for files that cannot be read, certificates that are none.
    pub fn new(config: Config) -> Result<Option<Self>> {
        if config.is_silent() {
            return Ok(None);
        }
        Ok(Some(Self {
            hooks: Hooks::new(&config.webhook)?,
            mailer: Mailer::new(&config.mail)?,
            config,
        }))
    }

    /// Tells of alerts until it is stopped.
    pub fn start(self, hub: Arc<Hub>) -> Delivering {
        let stop = CancellationToken::new();
        let task = tokio::spawn(self.follow(hub, stop.clone()));
        Delivering { stop, task }
    }

    async fn follow(self, hub: Arc<Hub>, stop: CancellationToken) {
        let mut read: Option<(Option<DateTime<Utc>>, Instant)> = None;
        loop {
            let arrived = hub.warehouse.arrivals().get(ALERT).copied();
            if read.is_none_or(|(then, at)| then != arrived || at.elapsed() >= READ) {
                match self.decide(&hub).await {
                    Ok(_) => read = Some((arrived, Instant::now())),
                    Err(problem) => tracing::warn!(
                        cause = crate::log::scrub(problem.detail()),
                        "Alerts could not be read for their messages."
                    ),
                }
            }
            // One message after the other; a stop waits for the one that is under way.
            if let Err(error) = self.send_due(&hub, &stop).await {
                tracing::warn!(%error, "The outbox of messages could not be read.");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(LOOK) => {}
            }
        }
    }
}

/// A running [`Courier`]. Dropping it ends the work at once; what waits goes out after the next start.
#[derive(Debug)]
pub struct Delivering {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Delivering {
    /// Ends the work; a message that is being sent gets a moment to be taken.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A panic there was told by the runtime.
        let _ = tokio::time::timeout(GRACE, &mut self.task).await;
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}
