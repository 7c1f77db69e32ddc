//! Feeds of services.

mod feeds;
mod queue;
