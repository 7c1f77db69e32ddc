//! R's package `surveillance`, in a process that stays: its start is not measured.

use anyhow::{Context, Result, ensure};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    ops::Range,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

const SCRIPT: &str = include_str!("peer.R");

/// The process.
#[derive(Debug)]
pub struct Peer {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    out: PathBuf,
    /// Versions of the package and of R.
    pub version: String,
}

/// Seconds of a command: on the clock, and of processor time.
#[derive(Debug, Clone, Copy)]
pub struct Seconds {
    pub elapsed: f64,
    pub processor: f64,
}

impl Peer {
    /// Starts it; it writes into `folder`.
    pub fn start(folder: &Path) -> Result<Self> {
        let script = folder.join("peer.R");
        fs::write(&script, SCRIPT)?;
        let program = std::env::var_os("SMARTCENTER_RSCRIPT").unwrap_or_else(|| "Rscript".into());
        let mut process = Command::new(program)
            .arg("--vanilla")
            .arg(&script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context(
                "Rscript (Debian packages r-base-core and r-cran-surveillance; SMARTCENTER_RSCRIPT names another)",
            )?;
        let commands = process.stdin.take().context("no standard input")?;
        let answers = BufReader::new(process.stdout.take().context("no standard output")?);
        let mut peer = Self {
            process,
            commands,
            answers,
            out: folder.join("peer.bin"),
            version: String::new(),
        };
        let line = peer.line()?;
        let words: Vec<_> = line.split_whitespace().collect();
        ensure!(words.len() == 3 && words[0] == "ready", "R says {line:?}");
        peer.version = format!("surveillance {}, R {}", words[1], words[2]);
        Ok(peer)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        ensure!(
            !line.is_empty(),
            "R's process ended: is the Debian package r-cran-surveillance installed?"
        );
        Ok(line)
    }

    fn ask(&mut self, words: &[&str]) -> Result<Seconds> {
        writeln!(self.commands, "{}", words.join("\t"))?;
        let line = self.line()?;
        let words: Vec<_> = line.split_whitespace().collect();
        ensure!(words.len() == 3 && words[0] == "done", "R says {line:?}");
        Ok(Seconds {
            elapsed: words[1].parse()?,
            processor: words[2].parse()?,
        })
    }

    /// Loads the series: weeks in rows.
    pub fn panel(&mut self, csv: &Path) -> Result<()> {
        self.ask(&["panel", &csv.display().to_string()])?;
        Ok(())
    }

    /// `farringtonFlexible` of all series in these weeks, counted from 0: expected, bound, alarm, score and p-value, each
    /// series after series.
    pub fn farrington(&mut self, setting: &str, weeks: &Range<usize>) -> Result<(Seconds, Vec<f64>)> {
        let (first, last, out) = (weeks.start + 1, weeks.end, self.out.display().to_string());
        let seconds = self.ask(&["ff", setting, &first.to_string(), &last.to_string(), &out])?;
        Ok((seconds, self.answer()?))
    }

    /// `earsC` of all series: bound and alarm.
    pub fn ears(&mut self, method: &str) -> Result<(Seconds, Vec<f64>)> {
        let out = self.out.display().to_string();
        let seconds = self.ask(&["ears", method, &out])?;
        Ok((seconds, self.answer()?))
    }

    fn answer(&self) -> Result<Vec<f64>> {
        let bytes = fs::read(&self.out)?;
        let (numbers, rest) = bytes.as_chunks::<8>();
        ensure!(rest.is_empty(), "R wrote half a number");
        Ok(numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
