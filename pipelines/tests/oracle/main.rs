//! Detectors beside the reference implementations, number by number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod cusum;
mod ears;
mod essence;
mod bayes;
mod farrington;
mod files;
mod scan;
mod trends;
