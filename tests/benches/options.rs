//! The command line.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// All scenarios, in the order in which they run.
pub const SCENARIOS: [&str; 13] = [
    "load",
    "workbook",
    "push",
    "query",
    "replay",
    "upsert",
    "overlay",
    "lookup",
    "restart",
    "curve",
    "detectors",
    "regency",
    "alerts",
];

const HELP: &str = "\
smartcenter-bench [SCENARIO...] [options]

Scenarios (all of them unless named)
  load            a big CSV file, beside PostgreSQL and DuckDB
  workbook        a big XLSX workbook, beside polars and DuckDB in Python
  push            small pushes by many at a time, beside PostgreSQL
  query           ten questions, beside DuckDB
  replay          starting after a crash with a long log
  upsert          corrections of rows that are there, beside PostgreSQL and DuckDB
  overlay         the ten questions with 10,000 corrections that are not merged yet, beside the same hub without any
  lookup          one row by its key, beside PostgreSQL behind a minimal HTTP server
  restart         starting with a large keyed table, key maps present and deleted
  curve           small pushes into tables of 1 to 100 million rows, beside a table that stays small
  detectors       Farrington Flexible and EARS, beside surveillance in R
  regency         every feed of the whole regency, what is worked out from them, and a day's changes
  alerts          what is found in worlds of fresh seeds with planted stories, beside two simple rules
Options
  --quick         a tenth of the work or less; the figures are noise, the comparison of answers is not
  --rows N        rows of load (default 5,000,000), query, overlay, restart (30,000,000), lookup and workbook (1,000,000), and upsert
                  (both of 750,000 and 30,000,000); the largest table of curve (100,000,000)
  --years N       years of the regency's history (3; 1 with --quick, which also takes the small regency of the demo)
  --seeds N       worlds of alerts (20; 2 with --quick)
  --seed N        seed of the first of them, those of the others follow (default: fresh; printed and reported)
  --rounds N      turns of each side (default 5; 3 with --quick)
  --report FILE   where the report goes (default docs/reference/benchmarks.md); sections of other scenarios stay
  --work DIR      where data go (default: the system's temporary folder); about 12 GB for the full run
The full curve loads 100 million rows twice and may take an hour: `--rows 30_000_000` is a shorter one.
Environment: SMARTCENTER_BIN (the hub; default beside this program), SMARTCENTER_PYTHON (a Python with duckdb and
deltalake), SMARTCENTER_RSCRIPT (an Rscript with surveillance; default the one on the path), SMARTCENTER_PYTHON_WORKBOOK (one with polars, fastexcel and DuckDB's extension excel), POSTGRES_BIN (the folder of initdb and postgres).";

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Scenarios, in order.
    pub scenarios: Vec<String>,
    /// A tenth of the work.
    pub is_quick: bool,
    /// Rows of a scenario's table, if said.
    pub rows: Option<u64>,
    /// Years of the regency's history, if said.
    pub years: Option<u32>,
    /// Worlds of the trial of alerts, if said.
    pub seeds: Option<usize>,
    /// Seed of the first of them, if said.
    pub seed: Option<u64>,
    /// Turns of each side, if said.
    pub rounds: Option<usize>,
    /// The report.
    pub report: PathBuf,
    /// Parent of the work folders.
    pub work: PathBuf,
}

impl Options {
    /// Reads the arguments after the program's name.
    pub fn from_args(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            scenarios: Vec::new(),
            is_quick: false,
            rows: None,
            years: None,
            seeds: None,
            seed: None,
            rounds: None,
            report: PathBuf::from("docs/reference/benchmarks.md"),
            work: std::env::temp_dir(),
        };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => options.is_quick = true,
                "--rows" => options.rows = Some(value()?.replace('_', "").parse().context("--rows takes a number")?),
                "--years" => options.years = Some(value()?.parse().context("--years takes a number")?),
                "--seeds" => options.seeds = Some(value()?.parse().context("--seeds takes a number")?),
                "--seed" => options.seed = Some(value()?.parse().context("--seed takes a number")?),
                "--rounds" => options.rounds = Some(value()?.parse().context("--rounds takes a number")?),
                "--report" => options.report = value()?.into(),
                "--work" => options.work = value()?.into(),
                "--help" | "-h" => {
                    println!("{HELP}");
                    std::process::exit(0);
                }
                name if SCENARIOS.contains(&name) => options.scenarios.push(name.to_owned()),
                other => bail!("{other:?} is not known\n\n{HELP}"),
            }
        }
        if options.scenarios.is_empty() {
            options.scenarios = SCENARIOS.map(str::to_owned).to_vec();
        }
        Ok(options)
    }

    /// Rounds of alternating runs.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.is_quick { 3 } else { 5 }).max(1)
    }

    /// A word for the report when the figures are not to be trusted.
    pub fn caution(&self) -> &'static str {
        if self.is_quick {
            "\n**Quick run: a small sample, only good for finding gross faults.**\n"
        } else {
            ""
        }
    }
}
