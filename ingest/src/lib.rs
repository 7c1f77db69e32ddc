//! The doors for data: decode, map, validate, quarantine, push.
//!
//! A body streams in as it was sent; [`Intake`] unpacks it, cuts it into chunks of whole records, and types and
//! checks each chunk by the dataset's contract on all cores, in bounded memory whatever the size. What passes goes
//! to the warehouse as one push, what does not goes to quarantine with line, column, rule, value and reason.
//! Text first: a cell is text until the contract says what it is.

mod big;
mod budget;
mod check;
#[cfg(test)]
mod corpus;
mod decode;
mod draft;
mod error;
#[cfg(test)]
mod fixture;
mod format;
mod intake;
mod map;
mod operation;
mod parse;
mod plan;
mod rejects;
mod replay;
mod request;
mod resolve;
mod session;
mod small;
mod snapshot;
mod spill;
mod tally;
#[cfg(any(test, fuzzing))]
pub mod trial;
mod validate;
mod verdict;

pub use draft::{Draft, DraftRequest, Proposal, draft};
pub use error::{Error, Result, Retry};
pub use format::{ContentEncoding, Format, content_types};
pub use intake::Intake;
pub use replay::{FixRule, ReplayRequest};
pub use request::{PushOutcome, PushRequest};
