//! The command line. Commands on data are HTTP clients: of the hub at `--url`, of the one that runs on the folder
//! `--data`, or of one started on that folder just for them. What is meant for programs goes to standard output,
//! what is meant for a person watching goes to standard error.

pub mod alerts;
pub mod audit;
pub mod backup;
pub mod check;
mod client;
pub mod completions;
pub mod contract;
pub mod demo;
pub mod detect;
pub mod feeds;
mod hub;
pub mod indicators;
pub mod key;
pub mod models;
mod output;
pub mod push;
pub mod quarantine;
pub mod report;
pub mod serve;
pub mod sql;
mod table;
#[cfg(test)]
mod tests;
pub mod wal;

use crate::settings::{self, Effective, Sources};
use clap::{Args, Parser, Subcommand};
use std::{fmt, io::Write, path::PathBuf, process::ExitCode};

/// Exit codes, as the interface document has them.
pub mod code {
    /// Done; of a push: everything was accepted.
    pub const OK: u8 = 0;
    /// Not done; of a push: nothing was accepted.
    pub const FAILED: u8 = 1;
    /// Of a push: some rows were accepted, some are in quarantine.
    pub const PARTIAL: u8 = 3;
}

/// What a command ends with: an exit code, or what kept it from its work.
pub type Outcome = anyhow::Result<u8>;

/// One data bank for a regency: takes every agency's data, keeps them, and answers SQL and REST over them.
#[derive(Debug, Parser)]
#[command(
    name = "smartcenter",
    version,
    propagate_version = true,
    after_help = "\
Examples:
  smartcenter demo                                          a synthetic regency, ready to be asked
  smartcenter serve --data /srv/hub                         a hub on this machine
  smartcenter push absensi_harian_sekolah juli.csv          rows into it
  smartcenter sql \"SELECT count(*) FROM data.wilayah\"       and questions to it

Without --url, commands talk to the hub of the data folder on this machine and need no key."
)]
pub struct Cli {
    /// What all commands take.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What all commands take.
#[derive(Debug, Default, Args)]
pub struct Global {
    /// Folder of the hub on this machine [env: SMARTCENTER_DATA] [default: data]
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "url")]
    pub data: Option<PathBuf>,
    /// Address of a hub elsewhere; the key comes from SMARTCENTER_KEY or --key-file [env: SMARTCENTER_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub url: Option<String>,
    /// File that holds the key, and nothing else [env: SMARTCENTER_KEY_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Settings file [env: SMARTCENTER_CONFIG] [default: smartcenter.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a hub until Ctrl-C
    Serve(serve::ServeArgs),
    /// Run a hub with a synthetic regency that pushes to it
    Demo(demo::DemoArgs),
    /// Check settings and contracts: everything wrong at once, with file and line
    Check(check::CheckArgs),
    /// Push files into a dataset
    Push(push::PushArgs),
    /// Ask a question in SQL
    Sql(sql::SqlArgs),
    /// List the datasets: owner, last arrival, rows, freshness
    Feeds,
    /// Look at rejected rows
    Quarantine(quarantine::QuarantineArgs),
    /// Check and compare contracts
    Contract(contract::ContractArgs),
    /// List what is worked out from the datasets, and work it out now
    Models(models::ModelsArgs),
    /// List what is watched, show its points, and judge it now
    Indicators(indicators::IndicatorsArgs),
    /// List alerts, show what speaks for one, and note what was found
    Alerts(alerts::AlertsArgs),
    /// Show, save or make the weekly briefing
    Report(report::ReportArgs),
    /// Run a detector on a file of counts, without a hub
    Detect(detect::DetectArgs),
    /// Make, list and revoke API keys
    Key(key::KeyArgs),
    /// Take a backup of a hub, which may run
    Backup(backup::BackupArgs),
    /// Make the hub of a backup anew in an empty data folder
    Restore(backup::RestoreArgs),
    /// Read a backup from end to end: everything wrong at once
    Verify(backup::VerifyArgs),
    /// Check that the record of reads of personal data is as it was written
    Audit(audit::AuditArgs),
    /// Look into the write-ahead log
    Wal(wal::WalArgs),
    /// Print completions for a shell
    Completions(completions::CompletionsArgs),
}

/// Reads the command line; ends the process with its own message where it is wrong, or for `--help`.
pub fn parse() -> Cli {
    Cli::parse()
}

/// Tells what went wrong and turns the outcome into the process' exit code.
pub fn exit(outcome: Outcome, global: &Global) -> ExitCode {
    match outcome {
        Ok(code) => ExitCode::from(code),
        // Whoever reads us has seen enough, as in `smartcenter sql ... | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::from(code::OK),
        Err(error) => {
            // With standard error closed there is nobody left to tell.
            let _ = tell(&error, global.json);
            ExitCode::from(code::FAILED)
        }
    }
}

fn tell(error: &anyhow::Error, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stderr().lock();
    if json {
        let refused = error.downcast_ref::<client::Refused>();
        let document = refused.map_or_else(
            || serde_json::json!({ "title": "failed", "detail": format!("{error:#}") }),
            |refused| serde_json::json!(refused.document),
        );
        return writeln!(out, "{document}");
    }
    if let Some(faults) = error.downcast_ref::<SettingsFaults>() {
        return write!(out, "{faults}");
    }
    writeln!(out, "smartcenter: {error:#}")
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let is = |e: &std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
    error.downcast_ref::<std::io::Error>().is_some_and(is)
}

/// Everything wrong with the settings, one line each.
#[derive(Debug)]
pub struct SettingsFaults(Vec<settings::Fault>);

impl fmt::Display for SettingsFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| writeln!(f, "{fault}"))
    }
}

impl std::error::Error for SettingsFaults {}

impl Global {
    /// Where settings are looked for, the flags that all commands take included.
    fn sources(&self) -> Sources {
        let config = self
            .config
            .clone()
            .or_else(|| std::env::var_os("SMARTCENTER_CONFIG").map(PathBuf::from));
        let data = self.data.as_ref().map(|path| path.to_string_lossy().into_owned());
        Sources::from_process(config).flag("warehouse.data", data, "--data")
    }

    /// The settings in force.
    fn settings(&self) -> anyhow::Result<Effective> {
        load(&self.sources())
    }
}

fn load(sources: &Sources) -> anyhow::Result<Effective> {
    settings::load(sources).map_err(|faults| SettingsFaults(faults).into())
}
