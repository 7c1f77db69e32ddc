//! What the size of a table costs a small push: as a table grows, pushes into it take turns with pushes into a table
//! that stays small, in a hub of its own. Append-only and keyed.

use crate::{
    figures::{mb, median, quantile, thousands},
    hub::Hub,
    options::Options,
    report::sync_ms,
    sheet::{self, AT_ONCE, COLUMNS, DATASET, KEYED, KEYED_FILE, Line, Totals},
    wire::Wire,
};
use anyhow::{Context, Result, ensure};
use chrono::NaiveDate;
use serde_json::Value;
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// A table grows by pushes of so many rows: about 150 MB.
const PIECE: u64 = 2_000_000;
/// Rows of the small pushes, and how many of them each turn has.
const PUSHES: [(u64, usize); 2] = [(1, 200), (1_000, 20)];
/// Keys that are changed lie this far apart, so that no turn meets one twice and all files are met.
const STRIDE: u64 = 7_368_787;
/// Columns of the bars.
const WIDTH: f64 = 50.0;

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let sizes = sizes(options);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let work = sheet::work_folder(options)?;
    let (mut lines, mut bars) = (String::new(), String::new());
    for dataset in [DATASET, KEYED] {
        let mut points = Vec::new();
        let mut small = Table::new(work.path(), "small", dataset);
        let mut grown = Table::new(work.path(), "grown", dataset);
        small.grow(sizes[0])?;
        small.open()?;
        for size in &sizes {
            let seconds = grown.grow(*size)?;
            grown.open()?;
            let mut point = Point::default();
            let mut disk = Vec::new();
            for _ in 0..options.rounds() {
                disk.push(sync_ms(work.path())?);
                small.turn(&runtime, &mut point.small)?;
                grown.turn(&runtime, &mut point.grown)?;
            }
            small.check()?;
            grown.check()?;
            let line = point.line(&grown, seconds, median(&disk))?;
            print!("{line}");
            lines.push_str(&line);
            points.push((*size, point));
        }
        bars.push_str(&curve(dataset, &points));
        // The disk is for one dataset at a time.
        small.remove()?;
        grown.remove()?;
    }
    Ok(format!(
        "## Small pushes into tables of {} to {} rows\n{}\n\
         {} turns at each size, in each of them {} pushes of one row and {} of 1,000 rows, one after the other on one \
         connection, medians and 99th percentiles of all; they take turns with the same pushes into a table of {} rows in \
         another hub, by which the ratio divides. Half of the rows for the keyed table change keys that lie evenly over it, \
         half are new. Rows and five sums equal what was acknowledged, at every size.\n\n\
         | dataset | rows | 1 row: p50 ms | p99 ms | small table p50 ms | ratio | 1,000 rows: p50 ms | p99 ms | small table p50 ms | ratio | rows/s while growing | peak memory | disk sync ms |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n{lines}\n\
         ```text\n{bars}```\n\n\
         - Tables grow by pushes of up to {} rows with keys of their own; `rows/s` is until they have landed and, of the keyed \
         table, are merged. Then the hub is started anew, with default settings and, for the keyed table, the shipped \
         merge interval of 15 minutes; peak memory is from then on.\n\
         - Ratio 1: the size of the table costs a push nothing.\n",
        thousands(sizes[0]),
        thousands(sizes[sizes.len() - 1]),
        options.caution(),
        options.rounds(),
        PUSHES[0].1,
        PUSHES[1].1,
        thousands(sizes[0]),
        thousands(PIECE),
    ))
}

/// 1, 3, 10 ... up to the largest.
fn sizes(options: &Options) -> Vec<u64> {
    let largest = options
        .rows
        .unwrap_or(if options.is_quick { 1_000_000 } else { 100_000_000 });
    let first = if options.is_quick { 100_000 } else { 1_000_000 };
    let steps = (0..).flat_map(|power| [1, 3].map(|step| first * step * 10_u64.pow(power)));
    let mut sizes: Vec<u64> = steps.take_while(|size| *size < largest).collect();
    sizes.push(largest);
    sizes
}

/// Microseconds of the pushes, by [`PUSHES`].
type Micros = [Vec<u32>; 2];

