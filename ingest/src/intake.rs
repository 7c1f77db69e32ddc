//! The one door all pushes go through, whatever protocol brought them: may the sender push, is there room, is it a
//! repeat, are the rows good, is it durable. Nothing is kept of a push that is refused.

#[cfg(test)]
mod tests;

use crate::{
    Error, PushOutcome, PushRequest, Result, big,
    budget::{Budget, Share},
    decode::{CHUNK, Chunk, Source, Summary},
    plan::{Plan, Plans},
    session::{Session, Settled},
    small,
};
use bytes::{Buf, Bytes};
use futures::{Stream, StreamExt};
use metrics::{counter, histogram};
use smartcenter_warehouse::{
    BIG_PUSH_BYTES, Push, PushMode, Receipt, Status, Warehouse,
    contract::Contract,
    control::{Claim, Claimed},
};
use std::{fmt::Display, sync::Arc, time::Instant};
use tokio::sync::Semaphore;

/// Up to this many bytes a push is checked where it stands: a hop to another thread would cost more.
const INLINE_BYTES: u64 = 64 << 10;
/// Big pushes worked on at one time; others wait with their bodies unread.
const BIG_AT_ONCE: usize = 2;

/// A body, piece by piece, or why it broke off.
pub(crate) type Body<'a> = dyn Stream<Item = Result<Bytes, String>> + Send + Unpin + 'a;

/// The door for data. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Intake(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    warehouse: Arc<Warehouse>,
    plans: Plans,
    budget: Arc<Budget>,
    /// Threads that may check pushes of middling size.
    workers: Semaphore,
    big: Semaphore,
    cores: usize,
}

/// Whether a push is to be kept, now that its digest is known.
enum Standing {
    /// The sender only asked.
    DryRun,
    /// Nobody pushed this before.
    New(Claim),
    /// It was finished before, with this receipt.
    Repeat(Box<Receipt>),
}

/// A body read to its end, or to where it turned out to be big.
enum Head {
    Whole(Vec<Chunk>, Summary),
    Big(Box<big::Begun>),
}

impl Intake {
    /// A door to `warehouse`, with the budgets of its settings.
    pub fn new(warehouse: Arc<Warehouse>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self(Arc::new(Inner {
            budget: Budget::new(warehouse.settings().in_flight_bytes),
            plans: Plans::default(),
            workers: Semaphore::new(cores),
            big: Semaphore::new(BIG_AT_ONCE),
            cores,
            warehouse,
        }))
    }

    /// Takes one push. `body` is the payload as it was sent, still packed; it is read as fast as it can be worked
    /// on, in bounded memory whatever its size. Answers when the rows are durable and visible (with `wait_landed`:
    /// committed to the table); a rejected batch is an answer too, with its rows in quarantine.
    ///
    /// # Errors
    /// `NotFound` without a contract; `Forbidden` when the sender may not push; `TooMany` or `Unavailable` with a
    /// time to come again; `Conflict` when the same push is in flight; `TooLarge`, `Unsupported`; `Invalid` for a
    /// payload that is no file of rows (empty, cut off, not UTF-8, without the required columns) and for an
    /// idempotency key that was used with another payload. After an error nothing was kept.
    pub async fn push<E: Display>(
        &self,
        request: PushRequest,
        body: impl Stream<Item = Result<Bytes, E>> + Send + Unpin,
    ) -> Result<PushOutcome> {
        let start = Instant::now();
        let mut body = body.map(|piece| piece.map_err(|error| error.to_string()));
        let outcome = Box::pin(self.take(&request, &mut body)).await;
        record(&request, &outcome, start);
        outcome
    }

