//! A day at a site: people wait per pool of counters, are called, served, sent on or miss their turn.
//!
//! Event-driven: whoever is next (priority first, then by arrival) goes to the counter that is free. Nothing is drawn
//! here but small hesitations; waits follow from arrivals, service times and counters. True times only: clocks that
//! are wrong are the business of [`crate::services::ticket`].

use crate::{
    World,
    services::{
        office::Hours,
        place::Site,
        visit::{Outcome, Turnout, Visit},
    },
};
use chrono::{Datelike, NaiveDate, Weekday};
use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

/// What happened to a visitor, in seconds of the local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) kind: Kind,
    pub(crate) at: i64,
    /// Pool and counter, where one was involved.
    pub(crate) counter: Option<(usize, usize)>,
    /// Position of the service at that time; a transfer changes it.
    pub(crate) service: usize,
}

/// Kinds of steps, in the order of a life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Booked,
    Present,
    Called,
    Recalled,
    Serving,
    Served,
    Transferred,
    NoShow,
    Cancelled,
    Expired,
}

impl Kind {
    /// The word used in the data.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "dipesan",
            Self::Present => "hadir",
            Self::Called => "dipanggil",
            Self::Recalled => "dipanggil_ulang",
            Self::Serving => "dilayani",
            Self::Served => "selesai",
            Self::Transferred => "dialihkan",
            Self::NoShow => "tidak_hadir",
            Self::Cancelled => "batal",
            Self::Expired => "kedaluwarsa",
        }
    }
}

/// Runs the day; answers the steps of each visit, in the order of `visits`.
pub(crate) fn run(world: &World, site: &Site, day: NaiveDate, visits: &[Visit]) -> Vec<Vec<Step>> {
    let mut house = House {
        world,
        site,
        day,
        visits,
        hours: world.services.office.hours(site.kind, day),
        lives: vec![Vec::new(); visits.len()],
        waiting: vec![BTreeSet::new(); site.pools.len()],
        idle: site.pools.iter().map(|pool| (0..pool.counters).collect()).collect(),
        events: BinaryHeap::new(),
    };
    house.day();
    house.lives
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A visitor joins the queue of a pool, for the service of that position.
    Joins { visit: usize, service: usize },
    /// A counter becomes free.
    Free { pool: usize, counter: usize },
}

struct House<'a> {
    world: &'a World,
    site: &'a Site,
    day: NaiveDate,
    visits: &'a [Visit],
    hours: Hours,
    lives: Vec<Vec<Step>>,
    /// By pool: (0 for priority, since when, visit, service).
    waiting: Vec<BTreeSet<(u8, i64, usize, usize)>>,
    idle: Vec<BTreeSet<usize>>,
    events: BinaryHeap<Reverse<(i64, Event)>>,
}

