//! Rejected rows as CSV. What a sender wrote stays as it was, a leading `=`, `+`, `-` or `@` too: the file is made to go
//! in again, and a hub that changed values would make new mistakes.

use super::{
    Stored, Wanted, open,
    table::{Gathering, OURS, Row, Table},
};
use crate::{fetch::read, problem::Answer, reasons::Tongue};
use axum::body::{Body, Bytes};
use futures::StreamExt;
use smartcenter_warehouse::{Receipt, Result, contract::Contract, query::Session};
use std::{borrow::Cow, sync::Arc};

/// The rejected rows as CSV in the sender's own columns, streamed. Reads them twice: rows of JSON may have different
/// columns, and the header line comes first.
pub async fn csv(
    session: Session,
    receipt: Receipt,
    contract: Arc<Contract>,
    wanted: Wanted,
    tongue: Tongue,
) -> Answer<Body> {
    let mut gathering = Gathering::new(contract, tongue);
    let mut first = open(&session, &receipt, wanted).await?;
    while let Some(batch) = first.next().await {
        read::<Stored>(&batch?)?.iter().try_for_each(|row| gathering.add(row))?;
    }
    let table = gathering.finish();
    let header = Bytes::from(header(&table));
    let rows = open(&session, &receipt, wanted).await?.map(move |batch| {
        let mut text = String::new();
        for row in read::<Stored>(&batch?)? {
            write(&table, &row, &mut text)?;
        }
        Ok::<_, smartcenter_warehouse::Error>(Bytes::from(text))
    });
    Ok(Body::from_stream(
        futures::stream::once(async { Ok(header) }).chain(rows),
    ))
}

pub(super) fn header(table: &Table) -> String {
    let mut text = String::new();
    line(table.names.iter().map(String::as_str).chain(OURS), &mut text);
    text
}

pub(super) fn write(table: &Table, stored: &Stored, text: &mut String) -> Result<()> {
    let row = Row::of(stored)?;
    let cells = (0..table.names.len()).map(|at| {
        table
            .cell(&row, at)
            .map_or(Cow::Borrowed(""), |cell| table.text(cell, at))
    });
    line(cells.chain(table.ours(&row)?), text);
    Ok(())
}

/// One CSV line (RFC 4180).
fn line(cells: impl Iterator<Item = impl AsRef<str>>, text: &mut String) {
    for (index, cell) in cells.enumerate() {
        let cell = cell.as_ref();
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
