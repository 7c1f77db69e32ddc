//! `smartcenter models`: what is worked out, and a refresh by hand.

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output, table::Table};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::Value;
use smartcenter_warehouse::DatasetId;
use std::io::Write;

/// Arguments of `models`.
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: ModelsCommand,
}

/// What `models` can do.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List all models: rows, when they were worked out, and what keeps one from it
    Ls,
    /// Bring models up to date now
    #[command(after_help = "\
Examples:
  smartcenter models refresh                                   all of them, in their order
  smartcenter models refresh kehadiran_sekolah_harian
  smartcenter models refresh kehadiran_sekolah_harian --full   from the ground up")]
    Refresh {
        /// One model; without it all
        name: Option<DatasetId>,
        /// Work everything out anew, whatever changed
        #[arg(long)]
        full: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &ModelsArgs) -> Outcome {
    hub::with(global, Absent::Refuse, |client| match &args.command {
        ModelsCommand::Ls => list(&client, global.json),
        ModelsCommand::Refresh { name, full } => refresh(&client, name.as_ref(), *full, global.json),
    })
}

fn list(client: &Client, as_json: bool) -> Outcome {
    let (models, _) = client.list("/api/v1/models", &[], usize::MAX)?;
    if as_json {
        output::json(&models)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["model", "kind", "owner", ">rows", "refreshed", ">ms", ""]);
    for model in &models {
        let text = |name: &str| model[name].as_str().unwrap_or_default();
        let number = |name: &str| {
            model[name]
                .as_u64()
                .map_or_else(String::new, |number| number.to_string())
        };
        let refreshed = match &model["refreshed_at"] {
            Value::Null => String::new(),
            at => output::moment(at),
        };
        let (rows, milliseconds) = (number("rows"), number("milliseconds"));
        table.add([
            text("name"),
            text("kind"),
            text("owner"),
            &rows,
            &refreshed,
            &milliseconds,
            text("last_error"),
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}

fn refresh(client: &Client, name: Option<&DatasetId>, full: bool, as_json: bool) -> Outcome {
    let names = match name {
        Some(name) => vec![name.clone()],
        None => {
            let (models, _) = client.list("/api/v1/models", &[], usize::MAX)?;
            let tables = models.iter().filter(|model| model["kind"] == "table");
            tables
                .filter_map(|model| model["name"].as_str()?.parse().ok())
                .collect()
        }
    };
    refresh_all(client, &names, full, as_json)
}

/// Brings these tables up to date, one after the other.
pub(super) fn refresh_all(client: &Client, names: &[DatasetId], full: bool, as_json: bool) -> Outcome {
    let mut done: Vec<Value> = Vec::new();
    for name in names {
        let path = format!("/api/v1/models/{name}/refresh");
        let request = client.request(Method::POST, &path).query(&[("full", full)]);
        let answer: Value = client.ask(request)?.json()?;
        if !as_json {
            output::note(&sentence(&answer));
        }
        done.push(answer);
    }
    if as_json {
        output::json(&done)?;
    }
    Ok(code::OK)
}

fn sentence(answer: &Value) -> String {
    let name = answer["name"].as_str().unwrap_or_default();
    let scope = match answer["changed_slices"].as_u64() {
        None => "everything".to_owned(),
        Some(1) => "1 slice".to_owned(),
        Some(slices) => format!("{slices} slices"),
    };
    let rows = &answer["receipt"]["rows"];
    let count = |what: &str| rows[what].as_u64().unwrap_or(0);
    format!(
        "{name}: {scope} in {} ms; {} rows new, {} changed, {} gone",
        answer["milliseconds"],
        count("inserted"),
        count("updated"),
        count("deleted")
    )
}
