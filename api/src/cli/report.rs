//! `smartcenter report`: the weekly briefing, shown, saved, made.

use super::{
    Global, Outcome, client::Client, code, hub, hub::Absent, indicators::in_path, output, quarantine::Language,
    table::Table,
};
use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  smartcenter report                                  the newest briefing, in sentences
  smartcenter report 2026-W47 --out minggu-47.pdf     for printing; .xlsx to calculate, .json for programs
  smartcenter report 2026-W47 --make                  made anew now; late data give a new issue
  smartcenter report ls"
)]
pub struct ReportArgs {
    /// Something else than one briefing.
    #[command(subcommand)]
    pub command: Option<ReportCommand>,
    /// ISO week, such as 2026-W47; the newest that was issued unless told
    pub week: Option<String>,
    /// Write it here; the ending says how: .pdf, .xlsx or .json
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// An issue; the newest unless told
    #[arg(long, value_name = "N", conflicts_with = "make")]
    pub issue: Option<u32>,
    /// Language of sentences and files
    #[arg(long, value_enum, default_value_t = Language::Id)]
    pub lang: Language,
    /// Make it now; the week has to be named
    #[arg(long, requires = "week")]
    pub make: bool,
}

/// What `report` can do besides.
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    /// List the weeks with a briefing, newest first
    #[command(after_help = "\
Examples:
  smartcenter report ls
  smartcenter report ls --limit 4 --json")]
    Ls {
        /// At most so many
        #[arg(long, default_value_t = 52)]
        limit: usize,
    },
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses; a file that cannot be written.
pub fn run(global: &Global, args: &ReportArgs) -> Outcome {
    let ending = args.out.as_deref().map(ending).transpose()?;
    hub::with(global, Absent::Refuse, |client| match &args.command {
        Some(ReportCommand::Ls { limit }) => list(&client, *limit, args.lang, global.json),
        None => one(&client, args, ending, global.json),
    })
}

/// How a file of this name is written.
fn ending(path: &Path) -> anyhow::Result<&'static str> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let known = ["pdf", "xlsx", "json"]
        .into_iter()
        .find(|known| ending.eq_ignore_ascii_case(known));
    known.with_context(|| format!("{} is neither .pdf, .xlsx nor .json", path.display()))
}

fn list(client: &Client, most: usize, lang: Language, as_json: bool) -> Outcome {
    let (weeks, more) = client.list("/api/v1/reports", &[], most)?;
    if as_json {
        output::json(&weeks)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["week", "from", "to", ">issue", "made", "headline"]);
    for week in &weeks {
        let text = |name: &str| week[name].as_str().unwrap_or_default();
        let first = week["headline"][0][lang.code()].as_str().unwrap_or_default();
        let (issue, made) = (week["version"].to_string(), output::moment(&week["made_at"]));
        table.add([
            text("week"),
            text("from"),
            text("to"),
            issue.as_str(),
            made.as_str(),
            first,
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    if more {
        output::note(&format!("only the first {most}; --limit lists more"));
    }
    Ok(code::OK)
}

fn one(client: &Client, args: &ReportArgs, ending: Option<&str>, as_json: bool) -> Outcome {
    let week = match &args.week {
        Some(week) => week.clone(),
        None => newest(client)?,
    };
    let path = format!("/api/v1/reports/{}", in_path(&week)?);
    if args.make {
        let made: Value = client.ask(client.request(Method::POST, &path))?.json()?;
        output::note(&format!("{week} is in its issue {}", made["version"]));
    }
    let mut query = vec![("lang", args.lang.code().to_owned())];
    query.extend(args.issue.map(|issue| ("version", issue.to_string())));
    let (Some(out), Some(ending)) = (&args.out, ending) else {
        let report = client.get(&path, &query)?;
        return shown(&report, args.lang, as_json);
    };
    let from = match ending {
        "json" => path,
        file => format!("{path}.{file}"),
    };
    let bytes = client.ask(client.request(Method::GET, &from).query(&query))?.bytes()?;
    std::fs::write(out, &bytes).with_context(|| format!("{} cannot be written", out.display()))?;
    output::note(&format!("{} ({} bytes)", out.display(), bytes.len()));
    Ok(code::OK)
}

fn newest(client: &Client) -> anyhow::Result<String> {
    let (weeks, _) = client.list("/api/v1/reports", &[], 1)?;
    match weeks.first().and_then(|week| week["week"].as_str()) {
        Some(week) => Ok(week.to_owned()),
        None => bail!("no briefing was issued yet: name a week and use --make"),
    }
}

fn shown(report: &Value, lang: Language, as_json: bool) -> Outcome {
    if as_json {
        output::json(report)?;
        return Ok(code::OK);
    }
    let text = |value: &Value| output::harmless(value[lang.code()].as_str().unwrap_or_default());
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let plain = |name: &str| output::harmless(report[name].as_str().unwrap_or_default());
    let mut out = output::stdout();
    writeln!(
        out,
        "{} ({} to {}), issue {}",
        plain("week"),
        plain("from"),
        plain("to"),
        report["version"]
    )?;
    for sentence in items(&report["headline"]) {
        writeln!(out, "{}", text(&sentence))?;
    }
    for change in items(&report["changes"]) {
        writeln!(out, "* {}", text(&change["sentence"]))?;
    }
    for section in items(&report["sections"]) {
        writeln!(out, "\n{}", text(&section["title"]))?;
        for sentence in items(&section["sentences"]) {
            writeln!(out, "- {}", text(&sentence))?;
        }
    }
    out.flush()?;
    Ok(code::OK)
}
