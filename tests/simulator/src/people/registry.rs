//! The registry of a world: everybody on the day it starts, and every event since. Invariants: the registry on any
//! day is its start plus the events recorded by then; a NIK is given out once; months do not depend on later months.

use super::{
    event::Event,
    household::{self, Draft},
    names::Name,
    person::{Family, Person, Relation, Status},
    work::schooling_and_work,
};
use crate::{World, dice::Dice};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};
use std::collections::HashMap;

/// One change of a row: when it was recorded, and the row since then.
#[derive(Debug, Clone)]
pub(crate) struct Change<T> {
    pub(crate) at: NaiveDateTime,
    pub(crate) id: u32,
    pub(crate) row: T,
}

/// A time that somebody was registered in a village.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stay {
    pub(crate) person: u32,
    pub(crate) from: NaiveDate,
    /// First day on which it is over.
    pub(crate) to: NaiveDate,
}

/// The registry.
#[derive(Debug)]
pub(crate) struct Registry {
    /// First day; everybody in `start` is registered on it.
    pub(crate) epoch: NaiveDate,
    /// Rows on the first day.
    pub(crate) start: (Vec<Person>, Vec<Family>),
    /// Rows after the last event, newcomers included.
    pub(crate) persons: Vec<Person>,
    pub(crate) families: Vec<Family>,
    /// Events in the order of their recording.
    pub(crate) events: Vec<Event>,
    pub(crate) person_changes: Vec<Change<Person>>,
    pub(crate) family_changes: Vec<Change<Family>>,
    /// By village.
    pub(crate) stays: Vec<Vec<Stay>>,
    pub(super) serials: HashMap<(u8, NaiveDate, u8), u16>,
    /// Position of a person's running stay.
    pub(super) open: Vec<u32>,
}

impl Registry {
    /// The registry of `world` from `epoch` until the end of the month of `until`.
    pub(crate) fn build(world: &World, epoch: NaiveDate, until: NaiveDate) -> Self {
        let mut all = Self {
            epoch,
            start: Default::default(),
            persons: Vec::new(),
            families: Vec::new(),
            events: Vec::new(),
            person_changes: Vec::new(),
            family_changes: Vec::new(),
            stays: vec![Vec::new(); world.regions.villages.len()],
            serials: HashMap::new(),
            open: Vec::new(),
        };
        for (index, village) in world.regions.villages.iter().enumerate() {
            let mut dice = Dice::of(world.seed, [30, index as u64, 0]);
            let goal =
                all.persons.len() + (f64::from(village.population) * world.size.people).round().max(4.0) as usize;
            while all.persons.len() < goal {
                let household = household::household(&mut dice);
                let fits = household.len() <= goal - all.persons.len();
                let members = if fits { &household[..] } else { &household[..1] };
                all.settle(members, index as u8, village.kecamatan as u8 + 1, epoch, &mut dice);
            }
        }
        all.start = (all.persons.clone(), all.families.clone());
        let mut month = epoch;
        while month <= until {
            super::evolve::month(&mut all, world, month);
            month = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        }
        all
    }

    /// Registers a new household of the village; `origin` is where its members were first registered.
    pub(super) fn settle(
        &mut self,
        members: &[Draft],
        village: u8,
        origin: u8,
        day: NaiveDate,
        dice: &mut Dice,
    ) -> u32 {
        let family = self.open_family(village, day, dice);
        let mut birth = day;
        for draft in members {
            if !draft.twin {
                birth = day - Days::new(u64::from(draft.days));
            }
            let at_home = draft.relation == Relation::Child || dice.chance(0.85);
            let origin = if at_home { origin } else { 1 + dice.below(14) as u8 };
            self.add(draft, birth, family, origin, day, dice);
        }
        family
    }

    pub(super) fn open_family(&mut self, village: u8, day: NaiveDate, dice: &mut Dice) -> u32 {
        let origin = 1 + dice.below(14) as u8;
        let issued = day - Days::new(dice.below(5000) as u64);
        let serial = self.serial(origin, issued, 2);
        self.families.push(Family {
            village,
            origin,
            issued,
            serial,
            rt: 1 + dice.below(30) as u8,
            rw: 1 + dice.below(9) as u8,
            members: Vec::new(),
        });
        self.families.len() as u32 - 1
    }

    pub(super) fn add(
        &mut self,
        draft: &Draft,
        birth: NaiveDate,
        family: u32,
        origin: u8,
        day: NaiveDate,
        dice: &mut Dice,
    ) -> u32 {
        let id = self.persons.len() as u32;
        let age = day.years_since(birth).unwrap_or(0);
        let (education, job) = schooling_and_work(age, draft.female, dice);
        let village = self.families[family as usize].village;
        let serial = self.serial(origin, birth, u8::from(draft.female));
        self.persons.push(Person {
            id,
            family,
            birth,
            name: Name::draw(draft.female, age, dice),
            village,
            origin,
            serial,
            female: draft.female,
            relation: draft.relation,
            marital: draft.marital,
            status: Status::Active,
            education,
            job,
            faith: dice.weighted(&[(0, 997), (1, 2), (2, 1)]).unwrap_or(0),
        });
        self.families[family as usize].members.push(id);
        self.open.push(0);
        self.stay(id, village, day);
        id
    }

