//! The briefing for calculating: the figures on a sheet, each table on one of its own, numbers as numbers, days as days.

use super::{
    form::{Cell, Figure, Kind, Report, Table},
    words::{Lang, Unit, moment, range},
};
use chrono::{NaiveDate, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use smartcenter_warehouse::{Error, Result};

/// The workbook of a report. The same report gives the same bytes.
///
/// # Errors
/// A report that does not fit into a workbook, which a test rules out.
pub fn render(report: &Report, lang: Lang) -> Result<Vec<u8>> {
    write(report, lang).map_err(|error| Error::internal("the workbook cannot be written", error))
}

type Written<T = ()> = std::result::Result<T, XlsxError>;

struct Looks {
    title: Format,
    head: Format,
    text: Format,
    day: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new()
                .set_bold()
                .set_background_color(0xE6EBF1)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            day: Format::new().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Top),
        }
    }

    /// A number with the decimals of its unit.
    fn number(unit: Unit, is_change: bool) -> Format {
        let digits = "0".repeat(unit.digits());
        let plain = if digits.is_empty() {
            "#,##0".to_owned()
        } else {
            format!("#,##0.{digits}")
        };
        let format = if is_change {
            format!("+{plain};-{plain};0")
        } else {
            plain
        };
        Format::new().set_num_format(format).set_align(FormatAlign::Top)
    }
}

fn write(report: &Report, lang: Lang) -> Written<Vec<u8>> {
    let mut workbook = Workbook::new();
    let (year, week) = report.week.number();
    let title = match lang {
        Lang::Id => format!("Laporan Mingguan, minggu ke-{week} tahun {year}"),
        Lang::En => format!("Weekly Briefing, week {week} of {year}"),
    };
    workbook.set_properties(&properties(report, &title)?);
    let looks = Looks::new();
    summary(workbook.add_worksheet(), report, &title, &looks, lang)?;
    figures(workbook.add_worksheet(), report, &looks, lang)?;
    for one in report.tables() {
        table(workbook.add_worksheet(), one, &looks, lang)?;
    }
    sources(workbook.add_worksheet(), report, &looks, lang)?;
    workbook.save_to_buffer()
}

/// The moment of the report stands for that of the file, or no two files were alike.
fn properties(report: &Report, title: &str) -> Written<DocProperties> {
    let at = report.made_at.with_timezone(&Utc);
    let moment = ExcelDateTime::from_timestamp(at.timestamp())?;
    Ok(DocProperties::new()
        .set_title(title)
        .set_author("Smart Center")
        .set_creation_datetime(&moment))
}

