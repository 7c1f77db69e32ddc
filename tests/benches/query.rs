//! Ten questions of an analyst, through HTTP with the policy on, beside DuckDB on the same Parquet files.

use crate::{
    duck::Duck,
    figures::{geometric_mean, median, thousands},
    hub::Hub,
    options::Options,
    sheet::{self, DATASET},
};
use anyhow::{Context, Result, ensure};
use chrono::{Datelike, Days};
use serde_json::Value;
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// The hub's default budget; DuckDB gets the same.
pub const MEMORY: u64 = 2048 << 20;
/// The greatest relative difference between sums of floating point numbers taken in another order.
const TOLERANCE: f64 = 1e-9;

/// The questions; `{t}` is the table, `{from}` and `{until}` a quarter, `{year}` a year of the data.
pub const QUESTIONS: [(&str, &str); 10] = [
    ("count all rows", "SELECT count(*) AS n FROM {t}"),
    (
        "attendance rate by kecamatan",
        "SELECT kode_kecamatan, sum(hadir) * 1e0 / sum(terdaftar) AS rate FROM {t} GROUP BY kode_kecamatan ORDER BY 1",
    ),
    (
        "monthly trend",
        "SELECT CAST(date_trunc('month', tanggal) AS DATE) AS bulan, sum(sakit) AS sakit, sum(izin) AS izin, \
         sum(alpa) AS alpa, sum(terdaftar) AS terdaftar FROM {t} GROUP BY 1 ORDER BY 1",
    ),
    (
        "distinct schools by month",
        "SELECT CAST(date_trunc('month', tanggal) AS DATE) AS bulan, count(DISTINCT npsn) AS sekolah FROM {t} \
         GROUP BY 1 ORDER BY 1",
    ),
    (
        "top 20 schools by absence in a quarter",
        "SELECT npsn, nama_sekolah, sum(sakit + izin + alpa) AS absen FROM {t} \
         WHERE tanggal BETWEEN DATE '{from}' AND DATE '{until}' GROUP BY npsn, nama_sekolah \
         ORDER BY absen DESC, npsn LIMIT 20",
    ),
    (
        "every school's rate, 100 worst",
        "SELECT npsn, count(*) AS hari, sum(hadir) * 1e0 / sum(terdaftar) AS rate FROM {t} GROUP BY npsn \
         ORDER BY rate, npsn LIMIT 100",
    ),
    (
        "every school and month, 100 worst",
        "SELECT npsn, CAST(date_trunc('month', tanggal) AS DATE) AS bulan, sum(alpa) AS alpa FROM {t} GROUP BY 1, 2 \
         ORDER BY alpa DESC, npsn, bulan LIMIT 100",
    ),
    (
        "one school, one year",
        "SELECT tanggal, hadir, sakit, izin, alpa FROM {t} WHERE npsn = '99000123' \
         AND tanggal BETWEEN DATE '{year}-01-01' AND DATE '{year}-12-31' ORDER BY tanggal",
    ),
    (
        "share of days above 5 % sick, by kind",
        "SELECT jenjang, avg(CASE WHEN sakit * 20 > terdaftar THEN 1e0 ELSE 0e0 END) AS bagian, count(*) AS hari \
         FROM {t} GROUP BY jenjang ORDER BY jenjang",
    ),
    (
        "three worst schools of each kecamatan, beside its mean",
        "WITH s AS (SELECT kode_kecamatan, npsn, sum(sakit) * 1e0 / sum(terdaftar) AS r FROM {t} \
         WHERE tanggal >= DATE '{from}' GROUP BY kode_kecamatan, npsn), \
         k AS (SELECT kode_kecamatan, avg(r) AS mean FROM s GROUP BY kode_kecamatan), \
         o AS (SELECT s.kode_kecamatan, s.npsn, s.r, k.mean, \
         row_number() OVER (PARTITION BY s.kode_kecamatan ORDER BY s.r DESC, s.npsn) AS place \
         FROM s JOIN k ON s.kode_kecamatan = k.kode_kecamatan) \
         SELECT kode_kecamatan, place, npsn, r, mean FROM o WHERE place <= 3 ORDER BY kode_kecamatan, place",
    ),
];

