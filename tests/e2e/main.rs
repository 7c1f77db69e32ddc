//! End-to-end tests: the real `smartcenter` as a child process, asked through its public faces only.
//!
//! `hub` starts and kills it, `client` speaks HTTP to it, `reader` reads the lake behind its back. Each test has a
//! hub of its own, on a port and a folder of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod binary;
mod bucket;
mod cli;
mod client;
mod consistency;
mod deliver;
mod disk;
mod door;
mod hub;
mod kill;
mod reader;
mod real_data;
mod regency;
mod shared;
mod slow_push;
mod store;
