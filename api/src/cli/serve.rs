//! `smartcenter serve`: a hub until Ctrl-C.

use super::{Global, Outcome, code, load, output};
use crate::{
    server::{self, Opened, ServeOptions},
    settings::{self, Effective},
};
use anyhow::{Context, anyhow};
use clap::Args;
use smartcenter_warehouse::clock::{Clock, SystemClock};
use std::{io::Write, path::PathBuf, sync::Arc};

/// Arguments of `serve`.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
Examples:
  smartcenter serve                                  on http://127.0.0.1:8080, data in ./data
  smartcenter serve --data /srv/hub --contracts /etc/smartcenter/contracts
  smartcenter serve --print-config                   every setting, its value and where it comes from

Settings come from smartcenter.toml, then SMARTCENTER_<SECTION>_<KEY>, then flags.
The first start prints a key for the admin, once.")]
pub struct ServeArgs {
    /// Where settings and contracts are changed for one start.
    #[command(flatten)]
    pub hub: HubArgs,
    /// Print every setting with its value and origin, and end
    #[arg(long)]
    pub print_config: bool,
}

/// What commands take that run a hub.
#[derive(Debug, Default, Args)]
pub struct HubArgs {
    /// Folder with further contracts of the site; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub contracts: Vec<PathBuf>,
    /// Address of the HTTP door
    #[arg(long, value_name = "ADDR")]
    pub http: Option<String>,
}

impl HubArgs {
    /// The settings in force with these flags.
    pub(super) fn settings(&self, global: &Global) -> anyhow::Result<Effective> {
        let contracts = (!self.contracts.is_empty())
            .then(|| std::env::join_paths(&self.contracts).map(|paths| paths.to_string_lossy().into_owned()))
            .transpose()
            .context("--contracts")?;
        let sources = global.sources();
        load(&sources.flag("warehouse.contracts", contracts, "--contracts").flag(
            "http.addr",
            self.http.clone(),
            "--http",
        ))
    }
}

/// Runs the command.
///
/// # Errors
/// Faulty settings, a folder that another process holds, an address in use, a log that cannot be replayed.
pub fn run(global: &Global, args: &ServeArgs) -> Outcome {
    if global.url.is_some() {
        return Err(anyhow!("serve runs a hub here: --url names one elsewhere; use --data"));
    }
    let effective = args.hub.settings(global)?;
    if args.print_config {
        print_config(&effective, global.json)?;
        return Ok(code::OK);
    }
    serve(
        effective,
        Box::new(|opened| announce(opened).unwrap_or_else(|e| output::note(&format!("smartcenter: {e:#}")))),
    )
}

/// Runs a hub with these settings until it is told to stop.
pub(super) fn serve(effective: Effective, on_ready: server::OnReady) -> Outcome {
    crate::log::init(&effective.log.level, effective.log.format.into()).map_err(|e| anyhow!(e))?;
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    let options = ServeOptions {
        settings: effective.warehouse,
        addr: effective.http.addr,
        deliver: effective.deliver,
        report: effective.report,
        clock: Arc::new(SystemClock),
        on_ready: Some(on_ready),
    };
    runtime.block_on(server::serve(options))?;
    Ok(code::OK)
}

fn print_config(effective: &Effective, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&settings::as_json(effective));
    }
    let mut out = output::stdout();
    out.write_all(settings::as_toml(effective).as_bytes())?;
    Ok(out.flush()?)
}

fn announce(opened: &Opened) -> anyhow::Result<()> {
    let first = opened
        .warehouse
        .control()
        .keys()
        .ensure_first_admin(SystemClock.now())?;
    let url = &opened.url;
    let mut out = output::stdout();
    writeln!(
        out,
        "Smart Center is ready at {url} (documents at {url}/docs). Ctrl-C stops it."
    )?;
    if let Some(key) = first {
        let data = opened.warehouse.settings().data.display();
        writeln!(
            out,
            "\nThis first start made a key for the admin. It is shown this once and kept nowhere:\n\n    {key}\n\n\
             Use it from anywhere:\n    export SMARTCENTER_KEY={key}\n    \
             smartcenter key create dinkes --role opd --opd dinkes --url {url}\n\
             On this machine, commands with `--data {data}` need no key."
        )?;
    }
    Ok(out.flush()?)
}
