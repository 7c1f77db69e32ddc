//! Drills: whatever a hub does while a backup is taken, the hub that comes back is the one it was at the backup's
//! position, to the row; and what is wrong with a backup is told before it is relied upon.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod drill;
mod fixture;
mod folder;
