//! Rejected rows of one push, read through the caller's own SQL session, so that the policy covers what it must.

use crate::{
    fetch::{fetch, read},
    paging::Page,
    problem::Answer,
    receipt_body::CellFault,
};
use axum::body::{Body, Bytes};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use smartcenter_warehouse::{
    Receipt, Result,
    query::{Limits, Params, QueryStream, Session},
};
use std::collections::HashSet;
use utoipa::ToSchema;

/// A rejected row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectedRow {
    /// Line of the payload on which the row starts, from 1.
    pub line: i64,
    /// Columns that were wrong, joined with `; `.
    pub columns: String,
    /// Rules that failed, joined with `; `.
    pub rules: String,
    /// Everything found wrong; left out where the sent text is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faults: Option<Vec<CellFault>>,
    /// Header and text of every cell as it was sent; left out where the sent text is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Vec<(String, String)>>,
}

/// The quarantine table as SQL shows it; masked columns are null.
#[derive(Debug, Deserialize)]
struct Stored {
    line: i64,
    #[serde(default)]
    columns: String,
    #[serde(default)]
    rules: String,
    messages: Option<String>,
    faults: Option<String>,
    raw: Option<String>,
}

impl Stored {
    fn cells(&self) -> Result<Option<Vec<(String, String)>>> {
        Ok(self.raw.as_deref().map(serde_json::from_str).transpose()?)
    }
}

/// A page of rejected rows in the order of the payload, behind line `after`.
pub async fn page(session: &Session, receipt: &Receipt, after: Option<i64>, limit: usize) -> Answer<Page<RejectedRow>> {
    let sql = format!("{} AND line > $2 ORDER BY line LIMIT {}", select(receipt), limit + 1);
    let params = vec![receipt.receipt_id.to_string().into(), after.unwrap_or(-1).into()];
    let mut rows: Vec<Stored> = if receipt.rows.rejected == 0 {
        Vec::new()
    } else {
        fetch(session, &sql, params).await?
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.line.to_string());
    let items = rows.into_iter().map(shown).collect::<Result<_>>()?;
    Ok(Page { items, next })
}

fn shown(row: Stored) -> Result<RejectedRow> {
    let cells = row.cells()?;
    let faults = row.faults.as_deref().map(serde_json::from_str).transpose()?;
    Ok(RejectedRow {
        line: row.line,
        columns: row.columns,
        rules: row.rules,
        faults,
        cells,
    })
}

/// All rejected rows as CSV in the sender's own columns, streamed. Reads them twice: rows of JSON may have different
/// columns, and the header line comes first.
pub async fn csv(session: Session, receipt: Receipt) -> Answer<Body> {
    let mut columns = Columns::default();
    let mut first = open(&session, &receipt).await?;
    while let Some(batch) = first.next().await {
        for row in read::<Stored>(&batch?)? {
            columns.add(row.cells()?.unwrap_or_default());
        }
    }
    let header = Bytes::from(columns.header());
    let rows = open(&session, &receipt).await?.map(move |batch| {
        let mut text = String::new();
        for row in read::<Stored>(&batch?)? {
            columns.write(&row, &mut text)?;
        }
        Ok::<_, smartcenter_warehouse::Error>(Bytes::from(text))
    });
    Ok(Body::from_stream(
        futures::stream::once(async { Ok(header) }).chain(rows),
    ))
}

async fn open(session: &Session, receipt: &Receipt) -> Result<QueryStream> {
    let sql = format!("{} ORDER BY line", select(receipt));
    session
        .query(
            &sql,
            Params::Positional(vec![receipt.receipt_id.to_string().into()]),
            Limits::default(),
        )
        .await
}

fn select(receipt: &Receipt) -> String {
    // A dataset id is lower-case letters, digits and _, so it needs no quoting beyond that of a keyword.
    format!(
        "SELECT line, columns, rules, messages, faults, raw FROM quarantine.\"{}\" WHERE receipt_id = $1",
        receipt.dataset
    )
}

/// Our own columns behind those of the sender; ignored when the file is pushed again.
const OURS: [&str; 4] = ["_baris", "_kolom", "_aturan", "_alasan"];

/// The sender's columns, in the order of their first appearance.
#[derive(Debug, Default)]
struct Columns {
    names: Vec<String>,
    known: HashSet<String>,
}

impl Columns {
    fn add(&mut self, cells: Vec<(String, String)>) {
        for (name, _) in cells {
            if !OURS.contains(&name.as_str()) && !self.known.contains(&name) {
                self.known.insert(name.clone());
                self.names.push(name);
            }
        }
    }

    fn header(&self) -> String {
        let mut text = String::new();
        line(self.names.iter().map(String::as_str).chain(OURS), &mut text);
        text
    }

    fn write(&self, row: &Stored, text: &mut String) -> Result<()> {
        let cells = row.cells()?.unwrap_or_default();
        // Cells stand in the order of the header nearly always; a look-up by name serves the rest.
        let value = |(index, name): (usize, &String)| match cells.get(index) {
            Some((own, value)) if own == name => value.as_str(),
            _ => cells
                .iter()
                .find(|(own, _)| own == name)
                .map_or("", |(_, value)| value.as_str()),
        };
        let number = row.line.to_string();
        let ours = [
            number.as_str(),
            &row.columns,
            &row.rules,
            row.messages.as_deref().unwrap_or_default(),
        ];
        line(self.names.iter().enumerate().map(value).chain(ours), text);
        Ok(())
    }
}

/// One CSV line (RFC 4180).
fn line<'a>(cells: impl Iterator<Item = &'a str>, text: &mut String) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        let special = |c| matches!(c, ',' | '"' | '\n' | '\r' | ';' | '\t' | '|');
        if cell.contains(special) || cell.starts_with(' ') || cell.ends_with(' ') {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests;
