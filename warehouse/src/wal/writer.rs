//! The one writer: takes everything that waits, one write, one `fdatasync`, then the answers. The time of an
//! acknowledgement is the time of one disk sync, whatever the number of senders.

use super::{
    chain::Link,
    disk::Disk,
    frame::{self, FrameKind, MAX_PAYLOAD},
    replay::Replay,
    segment::{self, Open, Sealed},
};
use crate::{Error, Result, Seq};
use arrow::datatypes::SchemaRef;
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    sync::{Arc, mpsc},
    time::Duration,
};

/// A frame to be written.
#[derive(Debug)]
pub struct Entry {
    /// What it holds; not [`FrameKind::Schema`], those are written when needed.
    pub kind: FrameKind,
    /// Its bytes.
    pub payload: Vec<u8>,
    /// Schemas that the payload refers to, by id.
    pub schemas: Vec<(u64, SchemaRef)>,
    /// For an entry that was made in the belief that others before it are kept.
    pub link: Option<Link>,
}

/// What became of the entries of one write: all durable, or all refused.
#[derive(Debug)]
pub struct Group<T> {
    /// The tickets with their positions; positions are empty of meaning when `failed`.
    pub entries: Vec<(Seq, T)>,
    /// Why none of them was written.
    pub failed: Option<Refusal>,
}

/// Why the log takes nothing just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No space: nothing was kept; ends when space returns.
    DiskFull,
    /// A write failed and was undone.
    WriteFailed,
    /// A sync failed: the outcome of the group is unknown, the log has stopped.
    Poisoned,
    /// An entry that this one builds on was refused.
    Unfounded,
}

impl Refusal {
    /// The sentence for the sender.
    pub fn error(self) -> Error {
        match self {
            Self::DiskFull => Error::unavailable(
                "the hub's disk is full: nothing was kept; free space and send again",
                Duration::from_secs(30),
            ),
            Self::WriteFailed => Error::unavailable(
                "the hub's log could not be written: nothing was kept; send again later",
                Duration::from_secs(30),
            ),
            Self::Unfounded => Error::unavailable(
                "a push to this dataset just before this one could not be kept, and this one was compared with it: \
                 nothing was kept; send again",
                Duration::from_secs(1),
            ),
            Self::Poisoned => Error::unavailable(
                "the hub's log has stopped after a failed disk sync: reads go on, pushes need a restart on a sound \
                 disk; send again with the same Idempotency-Key",
                Duration::from_secs(300),
            ),
        }
    }
}

/// Sizes.
#[derive(Debug, Clone)]
pub struct WalOptions {
    /// Segment size in bytes.
    pub segment_bytes: u64,
    /// Most bytes written by one group.
    pub group_bytes: usize,
}

impl Default for WalOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            group_bytes: 32 << 20,
        }
    }
}

/// Figures of the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogStatus {
    /// Last durable position.
    pub durable: Seq,
    /// Bytes written since the position up to which [`Wal::release`] was called.
    pub lag_bytes: u64,
    /// Frames written since the start.
    pub frames: u64,
    /// Syncs since the start; `frames / syncs` is the group size.
    pub syncs: u64,
    /// Set while pushes are refused.
    pub refusal: Option<Refusal>,
}

/// The log's front: queue entries here, hear of them through the sink.
#[derive(Debug)]
pub struct Wal<T: Send + 'static> {
    queue: Mutex<Option<mpsc::Sender<(Entry, T)>>>,
    shared: Arc<Shared>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    disk: Arc<dyn Disk>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    status: LogStatus,
    sealed: Vec<Sealed>,
    written: u64,
    /// (position, bytes written up to and with it), for the lag.
    marks: VecDeque<(Seq, u64)>,
    released: u64,
    /// Released segments stay while somebody reads the log.
    holds: usize,
}

/// While it lives, no segment is unlinked; what was released meanwhile goes with the next release.
#[derive(Debug)]
pub struct Hold(Arc<Shared>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.state.lock().holds -= 1;
    }
}