    async fn take(&self, request: &PushRequest, body: &mut Body<'_>) -> Result<PushOutcome> {
        let inner = &self.0;
        let contract = self.contract(request)?;
        inner.warehouse.admit()?;
        let claim = if request.dry_run {
            None
        } else {
            Some(self.claim(request, &contract)?)
        };
        let plan = inner.plans.of(&contract)?;
        let session = Session::open(inner.warehouse.clone(), plan, request).await?;
        let mode = session.context.mode.clone();
        let reach = session.context.scope.as_ref().map(|scope| scope.reach(&contract));

        let mut share = inner.budget.share();
        let (settled, standing) = match self.head(request, &session.plan, body, &mut share).await? {
            Head::Whole(chunks, summary) => {
                counter!("smartcenter_push_bytes_total").increment(summary.bytes);
                let standing = self.fresh(claim, summary.sha256)?;
                if let Standing::Repeat(receipt) = standing {
                    return self.repeated(request, &contract, *receipt).await;
                }
                (self.settle(session, chunks, summary).await?, standing)
            }
            Head::Big(begun) => {
                share.grow_to(big::MEMORY)?;
                let _turn = inner
                    .big
                    .acquire()
                    .await
                    .map_err(|e| Error::internal("the door is closed", e))?;
                let settled = big::settle(Arc::new(session), *begun, body, inner.cores).await?;
                let standing = self.fresh(claim, settled.sha256)?;
                (settled, standing)
            }
        };
        let receipt = match standing {
            Standing::Repeat(receipt) => return self.repeated(request, &contract, *receipt).await,
            Standing::DryRun => settled.keep().1,
            Standing::New(claim) => {
                let (parts, receipt) = settled.keep();
                // A snapshot that was turned down says nothing about what is there: without its rows everything would end.
                let mode = match receipt.status {
                    Status::Rejected => PushMode::default(),
                    _ => mode,
                };
                inner
                    .warehouse
                    .push(Push {
                        contract: contract.clone(),
                        parts,
                        receipt,
                        claim,
                        mode,
                        reach,
                    })
                    .await?
            }
        };
        self.wait_landed(request, &contract, &receipt).await?;
        Ok(PushOutcome {
            receipt,
            replayed: false,
        })
    }

    /// The contract in force, if the sender may push to it.
    fn contract(&self, request: &PushRequest) -> Result<Arc<Contract>> {
        let contracts = self.0.warehouse.contracts();
        let contract = contracts.get(request.dataset.as_str()).ok_or_else(|| {
            smartcenter_warehouse::Error::not_found(format!(
                "dataset {} has no contract here: see GET /api/v1/datasets for those that have",
                request.dataset
            ))
        })?;
        if !self.0.warehouse.policy().may_push(&request.identity, contract) {
            return Err(Error::Warehouse(smartcenter_warehouse::Error::forbidden(format!(
                "key {} may not push to dataset {}: it belongs to {}; ask for the scope push:{}",
                request.identity.key, contract.dataset, contract.owner, contract.dataset
            ))));
        }
        Ok(contract.clone())
    }

    /// Takes hold of the idempotency key, so that the same push cannot be in flight twice.
    fn claim(&self, request: &PushRequest, contract: &Contract) -> Result<Claim> {
        let warehouse = &self.0.warehouse;
        // A snapshot says what is not there, too: with the same rows it may do something that it did not do before.
        let is_snapshot = matches!(request.mode, Some(PushMode::Snapshot { .. }));
        let claimed = warehouse.control().ledger().claim(
            &contract.dataset,
            &request.identity.key,
            request.idempotency_key.as_deref(),
            None,
            contract.allow_repeats || is_snapshot,
            warehouse.clock().now(),
        )?;
        match claimed {
            Claimed::Fresh(claim) => Ok(claim),
            // Without a digest the ledger cannot know a repeat.
            Claimed::Finished(receipt) => Err(Error::internal(
                "the ledger answered early",
                receipt.receipt_id.to_string(),
            )),
        }
    }

    /// The claim with the payload's digest, or the receipt of the push that this one repeats.
    fn fresh(&self, claim: Option<Claim>, sha256: [u8; 32]) -> Result<Standing> {
        let Some(claim) = claim else {
            return Ok(Standing::DryRun);
        };
        Ok(match claim.payload(sha256, self.0.warehouse.clock().now())? {
            Claimed::Fresh(claim) => Standing::New(claim),
            Claimed::Finished(receipt) => Standing::Repeat(receipt),
        })
    }

    /// The answer to a repeat: the first receipt. A sender who named the push by a key asked for just that; one who did
    /// not may think that these are new rows, and is told by the status that they are not.
    async fn repeated(&self, request: &PushRequest, contract: &Contract, mut receipt: Receipt) -> Result<PushOutcome> {
        self.wait_landed(request, contract, &receipt).await?;
        if request.idempotency_key.is_none() {
            receipt.status = Status::Duplicate;
        }
        Ok(PushOutcome {
            receipt,
            replayed: true,
        })
    }

    async fn wait_landed(&self, request: &PushRequest, contract: &Contract, receipt: &Receipt) -> Result<()> {
        match receipt.seq {
            Some(seq) if request.wait_landed && receipt.rows.accepted > 0 => {
                Ok(self.0.warehouse.landed(&contract.table(), seq).await?)
            }
            _ => Ok(()),
        }
    }