    /// Begins a stay in `village`.
    pub(super) fn stay(&mut self, id: u32, village: u8, day: NaiveDate) {
        let stays = &mut self.stays[usize::from(village)];
        self.open[id as usize] = stays.len() as u32;
        stays.push(Stay {
            person: id,
            from: day,
            to: NaiveDate::MAX,
        });
    }

    /// Ends the running stay.
    pub(super) fn leave(&mut self, id: u32, day: NaiveDate) {
        let village = usize::from(self.persons[id as usize].village);
        let open = self.open[id as usize] as usize;
        if let Some(stay) = self.stays[village].get_mut(open) {
            stay.to = day;
        }
    }

    fn serial(&mut self, origin: u8, day: NaiveDate, sort: u8) -> u16 {
        let next = self.serials.entry((origin, day, sort)).or_insert(0);
        *next += 1;
        *next
    }

    /// Rows on the eve of `day`, as recorded by then.
    pub(crate) fn on(&self, day: NaiveDate) -> (Vec<Person>, Vec<Family>) {
        let (persons, families) = self.dated(day);
        let rows = |all: Vec<(Person, NaiveDateTime)>| all.into_iter().map(|row| row.0).collect();
        (rows(persons), families.into_iter().map(|row| row.0).collect())
    }

    /// The same with the time of each row's last change.
    pub(crate) fn dated(&self, day: NaiveDate) -> (Dated<Person>, Dated<Family>) {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let since = self.epoch.and_time(chrono::NaiveTime::MIN);
        (
            apply(&self.start.0, since, &self.person_changes, midnight),
            apply(&self.start.1, since, &self.family_changes, midnight),
        )
    }

    /// Rows changed in `from..=to` as they are at its end, with the time of the last change, by id.
    pub(crate) fn changed(&self, from: NaiveDate, to: NaiveDate) -> (Dated<Person>, Dated<Family>) {
        (
            last(&self.person_changes, from, to),
            last(&self.family_changes, from, to),
        )
    }

    /// Registered men, women and families of every village on the eve of `day`.
    pub(crate) fn balance(&self, day: NaiveDate) -> Vec<[u32; 3]> {
        let (persons, families) = self.on(day);
        let mut all = vec![[0; 3]; self.stays.len()];
        for person in persons.iter().filter(|p| p.status == Status::Active) {
            all[usize::from(person.village)][usize::from(person.female)] += 1;
        }
        for family in families.iter().filter(|f| !f.members.is_empty()) {
            all[usize::from(family.village)][2] += 1;
        }
        all
    }

    /// Events recorded in `from..=to`.
    pub(crate) fn recorded(&self, from: NaiveDate, to: NaiveDate) -> &[Event] {
        let start = self.events.partition_point(|e| e.recorded.date() < from);
        let end = self.events.partition_point(|e| e.recorded.date() <= to);
        &self.events[start..end]
    }
}

/// Rows with the time of their last change.
pub(crate) type Dated<T> = Vec<(T, NaiveDateTime)>;

/// New rows come in the order of their ids, so a change of an unknown id appends.
fn apply<T: Clone>(start: &[T], since: NaiveDateTime, changes: &[Change<T>], before: NaiveDateTime) -> Dated<T> {
    let mut rows: Dated<T> = start.iter().map(|row| (row.clone(), since)).collect();
    for change in changes.iter().take_while(|c| c.at < before) {
        let row = (change.row.clone(), change.at);
        match rows.get_mut(change.id as usize) {
            Some(old) => *old = row,
            None => rows.push(row),
        }
    }
    rows
}

fn last<T: Clone>(changes: &[Change<T>], from: NaiveDate, to: NaiveDate) -> Dated<T> {
    let start = changes.partition_point(|c| c.at.date() < from);
    let end = changes.partition_point(|c| c.at.date() <= to);
    let by_id: std::collections::BTreeMap<u32, &Change<T>> = changes[start..end].iter().map(|c| (c.id, c)).collect();
    by_id.into_values().map(|c| (c.row.clone(), c.at)).collect()
}

/// A day of the office in the month of `first`.
pub(super) fn office_day(world: &World, first: NaiveDate, dice: &mut Dice) -> NaiveDate {
    let days = crate::feed::periods::month_end(first).day() as usize;
    let mut day = first + Days::new(dice.below(days) as u64);
    // Work left by a free day is done on the next open one, or on the one before at the end of a month.
    while !world.calendar.is_work_day(day) && day.month() == first.month() {
        day = day + Days::new(1);
    }
    while !world.calendar.is_work_day(day) || day.month() != first.month() {
        day = day - Days::new(1);
        if day < first {
            return first;
        }
    }
    day
}
