//! From text to the column's type, straight into Arrow columns: no text is copied that does not stay a text.
//! The contract decides the type, never the look of the first rows; so leading zeros survive where it says text.

mod boolean;
mod indonesian;
mod mixed;
mod moments;
mod names;
mod number;
mod refusal;
#[cfg(test)]
mod tests;
mod time;
mod titles;
mod words;
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
use mixed::Convention;
use moments::Moments;
pub(crate) use number::Signs;
use smartcenter_warehouse::contract::{Column, ColumnType, INDONESIAN_DATES, NumberSigns, OnFailure, SourceFormat};
use std::{borrow::Cow, sync::Arc};
pub(crate) use time::day_text;
use words::Words;
pub(crate) use words::split_prefix;
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
    /// What is said around or instead of its values.
    words: Option<Words>,
    /// Numbers may follow either convention.
    mixed: bool,
    /// What was expected, for the sender.
    expected: String,
}

impl Reader {
    /// A reader of the cells of `column`.
    pub(crate) fn new(column: &Column, layout: Layout) -> Self {
        let (ty, formats) = (column.ty, &column.formats);
        let mixed = column.reading.number_signs == NumberSigns::Mixed;
        let sign = if mixed {
            "in Indonesian or English notation".to_owned()
        } else {
            format!("with the decimal sign {:?}", layout.signs.decimal)
        };
        let expected = match ty {
            ColumnType::Text => "text was expected".to_owned(),
            ColumnType::Int32 => "a whole number between -2147483648 and 2147483647 was expected".to_owned(),
            ColumnType::Int64 => "a whole number was expected".to_owned(),
            ColumnType::Float64 => format!("a number {sign} was expected"),
            ColumnType::Decimal(precision, scale) => format!(
                "a number {sign}, at most {} digits before it and {scale} behind it was expected",
                i16::from(precision) - i16::from(scale)
            ),
            ColumnType::Boolean => "ya or tidak (true or false, 1 or 0, Y or T) was expected".to_owned(),
            ColumnType::Date if formats.is_empty() => "a date such as 2026-07-17 was expected".to_owned(),
            ColumnType::Date => format!("a date of the form {} was expected", forms(formats)),
            ColumnType::Timestamp if formats.is_empty() => {
                "a time such as 2026-07-17T08:30:00+07:00 was expected".to_owned()
            }
            ColumnType::Timestamp => format!("a time of the form {} was expected", forms(formats)),
        };
        Self {
            ty,
            layout,
            moments: Moments::new(formats),
            words: Words::of(column),
            mixed,
            expected,
        }
    }

    /// A reader of `ty` without any setting but date patterns (none means ISO 8601).
    pub(crate) fn plain(ty: ColumnType, formats: &[String], layout: Layout) -> Self {
        Self {
            ty,
            layout,
            moments: Moments::new(formats),
            words: None,
            mixed: false,
            expected: String::new(),
        }
    }

    /// Whether a value would be read in the year `year`.
    pub(crate) fn reads(&self, cell: Cell<'_>, year: i32) -> bool {
        let offset = self.layout.utc_offset_minutes;
        match self.ty {
            ColumnType::Text => true,
            ColumnType::Int32 => self.integer(cell).is_some_and(|n| i32::try_from(n).is_ok()),
            ColumnType::Int64 => self.integer(cell).is_some(),
            ColumnType::Float64 => self.float(cell).is_some(),
            ColumnType::Decimal(precision, scale) => self.decimal(cell, precision, scale).is_some(),
            ColumnType::Boolean => boolean::parse(cell.text).is_some(),
            ColumnType::Date if cell.native => self.moments.native_date(cell.text, year).is_some(),
            ColumnType::Date => self.moments.date(cell.text, year).is_some(),
            ColumnType::Timestamp if cell.native => self.moments.native_timestamp(cell.text, offset, year).is_some(),
            ColumnType::Timestamp => self.moments.timestamp(cell.text, offset, year).is_some(),
        }
    }

    /// What was expected, for the sender.
    pub(crate) fn expected(&self) -> &str {
        &self.expected
    }

