//! The hub's own log: one line per request and per event, JSON or text, on standard error. Never personal data:
//! paths are logged as route patterns, queries and bodies not at all, and causes of defects pass [`scrub`].
//!
//! Lines are handed to one writing thread, so that a slow terminal or disk never holds up a request; a full queue
//! drops lines and says how many.

use std::{
    io::{self, Write},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::Duration,
};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

/// Crates whose own progress reports say nothing to an operator. A level given for one of them still wins.
const QUIETER: &str = "buoyant_kernel=warn,deltalake_core=warn,datafusion=warn";

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// Lines that may wait for the writing thread.
const QUEUE: usize = 16_384;

/// Starts logging for the process. `filter` is in `tracing` form (`info`, `smartcenter_warehouse=debug,info`).
/// A second call changes nothing.
///
/// # Errors
/// A filter that cannot be read.
pub fn init(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(format!("{QUIETER},{filter}"))
        .map_err(|e| format!("log filter {filter:?} is not valid: {e}"))?;
    let lines = RUNNING.get_or_init(|| Lines::start(io::stderr())).clone();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(lines);
    // An error only says that a subscriber is installed already, as in tests.
    let _ = match format {
        LogFormat::Text => builder.with_ansi(false).with_target(false).try_init(),
        LogFormat::Json => builder
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .try_init(),
    };
    Ok(())
}

static RUNNING: OnceLock<Lines> = OnceLock::new();

/// Waits until everything logged so far is written, at most two seconds: the last call before the process ends.
pub fn finish() {
    let Some(lines) = RUNNING.get() else { return };
    let (done, written) = sync_channel(1);
    if lines.queue.try_send(Entry::Mark(done)).is_ok() {
        // Either answer means that there is nothing more to wait for.
        let _ = written.recv_timeout(Duration::from_secs(2));
    }
}

/// Makes the cause of a defect fit for the log: long runs of digits (as in a NIK or a phone number) and quoted
/// texts are covered, and it is cut to a sane length.
pub fn scrub(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(600));
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if out.len() > 500 {
            out.push('…');
            break;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits >= 8 {
            out.push_str("[…]");
            rest = &rest[digits..];
        } else if digits > 0 {
            out.push_str(&rest[..digits]);
            rest = &rest[digits..];
        } else if let Some(end) = matches!(c, '\'' | '"').then(|| rest[1..].find(c)).flatten() {
            out.push_str("[…]");
            rest = &rest[end + 2..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

enum Entry {
    Line(Vec<u8>),
    /// Answered when everything before it is written.
    Mark(SyncSender<()>),
}

#[derive(Debug, Clone)]
struct Lines {
    queue: SyncSender<Entry>,
    dropped: Arc<AtomicU64>,
}

impl Lines {
    fn start(out: impl Write + Send + 'static) -> Self {
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let count = dropped.clone();
        let spawned = std::thread::Builder::new()
            .name("log".into())
            .spawn(move || write_lines(out, &lines, &count));
        // Without the thread the queue is closed and lines are dropped: a hub that cannot log still serves.
        drop(spawned);
        Self { queue, dropped }
    }
}

/// Between two looks at the queue. Whoever logs while the writing thread waits for a line has to wake it, which costs
/// more than the rest of the line: it is not waited for more often than this.
const PAUSE: Duration = Duration::from_millis(10);

/// Writes what waits in one go, flushes when nothing waits, ends when all senders are gone.
fn write_lines(out: impl Write, lines: &Receiver<Entry>, dropped: &AtomicU64) {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    while let Ok(first) = lines.recv() {
        let mut next = Some(first);
        while let Some(entry) = next {
            match entry {
                Entry::Line(line) => drop(out.write_all(&line)),
                Entry::Mark(done) => {
                    let _ = out.flush();
                    let _ = done.send(());
                }
            }
            next = lines.try_recv().ok();
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let _ = writeln!(
                out,
                "{lost} log lines were dropped because the log could not be written fast enough"
            );
        }
        let _ = out.flush();
        std::thread::sleep(PAUSE);
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;
    fn make_writer(&'a self) -> Line<'a> {
        Line {
            lines: self,
            text: Vec::with_capacity(256),
        }
    }
}

/// Collects one event and queues it when it is complete.
#[derive(Debug)]
struct Line<'a> {
    lines: &'a Lines,
    text: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.text.is_empty()
            && self
                .lines
                .queue
                .try_send(Entry::Line(std::mem::take(&mut self.text)))
                .is_err()
        {
            self.lines.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
