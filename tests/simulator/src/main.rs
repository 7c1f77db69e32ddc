//! `smartcenter-simulator`: the synthetic regency against a running hub, or as files.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use chrono::NaiveDate;
use smartcenter_simulator::{DemoOptions, Error, Keys, Progress, Result, Size, attendance_csv, demo, write_files};
use std::{fs, io::BufWriter, path::Path, process::ExitCode};

const HELP: &str = "\
A synthetic Trenggalek.

  smartcenter-simulator --url URL        push to a running hub; key from SMARTCENTER_KEY
  smartcenter-simulator write DIR        write the files that would be pushed, a folder per dataset
  smartcenter-simulator answers          print the answer key of the stories as JSON
  smartcenter-simulator --bulk FILE      write --rows rows of attendance into one CSV

  --seed N        seed of the world (2026)
  --full          the whole regency: 753,810 people, 1,250 schools, all visits
  --people SHARE  share of the people (0.02)     --activity SHARE  share of visits and tickets (0.2)
  --schools N     schools (120)                  --years N         years of history (1)
  --until DATE    last day of the history; nothing is sent live
  --speed X       the day so far is caught up X minutes a second (1)
  --rows N        rows of --bulk (5000000)
";

enum Task {
    Help,
    Push(String),
    Write(String),
    Answers,
    Bulk(String),
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(|(task, options, rows)| run(task, options, rows)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smartcenter-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task, options: DemoOptions, rows: u64) -> Result<()> {
    match task {
        Task::Help => print!("{HELP}"),
        Task::Push(url) => push(url, options)?,
        Task::Write(folder) => {
            let files = write_files(&options.world()?, Path::new(&folder))?;
            println!("seed {}: {files} files in {folder}", options.seed);
        }
        Task::Answers => {
            let answers = options.world()?.answers();
            let text = serde_json::to_string_pretty(&serde_json::json!({ "seed": options.seed, "answers": answers }));
            println!("{}", text.map_err(|e| Error::usage(e.to_string()))?);
        }
        Task::Bulk(file) => attendance_csv(rows, options.seed, &mut BufWriter::new(fs::File::create(file)?))?,
    }
    Ok(())
}

fn push(url: String, options: DemoOptions) -> Result<()> {
    let Ok(key) = std::env::var("SMARTCENTER_KEY") else {
        return Err(usage("SMARTCENTER_KEY is not set: put an API key into it"));
    };
    println!("seed {}", options.seed);
    let options = DemoOptions {
        url,
        keys: Keys::one(key),
        ..options
    };
    demo(options, &mut show)?;
    Ok(())
}

fn show(step: Progress) {
    match step {
        Progress::Planned {
            from,
            live_day,
            held,
            files,
            ..
        } => println!("history from {from}, live rows of {live_day}; the hub knows {held} payloads; {files} files"),
        Progress::File {
            dataset,
            name,
            done,
            files,
            answer,
        } => println!(
            "{done}/{files} {dataset} {name}: {} accepted, {} rejected",
            answer.rows.accepted, answer.rows.rejected
        ),
        Progress::Skipped { .. } => {}
        Progress::Live { dataset, name, answer } => {
            println!("live {dataset} {name}: {} accepted", answer.rows.accepted);
        }
        Progress::Corrected(corrected) => println!("corrected {}: {:?} ill pupils", corrected.day, corrected.ill),
        Progress::HistoryDone { summary } => println!(
            "history is in: {} rows, {} rejected",
            summary.accepted, summary.rejected
        ),
        Progress::Waiting { wait, reason } => eprintln!("waiting {:.1} s: {reason}", wait.as_secs_f64()),
        Progress::Warning(text) => eprintln!("warning: {text}"),
        Progress::Idle => println!("nothing left to send until tomorrow"),
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<(Task, DemoOptions, u64)> {
    let mut options = DemoOptions::new("", Keys::one(""));
    let (mut task, mut rows) = (Task::Help, 5_000_000);
    while let Some(flag) = words.next() {
        match flag.as_str() {
            "--help" | "-h" => return Ok((Task::Help, options, rows)),
            "--full" => options.size = Size::FULL,
            "answers" => task = Task::Answers,
            _ => {
                let value = words.next().ok_or_else(|| usage(format!("{flag} needs a value")))?;
                match flag.as_str() {
                    "--url" => task = Task::Push(value),
                    "write" => task = Task::Write(value),
                    "--bulk" => task = Task::Bulk(value),
                    "--seed" => options.seed = number(&flag, &value)?,
                    "--people" => options.size.people = share(&flag, &value)?,
                    "--activity" => options.size.activity = share(&flag, &value)?,
                    "--schools" => options.size.schools = number(&flag, &value)?,
                    "--years" => options.years = number(&flag, &value)?,
                    "--until" => options.until = Some(number::<NaiveDate>(&flag, &value)?),
                    "--speed" => options.speed = number(&flag, &value)?,
                    "--rows" => rows = number(&flag, &value)?,
                    _ => return Err(usage(format!("{flag} is not known"))),
                }
            }
        }
    }
    Ok((task, options, rows))
}

fn share(flag: &str, value: &str) -> Result<f64> {
    let share: f64 = number(flag, value)?;
    if share > 0.0 && share <= 1.0 {
        Ok(share)
    } else {
        Err(usage(format!("{flag}: {value:?} is not a share above 0 and up to 1")))
    }
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T> {
    value
        .parse()
        .map_err(|_| usage(format!("{flag}: {value:?} does not fit")))
}

fn usage(message: impl std::fmt::Display) -> Error {
    Error::usage(format!("{message} (see --help)"))
}
