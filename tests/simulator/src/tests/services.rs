//! Feeds of services: queues, letters, opinion, benches, and the stories in them.

mod queue;
mod sent;
mod stories;
mod wifi;
mod words;

use crate::{World, tests::day, world::Size};
use chrono::NaiveDate;

/// A small world with its stories, for the days of the year 2026.
fn world(seed: u64) -> World {
    World::with_stories(seed, Size::SMALL, (day("2026-01-01"), day("2026-12-31"))).unwrap()
}

/// First and last day of a month.
fn month(text: &str) -> (NaiveDate, NaiveDate) {
    let first = day(&format!("{text}-01"));
    (first, crate::feed::periods::month_end(first))
}
