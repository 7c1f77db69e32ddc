//! `smartcenter key`: API keys, made once, shown once, revoked at once.

use super::{Global, Outcome, client::Client, code, hub, hub::Absent, output, table::Table};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use smartcenter_warehouse::{InstitutionId, KeyName, RegionCode, policy::Role};
use std::io::Write;

/// Arguments of `key`.
#[derive(Debug, Args)]
pub struct KeyArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeyCommand,
}

/// What `key` can do.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key; it is printed once, alone on standard output
    #[command(after_help = "\
Examples:
  smartcenter key create dinkes --role opd --opd dinkes
  smartcenter key create analis-1 --role analis --expires 90
  smartcenter key create simpus --role layanan --scope push:kasus_penyakit --region 35.03.01")]
    Create(CreateArgs),
    /// List all keys, without the keys themselves
    Ls,
    /// End a key, at once and for good
    #[command(after_help = "Example:\n  smartcenter key revoke analis-1")]
    Revoke {
        /// Its name
        name: KeyName,
    },
}

/// Arguments of `key create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Unique name, never given out again
    pub name: KeyName,
    /// opd, layanan, analis, walidata, pimpinan or admin
    #[arg(long)]
    pub role: Role,
    /// Institution the key is bound to; an opd key must have one
    #[arg(long, value_name = "ID")]
    pub opd: Option<InstitutionId>,
    /// Region the key is bound to, such as 35.03.01; may be given more than once
    #[arg(long, value_name = "CODE")]
    pub region: Vec<RegionCode>,
    /// Named API scope, such as push:kasus_penyakit; may be given more than once
    #[arg(long, value_name = "S")]
    pub scope: Vec<String>,
    /// Days until the key stops working by itself
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub expires: Option<u32>,
}

/// Runs the command.
///
/// # Errors
/// A hub that is not there or refuses.
pub fn run(global: &Global, args: &KeyArgs) -> Outcome {
    match &args.command {
        KeyCommand::Create(new) => hub::with(global, Absent::Create, |client| create(&client, new, global.json)),
        KeyCommand::Ls => hub::with(global, Absent::Refuse, |client| list(&client, global.json)),
        KeyCommand::Revoke { name } => hub::with(global, Absent::Refuse, |client| revoke(&client, name, global.json)),
    }
}

fn create(client: &Client, new: &CreateArgs, as_json: bool) -> Outcome {
    let expires_at = new
        .expires
        .map(|days| chrono::Utc::now() + chrono::TimeDelta::days(days.into()));
    let body = json!({
        "name": new.name,
        "role": new.role,
        "institution": new.opd,
        "regions": new.region,
        "scopes": new.scope,
        "expires_at": expires_at,
    });
    let made: Value = client
        .ask(client.request(Method::POST, "/api/v1/keys").json(&body))?
        .json()?;
    if as_json {
        output::json(&made)?;
        return Ok(code::OK);
    }
    output::note(&format!(
        "key {} ({}) is made; it is shown this once and kept nowhere:",
        new.name,
        new.role.as_str()
    ));
    let mut out = output::stdout();
    writeln!(out, "{}", made["key"].as_str().unwrap_or_default())?;
    out.flush()?;
    Ok(code::OK)
}

fn list(client: &Client, as_json: bool) -> Outcome {
    let (keys, _) = client.list("/api/v1/keys", &[], usize::MAX)?;
    if as_json {
        output::json(&keys)?;
        return Ok(code::OK);
    }
    let mut table = Table::new(&["name", "role", "institution", "regions", "scopes", "made", "ends"]);
    for key in &keys {
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        let joined = |name: &str| {
            let items = key[name].as_array().map(Vec::as_slice).unwrap_or_default();
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        };
        let ends = match (&key["revoked_at"], &key["expires_at"]) {
            (Value::Null, Value::Null) => String::new(),
            (Value::Null, at) => output::moment(at),
            (at, _) => format!("revoked {}", output::moment(at)),
        };
        let made = output::moment(&key["created_at"]);
        table.add([
            text("name"),
            text("role"),
            text("institution"),
            joined("regions"),
            joined("scopes"),
            made,
            ends,
        ]);
    }
    let mut out = output::stdout();
    table.write(&mut out)?;
    out.flush()?;
    Ok(code::OK)
}

fn revoke(client: &Client, name: &KeyName, as_json: bool) -> Outcome {
    let revoked: Value = client
        .ask(client.request(Method::DELETE, &format!("/api/v1/keys/{name}")))?
        .json()?;
    if as_json {
        output::json(&revoked)?;
    } else {
        output::note(&format!("key {name} is revoked: it opens nothing from now on"));
    }
    Ok(code::OK)
}
