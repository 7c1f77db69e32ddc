//! The report: a head with the conditions, then one section for each scenario. Sections of scenarios that did not run
//! stay as they were.

use crate::{options::Options, postgres, sheet};
use anyhow::{Context, Result};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// The report under construction.
#[derive(Debug)]
pub struct Report {
    path: PathBuf,
    head: String,
    sections: BTreeMap<String, String>,
}

impl Report {
    /// Takes the conditions of this machine, and keeps the sections there are.
    pub fn open(options: &Options) -> Result<Self> {
        let old = fs::read_to_string(&options.report).unwrap_or_default();
        let mut sections = BTreeMap::new();
        for name in crate::options::SCENARIOS {
            let [from, to] = marks(name);
            if let Some((_, rest)) = old.split_once(&from)
                && let Some((section, _)) = rest.split_once(&to)
            {
                sections.insert(name.to_owned(), section.trim().to_owned());
            }
        }
        Ok(Self {
            path: options.report.clone(),
            head: head(options)?,
            sections,
        })
    }

    /// Puts the section of a scenario in the place of the old one.
    pub fn put(&mut self, scenario: &str, section: &str) {
        self.sections.insert(scenario.to_owned(), section.trim().to_owned());
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        let mut text = self.head.clone();
        for name in crate::options::SCENARIOS {
            if let Some(section) = self.sections.get(name) {
                let [from, to] = marks(name);
                text.push_str(&format!("\n{from}\n{section}\n{to}\n"));
            }
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.path, text).with_context(|| self.path.display().to_string())
    }
}

fn marks(name: &str) -> [String; 2] {
    [format!("<!-- {name} -->"), format!("<!-- end of {name} -->")]
}

fn head(options: &Options) -> Result<String> {
    let cpu = field("/proc/cpuinfo", "model name");
    let memory = field("/proc/meminfo", "MemTotal");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    Ok(format!(
        "# Benchmarks\n\n\
         Written by `smartcenter-bench`; not by hand. Again: `make bench`, or after a build \
         `smartcenter-bench [load|push|query|replay] [--quick]`.\n\
         Both sides of a comparison run in turns in one run on one machine, with the same work and the same answer \
         (a difference stops the run). The ratio counts; the times belong to this machine. Ratios are ours / theirs.\n\n\
         | condition of the last run | |\n|---|---|\n\
         | machine | {cores} cores, {cpu}, {memory} memory, Linux {kernel} |\n\
         | disk | {sync:.2} ms for a 4 KB write and `fdatasync` (median of 100) |\n\
         | load of others at the start | {load} |\n\
         | hub | {hub}, {profile} |\n\
         | PostgreSQL | {postgres} |\n\
         | DuckDB | {duck} |\n",
        kernel = kernel.trim(),
        sync = sync_ms(sheet::work_folder(options)?.path())?,
        load = fs::read_to_string("/proc/loadavg")
            .unwrap_or_default()
            .split(' ')
            .next()
            .unwrap_or_default(),
        hub = said(&crate::hub::program()?, &["--version"]),
        profile = profile(),
        postgres = postgres::version().unwrap_or_else(|why| format!("absent: {why}")),
        duck = crate::duck::version().unwrap_or_else(|why| format!("absent: {why}")),
    ))
}

/// The profile the hub was built with, as its place tells.
fn profile() -> String {
    let program = crate::hub::program().unwrap_or_default();
    let folder = program.parent().and_then(|p| p.file_name()).unwrap_or_default();
    match folder.to_string_lossy().as_ref() {
        "debug" => "the workspace's development profile (as `make demo` and `make test` use it)".to_owned(),
        other => format!("profile folder `{other}`"),
    }
}

fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(':').map_or("", |(_, value)| value).trim().to_owned()
}

/// What a program answers to a question about itself.
pub fn said(program: &Path, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Err(why) => why.to_string(),
    }
}

/// Milliseconds of a small durable write in `folder`, the median of a hundred.
pub fn sync_ms(folder: &Path) -> Result<f64> {
    let path = folder.join("sync");
    let file = fs::File::create(&path)?;
    let mut took = Vec::new();
    for n in 0..100 {
        let start = Instant::now();
        file.write_all_at(&[7; 4096], n * 4096)?;
        file.sync_data()?;
        took.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    fs::remove_file(path)?;
    Ok(crate::figures::median(&took))
}
