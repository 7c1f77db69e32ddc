//! `smartcenter-bench`: the hub beside the program one would use instead, in the same run on the same machine.
//!
//! A scenario is a file. Each starts the real `smartcenter` and its peer, gives both the same work in turns, refuses
//! to report unless both have the same answer, and writes its section of the report. Times are told, never judged:
//! they belong to the machine.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

mod alerts;
mod curve;
mod detectors;
mod door;
mod duck;
mod figures;
mod hub;
mod load;
mod lookup;
mod options;
mod overlay;
mod postgres;
mod push;
mod query;
mod regency;
mod replay;
mod report;
mod restart;
mod sheet;
mod upsert;
mod wire;
mod workbook;

use anyhow::{Context, Result, bail};
use options::Options;
use report::Report;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq(door::COMMAND).is_some() {
        return door::serve(arguments);
    }
    let options = Options::from_args(arguments)?;
    let mut report = Report::open(&options);
    let mut failed = Vec::new();
    for scenario in &options.scenarios {
        println!("== {scenario}");
        let conditions = report::conditions(&options)?;
        let section = match scenario.as_str() {
            "alerts" => alerts::run(&options),
            "curve" => curve::run(&options),
            "detectors" => detectors::run(&options),
            "load" => load::run(&options),
            "lookup" => lookup::run(&options),
            "overlay" => overlay::run(&options),
            "push" => push::run(&options),
            "query" => query::run(&options),
            "regency" => regency::run(&options),
            "replay" => replay::run(&options),
            "restart" => restart::run(&options),
            "upsert" => upsert::run(&options),
            "workbook" => workbook::run(&options),
            other => bail!("no scenario {other:?}: there are {}", options::SCENARIOS.join(", ")),
        };
        match section.with_context(|| format!("scenario {scenario}")) {
            Ok(section) => {
                // First: a closed terminal must not cost the result.
                let section = report.put(scenario, &conditions, &section);
                report.write()?;
                println!("{section}");
            }
            // The others are still worth their time; the exit code tells.
            Err(error) => {
                eprintln!("{scenario} FAILED: {error:#}");
                failed.push(scenario.clone());
            }
        }
    }
    println!("report: {}", options.report.display());
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}", failed.join(", "))
}
