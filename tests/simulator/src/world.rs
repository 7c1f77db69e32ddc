//! The synthetic regency as one value: seed, calendar, schools.

use crate::{
    Result,
    attendance::{self, Attendance, Fate},
    calendar::Calendar,
    school::{self, School},
};
use chrono::NaiveDate;

/// Everything that is generated follows from these.
#[derive(Debug, Clone)]
pub struct World {
    /// The seed; printed at the start, so that a run can be repeated.
    pub seed: u64,
    /// School days.
    pub calendar: Calendar,
    /// The schools, by index.
    pub schools: Vec<School>,
}

/// A school's report of a day, on its way.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// Who reports.
    pub school: &'a School,
    /// The counts.
    pub counts: Attendance,
    /// What becomes of it.
    pub fate: Fate,
}

impl World {
    /// The world of `seed` with its first `schools` schools.
    pub fn new(seed: u64, schools: usize) -> Result<Self> {
        Ok(Self {
            seed,
            calendar: Calendar::load()?,
            schools: school::schools(seed, schools)?,
        })
    }

    /// What `school` reports of `day`; none on a day without lessons.
    pub fn report<'a>(&self, school: &'a School, day: NaiveDate) -> Option<Report<'a>> {
        self.calendar.is_school_day(day, school.six_days).then(|| Report {
            school,
            counts: attendance::attendance(self.seed, school, day, &self.calendar),
            fate: attendance::fate(self.seed, school, day),
        })
    }

    /// Every report of the days `from..=to` that is ever sent, day by day, schools in order.
    pub fn reports(&self, from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = Report<'_>> {
        from.iter_days()
            .take_while(move |day| *day <= to)
            .flat_map(move |day| self.schools.iter().filter_map(move |school| self.report(school, day)))
            .filter(|report| report.fate != Fate::Never)
    }
}
