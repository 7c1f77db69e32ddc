//! `smartcenter detect METHOD FILE`: a detector on a file of counts, without a hub. What it prints can be laid beside
//! the reference implementations, and tried before it goes into an indicator.

mod file;
mod places;
#[cfg(test)]
mod tests;

use super::{Global, Outcome, code, output};
use anyhow::{Context, anyhow};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use smartcenter_pipelines::detector::{Verdict, run as runner};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

/// The name of the scan, whose file has places.
const SCAN: &str = "scan-stp";

/// Arguments of `detect`.
#[derive(Debug, Args)]
#[command(after_help = "\
Detectors: auto ears-c1 ears-c2 ears-c3 ewma adaptive-regression switch farrington-flexible farrington nb-predictive
cusum cusum-binomial outbreak-p laney-p mann-kendall theil-sen pelt stl mstl scan-stp

The file has a header with date (or an index) and observed, and may have population and series. A missing report is an
empty cell, not 0. For scan-stp: date, location, latitude, longitude, observed, and population with model=poisson.

Examples:
  smartcenter detect ears-c2 diare.csv --param baseline=28 --param min_sigma=1
  smartcenter detect farrington-flexible dbd.csv --param b=5 --param alpha=0.01 --param range=last
  smartcenter detect cusum-binomial absensi.csv --param p0=0.04
  smartcenter detect farrington-flexible --describe")]
pub struct DetectArgs {
    /// The detector
    pub method: String,
    /// CSV file, or - for standard input
    #[arg(required_unless_present = "describe")]
    pub file: Option<PathBuf>,
    /// A parameter of the detector, as often as needed
    #[arg(long = "param", short = 'p', value_name = "KEY=VALUE", value_parser = pair)]
    pub params: Vec<(String, String)>,
    /// Print the detector's parameters with their defaults, and do nothing else
    #[arg(long)]
    pub describe: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| format!("\"{text}\" is not KEY=VALUE, such as alpha=0.01"))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// Runs the command.
///
/// # Errors
/// A file that cannot be read, with line and column; a detector or parameter that does not exist, with those that do.
pub fn run(global: &Global, args: &DetectArgs) -> Outcome {
    if args.describe {
        return describe(global, &args.method);
    }
    let path = args
        .file
        .as_deref()
        .ok_or_else(|| anyhow!("which file? - is standard input"))?;
    let name = if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let params: Vec<(&str, &str)> = args.params.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    if args.method == SCAN {
        return places::run(global, &read(path)?, &name, &params);
    }
    runner::method(&args.method)?;
    let groups = file::parse(&read(path)?, &name)?;
    let progress = progress(groups.len() as u64);
    let mut rows = Vec::new();
    for group in &groups {
        let verdicts = runner::run(&args.method, &group.series, &params).with_context(|| group.place(&name))?;
        rows.push(verdicts);
        progress.inc(1);
    }
    progress.finish_and_clear();
    let judged = groups.iter().zip(&rows);
    if global.json {
        let all: Vec<_> = judged
            .flat_map(|(group, rows)| rows.iter().map(|row| json(group, row)))
            .collect();
        output::json(&all)?;
    } else {
        print(judged)?;
    }
    Ok(code::OK)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// A bar on standard error, on a terminal only.
fn progress(series: u64) -> ProgressBar {
    let bar = ProgressBar::new(series);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} series {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn print<'a>(judged: impl Iterator<Item = (&'a file::Group, &'a Vec<Verdict>)>) -> anyhow::Result<()> {
    let mut out = output::stdout();
    for (i, (group, rows)) in judged.enumerate() {
        let label = group
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("{},", file::cell(name)));
        if i == 0 {
            let series = if group.name.is_some() { "series," } else { "" };
            writeln!(out, "{series}date,observed,expected,upper,score,alarm")?;
        }
        for row in rows {
            writeln!(
                out,
                "{label}{},{},{},{},{},{}",
                file::cell(&group.labels[row.index]),
                number(Some(row.observed)),
                number(row.expected),
                number(row.upper),
                number(row.score),
                row.alarm.map_or("", |alarm| if alarm { "1" } else { "0" })
            )?;
        }
    }
    Ok(out.flush()?)
}

/// A number that reads back as itself, or nothing.
fn number(value: Option<f64>) -> String {
    value
        .filter(|x| !x.is_nan())
        .map_or_else(String::new, |x| x.to_string())
}

fn json(group: &file::Group, row: &Verdict) -> serde_json::Value {
    let mut object = serde_json::json!({
        "date": group.labels[row.index],
        "observed": (!row.observed.is_nan()).then_some(row.observed),
        "expected": row.expected,
        "upper": row.upper,
        "score": row.score,
        "p": row.p,
        "alarm": row.alarm,
    });
    if let (Some(name), Some(object)) = (&group.name, object.as_object_mut()) {
        object.insert("series".to_owned(), name.as_str().into());
    }
    object
}

fn describe(global: &Global, name: &str) -> Outcome {
    let parameters = if name == SCAN {
        places::parameters()
    } else {
        runner::method(name)?.parameters()
    };
    if global.json {
        let all: serde_json::Map<_, _> = parameters.into_iter().map(|(k, v)| (k.to_owned(), v.into())).collect();
        output::json(&all)?;
        return Ok(code::OK);
    }
    let mut out = output::stdout();
    for (key, value) in parameters {
        writeln!(out, "{key}={value}")?;
    }
    out.flush()?;
    Ok(code::OK)
}
