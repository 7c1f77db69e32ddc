//! `smartcenter alerts`: what is unusual, what speaks for it, and steps of people.

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, indicators::in_path, output, table::Table};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write;

/// Arguments of `alerts`.
#[derive(Debug, Args)]
pub struct AlertsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AlertsCommand,
}

/// What `alerts` can do.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// List alerts, the worst first
    #[command(after_help = "\
Examples:
  smartcenter alerts ls                                        those that nobody is done with
  smartcenter alerts ls --severity tinggi,kritis --wilayah 35.03.11
  smartcenter alerts ls --status all --since 2026-07-01 --json")]
    Ls {
        /// Where they stand: open, acknowledged, verified, dismissed, closed, several with commas between, or all
        #[arg(long, default_value = "open,acknowledged")]
        status: String,
        /// How bad: info, sedang, tinggi, kritis, or several with commas between
        #[arg(long)]
        severity: Option<String>,
        /// Flagged on this day or later
        #[arg(long, value_name = "DATE")]
        since: Option<String>,
        /// Of which this institution is told
        #[arg(long)]
        owner: Option<String>,
        /// In this region or below it
        #[arg(long, value_name = "CODE")]
        wilayah: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Show one alert: evidence, where else was looked, and what people did
    #[command(after_help = "\
Example:
  smartcenter alerts show 5d0f3a9c77b1e204")]
    Show {
        /// Its id
        id: String,
    },
    /// Take an alert on
    #[command(after_help = "\
Example:
  smartcenter alerts acknowledge 5d0f3a9c77b1e204")]
    Acknowledge(StepArgs),
    /// An alert was checked, and is true
    #[command(after_help = "\
Example:
  smartcenter alerts verify 5d0f3a9c77b1e204 --note \"12 murid demam, puskesmas sudah mengambil sampel\"")]
    Verify(StepArgs),
    /// An alert was checked, and is false or harmless
    #[command(after_help = "\
Example:
  smartcenter alerts dismiss 5d0f3a9c77b1e204 --note \"libur setempat, tidak ada yang sakit\"")]
    Dismiss(StepArgs),
    /// Close an alert that has a verdict
    #[command(after_help = "\
Example:
  smartcenter alerts close 5d0f3a9c77b1e204 --note \"tidak ada kasus baru selama dua pekan\"")]
    Close(StepArgs),
    /// Let an alert rest until a moment
    #[command(after_help = "\
Example:
  smartcenter alerts snooze 5d0f3a9c77b1e204 --until 2026-08-20T07:00:00+07:00 --note \"menunggu hasil laboratorium\"")]
    Snooze {
        /// The alert, and why
        #[command(flatten)]
        step: StepArgs,
        /// Until when, such as 2026-08-20T07:00:00+07:00
        #[arg(long, value_name = "TIME")]
        until: chrono::DateTime<chrono::Utc>,
    },
}

/// A step of a person.
#[derive(Debug, Args)]
pub struct StepArgs {
    /// Id of the alert
    pub id: String,
    /// What was found, in a sentence; no names of persons
    #[arg(long, default_value = "")]
    pub note: String,
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &AlertsArgs) -> Outcome {
    hub::with(global, Absent::Refuse, |client| match &args.command {
        AlertsCommand::Ls {
            status,
            severity,
            since,
            owner,
            wilayah,
            limit,
        } => {
            let status = Some(status.clone()).filter(|status| status != "all");
            let wanted = [
                ("status", &status),
                ("severity", severity),
                ("since", since),
                ("owner", owner),
                ("wilayah", wilayah),
            ];
            let query: Vec<(&str, String)> = wanted
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?)))
                .collect();
            list(&client, &query, *limit, global.json)
        }
        AlertsCommand::Show { id } => {
            let alert = client.get(&format!("/api/v1/alerts/{}", in_path(id)?), &[])?;
            shown(&alert, global.json)
        }
        AlertsCommand::Acknowledge(step) => act(&client, "acknowledge", step, None, global.json),
        AlertsCommand::Verify(step) => act(&client, "verify", step, None, global.json),
        AlertsCommand::Dismiss(step) => act(&client, "dismiss", step, None, global.json),
        AlertsCommand::Close(step) => act(&client, "close", step, None, global.json),
        AlertsCommand::Snooze { step, until } => act(&client, "snooze", step, Some(json!(until)), global.json),
    })
}

