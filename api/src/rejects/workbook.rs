//! Rejected rows as a workbook: wrong cells coloured, with the reason as a note, to be put right in a spreadsheet and
//! pushed again. Every cell is text, so that the program neither takes leading zeros away nor makes a formula or a date
//! of what somebody sent; what was a number, a date or a truth value of its own stays one.

mod cell;
mod guide;

use super::{
    Stored, Wanted, open,
    table::{Gathering, OURS, Row, Table},
};
use crate::{fetch::read, problem::Answer, reasons::Tongue};
use axum::body::Body;
use cell::{Styles, Value};
use futures::StreamExt;
use guide::{ENGLISH, INDONESIAN};
use rust_xlsxwriter::{DocProperties, Note, Workbook, Worksheet, XlsxError};
use smartcenter_warehouse::{Error, Receipt, Result, contract::Contract, query::Session, runs::scratch_file};
use std::{
    borrow::Cow,
    collections::HashMap,
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

/// Media type of such a file.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows that fit below the header of one sheet.
const SHEET_ROWS: u32 = 1_048_575;
const SHEET_COLUMNS: usize = 16_384;
/// Characters that fit into one cell, as spreadsheets count them.
const CELL: usize = 32_767;
/// Notes of one workbook, which the writer holds in memory; the reasons of further rows stand in `_alasan` only.
const NOTES: usize = 20_000;
/// Longest reason in a note, in characters.
const NOTE: usize = 1_000;
/// Widths of columns, in characters.
const NARROWEST: usize = 8;
const WIDEST: usize = 50;
/// Batches of rows on their way to the writer.
const BATCHES: usize = 2;

/// The rejected rows as a workbook. It is written to a nameless file in `scratch` and sent from there. Reads the rows
/// twice: their columns come first.
///
/// # Errors
/// `Invalid` for rows that no workbook can hold; CSV can.
pub async fn workbook(
    session: Session,
    receipt: Receipt,
    contract: Arc<Contract>,
    wanted: Wanted,
    tongue: Tongue,
    scratch: PathBuf,
) -> Answer<Body> {
    let mut gathering = Gathering::new(contract, tongue);
    let mut widths = Widths::default();
    let mut first = open(&session, &receipt, wanted).await?;
    while let Some(batch) = first.next().await {
        for row in read::<Stored>(&batch?)? {
            gathering.add(&row)?;
            widths.add(&row)?;
        }
    }
    let table = gathering.finish();
    if table.names.len() + OURS.len() > SHEET_COLUMNS {
        return Err(Error::invalid(format!(
            "the rows have {} columns, more than a sheet holds: ask for text/csv",
            table.names.len()
        ))
        .into());
    }
    let mut second = open(&session, &receipt, wanted).await?;
    let (sender, mut rows) = mpsc::channel::<Vec<Stored>>(BATCHES);
    let writing = tokio::task::spawn_blocking(move || {
        let mut book = Book::new(table, widths, &receipt, &scratch)?;
        while let Some(batch) = rows.blocking_recv() {
            batch.iter().try_for_each(|row| book.add(row))?;
        }
        book.finish(&scratch)
    });
    let mut outcome = Ok(());
    while let Some(batch) = second.next().await {
        match batch.and_then(|batch| read::<Stored>(&batch)) {
            Ok(rows) => {
                // A writer that is gone has failed, and says below why.
                if sender.send(rows).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                outcome = Err(error);
                break;
            }
        }
    }
    drop(sender);
    let file = writing
        .await
        .map_err(|error| Error::internal("the workbook could not be written", error))??;
    outcome?;
    Ok(Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))))
}

/// How wide columns are, by header.
#[derive(Debug, Default)]
pub(super) struct Widths(HashMap<String, usize>);

impl Widths {
    /// Measures a row, and refuses one that no sheet can hold.
    pub(super) fn add(&mut self, row: &Stored) -> Result<()> {
        for cell in row.cells()?.unwrap_or_default() {
            if cell.text.len() > CELL && cell.text.encode_utf16().count() > CELL {
                return Err(Error::invalid(format!(
                    "line {}: a cell has more than {CELL} characters, which a workbook cannot hold: ask for text/csv",
                    row.line
                )));
            }
            let width = cell.text.chars().take(WIDEST).count();
            match self.0.get_mut(&cell.name) {
                Some(known) => *known = width.max(*known),
                None => drop(self.0.insert(cell.name, width)),
            }
        }
        Ok(())
    }

    fn of(&self, name: &str) -> usize {
        let known = self.0.get(name).copied().unwrap_or_default();
        // The sign of the filter covers the end of the header.
        known.max(name.chars().count() + 3).clamp(NARROWEST, WIDEST)
    }
}

/// A workbook being written.
pub(super) struct Book {
    workbook: Workbook,
    table: Table,
    widths: Widths,
    styles: Styles,
    receipt: String,
    /// Sheets with rows.
    sheets: usize,
    /// Rows of the sheet that is being written.
    rows: u32,
    notes: usize,
}

