//! Stories: what happens in the regency beside the ordinary, drawn from the seed, with the answer known.
//!
//! A story tells its effects, and feeds ask for them; nothing else may read a story. Stories are drawn per quarter of
//! a year and depend on seed, quarter and the world's places, so the days of two runs with other spans agree.
//! Without effect a method answers the neutral value: 0 where effects add, 1 where they multiply.

mod answer;
mod harmless;
mod mall;
mod outbreak;
pub(crate) mod persons;
mod rating;
mod service_silence;
mod silence;

pub use answer::Answer;

use crate::{
    Result,
    absence::{Away, Ill},
    dice::Dice,
    regions::Regions,
    school::School,
};
use chrono::{Datelike, Days, Months, NaiveDate};
use std::{fmt::Debug, ops::RangeInclusive, sync::Arc};

/// Youngest and oldest age of a patient, in full years.
pub(crate) type Ages = RangeInclusive<u32>;

/// What a story is drawn in.
pub(crate) struct Setting<'a> {
    pub(crate) seed: u64,
    /// First and last day of the quarter.
    pub(crate) quarter: (NaiveDate, NaiveDate),
    pub(crate) regions: &'a Regions,
    pub(crate) schools: &'a [School],
    pub(crate) calendar: &'a crate::Calendar,
}

/// Something that happens. Every effect is asked with the day first checked by the story itself.
pub(crate) trait Story: Debug + Send + Sync {
    /// First and last day on which it has any effect.
    fn span(&self) -> (NaiveDate, NaiveDate);

    /// The entry of the answer key.
    fn answer(&self) -> Answer;

    /// Pupils of a class who are ill beyond the usual; also on days without lessons.
    fn ill(&self, school: &School, class: &str, day: NaiveDate) -> Vec<Ill> {
        let _ = (school, class, day);
        Vec::new()
    }

    /// Absence of a school that is not illness.
    fn absence(&self, school: &School, day: NaiveDate) -> Away {
        let _ = (school, day);
        Away::NONE
    }

    /// True when the school has no lessons on a day that otherwise has them.
    fn school_closed(&self, school: &School, day: NaiveDate) -> bool {
        let _ = (school, day);
        false
    }

    /// Further visits, not to be scaled by the size of the world, of people of a village at its health centre for a
    /// disease (slug): the ages in years between which each patient is.
    fn visits(&self, village: usize, disease: &str, day: NaiveDate) -> Vec<Ages> {
        let _ = (village, disease, day);
        Vec::new()
    }

    /// Factor on the share of a sender's rows that still reach the hub: 0 nothing, 1 all. `unit` is what the feed
    /// has (npsn, facility, kecamatan, bench; empty where it has none).
    fn delivery(&self, dataset: &str, unit: &str, day: NaiveDate) -> f64 {
        let _ = (dataset, unit, day);
        1.0
    }

    /// Factor on the demand for a service; `place` is a `lokasi_layanan` code or its kind.
    fn demand(&self, service: &str, kecamatan: &str, place: &str, day: NaiveDate) -> f64 {
        let _ = (service, kecamatan, place, day);
        1.0
    }

    /// Factor on the time a service takes, waiting included.
    fn slowness(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        let _ = (service, place, day);
        1.0
    }

    /// Factor on the share of visits that end with papers missing, so that people come again.
    fn incomplete(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        let _ = (service, place, day);
        1.0
    }

    /// Ratings of `day` that nobody who was served has given.
    fn planted(&self, day: NaiveDate) -> Vec<Planted> {
        let _ = day;
        Vec::new()
    }

    /// Points added to ratings (1..5) and survey answers (1..4) of an institution or place.
    fn opinion(&self, institution: &str, place: &str, day: NaiveDate) -> f64 {
        let _ = (institution, place, day);
        0.0
    }
}

/// Ratings made up by somebody who wants a better number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planted {
    /// Institution that is rated.
    pub(crate) institution: &'static str,
    /// Place that is rated.
    pub(crate) place: &'static str,
    /// Which officer of the institution at that place is rated; none rates the institution.
    pub(crate) officer: Option<usize>,
    /// How many ratings come on that day, whatever the size of the world.
    pub(crate) count: u32,
    /// Devices they come from.
    pub(crate) devices: u64,
    /// Keeps the devices of one story apart from others'.
    pub(crate) tag: u64,
}

/// Draws the stories of one quarter.
type Teller = fn(&Setting<'_>, &mut Dice) -> Vec<Arc<dyn Story>>;

/// All kinds of stories, each with a number that keeps its dice apart from the others'. Add at the end.
const TELLERS: &[(u64, Teller)] = &[
    (1, outbreak::tell),
    (2, harmless::tell),
    (3, silence::tell),
    (4, mall::tell),
    (5, rating::tell),
    (6, service_silence::tell),
];

/// Days before and after a span from which stories are drawn as well.
const BEFORE: u64 = 70;
const AFTER: u64 = 92;

/// The stories of a world.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stories {
    all: Vec<Arc<dyn Story>>,
}

