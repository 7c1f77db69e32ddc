//! From text to the column's type, straight into Arrow columns: no text is copied that does not stay a text.
//! The contract decides the type, never the look of the first rows; so leading zeros survive where it says text.

mod boolean;
mod number;
#[cfg(test)]
mod tests;
mod time;
mod zeros;

use crate::{
    decode::{Cell, Frame},
    plan::{ColumnPlan, Role},
    verdict::Verdicts,
};
use arrow::{
    array::{ArrayRef, BooleanArray, BooleanBufferBuilder, PrimitiveArray, StringViewBuilder, new_null_array},
    buffer::{BooleanBuffer, NullBuffer, ScalarBuffer},
    datatypes::{
        ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
    },
};
pub(crate) use number::Signs;
use smartcenter_warehouse::contract::{ColumnType, OnFailure, SourceFormat};
use std::sync::Arc;
use time::Moments;
pub(crate) use time::day_text;
pub(crate) use zeros::{Zeros, fixed_digits};

/// What is said of a value that is missing.
const REQUIRED: &str = "a value is required";

/// What all columns of a contract have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layout {
    /// Number signs.
    pub signs: Signs,
    /// Offset assumed for times without one.
    pub utc_offset_minutes: i32,
}

impl Layout {
    /// The layout of a contract's source format.
    pub(crate) fn of(source: &SourceFormat) -> Self {
        Self {
            signs: Signs {
                decimal: source.decimal,
                thousands: source.thousands,
            },
            utc_offset_minutes: source.utc_offset_minutes,
        }
    }
}

/// Reads the texts of one column.
#[derive(Debug)]
pub(crate) struct Reader {
    ty: ColumnType,
    layout: Layout,
    moments: Moments,
    /// Dates and times that the document itself tells are ISO 8601, whatever the texts are.
    native_moments: Moments,
    /// What was expected, for the sender.
    expected: String,
}

impl Reader {
    /// A reader of `ty` with the column's date formats (none means ISO 8601).
    pub(crate) fn new(ty: ColumnType, formats: &[String], layout: Layout) -> Self {
        let expected = match ty {
            ColumnType::Text => "text was expected".to_owned(),
            ColumnType::Int32 => "a whole number between -2147483648 and 2147483647 was expected".to_owned(),
            ColumnType::Int64 => "a whole number was expected".to_owned(),
            ColumnType::Float64 => format!("a number with the decimal sign {:?} was expected", layout.signs.decimal),
            ColumnType::Decimal(precision, scale) => format!(
                "a number with the decimal sign {:?}, at most {} digits before it and {scale} behind it was expected",
                layout.signs.decimal,
                i16::from(precision) - i16::from(scale)
            ),
            ColumnType::Boolean => "ya or tidak (true or false, 1 or 0, Y or T) was expected".to_owned(),
            ColumnType::Date if formats.is_empty() => "a date such as 2026-07-17 was expected".to_owned(),
            ColumnType::Date => format!("a date of the form {} was expected", formats.join(" or ")),
            ColumnType::Timestamp if formats.is_empty() => {
                "a time such as 2026-07-17T08:30:00+07:00 was expected".to_owned()
            }
            ColumnType::Timestamp => format!("a time of the form {} was expected", formats.join(" or ")),
        };
        Self {
            ty,
            layout,
            moments: Moments::new(formats),
            native_moments: Moments::new(&[]),
            expected,
        }
    }

    /// What was expected, for the sender.
    pub(crate) fn expected(&self) -> &str {
        &self.expected
    }

    fn date(&self, cell: Cell<'_>) -> Option<i32> {
        let native = cell.native.then(|| self.native_moments.date(cell.text)).flatten();
        native.or_else(|| self.moments.date(cell.text))
    }

    fn timestamp(&self, cell: Cell<'_>) -> Option<i64> {
        let offset = self.layout.utc_offset_minutes;
        let native = cell
            .native
            .then(|| self.native_moments.timestamp(cell.text, offset))
            .flatten();
        native.or_else(|| self.moments.timestamp(cell.text, offset))
    }

    fn signs(&self, cell: Cell<'_>) -> Signs {
        if cell.native { Signs::PLAIN } else { self.layout.signs }
    }
}

/// Builds the column that `plan` describes from source column `source` of `frame`; faults go to `verdicts`.
/// A cell that is missing or does not fit is null in the result.
pub(crate) fn column(
    frame: &Frame,
    source: Option<usize>,
    index: usize,
    plan: &ColumnPlan,
    verdicts: &mut Verdicts,
) -> ArrayRef {
    let Some(source) = source else {
        if plan.required {
            for row in 0..frame.rows() {
                if plan.role == Role::Key || !verdicts.is_deletion(row) {
                    let name = Some((index, &plan.name));
                    verdicts.fail(row, name, "required", plan.on_failure, None, || REQUIRED.to_owned());
                }
            }
        }
        return new_null_array(&plan.reader.ty.arrow(), frame.rows());
    };
    let reader = &plan.reader;
    let mut cells = Cells {
        frame,
        source,
        index,
        plan,
        verdicts,
    };
    match reader.ty {
        ColumnType::Text => cells.text(),
        ColumnType::Boolean => cells.boolean(),
        ColumnType::Int32 => cells.primitive::<Int32Type>(|cell| {
            number::integer(cell.text, reader.signs(cell)).and_then(|n| i32::try_from(n).ok())
        }),
        ColumnType::Int64 => cells.primitive::<Int64Type>(|cell| number::integer(cell.text, reader.signs(cell))),
        ColumnType::Float64 => cells.primitive::<Float64Type>(|cell| number::float(cell.text, reader.signs(cell))),
        ColumnType::Decimal(precision, scale) => Arc::new(
            cells
                .values::<Decimal128Type>(|cell| number::decimal(cell.text, reader.signs(cell), precision, scale))
                .with_data_type(reader.ty.arrow()),
        ),
        ColumnType::Date => cells.primitive::<Date32Type>(|cell| reader.date(cell)),
        ColumnType::Timestamp => {
            let times = cells.values::<TimestampMicrosecondType>(|cell| reader.timestamp(cell));
            Arc::new(times.with_data_type(reader.ty.arrow()))
        }
    }
}

