//! Starting after a crash with a long log: how long until ready, and how much memory it takes.

use crate::{
    figures::{mb, median, spread, thousands},
    hub::Hub,
    options::Options,
    sheet::{self, DATASET, Line, Totals},
    wire::Wire,
};
use anyhow::{Result, ensure};
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::task::JoinSet;

/// Rows of one push, so that a frame is about 100 KB.
const ROWS: u64 = 1000;
/// Nothing is flushed while the log is written.
const NO_FLUSH: [(&str, &str); 6] = [
    ("flush_seconds", "1000000"),
    ("flush_bytes", "100000000000"),
    ("wal_lag_soft_bytes", "100000000000"),
    ("wal_lag_hard_bytes", "200000000000"),
    ("hot_soft_bytes", "100000000000"),
    ("hot_hard_bytes", "200000000000"),
];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let target = if options.is_quick { 200 << 20 } else { 1 << 30 };
    let work = sheet::work_folder(options)?;
    let folder = work.path().join("hub");
    let hub = Hub::start(&folder, &NO_FLUSH)?.with_regions()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let expected = runtime.block_on(fill(&hub, target))?;
    let frames = hub.metric("smartcenter_wal_frames_total")? as u64;
    let lag = hub.metric("smartcenter_wal_lag_bytes")? as u64;
    hub.kill()?;
    let (mut seconds, mut peak) = (Vec::new(), 0);
    let rounds = options.rounds().min(3);
    for round in 0..rounds {
        // Replay flushes and so shortens the log: every round starts from a copy of the crash.
        let copy = work.path().join(format!("copy-{round}"));
        copy_folder(&folder, &copy)?;
        fs::copy(folder.with_extension("key"), copy.with_extension("key"))?;
        let hub = Hub::start(&copy, &[])?;
        let held = hub.totals()?;
        ensure!(
            held == expected,
            "after replay the hub holds {held:?}, acknowledged {expected:?}"
        );
        seconds.push(hub.ready_after.as_secs_f64());
        peak = hub.peak_memory()?.max(peak);
        drop(hub);
        fs::remove_dir_all(&copy)?;
    }
    let empty = Hub::start(&work.path().join("empty"), &[])?;
    Ok(format!(
        "## Replay of {} of log\n{}\n\
         {} frames, {} rows, nothing of it flushed, killed with SIGKILL, started with default settings. Rows and five \
         sums after the start equal what was acknowledged.\n\n\
         | | |\n|---|---|\n| seconds until ready (median) | {:.2} |\n| all rounds | {} |\n| MB of log a second | {:.0} |\n\
         | peak memory | {} |\n| seconds until ready, empty folder | {:.2} |\n| its peak memory | {} |\n",
        mb(lag),
        options.caution(),
        thousands(frames),
        thousands(expected.rows as u64),
        median(&seconds),
        spread(&seconds),
        lag as f64 / f64::from(1 << 20) / median(&seconds),
        mb(peak),
        empty.ready_after.as_secs_f64(),
        mb(empty.peak_memory()?),
    ))
}

/// Pushes with eight connections until the log is long enough; what was acknowledged.
async fn fill(hub: &Hub, target: u64) -> Result<Totals> {
    let (numbers, newest) = (Arc::new(AtomicU64::new(0)), sheet::newest_day());
    let mut total = Totals::default();
    // A row takes roughly this much of the log; corrected by what the hub says after each round.
    let mut bytes_a_row = 100.0;
    loop {
        let lag = tokio::task::block_in_place(|| hub.metric("smartcenter_wal_lag_bytes"))?;
        if total.rows > 0 {
            bytes_a_row = lag / total.rows as f64;
        }
        let left = target as f64 - lag;
        if left <= 0.0 {
            return Ok(total);
        }
        let pushes = ((left / bytes_a_row / ROWS as f64 / 8.0) as u64).clamp(1, 200);
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let mut wire = Wire::connect(&hub.host, &hub.admin, DATASET).await?;
            let numbers = numbers.clone();
            tasks.spawn(async move {
                let (mut body, mut totals) = (Vec::new(), Totals::default());
                for _ in 0..pushes {
                    body.clear();
                    let first = numbers.fetch_add(ROWS, Relaxed);
                    for line in (first..first + ROWS).map(|number| Line::of(number, newest)) {
                        line.write_ndjson(&mut body)?;
                        totals.add(&line);
                    }
                    let status = wire.push(&body).await?;
                    ensure!(status == 202, "a push answered {status}: {}", wire.answer());
                }
                Ok(totals)
            });
        }
        while let Some(done) = tasks.join_next().await {
            total.add_all(&done??);
        }
    }
}

/// Copies a folder with all that lies in it.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&source, &copy)?;
        } else if entry.file_type()?.is_file() {
            fs::copy(source, copy)?;
        }
    }
    Ok(())
}
