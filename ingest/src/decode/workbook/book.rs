//! What all kinds of workbook have in common: sheets, and rows of values as the sheet shows them.

use super::super::MAX_RECORD;
use crate::{Error, Result};
use std::ops::{ControlFlow, Range};

/// Rows that a sheet can have; more cannot be opened in a spreadsheet program.
pub(super) const ROWS: u64 = 1 << 20;
/// Columns that a sheet can have.
pub(super) const COLUMNS: u32 = 1 << 14;

/// A workbook that is open.
pub(super) trait Book {
    /// Its sheets of cells, in the order of their tabs.
    fn sheets(&self) -> &[Sheet];

    /// Hands over the rows of sheet `index` that have cells, from top to bottom, until `take` has enough.
    fn rows(&mut self, index: usize, take: Take<'_>) -> Result<()>;
}

/// Takes rows.
pub(super) type Take<'t> = &'t mut dyn FnMut(&Row) -> Result<ControlFlow<()>>;

/// A sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    /// As on its tab.
    pub name: String,
    /// Not shown.
    pub is_hidden: bool,
}

/// What the number format of a cell makes of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// A number.
    Number,
    /// A date.
    Date,
    /// A time of the day.
    Time,
    /// A date with a time.
    Moment,
    /// Hours that count on behind 24.
    Span,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    /// A text as it was typed.
    Text(&'a str),
    /// A number, and what it is shown as.
    Number(f64, Shows),
    /// A date, or a date with a time, as ISO 8601.
    Iso(&'a str),
    /// True or false.
    Boolean(bool),
    /// `#REF!` and its like.
    Error(&'a str),
    /// A formula without a result.
    Uncomputed,
}

/// A cell of a row.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Column of the sheet, from 0.
    pub column: u32,
    /// Rows that it stands for, where cells are merged.
    pub down: u32,
    /// Columns that it stands for.
    pub across: u32,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Text(Range<usize>),
    Number(f64, Shows),
    Iso(Range<usize>),
    Boolean(bool),
    Error(Range<usize>),
    Uncomputed,
}

/// A row of a sheet; cells without a value are left out.
#[derive(Debug, Default, Clone)]
pub(super) struct Row {
    /// As the sheet shows it, from 1.
    pub number: u64,
    /// Not shown.
    pub is_hidden: bool,
    /// Days to add to the workbook's day numbers where they count from 1904.
    pub epoch: f64,
    text: String,
    cells: Vec<Cell>,
    is_sorted: bool,
}

impl Row {
    /// An empty row of a workbook whose days count from `epoch` days later than most.
    pub(super) fn counting_from(epoch: f64) -> Self {
        Self {
            epoch,
            ..Self::default()
        }
    }

    /// An empty row `number`, in the memory of the one before.
    pub(super) fn begin(&mut self, number: u64) {
        self.number = number;
        self.is_hidden = false;
        self.text.clear();
        self.cells.clear();
        self.is_sorted = true;
    }

    /// Adds a cell. A blank text is no value.
    #[inline]
    pub(super) fn push(&mut self, column: u32, value: Value<'_>) {
        let content = match value {
            Value::Text(text) if text.trim().is_empty() => return,
            Value::Text(text) => Content::Text(self.keep(text)),
            Value::Number(number, shows) => Content::Number(number, shows),
            Value::Iso(text) => Content::Iso(self.keep(text)),
            Value::Boolean(is) => Content::Boolean(is),
            Value::Error(text) => Content::Error(self.keep(text)),
            Value::Uncomputed => Content::Uncomputed,
        };
        self.is_sorted &= self.cells.last().is_none_or(|last| last.column < column);
        self.cells.push(Cell {
            column,
            down: 1,
            across: 1,
            content,
        });
    }

    /// Ends the row: its cells are in order from here on.
    ///
    /// # Errors
    /// `TooLarge` for more text or more cells than a row can have.
    pub(super) fn seal(&mut self) -> Result<()> {
        if self.text.len() > MAX_RECORD || self.cells.len() > COLUMNS as usize {
            return Err(Error::TooLarge(format!(
                "row {} of the sheet has more than {MAX_RECORD} bytes of text or {COLUMNS} cells: split it into several rows",
                self.number
            )));
        }
        if !self.is_sorted {
            // The later of two cells in one place wins.
            self.cells.reverse();
            self.cells.sort_by_key(|cell| cell.column);
            self.cells.dedup_by_key(|cell| cell.column);
            self.is_sorted = true;
        }
        Ok(())
    }

    /// Whether the row is too long already to be worth reading on.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > MAX_RECORD || self.cells.len() > COLUMNS as usize
    }

    /// Tells that the cell in `column` stands for more.
    pub(super) fn merge(&mut self, column: u32, down: u32, across: u32) {
        if let Ok(at) = self.cells.binary_search_by_key(&column, |cell| cell.column)
            && let Some(cell) = self.cells.get_mut(at)
        {
            (cell.down, cell.across) = (down.max(1), across.max(1));
        }
    }

    /// The cells from left to right.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The cell in `column`.
    #[inline]
    pub(super) fn cell(&self, column: u32) -> Option<&Cell> {
        let at = self.cells.binary_search_by_key(&column, |cell| cell.column).ok()?;
        self.cells.get(at)
    }

    /// What `cell` holds.
    #[inline]
    pub(super) fn value(&self, cell: &Cell) -> Value<'_> {
        match &cell.content {
            Content::Text(range) => Value::Text(self.kept(range)),
            Content::Number(number, shows) => Value::Number(*number, *shows),
            Content::Iso(range) => Value::Iso(self.kept(range)),
            Content::Boolean(is) => Value::Boolean(*is),
            Content::Error(range) => Value::Error(self.kept(range)),
            Content::Uncomputed => Value::Uncomputed,
        }
    }

    fn keep(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    fn kept(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

/// Merged cells of a sheet, by their first row.
#[derive(Debug, Default, Clone)]
pub(super) struct Merges(std::collections::BTreeMap<u32, Vec<(u32, u32, u32)>>);

impl Merges {
    /// Adds a region by its corners, rows and columns from 0, both inclusive.
    pub(super) fn add(&mut self, rows: (u32, u32), columns: (u32, u32)) {
        let (down, across) = (rows.1.saturating_sub(rows.0), columns.1.saturating_sub(columns.0));
        if down > 0 || across > 0 {
            let at = self.0.entry(rows.0).or_default();
            at.push((columns.0, down.saturating_add(1), across.saturating_add(1)));
        }
    }

    /// Tells the cells of `row` what they stand for.
    pub(super) fn mark(&self, row: &mut Row) {
        let first = u32::try_from(row.number.saturating_sub(1)).unwrap_or(u32::MAX);
        for (column, down, across) in self.0.get(&first).into_iter().flatten() {
            row.merge(*column, *down, *across);
        }
    }
}
