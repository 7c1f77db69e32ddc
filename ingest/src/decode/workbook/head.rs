//! Finding the header: below titles, over two or three lines, with merged groups, and with a line of column numbers
//! under it.

use super::{
    super::{Dialect, document::Asked},
    book::{Row, Shows, Value},
    fit, number,
};
use crate::{
    Error, Result,
    map::{Header, is_operation, list, show},
};
use smartcenter_warehouse::contract::{Contract, fold};
use std::{cmp::Reverse, collections::HashSet, sync::Arc};

/// Rows with cells among which the header is looked for.
pub(super) const ROWS: usize = 50;
/// Most lines of a header.
const LINES: usize = 3;
/// A header has no signs.
const DIALECT: Dialect = Dialect {
    delimiter: b',',
    quote: b'"',
};

/// The header of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// Mapped to the contract.
    pub header: Arc<Header>,
    /// Column of the sheet of each column of the header.
    pub columns: Vec<u32>,
    /// Last row that belongs to it.
    pub last: u64,
    /// The rows down to there, which a page break may repeat.
    pub rows: Vec<Row>,
    /// The line of column numbers below it.
    pub numbering: Option<u64>,
}

/// The best candidate of a sheet.
pub(super) struct Found {
    /// Columns of the contract that it names.
    pub named: usize,
    /// It, or what is wrong with it.
    pub head: Result<Head>,
}

/// Some lines as a header.
struct Candidate {
    bottom: usize,
    lines: usize,
    names: Vec<(u32, String)>,
    named: usize,
}

/// Looks for the header among the first rows of a sheet; nothing where there is no text at all.
pub(super) fn find(rows: &[Row], asked: &Asked) -> Option<Found> {
    let best = (0..rows.len())
        .flat_map(|bottom| {
            (1..=LINES)
                .filter_map(move |lines| Some((bottom, lines, rows.get((bottom + 1).checked_sub(lines)?..=bottom)?)))
        })
        .filter(|(_, _, lines)| {
            lines
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if a.number + 1 == b.number))
        })
        .map(|(bottom, lines, rows)| Candidate::new(bottom, lines, rows, asked))
        .max_by_key(|found| {
            (
                found.named,
                found.is_complete(&asked.plan.contract, asked),
                Reverse(found.lines),
                Reverse(found.bottom),
            )
        })?;
    if best.named > 0 {
        return Some(Found {
            named: best.named,
            head: best.head(rows, asked),
        });
    }
    // What has the most texts is what the sender takes for the header.
    let texts = |row: &Row| {
        row.cells()
            .iter()
            .filter(|cell| matches!(row.value(cell), Value::Text(_)))
            .count()
    };
    let row = rows
        .iter()
        .max_by_key(|row| (texts(row), Reverse(row.number)))
        .filter(|row| texts(row) > 0)?;
    let names = Candidate::new(0, 1, std::slice::from_ref(row), asked).names;
    let (contract, most) = (&asked.plan.contract, rows.len());
    let needed = contract
        .columns
        .iter()
        .filter(|column| column.required)
        .map(|column| show(&column.name));
    let needed: Vec<String> = needed.collect();
    let message = format!(
        "dataset {}: none of the first {most} rows names a column of the contract; row {} comes nearest with {}: name the columns \
         as the contract does{}",
        contract.dataset,
        row.number,
        list(names.iter().map(|(_, name)| show(name)), 12),
        if needed.is_empty() {
            String::new()
        } else {
            format!(", {} at least", list(needed.iter(), 12))
        },
    );
    Some(Found {
        named: 0,
        head: Err(Error::invalid(message)),
    })
}

impl Candidate {
    fn new(bottom: usize, lines: usize, rows: &[Row], asked: &Asked) -> Self {
        let mut columns: Vec<u32> = rows
            .iter()
            .flat_map(|row| row.cells())
            .map(|cell| cell.column)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        let known = &asked.plan.names;
        let mut taken = HashSet::new();
        let mut names = Vec::new();
        for column in columns {
            let choices = choices(rows, column);
            let mapped = choices
                .iter()
                .find(|name| known.column(name).is_some_and(|index| !taken.contains(&index)));
            if let Some(index) = mapped.and_then(|name| known.column(name)) {
                taken.insert(index);
            }
            // What is no column of the contract is called as it stands there.
            names.extend(mapped.or(choices.last()).map(|name| (column, name.clone())));
        }
        let operations = names.iter().filter(|(_, name)| is_operation(name)).count().min(1);
        Self {
            bottom,
            lines,
            named: taken.len() + if taken.is_empty() { 0 } else { operations },
            names,
        }
    }

    fn is_complete(&self, contract: &Contract, asked: &Asked) -> bool {
        self.named > 0 && self.map(contract, asked).is_ok()
    }

    fn map(&self, contract: &Contract, asked: &Asked) -> Result<Header> {
        let names = self.names.iter().map(|(_, name)| name.clone()).collect();
        Header::map(names, DIALECT, contract, &asked.plan.names)
    }

