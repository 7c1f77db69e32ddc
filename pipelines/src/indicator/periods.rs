//! Weeks, months, and the chunks in which an indicator is judged.

use super::{Indicator, days::Days, given::Given, header::Grain};
use chrono::{Datelike, Months, NaiveDate, TimeDelta, Weekday};
use smartcenter_warehouse::{Error, Result};
use std::ops::RangeInclusive;

impl Indicator {
    /// The chunk that `day` lies in: of days a month, of weeks those that end in a quarter, of months a year. Chunks meet
    /// without gaps.
    pub fn chunk_of(&self, day: NaiveDate) -> RangeInclusive<NaiveDate> {
        match self.grain {
            Grain::Hari => months(day, 1),
            Grain::Minggu => {
                let quarter = months(end_of(Grain::Minggu, day), 3);
                let first = end_of(Grain::Minggu, *quarter.start()) - TimeDelta::days(6);
                let after = end_of(Grain::Minggu, *quarter.end() + TimeDelta::days(1));
                first..=after - TimeDelta::days(7)
            }
            Grain::Bulan => months(day, 12),
        }
    }

    /// The first day that a judge of `chunk` looks at.
    pub fn past_of(&self, chunk: &RangeInclusive<NaiveDate>) -> NaiveDate {
        let past = TimeDelta::days(i64::from(self.lookback));
        chunk.start().checked_sub_signed(past).unwrap_or(*chunk.start())
    }
}

/// The stretch of `count` months that `day` lies in, counted from January.
fn months(day: NaiveDate, count: u32) -> RangeInclusive<NaiveDate> {
    let month = day.month0() / count * count;
    let first = day.with_day(1).and_then(|day| day.with_month0(month)).unwrap_or(day);
    let next = first.checked_add_months(Months::new(count)).unwrap_or(day);
    first..=next - TimeDelta::days(1)
}

/// The last day of the period that `day` lies in.
fn end_of(grain: Grain, day: NaiveDate) -> NaiveDate {
    match grain {
        Grain::Hari => day,
        Grain::Minggu => {
            let since_sunday = i64::from(day.weekday().num_days_from_sunday());
            day + TimeDelta::days(6 - since_sunday)
        }
        Grain::Bulan => *months(day, 1).end(),
    }
}

/// The last days of the periods that end in `span`.
pub(super) fn ends(grain: Grain, span: &RangeInclusive<NaiveDate>) -> Vec<NaiveDate> {
    let mut ends = Vec::new();
    let mut end = end_of(grain, *span.start());
    while span.contains(&end) {
        ends.push(end);
        end = end_of(grain, end + TimeDelta::days(1));
    }
    ends
}

/// The number of a period among all; 1 for the first day of the calendar, which numbers days itself.
pub(super) fn number(grain: Grain, day: NaiveDate) -> i64 {
    match grain {
        Grain::Hari => 1,
        Grain::Minggu => i64::from(day.num_days_from_ce()).div_euclid(7),
        Grain::Bulan => i64::from(day.year()) * 12 + i64::from(day.month0()),
    }
}

/// The mask that holds on a day, or on more than half of the days of a period: its position in the header.
pub(super) fn mask(indicator: &Indicator, days: &Days, end: NaiveDate) -> Option<usize> {
    let length = match indicator.grain {
        Grain::Hari => 1,
        Grain::Minggu => 7,
        Grain::Bulan => end.day(),
    };
    indicator.masks.iter().position(|mask| {
        let period = (0..i64::from(length)).map(|back| end - TimeDelta::days(back));
        let masked = period.filter(|day| days.is_masked(mask, *day)).count();
        2 * masked > length as usize
    })
}

/// Whether every row is of the last day of a period.
pub(super) fn check(grain: Grain, given: &Given) -> Result<()> {
    let misplaced = (0..given.day.len())
        .map(|row| (row, given.day(row)))
        .find(|(_, day)| end_of(grain, *day) != *day);
    let Some((row, day)) = misplaced else {
        return Ok(());
    };
    let right = end_of(grain, day);
    let (period, last) = match grain {
        Grain::Minggu => ("week", Weekday::Sat.to_string()),
        _ => ("month", "last".to_owned()),
    };
    Err(Error::invalid(format!(
        "unit {} has a row of {day}, which does not end a {period} ({last} day): write {right}",
        given.unit.value(row)
    )))
}
