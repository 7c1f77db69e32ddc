//! How far a backup or a restore has come, for whoever watches, and the wish that it ends.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Shared by the one who works and those who watch.
#[derive(Debug, Default)]
pub struct Progress {
    files_done: AtomicU64,
    files_total: AtomicU64,
    bytes_done: AtomicU64,
    bytes_total: AtomicU64,
    stopped: AtomicBool,
}

/// One reading. Totals grow while more is found to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Files copied.
    pub files_done: u64,
    /// Files to copy, as far as known.
    pub files_total: u64,
    /// Bytes copied.
    pub bytes_done: u64,
    /// Bytes to copy, as far as known.
    pub bytes_total: u64,
}

impl Progress {
    /// The figures of now.
    pub fn now(&self) -> Figures {
        Figures {
            files_done: self.files_done.load(Relaxed),
            files_total: self.files_total.load(Relaxed),
            bytes_done: self.bytes_done.load(Relaxed),
            bytes_total: self.bytes_total.load(Relaxed),
        }
    }

    /// Asks the one who works to end soon.
    pub fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    pub(super) fn expect(&self, files: u64, bytes: u64) {
        self.files_total.fetch_add(files, Relaxed);
        self.bytes_total.fetch_add(bytes, Relaxed);
    }

    pub(super) fn file(&self) {
        self.files_done.fetch_add(1, Relaxed);
    }

    pub(super) fn bytes(&self, bytes: usize) {
        self.bytes_done.fetch_add(bytes as u64, Relaxed);
    }

    /// Errors with `Unavailable` once a stop was asked for.
    pub(super) fn go_on(&self) -> Result<()> {
        match self.stopped.load(Relaxed) {
            true => Err(Error::unavailable(
                "the hub is stopping: take the backup again when it runs",
                Duration::from_secs(60),
            )),
            false => Ok(()),
        }
    }
}
