//! The one door all pushes go through, whatever protocol brought them: may the sender push, is there room, is it a
//! repeat, are the rows good, is it durable. Nothing is kept of a push that is refused.

#[cfg(test)]
mod tests;

use crate::{
    ContentEncoding, Error, Format, PushOutcome, PushRequest, ReplayRequest, Result, big,
    budget::{Budget, Share},
    decode::{CHUNK, Chunk, Source, Summary},
    plan::{Plan, Plans},
    replay::Replay,
    session::{Session, Settled},
    small,
};
use bytes::{Buf, Bytes};
use futures::{Stream, StreamExt};
use metrics::{counter, histogram};
use smartcenter_warehouse::{
    BIG_PUSH_BYTES, Correction, DatasetId, KeyName, Push, PushMode, Receipt, ReceiptId, Status, Warehouse,
    contract::Contract,
    control::{Claim, Claimed},
    policy::{Identity, Role},
    quarantine::{Closing, RejectState},
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

/// A push on its way through the intake.
struct Way<'a> {
    contract: Arc<Contract>,
    claim: Option<Claim>,
    correcting: Option<Correcting>,
    replay: Option<&'a Replay>,
}

/// The older push whose rejected rows this one brings again.
struct Correcting {
    old: Receipt,
    state: RejectState,
    key: KeyName,
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

    /// Reads rejected rows of an older push again, as they were sent and with the rules of correction, under the contract
    /// in force now, and closes those lines of the older receipt. The new push is that of the key which had pushed the
    /// rows, within that key's own scope, whoever asks. The same again answers the same receipt.
    ///
    /// # Errors
    /// As [`Intake::push`]; `NotFound` for a receipt that is not the caller's, unless a steward asks; `Invalid` for a rule
    /// that cannot be meant, and where no row is open.
    pub async fn replay(&self, request: ReplayRequest) -> Result<PushOutcome> {
        let start = Instant::now();
        let inner = &self.0;
        let ledger = inner.warehouse.control().ledger();
        let old = ledger.get(request.receipt)?;
        let old = old.filter(|old| may_correct(&request.identity, old));
        let old = old.ok_or_else(|| not_known(request.receipt))?;
        let pusher = inner.warehouse.control().keys().identity(&old.pusher)?;
        let push = PushRequest {
            dataset: old.dataset.clone(),
            // A key that is not stored is the hub's own, and bound to nothing.
            identity: pusher.unwrap_or_else(|| Identity {
                key: old.pusher.clone(),
                ..request.identity.clone()
            }),
            format: Format::Ndjson,
            encoding: ContentEncoding::Identity,
            idempotency_key: None,
            dry_run: request.dry_run,
            wait_landed: false,
            mode: None,
            charset: None,
            sheet: None,
            corrects: Some(request.receipt),
            received_at: request.received_at,
        };
        let outcome = Box::pin(self.again(&request, &push, old)).await;
        record(&push, &outcome, start);
        outcome
    }

    async fn again(&self, request: &ReplayRequest, push: &PushRequest, old: Receipt) -> Result<PushOutcome> {
        let inner = &self.0;
        let contract = self.contract(&old.dataset, &request.identity)?;
        inner.warehouse.admit()?;
        let plan = inner.plans.of(&contract)?;
        let replay = Replay::new(request, old, &plan)?;
        let push = PushRequest {
            idempotency_key: Some(replay.key()),
            ..push.clone()
        };
        let mut claim = None;
        if !push.dry_run {
            // What it is, is known before the rows are read.
            match self
                .claim(&push, &contract)?
                .payload(replay.digest, inner.warehouse.clock().now())?
            {
                Claimed::Fresh(fresh) => claim = Some(fresh),
                Claimed::Finished(receipt) => return self.repeated(&push, &contract, *receipt).await,
            }
        }
        let correcting = self.hold(&replay.old, claim.as_mut())?;
        let mut rows = replay.rows(&inner.warehouse).await?;
        let Some(first) = next_piece(&mut rows).await else {
            return Err(nothing_open(&replay));
        };
        let mut body = futures::stream::iter([first]).chain(rows);
        let way = Way {
            contract,
            claim,
            correcting: Some(Correcting {
                old: correcting,
                state: RejectState::Replayed,
                key: request.identity.key.clone(),
            }),
            replay: Some(&replay),
        };
        self.carry(&push, way, &mut body).await
    }