impl House<'_> {
    fn day(&mut self) {
        for (index, visit) in self.visits.iter().enumerate() {
            match visit.turnout {
                // Noticed when the doors close.
                Turnout::Forgets => self.note(index, Kind::Expired, self.hours.close, None, visit.service),
                Turnout::Cancels(_) => {}
                Turnout::Comes | Turnout::Leaves => {
                    self.note(index, Kind::Present, visit.arrives, None, visit.service);
                    let service = visit.service;
                    self.push(
                        visit.arrives.max(self.hours.open),
                        Event::Joins { visit: index, service },
                    );
                }
            }
        }
        while let Some(Reverse((now, event))) = self.events.pop() {
            let pool = match event {
                Event::Joins { visit, service } => {
                    let pool = self.site.offers.get(service).map_or(0, |offer| offer.0);
                    let (class, since) = self
                        .visits
                        .get(visit)
                        .map_or((1, now), |v| (u8::from(v.priority.is_none()), now));
                    if let Some(queue) = self.waiting.get_mut(pool) {
                        queue.insert((class, since, visit, service));
                    }
                    pool
                }
                Event::Free { pool, counter } => {
                    if let Some(idle) = self.idle.get_mut(pool) {
                        idle.insert(counter);
                    }
                    pool
                }
            };
            self.call(pool, now);
        }
    }

    /// Calls people of a pool as long as a counter is free.
    fn call(&mut self, pool: usize, now: i64) {
        loop {
            let Some(counter) = self.idle.get(pool).and_then(|idle| idle.first().copied()) else {
                return;
            };
            if self.waiting.get(pool).is_none_or(BTreeSet::is_empty) {
                return;
            }
            if let Some(idle) = self.idle.get_mut(pool) {
                idle.remove(&counter);
            }
            if let Some(end) = self.on_break(counter, now) {
                self.push(end, Event::Free { pool, counter });
                continue;
            }
            let Some((_, since, visit, service)) = self.waiting.get_mut(pool).and_then(BTreeSet::pop_first) else {
                return;
            };
            let end = self.serve((pool, counter), now, since, visit, service);
            self.push(end, Event::Free { pool, counter });
        }
    }

    /// Serves one visitor from `now`; answers when the counter is free again.
    fn serve(&mut self, counter: (usize, usize), now: i64, since: i64, index: usize, service: usize) -> i64 {
        let Some(visit) = self.visits.get(index) else {
            return now;
        };
        let at = Some(counter);
        let mut dice = visit.dice(731 + service as u64);
        // Too late in the day: who still waits is sent home.
        if now > self.hours.close + 2700 {
            self.note(index, Kind::Cancelled, now, None, service);
            return now;
        }
        let mut clock = now + 3 + dice.below(20) as i64;
        self.note(index, Kind::Called, clock, at, service);
        let gone = visit.turnout == Turnout::Leaves || now - since > visit.patience;
        if gone || dice.chance(0.05) {
            clock += 40 + dice.below(30) as i64;
            self.note(index, Kind::Recalled, clock, at, service);
        }
        if gone {
            clock += 60 + dice.below(60) as i64;
            self.note(index, Kind::NoShow, clock, at, service);
            return clock;
        }
        clock += 10 + dice.below(50) as i64;
        self.note(index, Kind::Serving, clock, at, service);
        let code = self
            .world
            .services
            .catalogue
            .get(service)
            .map_or("", |s| s.code.as_str());
        let slow = self.world.stories.slowness(code, &self.site.code, self.day);
        match visit.outcome {
            Outcome::Transferred(other) if service == visit.service => {
                clock += (visit.takes as f64 * 0.3 * slow) as i64 + 30;
                self.note(index, Kind::Transferred, clock, at, service);
                self.push(
                    clock + 45,
                    Event::Joins {
                        visit: index,
                        service: other,
                    },
                );
            }
            _ => {
                clock += (visit.takes as f64 * slow) as i64;
                self.note(index, Kind::Served, clock, at, service);
            }
        }
        clock + 15
    }

    /// The end of the break in which a counter is at `now`: half an hour around noon in turns, on Friday all together.
    fn on_break(&self, counter: usize, now: i64) -> Option<i64> {
        let (from, to) = if self.day.weekday() == Weekday::Fri {
            (41_400, 46_800)
        } else {
            let from = 43_200 + 1800 * (counter % 2) as i64;
            (from, from + 1800)
        };
        let fasting = self.world.services.office.is_ramadan(self.day) && self.day.weekday() != Weekday::Fri;
        (!fasting && (from..to).contains(&now)).then_some(to)
    }

    fn push(&mut self, at: i64, event: Event) {
        self.events.push(Reverse((at, event)));
    }

    fn note(&mut self, visit: usize, kind: Kind, at: i64, counter: Option<(usize, usize)>, service: usize) {
        if let Some(life) = self.lives.get_mut(visit) {
            life.push(Step {
                kind,
                at,
                counter,
                service,
            });
        }
    }
}
