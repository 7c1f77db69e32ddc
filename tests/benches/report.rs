//! The report: a section for each scenario, which says itself when and under which conditions it was measured.
//! Sections of scenarios that did not run stay as they were.

use crate::{options::Options, postgres, sheet};
use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// How the conditions of a section begin.
const MEASURED: &str = "*Measured";
/// How times are told.
const MINUTE: &str = "%Y-%m-%d %H:%M UTC";

/// The report under construction.
#[derive(Debug)]
pub struct Report {
    path: PathBuf,
    sections: BTreeMap<String, String>,
}

impl Report {
    /// Keeps the sections there are.
    pub fn open(options: &Options) -> Self {
        let old = fs::read_to_string(&options.report).unwrap_or_default();
        let mut sections = BTreeMap::new();
        for name in crate::options::SCENARIOS {
            let [from, to] = marks(name);
            if let Some((_, rest)) = old.split_once(&from)
                && let Some((section, _)) = rest.split_once(&to)
            {
                let section = match section.contains(MEASURED) {
                    true => section.trim().to_owned(),
                    false => under_heading(section, &format!("{MEASURED} before sections told their conditions.*")),
                };
                sections.insert(name.to_owned(), section);
            }
        }
        Self {
            path: options.report.clone(),
            sections,
        }
    }

    /// Puts the section of a scenario, measured under `conditions`, in the place of the old one; answers it whole.
    pub fn put(&mut self, scenario: &str, conditions: &str, section: &str) -> String {
        let section = under_heading(section, conditions);
        self.sections.insert(scenario.to_owned(), section.clone());
        section
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        let mut text = head();
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

fn head() -> String {
    format!(
        "# Benchmarks\n\n\
         Written by `smartcenter-bench`; not by hand. Again: `make bench`, or after a build \
         `smartcenter-bench [{}] [--quick]`.\n\
         Both sides of a comparison run in turns in one run on one machine, with the same work and the same answer \
         (a difference stops the run). The ratio counts; the times belong to the machine. Ratios are ours / theirs.\n\
         Sections may come from different runs: each begins with the conditions under which it was measured.\n",
        crate::options::SCENARIOS.join("|"),
    )
}

/// Puts a paragraph under the heading that a section begins with.
fn under_heading(section: &str, paragraph: &str) -> String {
    let (heading, rest) = section.trim().split_once('\n').unwrap_or((section.trim(), ""));
    format!("{heading}\n\n{paragraph}\n\n{}", rest.trim_start())
}

/// When and where a section is measured: to be taken just before.
pub fn conditions(options: &Options) -> Result<String> {
    let hub = crate::hub::program()?;
    let built: DateTime<Utc> = fs::metadata(&hub).and_then(|file| file.modified())?.into();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Ok(format!(
        "{MEASURED} {now} with checkout {commit}, {version} ({profile}, of {built}), {postgres}, DuckDB {duck}; load \
         average just before {load}, disk {sync:.2} ms for a 4 KB write and `fdatasync` (median of 100); {cores} cores, \
         {cpu}, {memory} memory, Linux {kernel}.*",
        now = Utc::now().format(MINUTE),
        commit = commit(),
        version = said(&hub, &["--version"]),
        profile = profile(),
        built = built.format(MINUTE),
        postgres = postgres::version().unwrap_or_else(|why| format!("PostgreSQL absent: {why}")),
        duck = crate::duck::version().unwrap_or_else(|why| format!("absent: {why}")),
        load = load.split(' ').next().unwrap_or_default(),
        sync = sync_ms(sheet::work_folder(options)?.path())?,
        cores = std::thread::available_parallelism()?,
        cpu = field("/proc/cpuinfo", "model name"),
        memory = field("/proc/meminfo", "MemTotal"),
        kernel = kernel.trim(),
    ))
}

/// The commit of the checkout that this is run in; the hub may have been built from another.
fn commit() -> String {
    match said(Path::new("git"), &["describe", "--always", "--dirty", "--exclude=*"]) {
        none if none.is_empty() => "unknown".to_owned(),
        commit => commit,
    }
}

/// The profile the hub was built with, as its place tells.
fn profile() -> String {
    let program = crate::hub::program().unwrap_or_default();
    let folder = program.parent().and_then(|p| p.file_name()).unwrap_or_default();
    match folder.to_string_lossy().as_ref() {
        "debug" => "the workspace's development profile".to_owned(),
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
