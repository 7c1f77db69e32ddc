//! The day that is lived: the pushes of all feeds by time of day. Invariant: nothing is sent before its time has come.

use crate::{Result, World, feed, feed::Timed};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use std::time::Duration;

/// Local time of the regency (UTC+7, no summer time).
pub(crate) fn local(now: DateTime<Utc>) -> NaiveDateTime {
    (now + TimeDelta::hours(7)).naive_utc()
}

/// The day whose reports come live at `now`: today from 06.30 WIB on, else the day before.
pub fn live_day(now: DateTime<Utc>) -> NaiveDate {
    let local = local(now);
    let opened = NaiveTime::from_hms_opt(6, 30, 0).is_some_and(|opening| local.time() >= opening);
    let yesterday = local.date().pred_opt().unwrap_or(local.date());
    if opened { local.date() } else { yesterday }
}

/// Everything that is sent on `day`, in order.
pub(crate) fn queue(world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
    let mut all = Vec::new();
    for feed in feed::all(world) {
        all.extend(feed.live(world, day)?);
    }
    all.sort_by(|a, b| (a.at, a.envelope.dataset).cmp(&(b.at, b.envelope.dataset)));
    Ok(all)
}

/// The clock of a lived day. What lies behind is caught up a minute in a second (at speed 1); from the present on it
/// goes with the clock on the wall.
#[derive(Debug)]
pub(crate) struct DayClock {
    day: NaiveDate,
    reached: NaiveTime,
    speed: f64,
}

impl DayClock {
    /// A clock that begins at 05.00; what was sent in the night comes at once.
    pub(crate) fn new(day: NaiveDate, speed: f64) -> Self {
        Self {
            day,
            reached: NaiveTime::from_hms_opt(5, 0, 0).unwrap_or(NaiveTime::MIN),
            speed,
        }
    }

    /// How long to wait at `now` until it is `at` o'clock.
    pub(crate) fn wait(&mut self, at: NaiveTime, now: DateTime<Utc>) -> Duration {
        let ahead = (at - self.reached).num_milliseconds().max(0) as f64 / 1000.0 / 60.0 / self.speed;
        self.reached = self.reached.max(at);
        let present = (self.day.and_time(at) - local(now)).num_milliseconds().max(0) as f64 / 1000.0;
        Duration::from_secs_f64(ahead.min(86_400.0).max(present))
    }
}
