#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod check;
mod clusters;
mod directions;
mod examples;
mod fixture;
mod header;
mod periods;
mod properties;
mod sentences;
#[allow(clippy::print_stdout)]
mod speed;
