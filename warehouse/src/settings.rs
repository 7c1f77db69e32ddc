//! Settings of the warehouse, handed in by `api` (which reads the file, the environment and the flags).

use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Everything the warehouse needs to know. Sizes in bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The hub's folder: `wal/`, `lake/`, `cache/`, `control.sqlite`, `contracts/`, `models/`, `spill/`.
    pub data: PathBuf,
    /// Where the lake's files are: `s3://bucket/folder`, with credentials from the usual `AWS_*` variables; without it
    /// `<data>/lake`. Log, control store and key maps always stay on the local disk.
    pub store: Option<String>,
    /// Local disk for pieces of remote files.
    pub store_cache_bytes: u64,
    /// How long a hub that fell silent keeps the right to write a remote lake, in seconds.
    pub store_lease_seconds: u64,
    /// Take over a remote lake that belongs to another hub, which must be gone for good.
    pub store_adopt: bool,
    /// Folders with further contracts of the site; `<data>/contracts` is always one of them.
    pub contracts: Vec<PathBuf>,
    /// Size of a log segment.
    pub wal_segment_bytes: u64,
    /// Largest single frame of the log; larger pushes are staged.
    pub wal_frame_bytes: u64,
    /// Log that no flush has covered yet: above this, flush early.
    pub wal_lag_soft_bytes: u64,
    /// ... above this, refuse pushes.
    pub wal_lag_hard_bytes: u64,
    /// Hot memory of all tables: above this, flush early.
    pub hot_soft_bytes: u64,
    /// ... above this, refuse pushes.
    pub hot_hard_bytes: u64,
    /// Payload bytes being decoded at one time; above this, refuse pushes.
    pub in_flight_bytes: u64,
    /// Largest payload after content decoding.
    pub max_payload_bytes: u64,
    /// A table is flushed when its hot rows reach this size ...
    pub flush_bytes: u64,
    /// ... or this age in seconds.
    pub flush_seconds: u64,
    /// Aim for compacted files.
    pub target_file_bytes: u64,
    /// Files below this are compacted together.
    pub small_file_bytes: u64,
    /// Seconds between maintenance rounds.
    pub maintenance_seconds: u64,
    /// Commits between checkpoints of a table.
    pub checkpoint_commits: u64,
    /// Memory for queries, all together.
    pub query_memory_bytes: u64,
    /// Threads one query may use; 0 means as many as the machine has.
    pub query_threads: usize,
    /// Longest time a query may run, in seconds.
    pub query_deadline_seconds: u64,
    /// Most rows a query may return.
    pub query_max_rows: u64,
    /// How long a payload digest counts as a repeat, in seconds.
    pub repeat_seconds: u64,
    /// Days that rejected rows are kept; what was sent may be personal, so it does not stay for ever. 0 keeps them all.
    pub quarantine_days: u64,
    /// Work models out in the background as their sources change.
    pub models: bool,
    /// Set damaged parts of the log aside at start-up instead of stopping; what they held is lost.
    pub quarantine_bad_frames: bool,
    /// For test campaigns: end the process at a named place, `place` or `place:N` (see `barrier`).
    pub crash_at: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        const MB: u64 = 1 << 20;
        Self {
            data: PathBuf::from("data"),
            store: None,
            store_cache_bytes: 10 * 1024 * MB,
            store_lease_seconds: 30,
            store_adopt: false,
            contracts: Vec::new(),
            wal_segment_bytes: 64 * MB,
            wal_frame_bytes: 48 * MB,
            wal_lag_soft_bytes: 512 * MB,
            wal_lag_hard_bytes: 2048 * MB,
            hot_soft_bytes: 512 * MB,
            hot_hard_bytes: 1536 * MB,
            in_flight_bytes: 512 * MB,
            max_payload_bytes: 8192 * MB,
            flush_bytes: 64 * MB,
            flush_seconds: 60,
            target_file_bytes: 128 * MB,
            small_file_bytes: 32 * MB,
            maintenance_seconds: 30,
            checkpoint_commits: 50,
            query_memory_bytes: 2048 * MB,
            query_threads: 0,
            query_deadline_seconds: 300,
            query_max_rows: 50_000_000,
            repeat_seconds: 7 * 24 * 3600,
            quarantine_days: 90,
            models: true,
            quarantine_bad_frames: false,
            crash_at: None,
        }
    }
}

impl Settings {
    /// How old hot rows may get.
    pub fn flush_age(&self) -> Duration {
        Duration::from_secs(self.flush_seconds)
    }
}
