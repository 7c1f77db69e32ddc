//! Which days are school days. Facts first (holidays, Kaldik Jawa Timur); for school years that have no published
//! calendar here, the usual pattern: breaks from 21 December to 2 January and from 22 June to 11 July. Movable
//! holidays of such years are left out rather than guessed.

use crate::{Error, Result, facts};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// First days of the month of fasting as the government announced them.
const RAMADAN: [(i32, u32, u32); 4] = [(2023, 3, 23), (2024, 3, 12), (2025, 3, 1), (2026, 2, 19)];

/// School days of Jawa Timur.
#[derive(Debug, Clone)]
pub struct Calendar {
    holidays: BTreeMap<NaiveDate, String>,
    breaks: Vec<(NaiveDate, NaiveDate)>,
    relaxed: BTreeSet<NaiveDate>,
    known: (NaiveDate, NaiveDate),
}

impl Calendar {
    /// Reads the calendar from the package's facts.
    pub fn load() -> Result<Self> {
        let mut holidays = BTreeMap::new();
        for row in facts::rows(facts::HOLIDAYS)? {
            holidays.insert(date(row.get("date"))?, row.get("name_id").to_owned());
        }
        let (mut breaks, mut relaxed) = (Vec::new(), BTreeSet::new());
        for row in facts::rows(facts::SCHOOL_EVENTS)? {
            let (from, to) = (date(row.get("start_date"))?, date(row.get("end_date"))?);
            match row.get("event") {
                event if event.starts_with("libur_") => breaks.push((from, to)),
                "hari_efektif_fakultatif_ramadan" | "ramadan" => {
                    relaxed.extend(from.iter_days().take_while(|d| *d <= to));
                }
                _ => {}
            }
        }
        let from = breaks
            .iter()
            .map(|b| b.0)
            .min()
            .ok_or_else(|| Error::facts("no school break"))?;
        let to = breaks.iter().map(|b| b.1).max().unwrap_or(from);
        Ok(Self {
            holidays,
            breaks,
            relaxed,
            known: (from, to),
        })
    }

    /// True when schools teach on `day`; `six_days` says whether Saturday is one of them.
    pub fn is_school_day(&self, day: NaiveDate, six_days: bool) -> bool {
        match day.weekday() {
            Weekday::Sun => return false,
            Weekday::Sat if !six_days => return false,
            _ => {}
        }
        !self.holidays.contains_key(&day) && !self.in_break(day)
    }

    /// True when offices are open: Monday to Friday, no holiday, no collective leave.
    pub fn is_work_day(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains_key(&day)
    }

    /// Name of the holiday or collective leave of `day`.
    pub fn holiday(&self, day: NaiveDate) -> Option<&str> {
        self.holidays.get(&day).map(String::as_str)
    }

    /// True in the month of fasting of the years that are known (the government's first day, 30 days).
    pub fn is_ramadan(&self, day: NaiveDate) -> bool {
        RAMADAN.iter().any(|(year, month, first)| {
            NaiveDate::from_ymd_opt(*year, *month, *first)
                .is_some_and(|start| (start..start + Days::new(30)).contains(&day))
        })
    }

    /// The last day on or before `day` on which any school teaches.
    pub fn last_school_day(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days()
            .rev()
            .take(60)
            .find(|d| self.is_school_day(*d, true))
            .unwrap_or(day)
    }

    /// True in Ramadan and on optional days, when more pupils are excused.
    pub fn is_relaxed(&self, day: NaiveDate) -> bool {
        self.relaxed.contains(&day)
    }

    /// True on the last teaching day before a free weekday, and the first after one.
    pub fn touches_holiday(&self, day: NaiveDate) -> bool {
        let free = |d: Option<NaiveDate>| d.is_some_and(|d| self.holidays.contains_key(&d));
        free(day.checked_add_days(Days::new(1))) || free(day.checked_sub_days(Days::new(1)))
    }

    fn in_break(&self, day: NaiveDate) -> bool {
        if (self.known.0..=self.known.1).contains(&day) {
            return self.breaks.iter().any(|(from, to)| (*from..=*to).contains(&day));
        }
        matches!(
            (day.month(), day.day()),
            (12, 21..) | (1, ..=2) | (6, 22..) | (7, ..=11)
        )
    }
}

/// The school year a day belongs to, by the year it starts in (July).
pub(crate) fn school_year(day: NaiveDate) -> i32 {
    if day.month() >= 7 { day.year() } else { day.year() - 1 }
}

/// The Sunday that starts the epidemiological week of `day` (Sunday to Saturday).
pub(crate) fn epi_week_start(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_sunday()))
}

fn date(text: &str) -> Result<NaiveDate> {
    text.parse()
        .map_err(|_| Error::facts(format!("{text:?} is not a date")))
}
