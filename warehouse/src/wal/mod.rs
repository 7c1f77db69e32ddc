//! The write-ahead log: one folder, one writer, one sequence for the whole hub.
//!
//! Promises:
//! - **Durable**: [`Wal::append`] reports success only after the frame's bytes have passed `fdatasync`.
//! - **Ordered**: sequence numbers are given in the order of the queue, without gaps, and groups are handed to the
//!   sink in that order.
//! - **All or nothing**: a frame is read back whole or not at all. A torn tail of the last segment is cut; any other
//!   damage stops start-up with segment and offset.
//! - **Honest after a failure**: after a failed sync nothing more is accepted; the sync is never repeated, because
//!   the kernel may have dropped the pages. A full disk is not a failed sync: it is refused, and ends when space
//!   returns.
//!
//! The log knows nothing of rows: payloads are bytes (see [`record`]).

mod chain;
mod disk;
mod frame;
mod inspect;
pub mod record;
mod replay;
mod segment;
mod tail;
mod writer;

#[cfg(test)]
mod tests;

pub use chain::{Chain, Link};
pub use disk::{Disk, OsDisk, SegmentFile, sim};
pub use frame::{FrameKind, MAX_PAYLOAD};
pub use inspect::{SegmentReport, inspect};
pub use replay::{BadFrames, Frame, Replay};
pub use tail::{Piece, read_tail};
pub use writer::{Entry, Group, Hold, LogStatus, Refusal, Wal, WalOptions};
