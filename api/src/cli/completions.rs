//! `smartcenter completions`: completions for a shell.

use super::{Cli, Outcome, code, output};
use clap::{Args, CommandFactory};
use clap_complete::Shell;
use std::io::Write;

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  smartcenter completions bash > /etc/bash_completion.d/smartcenter
  smartcenter completions fish > ~/.config/fish/completions/smartcenter.fish")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// When the answer cannot be written.
pub fn run(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "smartcenter", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(code::OK)
}
