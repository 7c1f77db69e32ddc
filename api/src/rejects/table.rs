//! Rejected rows as a table in the sender's own columns, whatever file it is written to.

use super::Stored;
use smartcenter_warehouse::{
    Result,
    contract::{ColumnType, Contract, fold},
    quarantine::{CellKind, SentCell},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Our own columns behind those of the sender. The first tells a corrected file which rows it corrects; the others are
/// ignored when the file is pushed again.
pub(super) const OURS: [&str; 4] = ["_baris", "_kolom", "_aturan", "_alasan"];

/// Gathers the columns of a table from its rows.
#[derive(Debug)]
pub(super) struct Gathering {
    contract: Arc<Contract>,
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
}

/// Cells of one row.
pub(super) struct Row<'a> {
    cells: Vec<SentCell>,
    /// The row as the quarantine has it.
    pub stored: &'a Stored,
}

impl Gathering {
    /// An empty one for rows that were sent for `contract`.
    pub fn new(contract: Arc<Contract>) -> Self {
        Self {
            contract,
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

    /// The cell of `row` at place `at`.
    pub fn cell<'r>(&self, row: &'r Row<'_>, at: usize) -> Option<&'r SentCell> {
        let name = self.names.get(at)?;
        // Cells stand in the order of the table nearly always; a look-up by name serves the rest.
        match row.cells.get(at) {
            Some(cell) if cell.name == *name => Some(cell),
            _ => row.cells.iter().find(|cell| cell.name == *name),
        }
    }

    /// A cell as text. A number of JSON or of a workbook gets the decimal sign by which the contract reads texts, since
    /// in the corrected file it is one.
    pub fn text<'r>(&self, cell: &'r SentCell, at: usize) -> Cow<'r, str> {
        let decimal = self.contract.source.decimal;
        if cell.kind == CellKind::Native && decimal != '.' && self.is_number(at) && cell.text.parse::<f64>().is_ok() {
            return Cow::Owned(cell.text.replace('.', decimal.encode_utf8(&mut [0; 4])));
        }
        Cow::Borrowed(&cell.text)
    }

    fn is_number(&self, at: usize) -> bool {
        let column = self.columns.get(at).copied().flatten();
        let column = column.and_then(|at| self.contract.columns.get(at));
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

    /// Our own four cells.
    pub fn ours(&self) -> [Cow<'a, str>; 4] {
        [
            Cow::Owned(self.stored.line.to_string()),
            Cow::Borrowed(&self.stored.columns),
            Cow::Borrowed(&self.stored.rules),
            Cow::Borrowed(self.stored.messages.as_deref().unwrap_or_default()),
        ]
    }
}
