//! What the hub works out from the lake.
//!
//! - [`model`]: models in SQL, one file each, kept up to date as their sources change.
//! - [`detector`]: is what a series shows unusual?
//! - [`indicator`]: every series that is watched, judged point by point.
//! - [`alert`]: from what is unusual to a few alerts that somebody can act on; [`attribution`]: why a service is used less.
//! - [`freshness`]: is every feed still arriving? [`report`]: what happened in a week. [`board`]: what a page asks and shows.
//! - [`words`]: numbers and days as people write them.
//!
//! All but the first are pure functions over plain values, with the time handed in, so that the same answer can be shown
//! on a page, served as JSON and checked in a test.

pub mod alert;
pub mod attribution;
pub mod board;
pub mod detector;
pub mod freshness;
pub mod indicator;
pub mod model;
pub mod report;
mod site;
mod sphere;
pub mod words;
mod yaml;
