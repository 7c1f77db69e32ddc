//! How a history is cut into files: a month that is over is one file, the running month one file per day or per week.
//! A file is named by its period, so its content stays the same from day to day until its month is over.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime};

/// The days of one file, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    /// First day.
    pub(crate) from: NaiveDate,
    /// Last day.
    pub(crate) to: NaiveDate,
}

impl Period {
    /// Its days.
    pub(crate) fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |day| *day <= self.to)
    }

    /// `2026-03` for a month, `2026-03-05` for a day, `2026-03-02_07` for anything else.
    pub(crate) fn label(self) -> String {
        if self.from == self.to {
            self.from.to_string()
        } else if self.from.day() == 1 && (self.to + Days::new(1)).day() == 1 {
            self.from.format("%Y-%m").to_string()
        } else {
            format!("{}_{:02}", self.from, self.to.day())
        }
    }

    /// The moment `days` after the end of the period at `hour`.
    pub(crate) fn after(self, days: u64, hour: u32) -> NaiveDateTime {
        moment(self.to + Days::new(days), hour, 0)
    }
}

/// A local moment; minutes and hours out of range become midnight.
pub(crate) fn moment(day: NaiveDate, hour: u32, minute: u32) -> NaiveDateTime {
    day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN))
}

/// Months that are over on `to`, then single days.
pub(crate) fn months_and_days(from: NaiveDate, to: NaiveDate) -> Vec<Period> {
    cut(from, to, |day| day)
}

/// Months that are over on `to`, then weeks (to Sunday) that are over, then single days.
pub(crate) fn months_and_weeks(from: NaiveDate, to: NaiveDate) -> Vec<Period> {
    cut(from, to, move |day| {
        let sunday = day + Days::new(6 - u64::from(day.weekday().num_days_from_monday()));
        if sunday <= to { sunday } else { day }
    })
}

/// The last day of the month of `day`.
pub(crate) fn month_end(day: NaiveDate) -> NaiveDate {
    let first = day - Days::new(u64::from(day.day0()));
    first
        .checked_add_months(Months::new(1))
        .map_or(day, |next| next - Days::new(1))
}

/// Whole calendar months inside `from..=to`.
pub(crate) fn months(from: NaiveDate, to: NaiveDate) -> Vec<Period> {
    let whole = |period: &Period| period.from.day() == 1 && period.to == month_end(period.from);
    months_and_days(from, to).into_iter().filter(whole).collect()
}

/// The last months of the quarters that end inside `from..=to`, and of the one before: what a hub starts with.
pub(crate) fn quarter_ends(from: NaiveDate, to: NaiveDate) -> Vec<Period> {
    let first = from - Months::new(5);
    let ends = |period: &Period| period.to.month().is_multiple_of(3) && period.to >= from - Months::new(4);
    months(first.with_day(1).unwrap_or(first), to)
        .into_iter()
        .filter(ends)
        .collect()
}

fn cut(from: NaiveDate, to: NaiveDate, end: impl Fn(NaiveDate) -> NaiveDate) -> Vec<Period> {
    let mut all = Vec::new();
    let mut day = from;
    while day <= to {
        let month = month_end(day);
        let last = if month <= to { month } else { end(day) };
        all.push(Period { from: day, to: last });
        day = last + Days::new(1);
    }
    all
}
