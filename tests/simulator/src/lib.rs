//! A synthetic Trenggalek that pushes through the public doors.
//!
//! Codes, names, holidays and calendars are true ([`facts`]); schools, counts and mistakes are made up from a seed.
//! The package depends on nothing of the hub: it is a client like any agency's, so what works for it works for them.
//! Invariant: a row depends on the seed and on the thing it tells of, never on when or in which order it was made.

mod attendance;
mod book;
mod bulk;
mod calendar;
mod correction;
mod demo;
mod dice;
mod disease;
mod door;
mod error;
pub mod facts;
mod feed;
mod live;
mod outbox;
mod people;
mod progress;
mod questions;
mod reference;
mod regions;
mod school;
mod services;
mod sheet;
mod story;
#[cfg(test)]
mod tests;
mod weather;
mod world;

pub use attendance::{Attendance, Fate};
pub use bulk::{attendance_csv, attendance_csv_until};
pub use calendar::Calendar;
pub use correction::Corrected;
pub use demo::{DemoOptions, demo, live_day};
pub use disease::{Cases, week as weekly_cases};
pub use door::{Answer, Door, Keys, Rows};
pub use error::{Error, Result};
pub use outbox::{MonthlyFile, Present, backlog, history};
pub use progress::{DemoSummary, Progress};
pub use questions::QUESTIONS;
pub use reference::envelopes as reference_envelopes;
pub use school::{Kind, School, schools};
pub use sheet::{Envelope, Habit};
pub use story::Answer as StoryAnswer;
pub use world::{Report, Size, World};