/// Measures; the section of the report.
pub fn run(options: &Options) -> Result<String> {
    let rows = options
        .rows
        .unwrap_or(if options.is_quick { 3_000_000 } else { 30_000_000 });
    let work = sheet::work_folder(options)?;
    let folder = work.path().join("hub");
    let hub = Hub::start(&folder, &[])?.with_regions()?;
    fill(&hub, work.path(), rows)?;
    // One folder for each major version of the contract.
    let table = folder.join("lake").join(format!("{DATASET}_v1"));
    let files = settled(&hub, &table)?;
    let size = sizes(&table)?;
    // A fresh process has neither the memory nor the caches of the load.
    hub.kill()?;
    let hub = Hub::start(&folder, &[])?;
    let analyst = hub.key("bench-analis", "analis")?;
    let mut sides = Sides {
        hub,
        analyst,
        duck: Duck::start()?,
        table,
        can_drop: drop_caches(),
    };
    let (mut lines, mut cold, mut warm) = (String::new(), Vec::new(), Vec::new());
    for (name, question) in QUESTIONS {
        let asked = sides
            .ask(&with_dates(question), options.rounds())
            .with_context(|| name.to_owned())?;
        let ratios = [asked.cold[0] / asked.cold[1], asked.warm[0] / asked.warm[1]];
        let line = format!(
            "| {name} | {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.0} | {:.2} |\n",
            asked.rows, asked.warm[0], asked.warm[1], ratios[1], asked.cold[0], asked.cold[1], ratios[0],
        );
        print!("{line}");
        lines.push_str(&line);
        cold.push(ratios[0]);
        warm.push(ratios[1]);
    }
    let cold_note = if sides.can_drop {
        "as many runs, the kernel's page cache dropped before each side's and DuckDB's connection renewed; both kept \
         their processes"
    } else {
        "the page cache could not be dropped here (not permitted), so this is as warm as the other"
    };
    Ok(format!(
        "## Ten questions over {} rows\n{}\n\
         {files} Parquet files, {size}. Hub: `POST /api/v1/sql`, JSON, key with role `analis`, time until the last byte. \
         DuckDB: `read_parquet` over the same active files, 2 threads, memory limit {} as the hub's, time of `execute` \
         and `fetchall` inside its process (no network). Warm: median of {} alternating runs after one unmeasured. \
         Cold: {cold_note}. Answers are compared cell by cell.\n\n\
         | question | rows | warm hub ms | DuckDB ms | ratio | cold hub ms | DuckDB ms | ratio |\n|---|---|---|---|---|---|---|---|\n{lines}\
         | **geometric mean** | | | | **{:.2}** | | | **{:.2}** |\n\n\
         Peak memory: hub {}, DuckDB {}. Below 1 the hub is quicker.\n",
        thousands(rows),
        options.caution(),
        crate::figures::mb(MEMORY),
        options.rounds(),
        geometric_mean(&warm),
        geometric_mean(&cold),
        crate::figures::mb(sides.hub.peak_memory()?),
        crate::figures::mb(sides.duck.peak_memory()?),
    ))
}

/// One push holds all: the contract wants no school twice on a day.
fn fill(hub: &Hub, work: &Path, rows: u64) -> Result<()> {
    let csv = work.join("absensi.csv");
    sheet::write_csv(&csv, rows)?;
    let (took, receipt) = hub.push_file(&csv, "?wait=landed")?;
    println!("{} rows landed in {:.1} s", thousands(rows), took.as_secs_f64());
    std::fs::remove_file(csv)?;
    ensure!(receipt["rows"]["accepted"] == rows, "{receipt}");
    Ok(())
}

