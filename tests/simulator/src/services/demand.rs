//! How many people come with a new matter: by service, kecamatan of residence, site and day.

use crate::{
    World,
    services::{catalogue::Service, office, place::Site},
    story::Stories,
};
use chrono::NaiveDate;

const MPP_WIDE: f64 = 700.0;
const CPP_WIDE: f64 = 260.0;
const KECAMATAN_WIDE: f64 = 2400.0;

/// First visits of an ordinary day of the real size at a site of that kind; all kecamatan together. `wide` asks for the
/// load of a regency whose offices all use the queue.
pub(crate) fn first_visits(kind: &str, wide: bool) -> f64 {
    match (kind, wide) {
        ("mpp", false) => 430.0,
        ("mpp", true) => MPP_WIDE,
        ("cpp", false) => 120.0,
        ("cpp", true) => CPP_WIDE,
        (_, false) => 340.0,
        (_, true) => KECAMATAN_WIDE,
    }
}

/// Mean minutes that a counter is taken by a visit: a bit under the standard, and the call.
pub(crate) fn counter_minutes(service: &Service) -> f64 {
    f64::from(service.minutes) * 0.88 + 1.5
}

/// What is the same for all services of a site on a day.
pub(crate) struct Crowd<'a> {
    world: &'a World,
    site: &'a Site,
    day: NaiveDate,
    /// First visits of all services, before season, by position of the kecamatan where people live.
    people: Vec<f64>,
    /// The stories of the day.
    pub(crate) stories: Stories,
}

impl<'a> Crowd<'a> {
    /// The crowd of a day; none when the site is closed.
    pub(crate) fn of(world: &'a World, site: &'a Site, day: NaiveDate) -> Option<Self> {
        let all =
            first_visits(site.kind, world.services.wide) * world.services.office.pressure(day) * opened(site.kind, day);
        (all > 0.0).then(|| Self {
            world,
            site,
            day,
            people: reach(world, site, day).into_iter().map(|share| share * all).collect(),
            stories: world.stories.of(day),
        })
    }

    /// Mean new matters of a service (position), by position of the kecamatan where people live.
    pub(crate) fn new_matters(&self, service: usize) -> Vec<f64> {
        let (Some(offer), Some(what)) = (
            self.site.offers.get(service),
            self.world.services.catalogue.get(service),
        ) else {
            return Vec::new();
        };
        if offer.1 <= 0.0 {
            return Vec::new();
        }
        let common = offer.1 * self.world.services.office.season(what.season, self.day);
        let story = |place: usize| {
            let code = self.world.regions.code(place);
            self.stories.demand(&what.code, code, &self.site.code, self.day)
        };
        (0..)
            .zip(&self.people)
            .map(|(place, people)| {
                if *people > 0.0 {
                    common * people * story(place)
                } else {
                    0.0
                }
            })
            .collect()
    }
}

/// Share of a site's visitors by the kecamatan where they live. Rain keeps people of far places at home.
fn reach(world: &World, site: &Site, day: NaiveDate) -> Vec<f64> {
    let all = &world.regions.kecamatan;
    let people: f64 = all.iter().map(|k| f64::from(k.population)).sum();
    let pull = |population: u32, km: u32| f64::from(population) * (-f64::from(km) / 38.0).exp();
    let total: f64 = all.iter().map(|k| pull(k.population, k.distance_km)).sum();
    let share = |(place, home): (usize, &crate::facts::Kecamatan)| match site.kecamatan {
        Some(own) if own != place => 0.0,
        Some(_) => f64::from(home.population) / people,
        None => {
            let wet = (world.weather.rain(place, day) / 60.0).min(1.0) * f64::from(home.distance_km) / 52.0;
            pull(home.population, home.distance_km) / total * (1.0 - 0.35 * wet)
        }
    };
    all.iter().enumerate().map(share).collect()
}

/// How far a new house is known: the MPP grew over its first months, and all grow a little from year to year.
fn opened(kind: &str, day: NaiveDate) -> f64 {
    let years = (day - office::MPP_OPENED).num_days() as f64 / 365.25;
    let trend = 1.0 + 0.03 * years;
    match kind {
        "mpp" if years < 0.0 => 0.0,
        "mpp" => trend * (0.4 + 0.6 * (years * 3.0).min(1.0)),
        // What the MPP serves was served by the older places before.
        _ if years < 0.0 => (1.25 + 0.03 * years).max(0.8),
        _ => trend,
    }
}