impl<T: Send + 'static> Wal<T> {
    /// Starts writing behind a finished [`Replay`]. `sink` is called on the writer's thread, once per group, in
    /// order; it must not block for long. `group_lag` bytes of the replayed log count as lag until released.
    pub fn start(
        replay: Replay,
        disk: Arc<dyn Disk>,
        options: WalOptions,
        sink: impl FnMut(Group<T>) + Send + 'static,
    ) -> Result<Self> {
        let durable = replay.last_seq().unwrap_or_default();
        let sealed = replay.into_sealed();
        let mut state = State {
            sealed,
            ..State::default()
        };
        for segment in &state.sealed {
            state.written += segment.bytes;
            state.marks.push_back((segment.last_seq, state.written));
        }
        state.status.durable = durable;
        let shared = Arc::new(Shared {
            disk,
            state: Mutex::new(state),
        });
        let (queue, waiting) = mpsc::channel();
        let mut writer = Writer {
            shared: shared.clone(),
            options,
            durable,
            open: None,
            schemas: HashSet::new(),
            poisoned: false,
        };
        // The name of the open segment keeps the position when all others have been released. A full disk must not keep
        // the hub from serving reads; the first push tries again.
        if let Err(error) = writer.rotate(0) {
            writer.refuse(&error);
        }
        let thread = std::thread::Builder::new()
            .name("wal".into())
            .spawn(move || writer.run(&waiting, sink))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Queues an entry; the sink hears of `ticket`. Fails only when the entry can never be written or the log has
    /// been closed.
    pub fn append(&self, entry: Entry, ticket: T) -> Result<()> {
        if entry.payload.len() > MAX_PAYLOAD {
            return Err(Error::invalid(format!(
                "a log frame of {} bytes is too large",
                entry.payload.len()
            )));
        }
        let closed = || Error::unavailable("the hub is stopping: send again", Duration::from_secs(5));
        let queue = self.queue.lock();
        queue
            .as_ref()
            .ok_or_else(closed)?
            .send((entry, ticket))
            .map_err(|_| closed())
    }

    /// Keeps every segment that is there now, and all later ones, until the hold is dropped.
    pub fn hold(&self) -> Hold {
        self.shared.state.lock().holds += 1;
        Hold(self.shared.clone())
    }

    /// Unlinks sealed segments that hold nothing above `up_to`.
    pub fn release(&self, up_to: Seq) -> Result<()> {
        let removable: Vec<Sealed> = {
            let mut state = self.shared.state.lock();
            while let Some((seq, bytes)) = state.marks.front().copied()
                && seq <= up_to
            {
                state.released = bytes;
                state.marks.pop_front();
            }
            // Held segments are no lag: nothing waits for a table.
            if state.holds > 0 {
                return Ok(());
            }
            let (gone, kept) = state.sealed.drain(..).partition(|s| s.last_seq <= up_to);
            state.sealed = kept;
            gone
        };
        for segment in removable {
            self.shared.disk.remove(&segment.name)?;
        }
        Ok(())
    }

    /// Figures of the log.
    pub fn status(&self) -> LogStatus {
        let state = self.shared.state.lock();
        LogStatus {
            lag_bytes: state.written.saturating_sub(state.released),
            ..state.status
        }
    }

    /// Writes what is queued and stops the writer.
    pub fn close(&self) {
        drop(self.queue.lock().take());
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the log's writer ended in a panic");
        }
    }
}

impl<T: Send + 'static> Drop for Wal<T> {
    fn drop(&mut self) {
        self.close();
    }
}

struct Writer {
    shared: Arc<Shared>,
    options: WalOptions,
    durable: Seq,
    open: Option<Open>,
    schemas: HashSet<u64>,
    /// A sync has failed: what is on disk is unknown, so nothing more is written.
    poisoned: bool,
}

impl Writer {
    fn run<T>(mut self, waiting: &mpsc::Receiver<(Entry, T)>, mut sink: impl FnMut(Group<T>)) {
        let mut schema_bytes: HashMap<u64, Vec<u8>> = HashMap::new();
        while let Ok(first) = waiting.recv() {
            let mut size = first.0.payload.len();
            let mut group = vec![first];
            while size < self.options.group_bytes
                && let Ok(next) = waiting.try_recv()
            {
                size += next.0.payload.len();
                group.push(next);
            }
            for (entry, _) in &group {
                for (id, schema) in &entry.schemas {
                    schema_bytes
                        .entry(*id)
                        .or_insert_with(|| super::record::encode_schema(*id, schema));
                }
            }
            self.write_group(group, &schema_bytes, &mut sink);
        }
        if let Some(open) = self.open.take() {
            self.seal(open);
        }
    }

    fn write_group<T>(
        &mut self,
        group: Vec<(Entry, T)>,
        schema_bytes: &HashMap<u64, Vec<u8>>,
        sink: &mut impl FnMut(Group<T>),
    ) {
        let mut buf = Vec::new();
        let mut tickets = Vec::new();
        let mut seq = self.durable;
        for (entry, ticket) in group {
            let needed = self.frames_len(&entry, schema_bytes);
            let room = self.open.as_ref().map_or(0, |open| open.size - open.offset) as usize;
            let mut refusal = self.poisoned.then_some(Refusal::Poisoned);
            if refusal.is_none() && buf.len() + needed > room {
                self.commit(&mut buf, &mut tickets, seq, sink);
                seq = self.durable;
                // A new segment repeats every schema it uses, so the size is asked again.
                self.schemas.clear();
                refusal = match self.poisoned {
                    true => Some(Refusal::Poisoned),
                    false => self
                        .rotate(self.frames_len(&entry, schema_bytes))
                        .err()
                        .map(|error| self.refuse(&error)),
                };
            }
            // Asked last: what this entry builds on may have been refused a moment ago.
            let is_unfounded = entry.link.as_ref().is_some_and(Link::is_broken);
            if let Some(refusal) = refusal.or(is_unfounded.then_some(Refusal::Unfounded)) {
                if let Some(link) = &entry.link {
                    link.break_chain();
                }
                sink(Group {
                    entries: vec![(Seq(0), ticket)],
                    failed: Some(refusal),
                });
                continue;
            }
            for (id, _) in &entry.schemas {
                if self.schemas.insert(*id)
                    && let Some(bytes) = schema_bytes.get(id)
                {
                    let crc = crc32c::crc32c(bytes);
                    frame::encode_into(&mut buf, FrameKind::Schema, Seq(0), self.durable, bytes, crc);
                }
            }
            seq = seq.next();
            let crc = crc32c::crc32c(&entry.payload);
            frame::encode_into(&mut buf, entry.kind, seq, self.durable, &entry.payload, crc);
            tickets.push((seq, ticket, entry.link));
        }
        self.commit(&mut buf, &mut tickets, seq, sink);
    }

