//! A push too big for memory and log: one thread unpacks and cuts, as many as there are cores check the chunks and
//! write what passes straight into staged Parquet files. Bounded queues between them hold everybody to the pace of
//! the slowest, the sender included.

use crate::{
    Error, Result,
    check::check,
    decode::{Chunk, Source, Summary},
    intake::Body,
    rejects::Rejects,
    session::{Session, Settled},
    spill::Spill,
    tally::Tally,
    validate::unique::Uniques,
};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use futures::StreamExt;
use parking_lot::{Condvar, Mutex};
use smartcenter_warehouse::{
    Part, Rows, StagedFile, Warehouse,
    contract::OnFailure,
    lake::{StagedWriter, Stager},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};
use tokio::sync::mpsc;

/// Hashes held in memory for uniqueness (24 bytes each) before they are spilled.
const UNIQUE_ENTRIES: usize = 8 << 20;
/// Pieces of the body that may wait to be unpacked.
const PIECES: usize = 8;
/// Memory that a big push takes, roughly: queued and worked-on chunks, open Parquet row groups, hashes.
pub(crate) const MEMORY: u64 = 64 << 20;

/// What has been read of the body before it turned out to be big.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The decoder.
    pub source: Source,
    /// Chunks it has cut.
    pub chunks: Vec<Chunk>,
    /// Body bytes it has not taken yet.
    pub rest: Bytes,
}

enum Piece {
    Bytes(Bytes),
    Fail(Error),
    /// The body is complete. Without this the sender is gone, and nothing of the push may stay.
    End,
}

/// The folder of scratch files.
pub(crate) fn scratch(warehouse: &Warehouse) -> PathBuf {
    warehouse.settings().data.join("spill")
}

/// Judges a body of any size. Nothing is visible yet afterwards; dropping the result removes its files.
pub(crate) async fn settle(
    session: Arc<Session>,
    begun: Begun,
    body: &mut Body<'_>,
    threads: usize,
) -> Result<Settled> {
    let (pieces, inbox) = mpsc::channel(PIECES);
    let crew = Crew::new(session)?;
    let conductor = tokio::task::spawn_blocking(move || crew.conduct(begun, inbox, threads));
    loop {
        let piece = match body.next().await {
            Some(Ok(bytes)) => Piece::Bytes(bytes),
            Some(Err(why)) => Piece::Fail(crate::intake::broken_body(&why)),
            None => Piece::End,
        };
        let is_last = !matches!(piece, Piece::Bytes(_));
        // A closed inbox means that the conductor has failed; its answer says why.
        if pieces.send(piece).await.is_err() || is_last {
            break;
        }
    }
    conductor
        .await
        .map_err(|error| Error::internal("a big push stopped", error))?
}

/// What the threads of one push share.
struct Crew {
    session: Arc<Session>,
    tally: Mutex<Tally>,
    uniques: Uniques,
    stager: Option<Stager>,
    quarantine: Option<Stager>,
    rejects: Option<Rejects>,
    spill_folder: PathBuf,
    stop: AtomicBool,
    /// Keyed datasets only.
    ordered: Option<Ordered>,
}

/// The rows of a keyed dataset are operations, and apply in the order of their lines: they are checked in any order and
/// written in that of the chunks, by one writer.
#[derive(Default)]
struct Ordered {
    state: Mutex<Turns>,
    passed: Condvar,
}

#[derive(Default)]
struct Turns {
    /// Chunk whose turn it is.
    next: usize,
    writer: Option<StagedWriter>,
}

impl Crew {
    fn new(session: Arc<Session>) -> Result<Self> {
        let spill_folder = scratch(&session.warehouse);
        let (stager, quarantine) = (session.stager()?, session.quarantine_stager()?);
        Ok(Self {
            tally: Mutex::default(),
            uniques: Uniques::new(&spill_folder, session.plan.unique.len(), UNIQUE_ENTRIES),
            rejects: quarantine.clone().map(|stager| Rejects::new(Some(stager))),
            stager,
            quarantine,
            spill_folder,
            stop: AtomicBool::new(false),
            ordered: session.plan.contract.is_keyed().then(Ordered::default),
            session,
        })
    }