/// One size.
#[derive(Default)]
struct Point {
    small: Micros,
    grown: Micros,
}

impl Point {
    fn line(&mut self, table: &Table, seconds: f64, disk: f64) -> Result<String> {
        let mut cells = String::new();
        for (grown, small) in self.grown.iter_mut().zip(&mut self.small) {
            grown.sort_unstable();
            small.sort_unstable();
            let [p50, p99, of_small] = [quantile(grown, 0.5), quantile(grown, 0.99), quantile(small, 0.5)];
            cells.push_str(&format!(
                " {:.2} | {:.2} | {:.2} | {:.2} |",
                p50 / 1000.0,
                p99 / 1000.0,
                of_small / 1000.0,
                p50 / of_small
            ));
        }
        Ok(format!(
            "| {} | {} |{cells} {} | {} | {disk:.2} |\n",
            table.dataset,
            thousands(table.size),
            thousands((table.grown_by as f64 / seconds) as u64),
            mb(table.hub()?.peak_memory()?),
        ))
    }
}

/// A line of text for each size, as long as the median of its pushes.
fn curve(dataset: &str, points: &[(u64, Point)]) -> String {
    let mut text = String::new();
    for (index, (rows, _)) in PUSHES.iter().enumerate() {
        let medians: Vec<_> = points
            .iter()
            .map(|(size, point)| (size, quantile(&point.grown[index], 0.5) / 1000.0))
            .collect();
        let longest = medians.iter().map(|(_, ms)| *ms).fold(0.0, f64::max);
        text.push_str(&format!("{dataset}, pushes of {} into a table of\n", thousands(*rows)));
        for (size, ms) in medians {
            let bar = "#".repeat((ms / longest * WIDTH).round() as usize);
            text.push_str(&format!("{:>13} {ms:>8.2} ms {bar}\n", thousands(*size)));
        }
    }
    text
}

/// A table, the hub that has it, and what it must hold.
struct Table {
    hub: Option<Hub>,
    folder: PathBuf,
    dataset: &'static str,
    /// Rows that were loaded, which corrections are taken from.
    size: u64,
    /// Rows that it grew by last.
    grown_by: u64,
    /// Number of the next new row.
    next: u64,
    newest: NaiveDate,
    held: Totals,
    /// Corrections so far at this size.
    turns: u64,
    /// How many sizes there were: corrections of each differ from those before.
    level: i32,
    /// By how much the counts of corrected rows were raised.
    raised: HashMap<u64, i32>,
}

impl Table {
    fn new(work: &Path, name: &str, dataset: &'static str) -> Self {
        Self {
            hub: None,
            folder: work.join(format!("{dataset}-{name}")),
            dataset,
            size: 0,
            grown_by: 0,
            next: 0,
            newest: sheet::newest_day(),
            held: Totals::default(),
            turns: 0,
            level: 0,
            raised: HashMap::new(),
        }
    }

    fn is_keyed(&self) -> bool {
        self.dataset == KEYED
    }

    fn hub(&self) -> Result<&Hub> {
        self.hub.as_ref().context("no hub was started")
    }

    /// Starts the hub, ends the one before.
    fn start(&mut self, settings: &[(&str, &str)], merge_interval: &str) -> Result<()> {
        if let Some(hub) = self.hub.take() {
            hub.kill()?;
        }
        let contract = sheet::keyed_contract(merge_interval);
        let hub = Hub::start_with(&self.folder, settings, &[(KEYED_FILE, &contract)])?;
        self.hub = Some(if self.next == 0 { hub.with_regions()? } else { hub });
        Ok(())
    }

    /// Starts the hub as small pushes meet it.
    fn open(&mut self) -> Result<()> {
        self.start(&[], "15m")
    }

