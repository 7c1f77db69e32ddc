//! `smartcenter check`: everything wrong with settings, contracts, models, indicators and boards, at once.

use super::{Global, Outcome, SettingsFaults, code, output, serve::HubArgs};
use crate::deliver::Courier;
use clap::Args;
use smartcenter_pipelines::{board, model};
use smartcenter_warehouse::contract::{self, Registry};
use std::{io::Write, path::PathBuf};

/// Arguments of `check`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  smartcenter check                                  settings, shipped contracts and models, and what is below ./data
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
    let mut data = global.data.clone();
    match args.hub.settings(global) {
        Ok(effective) => {
            dirs = effective.warehouse.contracts;
            dirs.insert(0, effective.warehouse.data.join("contracts"));
            // Files that the settings name, besides what the settings say.
            if let Err(error) = Courier::new(effective.deliver) {
                faults.push(("settings".to_owned(), error.message().to_owned()));
            }
            data = Some(effective.warehouse.data);
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
    let sites: Vec<PathBuf> = data.into_iter().collect();
    let found = check_site(&sites, &dirs)?;
    faults.extend(
        found
            .faults
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
        output::note(&format!(
            "no faults; {} contracts, {} models and indicators, {} boards of the site",
            contracts(&dirs),
            found.models,
            found.boards
        ));
        return Ok(code::OK);
    }
    output::note(&match faults.len() {
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    });
    Ok(code::FAILED)
}

/// How many there are, and what is wrong with them.
struct Checked {
    /// Models and indicators.
    models: usize,
    /// Boards of the site.
    boards: usize,
    faults: Vec<model::ModelFault>,
}

fn check_site(sites: &[PathBuf], contracts: &[PathBuf]) -> anyhow::Result<Checked> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (registry, _) = Registry::gather(contracts, &[]);
    runtime.block_on(Box::pin(async {
        let (plan, models, mut faults) = model::check(sites, &registry).await?;
        let (boards, wrong) = board::check(sites, &registry, &plan).await?;
        faults.extend(wrong);
        Ok(Checked { models, boards, faults })
    }))
}

fn contracts(dirs: &[PathBuf]) -> usize {
    Registry::gather(dirs, &[]).0.len()
}