    fn frames_len(&self, entry: &Entry, schema_bytes: &HashMap<u64, Vec<u8>>) -> usize {
        let schemas = entry.schemas.iter().filter(|(id, _)| !self.schemas.contains(id));
        let schemas: usize = schemas
            .filter_map(|(id, _)| schema_bytes.get(id))
            .map(|b| frame::frame_len(b.len()))
            .sum();
        schemas + frame::frame_len(entry.payload.len())
    }

    /// One write, one sync, one call of the sink.
    fn commit<T>(
        &mut self,
        buf: &mut Vec<u8>,
        tickets: &mut Vec<(Seq, T, Option<Link>)>,
        last: Seq,
        sink: &mut impl FnMut(Group<T>),
    ) {
        if tickets.is_empty() {
            return;
        }
        let failed = self.write_and_sync(buf).err();
        let entries = std::mem::take(tickets).into_iter().map(|(seq, ticket, link)| {
            if let Some(link) = link.filter(|_| failed.is_some()) {
                link.break_chain();
            }
            (seq, ticket)
        });
        let entries: Vec<(Seq, T)> = entries.collect();
        if failed.is_some() {
            // Schemas of this group are not in the segment.
            self.schemas.clear();
        } else {
            self.durable = last;
            let mut state = self.shared.state.lock();
            state.written += buf.len() as u64;
            let written = state.written;
            state.marks.push_back((last, written));
            state.status.durable = last;
            state.status.frames += entries.len() as u64;
            state.status.syncs += 1;
            state.status.refusal = None;
        }
        buf.clear();
        sink(Group { entries, failed });
    }

    fn write_and_sync(&mut self, buf: &[u8]) -> Result<(), Refusal> {
        let Some(open) = &self.open else {
            return Err(Refusal::WriteFailed);
        };
        let (file, offset) = (open.file.clone(), open.offset);
        if let Err(error) = file.write_all_at(buf, offset) {
            // Whatever part was written must never be read back as a frame.
            let undone = file
                .write_all_at(&vec![0; buf.len()], offset)
                .and_then(|()| file.sync());
            return Err(if undone.is_ok() {
                self.refuse(&error)
            } else {
                self.poison(&error)
            });
        }
        if let Err(error) = file.sync() {
            return Err(self.poison(&error));
        }
        if let Some(open) = &mut self.open {
            open.offset = offset + buf.len() as u64;
        }
        Ok(())
    }

    /// Opens a segment with room for `needed` bytes of frames at least.
    fn rotate(&mut self, needed: usize) -> io::Result<()> {
        let first = self.durable.next();
        let name = segment::name(first);
        // An unused segment of that name is left over when nothing could be written to it.
        if let Some(open) = self.open.take() {
            if open.name == name {
                drop(open);
                self.shared.disk.remove(&name)?;
            } else {
                self.seal(open);
            }
        }
        self.schemas.clear();
        let size = self.options.segment_bytes.max(segment::SEGMENT_HEADER + needed as u64);
        let file = self.shared.disk.create(&name, size)?;
        let headed = file
            .write_all_at(&segment::encode_header(first), 0)
            .and_then(|()| file.sync());
        if let Err(error) = headed {
            // The next try makes it anew.
            self.shared.disk.remove(&name)?;
            return Err(error);
        }
        self.open = Some(Open {
            name,
            file,
            size,
            offset: segment::SEGMENT_HEADER,
        });
        Ok(())
    }

    fn seal(&mut self, open: Open) {
        // The unused rest is given back; a failure only wastes space, because zeros end a segment as well.
        if let Err(error) = open.file.truncate(open.offset) {
            tracing::warn!(segment = open.name, %error, "could not shorten a sealed log segment");
        }
        let sealed = Sealed {
            name: open.name,
            last_seq: self.durable,
            bytes: open.offset,
        };
        self.shared.state.lock().sealed.push(sealed);
    }

    fn refuse(&self, error: &io::Error) -> Refusal {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let refusal = if full { Refusal::DiskFull } else { Refusal::WriteFailed };
        tracing::error!(%error, "the log could not be written; the push was refused");
        self.shared.state.lock().status.refusal = Some(refusal);
        refusal
    }

    fn poison(&mut self, error: &io::Error) -> Refusal {
        tracing::error!(%error, "the log could not be synced; no push is accepted until a restart");
        self.poisoned = true;
        self.shared.state.lock().status.refusal = Some(Refusal::Poisoned);
        Refusal::Poisoned
    }
}