    async fn take(&self, request: &PushRequest, body: &mut Body<'_>) -> Result<PushOutcome> {
        let contract = self.contract(&request.dataset, &request.identity)?;
        self.0.warehouse.admit()?;
        let mut claim = if request.dry_run {
            None
        } else {
            Some(self.claim(request, &contract)?)
        };
        let correcting = match request.corrects {
            Some(id) => Some(Correcting {
                old: self.hold(&self.corrected(request, id)?, claim.as_mut())?,
                state: RejectState::Corrected,
                key: request.identity.key.clone(),
            }),
            None => None,
        };
        let way = Way {
            contract,
            claim,
            correcting,
            replay: None,
        };
        self.carry(request, way, body).await
    }

    /// From the body to the receipt.
    async fn carry(&self, request: &PushRequest, way: Way<'_>, body: &mut Body<'_>) -> Result<PushOutcome> {
        let inner = &self.0;
        let Way {
            contract,
            claim,
            correcting,
            replay,
        } = way;
        let plan = inner.plans.of(&contract)?;
        let mut session = Session::open(inner.warehouse.clone(), plan, request).await?;
        session.file_rows = correcting.as_ref().map_or(0, |correcting| correcting.old.file_rows());
        let mode = session.context.mode.clone();
        let reach = session.context.scope.as_ref().map(|scope| scope.reach(&contract));

        let mut share = inner.budget.share();
        let source = self.source(request, &session.plan, replay)?;
        let (settled, standing) = match self.head(source, body, &mut share).await? {
            Head::Whole(chunks, summary) => {
                counter!("smartcenter_push_bytes_total").increment(summary.bytes);
                let standing = self.standing(claim, summary.sha256, replay)?;
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
                let standing = self.standing(claim, settled.sha256, replay)?;
                (settled, standing)
            }
        };
        if let Standing::Repeat(receipt) = standing {
            return self.repeated(request, &contract, *receipt).await;
        }
        let mut settled = settled;
        let closing = match correcting {
            Some(correcting) => Some(self.close(correcting, &mut settled).await?),
            None => None,
        };
        if let Some(replay) = replay {
            settled.receipt.warnings.extend(replay.skipped.report());
            settled.receipt.warnings.extend(replay.fixes.report());
        }
        let receipt = match standing {
            Standing::Repeat(receipt) => *receipt,
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
                        closing,
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
    fn contract(&self, dataset: &DatasetId, identity: &Identity) -> Result<Arc<Contract>> {
        let contracts = self.0.warehouse.contracts();
        let contract = contracts.get(dataset.as_str()).ok_or_else(|| {
            smartcenter_warehouse::Error::not_found(format!(
                "dataset {dataset} has no contract here: see GET /api/v1/datasets for those that have"
            ))
        })?;
        if !self.0.warehouse.policy().may_push(identity, contract) {
            return Err(Error::Warehouse(smartcenter_warehouse::Error::forbidden(format!(
                "key {} may not push to dataset {}: it belongs to {}; ask for the scope push:{}",
                identity.key, contract.dataset, contract.owner, contract.dataset
            ))));
        }
        Ok(contract.clone())
    }

    /// The receipt that a push wants to correct, if its sender may.
    fn corrected(&self, request: &PushRequest, id: ReceiptId) -> Result<Receipt> {
        let found = self.0.warehouse.control().ledger().get(id)?;
        let old = found
            .filter(|old| may_correct(&request.identity, old))
            .ok_or_else(|| not_known(id))?;
        if old.dataset != request.dataset {
            return Err(Error::invalid(format!(
                "receipt {id} is of dataset {}, and this push is to {}: push the corrected file to {}",
                old.dataset, request.dataset, old.dataset
            )));
        }
        if old.rows.rejected == 0 {
            return Err(Error::invalid(format!(
                "receipt {id} has no rejected rows: push without corrects"
            )));
        }
        Ok(old)
    }

    /// Takes hold of the rejected rows of `old` for this push; a push that only asks does not need to.
    fn hold(&self, old: &Receipt, claim: Option<&mut Claim>) -> Result<Receipt> {
        if let Some(claim) = claim {
            claim.closes = Some(self.0.warehouse.control().ledger().hold_rejects(old)?);
        }
        Ok(old.clone())
    }

    /// Works out which rejected rows the settled push closes, and writes it into its receipt.
    async fn close(&self, correcting: Correcting, settled: &mut Settled) -> Result<Closing> {
        let correction = Correction {
            receipt: correcting.old,
            state: correcting.state,
            key: correcting.key,
            rows: settled.fixed.clone(),
        };
        let (closing, corrects, warnings) = self.0.warehouse.close_rejects(&correction).await?;
        settled.receipt.corrects = Some(corrects);
        settled.receipt.warnings.extend(warnings);
        Ok(closing)
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

    /// Whether the push is to be kept. That a replay is no repeat was seen before its rows were read.
    fn standing(&self, claim: Option<Claim>, sha256: [u8; 32], replay: Option<&Replay>) -> Result<Standing> {
        match (replay, claim) {
            (Some(_), Some(claim)) => Ok(Standing::New(claim)),
            (_, claim) => self.fresh(claim, sha256),
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
        let corrected = receipt.corrects.as_ref().map(|corrects| corrects.receipt_id);
        if let Some(id) = request.corrects.filter(|id| corrected != Some(*id)) {
            receipt.warnings.push(format!(
                "this file was pushed before, and not as a correction of receipt {id}: nothing was closed by it. Where its \
                 rows are in, give the rejected ones up with the reason that they came with this receipt"
            ));
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

    /// The decoder of a push.
    fn source(&self, request: &PushRequest, plan: &Arc<Plan>, replay: Option<&Replay>) -> Result<Source> {
        let limit = self.0.warehouse.settings().max_payload_bytes;
        match replay {
            // A stored row can be longer than the record that it was.
            Some(replay) => Source::again(&replay.fixes, u64::MAX, 2 * CHUNK, replay.digest),
            None => Source::new(request, plan, limit, CHUNK, &big::scratch(&self.0.warehouse)),
        }
    }

    /// Reads the body until it ends or is known to be big.
    async fn head(&self, mut source: Source, body: &mut Body<'_>, share: &mut Share) -> Result<Head> {
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

/// Whether `identity` may bring or read again what the push of `old` left in quarantine: the key that pushed it, and
/// stewards, unless they are bound to regions, since a push has none to cut by.
fn may_correct(identity: &Identity, old: &Receipt) -> bool {
    let is_steward = matches!(identity.role, Role::Admin | Role::Walidata) && identity.regions.is_empty();
    let may_know = !matches!(identity.role, Role::Publik | Role::Pimpinan);
    is_steward || (may_know && identity.key == old.pusher)
}

fn not_known(id: ReceiptId) -> Error {
    Error::Warehouse(smartcenter_warehouse::Error::not_found(format!(
        "there is no receipt {id} whose rejected rows this key may correct"
    )))
}

/// The next piece of a body with something in it.
async fn next_piece(body: &mut Body<'_>) -> Option<Result<Bytes, String>> {
    while let Some(piece) = body.next().await {
        if !matches!(&piece, Ok(bytes) if bytes.is_empty()) {
            return Some(piece);
        }
    }
    None
}

fn nothing_open(replay: &Replay) -> Error {
    let mut why = vec![format!(
        "receipt {} has no open rows that can be read again",
        replay.old.receipt_id
    )];
    why.extend(replay.skipped.report());
    Error::invalid(why.join("; "))
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
