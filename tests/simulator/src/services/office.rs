//! When offices are open: weekdays but for holidays and collective leave, shorter on Friday and in Ramadan.

use crate::{Error, Result, facts, services::catalogue::Season};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeSet;

/// First day of the Mal Pelayanan Publik.
pub(crate) const MPP_OPENED: NaiveDate = match NaiveDate::from_ymd_opt(2024, 8, 20) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Days on which offices are open.
#[derive(Debug, Clone)]
pub struct OfficeDays {
    closed: BTreeSet<NaiveDate>,
    /// First days of Idul Fitri.
    fitri: Vec<NaiveDate>,
    ramadan: Vec<(NaiveDate, NaiveDate)>,
}

/// Opening and closing in seconds of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hours {
    pub(crate) open: i64,
    pub(crate) close: i64,
}

impl OfficeDays {
    /// Reads holidays and months of fasting from the package's facts.
    pub(crate) fn load() -> Result<Self> {
        let day = |text: &str| {
            text.parse::<NaiveDate>()
                .map_err(|_| Error::facts(format!("{text:?} is not a date")))
        };
        let (mut closed, mut fitri, mut ramadan) = (BTreeSet::new(), Vec::new(), Vec::new());
        for row in facts::rows(facts::HOLIDAYS)? {
            let date = day(row.get("date"))?;
            closed.insert(date);
            if row.get("name_id") == "Hari Raya Idul Fitri" {
                fitri.push(date);
            }
        }
        for row in facts::rows(facts::SCHOOL_EVENTS)? {
            if row.get("event") == "ramadan" {
                ramadan.push((day(row.get("start_date"))?, day(row.get("end_date"))?));
            }
        }
        Ok(Self { closed, fitri, ramadan })
    }

    /// True when offices work on `day`.
    pub(crate) fn is_open(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.closed.contains(&day)
    }

    /// The `n`-th open day after `day`.
    pub(crate) fn after(&self, day: NaiveDate, n: usize) -> NaiveDate {
        let mut left = n;
        let mut at = day;
        while left > 0 {
            at = at + Days::new(1);
            if self.is_open(at) {
                left -= 1;
            }
        }
        at
    }

    /// The `n`-th open day before `day`.
    pub(crate) fn before(&self, day: NaiveDate, n: usize) -> NaiveDate {
        let mut left = n;
        let mut at = day;
        while left > 0 {
            at = at - Days::new(1);
            if self.is_open(at) {
                left -= 1;
            }
        }
        at
    }

    /// True in the month of fasting.
    pub(crate) fn is_ramadan(&self, day: NaiveDate) -> bool {
        self.ramadan.iter().any(|(from, to)| (*from..=*to).contains(&day))
    }

    /// Opening hours of a counter of `kind` (`mpp`, `cpp`, `kecamatan`) on an open day.
    pub(crate) fn hours(&self, kind: &str, day: NaiveDate) -> Hours {
        let friday = day.weekday() == Weekday::Fri;
        let (open, close) = match (kind, friday, self.is_ramadan(day)) {
            (_, false, true) => (480, 840),
            (_, true, true) => (480, 870),
            ("mpp" | "cpp", false, _) => (480, 900),
            ("mpp" | "cpp", true, _) => (480, 870),
            (_, false, _) => (450, 930),
            (_, true, _) => (450, 900),
        };
        Hours {
            open: open * 60,
            close: close * 60,
        }
    }

    /// How much more than usual is asked on `day`, whatever it is: weekday, days after a break, Ramadan.
    pub(crate) fn pressure(&self, day: NaiveDate) -> f64 {
        if !self.is_open(day) {
            return 0.0;
        }
        let weekday = match day.weekday() {
            Weekday::Mon => 1.22,
            Weekday::Tue => 1.1,
            Weekday::Wed => 1.0,
            Weekday::Thu => 0.96,
            _ => 0.72,
        };
        let closed_before = (1..=6u64).take_while(|n| !self.is_open(day - Days::new(*n))).count();
        let closed_after = (1..=6u64).take_while(|n| !self.is_open(day + Days::new(*n))).count();
        let weekend = usize::from(day.weekday() == Weekday::Mon) * 2;
        let after_break = 1.0 + 0.09 * (closed_before.saturating_sub(weekend)) as f64;
        let eve = if closed_after > 2 { 0.85 } else { 1.0 };
        let fasting = if self.is_ramadan(day) { 0.78 } else { 1.0 };
        weekday * after_break * eve * fasting
    }

    /// How much more than usual is asked for services of that season.
    pub(crate) fn season(&self, season: Season, day: NaiveDate) -> f64 {
        let bell = |month: u32, date: u32, width: f64| {
            NaiveDate::from_ymd_opt(day.year(), month, date).map_or(0.0, |top| {
                (-0.5 * ((day - top).num_days() as f64 / width).powi(2)).exp()
            })
        };
        match season {
            Season::Flat => 1.0,
            Season::School => 0.88 + 0.9 * bell(6, 28, 18.0),
            Season::Work => 0.85 + 0.6 * self.after_fitri(day, 15.0, 11.0) + 0.35 * bell(8, 1, 25.0),
            Season::TaxReturn => 0.55 + 2.6 * bell(3, 25, 18.0),
            Season::LocalTax => 0.85 + 0.9 * bell(9, 18, 20.0),
            Season::Wedding => {
                let fasting = if self.is_ramadan(day) { 0.4 } else { 1.0 };
                fasting * (0.85 + 0.8 * self.after_fitri(day, 20.0, 12.0) + 0.4 * bell(12, 5, 20.0))
            }
            Season::YearEnd => 0.8 + 0.9 * bell(12, 1, 25.0),
        }
    }

    fn after_fitri(&self, day: NaiveDate, delay: f64, width: f64) -> f64 {
        self.fitri
            .iter()
            .map(|first| (-0.5 * (((day - *first).num_days() as f64 - delay) / width).powi(2)).exp())
            .fold(0.0, f64::max)
    }
}
