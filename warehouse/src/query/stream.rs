//! An answer on its way: batches under a deadline and a row cap. Dropping it ends the query.

use super::{Pin, failure};
use crate::{DatasetId, Error, Result};
use arrow::{array::RecordBatch, datatypes::SchemaRef};
use datafusion::{execution::SendableRecordBatchStream, physical_plan::stream::RecordBatchStreamAdapter};
use futures::{Stream, StreamExt};
use std::{
    fmt,
    pin::Pin as StdPin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep};

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All rows were delivered.
    Complete,
    /// There are more rows; the caller had asked for no more than this.
    Limited,
    /// There are more rows; the hub delivers no more than this.
    Capped,
}

/// Batches of an answer. An error ends it; after the last batch [`Self::ending`] says whether rows were left out.
pub struct QueryStream {
    schema: SchemaRef,
    inner: Option<SendableRecordBatchStream>,
    pin: Arc<Pin>,
    timer: StdPin<Box<Sleep>>,
    allowed: Duration,
    limit: u64,
    at_limit: Ending,
    rows: u64,
    ending: Ending,
    /// Number of the audit record of this answer.
    record: Option<u64>,
}

impl Drop for QueryStream {
    fn drop(&mut self) {
        if let (Some(record), Some(audit)) = (self.record, self.pin.lake.audit()) {
            audit.delivered(record, self.rows);
        }
    }
}

impl fmt::Debug for QueryStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryStream")
            .field("rows", &self.rows)
            .field("ending", &self.ending)
            .finish_non_exhaustive()
    }
}

/// When an answer must stop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) deadline: Instant,
    pub(crate) allowed: Duration,
    pub(crate) rows: u64,
    /// What reaching `rows` means.
    pub(crate) at_limit: Ending,
}

impl QueryStream {
    pub(crate) fn new(inner: SendableRecordBatchStream, pin: Arc<Pin>, bounds: Bounds) -> Self {
        Self {
            schema: inner.schema(),
            inner: Some(inner),
            pin,
            timer: Box::pin(tokio::time::sleep_until(bounds.deadline)),
            allowed: bounds.allowed,
            limit: bounds.rows,
            at_limit: bounds.at_limit,
            rows: 0,
            ending: Ending::Complete,
            record: None,
        }
    }

    /// Has the record of this answer told how many rows went out, once it is over.
    pub(crate) fn recorded(mut self, record: Option<u64>) -> Self {
        self.record = record;
        self
    }

    /// An answer that is in memory already.
    pub(crate) fn of(batch: RecordBatch, pin: Arc<Pin>, bounds: Bounds) -> Self {
        let schema = batch.schema();
        let once = futures::stream::once(async move { Ok(batch) });
        Self::new(Box::pin(RecordBatchStreamAdapter::new(schema, once)), pin, bounds)
    }

    /// The audit record, for the stream that hands the rows on in place of this one.
    pub(crate) fn take_record(&mut self) -> Option<u64> {
        self.record.take()
    }

    /// The columns of the answer.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows delivered so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether rows were left out; final once the stream has ended.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// Personal columns that the answer was made from without a mask, for the audit record.
    pub fn clear_reads(&self) -> Vec<(DatasetId, String)> {
        self.pin.clear_reads()
    }

    /// All batches; for answers known to be small.
    pub async fn collect(&mut self) -> Result<Vec<RecordBatch>> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(batches)
    }

    fn fail(&mut self, error: Error) -> Poll<Option<Result<RecordBatch>>> {
        self.inner = None;
        Poll::Ready(Some(Err(error)))
    }

    /// The part of `batch` that is still allowed; notes when some of it is not.
    fn cut(&mut self, batch: RecordBatch) -> RecordBatch {
        let left = self.limit - self.rows;
        let rows = batch.num_rows() as u64;
        let kept = if rows > left {
            self.ending = self.at_limit;
            self.inner = None;
            batch.slice(0, left as usize)
        } else {
            batch
        };
        self.rows += kept.num_rows() as u64;
        kept
    }
}

impl Stream for QueryStream {
    type Item = Result<RecordBatch>;

    fn poll_next(mut self: StdPin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.inner.is_none() {
                return Poll::Ready(None);
            }
            if self.timer.as_mut().poll(context).is_ready() {
                let error = late(self.allowed);
                return self.fail(error);
            }
            // A changed rule ends what runs under the old one.
            if self.pin.lake.policy().version() != self.pin.policy.version() {
                return self.fail(Error::conflict(
                    "the access rules changed while the query ran: run it again",
                ));
            }
            let Some(inner) = &mut self.inner else {
                return Poll::Ready(None);
            };
            match inner.poll_next_unpin(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => {
                    self.inner = None;
                    return Poll::Ready(None);
                }
                Poll::Ready(Some(Err(error))) => return self.fail(failure::told(error)),
                Poll::Ready(Some(Ok(batch))) if batch.num_rows() == 0 => {}
                Poll::Ready(Some(Ok(batch))) => {
                    let kept = self.cut(batch);
                    if kept.num_rows() > 0 {
                        return Poll::Ready(Some(Ok(kept)));
                    }
                }
            }
        }
    }
}

/// The error of a query that took too long.
pub(crate) fn late(allowed: Duration) -> Error {
    Error::too_many(
        format!(
            "the query took longer than {} s: narrow it or ask for less",
            allowed.as_secs_f64()
        ),
        Duration::from_secs(5),
    )
}
