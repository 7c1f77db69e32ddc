//! What the hub works out from the lake. Each question is a module of pure functions over plain values, with the
//! time handed in, so that the same answer can be shown on a page, served as JSON and checked in a test.
//!
//! Two questions so far: is every feed still arriving ([`freshness`]), and is what a series shows unusual
//! ([`detector`])?

pub mod detector;
pub mod freshness;
