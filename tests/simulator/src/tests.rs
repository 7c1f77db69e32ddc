#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calendar;
mod generation;
mod history;
mod hub;
mod known;
mod living;
mod load;
mod people;
mod sending;
mod services;
mod stories;

use chrono::NaiveDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
