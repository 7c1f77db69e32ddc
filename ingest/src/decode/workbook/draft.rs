//! The header of a sheet that no contract knows yet: the topmost row with most titles, and the groups above it.

use super::{
    super::document::Held,
    book::{Book, Row, Value},
    choose, head, open,
};
use crate::{Error, Format, Result};
use std::{cmp::Reverse, collections::HashSet, ops::ControlFlow};

/// Titles of the columns of the sheet called `sheet`, or of the first visible one that has a header.
pub(in super::super) fn headers(
    format: Format,
    held: &mut Held,
    sheet: Option<&str>,
    limit: u64,
) -> Result<Vec<String>> {
    let mut book = open(format, held, limit)?;
    let indexes = match sheet {
        Some(wanted) => vec![choose::named(&*book, wanted)?],
        None => (0..book.sheets().len())
            .filter(|at| book.sheets().get(*at).is_some_and(|sheet| !sheet.is_hidden))
            .collect(),
    };
    for index in indexes {
        let titles = titles(&first_rows(&mut *book, index)?);
        if !titles.is_empty() {
            return Ok(titles);
        }
    }
    Err(Error::invalid(
        "no sheet has a header with rows below it: name the sheet, or the columns in one row above the data",
    ))
}

fn first_rows(book: &mut dyn Book, index: usize) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    book.rows(index, &mut |row| {
        rows.push(row.clone());
        Ok(if rows.len() > head::ROWS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    Ok(rows)
}

fn titles(rows: &[Row]) -> Vec<String> {
    let texts = |row: &Row| -> usize {
        let texts = row.cells().iter().filter_map(|cell| match row.value(cell) {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        });
        texts.collect::<HashSet<_>>().len()
    };
    // The last row has nothing below it, so it heads nothing.
    let above = rows.split_last().map_or(&[][..], |(_, above)| above);
    let best = above
        .iter()
        .enumerate()
        .max_by_key(|(at, row)| (texts(row), Reverse(*at)));
    let Some((bottom, row)) = best.filter(|(_, row)| texts(row) > 0) else {
        return Vec::new();
    };
    // A group is merged over its columns; a title above all of them is none.
    let group = bottom.checked_sub(1).and_then(|at| rows.get(at)).filter(|above| {
        above.number + 1 == row.number && above.cells().iter().any(|cell| cell.across > 1) && texts(above) > 1
    });
    let from = if group.is_some() { bottom - 1 } else { bottom };
    let lines = rows.get(from..=bottom).unwrap_or_default();
    let columns: Vec<u32> = {
        let mut all: Vec<u32> = lines
            .iter()
            .flat_map(|row| row.cells())
            .map(|cell| cell.column)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    columns
        .into_iter()
        .filter_map(|column| head::choices(lines, column).into_iter().next())
        .collect()
}
