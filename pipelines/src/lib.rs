//! What the hub works out from the lake.
//!
//! [`model`]: models in SQL, one file each, kept up to date as their sources change. [`freshness`]: is every feed still
//! arriving? The latter is a module of pure functions over plain values, with the time handed in, so that the same answer
//! can be shown on a page, served as JSON and checked in a test.

pub mod freshness;
pub mod model;
