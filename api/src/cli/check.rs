//! `smartcenter check`: everything wrong with settings and contracts, at once.

use super::{Global, Outcome, SettingsFaults, code, output, serve::HubArgs};
use clap::Args;
use smartcenter_warehouse::contract::{self, Registry};
use std::{io::Write, path::PathBuf};

/// Arguments of `check`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  smartcenter check                                  the settings, shipped contracts and those of ./data/contracts
  smartcenter check --contracts ./my-contracts       and those of another folder

Each fault is a line `file:line: message` on standard output; the exit code is 1 when there is any.")]
pub struct CheckArgs {
    /// What is to be checked as if a hub were started with it.
    #[command(flatten)]
    pub hub: HubArgs,
}

/// Runs the command.
///
/// # Errors
/// Only when the answer cannot be written; faults are the answer.
pub fn run(global: &Global, args: &CheckArgs) -> Outcome {
    let mut faults = Vec::new();
    let mut dirs = args.hub.contracts.clone();
    match args.hub.settings(global) {
        Ok(effective) => {
            dirs = effective.warehouse.contracts;
            dirs.insert(0, effective.warehouse.data.join("contracts"));
        }
        Err(error) => match error.downcast::<SettingsFaults>() {
            Ok(SettingsFaults(found)) => {
                faults.extend(found.into_iter().map(|fault| (fault.origin.to_string(), fault.message)));
                dirs.extend(global.data.as_ref().map(|data| data.join("contracts")));
            }
            Err(other) => return Err(other),
        },
    }
    faults.extend(
        contract::check(&dirs)
            .into_iter()
            .map(|fault| (format!("{}:{}", fault.file, fault.line), fault.message)),
    );
    if global.json {
        let list: Vec<_> = faults
            .iter()
            .map(|(place, message)| serde_json::json!({ "place": place, "message": message }))
            .collect();
        output::json(&serde_json::json!({ "faults": list }))?;
    } else {
        let mut out = output::stdout();
        for (place, message) in &faults {
            writeln!(out, "{place}: {message}")?;
        }
        out.flush()?;
    }
    if faults.is_empty() {
        output::note(&format!("no faults; {} contracts", contracts(&dirs)));
        return Ok(code::OK);
    }
    output::note(&format!("{} faults", faults.len()));
    Ok(code::FAILED)
}

fn contracts(dirs: &[PathBuf]) -> usize {
    Registry::gather(dirs, &[]).0.len()
}
