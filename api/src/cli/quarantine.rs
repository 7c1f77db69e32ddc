//! `smartcenter quarantine`: rejected rows, to read here or to fix in a spreadsheet and push again.

use super::{
    Global, Outcome,
    client::Client,
    code, hub,
    hub::Absent,
    output,
    push::report::{cells, fault_table},
    table::Table,
};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use reqwest::{Method, header::ACCEPT};
use serde_json::Value;
use smartcenter_warehouse::{DatasetId, ReceiptId};
use std::{io::Write, path::PathBuf};

/// Arguments of `quarantine`.
#[derive(Debug, Args)]
pub struct QuarantineArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: QuarantineCommand,
}

/// What `quarantine` can do.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List pushes that left rows in quarantine, newest first
    #[command(after_help = "\
Examples:
  smartcenter quarantine ls
  smartcenter quarantine ls --dataset kasus_penyakit --since 2026-01-01T00:00:00Z")]
    Ls {
        /// Of this dataset only
        #[arg(long)]
        dataset: Option<DatasetId>,
        /// That arrived at this moment (RFC 3339) or later
        #[arg(long)]
        since: Option<DateTime<Utc>>,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show the wrong cells of a push
    #[command(after_help = "Example:\n  smartcenter quarantine show 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f")]
    Show {
        /// Its receipt
        receipt: ReceiptId,
        /// At most so many rows
        #[arg(long, default_value_t = 1000)]
        limit: usize,
        /// Purpose of reading what was sent
        #[arg(long, value_name = "CODE")]
        purpose: Option<String>,
    },
    /// Write the rejected rows of a push as CSV, with line, column, rule and reason behind the original columns
    #[command(after_help = "\
Example:
  smartcenter quarantine export 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f --output ditolak.csv

Fix the file and push it again; the four columns that start with _ are ignored on the way in.")]
    Export {
        /// Its receipt
        receipt: ReceiptId,
        /// File to write; standard output unless told
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Purpose of reading what was sent
        #[arg(long, value_name = "CODE")]
        purpose: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &QuarantineArgs) -> Outcome {
    let json = global.json;
    hub::with(global, Absent::Refuse, |client| match &args.command {
        QuarantineCommand::Ls { dataset, since, limit } => ls(&client, dataset.as_ref(), *since, *limit, json),
        QuarantineCommand::Show {
            receipt,
            limit,
            purpose,
        } => show(&client.for_purpose(purpose.as_deref()), *receipt, *limit, json),
        QuarantineCommand::Export {
            receipt,
            output,
            purpose,
        } => export(&client.for_purpose(purpose.as_deref()), *receipt, output.as_deref()),
    })
}

fn ls(client: &Client, dataset: Option<&DatasetId>, since: Option<DateTime<Utc>>, most: usize, json: bool) -> Outcome {
    let mut receipts = Vec::new();
    for status in ["partial", "rejected"] {
        let mut query = vec![
            ("status", status.to_owned()),
            ("limit", most.clamp(1, 1000).to_string()),
        ];
        query.extend(dataset.map(|dataset| ("dataset", dataset.to_string())));
        query.extend(since.map(|since| ("since", since.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))));
        receipts.extend(client.list("/api/v1/receipts", &query, most)?.0);
    }
    // Receipt ids sort by arrival.
    receipts.sort_by(|a, b| b["receipt_id"].as_str().cmp(&a["receipt_id"].as_str()));
    receipts.truncate(most);
    if json {
        output::json(&receipts)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&[
        "receipt",
        "arrived",
        "dataset",
        "status",
        ">received",
        ">rejected",
        "first fault",
    ]);
    for receipt in &receipts {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let count = |name: &str| receipt["rows"][name].as_u64().unwrap_or_default().to_string();
        let first = &receipt["faults"][0];
        let line = first["line"]
            .as_u64()
            .map_or_else(String::new, |line| format!("line {line}: "));
        table.add([
            text(&receipt["receipt_id"]),
            output::moment(&receipt["received_at"]),
            text(&receipt["dataset"]),
            text(&receipt["status"]),
            count("received"),
            count("rejected"),
            output::short(&format!("{line}{}", text(&first["message"])), 80),
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}

fn show(client: &Client, receipt: ReceiptId, most: usize, json: bool) -> Outcome {
    let query = [("limit", most.clamp(1, 10_000).to_string())];
    let (rows, more) = client.list(&format!("/api/v1/receipts/{receipt}/rejects"), &query, most)?;
    if json {
        output::json(&rows)?;
        return Ok(code::OK);
    }
    let faults = cells(&rows);
    let mut out = output::stdout();
    if faults.is_empty() {
        // What was sent is hidden from this key: where and by which rule is not.
        let mut table = Table::new(&[">line", "columns", "rules"]);
        for row in &rows {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            table.add([row["line"].to_string(), text("columns"), text("rules")]);
        }
        table.write(&mut out)?;
    } else {
        fault_table(&faults).write(&mut out)?;
    }
    out.flush()?;
    if more {
        output::note(&format!(
            "the first {most} rows; more with --limit, all with `smartcenter quarantine export {receipt}`"
        ));
    }
    Ok(code::OK)
}

fn export(client: &Client, receipt: ReceiptId, path: Option<&std::path::Path>) -> Outcome {
    let request = client
        .request(Method::GET, &format!("/api/v1/receipts/{receipt}/rejects"))
        .header(ACCEPT, "text/csv");
    super::sql::copy(client.ask(request)?, path)?;
    Ok(code::OK)
}