    fn head(&self, rows: &[Row], asked: &Asked) -> Result<Head> {
        let contract = &asked.plan.contract;
        let number = rows.get(self.bottom).map_or(0, |row| row.number);
        let header = self
            .map(contract, asked)
            .map_err(|error| Error::invalid(format!("row {number}: {}", error.message())))?;
        let mut head = Head {
            header: Arc::new(header),
            columns: self.names.iter().map(|(column, _)| *column).collect(),
            last: number,
            rows: rows.get(..=self.bottom).unwrap_or_default().to_vec(),
            numbering: None,
        };
        if let Some(next) = rows.get(self.bottom + 1)
            && next.number == number + 1
            && is_numbering(next, &head, contract)
        {
            (head.last, head.numbering) = (next.number, Some(next.number));
            head.rows.push(next.clone());
        }
        Ok(head)
    }
}

/// What the column may be called, the most telling first: the titles of its groups and its own, the nearest group and
/// its own, its own. A column without a title in the last line is called as the line above has it.
fn choices(rows: &[Row], column: u32) -> Vec<String> {
    let Some((bottom, groups)) = rows.split_last() else {
        return Vec::new();
    };
    let Some(own) = title(bottom, column) else {
        return groups
            .iter()
            .rev()
            .find_map(|row| title(row, column))
            .into_iter()
            .collect();
    };
    let mut below = bottom;
    let mut above: Vec<String> = Vec::new();
    for row in groups.iter().rev() {
        above.extend(group(row, below, column));
        below = row;
    }
    let mut choices = Vec::new();
    for count in (1..=above.len()).rev() {
        let mut words: Vec<&str> = above.iter().take(count).rev().map(String::as_str).collect();
        words.push(&own);
        choices.push(words.join(" "));
    }
    choices.push(own);
    choices
}

/// The title in a cell.
fn title(row: &Row, column: u32) -> Option<String> {
    let mut text = String::new();
    match row.value(row.cell(column)?) {
        Value::Text(title) => text.extend(title.split_whitespace().flat_map(|word| [" ", word]).skip(1)),
        Value::Number(number, Shows::Number) => number::push_decimal(&mut text, number),
        Value::Number(serial, shows) => {
            number::push_moment(&mut text, serial + row.epoch, shows);
        }
        Value::Iso(iso) => text.push_str(iso),
        _ => {}
    }
    Some(text).filter(|text| !text.is_empty())
}

/// The title of the group that `column` is in: its own, or one to the left that is merged over it or that has nothing
/// but blanks up to it where the line below has titles.
fn group(row: &Row, below: &Row, column: u32) -> Option<String> {
    let cell = row.cells().iter().rev().find(|cell| cell.column <= column)?;
    let reaches = cell.column == column
        || column - cell.column < cell.across
        || cell.across == 1 && (cell.column..column).all(|between| below.cell(between).is_some());
    if reaches { title(row, cell.column) } else { None }
}

/// Whether a row is nothing but `1 2 3 ...`, `(1) (2) (3)`, `1 2 3=1+2`.
fn is_numbering(row: &Row, head: &Head, contract: &Contract) -> bool {
    let counts = |value: Value<'_>| -> Option<u32> {
        match value {
            Value::Number(number, Shows::Number) if number.fract() == 0.0 && (0.0..1000.0).contains(&number) => {
                Some(number as u32)
            }
            Value::Text(text) => {
                let bare = text.trim().trim_start_matches(['(', '[']).trim_start();
                let end = bare.find(|c: char| !c.is_ascii_digit()).unwrap_or(bare.len());
                let rest_is_sum = bare
                    .get(end..)?
                    .chars()
                    .all(|c| c.is_ascii_digit() || " ()[].=+-x*:/".contains(c));
                bare.get(..end)?.parse().ok().filter(|_| rest_is_sum)
            }
            _ => None,
        }
    };
    let numbers: Option<Vec<u32>> = row.cells().iter().map(|cell| counts(row.value(cell))).collect();
    let Some(numbers) = numbers else { return false };
    let follows = numbers.first().is_some_and(|first| matches!(first, 1 | 2))
        && numbers.windows(2).all(|pair| matches!(pair, [a, b] if a + 1 == *b));
    // Three numbers in a row may be data; where they cannot be, or are many, they are not.
    let cannot_be = head
        .header
        .columns
        .iter()
        .zip(&contract.columns)
        .any(|(source, column)| {
            let cell = source
                .and_then(|source| head.columns.get(source))
                .and_then(|at| row.cell(*at));
            cell.is_some_and(|cell| !fit::may_be(column, row.value(cell)))
        });
    follows && numbers.len() > 1 && (cannot_be || numbers.len() > 3 && numbers.len() == head.columns.len())
}

/// Whether `row` says the same as a row of the head.
pub(super) fn is_repeat(row: &Row, head: &Head) -> bool {
    let is_same = |line: &Row| {
        let mut pairs = row.cells().iter().zip(line.cells());
        row.cells().len() == line.cells().len()
            && pairs.all(|(a, b)| a.column == b.column && row.value(a) == line.value(b))
    };
    head.rows.iter().any(is_same)
}
