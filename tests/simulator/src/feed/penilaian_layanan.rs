//! `penilaian_layanan`: stars for an institution and the officer who served, NDJSON from the rating application. Most
//! have a ticket; some do not, and a few have been made up by somebody who wants a better number.

use super::{
    Feed, Shipment, Timed,
    periods::{Period, months_and_days},
};
use crate::{
    Envelope, Result, World,
    attendance::day_number,
    dice::Dice,
    services::{
        name_number, opinion, staff, text,
        ticket::{self, Life},
    },
    story::Planted,
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::json;
use std::fmt::Write;

const DATASET: &str = "penilaian_layanan";
/// Tablets at the exit of a place, and families of a village that share a telephone and like to rate.
const TABLETS: u64 = 2;
const FAMILIES: u64 = 6;

/// The rating application.
pub(crate) struct Ratings;

/// A rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rating {
    pub(crate) at: NaiveDateTime,
    pub(crate) id: String,
    pub(crate) institution: String,
    pub(crate) place: String,
    pub(crate) officer: String,
    pub(crate) ticket: String,
    pub(crate) stars: u32,
    pub(crate) comment: &'static str,
    pub(crate) device: String,
}

impl Feed for Ratings {
    fn dataset(&self) -> &'static str {
        DATASET
    }

    fn history(&self, _world: &World, from: NaiveDate, to: NaiveDate) -> Result<Vec<Shipment>> {
        let shipment = |period: Period| {
            let name = format!("penilaian_{}.ndjson", period.label());
            let file = name.clone();
            Shipment::new(DATASET, name, period.after(1, 3), move |world| {
                Ok(lines(file.clone(), &ratings(world, period.from, period.to)))
            })
        };
        Ok(months_and_days(from, to).into_iter().map(shipment).collect())
    }

    fn live(&self, world: &World, day: NaiveDate) -> Result<Vec<Timed>> {
        let timed = |rating: Rating| Timed {
            at: rating.at.time(),
            envelope: lines(rating.id.clone(), std::slice::from_ref(&rating)),
        };
        Ok(ratings(world, day, day).into_iter().map(timed).collect())
    }
}

/// Ratings given on the days `from..=to`, by time.
pub(crate) fn ratings(world: &World, from: NaiveDate, to: NaiveDate) -> Vec<Rating> {
    ratings_of(world, &ticket::everywhere(world, from, to), from, to)
}

/// [`ratings`], when the lives of the tickets of those days are at hand.
pub(crate) fn ratings_of(world: &World, lives: &[Vec<Life>], from: NaiveDate, to: NaiveDate) -> Vec<Rating> {
    let share = opinion::talkative(world, 0.06);
    let mut all = Vec::new();
    for (site, lives) in lives.iter().enumerate() {
        for life in lives {
            let mut dice = life.visit.dice(821);
            if dice.chance(share) {
                all.extend(of_ticket(world, site, life, dice));
            }
        }
    }
    for day in (Period { from, to }).days() {
        let planted = world.stories.planted(day);
        all.extend(planted.iter().flat_map(|planted| made_up(world, planted, day)));
    }
    all.retain(|rating| (from..=to).contains(&rating.at.date()));
    all.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    all
}

fn of_ticket(world: &World, site: usize, life: &Life, mut dice: Dice) -> Option<Rating> {
    let served = life.served()?;
    let place = world.services.sites.get(site)?;
    let (pool, counter) = served.counter?;
    let institution = opinion::judged(world, site, &life.visit);
    let officer = staff::at_counter(world, place, pool, counter, life.visit.day);
    let own = 0.15 * Dice::of(world.seed, [822, name_number(&officer.nip), 0]).normal();
    let points = opinion::of_visit(world, &institution, &place.code, life) + own;
    let stars = opinion::stars(points, &mut dice);
    let known = dice.chance(0.88);
    let comments = if stars < 3 {
        ["Lama sekali", "Kurang ramah", "Disuruh kembali lagi"]
    } else {
        ["Ramah", "Cepat", "Jelas penjelasannya"]
    };
    let at = life.visit.day.and_time(NaiveTime::MIN) + TimeDelta::seconds(served.at + 30 + dice.below(5400) as i64);
    Some(Rating {
        at,
        id: format!("N-{:012x}", dice.bits() >> 16),
        institution,
        place: place.code.clone(),
        officer: officer.nip,
        ticket: if known { life.ticket.clone() } else { String::new() },
        stars,
        comment: if dice.chance(0.15) { comments[dice.below(3)] } else { "" },
        device: device(world, &place.code, life),
    })
}

/// The device of an honest rating: a tablet at the exit that everybody uses, a telephone that a family shares, or
/// one's own. So a device that is seen again is nothing by itself.
fn device(world: &World, place: &str, life: &Life) -> String {
    let mut dice = life.visit.dice(823);
    let shared = |purpose: u64, of: u64, number: u64| text::device(Dice::of(world.seed, [purpose, of, number]));
    match dice.unit() {
        ..0.42 => shared(827, name_number(place), dice.bits() % TABLETS),
        0.42..0.54 => shared(828, life.visit.village as u64, dice.bits() % FAMILIES),
        _ => text::device(dice),
    }
}

fn made_up(world: &World, planted: &Planted, day: NaiveDate) -> Vec<Rating> {
    let mut dice = Dice::of(world.seed ^ planted.tag, [824, day_number(day), 0]);
    let officer = planted.officer.map_or_else(String::new, |number| {
        staff::officer(world.seed, planted.institution, planted.place, number).nip
    });
    // Bursts come within half an hour of an evening, a single hand in the break.
    let start = if planted.officer.is_some() { 43_500 } else { 68_400 };
    (0..planted.count)
        .map(|number| Rating {
            at: day.and_time(NaiveTime::MIN) + TimeDelta::seconds(start + dice.below(1800) as i64),
            id: format!("N-{:012x}", Dice::of(dice.bits(), [825, number.into(), 0]).bits() >> 16),
            institution: planted.institution.into(),
            place: planted.place.into(),
            officer: officer.clone(),
            ticket: String::new(),
            stars: 5,
            comment: if dice.chance(0.3) { "Sangat memuaskan" } else { "" },
            device: text::device(Dice::of(
                world.seed ^ planted.tag,
                [826, dice.bits() % planted.devices.max(1), 0],
            )),
        })
        .collect()
}

fn lines(name: String, ratings: &[Rating]) -> Envelope {
    let mut body = String::new();
    for rating in ratings {
        let line = text::object([
            ("rating_id", json!(rating.id)),
            ("rated_at", json!(text::iso(rating.at))),
            ("agency_id", json!(rating.institution)),
            ("site_id", json!(rating.place)),
            ("operator_key", json!(rating.officer)),
            ("ticket_id", json!(rating.ticket)),
            ("stars", json!(rating.stars)),
            ("comment", json!(rating.comment)),
            ("device_hash", json!(rating.device)),
        ]);
        let _ = writeln!(body, "{line}");
    }
    Envelope::ndjson(DATASET, name, body, ratings.len())
}
