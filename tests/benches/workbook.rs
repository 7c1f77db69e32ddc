//! A big workbook: pushed to the hub, and read by polars (calamine) and DuckDB in Python, as an analyst would.

use crate::{
    figures::{mb, median, spread, thousands},
    hub::Hub,
    options::Options,
    sheet::{self, COLUMNS, DATASET, Line, SCHOOL, Totals},
};
use anyhow::{Context, Result, ensure};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const SCRIPT: &str = include_str!("workbook.py");
const SHEET: &str = "Absensi";
/// Who reads beside the hub.
const READERS: [&str; 2] = ["polars", "duckdb"];

/// One reading of the workbook.
struct Reading {
    seconds: f64,
    peak: u64,
    /// Name and version.
    who: String,
}

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 100_000 } else { 1_000_000 });
    let work = sheet::work_folder(options)?;
    let book = work.path().join("absensi.xlsx");
    let totals = write(&book, rows)?;
    let (mut checked, mut pushed) = (Vec::new(), Vec::new());
    let mut read: [Vec<Reading>; 2] = Default::default();
    for round in 0..options.rounds() {
        let hub = Hub::start(&work.path().join("hub"), &[])?.with_regions()?;
        checked.push(ours(&hub, &book, "?dry_run=true", &totals)?);
        pushed.push(ours(&hub, &book, "", &totals)?);
        let held = hub.totals()?;
        ensure!(held == totals, "the hub has {held:?} instead of {totals:?}");
        drop(hub);
        std::fs::remove_dir_all(work.path().join("hub"))?;
        std::fs::remove_file(work.path().join("hub.key"))?;
        for (who, readings) in READERS.iter().zip(&mut read) {
            readings.push(theirs(who, &book, &totals)?);
        }
        let last = |readings: &[Reading]| readings.last().map_or(f64::NAN, |reading| reading.seconds);
        println!(
            "round {round}: checked {:.2}, pushed {:.2}, polars {:.2}, DuckDB {:.2} s",
            last(&checked),
            last(&pushed),
            last(&read[0]),
            last(&read[1])
        );
    }
    let seconds = |readings: &[Reading]| readings.iter().map(|reading| reading.seconds).collect::<Vec<_>>();
    let peers = read.each_ref().map(|readings| median(&seconds(readings)));
    let row = |name: &str, readings: &[Reading]| {
        let middle = median(&seconds(readings));
        format!(
            "| {name} | {middle:.2} | {} | {} | {:.2} | {:.2} | {} |\n",
            spread(&seconds(readings)),
            thousands((rows as f64 / middle) as u64),
            middle / peers[0],
            middle / peers[1],
            mb(readings.iter().map(|reading| reading.peak).max().unwrap_or_default()),
        )
    };
    let who = |readings: &[Reading]| readings.first().map_or(String::new(), |reading| reading.who.clone());
    Ok(format!(
        "## A workbook of {} rows ({})\n{}\n\
         {} alternating rounds. Ten columns: a date, texts, counts; no formulas. Rows and five sums are equal on all sides.\n\n\
         | | seconds (median) | all rounds | rows/s | / polars | / DuckDB | peak memory |\n|---|---|---|---|---|---|---|\n{}{}{}{}\n\
         - Hub: one HTTP push, a new hub for every round, default settings. *Checked*: `dry_run`, read and judged by every \
         rule of the contract. *Acknowledged*: that again, durable and visible. Its memory is of the whole process, both pushes.\n\
         - polars: `read_excel` with the engine calamine. DuckDB: `CREATE TABLE ... AS` from `read_xlsx` in memory, 2 threads. \
         Either in a process of its own, without the time of imports, and without checks.\n",
        thousands(rows),
        mb(book.metadata()?.len()),
        options.caution(),
        options.rounds(),
        row("hub, checked", &checked),
        row("hub, acknowledged", &pushed),
        row(&who(&read[0]), &read[0]),
        row(&who(&read[1]), &read[1]),
    ))
}

/// Writes the workbook; what its columns add up to.
fn write(path: &Path, rows: u64) -> Result<Totals> {
    let (day, mut totals) = (Format::new().set_num_format("yyyy-mm-dd"), Totals::default());
    let newest = sheet::newest_day();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_low_memory()?;
    sheet.set_name(SHEET)?;
    sheet.write_row(0, 0, COLUMNS.split(','))?;
    for (row, number) in (1..).zip(0..rows) {
        let line = Line::of(number, newest);
        sheet.write_with_format(row, 0, &line.day, &day)?;
        sheet.write(row, 1, &line.npsn)?;
        sheet.write_row(row, 2, SCHOOL)?;
        sheet.write_row(row, 5, line.counts)?;
        totals.add(&line);
    }
    book.save(path)?;
    Ok(totals)
}

fn ours(hub: &Hub, book: &Path, query: &str, totals: &Totals) -> Result<Reading> {
    let (took, receipt) = hub.push(DATASET, book, query)?;
    ensure!(receipt["rows"]["accepted"] == totals.rows, "{receipt}");
    Ok(Reading {
        seconds: took.as_secs_f64(),
        peak: hub.peak_memory()?,
        who: String::new(),
    })
}

fn theirs(who: &str, book: &Path, totals: &Totals) -> Result<Reading> {
    let python = std::env::var_os("SMARTCENTER_PYTHON_WORKBOOK").map_or_else(|| "python3".into(), PathBuf::from);
    let output = Command::new(&python)
        .args(["-c", SCRIPT, who])
        .arg(book)
        .arg(SHEET)
        .output()
        .with_context(|| format!("{} (name one in SMARTCENTER_PYTHON_WORKBOOK)", python.display()))?;
    ensure!(
        output.status.success(),
        "{who} by {}: {}",
        python.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let answer: Value = serde_json::from_slice(&output.stdout)?;
    let read = Totals::of(&answer);
    ensure!(read == *totals, "{who} reads {read:?} instead of {totals:?}");
    Ok(Reading {
        seconds: answer["seconds"].as_f64().context("no time")?,
        peak: answer["peak"].as_u64().context("no memory")?,
        who: answer["version"].as_str().unwrap_or(who).to_owned(),
    })
}
