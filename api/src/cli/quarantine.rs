//! `smartcenter quarantine`: rejected rows, to read here, to fix in a spreadsheet and push again, to read again under a
//! better contract, or to give up.

mod replay;
mod rules;

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
use clap::{Args, Subcommand, ValueEnum};
use reqwest::{
    Method,
    header::{ACCEPT, ACCEPT_LANGUAGE},
};
use serde_json::{Value, json};
use smartcenter_warehouse::{DatasetId, ReceiptId};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

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
        /// Only those with rows that wait to be fixed
        #[arg(long)]
        open: bool,
    },
    /// Show the wrong cells of a push
    #[command(after_help = "Example:\n  smartcenter quarantine show 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f")]
    Show {
        /// Its receipt
        receipt: ReceiptId,
        /// At most so many rows
        #[arg(long, default_value_t = 1000)]
        limit: usize,
        /// By what became of the rows
        #[arg(long, value_enum, default_value_t = State::All)]
        state: State,
        /// Purpose of reading what was sent
        #[arg(long, value_name = "CODE")]
        purpose: Option<String>,
    },
    /// Write the rejected rows of a push as CSV or XLSX, with line, column, rule and reason behind the original columns
    #[command(after_help = "\
Example:
  smartcenter quarantine export 0197a3f0-5c1e-7d3a-9c55-0a1b2c3d4e5f --output ditolak.xlsx

Fix the file and push it with --corrects RECEIPT: the column _baris tells which rows are corrected, the other three that
start with _ are ignored on the way in. In a workbook wrong cells are coloured, with the reason as a note.")]
    Export {
        /// Its receipt
        receipt: ReceiptId,
        /// File to write; standard output unless told
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
        /// How to write it; left out, what the file's ending says, or CSV
        #[arg(long, value_enum)]
        format: Option<ExportFormat>,
        /// By what became of the rows
        #[arg(long, value_enum, default_value_t = State::Open)]
        state: State,
        /// Language of the reasons: whoever fixes the rows reads them
        #[arg(long, value_enum, default_value_t = Language::Id)]
        lang: Language,
        /// Purpose of reading what was sent
        #[arg(long, value_name = "CODE")]
        purpose: Option<String>,
    },
    /// Read the open rejected rows of a push again, under the contract in force now
    #[command(after_help = "\
Examples:
  smartcenter quarantine replay RECEIPT --dry-run
  smartcenter quarantine replay RECEIPT --fix 'jenis_kelamin:Laki2=L' --fix 'tanggal:/^(\\d+)-(\\d+)-(\\d+)$/=$3-$1-$2'
  smartcenter quarantine replay RECEIPT --fix 'kabupaten:=3503'      cells without a value get this one
  smartcenter quarantine replay RECEIPT --rules perbaikan.yaml       a list of {column, from, to}, {column, pattern, to}
                                                                     or {column, missing}
Exit code: 0 all in, 3 some are still rejected, 1 none is in.")]
    Replay(replay::ReplayArgs),
    /// Give up rejected rows that will never be fixed
    #[command(after_help = "Example:\n  smartcenter quarantine discard RECEIPT --reason 'data uji coba'")]
    Discard {
        /// Its receipt
        receipt: ReceiptId,
        /// Why they will never be fixed; kept with the rows
        #[arg(long)]
        reason: String,
        /// Only the rows on these lines
        #[arg(long, value_delimiter = ',', value_name = "LINE")]
        lines: Vec<u64>,
    },
}

/// How rejected rows are written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Comma separated
    Csv,
    /// A workbook
    Xlsx,
}

/// A language of files for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Indonesian
    Id,
    /// English
    En,
}