    /// Reads the body until it ends or is known to be big.
    async fn head(
        &self,
        request: &PushRequest,
        plan: &Arc<Plan>,
        body: &mut Body<'_>,
        share: &mut Share,
    ) -> Result<Head> {
        let settings = self.0.warehouse.settings();
        let scratch = big::scratch(&self.0.warehouse);
        let mut source = Source::new(request, plan, settings.max_payload_bytes, CHUNK, &scratch)?;
        let mut chunks = Vec::new();
        while let Some(piece) = body.next().await {
            let mut piece = piece.map_err(|why| broken_body(&why))?;
            let taken = source.push(&piece, BIG_PUSH_BYTES + 1, &mut |chunk| {
                chunks.push(chunk);
                Ok(())
            })?;
            piece.advance(taken);
            // Text, cells and columns of the same rows are in memory together.
            share.grow_to(source.bytes().saturating_mul(3))?;
            if source.bytes() > BIG_PUSH_BYTES {
                return Ok(Head::Big(Box::new(big::Begun {
                    source,
                    chunks,
                    rest: piece,
                })));
            }
        }
        if source.is_document() {
            return tokio::task::spawn_blocking(move || document(source))
                .await
                .map_err(|error| Error::internal("a push stopped", error))?;
        }
        let summary = source.finish(&mut |chunk| {
            chunks.push(chunk);
            Ok(())
        })?;
        Ok(Head::Whole(chunks, summary))
    }

    /// Checks a payload that is in memory: at once when it is tiny, on a worker's thread otherwise.
    async fn settle(&self, session: Session, chunks: Vec<Chunk>, summary: Summary) -> Result<Settled> {
        if summary.bytes <= INLINE_BYTES {
            return small::settle(&session, chunks, &summary, None);
        }
        let quarantine = session.quarantine_stager()?;
        let _turn = self
            .0
            .workers
            .acquire()
            .await
            .map_err(|e| Error::internal("the door is closed", e))?;
        tokio::task::spawn_blocking(move || small::settle(&session, chunks, &summary, quarantine))
            .await
            .map_err(|error| Error::internal("a push stopped", error))?
    }
}

/// The rows of a document that is here: as they are while they are few; of many, the document alone, to be read again.
fn document(mut source: Source) -> Result<Head> {
    let (mut chunks, mut held) = (Vec::new(), 0_u64);
    let read = source.finish(&mut |chunk| {
        held += chunk.bytes.len() as u64;
        if held > BIG_PUSH_BYTES {
            return Err(Error::invalid("the document is big"));
        }
        chunks.push(chunk);
        Ok(())
    });
    if held > BIG_PUSH_BYTES {
        return Ok(Head::Big(Box::new(big::Begun {
            source,
            chunks: Vec::new(),
            rest: Bytes::new(),
        })));
    }
    Ok(Head::Whole(chunks, read?))
}

/// The fault of a body that broke off.
pub(crate) fn broken_body(why: &str) -> Error {
    Error::invalid(format!(
        "the body could not be read to its end ({why}): send all of it again"
    ))
}

fn record(request: &PushRequest, outcome: &Result<PushOutcome>, start: Instant) {
    let result = match outcome {
        Ok(PushOutcome { replayed: true, .. }) => "replayed",
        Ok(PushOutcome { receipt, .. }) if receipt.dry_run => "dry_run",
        Ok(PushOutcome { receipt, .. }) => match receipt.status {
            Status::Accepted | Status::Duplicate => "accepted",
            Status::Partial => "partial",
            Status::Rejected => "rejected",
        },
        Err(_) => "refused",
    };
    histogram!("smartcenter_push_seconds", "outcome" => result).record(start.elapsed().as_secs_f64());
    if let Ok(PushOutcome {
        receipt,
        replayed: false,
    }) = outcome
        && !receipt.dry_run
    {
        let rows = &receipt.rows;
        for (kind, count) in [
            ("accepted", rows.accepted),
            ("rejected", rows.rejected),
            ("duplicate", rows.duplicate),
        ] {
            if count > 0 {
                let dataset = request.dataset.as_str().to_owned();
                counter!("smartcenter_push_rows_total", "dataset" => dataset, "outcome" => kind).increment(count);
            }
        }
    }
}
