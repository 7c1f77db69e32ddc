//! Matters: what somebody wants brings one visit, and a further one each time papers were missing.
//!
//! A matter is drawn on the day of its first visit and carries all its visits, so that a repeat visit is the return of
//! somebody who was there before.

use crate::{
    World,
    attendance::day_number,
    dice::Dice,
    services::{
        demand::Crowd,
        name_number,
        place::Site,
        village,
        visit::{Channel, Outcome, Turnout, Visit},
    },
    story::Stories,
};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// Visits that one matter takes at most.
const MOST_VISITS: u32 = 3;
/// Open days after which somebody comes again, at most.
const MOST_GAP: usize = 5;
/// Days between booking and visit, at most.
pub(crate) const MOST_AHEAD: u64 = 5;

/// All visits to a site on the days `from..=to`, in no particular order.
pub(crate) fn visits(world: &World, site: &Site, from: NaiveDate, to: NaiveDate) -> Vec<Visit> {
    let office = &world.services.office;
    let start = office.before(from, MOST_GAP * (MOST_VISITS as usize - 1));
    let mut all = Vec::new();
    for day in start.iter_days().take_while(|day| *day <= to) {
        let Some(crowd) = Crowd::of(world, site, day) else {
            continue;
        };
        for service in 0..world.services.catalogue.len() {
            let means = crowd.new_matters(service);
            let mean: f64 = means.iter().sum();
            let parts = [name_number(&site.code), service as u64, day_number(day)];
            let mut dice = Dice::of(world.seed ^ 0x0071_0000, parts);
            for _ in 0..dice.poisson(mean) {
                let matter = Matter {
                    id: dice.bits(),
                    service,
                    first: day,
                };
                matter.visits(world, (site, &crowd.stories), (&means, mean), (from, to), &mut all);
            }
        }
    }
    all
}

/// What somebody wants, with a number that names it.
#[derive(Debug, Clone, Copy)]
struct Matter {
    id: u64,
    service: usize,
    first: NaiveDate,
}

/// What becomes of a visit; drawn apart from its details, because most days ask for no more.
#[derive(Debug, Clone, Copy)]
struct Fate {
    channel: Channel,
    turnout: Turnout,
    outcome: Outcome,
}

impl Matter {
    /// Appends the visits of the matter on the days `from..=to`.
    fn visits(
        self,
        world: &World,
        (site, stories): (&Site, &Stories),
        (means, mean): (&[f64], f64),
        (from, to): (NaiveDate, NaiveDate),
        all: &mut Vec<Visit>,
    ) {
        let mut day = self.first;
        for number in 1..=MOST_VISITS {
            if day > to {
                return;
            }
            let fate = if number == 1 {
                self.fate(world, site, stories, day, number)
            } else {
                self.fate(world, site, &world.stories.of(day), day, number)
            };
            if day >= from {
                let mut dice = Dice::of(self.id, [712, 0, 0]);
                let kecamatan = pick(means, mean, &mut dice);
                let (village, age) = (village(world, kecamatan, &mut dice), age(&mut dice));
                let priority = priority(age, &mut dice);
                let visit = self.visit(world, site, fate, day, number);
                all.push(Visit {
                    village,
                    age,
                    priority,
                    ..visit
                });
            }
            let again = fate.outcome == Outcome::Incomplete && fate.turnout == Turnout::Comes;
            let mut next = Dice::of(self.id, [713, u64::from(number), 1]);
            if !again || next.chance(0.08) {
                return;
            }
            day = world.services.office.after(day, 1 + next.below(MOST_GAP));
        }
    }

    fn fate(self, world: &World, site: &Site, stories: &Stories, day: NaiveDate, number: u32) -> Fate {
        let mut dice = Dice::of(self.id, [714, u64::from(number), 0]);
        let online = match site.kind {
            "mpp" => 0.26,
            "cpp" => 0.34,
            _ => 0.05,
        };
        let channel = if dice.chance(online) {
            Channel::Online
        } else {
            let kiosk = if site.kind == "kecamatan" { 1 } else { 60 };
            dice.weighted(&[(Channel::WalkIn, 28), (Channel::Kiosk, kiosk), (Channel::Staff, 12)])
                .unwrap_or(Channel::WalkIn)
        };
        let turnout = match channel {
            Channel::Online if dice.chance(0.06) => Turnout::Cancels(1 + dice.below(18) as u32),
            Channel::Online if dice.chance(0.09) => Turnout::Forgets,
            _ if dice.chance(0.025) => Turnout::Leaves,
            _ => Turnout::Comes,
        };
        let code = world
            .services
            .catalogue
            .get(self.service)
            .map_or("", |s| s.code.as_str());
        let usual = incomplete(world, self.service);
        let missing = (usual * stories.incomplete(code, &site.code, day)).min(0.6);
        Fate {
            channel,
            turnout,
            outcome: outcome(site, self.service, missing, &mut dice),
        }
    }

