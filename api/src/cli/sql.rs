//! `smartcenter sql`: a question, and its answer as a table or in a format for programs.

mod rows;

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use reqwest::{Method, blocking::Response};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    path::PathBuf,
};

/// Arguments of `sql`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter sql \"SELECT kode, nama FROM ref.wilayah WHERE level = 'kecamatan'\"
  smartcenter sql \"SELECT * FROM data.kasus_penyakit WHERE periode_mulai >= $1\" --param 2025-01-01
  smartcenter sql --file question.sql --format parquet --output answer.parquet
  echo \"SELECT 1\" | smartcenter sql - --format csv

Schemas: data (current rows), history, quarantine, ref (code lists), system.")]
pub struct SqlArgs {
    /// One reading statement; - reads it from standard input
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub statement: Option<String>,
    /// File that holds the statement
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Format of the answer [default: table, or json with --json]
    #[arg(long, value_enum)]
    pub format: Option<AnswerFormat>,
    /// Value for $1, $2, ... in turn: JSON where it reads as such, otherwise text
    #[arg(long = "param", value_name = "VALUE")]
    pub params: Vec<String>,
    /// Most rows wanted; a table shows 1000 unless told
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// File to write the answer to
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Purpose of reading personal data
    #[arg(long, value_name = "CODE")]
    pub purpose: Option<String>,
}

/// Format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnswerFormat {
    /// Aligned, for people
    Table,
    /// Comma-separated, with a header line
    Csv,
    /// One JSON document
    Json,
    /// One JSON object per line
    Ndjson,
    /// Arrow IPC stream
    Arrow,
    /// Parquet file
    Parquet,
}

/// Rows of a table, unless told.
const TABLE_ROWS: u64 = 1000;

/// Runs the command.
///
/// # Errors
/// A wrong statement, a hub that is not there or refuses, an answer that broke off.
pub fn run(global: &Global, args: &SqlArgs) -> Outcome {
    let statement = statement(args)?;
    let format = args.format.unwrap_or(if global.json {
        AnswerFormat::Json
    } else {
        AnswerFormat::Table
    });
    hub::with(global, Absent::Refuse, |client| {
        let client = client.for_purpose(args.purpose.as_deref());
        if format == AnswerFormat::Table {
            let most = args.limit.unwrap_or(TABLE_ROWS);
            let response = ask(&client, &statement, &args.params, "arrow", Some(most.saturating_add(1)))?;
            let mut out = output::target(args.output.as_deref())?;
            let more = rows::write_table(response, most, &mut out)?;
            out.flush()?;
            if more {
                output::note(&format!(
                    "the first {most} rows; more with --limit, all with --format csv"
                ));
            }
        } else {
            let response = ask(&client, &statement, &args.params, format.name(), args.limit)?;
            copy(response, args.output.as_deref())?;
        }
        Ok(code::OK)
    })
}

/// The answer to `statement` as a table of at most `most` rows, and whether there are more.
pub(super) fn print_table(client: &Client, statement: &str, most: u64, out: &mut impl Write) -> anyhow::Result<bool> {
    rows::write_table(ask(client, statement, &[], "arrow", Some(most + 1))?, most, out)
}

impl AnswerFormat {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Table | Self::Arrow => "arrow",
            Self::Parquet => "parquet",
        }
    }
}

fn ask(client: &Client, sql: &str, params: &[String], format: &str, limit: Option<u64>) -> anyhow::Result<Response> {
    let mut body = json!({ "sql": sql, "format": format });
    if !params.is_empty() {
        body["params"] = params.iter().map(|text| value(text)).collect();
    }
    if let Some(limit) = limit {
        body["limit"] = limit.into();
    }
    client.ask(client.request(Method::POST, "/api/v1/sql").json(&body))
}

/// Numbers, truth values and null as JSON has them, anything else as text: dates and codes need no quotes.
fn value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Null | Value::String(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

fn statement(args: &SqlArgs) -> anyhow::Result<String> {
    let text = match (&args.statement, &args.file) {
        (_, Some(path)) => {
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?
        }
        (Some(text), None) if text == "-" => {
            let mut text = String::new();
            std::io::stdin()
                .lock()
                .read_to_string(&mut text)
                .context("standard input cannot be read")?;
            text
        }
        (text, None) => text.clone().unwrap_or_default(),
    };
    if text.trim().is_empty() {
        bail!("the statement is empty");
    }
    Ok(text)
}

pub(super) fn copy(mut response: Response, path: Option<&std::path::Path>) -> anyhow::Result<()> {
    let mut out = output::target(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        // Reading and writing are told apart: a reader that left is no error, an answer cut short is.
        let read = response
            .read(&mut buffer)
            .context("the answer broke off: what was written is not whole")?;
        if read == 0 {
            return Ok(out.flush()?);
        }
        out.write_all(&buffer[..read])?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_json_where_they_read_as_such() {
        for (text, wanted) in [
            ("1", json!(1)),
            ("1.5", json!(1.5)),
            ("true", json!(true)),
            ("null", json!(null)),
            ("\"12\"", json!("12")),
            ("2025-01-01", json!("2025-01-01")),
            ("35.03.01", json!("35.03.01")),
            ("[1]", json!("[1]")),
            ("", json!("")),
        ] {
            assert_eq!(value(text), wanted, "{text}");
        }
    }
}
