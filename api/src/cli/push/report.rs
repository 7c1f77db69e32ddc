//! What a person is told about a push.

use super::{Client, further};
use crate::{
    cli::{
        output::{self, short},
        table::Table,
    },
    receipt_body::{CellFault, PushStatus, ReceiptBody},
};
use serde_json::Value;
use std::io::Write;

/// The receipt on one line of standard output.
pub fn json_line(receipt: &ReceiptBody) -> anyhow::Result<()> {
    let mut out = output::stdout();
    writeln!(out, "{}", serde_json::to_string(receipt)?)?;
    Ok(out.flush()?)
}

/// The receipt, then every wrong cell up to `most`.
pub fn print(client: &Client, name: &str, receipt: &ReceiptBody, replayed: bool, most: usize) -> anyhow::Result<()> {
    let mut out = output::stdout();
    summary(&mut out, name, receipt, replayed)?;
    if !receipt.faults.is_empty() && most > 0 {
        let (faults, more) = faults(client, receipt, most)?;
        writeln!(out)?;
        fault_table(&faults).write(&mut out)?;
        out.flush()?;
        match (more, receipt.dry_run) {
            (true, false) => further(receipt),
            (true, true) => output::note("a dry run shows the first wrong cells only"),
            (false, _) => {}
        }
    }
    Ok(out.flush()?)
}

fn summary(out: &mut impl Write, name: &str, receipt: &ReceiptBody, replayed: bool) -> anyhow::Result<()> {
    let status = match receipt.status {
        PushStatus::Accepted => "accepted",
        PushStatus::Partial => "partial",
        PushStatus::Rejected => "rejected",
        PushStatus::Duplicate => "duplicate",
    };
    let aside = match (receipt.dry_run, replayed) {
        (true, _) => " (dry run: nothing kept)",
        (_, true) => " (pushed before: nothing changed)",
        _ => "",
    };
    writeln!(
        out,
        "{} → {} {}: {}{aside}",
        name,
        receipt.dataset,
        receipt.contract_version,
        output::status(status)
    )?;
    let rows = &receipt.rows;
    let parts = [
        (rows.received, "received"),
        (rows.accepted, "accepted"),
        (rows.updated, "updated"),
        (rows.unchanged, "unchanged"),
        (rows.stale, "stale"),
        (rows.deleted, "deleted"),
        (rows.duplicate, "duplicate"),
        (rows.rejected, "rejected"),
    ];
    let shown = parts.iter().enumerate().filter(|(i, (count, _))| *i < 2 || *count > 0);
    writeln!(
        out,
        "  rows     {}",
        shown
            .map(|(_, (n, what))| format!("{n} {what}"))
            .collect::<Vec<_>>()
            .join(", ")
    )?;
    if !receipt.dry_run {
        let position = receipt.seq.map_or_else(String::new, |seq| format!(", position {seq}"));
        writeln!(out, "  receipt  {}{position}", receipt.receipt_id)?;
    }
    if let Some(corrects) = &receipt.corrects {
        writeln!(
            out,
            "  closed   {} rows of receipt {}, {} are rejected again",
            corrects.closed, corrects.receipt_id, corrects.superseded
        )?;
    }
    for warning in &receipt.warnings {
        writeln!(out, "  warning  {}", output::harmless(warning))?;
    }
    Ok(())
}

/// The first `most` wrong cells and whether there are more. A receipt carries the first few; the rest is asked for.
fn faults(client: &Client, receipt: &ReceiptBody, most: usize) -> anyhow::Result<(Vec<CellFault>, bool)> {
    let carried = receipt.faults.len();
    let complete = carried < smartcenter_warehouse::RECEIPT_FAULTS;
    if complete || most <= carried || receipt.dry_run {
        let more = !complete || most < carried;
        return Ok((receipt.faults.iter().take(most).cloned().collect(), more));
    }
    let (rows, more) = client.list(&receipt.links.rejects, &[("limit", most.min(10_000).to_string())], most)?;
    let mut all = cells(&rows);
    if all.len() < carried {
        // The rows are hidden from this key, or a fault is of the whole batch and of no row.
        return Ok((receipt.faults.clone(), true));
    }
    let more = more || all.len() > most;
    all.truncate(most);
    Ok((all, more))
}

/// The faults of rejected rows as the API lists them.
pub fn cells(rows: &[Value]) -> Vec<CellFault> {
    let of = |row: &Value| serde_json::from_value::<Vec<CellFault>>(row["faults"].clone()).unwrap_or_default();
    rows.iter().flat_map(of).collect()
}

/// A line for each wrong cell.
pub fn fault_table(faults: &[CellFault]) -> Table {
    let mut table = Table::new(&[">line", "column", "rule", "value", "message"]);
    for fault in faults {
        let value = fault
            .value
            .as_deref()
            .map_or_else(String::new, |value| short(value, 40));
        let column = fault.column.clone().unwrap_or_default();
        table.add([
            fault.line.to_string(),
            column,
            fault.rule.clone(),
            value,
            fault.message.clone(),
        ]);
    }
    table
}
