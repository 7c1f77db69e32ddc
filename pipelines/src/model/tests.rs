#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod engine;
mod faults;
pub(crate) mod fixture;
mod judged;
mod property;
mod retire;
mod secrecy;
mod upkeep;
