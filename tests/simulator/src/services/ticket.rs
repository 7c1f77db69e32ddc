//! Tickets as the queue systems record them: numbers, officers, and the clocks of kiosks, some of which are wrong.

use crate::{
    World,
    attendance::day_number,
    dice::Dice,
    services::{
        matter::{self, MOST_AHEAD},
        name_number,
        place::Site,
        queue::{self, Kind, Step},
        shown, staff,
        visit::{Channel, Outcome, Turnout, Visit},
    },
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::BTreeMap;

/// Kiosks of a site.
const KIOSKS: u64 = 3;

/// A recorded event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) ticket: String,
    pub(crate) kind: Kind,
    /// Local time by the clock that recorded it.
    pub(crate) at: NaiveDateTime,
    /// Position of the site.
    pub(crate) site: usize,
    pub(crate) desk: String,
    pub(crate) officer: String,
    pub(crate) channel: Channel,
    /// Position of the service.
    pub(crate) service: usize,
    pub(crate) priority: &'static str,
    pub(crate) slot: Option<NaiveDateTime>,
    pub(crate) nik: String,
    /// Position of the village.
    pub(crate) village: usize,
    pub(crate) outcome: &'static str,
    /// Code of the service that the ticket was sent on to.
    pub(crate) sent_on: String,
    pub(crate) number: u32,
}

/// A visit with what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) ticket: String,
    pub(crate) visit: Visit,
    pub(crate) steps: Vec<Step>,
}

impl Life {
    /// Seconds between coming and the first call, by a right clock.
    pub(crate) fn wait(&self) -> Option<i64> {
        let at = |kind| self.steps.iter().find(|step| step.kind == kind).map(|step| step.at);
        Some(at(Kind::Called)? - at(Kind::Present)?.max(0))
    }

    /// The step that ended the service, when it was served.
    pub(crate) fn served(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.kind == Kind::Served)
    }
}

/// Every shown ticket of a site (position) whose visit falls on `from..=to`, day by day.
pub(crate) fn lives(world: &World, site: usize, from: NaiveDate, to: NaiveDate) -> Vec<Life> {
    let Some(place) = world.services.sites.get(site) else {
        return Vec::new();
    };
    let mut days: BTreeMap<NaiveDate, Vec<Visit>> = BTreeMap::new();
    for visit in matter::visits(world, place, from, to) {
        days.entry(visit.day).or_default().push(visit);
    }
    let share = shown(world);
    let mut all = Vec::new();
    for (day, mut visits) in days {
        visits.sort_by_key(|visit| (visit.arrives, visit.matter));
        let lives = queue::run(world, place, day, &visits);
        let mut last = vec![0; place.pools.len()];
        for (visit, steps) in visits.into_iter().zip(lives) {
            let ticket = number(place, &visit, &mut last);
            if visit.is_shown(share) {
                all.push(Life { ticket, visit, steps });
            }
        }
    }
    all
}

