//! What the alert engine has to know of an indicator.

use super::corroborate::Link;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// The same in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Words {
    /// These.
    pub fn of(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            en: en.into(),
        }
    }
}

/// What an indicator says of a flagged point: its row among rows of the indicator's table, and the first day of its episode.
pub type Say = dyn Fn(&RecordBatch, usize, NaiveDate) -> Words + Send + Sync;

/// A link of an indicator to a family, and what one says when it was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// From the indicator's family.
    pub link: Link,
    /// What is looked at: `kunjungan puskesmas`, `visits of the health centre`; none where nothing is said of it.
    pub checked: Option<Words>,
}

/// An indicator that raises alerts; its rows are those of `mart.indikator_<slug>`.
#[derive(Clone)]
pub struct Watched {
    /// Name of the indicator.
    pub slug: String,
    /// Digest of its file. Everything else here follows from the file.
    pub version: String,
    /// Family of false discoveries and corroboration.
    pub family: String,
    /// Institution that is told.
    pub owner: String,
    /// Title.
    pub title: Words,
    /// What one series is: `sekolah`, `school`.
    pub unit: Words,
    /// Whether its p-values take part in the control of false discoveries.
    pub tests: bool,
    /// Title of its fixed rule, where that raises alerts.
    pub rule: Option<Words>,
    /// Flags with at most so many steps between them are one episode.
    pub gap: i64,
    /// What is evidence of it.
    pub links: Vec<Linked>,
    /// Model in `mart` with the weekly counts that say why a service is used more or less.
    pub attribution: Option<String>,
    /// Its explanation of a point.
    pub say: Arc<Say>,
    /// What to do first about it.
    pub advise: Arc<Say>,
}

impl Watched {
    /// The table of its rows in `mart`.
    pub fn table(&self) -> String {
        format!("indikator_{}", self.slug)
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("slug", &self.slug)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
