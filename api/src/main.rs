//! `smartcenter`: one program for the hub and for talking to it. The table of contents; each command is a file.

use smartcenter_api::cli::{self, Command};
use std::process::ExitCode;

/// Many threads make and drop buffers of columns: this allocator gives the memory back sooner and is faster at it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli::Cli { global, command } = cli::parse();
    let outcome = match command {
        Command::Serve(args) => cli::serve::run(&global, &args),
        Command::Demo(args) => cli::demo::run(&global, &args),
        Command::Check(args) => cli::check::run(&global, &args),
        Command::Push(args) => cli::push::run(&global, &args),
        Command::Sql(args) => cli::sql::run(&global, &args),
        Command::Feeds => cli::feeds::run(&global),
        Command::Quarantine(args) => cli::quarantine::run(&global, &args),
        Command::Contract(args) => cli::contract::run(&global, &args),
        Command::Models(args) => cli::models::run(&global, &args),
        Command::Indicators(args) => cli::indicators::run(&global, &args),
        Command::Alerts(args) => cli::alerts::run(&global, &args),
        Command::Report(args) => cli::report::run(&global, &args),
        Command::Detect(args) => cli::detect::run(&global, &args),
        Command::Key(args) => cli::key::run(&global, &args),
        Command::Backup(args) => cli::backup::run(&global, &args),
        Command::Restore(args) => cli::backup::restore(&global, &args),
        Command::Verify(args) => cli::backup::verify(&global, &args),
        Command::Audit(args) => cli::audit::run(&global, &args),
        Command::Wal(args) => cli::wal::run(&global, &args),
        Command::Completions(args) => cli::completions::run(&args),
    };
    cli::exit(outcome, &global)
}
