//! DuckDB as the alternative, in a Python process that stays: its start is not measured.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const SCRIPT: &str = include_str!("duck.py");

/// The process.
#[derive(Debug)]
pub struct Duck {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Duck {
    /// Starts it.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(python())
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!(
                    "{} (name a Python with duckdb in SMARTCENTER_PYTHON)",
                    python().display()
                )
            })?;
        let commands = process.stdin.take().context("no standard input")?;
        let answers = BufReader::new(process.stdout.take().context("no standard output")?);
        Ok(Self {
            process,
            commands,
            answers,
        })
    }

    fn ask(&mut self, command: &Value) -> Result<Value> {
        writeln!(self.commands, "{command}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let answer: Value = serde_json::from_str(&line).context("DuckDB's process ended")?;
        ensure!(answer["error"].is_null(), "DuckDB: {} ({command})", answer["error"]);
        Ok(answer)
    }

    /// Opens a database file (`:memory:` for none) with this much memory and two threads.
    pub fn open(&mut self, path: &str, memory_bytes: u64) -> Result<()> {
        self.ask(&json!({ "do": "open", "path": path, "memory": format!("{memory_bytes}B") }))?;
        Ok(())
    }

    /// Loads a CSV file into a new table `absensi` with checks, tests the pairs, checkpoints; seconds until the rows
    /// were in, until they were tested, until all was done.
    pub fn load(&mut self, csv: &Path, create: &str) -> Result<[f64; 3]> {
        let answer = self.ask(&json!({ "do": "load", "csv": csv, "create": create }))?;
        let seconds = ["loaded", "checked", "seconds"].map(|name| answer[name].as_f64().unwrap_or(f64::NAN));
        Ok(seconds)
    }

    /// Makes `absensi` a view of the active files of a Delta table; how many there are.
    pub fn view(&mut self, table: &Path) -> Result<u64> {
        self.ask(&json!({ "do": "view", "table": table }))?["files"]
            .as_u64()
            .context("no files")
    }

    /// Seconds and rows of a statement, objects as the hub answers them.
    pub fn sql(&mut self, sql: &str) -> Result<(f64, Vec<Value>)> {
        let mut answer = self.ask(&json!({ "do": "sql", "sql": sql }))?;
        let rows = serde_json::from_value(answer["rows"].take())?;
        Ok((answer["seconds"].as_f64().context("no time")?, rows))
    }

    /// Peak of resident memory in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        crate::hub::peak_memory(self.process.id())
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The version.
pub fn version() -> Result<String> {
    let output = Command::new(python())
        .args(["-c", "import duckdb; print(duckdb.__version__)"])
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(format!(
        "{} from Python",
        String::from_utf8_lossy(&output.stdout).trim()
    ))
}

fn python() -> PathBuf {
    std::env::var_os("SMARTCENTER_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}
