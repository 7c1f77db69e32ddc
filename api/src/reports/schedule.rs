//! The briefing that makes itself: on Monday morning for the week that is over, and after a start that comes later.

use crate::{deliver::DayTime, state::Hub};
use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};
use smartcenter_pipelines::report::{Week, in_wib};
use smartcenter_warehouse::{Result, Seq};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(5);
/// Data that come in just now are waited for: nothing new for so long ...
const QUIET: Duration = Duration::from_secs(60);
/// ... but no longer than this.
const PATIENCE: Duration = Duration::from_secs(1800);
/// What could not be made, or would have been empty, is tried again after this, or when something new came in.
const AGAIN: Duration = Duration::from_secs(600);

/// The setting `report`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Whether the briefing of a week makes itself once it is over.
    pub weekly: bool,
    /// Time of the Monday, in western Indonesia, from which on it is made.
    pub at: DayTime,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            weekly: true,
            at: DayTime(NaiveTime::from_hms_opt(6, 0, 0).unwrap_or_default()),
        }
    }
}

impl Config {
    /// The newest week whose briefing is due at `now`.
    pub(super) fn due(&self, now: DateTime<Utc>) -> Week {
        let local = in_wib(now);
        let minutes = |hour: u32, minute: u32| hour * 60 + minute;
        let early = local.weekday() == Weekday::Mon
            && minutes(local.hour(), local.minute()) < minutes(self.at.0.hour(), self.at.0.minute());
        let last = Week::last_over(now);
        if early { last.before() } else { last }
    }
}

/// How patient it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub look: Duration,
    pub quiet: Duration,
}

/// The schedule while it runs. Dropping it ends the work at once; an issue that is being written is whole or not there.
#[derive(Debug)]
pub struct Schedule {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Schedule {
    /// Starts it; none where the settings say so.
    pub fn start(hub: Arc<Hub>, config: Config) -> Option<Self> {
        let pace = Pace {
            look: LOOK,
            quiet: QUIET,
        };
        Self::at_pace(hub, config, pace)
    }

    pub(super) fn at_pace(hub: Arc<Hub>, config: Config, pace: Pace) -> Option<Self> {
        if !config.weekly {
            return None;
        }
        let stop = CancellationToken::new();
        let task = tokio::spawn(follow(hub, config, pace, stop.clone()));
        Some(Self { stop, task })
    }

    /// Ends the work.
    pub async fn stop(mut self) {
        self.stop.cancel();
        // A panic there was told by the runtime.
        let _ = tokio::time::timeout(Duration::from_secs(5), &mut self.task).await;
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}

async fn follow(hub: Arc<Hub>, config: Config, pace: Pace, stop: CancellationToken) {
    let mut quiet = Quiet::of(hub.warehouse.view().visible_seq);
    let mut rests: Option<(Instant, Seq)> = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pace.look) => {}
        }
        quiet.note(hub.warehouse.view().visible_seq);
        let week = config.due(hub.warehouse.clock().now());
        if rests.is_some_and(|(until, seq)| Instant::now() < until && seq == quiet.seq) {
            continue;
        }
        match has_final(&hub, week).await {
            Ok(true) => {
                quiet.waits = None;
                continue;
            }
            Ok(false) if !quiet.is_over(pace.quiet) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "The archive of briefings cannot be read."),
        }
        rests = match make(&hub, week).await {
            Ok(true) => None,
            Ok(false) => Some((Instant::now() + AGAIN, quiet.seq)),
            Err(error) => {
                tracing::warn!(%error, cause = ?std::error::Error::source(&error), %week, "The weekly briefing could not be made.");
                Some((Instant::now() + AGAIN, quiet.seq))
            }
        };
    }
}

/// Makes the briefing of a week. The one before is looked at again: late data may have moved it. False where there is
/// nothing to tell of yet.
async fn make(hub: &Arc<Hub>, week: Week) -> Result<bool> {
    if Box::pin(hub.reports.draft(hub, week)).await?.is_empty() {
        return Ok(false);
    }
    let earlier = week.before();
    if has_final(hub, earlier).await? {
        let again = Box::pin(hub.reports.make(hub, earlier)).await?;
        if again.is_new {
            tracing::info!(week = %earlier, version = again.report.version, "Late data: the briefing was issued anew.");
        }
    }
    let issued = Box::pin(hub.reports.make(hub, week)).await?;
    tracing::info!(%week, version = issued.report.version, "The weekly briefing was issued.");
    Ok(true)
}

/// Whether the week has an issue that was made when it was over.
async fn has_final(hub: &Arc<Hub>, week: Week) -> Result<bool> {
    let archive = hub.reports.archive().clone();
    let look = move || match archive.versions(week)?.last() {
        Some(version) => Ok(!archive.report(week, Some(*version))?.in_progress),
        None => Ok(false),
    };
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map_err(|error| smartcenter_warehouse::Error::internal("the archive could not be read", error))?
}

/// Since when nothing new came in, and since when that is waited for.
struct Quiet {
    seq: Seq,
    since: Instant,
    waits: Option<Instant>,
}

impl Quiet {
    fn of(seq: Seq) -> Self {
        Self {
            seq,
            since: Instant::now(),
            waits: None,
        }
    }

    fn note(&mut self, seq: Seq) {
        if seq != self.seq {
            self.seq = seq;
            self.since = Instant::now();
        }
    }

    fn is_over(&mut self, long: Duration) -> bool {
        let waits = *self.waits.get_or_insert_with(Instant::now);
        self.since.elapsed() >= long || waits.elapsed() >= PATIENCE
    }
}
