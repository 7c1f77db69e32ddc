//! The synthetic regency as one value: seed, size, map, calendar, weather, schools, people, stories.

use crate::{
    Result,
    attendance::{self, Attendance, Fate},
    calendar::Calendar,
    dice::Dice,
    people::Registry,
    pupil::Pupils,
    regions::Regions,
    school::{self, Reporting, School},
    services::{Services, ticket},
    story::{self, Answer, Stories},
    weather::Weather,
};
use chrono::{Datelike, Months, NaiveDate};
use std::sync::{Arc, OnceLock};

/// How large a world is, as shares of the real regency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Share of the 753,810 registered people that exist.
    pub people: f64,
    /// Share of visits, queue tickets, sessions and so on that happen. Larger than `people` in a small world, so that
    /// its counts per place are not all zero.
    pub activity: f64,
    /// Number of schools; the whole regency has 1,250.
    pub schools: usize,
}

impl Size {
    /// 1 in 50 people, 1 in 5 visits, 120 schools: loads in less than a minute.
    pub const SMALL: Self = Self {
        people: 0.02,
        activity: 0.2,
        schools: 120,
    };
    /// The whole regency with the load of a regency whose offices all report digitally: about 150,000 rows of attendance,
    /// 1,000 events of the registry and 5,000 tickets and letters on a working day.
    pub const FULL: Self = Self {
        people: 1.0,
        activity: 1.0,
        schools: 1250,
    };
}

impl Size {
    /// True for the whole regency. There nearly all schools report pupil by pupil, and counters and villages serve as
    /// many people as the hub must be able to take on a day, with more counters for them. Smaller worlds keep to what is
    /// usual today.
    pub(crate) fn is_whole(self) -> bool {
        self.activity >= 1.0 && self.people >= 1.0
    }
}

/// Everything that is generated follows from these.
#[derive(Debug, Clone)]
pub struct World {
    /// The seed; printed at the start, so that a run can be repeated.
    pub seed: u64,
    /// How much of the regency exists.
    pub size: Size,
    /// School days and work days.
    pub calendar: Calendar,
    /// The schools, by index.
    pub schools: Vec<School>,
    /// Kecamatan, villages with population, health centres with catchments.
    pub(crate) regions: Regions,
    /// Rain and floods.
    pub(crate) weather: Weather,
    /// What the feeds of services offer and where.
    pub(crate) services: Services,
    /// What happens beside the ordinary. To be asked by feeds only.
    pub(crate) stories: Stories,
    /// Days that a run looks at; the registry of people is made for them.
    pub(crate) span: (NaiveDate, NaiveDate),
    registry: Arc<OnceLock<Registry>>,
    pupils: Arc<OnceLock<Pupils>>,
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
    /// The world of `seed` with its first `schools` schools, small otherwise, in which no story is told.
    pub fn new(seed: u64, schools: usize) -> Result<Self> {
        let regions = Regions::load()?;
        Ok(Self {
            seed,
            size: Size { schools, ..Size::SMALL },
            calendar: Calendar::load()?,
            schools: school::schools(seed, schools)?,
            weather: Weather::new(seed),
            services: Services::build(seed, &regions)?,
            stories: Stories::default(),
            span: (day(2025, 1, 1), day(2026, 12, 31)),
            registry: Arc::default(),
            pupils: Arc::default(),
            regions,
        })
    }

    /// The world of `seed` and `size` with the stories of every quarter that touches `span`.
    pub fn with_stories(seed: u64, size: Size, span: (NaiveDate, NaiveDate)) -> Result<Self> {
        let mut world = Self::new(seed, size.schools)?;
        world.size = size;
        world.span = span;
        if size.is_whole() {
            world.services.widen(&world.regions);
            for school in &mut world.schools {
                school::digitise(seed, school);
            }
        }
        world.stories = Stories::draw(seed, span, &world.regions, &world.schools, &world.calendar)?;
        Ok(world)
    }

    /// The same world in which nothing out of the ordinary happens: what a story moves is the difference.
    #[must_use]
    pub fn quiet(&self) -> Self {
        let mut world = self.clone();
        world.stories = Stories::default();
        world.pupils = Arc::default();
        world
    }

    /// Tickets of the first queue, that of the Mal Pelayanan Publik, for a family of services on `from..=to`: of matters
    /// that were not tried before, and further ones.
    pub fn mall_visits(&self, family: &str, from: NaiveDate, to: NaiveDate) -> (usize, usize) {
        let mut counts = (0, 0);
        for life in ticket::lives(self, 0, from, to) {
            match life.visit.number {
                _ if self.services.catalogue[life.visit.service].family != family => {}
                1 => counts.0 += 1,
                _ => counts.1 += 1,
            }
        }
        counts
    }

    /// The same world in which every school reports each pupil by itself: the heaviest day that the schools can send.
    #[must_use]
    pub fn all_by_pupil(&self) -> Self {
        let mut world = self.clone();
        for school in &mut world.schools {
            school.reporting = Reporting::Pupils;
        }
        world.pupils = Arc::default();
        world
    }

    /// The registry of people, made when it is first asked for. It starts in January 2023, or earlier where the span
    /// does, and goes three months beyond the span, so that a run over midnight finds tomorrow.
    pub(crate) fn registry(&self) -> &Registry {
        self.registry.get_or_init(|| {
            let epoch = day(self.span.0.year().min(2023), 1, 1);
            let until = self.span.1.checked_add_months(Months::new(3)).unwrap_or(self.span.1);
            Registry::build(self, epoch, until)
        })
    }

    /// Pupils of the school year that runs on the last day of the span.
    pub(crate) fn pupils(&self) -> &Pupils {
        self.pupils.get_or_init(|| Pupils::seat(self, self.span.1))
    }

    /// The answer key of the stories, by first day.
    pub fn answers(&self) -> Vec<Answer> {
        let mut all = self.stories.answers(self.span);
        all.extend(story::persons::answers(self));
        all.extend(story::persons::residuals(self));
        all.extend(story::persons::alike(self));
        all.extend(story::persons::floods(self));
        all.sort_by(|a, b| (a.from, &a.kind, &a.units).cmp(&(b.from, &b.kind, &b.units)));
        all
    }

    /// True when `school` has lessons on `day`.
    pub fn teaches(&self, school: &School, day: NaiveDate) -> bool {
        self.calendar.is_school_day(day, school.six_days) && !self.stories.school_closed(school, day)
    }

    /// What becomes of the recap; a story can silence a school.
    fn fate(&self, school: &School, day: NaiveDate) -> Fate {
        let share = self.stories.delivery("absensi_harian_sekolah", &school.npsn, day);
        if share < 1.0 && Dice::of(self.seed, [16, school.index, attendance::day_number(day)]).unit() >= share {
            return Fate::Never;
        }
        attendance::fate(self.seed, school, day)
    }

    /// What `school` reports of `day`; none on a day without lessons.
    pub fn report<'a>(&self, school: &'a School, day: NaiveDate) -> Option<Report<'a>> {
        self.teaches(school, day).then(|| Report {
            school,
            counts: attendance::attendance(self, school, day),
            fate: self.fate(school, day),
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

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(NaiveDate::MIN)
}
