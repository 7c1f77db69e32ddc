//! `smartcenter wal inspect`: the segments of the write-ahead log, read without changing anything.

use super::{Global, Outcome, code, output, table::Table};
use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use smartcenter_warehouse::wal::{self, SegmentReport};
use std::io::Write;

/// Arguments of `wal`.
#[derive(Debug, Args)]
pub struct WalArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: WalCommand,
}

/// What `wal` can do.
#[derive(Debug, Subcommand)]
pub enum WalCommand {
    /// List the segments with positions, frames and how each ends; works on a running or stopped hub
    #[command(after_help = "Example:\n  smartcenter wal inspect --data /srv/hub")]
    Inspect,
}

/// Runs the command.
///
/// # Errors
/// A folder without a log, or one that cannot be read.
pub fn run(global: &Global, args: &WalArgs) -> Outcome {
    let WalCommand::Inspect = args.command;
    if global.url.is_some() {
        return Err(anyhow!(
            "the log is read from the hub's folder: use --data, on the machine of the hub"
        ));
    }
    let folder = global.settings()?.warehouse.data.join("wal");
    if !folder.is_dir() {
        bail!(
            "there is no log in {}: name the hub's folder with --data",
            folder.display()
        );
    }
    let segments = wal::inspect(&folder)?;
    if global.json {
        output::json(&segments)?;
    } else {
        let mut out = output::stdout();
        table(&segments).write(&mut out)?;
        out.flush()?;
    }
    let is_sound = |segment: &SegmentReport| matches!(segment.ends.as_str(), "end" | "blank header");
    Ok(if segments.iter().all(is_sound) {
        code::OK
    } else {
        code::FAILED
    })
}

fn table(segments: &[SegmentReport]) -> Table {
    let mut table = Table::new(&["segment", ">reserved", ">used", ">first", ">last", "frames", "ends"]);
    let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    for segment in segments {
        let frames: Vec<_> = segment
            .frames
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        table.add([
            segment.name.clone(),
            segment.size.to_string(),
            segment.used.to_string(),
            number(segment.first_seq),
            number(segment.last_seq),
            frames.join(", "),
            segment.ends.clone(),
        ]);
    }
    table
}
