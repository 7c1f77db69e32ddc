//! What a refresh is going to push: in memory while it is little, in staged files when it is much, and in the lake all at
//! once or not at all.

use crate::alert::HUB;
use arrow::{
    array::{Array, Int64Array},
    datatypes::{DataType, Field, Schema},
    record_batch::RecordBatch,
};
use sha2::{Digest, Sha256};
use smartcenter_warehouse::{
    BIG_PUSH_BYTES, Derivation, Error, KeyName, Part, Push, PushMode, Receipt, ReceiptId, Result, RowCounts, Rows,
    Status, Warehouse,
    contract::{Contract, system_column},
    control::Claimed,
    lake::{StagedWriter, Stager},
};
use std::sync::Arc;

/// Rows on their way to a table of the hub's own.
pub(crate) struct Outbox {
    warehouse: Arc<Warehouse>,
    contract: Arc<Contract>,
    receipt: Receipt,
    rows: i64,
    bytes: usize,
    batches: Vec<RecordBatch>,
    staged: Option<(Stager, StagedWriter)>,
}

impl Outbox {
    /// An empty one.
    pub fn new(warehouse: &Arc<Warehouse>, contract: &Arc<Contract>, derived: Derivation) -> Result<Self> {
        let receipt = Receipt {
            receipt_id: ReceiptId::now(),
            dataset: contract.dataset.clone(),
            contract_version: contract.version.to_string(),
            status: Status::Accepted,
            rows: RowCounts::default(),
            faults: Vec::new(),
            warnings: Vec::new(),
            corrects: None,
            derived: Some(derived),
            seq: None,
            payload_sha256: String::new(),
            received_at: warehouse.clock().now(),
            durable_at: None,
            dry_run: false,
            pusher: HUB.parse::<KeyName>()?,
        };
        Ok(Self {
            warehouse: warehouse.clone(),
            contract: contract.clone(),
            receipt,
            rows: 0,
            bytes: 0,
            batches: Vec::new(),
            staged: None,
        })
    }

    /// Adds rows of the contract's columns and `_op`.
    pub async fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = numbered(batch, self.rows)?;
        self.rows += batch.num_rows() as i64;
        self.bytes += batch.get_array_memory_size();
        self.batches.push(batch);
        if self.bytes as u64 > BIG_PUSH_BYTES {
            self.stage().await?;
        }
        Ok(())
    }

    async fn stage(&mut self) -> Result<()> {
        let (stager, mut writer) = match self.staged.take() {
            Some(staged) => staged,
            None => {
                let stager = self.warehouse.stage(&self.receipt, &self.contract.table())?;
                let writer = stager.writer()?;
                (stager, writer)
            }
        };
        let batches = std::mem::take(&mut self.batches);
        self.bytes = 0;
        let written = tokio::task::spawn_blocking(move || {
            let outcome = batches.iter().try_for_each(|batch| writer.write(batch));
            (writer, outcome)
        });
        let (writer, outcome) = written.await.map_err(lost)?;
        self.staged = Some((stager, writer));
        outcome
    }

    /// Pushes what there is; none when there is nothing.
    pub async fn send(mut self) -> Result<Option<Receipt>> {
        if self.rows == 0 {
            return Ok(None);
        }
        if self.staged.is_some() {
            self.stage().await?;
        }
        // From here on the files are the warehouse's, also when the push comes to nothing.
        let rows = match self.staged.take() {
            Some((_, writer)) => {
                let files = tokio::task::spawn_blocking(move || writer.finish())
                    .await
                    .map_err(lost)??;
                Rows::Staged(files)
            }
            None => Rows::Batches(std::mem::take(&mut self.batches)),
        };
        self.push(rows).await.map(Some)
    }

    /// Gives up what was added.
    pub async fn abandon(self) {
        if let Some((stager, writer)) = self.staged {
            // What cannot be removed now is swept at the next start.
            let _ = tokio::task::spawn_blocking(move || {
                if let Ok(files) = writer.finish() {
                    stager.discard(&files);
                }
            })
            .await;
        }
    }

    async fn push(mut self, rows: Rows) -> Result<Receipt> {
        let count = rows.len();
        let receipt = &mut self.receipt;
        receipt.rows = RowCounts {
            received: count,
            accepted: count,
            ..RowCounts::default()
        };
        let digest: [u8; 32] = Sha256::digest(receipt.receipt_id.to_string()).into();
        let claimed = self.warehouse.control().ledger().claim(
            &receipt.dataset,
            &receipt.pusher,
            None,
            Some(digest),
            true,
            receipt.received_at,
        )?;
        let Claimed::Fresh(claim) = claimed else {
            return Err(Error::conflict("a refresh was taken for a repeat"));
        };
        let push = Push {
            parts: vec![Part {
                table: self.contract.table(),
                rows,
            }],
            contract: self.contract,
            receipt: self.receipt,
            claim,
            closing: None,
            mode: PushMode::Upsert,
            reach: None,
        };
        self.warehouse.push(push).await
    }
}

fn lost(error: tokio::task::JoinError) -> Error {
    Error::internal("a refresh stopped in its middle", error)
}

/// With line numbers, which tell the rows of a push apart, before `_op`.
fn numbered(batch: &RecordBatch, before: i64) -> Result<RecordBatch> {
    let rows = batch.num_rows() as i64;
    let mut fields = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    let line = Arc::new(Field::new(system_column::LINE, DataType::Int64, true));
    let numbers = Int64Array::from_iter_values(before + 1..=before + rows);
    let last = fields.len().saturating_sub(1);
    fields.insert(last, line);
    columns.insert(last, Arc::new(numbers) as Arc<dyn Array>);
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}
