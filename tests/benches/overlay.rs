//! What corrections that wait for the merger cost a reader: the ten questions of `query` over a keyed table that is
//! merged, and over a copy of it with ten thousand keys changed since.

use crate::{
    duck::Duck,
    figures::{geometric_mean, mb, median, thousands},
    hub::Hub,
    options::Options,
    query::{MEMORY, QUESTIONS, compare, with_dates},
    replay::copy_folder,
    sheet::{self, KEYED, KEYED_FILE},
    upsert::write_changes,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// Keys that are changed, all together.
const CHANGED: u64 = 10_000;
/// They come in so many pushes. All but the last are flushed, so that the overlay is files and memory.
const PUSHES: u64 = 5;
/// Longer than any run.
const NEVER: &str = "30d";
/// Nothing is flushed, merged or compacted while questions are asked, unless this scenario asks for it.
const STILL: [(&str, &str); 2] = [("flush_seconds", "1000000"), ("maintenance_seconds", "1000000")];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 1_000_000 } else { 30_000_000 });
    ensure!(rows >= 2 * CHANGED, "at least {} rows are needed", 2 * CHANGED);
    let work = sheet::work_folder(options)?;
    let csv = work.path().join("absensi.csv");
    sheet::write_csv(&csv, rows)?;
    let plain = fill(work.path(), &csv, rows)?;
    let changed = work.path().join("changed");
    copy_folder(&plain, &changed)?;
    fs::copy(plain.with_extension("key"), changed.with_extension("key"))?;
    let mut sides = Sides::start(plain, changed, &csv)?;
    fs::remove_file(csv)?;
    let (mut lines, mut ratios) = (String::new(), Vec::new());
    let mut answers = Vec::new();
    for (name, question) in QUESTIONS {
        let question = with_dates(question);
        let asked = sides
            .ask(&question, options.rounds())
            .with_context(|| name.to_owned())?;
        let ratio = asked.changed / asked.plain;
        let line = format!(
            "| {name} | {} | {:.1} | {:.1} | {ratio:.2} |\n",
            asked.answer.len(),
            asked.changed,
            asked.plain,
        );
        print!("{line}");
        lines.push_str(&line);
        ratios.push(ratio);
        answers.push((name, question, asked.answer));
    }
    let waiting = sides.waiting;
    ensure!(
        sides.changed.of_table(KEYED, "unmerged_rows")? == waiting,
        "something was merged while the questions were asked"
    );
    let files = sides.files;
    let peaks = [sides.changed.peak_memory()?, sides.plain.peak_memory()?];
    sides.check(&answers)?;
    Ok(format!(
        "## Ten questions with {} corrections over {} rows\n{}\n\
         Two hubs: one whose keyed table is merged, one on a copy of its folder with {} changed keys that wait for the \
         merger (`system.tables.unmerged_rows`, before and after), evenly over the whole table, in {} files of the \
         history and in memory. Median of {} alternating runs after one unmeasured, `POST /api/v1/sql`, JSON, key with \
         role `analis`, time until the last byte, page cache warm. Answers of the merged side equal DuckDB's over its \
         files; those of the other side equal its own after the merge and DuckDB's over the files merged then; its \
         totals differ from the merged side's by what was pushed.\n\n\
         | question | rows | with corrections, ms | merged, ms | ratio |\n|---|---|---|---|---|\n{lines}\
         | **geometric mean** | | | | **{:.2}** |\n| **largest** | | | | **{:.2}** |\n\n\
         Peak memory: with corrections {}, merged {}. Above 1 the corrections cost time.\n",
        thousands(waiting),
        thousands(rows),
        options.caution(),
        thousands(waiting),
        files,
        options.rounds(),
        geometric_mean(&ratios),
        ratios.iter().copied().fold(0.0, f64::max),
        mb(peaks[0]),
        mb(peaks[1]),
    ))
}

/// A folder whose keyed table has all rows, merged.
fn fill(work: &Path, csv: &Path, rows: u64) -> Result<PathBuf> {
    let folder = work.join("plain");
    let hub = Hub::start(&folder, &[("flush_seconds", "1")])?.with_regions()?;
    let (took, receipt) = hub.push(KEYED, csv, "")?;
    ensure!(receipt["rows"]["inserted"] == rows, "{receipt}");
    println!("{} rows in after {:.1} s", thousands(rows), took.as_secs_f64());
    hub.merged(KEYED)?;
    hub.kill()?;
    Ok(folder)
}

struct Sides {
    plain: Hub,
    changed: Hub,
    /// The folders of the two.
    folders: [PathBuf; 2],
    /// Their keys for questions.
    analysts: [String; 2],
    duck: Duck,
    /// Rows in the overlay, and the files that hold most of them.
    waiting: u64,
    files: u64,
}