    fn visit(self, world: &World, site: &Site, fate: Fate, day: NaiveDate, number: u32) -> Visit {
        let mut dice = Dice::of(self.id, [715, u64::from(number), 0]);
        let hours = world.services.office.hours(site.kind, day);
        let mut arrives = arrival(hours.open, hours.close, &mut dice);
        let booked = (fate.channel == Channel::Online).then(|| {
            let slot = (arrives / 1800 * 1800).max(hours.open);
            arrives = (slot as f64 - 420.0 + 500.0 * dice.normal()).round() as i64;
            booking(day, slot, &mut dice)
        });
        let service = world.services.catalogue.get(self.service);
        let mean = service.map_or(10.0, |s| f64::from(s.minutes) * 0.88 * 60.0);
        let takes = mean * (0.42 * dice.normal() - 0.088).exp();
        Visit {
            matter: self.id,
            service: self.service,
            day,
            since: self.first,
            village: 0,
            number,
            channel: fate.channel,
            priority: None,
            age: 0,
            arrives: arrives.clamp(hours.open - 2400, hours.close - 600),
            booked,
            turnout: fate.turnout,
            outcome: fate.outcome,
            takes: takes.round().clamp(60.0, 7200.0) as i64,
            patience: (5400.0 * (0.4 * dice.normal()).exp()) as i64,
        }
    }
}

/// When somebody without a booking comes: most soon after opening, a second wave after noon.
fn arrival(open: i64, close: i64, dice: &mut Dice) -> i64 {
    let at = if dice.chance(0.68) {
        open as f64 + 4800.0 + 4200.0 * dice.normal()
    } else {
        46_800.0 + 3600.0 * dice.normal()
    };
    if (open as f64 - 1500.0..close as f64 - 1200.0).contains(&at) {
        at as i64
    } else {
        open + dice.below((close - open - 1800).max(1) as usize) as i64
    }
}

/// Booked one evening or noon up to [`MOST_AHEAD`] days before; and the slot.
fn booking(day: NaiveDate, slot: i64, dice: &mut Dice) -> (NaiveDateTime, NaiveDateTime) {
    let ahead = 1 + dice.below(MOST_AHEAD as usize) as u64;
    let second = 6 * 3600 + dice.below(16 * 3600) as i64;
    let at = |day: NaiveDate, second: i64| day.and_time(NaiveTime::MIN) + TimeDelta::seconds(second);
    (at(day - Days::new(ahead), second), at(day, slot))
}

/// Usual share of visits that end with papers missing: the registry and permits ask for many.
fn incomplete(world: &World, service: usize) -> f64 {
    match world.services.catalogue.get(service).map_or("", |s| s.family.as_str()) {
        "kependudukan" | "perizinan" | "pertanahan" => 0.19,
        _ => 0.1,
    }
}

/// What the counter says when papers are missing in that share of visits.
fn outcome(site: &Site, service: usize, missing: f64, dice: &mut Dice) -> Outcome {
    let throw = dice.unit();
    if throw < missing {
        return Outcome::Incomplete;
    }
    if throw < missing + 0.012 {
        return Outcome::Refused;
    }
    if throw < missing + 0.032 {
        let offered = |other: &usize| *other != service && site.offers.get(*other).is_some_and(|o| o.1 > 0.0);
        let others: Vec<usize> = (0..site.offers.len()).filter(offered).collect();
        if let Some(other) = others.get(dice.below(others.len())) {
            return Outcome::Transferred(*other);
        }
    }
    Outcome::Done
}

fn pick(means: &[f64], total: f64, dice: &mut Dice) -> usize {
    let mut left = dice.unit() * total;
    means
        .iter()
        .position(|mean| {
            left -= mean;
            left < 0.0
        })
        .unwrap_or(0)
}

fn age(dice: &mut Dice) -> u32 {
    (17.0 + 12.0 * dice.unit() + (14.0 + 12.0 * dice.normal()).max(0.0)).min(84.0) as u32
}

fn priority(age: u32, dice: &mut Dice) -> Option<&'static str> {
    if age >= 60 && dice.chance(0.75) {
        Some("lansia")
    } else if dice.chance(0.012) {
        Some("disabilitas")
    } else if age < 42 && dice.chance(0.018) {
        Some("ibu_hamil")
    } else {
        None
    }
}
