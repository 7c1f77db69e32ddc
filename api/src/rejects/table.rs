//! Rejected rows as a table in the sender's own columns, whatever file it is written to.

use super::Stored;
use crate::{reasons::Tongue, receipt_body::CellFault};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use smartcenter_warehouse::{
    Result,
    contract::{Column, ColumnType, Contract, fold},
    quarantine::{CellKind, SentCell},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write,
    sync::Arc,
};

/// Our own columns behind those of the sender. The first tells a corrected file which rows it corrects; the others are
/// ignored when the file is pushed again.
pub(super) const OURS: [&str; 4] = ["_baris", "_kolom", "_aturan", "_alasan"];

/// Gathers the columns of a table from its rows.
#[derive(Debug)]
pub(super) struct Gathering {
    contract: Arc<Contract>,
    tongue: Tongue,
    names: Vec<String>,
    known: HashSet<String>,
    /// The contract's columns with faults.
    faulty: Vec<usize>,
}

/// The columns of a table: the sender's in the order of their first appearance, and behind them those that the contract
/// missed.
#[derive(Debug)]
pub(super) struct Table {
    /// Their headers.
    pub names: Vec<String>,
    /// The contract's column that each of them is.
    columns: Vec<Option<usize>>,
    contract: Arc<Contract>,
    /// Of the reasons.
    tongue: Tongue,
}

/// A day or a time that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A day.
    Day(NaiveDate),
    /// A time of a day.
    Time(NaiveDateTime),
}

impl Moment {
    /// Its year.
    pub fn year(self) -> i32 {
        match self {
            Self::Day(day) => day.year(),
            Self::Time(time) => time.year(),
        }
    }

    /// As a text that one of `patterns` reads; none where they read the standard form, or nothing but names of months.
    fn by(self, patterns: &[String]) -> Option<String> {
        let (standard, moment) = match self {
            Self::Day(day) => ("%Y-%m-%d", day.and_time(NaiveTime::MIN)),
            Self::Time(time) => ("%Y-%m-%dT%H:%M:%S", time),
        };
        let is_whole = |pattern: &&String| matches!(self, Self::Day(_)) || pattern.contains("%H");
        // Names would come in a language that nobody has asked for.
        let has_names = |pattern: &&String| {
            ["%a", "%A", "%b", "%B", "%h", "%c"]
                .iter()
                .any(|name| pattern.contains(name))
        };
        if patterns.iter().any(|pattern| pattern == standard) {
            return None;
        }
        let pattern = patterns.iter().filter(is_whole).find(|pattern| !has_names(pattern))?;
        let mut text = String::new();
        write!(text, "{}", moment.format(pattern)).ok().map(|()| text)
    }
}

/// Cells of one row.
pub(super) struct Row<'a> {
    cells: Vec<SentCell>,
    /// The row as the quarantine has it.
    pub stored: &'a Stored,
}

impl Gathering {
    /// An empty one for rows that were sent for `contract`; why they are wrong is told in `tongue`.
    pub fn new(contract: Arc<Contract>, tongue: Tongue) -> Self {
        Self {
            contract,
            tongue,
            names: Vec::new(),
            known: HashSet::new(),
            faulty: Vec::new(),
        }
    }

    /// Takes note of the columns of a row.
    pub fn add(&mut self, row: &Stored) -> Result<()> {
        for SentCell { name, .. } in row.cells()?.unwrap_or_default() {
            if !OURS.contains(&name.as_str()) && !self.known.contains(&name) {
                self.known.insert(name.clone());
                self.names.push(name);
            }
        }
        let faults = row.raw.as_ref().map(|_| row.faults()).transpose()?.flatten();
        for fault in faults.iter().flatten() {
            let column = fault.column.as_deref().and_then(|name| self.contract.column(name));
            if let Some(column) = column.filter(|column| !self.faulty.contains(column)) {
                self.faulty.push(column);
            }
        }
        Ok(())
    }

