//! Which past counts are the reference for a time point, and the seasonal level of each.
//!
//! Reference points come in runs: neighbours of one level, one unit of time apart. Nearly everything the regression
//! needs of a run has a closed form, so it works with the forty runs of a five-year reference and not with its 240
//! points. A run of one point is the general case: uneven dates, or a population of its own.

use super::super::{Error, Series, line::MAX_GROUPS};
use chrono::{Datelike, Months, NaiveDate, TimeDelta};

/// Consecutive points of one seasonal level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    /// Position of the first point, counted from [`Reference::origin`].
    pub at: usize,
    pub len: usize,
    pub level: usize,
    /// Time of the first point since the first of the reference.
    pub time: f64,
    /// The population that is an offset, with its logarithm; 1 and 0 without.
    pub scale: f64,
    pub ln_scale: f64,
}

/// Reference points, oldest first, and the time of the point judged since the first of them. The level of the windows,
/// which is that of the point judged, is `levels` - 1.
#[derive(Debug, Clone, Default)]
pub(super) struct Reference {
    pub origin: usize,
    pub runs: Vec<Run>,
    /// Number of points, and of those in the longest run.
    pub count: usize,
    pub longest: usize,
    pub now: f64,
    pub levels: usize,
    /// Settings and steps in a year of a reference that is the same at every time point, only further on, in every
    /// series without dates and gaps.
    same: Option<(Choice, usize)>,
}

/// The settings that choose the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub b: usize,
    pub w: usize,
    pub levels: usize,
    pub left_out: usize,
    /// Whether time is measured by the dates; otherwise it is the index even where there are dates.
    pub by_date: bool,
    /// Whether the population is an offset.
    pub by_population: bool,
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

    /// Fills `reference` for position `now`. `has_gaps` tells whether any observation of the series is missing.
    ///
    /// # Errors
    /// A time point of an earlier year that the series does not hold.
    pub fn fill(&self, series: &Series, has_gaps: bool, now: usize, reference: &mut Reference) -> Result<(), Error> {
        let first = self.first(series);
        let is_plain = series.dates.is_none() && !has_gaps && !self.by_population && now >= first.max(self.left_out);
        let same = is_plain.then_some((*self, series.freq));
        if same.is_some() && reference.same == same {
            reference.origin = now - first;
            return Ok(());
        }
        let anchors = anchors(series, now, self.b)?;
        *reference = Reference {
            runs: std::mem::take(&mut reference.runs),
            levels: self.levels,
            same,
            ..Reference::default()
        };
        reference.runs.clear();
        let mut filler = Filler {
            choice: self,
            series,
            end: now.saturating_sub(self.left_out),
            reference,
        };
        for (i, &anchor) in anchors.iter().enumerate() {
            for at in anchor.saturating_sub(self.w)..=anchor + self.w {
                filler.push(at, self.levels - 1);
            }
            if self.levels > 1 && i + 1 < anchors.len() {
                filler.between(anchor + self.w + 1, anchors[i + 1].saturating_sub(self.w));
            }
        }
        reference.longest = reference.runs.iter().map(|run| run.len).max().unwrap_or(0);
        reference.now = self.time(series, reference.origin, now);
        Ok(())
    }

    /// Time from one position to another: their distance, or days in units of the series' first step.
    fn time(&self, series: &Series, from: usize, to: usize) -> f64 {
        match self.days(series) {
            Some(dates) => (dates[to] - dates[from]).num_days() as f64 / (dates[1] - dates[0]).num_days() as f64,
            None => to as f64 - from as f64,
        }
    }

    /// The dates, if time goes by them.
    fn days<'a>(&self, series: &'a Series) -> Option<&'a [NaiveDate]> {
        series.dates.as_deref().filter(|dates| self.by_date && dates.len() > 1)
    }
}

/// A reference being filled with points before `end`.
struct Filler<'a> {
    choice: &'a Choice,
    series: &'a Series,
    end: usize,
    reference: &'a mut Reference,
}

impl Filler<'_> {
    /// The points between two windows, cut into equal blocks; the first blocks get one more where that is needed.
    fn between(&mut self, start: usize, stop: usize) {
        let blocks = self.choice.levels - 1;
        let n = stop.saturating_sub(start);
        let (length, longer) = (n / blocks, n % blocks);
        let mut at = start;
        for block in 0..blocks {
            for _ in 0..length + usize::from(block < longer) {
                self.push(at, block);
                at += 1;
            }
        }
    }

    fn push(&mut self, at: usize, level: usize) {
        if at >= self.end || self.series.observed[at].is_nan() {
            return;
        }
        if self.reference.count == 0 {
            self.reference.origin = at;
        }
        self.reference.count += 1;
        let persons = self.series.population.as_ref().filter(|_| self.choice.by_population);
        let place = at - self.reference.origin;
        if let Some(last) = self.reference.runs.last_mut()
            && persons.is_none()
            && last.level == level
            && last.at + last.len == place
            && self.choice.time(self.series, at - 1, at) == 1.0
        {
            last.len += 1;
            return;
        }
        let scale = persons.map_or(1.0, |persons| persons[at]);
        let time = self.choice.time(self.series, self.reference.origin, at);
        self.reference.runs.push(Run {
            at: place,
            len: 1,
            level,
            time,
            scale,
            ln_scale: if persons.is_some() { scale.ln() } else { 0.0 },
        });
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
