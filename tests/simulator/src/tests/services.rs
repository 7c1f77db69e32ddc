//! Feeds of services.

mod queue;
