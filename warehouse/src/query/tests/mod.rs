//! Queries over hand-made views: files in a temporary folder and hot runs in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod barrier;
mod catalogue;
mod fixture;
mod formats;
mod guard;
mod limits;
mod paging;
mod scans;
mod sharing;
