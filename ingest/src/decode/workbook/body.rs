//! The rows below the header, cell by cell as the contract's columns need them.

use super::{
    super::{Emit, cells::Rows, document::Asked},
    book::{Book, Row, Shows, Value},
    head::Head,
    leftover::{Judge, LeftOut, Reason},
    number::{EXACT, has_time, is_likely_day, push_decimal, push_moment},
};
use crate::{Error, Result};
use smartcenter_warehouse::contract::ColumnType;
use std::ops::ControlFlow;

/// A column of the header.
struct Column {
    /// Column of the sheet.
    at: u32,
    /// What the contract takes it for, if it has it.
    ty: Option<ColumnType>,
    /// The value of a merged cell above, and the last row that it stands for.
    merged: Option<(u64, Row)>,
}

/// Reads the rows below `head`; answers what the receipt should say.
pub(super) fn read(
    book: &mut dyn Book,
    index: usize,
    head: Head,
    asked: &Asked,
    emit: Emit<'_>,
) -> Result<Vec<String>> {
    let contract = &asked.plan.contract;
    let mut body = Body {
        columns: columns(&head, asked),
        judge: Judge::new(contract, &head),
        left_out: LeftOut::default(),
        hidden: 0,
        written: 0,
        scratch: String::new(),
    };
    let mut rows = Rows::new(head.header.clone(), asked.chunk, emit);
    book.rows(index, &mut |row| {
        if row.number > head.last {
            body.row(row, &mut rows)?;
        }
        if body.written > asked.limit {
            return Err(Error::TooLarge(format!(
                "row {} brings the cells of the sheet over {} bytes: split it into several pushes",
                row.number, asked.limit
            )));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    rows.finish()?;
    let mut warnings = head.header.warnings.clone();
    warnings.extend(
        head.numbering
            .map(|row| format!("left out, a line that numbers the columns: row {row} of the sheet")),
    );
    warnings.extend(body.left_out.warnings());
    if body.hidden > 0 {
        warnings.push(format!(
            "{} of the rows that were read are hidden in the sheet",
            body.hidden
        ));
    }
    Ok(warnings)
}

fn columns(head: &Head, asked: &Asked) -> Vec<Column> {
    let contract = &asked.plan.contract;
    let mut columns: Vec<Column> = head
        .columns
        .iter()
        .map(|at| Column {
            at: *at,
            ty: None,
            merged: None,
        })
        .collect();
    for (source, planned) in head.header.columns.iter().zip(&contract.columns) {
        if let Some(column) = source.and_then(|source| columns.get_mut(source)) {
            column.ty = Some(planned.ty);
        }
    }
    if let Some(column) = head.header.operation.and_then(|source| columns.get_mut(source)) {
        column.ty = column.ty.or(Some(ColumnType::Text));
    }
    columns
}

/// What is known while the rows go by.
struct Body<'a> {
    columns: Vec<Column>,
    judge: Judge<'a>,
    left_out: LeftOut,
    hidden: u64,
    /// Bytes of cells so far.
    written: u64,
    scratch: String,
}

impl Body<'_> {
    fn row(&mut self, row: &Row, rows: &mut Rows<'_>) -> Result<()> {
        if !self
            .columns
            .iter()
            .any(|column| column.ty.is_some() && row.cell(column.at).is_some())
        {
            // A blank row is none; one with a running number or a remark is told.
            if !row.cells().is_empty() {
                let columns = &self.columns;
                let merged = |at: u32| {
                    columns
                        .iter()
                        .any(|column| column.at == at && column.is_merged(row.number))
                };
                let reason = self.judge.reason(row, merged).unwrap_or(Reason::Outside);
                self.left_out.add(reason, row.number);
            }
            return Ok(());
        }
        let columns = &self.columns;
        let merged = |at: u32| {
            columns
                .iter()
                .any(|column| column.at == at && column.is_merged(row.number))
        };
        if let Some(reason) = self.judge.reason(row, merged) {
            self.left_out.add(reason, row.number);
            return Ok(());
        }
        for column in &mut self.columns {
            self.written += column.put(row, rows, &mut self.scratch);
        }
        self.hidden += u64::from(row.is_hidden);
        rows.end(row.number)
    }
}

impl Column {
    fn is_merged(&self, number: u64) -> bool {
        self.merged.as_ref().is_some_and(|(last, _)| number <= *last)
    }

    /// Puts the cell of `row` behind those of `rows`; answers its bytes.
    fn put(&mut self, row: &Row, rows: &mut Rows<'_>, scratch: &mut String) -> u64 {
        match row.cell(self.at) {
            Some(cell) => {
                if cell.down > 1 {
                    let mut own = Row::counting_from(row.epoch);
                    own.begin(row.number);
                    own.push(self.at, row.value(cell));
                    self.merged = Some((row.number + u64::from(cell.down) - 1, own));
                }
                put(row.value(cell), row.epoch, self.ty, rows, scratch)
            }
            None => match &self.merged {
                Some((last, above)) if row.number <= *last => {
                    let value = above.cell(self.at).map(|cell| above.value(cell));
                    value.map_or(0, |value| put(value, above.epoch, self.ty, rows, scratch))
                }
                _ => {
                    rows.absent();
                    0
                }
            },
        }
    }
}

/// Puts a value as a column of type `ty` needs it; answers its bytes.
fn put(value: Value<'_>, epoch: f64, ty: Option<ColumnType>, rows: &mut Rows<'_>, scratch: &mut String) -> u64 {
    scratch.clear();
    match value {
        Value::Text(text) => {
            rows.text(text);
            return text.len() as u64;
        }
        Value::Iso(text) => scratch.push_str(text),
        Value::Boolean(is) => scratch.push_str(if is { "true" } else { "false" }),
        Value::Error(text) => {
            let message =
                format!("the formula shows {text}: correct it in the workbook, or type the value in its place");
            rows.misread(text, "formula", message);
            return text.len() as u64;
        }
        Value::Uncomputed => {
            let message =
                "the formula has no result: open the workbook in Excel or LibreOffice, save it, and send it again";
            rows.misread("", "formula", message.to_owned());
            return 0;
        }
        Value::Number(number, shows) => {
            if is_imprecise(number, shows, ty) {
                push_decimal(scratch, number);
                rows.misread(scratch, "precision", IMPRECISE.to_owned());
                return scratch.len() as u64;
            }
            push_number(scratch, number, shows, epoch, ty);
        }
    }
    rows.native(scratch);
    scratch.len() as u64
}

const IMPRECISE: &str = "the cell holds a number of more than 15 digits, of which a spreadsheet keeps only the first 15: format the \
                         column as text, and type the digits again";

/// Whether digits that count are lost. A measurement may well have more of them.
fn is_imprecise(number: f64, shows: Shows, ty: Option<ColumnType>) -> bool {
    let counts = matches!(
        ty,
        Some(ColumnType::Text | ColumnType::Int32 | ColumnType::Int64 | ColumnType::Decimal(..))
    );
    counts && shows == Shows::Number && number.abs() >= EXACT
}

fn push_number(text: &mut String, number: f64, shows: Shows, epoch: f64, ty: Option<ColumnType>) {
    // What is shown as a time only has no day to move.
    let serial = if number < 1.0 && shows != Shows::Date {
        number
    } else {
        number + epoch
    };
    let shows = match (ty, shows) {
        // A day number whose format got lost. Eight digits are a date by themselves, such as 20260717.
        (Some(ColumnType::Date | ColumnType::Timestamp), Shows::Number) if is_likely_day(number) => Shows::Moment,
        (_, Shows::Number) => return push_decimal(text, number),
        // The format may hide the time, or the day; the contract asks for them.
        (Some(ColumnType::Timestamp), Shows::Date | Shows::Time) if serial >= 1.0 => Shows::Moment,
        (Some(ColumnType::Date), Shows::Time) if serial >= 1.0 => Shows::Moment,
        (_, shows) => shows,
    };
    let is_day = shows == Shows::Moment && ty == Some(ColumnType::Date) && !has_time(serial);
    if !push_moment(text, serial, if is_day { Shows::Date } else { shows }) {
        push_decimal(text, number);
    }
}
