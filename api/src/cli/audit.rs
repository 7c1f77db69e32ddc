//! `smartcenter audit verify`: is the record of reads of personal data as it was written?

use super::{Global, Outcome, code, output};
use anyhow::anyhow;
use clap::{Args, Subcommand};
use smartcenter_warehouse::control::audit::{self, Head};
use std::io::Write;

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: AuditCommand,
}

/// What `audit` can do.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the chain of records from the first to the last; works on a running or stopped hub
    #[command(after_help = "\
The last line is the head of the chain. Keep it where the hub cannot write; with --head a later run shows that nothing
before it was changed, removed or written anew. The records themselves: SELECT * FROM system.audit, as admin.

Example:
  smartcenter audit verify --data /srv/hub --head 17:ab01...")]
    Verify {
        /// The head that an earlier run printed
        #[arg(long, value_name = "N:HASH")]
        head: Option<Head>,
    },
}

/// Runs the command.
///
/// # Errors
/// A folder without a hub, or a chain that is not intact: the message names the first record that is wrong.
pub fn run(global: &Global, args: &AuditArgs) -> Outcome {
    let AuditCommand::Verify { head } = &args.command;
    if global.url.is_some() {
        return Err(anyhow!(
            "the record is checked in the hub's folder: use --data, on the machine of the hub"
        ));
    }
    let store = global.settings()?.warehouse.data.join("control.sqlite");
    let found = audit::verify(&store, head.as_ref())?;
    if global.json {
        output::json(&found)?;
    } else {
        let mut out = output::stdout();
        writeln!(out, "{} records, all as they were written", found.n)?;
        writeln!(out, "{found}")?;
        out.flush()?;
    }
    Ok(code::OK)
}