    /// Makes the table this large, or leaves it a little larger than it was; the seconds of it.
    fn grow(&mut self, size: u64) -> Result<f64> {
        self.start(&[("flush_seconds", "1"), ("maintenance_seconds", "5")], AT_ONCE)?;
        let (mut seconds, first) = (0.0, self.next);
        let csv = self.folder.with_extension("csv");
        while self.next < size {
            let rows = PIECE.min(size - self.next);
            self.write(&csv, rows)?;
            let start = Instant::now();
            let (_, receipt) = self.hub()?.push(self.dataset, &csv, "?wait=landed")?;
            if self.is_keyed() {
                self.hub()?.merged(KEYED)?;
            }
            seconds += start.elapsed().as_secs_f64();
            ensure!(receipt["rows"][self.inserted()] == rows, "{receipt}");
        }
        let _ = fs::remove_file(csv);
        self.settled()?;
        self.check()?;
        (self.grown_by, self.size) = (self.next - first, self.next);
        (self.turns, self.level) = (0, self.level + 1);
        Ok(seconds)
    }

    /// Which count of a receipt has new rows.
    fn inserted(&self) -> &'static str {
        if self.is_keyed() { "inserted" } else { "accepted" }
    }

    /// Writes new rows into a file.
    fn write(&mut self, csv: &Path, rows: u64) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 20, File::create(csv)?);
        writeln!(out, "{COLUMNS}")?;
        let mut text = Vec::new();
        for _ in 0..rows {
            text.clear();
            self.new_line().write_csv(&mut text)?;
            out.write_all(&text)?;
        }
        out.into_inner()?.sync_all()?;
        Ok(())
    }

    fn new_line(&mut self) -> Line {
        let line = Line::of(self.next, self.newest);
        self.next += 1;
        self.held.add(&line);
        line
    }

    /// A row of before, with other counts.
    fn changed_line(&mut self) -> Line {
        let number = self.turns * STRIDE % self.size;
        self.turns += 1;
        let mut line = Line::of(number, self.newest);
        let before = self.raised.insert(number, self.level).unwrap_or_default();
        for count in [0, 1] {
            line.counts[count] += self.level;
            self.held.sums[count] += i64::from(self.level - before);
        }
        line
    }

    /// Waits until maintenance leaves the files alone.
    fn settled(&self) -> Result<()> {
        let (mut last, mut since) = (0, Instant::now());
        let start = since;
        while since.elapsed() < Duration::from_secs(11) {
            let files = self.hub()?.of_table(self.dataset, "files")?;
            if files != last {
                (last, since) = (files, Instant::now());
            }
            ensure!(start.elapsed() < Duration::from_secs(600), "maintenance does not end");
            std::thread::sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Pushes by [`PUSHES`]; adds what they took.
    fn turn(&mut self, runtime: &Runtime, micros: &mut Micros) -> Result<()> {
        let hub = self.hub()?;
        let mut wire = runtime.block_on(Wire::connect(&hub.host, &hub.admin, self.dataset))?;
        let mut body = Vec::new();
        for ((rows, pushes), micros) in PUSHES.into_iter().zip(micros) {
            for push in 0..pushes as u64 {
                body.clear();
                let mut changed = 0;
                for row in 0..rows {
                    let is_change = self.is_keyed() && (row + push) % 2 == 0;
                    changed += u64::from(is_change);
                    let line = if is_change {
                        self.changed_line()
                    } else {
                        self.new_line()
                    };
                    line.write_ndjson(&mut body)?;
                }
                let begin = Instant::now();
                let status = runtime.block_on(wire.push(&body))?;
                micros.push(begin.elapsed().as_micros() as u32);
                ensure!(status == 202, "a push answered {status}: {}", wire.answer());
                let receipt: Value = serde_json::from_slice(wire.body())?;
                let counts = &receipt["rows"];
                ensure!(
                    counts[self.inserted()] == rows - changed && counts["updated"] == changed,
                    "{rows} rows, {changed} of them changes, were pushed: {receipt}"
                );
            }
        }
        Ok(())
    }

    /// Ends the hub and removes its data.
    fn remove(self) -> Result<()> {
        drop(self.hub);
        fs::remove_dir_all(&self.folder).with_context(|| self.folder.display().to_string())
    }

    /// The hub holds what was acknowledged.
    fn check(&self) -> Result<()> {
        let held = self.hub()?.totals_of(self.dataset)?;
        ensure!(
            held == self.held,
            "{} holds {held:?}, acknowledged {:?}",
            self.dataset,
            self.held
        );
        Ok(())
    }
}
