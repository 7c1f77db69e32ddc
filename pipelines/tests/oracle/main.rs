//! Detectors beside the reference implementations, number by number.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value
)]

mod bayes;
mod cusum;
mod ears;
mod essence;
mod farrington;
mod files;
mod scan;
#[path = "../benchmark/shared.rs"]
mod shared;
mod trends;
