//! Recovery at start: reads the log one frame at a time and makes visible again what no table holds yet. It needs no
//! more memory than running did, and doing it twice changes nothing.

use crate::{
    DatasetId, Error, Part, Receipt, Result, Rows, Seq, Settings,
    clock::Clock,
    contract::{self, Contract, Origin, Registry},
    control::{Control, ReceiptFilter, StoredContract},
    lake::{Lake, replay_push},
    wal::{
        FrameKind, Replay,
        record::{self, ContractRecord},
    },
};
use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use std::{collections::HashMap, sync::Arc};

/// Brings the view back to where the log ends.
pub(super) struct Recovery<'a> {
    pub lake: &'a Arc<Lake>,
    pub control: &'a Control,
    pub registry: &'a ArcSwap<Registry>,
    pub settings: &'a Settings,
    pub clock: &'a dyn Clock,
}

impl Recovery<'_> {
    /// Answers when each dataset last received a push.
    pub async fn run(&self, replay: &mut Replay) -> Result<HashMap<DatasetId, DateTime<Utc>>> {
        let total = replay.total_bytes()?;
        let found_at = self.clock.now();
        let (mut frames, mut bytes) = (0_u64, 0_u64);
        let mut schemas = HashMap::new();
        while let Some(frame) = replay.next()? {
            frames += 1;
            bytes += frame.payload.len() as u64;
            match frame.kind {
                FrameKind::Schema => {
                    let (id, schema) = record::decode_schema(&frame.payload)?;
                    schemas.insert(id, schema);
                }
                FrameKind::Push => {
                    let mut push = record::decode_push(&frame.payload, &schemas)?;
                    let receipt = &mut push.ledger.receipt;
                    receipt.seq = Some(frame.seq);
                    // A frame is written before it is synced, so it cannot hold that moment. A receipt that the
                    // ledger has already keeps its own; the others are given the time by which it is certain.
                    receipt.durable_at = Some(found_at.max(receipt.received_at));
                    for part in &push.parts {
                        self.lake.ensure_replayed(part).await?;
                    }
                    self.publish(frame.seq, push.parts, &push.ledger.receipt).await?;
                    self.control.ledger().record(frame.seq, &[push.ledger]);
                }
                FrameKind::Contract => self.contract(&frame.payload).await?,
                FrameKind::Policy => {}
            }
            metrics::gauge!("smartcenter_replay_bytes").set(bytes as f64);
            // Replay must not need more memory than running did.
            if self.lake.hot_bytes() >= self.settings.hot_soft_bytes {
                self.lake.flush_all().await?;
            }
        }
        if frames > 0 {
            tracing::info!(
                frames,
                bytes,
                log_bytes = total,
                cut_bytes = replay.cut_bytes(),
                "replayed the log"
            );
        }
        self.last_arrivals()
    }

    /// A staged file may have to be read for its keys, which must not be done on a runtime's thread.
    async fn publish(&self, seq: Seq, parts: Vec<Part>, receipt: &Receipt) -> Result<()> {
        if parts.iter().all(|part| matches!(part.rows, Rows::Batches(_))) {
            return replay_push(self.lake, seq, parts, receipt);
        }
        let (lake, receipt) = (self.lake.clone(), receipt.clone());
        tokio::task::spawn_blocking(move || replay_push(&lake, seq, parts, &receipt))
            .await
            .map_err(|e| Error::internal("a push of the log could not be replayed", e))?
    }

    async fn contract(&self, payload: &[u8]) -> Result<()> {
        let record: ContractRecord = serde_json::from_slice(payload)?;
        match contract::parse(&record.text, record.origin, "log") {
            Ok(contract) => {
                let current = self.registry.load();
                let newer = current
                    .get(contract.dataset.as_str())
                    .is_none_or(|known| known.version < contract.version);
                self.lake.ensure_contract(&contract).await?;
                if let Some(why) = current.stranger(&contract) {
                    // A file of the site or of a new release has the name now; the rows stay in a table of their own.
                    tracing::error!(dataset = %contract.dataset, why, "a contract in the log is left out");
                    return Ok(());
                }
                self.keep(&contract)?;
                if newer {
                    self.registry.store(Arc::new(current.with(contract)));
                }
            }
            // It was sound when it was written; a newer hub may have become stricter.
            Err(faults) => tracing::error!(faults = faults.len(), "a contract in the log is no longer accepted"),
        }
        Ok(())
    }

    /// The control store may be older than the log: it was copied before it, or the hub was killed between the two.
    fn keep(&self, contract: &Contract) -> Result<()> {
        let is_this =
            |stored: &StoredContract| stored.dataset == contract.dataset && stored.version == contract.version;
        let is_kept = matches!(contract.origin, Origin::Api | Origin::Derived);
        if !is_kept || self.control.contracts()?.iter().any(is_this) {
            return Ok(());
        }
        self.control
            .put_contract(&contract.dataset, &contract.version, &contract.text)
    }

    fn last_arrivals(&self) -> Result<HashMap<DatasetId, DateTime<Utc>>> {
        let mut arrivals = HashMap::new();
        for contract in self.registry.load().iter() {
            let filter = ReceiptFilter {
                dataset: Some(contract.dataset.clone()),
                limit: 1,
                ..ReceiptFilter::default()
            };
            if let Some(last) = self.control.ledger().list(&filter)?.0.first() {
                arrivals.insert(contract.dataset.clone(), last.received_at);
            }
        }
        Ok(arrivals)
    }
}
