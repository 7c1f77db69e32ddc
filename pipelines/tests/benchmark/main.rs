//! The benchmark of the detectors: how often they are wrong, and how much they find.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value
)]

mod attendance;
mod clusters;
mod detectors;
mod measure;
mod random;
mod scenario;
mod shared;
mod weekly;
