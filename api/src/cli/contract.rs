//! `smartcenter contract`: check contracts, and see what a new version would change before it does.

mod draft;

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output, table::Table};
use anyhow::Context;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;
use smartcenter_warehouse::contract::{self, Contract, ContractFault, Origin};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Arguments of `contract`.
#[derive(Debug, Args)]
pub struct ContractArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ContractCommand,
}

/// What `contract` can do.
#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Propose a contract from a sample of any format, with what was found in each column; needs no hub
    #[command(after_help = draft::EXAMPLES)]
    Draft(draft::DraftArgs),
    /// Check contract files: everything wrong at once, with file and line; needs no hub
    #[command(after_help = "Example:\n  smartcenter contract lint contracts/dinkes/*.yaml")]
    Lint {
        /// Contract files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Say what a contract file would change, and whether it may; changes nothing
    #[command(after_help = "\
Examples:
  smartcenter contract diff kasus_penyakit.yaml                    against the one in force on the hub
  smartcenter contract diff new.yaml --against old.yaml            against another file; needs no hub

The exit code is 1 when the change would be refused.")]
    Diff {
        /// The new contract
        file: PathBuf,
        /// An older contract to compare with instead of the hub's
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// Put a contract in force on the hub, live
    #[command(after_help = "Example:\n  smartcenter contract put kasus_penyakit.yaml")]
    Put {
        /// The contract
        file: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// Files that cannot be read, a hub that is not there or refuses.
pub fn run(global: &Global, args: &ContractArgs) -> Outcome {
    match &args.command {
        ContractCommand::Draft(args) => draft::run(args, global.json),
        ContractCommand::Lint { files } => lint(files, global.json),
        ContractCommand::Diff {
            file,
            against: Some(old),
        } => match (read(old)?, read(file)?) {
            (Ok(old), Ok(new)) => shown(&serde_json::to_value(contract::compare(&old, &new))?, &new, global.json),
            (old, new) => {
                let faults: Vec<_> = [old.err(), new.err()].into_iter().flatten().flatten().collect();
                tell(&faults, global.json)
            }
        },
        ContractCommand::Diff { file, against: None } => put(global, file, true),
        ContractCommand::Put { file } => put(global, file, false),
    }
}

fn lint(files: &[PathBuf], json: bool) -> Outcome {
    let mut faults = Vec::new();
    for file in files {
        faults.extend(read(file)?.err().into_iter().flatten());
    }
    if faults.is_empty() {
        output::note(&format!("no faults in {} files", files.len()));
    }
    tell(&faults, json)
}

fn put(global: &Global, file: &Path, dry_run: bool) -> Outcome {
    // Judged here first: the hub cannot know the file's name.
    let contract = match read(file)? {
        Ok(contract) => contract,
        Err(faults) => return tell(&faults, global.json),
    };
    let change = hub::with(global, Absent::Refuse, |client| send(&client, &contract, dry_run))?;
    shown(&change, &contract, global.json)
}

fn send(client: &Client, contract: &Contract, dry_run: bool) -> anyhow::Result<Value> {
    let request = client
        .request(Method::PUT, &format!("/api/v1/contracts/{}", contract.dataset))
        .query(&[("dry_run", dry_run)])
        .header(reqwest::header::CONTENT_TYPE, "application/yaml")
        .body(contract.text.to_string());
    Ok(client.ask(request)?.json()?)
}

fn read(file: &Path) -> anyhow::Result<Result<Contract, Vec<ContractFault>>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(contract::parse(&text, Origin::Api, &file.display().to_string()))
}

fn tell(faults: &[ContractFault], json: bool) -> Outcome {
    if json {
        output::json(&serde_json::json!({ "faults": faults }))?;
    } else {
        let mut out = output::stdout();
        for fault in faults {
            writeln!(out, "{fault}")?;
        }
        out.flush()?;
    }
    Ok(if faults.is_empty() { code::OK } else { code::FAILED })
}

/// The change as a table, and whether it may be made.
fn shown(change: &Value, contract: &Contract, json: bool) -> Outcome {
    let list = |name: &str| change[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let refused = !list("refusals").is_empty();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if json {
        output::json(change)?;
        return Ok(if refused { code::FAILED } else { code::OK });
    }
    let mut out = output::stdout();
    let from = change["from"]
        .as_str()
        .map_or_else(|| "a new dataset".to_owned(), |from| format!("from {from}"));
    writeln!(
        out,
        "{} {}: {} ({from})",
        contract.dataset,
        text(&change["to"]),
        text(&change["kind"])
    )?;
    if !list("differences").is_empty() {
        let mut table = Table::new(&["what", "how", "weight"]);
        for difference in list("differences") {
            table.add([
                text(&difference["path"]),
                text(&difference["what"]),
                text(&difference["kind"]),
            ]);
        }
        table.write(&mut out)?;
    }
    for reason in list("refusals") {
        writeln!(out, "refused: {}", text(reason))?;
    }
    if change["activated"] == true {
        writeln!(out, "in force now")?;
    }
    out.flush()?;
    Ok(if refused { code::FAILED } else { code::OK })
}
