//! What the hub works out from the lake. Each question is a module of pure functions over plain values, with the
//! time handed in, so that the same answer can be shown on a page, served as JSON and checked in a test.
//!
//! Today there is one question: is every feed still arriving ([`freshness`])?

pub mod freshness;
