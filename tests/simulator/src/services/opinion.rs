//! What people think of a visit: the institution's usual level, stories, the wait, and what came of it.

use crate::{
    World,
    dice::Dice,
    services::{
        name_number,
        ticket::Life,
        visit::{Outcome, Visit},
    },
};
use chrono::NaiveDate;

/// Points by which the opinion of an institution differs from the regency's, wait left out.
pub(crate) fn level(world: &World, institution: &str, place: &str, day: NaiveDate) -> f64 {
    let mut dice = Dice::of(world.seed, [771, name_number(institution), 0]);
    let usual = 0.2 * dice.normal();
    // One institution in seven is not liked.
    let disliked = if dice.chance(0.14) { -0.4 } else { 0.0 };
    usual + disliked + world.stories.opinion(institution, place, day)
}

/// Points of a visit, 0 for an ordinary one.
pub(crate) fn of_visit(world: &World, institution: &str, place: &str, life: &Life) -> f64 {
    let minutes = life.wait().unwrap_or(0).max(0) as f64 / 60.0;
    let outcome = match life.visit.outcome {
        Outcome::Done => 0.05,
        Outcome::Incomplete => -0.3,
        Outcome::Refused => -0.7,
        Outcome::Transferred(_) => -0.2,
    };
    level(world, institution, place, life.visit.day) + outcome - 0.16 * (minutes / 10.0).ln_1p()
}

/// A survey answer, 1 to 4.
pub(crate) fn answer(points: f64, dice: &mut Dice) -> u32 {
    (3.44 + points + 0.5 * dice.normal()).round().clamp(1.0, 4.0) as u32
}

/// Stars, 1 to 5.
pub(crate) fn stars(points: f64, dice: &mut Dice) -> u32 {
    // A few are angry whatever was done.
    if dice.chance(0.015) {
        return 1;
    }
    (4.45 + 1.3 * points + 0.75 * dice.normal()).round().clamp(1.0, 5.0) as u32
}

/// Institution that is judged for a visit, by position of its site.
pub(crate) fn judged(world: &World, site: usize, visit: &Visit) -> String {
    world.services.sites.get(site).map_or_else(String::new, |place| {
        let pool = place.offers.get(visit.service).map_or(0, |offer| offer.0);
        place
            .pools
            .get(pool)
            .map_or_else(String::new, |pool| pool.institution.clone())
    })
}

/// Share of visitors that say something, if `full` do so in the whole regency: more in a small world, so that there is
/// something to count.
pub(crate) fn talkative(world: &World, full: f64) -> f64 {
    (full / super::shown(world).max(0.01).sqrt()).min(0.35).max(full)
}
