//! Which sheet is read.

use super::{
    super::document::Asked,
    book::{Book, Row},
    head::{self, Found, Head},
};
use crate::{
    Error, Result,
    map::{list, show},
};
use smartcenter_warehouse::contract::fold;
use std::{cmp::Reverse, ops::ControlFlow};

/// The sheet, and where its rows begin.
pub(super) struct Chosen {
    /// Its number, from 0.
    pub index: usize,
    /// Its header.
    pub head: Head,
    /// What the receipt should say about the choice.
    pub warnings: Vec<String>,
}

/// The sheet that is asked for, or that the contract names, or the visible one whose header names most columns of the
/// contract.
pub(super) fn sheet(book: &mut dyn Book, asked: &Asked) -> Result<Chosen> {
    let wanted = asked.sheet.as_deref().or(asked.plan.contract.source.sheet.as_deref());
    if let Some(wanted) = wanted {
        let index = named(book, wanted)?;
        let found = survey(book, index, asked)?;
        return Ok(Chosen {
            index,
            head: head_of(book, index, found)?,
            warnings: Vec::new(),
        });
    }
    let visible: Vec<usize> = (0..book.sheets().len())
        .filter(|at| book.sheets().get(*at).is_some_and(|sheet| !sheet.is_hidden))
        .collect();
    let mut filled = Vec::new();
    for index in visible {
        if let Some(found) = survey(book, index, asked)? {
            filled.push((index, found));
        }
    }
    let others: Vec<usize> = filled.iter().map(|(index, _)| *index).collect();
    let best = filled
        .into_iter()
        .max_by_key(|(index, found)| (found.head.is_ok(), found.named, Reverse(*index)));
    let Some((index, found)) = best else {
        return Err(Error::invalid(format!(
            "the workbook has no visible sheet with a header (its sheets: {}): fill one, or name the one to read with ?sheet=",
            all(book)
        )));
    };
    let head = head_of(book, index, Some(found))?;
    let name = |at: &usize| {
        book.sheets()
            .get(*at)
            .map(|sheet| show(&sheet.name))
            .unwrap_or_default()
    };
    let rest: Vec<String> = others.iter().filter(|other| **other != index).map(name).collect();
    let mut warnings = Vec::new();
    if !rest.is_empty() {
        warnings.push(format!(
            "sheet {} was read; {} {} not: name another with ?sheet=, or push each of them",
            name(&index),
            list(rest.iter(), 10),
            if rest.len() == 1 { "was" } else { "were" }
        ));
    }
    Ok(Chosen { index, head, warnings })
}

/// The sheet with this name (case and blanks do not count), or else with this number.
fn named(book: &dyn Book, wanted: &str) -> Result<usize> {
    let sheets = book.sheets();
    let by_name = sheets.iter().position(|sheet| fold(&sheet.name) == fold(wanted));
    let by_number = || {
        wanted
            .trim()
            .parse()
            .ok()
            .and_then(|number: usize| number.checked_sub(1))
            .filter(|at| *at < sheets.len())
    };
    by_name.or_else(by_number).ok_or_else(|| {
        Error::invalid(format!(
            "the workbook has no sheet {}: it has {}",
            show(wanted),
            all(book)
        ))
    })
}

fn all(book: &dyn Book) -> String {
    let name = |(at, sheet): (usize, &super::book::Sheet)| {
        format!(
            "{} {}{}",
            at + 1,
            show(&sheet.name),
            if sheet.is_hidden { " (hidden)" } else { "" }
        )
    };
    list(book.sheets().iter().enumerate().map(name), 20)
}

/// What the first rows of a sheet are; nothing where it is empty.
fn survey(book: &mut dyn Book, index: usize, asked: &Asked) -> Result<Option<Found>> {
    let mut rows: Vec<Row> = Vec::new();
    // One more than are looked at, for what stands below the last.
    book.rows(index, &mut |row| {
        rows.push(row.clone());
        Ok(if rows.len() > head::ROWS {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    Ok(head::find(&rows, asked))
}

fn head_of(book: &dyn Book, index: usize, found: Option<Found>) -> Result<Head> {
    let name = book
        .sheets()
        .get(index)
        .map(|sheet| show(&sheet.name))
        .unwrap_or_default();
    let Some(found) = found else {
        return Err(Error::invalid(format!(
            "sheet {name} is empty: the workbook has {}; name the one to read with ?sheet=",
            all(book)
        )));
    };
    found
        .head
        .map_err(|error| Error::invalid(format!("sheet {name}, {}", error.message())))
}