/// Waits until maintenance leaves the files alone; how many are active.
fn settled(hub: &Hub, table: &Path) -> Result<u64> {
    let mut duck = Duck::start()?;
    let (mut last, mut since, start) = (0, Instant::now(), Instant::now());
    loop {
        let files = duck.view(table)?;
        let (_, rows) = hub.sql(&hub.admin, "SELECT count(*) AS n FROM system.receipts")?;
        ensure!(!rows.is_empty(), "no receipts");
        if files != last {
            (last, since) = (files, Instant::now());
        }
        if since.elapsed() > Duration::from_secs(35) {
            return Ok(files);
        }
        ensure!(start.elapsed() < Duration::from_secs(600), "maintenance does not end");
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn sizes(table: &Path) -> Result<String> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(table)? {
        let entry = entry?;
        if entry.path().extension().is_some_and(|e| e == "parquet") {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(crate::figures::mb(bytes))
}

/// The question with a quarter and a year of the data.
pub fn with_dates(question: &str) -> String {
    let newest = sheet::newest_day();
    let from = (newest - Days::new(120)).to_string();
    let until = (newest - Days::new(30)).to_string();
    let year = (newest - Days::new(200)).year().to_string();
    question
        .replace("{from}", &from)
        .replace("{until}", &until)
        .replace("{year}", &year)
}

struct Sides {
    hub: Hub,
    analyst: String,
    duck: Duck,
    table: std::path::PathBuf,
    can_drop: bool,
}

/// Milliseconds, ours then theirs.
struct Asked {
    rows: usize,
    cold: [f64; 2],
    warm: [f64; 2],
}

impl Sides {
    fn ask(&mut self, question: &str, rounds: usize) -> Result<Asked> {
        let ours = question.replace("{t}", &format!("data.{DATASET}"));
        let theirs = question.replace("{t}", "absensi");
        let (mut cold, mut their_cold, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        // Not measured: the first run of each side, which also reads its own program from the disk.
        for round in 0..=rounds {
            drop_caches();
            let (took, answer) = self.hub.sql(&self.analyst, &ours)?;
            self.duck.open(":memory:", MEMORY)?;
            self.duck.view(&self.table)?;
            drop_caches();
            let (their_took, theirs) = self.duck.sql(&theirs)?;
            compare(&answer, &theirs, "DuckDB")?;
            if round > 0 {
                cold.push(took.as_secs_f64() * 1000.0);
                their_cold.push(their_took * 1000.0);
            }
            expected = theirs;
        }
        let (mut warm, mut their_warm) = (Vec::new(), Vec::new());
        for round in 0..=rounds {
            let (took, again) = self.hub.sql(&self.analyst, &ours)?;
            let (their_took, _) = self.duck.sql(&theirs)?;
            compare(&again, &expected, "DuckDB")?;
            if round > 0 {
                warm.push(took.as_secs_f64() * 1000.0);
                their_warm.push(their_took * 1000.0);
            }
        }
        Ok(Asked {
            rows: expected.len(),
            cold: [median(&cold), median(&their_cold)],
            warm: [median(&warm), median(&their_warm)],
        })
    }
}

/// Refuses answers that differ in number, order, names or values; `who` gave the others.
pub fn compare(ours: &[Value], theirs: &[Value], who: &str) -> Result<()> {
    ensure!(
        ours.len() == theirs.len(),
        "{} rows, {who} has {}",
        ours.len(),
        theirs.len()
    );
    ensure!(!ours.is_empty(), "no rows: the question is of no use");
    for (index, (own, their)) in ours.iter().zip(theirs).enumerate() {
        let cells = own.as_object().context("a row is not an object")?;
        let is_equal = their.as_object().is_some_and(|other| other.len() == cells.len())
            && cells.iter().all(|(name, value)| is_same(value, &their[name]));
        ensure!(is_equal, "row {index}: {own}, {who} {their}");
    }
    Ok(())
}

fn is_same(own: &Value, their: &Value) -> bool {
    match (number(own), number(their)) {
        (Some(a), Some(b)) => (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()).max(1.0),
        _ => own == their,
    }
}

/// Decimal and very large numbers come as text from either side.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Empties the kernel's page cache; whether it was permitted.
pub fn drop_caches() -> bool {
    let synced = std::process::Command::new("sync")
        .status()
        .is_ok_and(|status| status.success());
    synced && std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}