    /// All rows were seen: faulty columns that no row has get a place to be filled in.
    pub fn finish(self) -> Table {
        let called: HashMap<String, usize> = self.contract.names();
        let mut names = self.names;
        let mut columns: Vec<Option<usize>> = names.iter().map(|name| called.get(&fold(name)).copied()).collect();
        for index in self.faulty {
            if let Some(column) = self
                .contract
                .columns
                .get(index)
                .filter(|_| !columns.contains(&Some(index)))
            {
                names.push(column.name.clone());
                columns.push(Some(index));
            }
        }
        Table {
            names,
            columns,
            contract: self.contract,
            tongue: self.tongue,
        }
    }
}

impl Table {
    /// The places of the contract's column called `name`.
    pub fn places(&self, name: &str) -> impl Iterator<Item = usize> + '_ {
        let column = self.contract.column(name);
        let found = self.columns.iter().enumerate();
        found
            .filter(move |(_, own)| column.is_some() && **own == column)
            .map(|(at, _)| at)
    }

    /// What a fault says.
    pub fn reason(&self, fault: &CellFault) -> String {
        self.tongue.reason(fault, Some(&self.contract))
    }

    /// What all faults of a row say.
    fn reasons<'r>(&self, row: &Row<'r>) -> Result<Cow<'r, str>> {
        match (&row.stored.messages, self.tongue) {
            (None, _) => Ok(Cow::Borrowed("")),
            (Some(messages), Tongue::English) => Ok(Cow::Borrowed(messages)),
            (Some(_), Tongue::Indonesian) => {
                let faults = row.stored.faults()?.unwrap_or_default();
                let reasons: Vec<String> = faults.iter().map(|fault| self.reason(fault)).collect();
                Ok(Cow::Owned(reasons.join("; ")))
            }
        }
    }

    /// Our own four cells of a row.
    pub fn ours<'r>(&self, row: &Row<'r>) -> Result<[Cow<'r, str>; 4]> {
        Ok([
            Cow::Owned(row.stored.line.to_string()),
            Cow::Borrowed(&row.stored.columns),
            Cow::Borrowed(&row.stored.rules),
            self.reasons(row)?,
        ])
    }

    /// The cell of `row` at place `at`.
    pub fn cell<'r>(&self, row: &'r Row<'_>, at: usize) -> Option<&'r SentCell> {
        let name = self.names.get(at)?;
        // Cells stand in the order of the table nearly always; a look-up by name serves the rest.
        match row.cells.get(at) {
            Some(cell) if cell.name == *name => Some(cell),
            _ => row.cells.iter().find(|cell| cell.name == *name),
        }
    }

    /// A cell as text. A number of JSON or of a workbook gets the decimal sign by which the contract reads texts, and a
    /// date of a workbook one of its patterns, since in the corrected file they are texts.
    pub fn text<'r>(&self, cell: &'r SentCell, at: usize) -> Cow<'r, str> {
        let decimal = self.contract.source.decimal;
        if cell.kind == CellKind::Native && decimal != '.' && self.is_number(at) && cell.text.parse::<f64>().is_ok() {
            return Cow::Owned(cell.text.replace('.', decimal.encode_utf8(&mut [0; 4])));
        }
        self.moment(cell, at)
            .and_then(|moment| moment.by(&self.column(at)?.formats))
            .map_or(Cow::Borrowed(&cell.text), Cow::Owned)
    }

    /// The day or time of a cell, where the payload itself tells that it is one.
    pub fn moment(&self, cell: &SentCell, at: usize) -> Option<Moment> {
        let column = self.column(at).filter(|_| cell.kind == CellKind::Native)?;
        if !matches!(column.ty, ColumnType::Date | ColumnType::Timestamp) {
            return None;
        }
        let day = cell.text.parse().map(Moment::Day);
        day.or_else(|_| cell.text.parse().map(Moment::Time)).ok()
    }

    fn column(&self, at: usize) -> Option<&Column> {
        let column = self.columns.get(at).copied().flatten()?;
        self.contract.columns.get(column)
    }

    fn is_number(&self, at: usize) -> bool {
        let column = self.column(at);
        column.is_some_and(|column| matches!(column.ty, ColumnType::Float64 | ColumnType::Decimal(..)))
    }
}

impl<'a> Row<'a> {
    /// The cells of a stored row.
    pub fn of(stored: &'a Stored) -> Result<Self> {
        Ok(Self {
            cells: stored.cells()?.unwrap_or_default(),
            stored,
        })
    }
}
