//! What cells hold and how they look.

use super::super::table::{Moment, Table};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};
use smartcenter_warehouse::quarantine::{CellKind, SentCell};
use std::borrow::Cow;

/// Formats of the cells.
pub(super) struct Styles {
    pub header: Format,
    pub ours: Format,
    pub text: Kinds,
    plain: Kinds,
    day: Kinds,
    time: Kinds,
    pub title: Format,
    pub wrapped: Format,
}

/// Good and wrong cells of one kind.
pub(super) struct Kinds {
    pub good: Format,
    wrong: Format,
}

impl Styles {
    pub fn new() -> Self {
        let kind = |shown: &str| {
            let good = Format::new().set_num_format(shown).set_align(FormatAlign::Top);
            let wrong = good.clone();
            Kinds {
                good,
                wrong: wrong
                    .set_background_color(Color::RGB(0x00FF_D9D9))
                    .set_border(FormatBorder::Thin)
                    .set_border_color(Color::RGB(0x00C0_3030)),
            }
        };
        let text = kind("@");
        let header = Format::new()
            .set_bold()
            .set_num_format("@")
            .set_border_bottom(FormatBorder::Thin);
        Self {
            ours: (text.good.clone())
                .set_font_color(Color::RGB(0x0060_6060))
                .set_background_color(Color::RGB(0x00F2_F2F2)),
            text,
            plain: kind("General"),
            day: kind("yyyy-mm-dd"),
            time: kind("yyyy-mm-dd hh:mm:ss"),
            header: header.set_background_color(Color::RGB(0x00DD_E8F4)),
            title: Format::new().set_bold().set_font_size(14),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }

    /// The format of a cell.
    pub fn of(&self, value: &Value<'_>, is_wrong: bool) -> &Format {
        let kinds = match value {
            Value::Text(_) => &self.text,
            Value::Number(_) | Value::Flag(_) => &self.plain,
            Value::Moment(Moment::Day(_)) => &self.day,
            Value::Moment(Moment::Time(_)) => &self.time,
        };
        if is_wrong { &kinds.wrong } else { &kinds.good }
    }
}

/// What goes into a cell.
pub(super) enum Value<'a> {
    Text(Cow<'a, str>),
    Number(f64),
    Flag(bool),
    Moment(Moment),
}

impl<'a> Value<'a> {
    /// What a cell was sent as, as far as a spreadsheet can hold it.
    pub fn of(cell: &'a SentCell, place: usize, table: &Table) -> Self {
        if cell.kind != CellKind::Native {
            return Self::Text(Cow::Borrowed(&cell.text));
        }
        // A spreadsheet has 15 digits; a longer number would come back as another.
        let number = cell.text.parse::<f64>().ok().filter(|_| cell.text.len() <= 15);
        match number.filter(|number| number.to_string() == cell.text) {
            Some(number) => Self::Number(number),
            None if cell.text == "true" || cell.text == "false" => Self::Flag(cell.text == "true"),
            // Nor has it days before 1900.
            None => match table.moment(cell, place).filter(|moment| moment.year() >= 1900) {
                Some(moment) => Self::Moment(moment),
                None => Self::Text(table.text(cell, place)),
            },
        }
    }

    /// Writes it.
    pub fn write(&self, sheet: &mut Worksheet, row: u32, column: u16, format: &Format) -> Result<(), XlsxError> {
        match self {
            Self::Text(text) if text.is_empty() => sheet.write_blank(row, column, format),
            Self::Text(text) => sheet.write_string_with_format(row, column, text.as_ref(), format),
            Self::Number(number) => sheet.write_number_with_format(row, column, *number, format),
            Self::Flag(flag) => sheet.write_boolean_with_format(row, column, *flag, format),
            Self::Moment(Moment::Day(day)) => sheet.write_datetime_with_format(row, column, day, format),
            Self::Moment(Moment::Time(time)) => sheet.write_datetime_with_format(row, column, time, format),
        }?;
        Ok(())
    }
}
