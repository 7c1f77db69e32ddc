//! The doors of Smart Center over HTTP: REST, SQL, documents and pages, one process, one listener.
//!
//! [`app`] is the whole door as a value: the server and the tests serve the same one. Status codes are decided in
//! [`problem`], who is asking in [`auth`], what is allowed by the warehouse's policy.

mod alert_row;
mod answer;
pub mod auth;
mod body;
pub mod cli;
pub mod deliver;
pub mod door;
mod events;
mod extract;
mod fetch;
#[cfg(test)]
mod fixture;
mod listener;
pub mod log;
mod negotiate;
mod observe;
mod paging;
pub mod problem;
mod reasons;
mod receipt_body;
mod rejects;
pub mod reports;
mod routes;
pub mod server;
mod session_store;
pub mod settings;
mod state;
pub mod watch;

pub use receipt_body::{CellFault, Links, PushStatus, ReceiptBody, Rows};
pub use routes::{app, openapi};
pub use server::{Opened, Running, ServeOptions, serve, start};
pub use state::{AppState, Hub};