fn said(lang: Lang, id: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

fn summary(sheet: &mut Worksheet, report: &Report, title: &str, looks: &Looks, lang: Lang) -> Written {
    sheet.set_name(said(lang, "Ringkasan", "Summary"))?;
    sheet.set_column_width(0, 100)?;
    sheet.write_with_format(0, 0, title, &looks.title)?;
    let made = moment(report.made_at, lang);
    let issue = match lang {
        Lang::Id => format!(
            "{}; terbitan {}, dibuat {made}",
            range(report.from, report.to, lang),
            report.version
        ),
        Lang::En => format!(
            "{}; issue {}, made on {made}",
            range(report.from, report.to, lang),
            report.version
        ),
    };
    sheet.write(1, 0, issue)?;
    let mut row = 3;
    for text in &report.headline {
        sheet.write_with_format(row, 0, text.say(lang), &looks.text)?;
        row += 1;
    }
    if !report.changes.is_empty() {
        row += 1;
        let heading = said(
            lang,
            "Yang berubah sejak terbitan sebelumnya",
            "What changed since the issue before",
        );
        sheet.write_with_format(row, 0, heading, &looks.head)?;
        for change in &report.changes {
            row += 1;
            sheet.write_with_format(row, 0, change.sentence.say(lang), &looks.text)?;
        }
    }
    Ok(())
}

/// All figures, a line each.
fn figures(sheet: &mut Worksheet, report: &Report, looks: &Looks, lang: Lang) -> Written {
    sheet.set_name(said(lang, "Angka", "Figures"))?;
    let heads = [
        (said(lang, "Bagian", "Section"), 26.0),
        (said(lang, "Angka", "Figure"), 34.0),
        (said(lang, "Nilai", "Value"), 14.0),
        (said(lang, "Sebelumnya", "Before"), 14.0),
        (said(lang, "Perubahan", "Change"), 14.0),
        (said(lang, "Sasaran", "Target"), 14.0),
        (said(lang, "Dari", "From"), 12.0),
        (said(lang, "Sampai", "To"), 12.0),
        (said(lang, "Keterangan", "Note"), 44.0),
        (said(lang, "Metrik", "Metric"), 36.0),
        (said(lang, "Posisi data", "Data position"), 14.0),
    ];
    let width = head(sheet, &heads, looks)?;
    let mut row = 0;
    for section in &report.sections {
        for one in &section.figures {
            row += 1;
            sheet.write_with_format(row, 0, section.title.say(lang), &looks.text)?;
            figure(sheet, row, one, looks, lang)?;
        }
    }
    sheet.autofilter(0, 0, row, width)?;
    Ok(())
}

/// Headings in the first row, which stays in sight. Answers the last column.
fn head(sheet: &mut Worksheet, heads: &[(&str, f64)], looks: &Looks) -> Written<u16> {
    let mut last = 0;
    for (column, (title, width)) in (0u16..).zip(heads) {
        sheet.write_with_format(0, column, *title, &looks.head)?;
        sheet.set_column_width(column, *width)?;
        last = column;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(last)
}

fn figure(sheet: &mut Worksheet, row: u32, figure: &Figure, looks: &Looks, lang: Lang) -> Written {
    sheet.write_with_format(row, 1, figure.title.say(lang), &looks.text)?;
    let plain = Looks::number(figure.unit, false);
    let numbers = [
        (figure.value, &plain),
        (figure.before, &plain),
        (figure.change(), &Looks::number(figure.unit, true)),
        (figure.target, &plain),
    ];
    for (column, (value, format)) in (2u16..).zip(numbers) {
        if let Some(value) = value {
            sheet.write_number_with_format(row, column, value, format)?;
        }
    }
    write_day(sheet, row, 6, figure.from, looks)?;
    write_day(sheet, row, 7, figure.to, looks)?;
    let note = figure.note.as_ref().map(|note| note.say(lang)).unwrap_or_default();
    sheet.write_with_format(row, 8, note, &looks.text)?;
    sheet.write_with_format(row, 9, &figure.metric, &looks.text)?;
    sheet.write_number(row, 10, figure.seq as f64)?;
    Ok(())
}

/// A table with a sheet of its own.
fn table(sheet: &mut Worksheet, table: &Table, looks: &Looks, lang: Lang) -> Written {
    sheet.set_name(name(table.title.say(lang)))?;
    let wide = |kind: Kind| match kind {
        Kind::Text => 30.0,
        Kind::Sentence => 100.0,
        Kind::Number | Kind::Change | Kind::Day => 15.0,
    };
    let heads: Vec<(&str, f64)> = table
        .columns
        .iter()
        .map(|column| (column.title.say(lang), wide(column.kind)))
        .collect();
    let width = head(sheet, &heads, looks)?;
    let mut row = 0;
    for cells in &table.rows {
        row += 1;
        for (place, (column, cell)) in (0u16..).zip(table.columns.iter().zip(cells)) {
            match cell {
                Cell::Number(value) => {
                    let format = Looks::number(column.unit, column.kind == Kind::Change);
                    sheet.write_number_with_format(row, place, *value, &format)?;
                }
                Cell::Day(day) => write_day(sheet, row, place, *day, looks)?,
                Cell::Name(name) => {
                    sheet.write_string_with_format(row, place, name, &looks.text)?;
                }
                Cell::Words(words) => {
                    sheet.write_string_with_format(row, place, words.say(lang), &looks.text)?;
                }
                Cell::Nothing => {}
            }
        }
    }
    sheet.autofilter(0, 0, row, width)?;
    Ok(())
}

/// A title as a sheet may be called.
fn name(title: &str) -> String {
    const MOST: usize = 31;
    title
        .chars()
        .filter(|char| !"[]:*?/\\".contains(*char))
        .take(MOST)
        .collect()
}

fn write_day(sheet: &mut Worksheet, row: u32, column: u16, day: NaiveDate, looks: &Looks) -> Written {
    sheet.write_with_format(row, column, &day, &looks.day)?;
    Ok(())
}

fn sources(sheet: &mut Worksheet, report: &Report, looks: &Looks, lang: Lang) -> Written {
    sheet.set_name(said(lang, "Asal angka", "Sources"))?;
    for (column, width) in [40.0, 14.0, 50.0, 110.0, 50.0].into_iter().enumerate() {
        sheet.set_column_width(u16::try_from(column).unwrap_or(0), width)?;
    }
    let heads = [
        said(lang, "Metrik", "Metric"),
        said(lang, "Posisi data", "Data position"),
        said(lang, "Parameter", "Parameters"),
        "SQL",
        said(lang, "Tanpa jawaban karena", "Without an answer because"),
    ];
    for (column, head) in (0u16..).zip(heads) {
        sheet.write_with_format(0, column, head, &looks.head)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 0;
    for question in &report.questions {
        row += 1;
        let params: Vec<String> = question
            .params
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        sheet.write_with_format(row, 0, &question.metric, &looks.text)?;
        sheet.write_number(row, 1, question.seq as f64)?;
        sheet.write_with_format(row, 2, params.join(", "), &looks.text)?;
        sheet.write_with_format(row, 3, &question.sql, &looks.text)?;
        sheet.write_with_format(row, 4, question.failed.as_deref().unwrap_or_default(), &looks.text)?;
    }
    sheet.autofilter(0, 0, row, 4)?;
    Ok(())
}
