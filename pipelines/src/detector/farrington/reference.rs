//! Which past counts are the reference for a time point, and the seasonal level of each.

use super::super::{Error, Series, line::MAX_GROUPS};
use chrono::{Datelike, Months, NaiveDate, TimeDelta};

/// Reference positions, oldest first, with time and seasonal level, and the time of the point judged. The level of
/// the windows, which is that of the point judged, is `levels` - 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Reference {
    pub at: Vec<usize>,
    pub level: Vec<u8>,
    pub time: Vec<f64>,
    pub now: f64,
    pub levels: usize,
}

/// The settings that choose the reference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub b: usize,
    pub w: usize,
    pub levels: usize,
    pub left_out: usize,
    /// Whether time is measured by the dates; otherwise it is the index even where there are dates.
    pub by_date: bool,
}

impl Choice {
    /// Checks the ranges.
    pub fn check(&self, series: &Series) -> Result<(), Error> {
        if self.b == 0 {
            return Err(Error::new(
                "parameter b: 0 years back leave no reference, give b=3 to 5",
            ));
        }
        if self.levels == 0 || self.levels > MAX_GROUPS {
            return Err(Error::new(format!(
                "parameter no_periods: {} is outside 1 to {MAX_GROUPS}",
                self.levels
            )));
        }
        if 2 * self.w + 1 > series.freq {
            return Err(Error::new(format!(
                "parameter w: windows of {} points overlap at {} points a year: give a smaller w",
                2 * self.w + 1,
                series.freq
            )));
        }
        Ok(())
    }

    /// The first position whose reference exists.
    pub fn first(&self, series: &Series) -> usize {
        self.b * series.freq + self.w
    }

    /// Fills `reference` for position `now`.
    ///
    /// # Errors
    /// A time point of an earlier year that the series does not hold.
    pub fn fill(&self, series: &Series, now: usize, reference: &mut Reference) -> Result<(), Error> {
        let anchors = anchors(series, now, self.b)?;
        reference.at.clear();
        reference.level.clear();
        reference.time.clear();
        reference.levels = self.levels;
        let end = now.saturating_sub(self.left_out);
        let window = u8::try_from(self.levels - 1).unwrap_or(u8::MAX);
        for (i, &anchor) in anchors.iter().enumerate() {
            for at in anchor.saturating_sub(self.w)..=anchor + self.w {
                push(reference, series, at, window, end);
            }
            if self.levels > 1 && i + 1 < anchors.len() {
                self.fill_between(
                    series,
                    anchor + self.w + 1,
                    anchors[i + 1].saturating_sub(self.w),
                    end,
                    reference,
                );
            }
        }
        reference.set_times(series, now, self.by_date);
        Ok(())
    }

    /// The points between two windows, cut into equal blocks; the first blocks get one more where that is needed.
    fn fill_between(&self, series: &Series, start: usize, stop: usize, end: usize, reference: &mut Reference) {
        let blocks = self.levels - 1;
        let n = stop.saturating_sub(start);
        let (length, longer) = (n / blocks, n % blocks);
        let mut at = start;
        for block in 0..blocks {
            let level = u8::try_from(block).unwrap_or(u8::MAX);
            for _ in 0..length + usize::from(block < longer) {
                push(reference, series, at, level, end);
                at += 1;
            }
        }
    }
}

fn push(reference: &mut Reference, series: &Series, at: usize, level: u8, end: usize) {
    if at < end && !series.observed[at].is_nan() {
        reference.at.push(at);
        reference.level.push(level);
    }
}

impl Reference {
    /// Time is the index, or days since the first reference point in units of the series' first step.
    fn set_times(&mut self, series: &Series, now: usize, by_date: bool) {
        match (&series.dates, self.at.first()) {
            (Some(dates), Some(&first)) if by_date && dates.len() > 1 => {
                let step = (dates[1] - dates[0]).num_days() as f64;
                let time = |at: usize| (dates[at] - dates[first]).num_days() as f64 / step;
                self.time.extend(self.at.iter().map(|&at| time(at)));
                self.now = time(now);
            }
            _ => {
                self.time.extend(self.at.iter().map(|&at| at as f64 + 1.0));
                self.now = now as f64 + 1.0;
            }
        }
    }
}

/// The same point of each earlier year, oldest first, and now.
fn anchors(series: &Series, now: usize, b: usize) -> Result<Vec<usize>, Error> {
    let missing = |years: usize| {
        Error::new(format!(
            "observation {} has no reference {years} years back: start the range later or give a smaller b",
            now + 1
        ))
    };
    let Some(dates) = &series.dates else {
        let at = |i: usize| now.checked_sub(i * series.freq).ok_or_else(|| missing(i));
        return (0..=b).rev().map(at).collect();
    };
    let at = |i: usize| {
        let date = same_day(dates[now], i, series.freq == 52).ok_or_else(|| missing(i))?;
        dates[..=now].binary_search(&date).map_err(|_| {
            Error::new(format!(
                "observation {} ({}) needs the one of {date}: complete the dates, or give the rows without dates",
                now + 1,
                dates[now]
            ))
        })
    };
    (0..=b).rev().map(at).collect()
}

/// The same calendar day `years` back; of weekly series the nearest same weekday. 29 February becomes 1 March.
fn same_day(date: NaiveDate, years: usize, is_weekly: bool) -> Option<NaiveDate> {
    let back = date.checked_sub_months(Months::new(u32::try_from(years * 12).ok()?))?;
    let back = if back.day() == date.day() {
        back
    } else {
        back.succ_opt()?
    };
    if !is_weekly {
        return Some(back);
    }
    let weekday = |d: NaiveDate| i64::from(d.weekday().num_days_from_sunday());
    let ahead = weekday(back) - weekday(date);
    let days = if ahead.abs() <= 3 {
        -ahead
    } else {
        7 * ahead.signum() - ahead
    };
    back.checked_add_signed(TimeDelta::days(days))
}
