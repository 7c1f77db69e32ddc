//! A big CSV file: pushed to the hub, copied into PostgreSQL, inserted into DuckDB.

use crate::{
    duck::Duck,
    figures::{mb, median, spread, thousands},
    hub::Hub,
    options::Options,
    postgres::{self, Postgres},
    sheet::{self, Totals},
};
use anyhow::{Context, Result, ensure};
use std::{path::Path, process::Command, time::Instant};

const DUCK_MEMORY: u64 = 4 << 30;

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 500_000 } else { 5_000_000 });
    let work = sheet::work_folder(options)?;
    let csv = work.path().join("absensi.csv");
    let size = sheet::write_csv(&csv, rows)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let server = Postgres::start(options)?;
    let (mut ack, mut landed, mut copied, mut ducked) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut peak, mut duck_peak, mut steps) = (0, 0, [0.0; 3]);
    for round in 0..options.rounds() {
        // Whoever comes first may find the disk busier: the two ways of pushing take turns at it.
        let ways = if round % 2 == 0 {
            ["", "?wait=landed"]
        } else {
            ["?wait=landed", ""]
        };
        let mut answers = Vec::new();
        for way in ways {
            let (seconds, totals, memory) = pushed(work.path(), &csv, way)?;
            if way.is_empty() { &mut ack } else { &mut landed }.push(seconds);
            peak = memory.max(peak);
            answers.push(totals);
        }
        let totals = answers[0];
        ensure!(totals == answers[1], "two pushes of one file: {answers:?}");
        let (seconds, ..) = runtime
            .block_on(copy(&server, &csv))
            .and_then(same(&totals, "PostgreSQL"))?;
        copied.push(seconds);
        let (seconds, _, memory) = inserted(work.path(), &csv, &mut steps).and_then(same(&totals, "DuckDB"))?;
        ducked.push(seconds);
        duck_peak = memory.max(duck_peak);
        ensure!(totals.rows as u64 == rows, "{} rows instead of {rows}", totals.rows);
        println!(
            "round {round}: ack {:.2}, landed {:.2}, PostgreSQL {:.2}, DuckDB {:.2} s",
            ack[round], landed[round], copied[round], ducked[round]
        );
    }
    let row = |name: &str, seconds: &[f64], memory: String| {
        let middle = median(seconds);
        format!(
            "| {name} | {middle:.2} | {} | {} | {:.2} | {:.2} | {memory} |\n",
            spread(seconds),
            thousands((rows as f64 / middle) as u64),
            middle / median(&copied),
            middle / median(&ducked),
        )
    };
    Ok(format!(
        "## Load: {} rows of CSV ({})\n{}\n\
         {} alternating rounds, each into a new folder, table or file. Same checks: types, required, patterns, ranges, \
         list, sum rule, window, no school twice on a day; counts and five sums are equal on all sides.\n\n\
         | | seconds (median) | all rounds | rows/s | / PostgreSQL | / DuckDB | peak memory |\n|---|---|---|---|---|---|---|\n\
         {}{}{}{}\n\
         - Hub: one HTTP push, default settings, admin key; also looks up each kecamatan in `wilayah`. *Acknowledged*: \
         202, durable and visible. *Landed*: 201, in the Delta table. The contract's uniqueness is of a push, \
         PostgreSQL's of the table.\n\
         - PostgreSQL: `COPY FROM STDIN` over a Unix socket, constraints and unique index in place, {}.\n\
         - DuckDB: `INSERT ... SELECT read_csv` with given types into a table with `CHECK`s in a database file, then \
         `count(DISTINCT (tanggal, npsn))`, then `CHECKPOINT`; 2 threads, memory limit {}. Last round: rows in \
         after {:.2} s, tested after {:.2} s, done after {:.2} s.\n",
        thousands(rows),
        mb(size),
        options.caution(),
        options.rounds(),
        row("hub, acknowledged", &ack, mb(peak)),
        row("hub, landed", &landed, String::new()),
        row("PostgreSQL", &copied, String::new()),
        row("DuckDB", &ducked, mb(duck_peak)),
        postgres::settings(),
        mb(DUCK_MEMORY),
        steps[0],
        steps[1],
        steps[2],
    ))
}

type Run = (f64, Totals, u64);

/// Refuses a run with another answer.
fn same(totals: &Totals, who: &str) -> impl FnOnce(Run) -> Result<Run> {
    let (expected, who) = (*totals, who.to_owned());
    move |run| {
        ensure!(run.1 == expected, "{who} has {:?}, the first push {expected:?}", run.1);
        Ok(run)
    }
}

fn pushed(work: &Path, csv: &Path, query: &str) -> Result<Run> {
    let folder = work.join("hub");
    let hub = Hub::start(&folder, &[])?.with_regions()?;
    let (took, receipt) = hub.push_file(csv, query)?;
    ensure!(receipt["status"] == "accepted", "{receipt}");
    ensure!(receipt["faults"].as_array().is_none_or(Vec::is_empty), "{receipt}");
    let (totals, peak) = (hub.totals()?, hub.peak_memory()?);
    drop(hub);
    std::fs::remove_dir_all(&folder)?;
    quiet()?;
    std::fs::remove_file(folder.with_extension("key"))?;
    Ok((took.as_secs_f64(), totals, peak))
}

async fn copy(server: &Postgres, csv: &Path) -> Result<Run> {
    let client = server.connect().await?;
    client.batch_execute("DROP TABLE IF EXISTS absensi").await?;
    client.batch_execute(&postgres::table_sql("absensi")).await?;
    client.batch_execute("CHECKPOINT").await?;
    let start = Instant::now();
    let sink = client.copy_in("COPY absensi FROM STDIN (FORMAT csv, HEADER)").await?;
    postgres::copy_into(sink, csv).await?;
    let took = start.elapsed().as_secs_f64();
    let totals = postgres::totals(&client, "absensi").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok((took, totals, 0))
}

fn inserted(work: &Path, csv: &Path, steps: &mut [f64; 3]) -> Result<Run> {
    let path = work.join("load.duckdb");
    let _ = std::fs::remove_file(&path);
    let mut duck = Duck::start()?;
    duck.open(path.to_str().context("path")?, DUCK_MEMORY)?;
    *steps = duck.load(csv, &duck_table())?;
    let (_, rows) = duck.sql(&Totals::sql("absensi"))?;
    let totals = Totals::of(rows.first().context("no totals")?);
    let peak = duck.peak_memory()?;
    drop(duck);
    std::fs::remove_file(&path)?;
    quiet()?;
    Ok((steps[2], totals, peak))
}

/// What the file system still has to write belongs to the run that is over, not to the next one.
fn quiet() -> Result<()> {
    ensure!(Command::new("sync").status()?.success(), "sync failed");
    Ok(())
}

/// The table of PostgreSQL in DuckDB's words; the pairs are tested by a query, which is quicker than its index.
fn duck_table() -> String {
    duck_words(&postgres::table_sql("absensi")).replace(", UNIQUE (tanggal, npsn)", "")
}

/// Checks as DuckDB writes them.
pub fn duck_words(table: &str) -> String {
    table
        .replace("npsn ~ '^[0-9]{8}$'", "regexp_full_match(npsn, '[0-9]{8}')")
        .replace(
            "kode_kecamatan ~ '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}$'",
            "regexp_full_match(kode_kecamatan, '[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}')",
        )
        .replace("char_length", "length")
}