impl Language {
    /// Its code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

/// What became of rejected rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Whatever it was
    All,
    /// Nobody did anything about them
    Open,
    /// A corrected file brought them in
    Corrected,
    /// They were sent again, and are rejected again
    Superseded,
    /// A replay brought them in
    Replayed,
    /// They were given up
    Discarded,
    /// They were open for too long
    Expired,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Corrected => "corrected",
            Self::Superseded => "superseded",
            Self::Replayed => "replayed",
            Self::Discarded => "discarded",
            Self::Expired => "expired",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &QuarantineArgs) -> Outcome {
    let json = global.json;
    hub::with(global, Absent::Refuse, |client| match &args.command {
        QuarantineCommand::Ls {
            dataset,
            since,
            limit,
            open,
        } => {
            let asked = Listed {
                dataset: dataset.as_ref(),
                since: *since,
                most: *limit,
                open: *open,
            };
            ls(&client, &asked, json)
        }
        QuarantineCommand::Show {
            receipt,
            limit,
            state,
            purpose,
        } => show(&client.for_purpose(purpose.as_deref()), *receipt, *limit, *state, json),
        QuarantineCommand::Export {
            receipt,
            output,
            format,
            state,
            lang,
            purpose,
        } => {
            let client = client.for_purpose(purpose.as_deref());
            export(&client, *receipt, output.as_deref(), *format, *state, *lang)
        }
        QuarantineCommand::Replay(args) => replay::run(&client, args, json),
        QuarantineCommand::Discard { receipt, reason, lines } => discard(&client, *receipt, reason, lines, json),
    })
}

/// Which pushes to list.
struct Listed<'a> {
    dataset: Option<&'a DatasetId>,
    since: Option<DateTime<Utc>>,
    most: usize,
    open: bool,
}

fn ls(client: &Client, asked: &Listed<'_>, json: bool) -> Outcome {
    let Listed {
        dataset,
        since,
        most,
        open,
    } = *asked;
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
    receipts.retain(|receipt| !open || receipt["rejects"]["open"].as_u64().unwrap_or_default() > 0);
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
        ">open",
        ">days",
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
            receipt["rejects"]["open"].as_u64().unwrap_or_default().to_string(),
            age(&receipt["received_at"]),
            output::short(&format!("{line}{}", text(&first["message"])), 80),
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}

/// Whole days since a moment.
fn age(moment: &Value) -> String {
    let at = moment.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    at.map_or_else(String::new, |at| (Utc::now() - at.to_utc()).num_days().to_string())
}

fn show(client: &Client, receipt: ReceiptId, most: usize, state: State, json: bool) -> Outcome {
    let query = [
        ("limit", most.clamp(1, 10_000).to_string()),
        ("state", state.as_str().to_owned()),
    ];
    let (rows, more) = client.list(&format!("/api/v1/receipts/{receipt}/rejects"), &query, most)?;
    if json {
        output::json(&rows)?;
        return Ok(code::OK);
    }
    let faults = cells(&rows);
    let mut out = output::stdout();
    if faults.is_empty() {
        // What was sent is hidden from this key: where and by which rule is not.
        let mut table = Table::new(&[">line", "state", "columns", "rules"]);
        for row in &rows {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            table.add([row["line"].to_string(), text("state"), text("columns"), text("rules")]);
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

fn export(
    client: &Client,
    receipt: ReceiptId,
    path: Option<&Path>,
    format: Option<ExportFormat>,
    state: State,
    language: Language,
) -> Outcome {
    let is_workbook = |path: &Path| {
        path.extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"))
    };
    let format = format.unwrap_or(match path {
        Some(path) if is_workbook(path) => ExportFormat::Xlsx,
        _ => ExportFormat::Csv,
    });
    let accept = match format {
        ExportFormat::Csv => "text/csv",
        ExportFormat::Xlsx => crate::rejects::XLSX,
    };
    let request = client
        .request(Method::GET, &format!("/api/v1/receipts/{receipt}/rejects"))
        .query(&[("state", state.as_str())])
        .header(ACCEPT, accept)
        .header(ACCEPT_LANGUAGE, language.code());
    super::sql::copy(client.ask(request)?, path)?;
    Ok(code::OK)
}

fn discard(client: &Client, receipt: ReceiptId, reason: &str, lines: &[u64], json: bool) -> Outcome {
    let lines = (!lines.is_empty()).then_some(lines);
    let request = client
        .request(Method::POST, &format!("/api/v1/receipts/{receipt}/rejects/discard"))
        .json(&json!({ "reason": reason, "lines": lines }));
    let answer: Value = client.ask(request)?.json()?;
    if json {
        output::json(&answer)?;
        return Ok(code::OK);
    }
    let mut out = output::stdout();
    writeln!(
        out,
        "{} rows given up, {} still open",
        answer["discarded"], answer["rejects"]["open"]
    )?;
    out.flush()?;
    Ok(code::OK)
}