/// Milliseconds of the two sides, and what the changed one answered.
struct Asked {
    changed: f64,
    plain: f64,
    answer: Vec<Value>,
}

impl Sides {
    fn start(plain: PathBuf, changed: PathBuf, csv: &Path) -> Result<Self> {
        let contract = sheet::keyed_contract(NEVER);
        let start = |folder: &Path| Hub::start_with(folder, &STILL, &[(KEYED_FILE, &contract)]);
        let mut sides = Self {
            plain: start(&plain)?,
            changed: start(&changed)?,
            folders: [plain, changed],
            analysts: Default::default(),
            duck: Duck::start()?,
            waiting: 0,
            files: 0,
        };
        sides.analysts = [
            sides.plain.key("bench-analis", "analis")?,
            sides.changed.key("bench-analis", "analis")?,
        ];
        (sides.waiting, sides.files) = sides.change(csv)?;
        sides.duck.open(":memory:", MEMORY)?;
        sides.duck.view(&table(&sides.folders[0]))?;
        Ok(sides)
    }

    /// Pushes the changes; how many rows wait in how many files.
    fn change(&self, csv: &Path) -> Result<(u64, u64)> {
        let before = self.plain.totals_of(KEYED)?;
        let files_before = self.changed.of_table(KEYED, "files")?;
        let (mut pushed, mut moved) = (0, 0);
        let path = csv.with_file_name("koreksi.csv");
        let step = before.rows as u64 * PUSHES / CHANGED;
        for turn in 0..PUSHES {
            let changed = write_changes(csv, &path, step, turn)?;
            let way = if turn + 1 < PUSHES { "?wait=landed" } else { "" };
            let (_, receipt) = self.changed.push(KEYED, &path, way)?;
            ensure!(receipt["rows"]["updated"] == changed, "{receipt}");
            pushed += changed;
            moved += changed as i64 * (turn as i64 + 1);
        }
        let mut expected = before;
        expected.sums[1] -= moved;
        expected.sums[2] += moved;
        let held = self.changed.totals_of(KEYED)?;
        ensure!(
            held == expected,
            "with the corrections the hub holds {held:?}, pushed {expected:?}"
        );
        let waiting = self.changed.of_table(KEYED, "unmerged_rows")?;
        ensure!(
            waiting == pushed,
            "{waiting} rows wait for the merger, {pushed} were pushed"
        );
        ensure!(
            self.plain.of_table(KEYED, "unmerged_rows")? == 0,
            "the other side is not merged"
        );
        let files = self.changed.of_table(KEYED, "files")? - files_before;
        println!("{waiting} rows wait for the merger, in {files} files and in memory");
        Ok((waiting, files))
    }

    fn ask(&mut self, question: &str, rounds: usize) -> Result<Asked> {
        let ours = question.replace("{t}", &format!("data.{KEYED}"));
        let (_, theirs) = self.duck.sql(&question.replace("{t}", "absensi"))?;
        let (mut plain, mut changed, mut first) = (Vec::new(), Vec::new(), Vec::new());
        let milliseconds = |took: Duration| took.as_secs_f64() * 1000.0;
        for round in 0..=rounds {
            let (took, answer) = self.plain.sql(&self.analysts[0], &ours)?;
            compare(&answer, &theirs, "DuckDB")?;
            let (their_took, other) = self.changed.sql(&self.analysts[1], &ours)?;
            // Not measured: the first run of each side, which also reads its own program from the disk.
            if round > 0 {
                plain.push(milliseconds(took));
                changed.push(milliseconds(their_took));
                compare(&other, &first, "the first run")?;
            } else {
                first = other;
            }
        }
        Ok(Asked {
            changed: median(&changed),
            plain: median(&plain),
            answer: first,
        })
    }

    /// What was timed is what the table says after the merge, and what DuckDB reads in its files then.
    fn check(self, answers: &[(&str, String, Vec<Value>)]) -> Result<()> {
        let Self {
            plain,
            changed,
            folders,
            mut duck,
            ..
        } = self;
        drop(plain);
        changed.kill()?;
        let hub = Hub::start(&folders[1], &[("flush_seconds", "1")])?;
        hub.merged(KEYED)?;
        duck.view(&table(&folders[1]))?;
        for (name, question, timed) in answers {
            let (_, merged) = hub.sql(&hub.admin, &question.replace("{t}", &format!("data.{KEYED}")))?;
            compare(timed, &merged, "after the merge the hub").with_context(|| (*name).to_owned())?;
            let (_, theirs) = duck.sql(&question.replace("{t}", "absensi"))?;
            compare(timed, &theirs, "DuckDB over the merged files").with_context(|| (*name).to_owned())?;
        }
        Ok(())
    }
}

/// The current table in the lake.
fn table(folder: &Path) -> PathBuf {
    folder.join("lake").join(format!("{KEYED}_v1"))
}