    /// Runs the push from its first chunk to its last row.
    fn conduct(self, begun: Begun, mut inbox: mpsc::Receiver<Piece>, threads: usize) -> Result<Settled> {
        // Only where the whole batch may yet be rejected does its text have to be kept.
        let mut spill = match self.stager {
            Some(_) if can_be_condemned(&self.session) => Some(Spill::new(&self.spill_folder)?),
            _ => None,
        };
        let (sender, receiver) = sync_channel(1);
        let receiver = Arc::new(Mutex::new(receiver));
        let (summary, files) = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1))
                .map(|_| {
                    let (crew, receiver) = (&self, receiver.clone());
                    scope.spawn(move || crew.work(&receiver))
                })
                .collect();
            drop(receiver);
            let summary = self.feed(begun, &mut inbox, &sender, spill.as_mut());
            if summary.is_err() {
                self.stop();
            }
            drop(sender);
            let files = workers.into_iter().map(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(Error::internal("a worker stopped while checking rows", "panic")))
            });
            (summary, files.collect::<Vec<_>>())
        });
        let mut kept = Vec::new();
        let mut failure = None;
        for files in files.into_iter().chain(self.ordered.as_ref().and_then(Ordered::finish)) {
            match files {
                Ok(files) => kept.extend(files),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        // A feed that stopped because the workers were gone has no error of its own: a worker has it.
        let error = match (failure, summary) {
            (None, Ok(summary)) => return self.settle(kept, &summary, spill),
            (Some(error), _) | (None, Err(Some(error))) => error,
            (None, Err(None)) => Error::internal("the workers of a big push are gone", "no reason given"),
        };
        self.discard(&kept);
        if let Some(rejects) = self.rejects {
            rejects.discard();
        }
        Err(error)
    }

    /// The sequential half: unpacks, hashes and cuts the body, and hands the chunks out.
    fn feed(
        &self,
        begun: Begun,
        inbox: &mut mpsc::Receiver<Piece>,
        sender: &SyncSender<Chunk>,
        mut spill: Option<&mut Spill>,
    ) -> Result<Summary, Option<Error>> {
        let Begun {
            mut source,
            chunks,
            rest,
        } = begun;
        let mut gone = false;
        let mut emit = |chunk: Chunk| -> Result<()> {
            if let Some(spill) = &mut spill {
                spill.keep(&chunk)?;
            }
            gone = self.stop.load(Ordering::Acquire) || sender.send(chunk).is_err();
            if gone {
                Err(Error::invalid("the push was stopped"))
            } else {
                Ok(())
            }
        };
        let run = || -> Result<Summary> {
            chunks.into_iter().try_for_each(&mut emit)?;
            source.push(&rest, u64::MAX, &mut emit)?;
            loop {
                match inbox.blocking_recv() {
                    Some(Piece::Bytes(bytes)) => source.push(&bytes, u64::MAX, &mut emit)?,
                    Some(Piece::End) => return source.finish(&mut emit),
                    Some(Piece::Fail(error)) => return Err(error),
                    None => return Err(crate::intake::broken_body("the sender is gone")),
                };
            }
        };
        let summary = run();
        summary.map_err(|error| (!gone).then_some(error))
    }

    /// A worker: checks chunks until there are no more, or until the push is stopped; then its files are removed.
    fn work(&self, chunks: &Mutex<Receiver<Chunk>>) -> Result<Vec<StagedFile>> {
        let _alarm = Alarm(self);
        let mut writer: Option<StagedWriter> = None;
        let mut outcome = Ok(());
        while !self.stop.load(Ordering::Acquire) {
            let next = chunks.lock().recv();
            let Ok(chunk) = next else { break };
            outcome = self.take(chunk, &mut writer);
            if outcome.is_err() {
                self.stop();
            }
        }
        let files = match writer {
            Some(writer) => writer.finish(),
            None => Ok(Vec::new()),
        };
        match (outcome, files) {
            (Ok(()), Ok(files)) => Ok(files),
            (Ok(()), Err(error)) => {
                self.stop();
                Err(error.into())
            }
            (Err(error), files) => {
                self.discard(&files.unwrap_or_default());
                Err(error)
            }
        }
    }

    fn take(&self, chunk: Chunk, writer: &mut Option<StagedWriter>) -> Result<()> {
        let checked = check(chunk, &self.session.plan, &self.session.context)?;
        for (set, entries) in checked.entries.iter().enumerate() {
            self.uniques.add(set, entries)?;
        }
        if let Some(rejects) = &self.rejects {
            rejects.add(&self.session.receipt, &checked.rejected)?;
        }
        match &self.ordered {
            Some(ordered) => {
                let mut turns = ordered.state.lock();
                // Chunks are handed out in their order, so whoever has the turn is at work, and passes it on.
                while turns.next != checked.index && !self.stop.load(Ordering::Acquire) {
                    ordered.passed.wait(&mut turns);
                }
                if self.stop.load(Ordering::Acquire) {
                    return Ok(());
                }
                self.write(&checked.accepted, &mut turns.writer)?;
                turns.next += 1;
                ordered.passed.notify_all();
            }
            None => self.write(&checked.accepted, writer)?,
        }
        self.tally.lock().add(&checked);
        Ok(())
    }

    fn write(&self, rows: &RecordBatch, writer: &mut Option<StagedWriter>) -> Result<()> {
        if let (Some(stager), true) = (&self.stager, rows.num_rows() > 0) {
            let writer = match writer {
                Some(writer) => writer,
                None => writer.insert(stager.writer()?),
            };
            writer.write(rows)?;
        }
        Ok(())
    }

    /// Ends the work of everybody, also of those who wait for their turn.
    fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        if let Some(ordered) = &self.ordered {
            // Under the lock, so that nobody begins to wait in between.
            let _turns = ordered.state.lock();
            ordered.passed.notify_all();
        }
    }

    fn discard(&self, files: &[StagedFile]) {
        if let Some(stager) = &self.stager {
            stager.discard(files);
        }
    }

    /// All rows are judged: leaves repeats out, or turns the whole batch down.
    fn settle(self, files: Vec<StagedFile>, summary: &Summary, spill: Option<Spill>) -> Result<Settled> {
        let Self {
            session,
            tally,
            uniques,
            stager,
            quarantine,
            rejects,
            ..
        } = self;
        let duplicates = uniques.repeated()?;
        let tally = tally.into_inner();
        let condemned = tally.condemned(&session, duplicates.len() as u64);
        let is_condemned = condemned.is_some();
        metrics::counter!("smartcenter_push_bytes_total").increment(summary.bytes);
        let fixed = tally.fixed(is_condemned);
        let mut receipt = session.receipt.clone();
        tally.complete(&mut receipt, summary, duplicates.len() as u64, condemned, &session);
        let (Some(stager), Some(mut rejects)) = (stager, rejects) else {
            return Ok(Settled::new(Vec::new(), receipt, summary.sha256, fixed, Vec::new()));
        };
        let mut staged = Vec::new();
        let mut parts = Vec::new();
        if is_condemned {
            stager.discard(&files);
            rejects.discard();
            rejects = Rejects::new(quarantine.clone());
            if let Some(spill) = spill {
                spill.replay(&mut |chunk| {
                    let checked = check(chunk, &session.plan, &session.context)?;
                    rejects.add(&receipt, &checked.all_rejected(&duplicates))
                })?;
            }
        } else {
            let files = stager.without_lines(files, &duplicates)?;
            if !files.is_empty() {
                staged.push((stager, files.clone()));
                parts.push(Part {
                    table: session.plan.contract.table(),
                    rows: Rows::Staged(files),
                });
            }
        }
        if let Some(part) = rejects.finish()? {
            if let (Rows::Staged(files), Some(quarantine)) = (&part.rows, quarantine) {
                staged.push((quarantine, files.clone()));
            }
            parts.push(part);
        }
        Ok(Settled::new(parts, receipt, summary.sha256, fixed, staged))
    }
}

/// Stops the others when a worker panics: its turn would never be passed on.
struct Alarm<'a>(&'a Crew);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

impl Ordered {
    /// What was written, when all workers are done.
    fn finish(&self) -> Option<Result<Vec<StagedFile>>> {
        let writer = self.state.lock().writer.take()?;
        Some(writer.finish().map_err(Error::from))
    }
}

/// Whether there is a reason to turn a whole batch down: the contract knows one, or the push is a snapshot.
fn can_be_condemned(session: &Session) -> bool {
    let contract = &session.plan.contract;
    let rejects = |action: OnFailure| action == OnFailure::RejectBatch;
    session.context.is_snapshot()
        || contract.max_rejected < 1.0
        || contract
            .columns
            .iter()
            .any(|c| rejects(c.on_failure) || c.rules.iter().any(|rule| rejects(rule.on_failure)))
        || contract.row_rules.iter().any(|rule| rejects(rule.on_failure))
        || contract
            .event_time
            .as_ref()
            .is_some_and(|event| rejects(event.on_failure))
}
