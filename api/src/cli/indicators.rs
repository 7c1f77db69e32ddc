//! `smartcenter indicators`: what is watched, how it is doing, and a refresh by hand.

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, models, output, table::Table};
use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::Value;
use smartcenter_warehouse::DatasetId;
use std::io::Write;

/// Arguments of `indicators`.
#[derive(Debug, Args)]
pub struct IndicatorsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: IndicatorsCommand,
}

/// What `indicators` can do.
#[derive(Debug, Subcommand)]
pub enum IndicatorsCommand {
    /// List all indicators: method, owner, series, and how many are flagged now
    Ls,
    /// Show one indicator; with --unit its points and what was found about them
    #[command(after_help = "\
Examples:
  smartcenter indicators show absensi_sekolah
  smartcenter indicators show absensi_sekolah --unit 20500001 --from 2026-07-01")]
    Show {
        /// Its id
        id: String,
        /// Points of this unit
        #[arg(long)]
        unit: Option<String>,
        /// From this day on
        #[arg(long, requires = "unit", value_name = "DATE")]
        from: Option<NaiveDate>,
        /// Up to this day
        #[arg(long, requires = "unit", value_name = "DATE")]
        to: Option<NaiveDate>,
    },
    /// Judge days of the past anew, from what had arrived by then, beside what is known now
    #[command(after_help = "\
Examples:
  smartcenter indicators backtest absensi_sekolah --from 2026-08-01 --to 2026-10-31
  smartcenter indicators backtest skdr_mingguan --from 2026-01-01 --to 2026-10-31 --delay-days 3")]
    Backtest {
        /// Its id
        id: String,
        /// First day
        #[arg(long, value_name = "DATE")]
        from: NaiveDate,
        /// Last day
        #[arg(long, value_name = "DATE")]
        to: NaiveDate,
        /// Days after the end of each at which it is looked at
        #[arg(long, default_value_t = 0)]
        delay_days: u32,
    },
    /// Bring indicators up to date now
    #[command(after_help = "\
Examples:
  smartcenter indicators refresh                          all of them
  smartcenter indicators refresh absensi_sekolah --full   from the ground up")]
    Refresh {
        /// One indicator; without it all
        id: Option<String>,
        /// Judge everything anew, whatever changed
        #[arg(long)]
        full: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &IndicatorsArgs) -> Outcome {
    hub::with(global, Absent::Refuse, |client| match &args.command {
        IndicatorsCommand::Ls => list(&client, global.json),
        IndicatorsCommand::Show { id, unit, from, to } => match unit {
            None => show(&client, id, global.json),
            Some(unit) => points(&client, id, unit, (*from, *to), global.json),
        },
        IndicatorsCommand::Backtest {
            id,
            from,
            to,
            delay_days,
        } => backtest(&client, id, (*from, *to), *delay_days, global.json),
        IndicatorsCommand::Refresh { id, full } => refresh(&client, id.as_deref(), *full, global.json),
    })
}

fn list(client: &Client, as_json: bool) -> Outcome {
    let (all, _) = client.list("/api/v1/indicators", &[], usize::MAX)?;
    if as_json {
        output::json(&all)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&[
        "indicator",
        "title",
        "method",
        "grain",
        "owner",
        ">series",
        ">flagged",
        "newest",
    ]);
    for one in &all {
        let text = |name: &str| one[name].as_str().unwrap_or_default();
        let count = |name: &str| {
            one["counts"][name]
                .as_u64()
                .map_or_else(String::new, |count| count.to_string())
        };
        let (series, flagged) = (count("series"), count("flagged"));
        table.add([
            text("id"),
            &output::short(text("title"), 40),
            text("method"),
            text("grain"),
            text("owner"),
            &series,
            &flagged,
            one["counts"]["newest"].as_str().unwrap_or_default(),
        ]);
    }
    written(&table)
}

fn show(client: &Client, id: &str, as_json: bool) -> Outcome {
    let one = client.get(&format!("/api/v1/indicators/{}", in_path(id)?), &[])?;
    if as_json {
        output::json(&one)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["", ""]);
    for key in [
        "id",
        "title",
        "title_en",
        "description",
        "unit",
        "family",
        "owner",
        "grain",
        "calendar",
        "direction",
        "method",
        "parameters",
        "rule",
        "masks",
        "data",
        "version",
        "alerts",
        "counts",
    ] {
        let value = match &one[key] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        table.add([key, &value]);
    }
    written(&table)
}

fn points(
    client: &Client,
    id: &str,
    unit: &str,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    as_json: bool,
) -> Outcome {
    let mut query = vec![("unit", unit.to_owned())];
    query.extend(from.map(|day| ("from", day.to_string())));
    query.extend(to.map(|day| ("to", day.to_string())));
    let (points, _) = client.list(
        &format!("/api/v1/indicators/{}/series", in_path(id)?),
        &query,
        usize::MAX,
    )?;
    if as_json {
        output::json(&points)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["date", ">observed", ">expected", ">upper", ">p", "flag", "note"]);
    for point in &points {
        let figure = |name: &str| {
            point[name]
                .as_f64()
                .map_or_else(String::new, |value| format!("{value:.3}"))
        };
        let flag = match (point["flag"].as_bool(), point["rule"].as_bool()) {
            (Some(true), _) | (_, Some(true)) => point["severity"].as_str().unwrap_or("flagged"),
            (None, _) => "-",
            _ => "",
        };
        let (observed, expected, upper, p) = (figure("observed"), figure("expected"), figure("upper"), figure("p"));
        let note = point["note"].as_str().unwrap_or_default();
        table.add([
            point["date"].as_str().unwrap_or_default(),
            &observed,
            &expected,
            &upper,
            &p,
            flag,
            note,
        ]);
    }
    written(&table)
}

fn backtest(client: &Client, id: &str, (from, to): (NaiveDate, NaiveDate), delay_days: u32, as_json: bool) -> Outcome {
    let query = [
        ("from", from.to_string()),
        ("to", to.to_string()),
        ("delay_days", delay_days.to_string()),
    ];
    let found = client.get(&format!("/api/v1/indicators/{}/backtest", in_path(id)?), &query)?;
    if as_json {
        output::json(&found)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["date", "unit", ">known then", "then", ">known now", "now"]);
    for point in found["flagged"].as_array().into_iter().flatten() {
        let value = |when: &str| {
            let value = point[when]["observed"].as_f64();
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1}"))
        };
        let said = |when: &str| match (&point[when], point[when]["flag"].as_bool()) {
            (Value::Null, _) => "not known",
            (said, flag) if flag == Some(true) || said["rule"] == true => "flagged",
            (_, None) => "no verdict",
            _ => "",
        };
        let (then, now) = (value("then"), value("now"));
        table.add([
            point["date"].as_str().unwrap_or_default(),
            point["unit"].as_str().unwrap_or_default(),
            &then,
            said("then"),
            &now,
            said("now"),
        ]);
    }
    let count = |name: &str| found[name].as_u64().unwrap_or_default();
    output::note(&format!(
        "{} points, of which {} were not known then; flagged then {}, now {}, both times {}",
        count("points"),
        count("unknown_then"),
        count("flagged_then"),
        count("flagged_now"),
        count("flagged_both")
    ));
    written(&table)
}

/// An indicator is kept as a model is: its table is refreshed by the model's name.
fn refresh(client: &Client, id: Option<&str>, full: bool, as_json: bool) -> Outcome {
    let ids = match id {
        Some(id) => vec![id.to_owned()],
        None => {
            let (all, _) = client.list("/api/v1/indicators", &[], usize::MAX)?;
            all.iter()
                .filter_map(|one| Some(one["id"].as_str()?.to_owned()))
                .collect()
        }
    };
    let tables: Result<Vec<DatasetId>, _> = ids.iter().map(|id| format!("indikator_{id}").parse()).collect();
    models::refresh_all(
        client,
        &tables.context("this is not the id of an indicator")?,
        full,
        as_json,
    )
}

fn written(table: &Table) -> Outcome {
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}

/// An id as a part of a path.
pub(super) fn in_path(id: &str) -> anyhow::Result<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if id.is_empty() || !id.chars().all(is_plain) {
        bail!("{id:?} is no id: ids have letters, digits, - and _ only");
    }
    Ok(id)
}
