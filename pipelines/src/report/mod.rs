//! The weekly briefing: what happened from Monday to Sunday, for the regent and the heads of agencies.
//!
//! - `questions`: what is asked, as data; `gather`: from answers to a [`Report`], under the rules of who asks.
//! - `sentences` and `words`: what the figures say, Indonesian and English; `compare`: what a newer issue says otherwise.
//! - `pdf` and `xlsx`: the same report for printing and for calculating; `archive`: every issue as it was.
//!
//! All but the archive are pure: the same answers give the same report, and the same report the same bytes.

mod archive;
mod compare;
mod days;
mod form;
mod gather;
pub mod pdf;
mod questions;
mod sentences;
#[cfg(test)]
mod tests;
mod week;
pub mod words;
pub mod xlsx;

pub use archive::{Archive, FOLDER, Form, Issued};
pub use compare::changes;
pub use form::{Better, Cell, Change, Column, Figure, Grain, Kind, Point, Question, Report, Section, Table, none};
pub use gather::{Ask, Grains, Params, Row, gather};
pub use week::{Week, in_wib, today};
pub use words::{Lang, Text, Unit};
