//! Starting with a large keyed table: how long until ready and until the first keyed push is acknowledged, with the
//! key maps there and with their folder gone, so that they are built again from the data.

use crate::{
    figures::{mb, median, spread, thousands},
    hub::Hub,
    options::Options,
    query::drop_caches,
    sheet::{self, KEYED, KEYED_FILE, Totals},
    upsert::write_changes,
};
use anyhow::{Context, Result, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The ways of starting.
const KINDS: [&str; 3] = [
    "key maps present, page cache warm",
    "key maps present, page cache cold",
    "folder `keys` deleted, page cache cold",
];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 1_000_000 } else { 30_000_000 });
    let work = sheet::work_folder(options)?;
    let csv = work.path().join("absensi.csv");
    sheet::write_csv(&csv, rows)?;
    let mut bench = Bench::fill(work.path(), csv, rows)?;
    let can_drop = drop_caches();
    let rounds = options.rounds().min(3);
    let mut starts: [Vec<Start>; 3] = Default::default();
    for _ in 0..rounds {
        for (kind, starts) in KINDS.iter().zip(&mut starts) {
            let start = bench.start(kind).with_context(|| (*kind).to_owned())?;
            println!(
                "{kind}: ready after {:.2} s, first push after {:.2} s",
                start.ready, start.pushed
            );
            starts.push(start);
        }
    }
    let maps = bench.maps()?;
    let empty = Hub::start(&work.path().join("empty"), &[])?;
    let mut lines = String::new();
    for (kind, starts) in KINDS.iter().zip(&starts) {
        let of = |of: fn(&Start) -> f64| starts.iter().map(of).collect::<Vec<_>>();
        let (ready, pushed) = (of(|s| s.ready), of(|s| s.pushed));
        lines.push_str(&format!(
            "| {kind} | {:.2} | {} | {:.2} | {} | {} |\n",
            median(&ready),
            spread(&ready),
            median(&pushed),
            spread(&pushed),
            mb(starts.iter().map(|s| s.peak).max().unwrap_or_default()),
        ));
    }
    Ok(format!(
        "## Start with {} keys\n{}\n\
         One keyed table, merged; key maps of {} ({:.1} bytes a key). Killed with SIGKILL, started with default settings, {rounds} \
         rounds in turns. The push corrects one row, whose receipt says `updated`: the key was found. Rows and sums \
         after every start equal those before.{}\n\n\
         | | ready, s (median) | all rounds | first keyed push acknowledged, s from the start (median) | all rounds | peak memory until then |\n\
         |---|---|---|---|---|---|\n{lines}\
         | an empty folder | {:.2} | | | | {} |\n",
        thousands(rows),
        options.caution(),
        mb(maps),
        maps as f64 / rows as f64,
        if can_drop {
            ""
        } else {
            " The page cache could not be dropped here (not permitted): all starts are warm."
        },
        empty.ready_after.as_secs_f64(),
        mb(empty.peak_memory()?),
    ))
}

/// One start: seconds, and bytes.
struct Start {
    ready: f64,
    pushed: f64,
    peak: u64,
}

struct Bench {
    folder: PathBuf,
    csv: PathBuf,
    rows: u64,
    held: Totals,
    turn: u64,
}

impl Bench {
    fn fill(work: &Path, csv: PathBuf, rows: u64) -> Result<Self> {
        let folder = work.join("hub");
        let hub = Hub::start(&folder, &[("flush_seconds", "1")])?.with_regions()?;
        let (took, receipt) = hub.push(KEYED, &csv, "")?;
        ensure!(receipt["rows"]["inserted"] == rows, "{receipt}");
        println!("{} rows in after {:.1} s", thousands(rows), took.as_secs_f64());
        hub.merged(KEYED)?;
        let held = hub.totals_of(KEYED)?;
        ensure!(held.rows as u64 == rows, "{} rows instead of {rows}", held.rows);
        hub.kill()?;
        Ok(Self {
            folder,
            csv,
            rows,
            held,
            turn: 0,
        })
    }

    fn start(&mut self, kind: &str) -> Result<Start> {
        if kind.contains("deleted") {
            fs::remove_dir_all(self.folder.join("keys"))?;
        }
        // One row, another one at each start.
        let change = self.folder.with_extension("csv");
        ensure!(
            write_changes(&self.csv, &change, self.rows, self.turn)? == 1,
            "more than one row is changed"
        );
        self.turn += 1;
        if kind.contains("cold") {
            drop_caches();
        }
        // As shipped, nothing is merged for a quarter of an hour: no merge that begins is left to the next start.
        let contract = sheet::keyed_contract("15m");
        let hub = Hub::start_with(&self.folder, &[], &[(KEYED_FILE, &contract)])?;
        let (_, receipt) = hub.push(KEYED, &change, "")?;
        let start = Start {
            ready: hub.ready_after.as_secs_f64(),
            pushed: hub.started.elapsed().as_secs_f64(),
            peak: hub.peak_memory()?,
        };
        ensure!(receipt["rows"]["updated"] == 1, "{receipt}");
        let held = hub.totals_of(KEYED)?;
        let mut expected = self.held;
        // The correction moves pupils from present to ill.
        let moved = held.sums[2] - expected.sums[2];
        expected.sums[1] -= moved;
        expected.sums[2] += moved;
        ensure!(
            held == expected && moved > 0,
            "after the start the hub holds {held:?}, before it {:?}",
            self.held
        );
        self.held = held;
        hub.kill()?;
        Ok(start)
    }

    /// Bytes of all key maps of the table.
    fn maps(&self) -> Result<u64> {
        let mut bytes = 0;
        for kind in fs::read_dir(self.folder.join("keys").join(format!("{KEYED}_v1")))? {
            for file in fs::read_dir(kind?.path())? {
                bytes += file?.metadata()?.len();
            }
        }
        Ok(bytes)
    }
}
