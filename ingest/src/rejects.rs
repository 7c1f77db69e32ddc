//! Where the rejected rows of one push gather: in memory while they are few, in staged files once they are many.

use crate::Result;
use arrow::record_batch::RecordBatch;
use parking_lot::Mutex;
use smartcenter_warehouse::{
    Part, Receipt, Rows, TableId,
    lake::{StagedWriter, Stager},
    quarantine::{self, RejectedRow},
};

/// Above this many bytes the rows are staged.
const FEW_BYTES: usize = 8 << 20;
/// Rows of one batch: a rejected row can be a megabyte.
const BATCH_ROWS: usize = 4096;

/// The rejected rows of one push; shared by its workers.
#[derive(Debug)]
pub(crate) struct Rejects {
    /// Absent where the rows are sure to be few.
    stager: Option<Stager>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    batches: Vec<RecordBatch>,
    bytes: usize,
    writer: Option<StagedWriter>,
}

impl Rejects {
    /// An empty gathering; `stager` is that of the quarantine table.
    pub(crate) fn new(stager: Option<Stager>) -> Self {
        Self {
            stager,
            state: Mutex::default(),
        }
    }

    /// Takes rows. Blocks for the disk once they are many.
    pub(crate) fn add(&self, receipt: &Receipt, rows: &[RejectedRow]) -> Result<()> {
        for rows in rows.chunks(BATCH_ROWS) {
            let batch = batch(receipt, rows)?;
            let mut state = self.state.lock();
            if let Some(writer) = &mut state.writer {
                writer.write(&batch)?;
                continue;
            }
            state.bytes += batch.get_array_memory_size();
            state.batches.push(batch);
            if let Some(stager) = self.stager.as_ref().filter(|_| state.bytes > FEW_BYTES) {
                let mut writer = stager.writer()?;
                for batch in std::mem::take(&mut state.batches) {
                    writer.write(&batch)?;
                }
                state.writer = Some(writer);
            }
        }
        Ok(())
    }

    /// The part for the quarantine table, if there is a row. Blocks when rows were staged.
    pub(crate) fn finish(self) -> Result<Option<Part>> {
        let State { batches, writer, .. } = self.state.into_inner();
        let rows = match writer {
            Some(writer) => Rows::Staged(writer.finish()?),
            None => Rows::Batches(batches),
        };
        Ok((!rows.is_empty()).then(|| Part {
            table: TableId::quarantine(),
            rows,
        }))
    }

    /// Removes what was staged of a push that came to nothing. Blocks.
    pub(crate) fn discard(self) {
        let stager = self.stager.clone();
        if let (
            Some(stager),
            Ok(Some(Part {
                rows: Rows::Staged(files),
                ..
            })),
        ) = (stager, self.finish())
        {
            stager.discard(&files);
        }
    }
}

/// Rejected rows as they are stored.
pub(crate) fn batch(receipt: &Receipt, rows: &[RejectedRow]) -> Result<RecordBatch> {
    Ok(quarantine::batch(
        &receipt.dataset,
        receipt.receipt_id,
        &receipt.pusher,
        rows,
    )?)
}
