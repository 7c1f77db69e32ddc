//! The ledger's memory: holds of pushes in flight, and what SQLite does not have yet.

use super::{LedgerEntry, ReceiptId, filter::Filter, find_marked, finished_at, mark::Mark};
use crate::{Error, Receipt, Result, Seq};
use chrono::{DateTime, Utc};
use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

/// Keys and digests are kept at least this long.
const LEAST_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) struct Shared {
    pub(super) memory: Mutex<Memory>,
    /// Rung when there is something to write, and when something was written or failed.
    pub(super) bell: Condvar,
    pub(super) reader: Mutex<Connection>,
    repeat: chrono::Duration,
    /// Rejected rows that arrived before (microseconds since 1970) have expired.
    pub(super) kept_since: AtomicI64,
}

pub(super) struct Memory {
    /// Marks of pushes in flight, with the number of claims that hold each.
    in_flight: HashMap<Mark, u32>,
    /// Finished pushes by the marks they left, until SQLite has them.
    finished: HashMap<Mark, Arc<Finished>>,
    /// The same by order of publication.
    pub(super) waiting: BTreeMap<i64, Arc<Finished>>,
    by_id: HashMap<ReceiptId, i64>,
    /// Those of them that close rejected rows of a receipt, by that receipt.
    closing: HashMap<ReceiptId, Vec<Arc<Finished>>>,
    /// What the writer has not taken yet.
    pub(super) queue: Vec<Arc<Finished>>,
    pub(super) filter: Filter,
    next_n: i64,
    /// Last position given to `record`.
    pub(super) recorded: Seq,
    /// Last position in SQLite.
    pub(super) written: Seq,
    /// Somebody waits until this position is in SQLite.
    pub(super) awaited: Seq,
    /// Counts the times entries moved from here to SQLite.
    moves: u64,
    /// Why the last write failed.
    pub(super) failing: Option<String>,
    pub(super) stop: bool,
}

/// A receipt on its way to SQLite.
pub(super) struct Finished {
    /// Order of publication; the row id.
    pub(super) n: i64,
    pub(super) seq: Seq,
    /// Microseconds since 1970.
    pub(super) at: i64,
    pub(super) entry: LedgerEntry,
}

/// What became of an attempt to hold a mark.
pub(super) enum Hold {
    Held,
    Busy,
    Finished(Box<Receipt>),
}

impl Shared {
    pub(super) fn new(
        reader: Connection,
        repeat: Duration,
        filter: Filter,
        start: Seq,
        next_n: i64,
        kept_since: i64,
    ) -> Self {
        let memory = Memory {
            in_flight: HashMap::new(),
            finished: HashMap::new(),
            waiting: BTreeMap::new(),
            by_id: HashMap::new(),
            closing: HashMap::new(),
            queue: Vec::new(),
            filter,
            next_n,
            recorded: start,
            written: start,
            awaited: start,
            moves: 0,
            failing: None,
            stop: false,
        };
        Self {
            memory: Mutex::new(memory),
            bell: Condvar::new(),
            reader: Mutex::new(reader),
            repeat: chrono::Duration::from_std(repeat).unwrap_or(chrono::Duration::MAX),
            kept_since: AtomicI64::new(kept_since),
        }
    }

    /// How long a payload digest counts.
    pub(super) fn digest_window(&self) -> chrono::Duration {
        self.repeat
    }

    /// How long an idempotency key counts, and how long both kinds of mark are kept.
    pub(super) fn key_window(&self) -> chrono::Duration {
        self.repeat
            .max(chrono::Duration::from_std(LEAST_KEPT).unwrap_or(self.repeat))
    }

    /// Holds `mark`, unless another claim holds it or a push finished within `window` before `now` left it.
    pub(super) fn hold(&self, mark: &Mark, window: chrono::Duration, now: DateTime<Utc>) -> Result<Hold> {
        let counts = |receipt: &Receipt| now.signed_duration_since(finished_at(receipt)) < window;
        // SQLite is asked without the lock. An entry that moves there meanwhile could be missed in both places, so
        // a move since the question means asking again.
        let mut absent_at = None;
        loop {
            let moves = {
                let mut memory = self.memory.lock();
                if memory.in_flight.contains_key(mark) {
                    return Ok(Hold::Busy);
                }
                let known = memory.finished.get(mark);
                if let Some(finished) = known.filter(|f| counts(&f.entry.receipt)) {
                    return Ok(Hold::Finished(Box::new(finished.entry.receipt.clone())));
                }
                let certain = known.is_some() || absent_at == Some(memory.moves) || !memory.filter.may_contain(mark);
                if certain {
                    memory.in_flight.insert(*mark, 1);
                    return Ok(Hold::Held);
                }
                memory.moves
            };
            match find_marked(&self.reader.lock(), mark)?.filter(counts) {
                Some(receipt) => return Ok(Hold::Finished(Box::new(receipt))),
                None => absent_at = Some(moves),
            }
        }
    }

