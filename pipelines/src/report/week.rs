//! A week as the briefing counts it: Monday to Sunday in western Indonesia, named as ISO 8601 names it (`2026-W47`).

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use smartcenter_warehouse::Error;
use std::{fmt, str::FromStr};

/// Hours that western Indonesia is ahead of UTC.
const WIB: i32 = 7;

/// A week from Monday to Sunday. Ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    monday: NaiveDate,
}

impl Week {
    /// The week that `day` lies in.
    pub fn of(day: NaiveDate) -> Self {
        let since = u64::from(day.weekday().num_days_from_monday());
        let monday = day.checked_sub_days(Days::new(since)).unwrap_or(day);
        Self { monday }
    }

    /// The last week that was over at `now`.
    pub fn last_over(now: DateTime<Utc>) -> Self {
        Self::of(today(now)).before()
    }

    /// Its Monday.
    pub fn first(self) -> NaiveDate {
        self.monday
    }

    /// Its Sunday.
    pub fn last(self) -> NaiveDate {
        self.plus(6)
    }

    /// The Sunday by which the marts name their week (Sunday to Saturday) that ends within this one.
    pub fn mart(self) -> NaiveDate {
        self.monday.pred_opt().unwrap_or(self.monday)
    }

    /// The week before.
    pub fn before(self) -> Self {
        Self::of(self.mart())
    }

    /// ISO year, which is not always the year of its days, and number from 1.
    pub fn number(self) -> (i32, u32) {
        let week = self.monday.iso_week();
        (week.year(), week.week())
    }

    /// Whether it is over at `now`.
    pub fn is_over(self, now: DateTime<Utc>) -> bool {
        today(now) > self.last()
    }

    /// Whether its Monday is still to come at `now`.
    pub fn is_to_come(self, now: DateTime<Utc>) -> bool {
        today(now) < self.first()
    }

    fn plus(self, days: u64) -> NaiveDate {
        self.monday.checked_add_days(Days::new(days)).unwrap_or(self.monday)
    }
}

/// The day in western Indonesia at `now`.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    in_wib(now).date_naive()
}

/// The moment at which a day begins in western Indonesia.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc() - chrono::TimeDelta::hours(i64::from(WIB))
}

/// The moment as clocks in western Indonesia show it.
pub fn in_wib(now: DateTime<Utc>) -> DateTime<FixedOffset> {
    now.with_timezone(&FixedOffset::east_opt(WIB * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc)))
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, week) = self.number();
        write!(f, "{year:04}-W{week:02}")
    }
}

impl FromStr for Week {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::invalid(format!("{text:?} is not a week such as 2026-W47"));
        let (year, week) = text.split_once("-W").ok_or_else(wrong)?;
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(year, 4) || !digits(week, 2) {
            return Err(wrong());
        }
        let (year, week) = (year.parse().map_err(|_| wrong())?, week.parse().map_err(|_| wrong())?);
        // The calendar of the hub begins later than this; years before have weeks that nobody can mean.
        if year < 1970 {
            return Err(wrong());
        }
        let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).ok_or_else(wrong)?;
        Ok(Self { monday })
    }
}

impl Serialize for Week {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|error: Error| D::Error::custom(error.message()))
    }
}
