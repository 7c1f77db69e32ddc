//! The calendar that indicators are judged by: which days are due, and which are no ordinary ones.

use super::header::Calendar;
use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray},
    compute::cast,
    datatypes::{DataType, Date32Type},
    record_batch::RecordBatch,
};
use chrono::{Datelike, NaiveDate, Weekday};
use smartcenter_warehouse::{Error, Result};
use std::collections::BTreeMap;

/// Days of `mart.kalender`. A day that it does not know is due by its weekday, and an ordinary one.
///
/// Points are numbered from the year 2000 on, by all days before them: a judge is given the **whole** calendar, not only
/// the days of its chunk, or the numbers of two chunks do not fit each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    known: BTreeMap<NaiveDate, Day>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Day {
    working: Option<bool>,
    school_5: Option<bool>,
    school_6: Option<bool>,
    /// Names of the marks that hold, and the activities of the school calendar.
    marks: Vec<String>,
}

/// Columns that say of a day whether it is due, after `tanggal`.
const DUE: [&str; 3] = ["hari_kerja", "hari_sekolah_5", "hari_sekolah_6"];
/// Columns whose names are masks.
const MARKS: [&str; 4] = [HOLIDAY, "ramadan", "fakultatif", "libur_sekolah"];
const ACTIVITIES: &str = "kegiatan_sekolah";
/// The mask of public holidays.
pub(super) const HOLIDAY: &str = "libur";

impl Days {
    /// Columns of `mart.kalender` that are read.
    pub const COLUMNS: [&str; 9] = [
        "tanggal", DUE[0], DUE[1], DUE[2], MARKS[0], MARKS[1], MARKS[2], MARKS[3], ACTIVITIES,
    ];

    /// Reads rows that have [`Days::COLUMNS`]; the order of rows and columns does not matter.
    ///
    /// # Errors
    /// `Invalid` for a column that is missing or of another type.
    pub fn of(batches: &[RecordBatch]) -> Result<Self> {
        let mut known = BTreeMap::new();
        for batch in batches {
            let dates = column(batch, "tanggal", &DataType::Date32)?;
            let dates = dates.as_primitive::<Date32Type>();
            let flags = |name| Ok::<BooleanArray, Error>(column(batch, name, &DataType::Boolean)?.as_boolean().clone());
            let [working, school_5, school_6] = [flags(DUE[0])?, flags(DUE[1])?, flags(DUE[2])?];
            let marks = MARKS.map(|name| flags(name).map(|flags| (name, flags)));
            let marks = marks.into_iter().collect::<Result<Vec<_>>>()?;
            let activities = column(batch, ACTIVITIES, &DataType::Utf8)?;
            let activities = activities.as_string::<i32>();
            for row in 0..batch.num_rows() {
                let Some(date) = dates.value_as_date(row).filter(|_| dates.is_valid(row)) else {
                    continue;
                };
                let flag = |flags: &BooleanArray| flags.is_valid(row).then(|| flags.value(row));
                let holding = marks.iter().filter(|(_, flags)| flag(flags) == Some(true));
                let mut day = Day {
                    working: flag(&working),
                    school_5: flag(&school_5),
                    school_6: flag(&school_6),
                    marks: holding.map(|(name, _)| (*name).to_owned()).collect(),
                };
                if activities.is_valid(row) {
                    day.marks.extend(words(activities.value(row)).map(str::to_owned));
                }
                known.insert(date, day);
            }
        }
        Ok(Self { known })
    }

    /// Whether a series of this calendar should have a point on `day`; `six` is of schools that teach on Saturdays.
    pub(super) fn is_due(&self, calendar: Calendar, six: bool, day: NaiveDate) -> bool {
        let known = self.known.get(&day);
        let weekday = day.weekday();
        let by_rule = match weekday {
            Weekday::Sun => false,
            Weekday::Sat => six && calendar == Calendar::HariSekolah,
            _ => true,
        };
        let told = match calendar {
            Calendar::SetiapHari => return true,
            Calendar::HariKerja => known.and_then(|day| day.working),
            Calendar::HariSekolah if six => known.and_then(|day| day.school_6),
            Calendar::HariSekolah => known.and_then(|day| day.school_5),
        };
        told.unwrap_or(by_rule)
    }

    /// Whether the mask holds on `day`: a mark of the calendar has its name, or an activity of the schools begins with it.
    pub(super) fn is_masked(&self, mask: &str, day: NaiveDate) -> bool {
        let holds = |day: &Day| day.marks.iter().any(|mark| mark.starts_with(mask));
        match self.known.get(&day) {
            // `libur` is no beginning of `libur_sekolah`.
            Some(day) if MARKS.contains(&mask) => day.marks.iter().any(|mark| mark == mask),
            Some(day) => holds(day),
            None => false,
        }
    }

    /// A stretch of days with weekdays only and these marks, for tests.
    #[cfg(test)]
    pub(super) fn marked(marks: &[(NaiveDate, &str)], closed: &[NaiveDate]) -> Self {
        let mut days = Self::default();
        for (date, mark) in marks {
            days.known.entry(*date).or_default().marks.push((*mark).to_owned());
        }
        for date in closed {
            let day = days.known.entry(*date).or_default();
            (day.working, day.school_5, day.school_6) = (Some(false), Some(false), Some(false));
        }
        days
    }
}

/// The words of a list such as `ujian; banjir`.
pub(super) fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split([';', ',']).map(str::trim).filter(|word| !word.is_empty())
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<ArrayRef> {
    let found = batch
        .column_by_name(name)
        .ok_or_else(|| Error::invalid(format!("the calendar has no column `{name}`: read {:?}", Days::COLUMNS)))?;
    Ok(cast(found, kind)?)
}
