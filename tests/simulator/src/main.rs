//! `smartcenter-simulator`: the synthetic regency against a running hub, or as files.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

use chrono::{Datelike, Days, NaiveDate, Utc};
use smartcenter_simulator::{
    DemoOptions, Error, Keys, Present, Progress, Result, World, attendance_csv, demo, history, live_day,
    reference_envelopes,
};
use std::{fs, io::BufWriter, path::Path, process::ExitCode};

const HELP: &str = "\
A synthetic Trenggalek.

  smartcenter-simulator --url URL        push to a running hub; key from SMARTCENTER_KEY
  smartcenter-simulator --csv-out DIR    write the files that would be pushed
  smartcenter-simulator --bulk FILE      write --rows rows of attendance into one CSV

  --seed N      seed of the world (2026)          --schools N   schools (120; whole regency 1250)
  --years N     years of history (1)              --speed X     live rows come X times faster (1)
  --rows N      rows of --bulk (5000000)
";

struct Arguments {
    url: Option<String>,
    csv_out: Option<String>,
    bulk: Option<String>,
    seed: u64,
    schools: usize,
    years: u32,
    speed: f64,
    rows: u64,
}

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(|arguments| arguments.map_or(Ok(()), |a| run(&a))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smartcenter-simulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    match arguments {
        Arguments { url: Some(url), .. } => push(arguments, url),
        Arguments {
            csv_out: Some(folder), ..
        } => write_files(arguments, Path::new(folder)),
        Arguments {
            bulk: Some(file),
            rows,
            seed,
            ..
        } => attendance_csv(*rows, *seed, &mut BufWriter::new(fs::File::create(file)?)),
        _ => {
            print!("{HELP}");
            Ok(())
        }
    }
}

fn push(arguments: &Arguments, url: &str) -> Result<()> {
    let Ok(key) = std::env::var("SMARTCENTER_KEY") else {
        return Err(usage("SMARTCENTER_KEY is not set: put an API key into it"));
    };
    let options = DemoOptions {
        seed: arguments.seed,
        schools: arguments.schools,
        years: arguments.years,
        speed: arguments.speed,
        ..DemoOptions::new(url, Keys::one(key))
    };
    println!("seed {}", options.seed);
    demo(options, &mut |step| match step {
        Progress::Planned {
            from,
            live_day,
            held,
            files,
            ..
        } => {
            println!("history from {from}, live rows of {live_day}; hub holds {held} reports; {files} files to push");
        }
        Progress::File {
            dataset,
            name,
            done,
            files,
            answer,
        } => {
            println!(
                "{done}/{files} {dataset} {name}: {} accepted, {} rejected",
                answer.rows.accepted, answer.rows.rejected
            );
        }
        Progress::Live { dataset, name, answer } => {
            println!("live {dataset} {name}: {} accepted", answer.rows.accepted);
        }
        Progress::Corrected(corrected) => println!("corrected {}: {:?} ill pupils", corrected.day, corrected.ill),
        Progress::HistoryDone { summary } => println!("history is in: {} rows", summary.accepted),
        Progress::Waiting { wait, reason } => eprintln!("waiting {:.1} s: {reason}", wait.as_secs_f64()),
        Progress::Warning(text) => eprintln!("warning: {text}"),
        Progress::Idle => println!("nothing left to send until the next school day"),
    })?;
    Ok(())
}

fn write_files(arguments: &Arguments, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let world = World::new(arguments.seed, arguments.schools)?;
    let until = live_day(&world, Utc::now()) - Days::new(1);
    let from = NaiveDate::from_ymd_opt(until.year() - arguments.years as i32, until.month(), 1).unwrap_or(until);
    for envelope in reference_envelopes()? {
        fs::write(folder.join(&envelope.name), &envelope.body)?;
    }
    let files = history(&world, from, until, &Present::default());
    for file in &files {
        fs::write(folder.join(&file.name), file.envelope(world.seed).body)?;
    }
    println!("seed {}: {} files in {}", world.seed, files.len() + 4, folder.display());
    Ok(())
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>> {
    let mut arguments = Arguments {
        url: None,
        csv_out: None,
        bulk: None,
        seed: 2026,
        schools: 120,
        years: 1,
        speed: 1.0,
        rows: 5_000_000,
    };
    while let Some(flag) = words.next() {
        if matches!(flag.as_str(), "--help" | "-h") {
            print!("{HELP}");
            return Ok(None);
        }
        let value = words.next().ok_or_else(|| usage(format!("{flag} needs a value")))?;
        match flag.as_str() {
            "--url" => arguments.url = Some(value),
            "--csv-out" => arguments.csv_out = Some(value),
            "--bulk" => arguments.bulk = Some(value),
            "--seed" => arguments.seed = number(&flag, &value)?,
            "--schools" => arguments.schools = number(&flag, &value)?,
            "--years" => arguments.years = number(&flag, &value)?,
            "--speed" => arguments.speed = number(&flag, &value)?,
            "--rows" => arguments.rows = number(&flag, &value)?,
            _ => return Err(usage(format!("{flag} is not known"))),
        }
    }
    Ok(Some(arguments))
}

fn number<T: std::str::FromStr>(flag: &str, value: &str) -> Result<T> {
    value
        .parse()
        .map_err(|_| usage(format!("{flag}: {value:?} is not a number that fits")))
}

fn usage(message: impl std::fmt::Display) -> Error {
    Error::usage(format!("{message} (see --help)"))
}