    /// What a cell comes to once its words are understood: a code for a spelling, a name without titles.
    #[inline]
    pub(crate) fn said<'t>(&'t self, text: &'t str) -> &'t str {
        match &self.words {
            None => text,
            Some(words) => words.said(text),
        }
    }

    /// The number in a cell and the signs it is written with; nothing where they are ambiguous.
    #[inline]
    fn number<'t>(&'t self, cell: Cell<'t>, whole: bool) -> Option<(&'t str, Signs)> {
        let text = self.said(cell.text);
        if cell.native {
            return Some((text, Signs::PLAIN));
        }
        if !self.mixed {
            return Some((text, self.layout.signs));
        }
        match mixed::convention(text, whole) {
            Convention::One(signs) => Some((text, signs)),
            Convention::Either { .. } | Convention::Wrong => None,
        }
    }

    fn integer(&self, cell: Cell<'_>) -> Option<i64> {
        let (text, signs) = self.number(cell, true)?;
        number::integer(text, signs)
    }

    fn float(&self, cell: Cell<'_>) -> Option<f64> {
        let (text, signs) = self.number(cell, false)?;
        number::float(text, signs)
    }

    fn decimal(&self, cell: Cell<'_>, precision: u8, scale: i8) -> Option<i128> {
        let (text, signs) = self.number(cell, false)?;
        number::decimal(text, signs, precision, scale)
    }
}

/// Date patterns as a message shows them.
fn forms(formats: &[String]) -> String {
    let shown = formats.iter().map(|format| match format.as_str() {
        INDONESIAN_DATES => "17/07/2026, 17-7-26, 17 Juli 2026 or 2026-07-17",
        pattern => pattern,
    });
    shown.collect::<Vec<_>>().join(" or ")
}

/// Builds the column that `plan` describes from source column `source` of `frame`; faults go to `verdicts`.
/// A cell that is missing or does not fit is null in the result. `year` is the present one, by which years of two
/// digits are completed.
pub(crate) fn column(
    frame: &Frame,
    source: Option<usize>,
    index: usize,
    plan: &ColumnPlan,
    year: i32,
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
        year,
        verdicts,
    };
    match reader.ty {
        ColumnType::Text => cells.text(),
        ColumnType::Boolean => cells.boolean(),
        ColumnType::Int32 => {
            cells.primitive::<Int32Type>(|cell| reader.integer(cell).and_then(|n| i32::try_from(n).ok()))
        }
        ColumnType::Int64 => cells.primitive::<Int64Type>(|cell| reader.integer(cell)),
        ColumnType::Float64 => cells.primitive::<Float64Type>(|cell| reader.float(cell)),
        ColumnType::Decimal(precision, scale) => Arc::new(
            cells
                .values::<Decimal128Type>(|cell| reader.decimal(cell, precision, scale))
                .with_data_type(reader.ty.arrow()),
        ),
        ColumnType::Date => cells.primitive::<Date32Type>(|cell| match cell.native {
            false => reader.moments.date(cell.text, year),
            true => reader.moments.native_date(cell.text, year),
        }),
        ColumnType::Timestamp => {
            let offset = reader.layout.utc_offset_minutes;
            let times = cells.values::<TimestampMicrosecondType>(|cell| match cell.native {
                false => reader.moments.timestamp(cell.text, offset, year),
                true => reader.moments.native_timestamp(cell.text, offset, year),
            });
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
    year: i32,
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

    /// Notes that a cell does not fit, and why as far as it can be told. A `warn` finding tells of many rows, and its
    /// words must not show what one of them says.
    #[cold]
    fn refuse(&mut self, row: usize, cell: Cell<'a>) {
        let reader = &self.plan.reader;
        let refusal = reader.refusal(cell, self.year);
        let message = match self.plan.on_failure {
            OnFailure::Warn => Cow::Borrowed(reader.expected()),
            _ => refusal.message,
        };
        self.fail(row, refusal.rule, cell.text, &message);
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
                    None => values.append_value(self.plan.reader.said(cell.text)),
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
                let value = boolean::parse(self.plan.reader.said(cell.text));
                if value.is_none() {
                    self.refuse(row, cell);
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
                    self.refuse(row, cell);
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