    /// Adds to the holds of `mark` whoever else has it, so that those who must not run beside it see it in flight.
    pub(super) fn join_hold(&self, mark: &Mark) {
        *self.memory.lock().in_flight.entry(*mark).or_insert(0) += 1;
    }

    /// Holds `mark`, unless somebody holds it.
    pub(super) fn try_hold(&self, mark: &Mark) -> bool {
        let mut memory = self.memory.lock();
        let is_free = !memory.in_flight.contains_key(mark);
        if is_free {
            memory.in_flight.insert(*mark, 1);
        }
        is_free
    }

    /// The pushes that close rejected rows of `receipt` and that SQLite does not have yet, the first one first.
    pub(super) fn closing(&self, receipt: ReceiptId) -> Vec<Arc<Finished>> {
        self.memory.lock().closing.get(&receipt).cloned().unwrap_or_default()
    }

    pub(super) fn release(&self, marks: &[Mark]) {
        let mut memory = self.memory.lock();
        for mark in marks {
            if let Some(count) = memory.in_flight.get_mut(mark) {
                *count -= 1;
                if *count == 0 {
                    memory.in_flight.remove(mark);
                }
            }
        }
    }

    pub(super) fn record(&self, seq: Seq, entries: &[LedgerEntry]) {
        let mut guard = self.memory.lock();
        let memory = &mut *guard;
        if seq <= memory.recorded {
            return;
        }
        let idle = memory.recorded == memory.written;
        memory.recorded = seq;
        for entry in entries {
            let at = finished_at(&entry.receipt).timestamp_micros();
            let finished = Arc::new(Finished {
                n: memory.next_n,
                seq,
                at,
                entry: entry.clone(),
            });
            memory.next_n += 1;
            for mark in Mark::left_by(entry) {
                memory.filter.insert(&mark, at);
                memory.finished.insert(mark, Arc::clone(&finished));
            }
            if let Some(closing) = &entry.closing {
                let list = memory.closing.entry(closing.receipt_id).or_default();
                list.push(Arc::clone(&finished));
            }
            memory.by_id.insert(entry.receipt.receipt_id, finished.n);
            memory.waiting.insert(finished.n, Arc::clone(&finished));
            memory.queue.push(finished);
        }
        // A writer at work or gathering looks again by itself.
        if idle || memory.queue.len() > super::writer::BATCH {
            self.bell.notify_all();
        }
    }

    /// The receipt `id`, if SQLite does not have it yet.
    pub(super) fn waiting(&self, id: ReceiptId) -> Option<Receipt> {
        let memory = self.memory.lock();
        memory
            .by_id
            .get(&id)
            .and_then(|n| memory.waiting.get(n))
            .map(|f| f.entry.receipt.clone())
    }

    pub(super) fn flush(&self) -> Result<()> {
        let mut memory = self.memory.lock();
        let aim = memory.recorded;
        // A failure from before this call is not an answer: the writer gets one more try.
        memory.failing = None;
        memory.awaited = memory.awaited.max(aim);
        self.bell.notify_all();
        while memory.written < aim {
            if let Some(reason) = &memory.failing {
                let wait = Duration::from_secs(5);
                return Err(Error::unavailable(
                    format!("receipts cannot be written ({reason}): free disk space"),
                    wait,
                ));
            }
            self.bell.wait(&mut memory);
        }
        Ok(())
    }

    pub(super) fn stop(&self) {
        self.memory.lock().stop = true;
        self.bell.notify_all();
    }
}

impl Memory {
    /// Lets go of what is in SQLite now.
    pub(super) fn moved(&mut self, entries: &[Arc<Finished>]) {
        for finished in entries {
            self.waiting.remove(&finished.n);
            let id = finished.entry.receipt.receipt_id;
            if self.by_id.get(&id) == Some(&finished.n) {
                self.by_id.remove(&id);
            }
            if let Some(closing) = &finished.entry.closing
                && let Entry::Occupied(mut list) = self.closing.entry(closing.receipt_id)
            {
                list.get_mut().retain(|waiting| waiting.n != finished.n);
                if list.get().is_empty() {
                    list.remove();
                }
            }
            for mark in Mark::left_by(&finished.entry) {
                if self.finished.get(&mark).is_some_and(|newest| newest.n == finished.n) {
                    self.finished.remove(&mark);
                }
            }
        }
        self.moves += 1;
    }
}