impl Stories {
    /// The stories of every quarter that touches `from..=to`, and of the months around it: one that began before may
    /// go on, and a run may go beyond.
    pub(crate) fn draw(
        seed: u64,
        (from, to): (NaiveDate, NaiveDate),
        regions: &Regions,
        schools: &[School],
        calendar: &crate::Calendar,
    ) -> Result<Self> {
        let (from, to) = (from - Days::new(BEFORE), to + Days::new(AFTER));
        let mut all = Vec::new();
        let mut first = NaiveDate::from_ymd_opt(from.year(), from.month0() / 3 * 3 + 1, 1).unwrap_or(from);
        while first <= to {
            let next = first.checked_add_months(Months::new(3)).unwrap_or(NaiveDate::MAX);
            let setting = Setting {
                seed,
                quarter: (first, next.pred_opt().unwrap_or(next)),
                regions,
                schools,
                calendar,
            };
            for (number, teller) in TELLERS {
                let mut dice = Dice::of(seed, [23, *number, crate::attendance::day_number(first)]);
                all.extend(teller(&setting, &mut dice));
            }
            first = next;
        }
        Ok(Self { all })
    }

    /// The answer key of what has an effect in `from..=to`, by first day.
    pub(crate) fn answers(&self, (from, to): (NaiveDate, NaiveDate)) -> Vec<Answer> {
        let touches = |story: &&Arc<dyn Story>| story.span().0 <= to && story.span().1 >= from;
        let mut all: Vec<_> = self.all.iter().filter(touches).map(|story| story.answer()).collect();
        all.sort_by(|a, b| (a.from, &a.kind, &a.units).cmp(&(b.from, &b.kind, &b.units)));
        all
    }

    /// See [`Story::ill`].
    pub(crate) fn ill(&self, school: &School, class: &str, day: NaiveDate) -> Vec<Ill> {
        self.on(day).flat_map(|s| s.ill(school, class, day)).collect()
    }

    /// See [`Story::absence`].
    pub(crate) fn absence(&self, school: &School, day: NaiveDate) -> Away {
        self.on(day).map(|s| s.absence(school, day)).fold(Away::NONE, Away::and)
    }

    /// See [`Story::school_closed`].
    pub(crate) fn school_closed(&self, school: &School, day: NaiveDate) -> bool {
        self.on(day).any(|s| s.school_closed(school, day))
    }

    /// See [`Story::visits`].
    pub(crate) fn visits(&self, village: usize, disease: &str, day: NaiveDate) -> Vec<Ages> {
        self.on(day).flat_map(|s| s.visits(village, disease, day)).collect()
    }

    /// See [`Story::delivery`].
    pub(crate) fn delivery(&self, dataset: &str, unit: &str, day: NaiveDate) -> f64 {
        self.product(day, |s| s.delivery(dataset, unit, day))
    }

    /// See [`Story::demand`].
    pub(crate) fn demand(&self, service: &str, kecamatan: &str, place: &str, day: NaiveDate) -> f64 {
        self.product(day, |s| s.demand(service, kecamatan, place, day))
    }

    /// See [`Story::slowness`].
    pub(crate) fn slowness(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        self.product(day, |s| s.slowness(service, place, day))
    }

    /// See [`Story::incomplete`].
    pub(crate) fn incomplete(&self, service: &str, place: &str, day: NaiveDate) -> f64 {
        self.product(day, |s| s.incomplete(service, place, day))
    }

    /// See [`Story::planted`].
    pub(crate) fn planted(&self, day: NaiveDate) -> Vec<Planted> {
        self.on(day).flat_map(|s| s.planted(day)).collect()
    }

    /// The stories of one day only, for whoever asks them thousands of times.
    pub(crate) fn of(&self, day: NaiveDate) -> Self {
        let told = |story: &&Arc<dyn Story>| (story.span().0..=story.span().1).contains(&day);
        Self {
            all: self.all.iter().filter(told).cloned().collect(),
        }
    }

    /// See [`Story::opinion`].
    pub(crate) fn opinion(&self, institution: &str, place: &str, day: NaiveDate) -> f64 {
        self.sum(day, |s| s.opinion(institution, place, day))
    }

    fn on(&self, day: NaiveDate) -> impl Iterator<Item = &dyn Story> {
        self.all
            .iter()
            .map(AsRef::as_ref)
            .filter(move |story| (story.span().0..=story.span().1).contains(&day))
    }

    fn sum(&self, day: NaiveDate, effect: impl Fn(&dyn Story) -> f64) -> f64 {
        self.on(day).map(effect).sum()
    }

    fn product(&self, day: NaiveDate, effect: impl Fn(&dyn Story) -> f64) -> f64 {
        self.on(day).map(effect).product()
    }
}
