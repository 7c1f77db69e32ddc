//! A synthetic Trenggalek that pushes through the public doors.
//!
//! Codes, names, holidays and calendars are true ([`facts`]); schools, counts and mistakes are made up from a seed.
//! The package depends on nothing of the hub: it is a client like any agency's, so what works for it works for them.
//! Invariant: a row depends on the seed and on the thing it tells of, never on when or in which order it was made.

mod absence;
mod attendance;
mod book;
mod bulk;
mod calendar;
mod correction;
mod demo;
mod dice;
mod door;
mod error;
pub mod facts;
mod feed;
mod health;
mod history;
mod known;
mod live;
mod people;
mod progress;
mod pupil;
mod questions;
mod reference;
mod regions;
mod school;
mod send;
mod services;
mod sheet;
mod story;
mod table;
#[cfg(test)]
mod tests;
mod weather;
mod world;

pub use attendance::{Attendance, Class, Fate};
pub use bulk::{attendance_csv, attendance_csv_until};
pub use calendar::Calendar;
pub use correction::Corrected;
pub use demo::{DemoOptions, demo};
pub use door::{Answer, Door, Keys, Rows};
pub use error::{Error, Result};
pub use feed::write as write_files;
pub use health::weekly::{Cases, week as weekly_cases};
pub use history::FeedHistory;
pub use live::live_day;
pub use progress::{DemoSummary, Progress};
pub use questions::QUESTIONS;
pub use reference::envelopes as reference_envelopes;
pub use school::{Kind, Reporting, School, schools};
pub use sheet::{Envelope, Habit};
pub use story::Answer as StoryAnswer;
pub use world::{Report, Size, World};
