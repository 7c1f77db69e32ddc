//! The lake of Smart Center: contracts, write-ahead log, hot tier, Delta tables, policy and SQL sessions.
//!
//! A push becomes durable in the log, visible in the [`LakeView`](lake::LakeView), and later part of a Delta table
//! that any engine can read. [`Warehouse`] is the face of all this; `ingest` hands it validated pushes, `api` asks
//! it for sessions.

pub mod backup;
pub mod barrier;
pub mod clock;
pub mod contract;
pub mod control;
mod error;
mod hub;
mod ids;
mod keyed;
pub mod lake;
mod lookup;
pub mod policy;
pub mod priority;
mod push;
pub mod quarantine;
pub mod query;
mod receipt;
pub mod runs;
mod settings;
pub mod store;
pub mod wal;

pub use error::{Error, Kind, Result};
pub use hub::{BackupEnd, BackupJob, Correction, FixedRows, Health, Warehouse};
pub use ids::{DatasetId, InstitutionId, KeyName, ReceiptId, RegionCode, Seq, TableId};
pub use push::{BIG_PUSH_BYTES, Part, Push, PushMode, Rows, StagedFile};
pub use receipt::{Derivation, Fault, RECEIPT_FAULTS, Receipt, RowCounts, Status};
pub use settings::Settings;
