//! Tables as offices lay them out in a workbook: a title or two, a header, rows, a line of signature.

use crate::{Envelope, Result, book};
use rust_xlsxwriter::{Format, FormatBorder};

/// A cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(f64),
    Blank,
}

impl Cell {
    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }
}

/// What the sheet looks like.
pub(crate) struct Layout<'a> {
    pub(crate) sheet: &'a str,
    pub(crate) titles: &'a [String],
    pub(crate) headers: &'a [&'a str],
    /// Lines below the rows, such as place, date and office.
    pub(crate) signature: &'a [String],
}

/// Writes the table; rows may be shorter than the header.
pub(crate) fn table(dataset: &'static str, name: &str, layout: &Layout<'_>, rows: &[Vec<Cell>]) -> Result<Envelope> {
    book::workbook(dataset, name, layout.sheet, rows.len(), |page| {
        let bold = Format::new().set_bold();
        let head = Format::new().set_bold().set_border(FormatBorder::Thin);
        let mut line = 0u32;
        for title in layout.titles {
            page.write_with_format(line, 0, title.as_str(), &bold)?;
            line += 1;
        }
        if !layout.titles.is_empty() {
            line += 1;
        }
        for (column, header) in (0u16..).zip(layout.headers) {
            page.write_with_format(line, column, *header, &head)?;
        }
        for row in rows {
            line += 1;
            for (column, cell) in (0u16..).zip(row) {
                match cell {
                    Cell::Text(text) => page.write(line, column, text.as_str())?,
                    Cell::Number(number) => page.write(line, column, *number)?,
                    Cell::Blank => page,
                };
            }
        }
        line += 2;
        let place = layout.headers.len().saturating_sub(2) as u16;
        for text in layout.signature {
            page.write(line, place, text.as_str())?;
            line += 1;
        }
        Ok(())
    })
}

/// `1.261.400` (points between thousands).
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    out
}

/// `1.261,40` with that many decimals.
pub(crate) fn decimal(number: f64, decimals: u32) -> String {
    let scale = 10u64.pow(decimals);
    let scaled = (number.abs() * scale as f64).round() as u64;
    let sign = if number < 0.0 && scaled > 0 { "-" } else { "" };
    let whole = thousands(scaled / scale);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole},{:0width$}", scaled % scale, width = decimals as usize)
    }
}

/// Months as offices write them.
pub(crate) const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// `12 Juli 2026`.
pub(crate) fn date_words(day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    let month = MONTHS.get(day.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}
