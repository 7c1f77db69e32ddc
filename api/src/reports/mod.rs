//! Weekly briefings where they are made and kept: asked as a leader may ask, on one cut of the lake, and put into the archive.

mod schedule;
#[cfg(test)]
mod tests;

pub use schedule::{Config, Schedule};

use crate::{fetch, state::Hub};
use chrono::{DateTime, Utc};
use smartcenter_pipelines::report::{Archive, Ask, Grains, Issued, Params as Named, Report, Row, Week, gather};
use smartcenter_warehouse::{
    Error, Result, Seq, Warehouse,
    policy::{Identity, Role},
    query::{AsOf, Limits, Params},
};
use std::{path::Path, sync::Arc};
use tokio::sync::Mutex;

/// Name under which the hub asks for its briefings. No key has it; the role decides what it sees.
const NAME: &str = "laporan-mingguan";

/// The briefings of a hub.
#[derive(Debug)]
pub struct Reports {
    archive: Arc<Archive>,
    /// One is made at a time: two for one week would be the same.
    making: Mutex<()>,
}

impl Reports {
    /// Those in the data folder `data`.
    pub fn new(data: &Path) -> Self {
        Self {
            archive: Arc::new(Archive::new(data)),
            making: Mutex::new(()),
        }
    }

    /// What was issued.
    pub fn archive(&self) -> &Arc<Archive> {
        &self.archive
    }

    /// Asks for the briefing of `week` without keeping it. Whoever caused it, it holds what leaders may see.
    ///
    /// # Errors
    /// `Invalid` for a week that has not begun; what keeps the hub from answering.
    pub async fn draft(&self, hub: &Hub, week: Week) -> Result<Report> {
        let now = hub.warehouse.clock().now();
        if week.is_to_come(now) {
            return Err(Error::invalid(format!(
                "{week} has not begun: it begins on {}",
                week.first()
            )));
        }
        gather(&Leader::new(&hub.warehouse)?, week, now, &grains(hub)).await
    }

    /// Makes the briefing of `week` and keeps it, unless the newest issue says the same.
    ///
    /// # Errors
    /// As [`Self::draft`]; an archive that cannot be written.
    pub async fn make(&self, hub: &Hub, week: Week) -> Result<Issued> {
        let _one = self.making.lock().await;
        let report = self.draft(hub, week).await?;
        self.keep(report).await
    }

    async fn keep(&self, report: Report) -> Result<Issued> {
        let archive = self.archive.clone();
        let kept = tokio::task::spawn_blocking(move || archive.issue_next(report)).await;
        kept.map_err(|error| Error::internal("the briefing could not be kept", error))?
    }
}

/// How long the periods of each indicator are.
fn grains(hub: &Hub) -> Grains {
    let indicators = hub.watch.indicators.as_ref();
    let definitions = indicators
        .map(|indicators| indicators.definitions())
        .unwrap_or_default();
    definitions.into_iter().map(|one| (one.id, one.grain)).collect()
}

/// A leader of the whole regency who asks at one position of the log.
struct Leader {
    warehouse: Arc<Warehouse>,
    identity: Identity,
    seq: Seq,
}

impl Leader {
    fn new(warehouse: &Arc<Warehouse>) -> Result<Self> {
        Ok(Self {
            warehouse: warehouse.clone(),
            identity: Identity {
                key: NAME.parse()?,
                role: Role::Pimpinan,
                ..Identity::anonymous()
            },
            seq: warehouse.view().visible_seq,
        })
    }
}

impl Ask for Leader {
    fn seq(&self) -> u64 {
        self.seq.0
    }

    async fn ask(&self, sql: &str, params: Named, at: Option<DateTime<Utc>>) -> Result<Vec<Row>> {
        let as_of = at.map_or(AsOf::Seq(self.seq), AsOf::Time);
        let session = self.warehouse.session(&self.identity).as_of(as_of)?;
        let params = match params.is_empty() {
            true => Params::None,
            false => Params::Named(params.into_iter().map(|(name, value)| (name, value.into())).collect()),
        };
        let mut stream = session.query(sql, params, Limits::default()).await?;
        let mut rows = Vec::new();
        for batch in stream.collect().await? {
            rows.extend(fetch::read::<Row>(&batch)?);
        }
        Ok(rows)
    }
}
