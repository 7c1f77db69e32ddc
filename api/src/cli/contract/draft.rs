//! `smartcenter contract draft`: a contract from a sample, and a profile of its columns.

use crate::cli::{
    Outcome, code, output,
    push::{Payload, format_named},
    table::Table,
};
use anyhow::{Context, bail};
use clap::Args;
use smartcenter_ingest::{Draft, DraftRequest, Format, Proposal, draft};
use smartcenter_warehouse::{DatasetId, InstitutionId};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// How it is used.
pub(super) const EXAMPLES: &str = "\
Examples:
  smartcenter contract draft \"Rekap Absensi.xlsx\" --dataset absensi_kelas --owner dikpora --output absensi_kelas.yaml
  smartcenter contract draft antrean.ndjson.gz --rows 5000
  smartcenter contract draft data.parquet --json

The contract goes to standard output (or --output), the profile of the columns to standard error. Read it line by line,
correct it, then: smartcenter contract lint FILE, smartcenter contract put FILE.";

/// Arguments of `contract draft`.
#[derive(Debug, Args)]
pub struct DraftArgs {
    /// The sample; - is standard input
    #[arg(value_name = "FILE")]
    pub sample: PathBuf,
    /// Name of the dataset; told by the file's name unless given
    #[arg(long)]
    pub dataset: Option<DatasetId>,
    /// Institution that owns it
    #[arg(long, value_name = "OPD", default_value = "opd-pemilik")]
    pub owner: InstitutionId,
    /// How the sample is written, where its name does not say it
    #[arg(long, value_parser = format_named)]
    pub format: Option<Format>,
    /// Workbooks: the sheet, by name or number from 1
    #[arg(long)]
    pub sheet: Option<String>,
    /// Look at so many rows, from the first on
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    pub rows: u64,
    /// File to write; standard output unless told
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A sample that cannot be read or is no file of rows.
pub(super) fn run(args: &DraftArgs, json: bool) -> Outcome {
    let payload = Payload::of(&args.sample, args.format)?;
    let dataset = match &args.dataset {
        Some(dataset) => dataset.to_string(),
        None => named(&args.sample)?,
    };
    if let Some(path) = args.output.as_deref().filter(|path| path.exists()) {
        bail!("{} is there already: a draft replaces no contract", path.display());
    }
    let request = DraftRequest {
        format: payload.format(),
        encoding: payload.packing(),
        dataset,
        owner: args.owner.to_string(),
        sheet: args.sheet.clone(),
        rows: args.rows.max(1),
    };
    let bar = payload.bar();
    let proposed = draft(&request, &mut payload.reader(&bar)?, &std::env::temp_dir());
    bar.finish_and_clear();
    let proposed = proposed.with_context(|| payload.name())?;
    if json {
        output::json(&proposed)?;
        return Ok(code::OK);
    }
    tell(&proposed)?;
    let mut out = output::target(args.output.as_deref())?;
    out.write_all(proposed.contract.as_bytes())?;
    out.flush()?;
    Ok(code::OK)
}

/// A dataset's name from that of a file.
fn named(path: &Path) -> anyhow::Result<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let snake: String = stem
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let parts: Vec<&str> = snake.split('_').filter(|part| !part.is_empty()).collect();
    parts
        .join("_")
        .parse::<DatasetId>()
        .map(|dataset| dataset.to_string())
        .context("the file's name makes no name for a dataset: give one with --dataset")
}

/// The profile, for the person who is going to correct the draft.
fn tell(draft: &Draft) -> anyhow::Result<()> {
    let mut err = std::io::stderr().lock();
    let mut table = Table::new(&["column", "type", ">missing", ">distinct", "class", "in it", "remarks"]);
    for column in &draft.columns {
        let mut ty = column
            .physical_type
            .clone()
            .unwrap_or_else(|| column.logical_type.to_owned());
        if draft.primary_key.contains(&column.name) {
            ty.push_str(", key");
        }
        table.add([
            column.name.clone(),
            ty,
            column.missing.to_string(),
            column.distinct.to_string(),
            column.classification.to_owned(),
            output::short(&holds(column), 40),
            output::short(&column.remarks.join("; "), 90),
        ]);
    }
    table.write(&mut err)?;
    let more = if draft.has_more { ", and there are more" } else { "" };
    writeln!(err, "{} rows were looked at{more}", draft.rows)?;
    for note in &draft.notes {
        writeln!(err, "- {note}")?;
    }
    Ok(())
}

/// What is in a column, as far as it may be shown.
fn holds(column: &Proposal) -> String {
    if !column.values.is_empty() {
        return column.values.join(", ");
    }
    if let Some((least, most)) = column.range {
        return format!("{least} to {most}");
    }
    if let Some(pattern) = &column.pattern {
        return pattern.clone();
    }
    column.examples.join(", ")
}