fn list(client: &Client, query: &[(&str, String)], most: usize, as_json: bool) -> Outcome {
    let (alerts, more) = client.list("/api/v1/alerts", query, most)?;
    if as_json {
        output::json(&alerts)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["alert", "severity", "status", "since", "owner", "sentence"]);
    for alert in &alerts {
        let text = |name: &str| alert[name].as_str().unwrap_or_default();
        table.add([
            text("id"),
            text("severity"),
            text("status"),
            text("since"),
            text("owner"),
            text("sentence"),
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

fn act(client: &Client, action: &str, step: &StepArgs, until: Option<Value>, as_json: bool) -> Outcome {
    let mut body = json!({ "action": action, "note": step.note });
    if let Some(until) = until {
        body["until"] = until;
    }
    let path = format!("/api/v1/alerts/{}", in_path(&step.id)?);
    let alert: Value = client.ask(client.request(Method::POST, &path).json(&body))?.json()?;
    if as_json {
        output::json(&alert)?;
    } else {
        let text = |name: &str| output::harmless(alert[name].as_str().unwrap_or_default());
        output::note(&format!("{} is {}", text("id"), text("status")));
    }
    Ok(code::OK)
}

fn shown(alert: &Value, as_json: bool) -> Outcome {
    if as_json {
        output::json(alert)?;
        return Ok(code::OK);
    }
    let text = |value: &Value| output::harmless(value.as_str().unwrap_or_default());
    let mut out = output::stdout();
    writeln!(out, "{}", text(&alert["sentence"]))?;
    writeln!(
        out,
        "{}, {}, {}; since {}, last {}; for {}",
        text(&alert["severity"]),
        text(&alert["status"]),
        text(&alert["confidence"]),
        text(&alert["since"]),
        text(&alert["last"]),
        text(&alert["owner"])
    )?;
    if !alert["action"].is_null() {
        writeln!(out, "first: {}", text(&alert["action"]))?;
    }
    writeln!(out)?;
    let mut evidence = Table::new(&["evidence", "unit", "from", "to", ">excess", "data"]);
    for episode in items(&alert["evidence"]) {
        let unit = [&episode["name"], &episode["unit"]]
            .into_iter()
            .find(|value| value.is_string());
        let excess = episode["excess"]
            .as_f64()
            .map_or_else(String::new, |excess| format!("{excess:.1}"));
        evidence.add([
            text(&episode["title"]),
            unit.map(text).unwrap_or_default(),
            text(&episode["from"]),
            text(&episode["to"]),
            excess,
            text(&episode["data"]),
        ]);
    }
    evidence.write(&mut out)?;
    for checked in items(&alert["checked"]) {
        let sign = if checked["found"] == true { "+" } else { "-" };
        writeln!(out, "{sign} {}: {}", text(&checked["what"]), text(&checked["text"]))?;
    }
    for step in items(&alert["steps"]) {
        let by = step["by"]
            .as_str()
            .map_or_else(String::new, |by| format!(" by {}", output::harmless(by)));
        let at = output::moment(&step["at"]);
        let other = step["alert"].as_str().filter(|other| alert["id"] != **other);
        let of = other.map_or_else(String::new, |other| format!(" of {}", output::harmless(other)));
        writeln!(out, "{at} {}{of}{by}: {}", text(&step["deed"]), text(&step["note"]))?;
    }
    out.flush()?;
    Ok(code::OK)
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