/// The texts of one column, row by row.
struct Cells<'a> {
    frame: &'a Frame,
    source: usize,
    index: usize,
    plan: &'a ColumnPlan,
    verdicts: &'a mut Verdicts,
}

impl<'a> Cells<'a> {
    /// The value of a row, or nothing where there is none; the missing of a required one is a fault.
    #[inline]
    fn value(&mut self, row: usize) -> Option<Cell<'a>> {
        // What the document marks as wrong is judged by that mark alone.
        if self.frame.is_misread(row, self.source) {
            return None;
        }
        let cell = self.frame.cell(row, self.source);
        let is_missing = cell.text.is_empty() || self.plan.nulls.iter().any(|null| null == cell.text);
        if !is_missing && !cell.nested {
            return Some(cell);
        }
        if cell.nested {
            self.fail(
                row,
                "nested",
                cell.text,
                "a text, number or boolean was expected, not a list or an object",
            );
        } else if self.plan.required && (self.plan.role == Role::Key || !self.verdicts.is_deletion(row)) {
            self.fail(row, "required", cell.text, REQUIRED);
        }
        None
    }

    #[cold]
    fn fail(&mut self, row: usize, rule: &str, value: &str, message: &str) {
        let value = Some(value).filter(|v| !v.is_empty());
        self.verdicts.fail(
            row,
            Some((self.index, &self.plan.name)),
            rule,
            self.plan.on_failure,
            value,
            || message.to_owned(),
        );
    }

    fn text(&mut self) -> ArrayRef {
        let rows = self.frame.rows();
        let mut values = StringViewBuilder::with_capacity(rows);
        if let Ok(bytes @ 1..SMALL_FRAME) = u32::try_from(self.frame.bytes()) {
            values = values.with_fixed_block_size(bytes);
        }
        for row in 0..rows {
            match self.value(row) {
                Some(cell) => match self.restored(row, cell) {
                    Some(text) => values.append_value(text),
                    None => values.append_value(cell.text),
                },
                None => values.append_null(),
            }
        }
        Arc::new(values.finish())
    }

    /// The code with the leading zeros that a spreadsheet took from it.
    #[inline]
    fn restored(&mut self, row: usize, cell: Cell<'_>) -> Option<String> {
        let zeros = self.plan.zeros.as_ref()?;
        let text = zeros.restored(cell)?;
        let name = Some((self.index, &self.plan.name));
        self.verdicts
            .fail(row, name, "leading_zeros", OnFailure::Warn, None, || zeros.finding());
        Some(text)
    }

    fn boolean(&mut self) -> ArrayRef {
        let rows = self.frame.rows();
        let (mut values, mut valid) = (BooleanBufferBuilder::new(rows), BooleanBufferBuilder::new(rows));
        for row in 0..rows {
            let value = self.value(row).and_then(|cell| {
                let value = boolean::parse(cell.text);
                if value.is_none() {
                    self.fail(row, "type", cell.text, &self.plan.reader.expected);
                }
                value
            });
            values.append(value.unwrap_or_default());
            valid.append(value.is_some());
        }
        Arc::new(BooleanArray::new(values.finish(), nulls(valid.finish())))
    }

    fn primitive<T: ArrowPrimitiveType>(&mut self, parse: impl Fn(Cell<'_>) -> Option<T::Native>) -> ArrayRef {
        Arc::new(self.values::<T>(parse))
    }

    fn values<T: ArrowPrimitiveType>(&mut self, parse: impl Fn(Cell<'_>) -> Option<T::Native>) -> PrimitiveArray<T> {
        let rows = self.frame.rows();
        let mut values: Vec<T::Native> = Vec::with_capacity(rows);
        let mut valid = BooleanBufferBuilder::new(rows);
        for row in 0..rows {
            let value = self.value(row).and_then(|cell| {
                let value = parse(cell);
                if value.is_none() {
                    self.fail(row, "type", cell.text, &self.plan.reader.expected);
                }
                value
            });
            values.push(value.unwrap_or_default());
            valid.append(value.is_some());
        }
        PrimitiveArray::new(ScalarBuffer::from(values), nulls(valid.finish()))
    }
}

/// Frames below so many bytes get text columns of their size: the first block of a builder is 16 KB, most of it empty
/// when a push is one row, and it stays in memory until the rows are in a file.
const SMALL_FRAME: u32 = 16 << 10;

/// Validity as Arrow keeps it: nothing where every value is there.
fn nulls(valid: BooleanBuffer) -> Option<NullBuffer> {
    Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0)
}
