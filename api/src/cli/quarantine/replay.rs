//! `smartcenter quarantine replay`: rejected rows, read again.

use super::rules;
use crate::cli::{Outcome, client::Client, code, push};
use clap::Args;
use reqwest::Method;
use serde_json::json;
use smartcenter_ingest::FixRule;
use smartcenter_warehouse::ReceiptId;
use std::path::PathBuf;

/// Arguments of `quarantine replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Its receipt
    pub receipt: ReceiptId,
    /// Only tell how many rows would pass: nothing is kept
    #[arg(long)]
    pub dry_run: bool,
    /// A correction to make first: KOLOM:FROM=TO, KOLOM:/PATTERN/=TO, or KOLOM:=VALUE for cells without one
    #[arg(long, value_name = "FIX", value_parser = rules::read)]
    pub fix: Vec<FixRule>,
    /// A file with corrections, made before those of --fix
    #[arg(long, value_name = "FILE.yaml")]
    pub rules: Option<PathBuf>,
    /// Only the rows on these lines
    #[arg(long, value_delimiter = ',', value_name = "LINE")]
    pub lines: Vec<u64>,
    /// Most wrong cells to print
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub faults: usize,
}

pub(super) fn run(client: &Client, args: &ReplayArgs, is_json: bool) -> Outcome {
    let mut rules = args.rules.as_deref().map(rules::file).transpose()?.unwrap_or_default();
    rules.extend(args.fix.iter().cloned());
    let lines = (!args.lines.is_empty()).then_some(&args.lines);
    let path = format!("/api/v1/receipts/{}/replay", args.receipt);
    let body = json!({ "dry_run": args.dry_run, "rules": rules, "lines": lines });
    let response = client.send(|| Ok(client.request(Method::POST, &path).json(&body)))?;
    let (receipt, replayed) = push::receipt(response)?;
    if is_json {
        push::report::json_line(&receipt)?;
    } else {
        let name = format!("replay of {}", args.receipt);
        push::report::print(client, &name, &receipt, replayed, args.faults)?;
    }
    Ok(if receipt.rows.received == 0 {
        code::FAILED
    } else {
        push::exit_code(receipt.status, &receipt)
    })
}