/// [`lives`] of every site, by position of the site.
pub(crate) fn everywhere(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Vec<Life>> {
    (0..world.services.sites.len())
        .map(|site| lives(world, site, from, to))
        .collect()
}

/// Events recorded at a site on the days `from..=to`, by time; bookings for later days included.
pub(crate) fn events(world: &World, site: usize, from: NaiveDate, to: NaiveDate) -> Vec<Event> {
    let Some(place) = world.services.sites.get(site) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for life in lives(world, site, from, to + Days::new(MOST_AHEAD)) {
        all.extend(recorded(world, (site, place), &life));
    }
    all.retain(|event| (from..=to).contains(&event.at.date()));
    all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    all
}

/// The events of one ticket, in the order in which they happened.
fn recorded(world: &World, (site, place): (usize, &Site), life: &Life) -> Vec<Event> {
    let visit = &life.visit;
    let mut dice = visit.dice(741);
    let known = visit.channel == Channel::Online || dice.chance(0.8);
    let nik = if known { nik(world, visit) } else { String::new() };
    let blank = Event {
        id: String::new(),
        ticket: life.ticket.clone(),
        kind: Kind::Booked,
        at: NaiveDateTime::default(),
        site,
        desk: String::new(),
        officer: String::new(),
        channel: visit.channel,
        service: visit.service,
        priority: visit.priority.unwrap_or("tidak"),
        slot: visit.booked.map(|booked| booked.1),
        nik,
        village: visit.village,
        outcome: "",
        sent_on: String::new(),
        number: visit.number,
    };
    let mut all = Vec::new();
    if let Some((at, _)) = visit.booked {
        all.push(Event { at, ..blank.clone() });
        if let Turnout::Cancels(hours) = visit.turnout {
            let kind = Kind::Cancelled;
            all.push(Event {
                kind,
                at: at + TimeDelta::hours(hours.into()),
                ..blank.clone()
            });
        }
    }
    for step in &life.steps {
        all.push(of_step(world, place, visit, step, blank.clone()));
    }
    for (number, event) in (1..).zip(&mut all) {
        event.id = format!("{}-{number}", life.ticket);
    }
    all
}

fn of_step(world: &World, place: &Site, visit: &Visit, step: &Step, blank: Event) -> Event {
    let mut event = Event {
        kind: step.kind,
        service: step.service,
        at: visit.day.and_time(NaiveTime::MIN) + TimeDelta::seconds(step.at),
        ..blank
    };
    if let Some((pool, counter)) = step.counter {
        let letters = place.pools.get(pool).map_or("", |pool| pool.letters.as_str());
        event.desk = format!("{letters}{}", counter + 1);
        event.officer = staff::at_counter(world, place, pool, counter, visit.day).nip;
    }
    if step.kind == Kind::Present && visit.channel == Channel::Kiosk {
        let kiosk = visit.dice(742).bits() % KIOSKS;
        event.desk = format!("KIOS-{}", kiosk + 1);
        event.at += TimeDelta::seconds(clock_error(world.seed, &place.code, kiosk, visit.day));
    }
    match (step.kind, visit.outcome) {
        (Kind::Transferred, Outcome::Transferred(other)) => {
            event.outcome = "dialihkan";
            event.sent_on = world
                .services
                .catalogue
                .get(other)
                .map_or_else(String::new, |s| s.code.clone());
        }
        (Kind::Served, Outcome::Incomplete) => event.outcome = "berkas_kurang",
        (Kind::Served, Outcome::Refused) => event.outcome = "ditolak",
        (Kind::Served, _) => event.outcome = "selesai",
        _ => {}
    }
    event
}

/// Seconds by which the clock of a kiosk is fast. Usually little; the last kiosk of a house goes wrong by minutes for a
/// week at a time, until somebody notices. Then `hadir` may lie after `dipanggil`.
pub(crate) fn clock_error(seed: u64, site: &str, kiosk: u64, day: NaiveDate) -> i64 {
    let week = u64::from(day.iso_week().week()) + 100 * day.year().unsigned_abs() as u64;
    let mut dice = Dice::of(seed ^ name_number(site), [743, kiosk, week]);
    if kiosk + 1 == KIOSKS && dice.chance(0.12) {
        240 + dice.below(600) as i64
    } else {
        dice.below(41) as i64 - 20
    }
}

/// True when the records of a site on `day` came twice, because the line was down and the batch was sent again.
pub(crate) fn sent_twice(seed: u64, site: &str, day: NaiveDate) -> bool {
    Dice::of(seed ^ name_number(site), [744, day_number(day), 0]).chance(0.04)
}

/// Ticket number: letters of the pool and a running number; bookings have a code of their own, because it is given
/// before anybody knows who comes when.
fn number(site: &Site, visit: &Visit, last: &mut [u32]) -> String {
    let pool = site.offers.get(visit.service).map_or(0, |offer| offer.0);
    let letters = site.pools.get(pool).map_or("", |pool| pool.letters.as_str());
    let day = visit.day.format("%y%m%d");
    if visit.booked.is_some() {
        return format!("{}-{day}-{letters}-B{:08X}", site.code, visit.dice(745).bits() >> 32);
    }
    let running = last.get_mut(pool).map_or(0, |last| {
        *last += 1;
        *last
    });
    format!("{}-{day}-{letters}{running:03}", site.code)
}

/// Who it was: the same person for all visits of a matter.
fn nik(world: &World, visit: &Visit) -> String {
    let mut dice = Dice::of(visit.matter, [746, 0, 0]);
    let sex = (visit.priority == Some("ibu_hamil")).then_some(true);
    world
        .citizen(
            visit.village,
            (&(visit.age..=visit.age + 4), sex),
            visit.since,
            &mut dice,
        )
        .map_or_else(String::new, |citizen| citizen.nik)
}