impl Book {
    /// An empty workbook for the rejected rows of `receipt`; what does not stay in memory goes to `scratch`.
    pub(super) fn new(table: Table, widths: Widths, receipt: &Receipt, scratch: &Path) -> Result<Self> {
        std::fs::create_dir_all(scratch)?;
        let mut workbook = Workbook::new();
        workbook.set_tempdir(scratch).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_author("Smart Center"));
        let mut book = Self {
            workbook,
            table,
            widths,
            styles: Styles::new(),
            receipt: receipt.receipt_id.to_string(),
            sheets: 0,
            rows: 0,
            notes: 0,
        };
        book.begin()?;
        Ok(book)
    }

    /// Adds a row, to a further sheet when one is full.
    pub(super) fn add(&mut self, stored: &Stored) -> Result<()> {
        if self.rows == SHEET_ROWS {
            self.end()?;
            self.begin()?;
        }
        self.rows += 1;
        let row = Row::of(stored)?;
        let reasons = self.reasons(stored)?;
        let Self {
            workbook,
            table,
            styles,
            rows: at,
            notes,
            sheets,
            ..
        } = self;
        let sheet = workbook.worksheet_from_index(*sheets - 1).map_err(failed)?;
        for place in 0..table.names.len() {
            let column = column(place)?;
            let reason = reasons.get(&place);
            let cell = table.cell(&row, place);
            let value = cell.map_or(Value::Text(Cow::Borrowed("")), |cell| Value::of(cell, place, table));
            value
                .write(sheet, *at, column, styles.of(&value, reason.is_some()))
                .map_err(failed)?;
            if let Some(reason) = reason.filter(|_| *notes < NOTES) {
                *notes += 1;
                let reason: String = reason.chars().take(NOTE).collect();
                let note = Note::new(reason)
                    .set_author("Smart Center")
                    .add_author_prefix(false)
                    .set_width(240);
                sheet.insert_note(*at, column, &note).map_err(failed)?;
            }
        }
        for (index, text) in table.ours(&row)?.into_iter().enumerate() {
            // Ignored on the way in, so it may be cut.
            let text: String = text.chars().take(CELL / 2).collect();
            let column = column(table.names.len() + index)?;
            sheet
                .write_string_with_format(*at, column, text, &styles.ours)
                .map_err(failed)?;
        }
        Ok(())
    }

    /// Why cells are wrong, by their place. What is wrong with a row as a whole belongs to no cell.
    fn reasons(&self, stored: &Stored) -> Result<HashMap<usize, String>> {
        let mut reasons: HashMap<usize, String> = HashMap::new();
        for fault in stored.faults()?.unwrap_or_default() {
            let Some(column) = &fault.column else { continue };
            for place in self.table.places(column) {
                let reason = reasons.entry(place).or_default();
                if !reason.is_empty() {
                    reason.push('\n');
                }
                reason.push_str(&self.table.reason(&fault));
            }
        }
        Ok(reasons)
    }

    /// Opens a further sheet for rows.
    fn begin(&mut self) -> Result<()> {
        self.sheets += 1;
        self.rows = 0;
        let name = match self.sheets {
            1 => "Ditolak".to_owned(),
            n => format!("Ditolak {n}"),
        };
        let (table, widths, styles) = (&self.table, &self.widths, &self.styles);
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        let head = |sheet: &mut Worksheet| -> Result<(), XlsxError> {
            sheet.set_name(name)?.set_freeze_panes(1, 0)?;
            for (at, header) in table.names.iter().map(String::as_str).chain(OURS).enumerate() {
                let at = u16::try_from(at).map_err(|_| XlsxError::RowColumnLimitError)?;
                // What is typed into an empty cell is text as well.
                sheet.set_column_format(at, &styles.text.good)?;
                sheet.set_column_width(at, widths.of(header) as f64)?;
                sheet.write_string_with_format(0, at, header, &styles.header)?;
            }
            Ok(())
        };
        head(sheet).map_err(failed)
    }

    /// The sheet has all its rows.
    fn end(&mut self) -> Result<()> {
        let last = column(self.table.names.len() + OURS.len() - 1)?;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1).map_err(failed)?;
        sheet.autofilter(0, 0, self.rows, last).map_err(failed)?;
        Ok(())
    }

    /// Writes the guide, and all of it to a nameless file.
    pub(super) fn finish(mut self, scratch: &Path) -> Result<File> {
        self.end()?;
        self.guide().map_err(failed)?;
        let mut file = scratch_file(scratch)?;
        {
            let mut out = BufWriter::new(&mut file);
            self.workbook.save_to_writer(&mut out).map_err(failed)?;
            out.flush()?;
        }
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    fn guide(&mut self) -> Result<(), XlsxError> {
        let styles = &self.styles;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("Petunjuk")?.set_column_width(0, 110)?;
        let mut at = 0;
        for (title, lines) in [INDONESIAN, ENGLISH] {
            sheet.write_string_with_format(at, 0, title, &styles.title)?;
            for line in lines {
                at += 1;
                let line = line.replace("{receipt}", &self.receipt);
                sheet.write_string_with_format(at, 0, line, &styles.wrapped)?;
            }
            at += 2;
        }
        Ok(())
    }
}

fn column(at: usize) -> Result<u16> {
    u16::try_from(at).map_err(|source| Error::internal("a sheet has too many columns", source))
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => error.into(),
        error => Error::internal("the workbook could not be written", error),
    }
}
