//! What is printed and calculated with says what the report says.

use super::{Hub, hub, made, monday, reader};
use crate::report::{Cell, Lang, Report, pdf, xlsx};
use calamine::{Data, DataType, Reader, Xlsx};
use std::io::Cursor;

fn workbook(report: &Report, lang: Lang) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(xlsx::render(report, lang).unwrap())).unwrap()
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let report = made(&hub(), monday());
    for lang in Lang::ALL {
        assert!(pdf::render(&report, lang).unwrap() == pdf::render(&report, lang).unwrap());
        assert!(xlsx::render(&report, lang).unwrap() == xlsx::render(&report, lang).unwrap());
    }
    assert!(pdf::render(&report, Lang::Id).unwrap() != pdf::render(&report, Lang::En).unwrap());
    let mut other = report.clone();
    other.sections[1].figures[0].value = Some(4.3);
    assert!(pdf::render(&report, Lang::Id).unwrap() != pdf::render(&other, Lang::Id).unwrap());
}

#[test]
fn every_figure_and_name_is_on_the_pages() {
    let report = made(&hub(), monday());
    for lang in Lang::ALL {
        let pages = reader::pages(&pdf::render(&report, lang).unwrap());
        let all = pages.join("");
        // Lines break where the page wants it.
        let flat = all.replace('\n', " ");
        for figure in report.figures() {
            assert!(flat.contains(figure.title.say(lang)), "{}", figure.metric);
            assert!(
                all.lines().any(|line| line == figure.shown(lang)),
                "{} is not on the pages",
                figure.metric
            );
        }
        for table in report.tables() {
            assert!(flat.contains(table.title.say(lang)), "{}", table.metric);
        }
        for text in &report.headline {
            assert!(flat.contains(text.say(lang)), "{}", text.say(lang));
        }
        assert!(flat.contains("Panggul") && flat.contains("Puskesmas Uji: 14"));
        for (page, text) in pages.iter().enumerate() {
            let number = match lang {
                Lang::Id => format!("Halaman {} dari {}", page + 1, pages.len()),
                Lang::En => format!("Page {} of {}", page + 1, pages.len()),
            };
            assert!(text.contains(&number), "{number}");
        }
    }
}

#[test]
fn a_table_breaks_over_pages_and_repeats_its_headings() {
    let mut report = made(&hub(), monday());
    let table = report
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.tables)
        .find(|table| table.metric.ends_with("pendidikan.kecamatan"));
    let table = table.unwrap();
    let row = table.rows[0].clone();
    table.rows = (0..120)
        .map(|index| {
            let mut row = row.clone();
            row[0] = Cell::Name(format!("Kecamatan-{index}"));
            row
        })
        .collect();
    let pages = reader::pages(&pdf::render(&report, Lang::Id).unwrap());
    let with: Vec<&String> = pages.iter().filter(|page| page.contains("Kecamatan-")).collect();
    assert!(with.len() > 2, "{} pages", with.len());
    for page in &with {
        assert!(
            page.contains("Laporan\nmasuk") || page.contains("Laporan masuk"),
            "a page without headings"
        );
    }
    let all = pages.join("");
    for index in 0..120 {
        let count = all.lines().filter(|line| *line == format!("Kecamatan-{index}")).count();
        assert_eq!(count, 1, "row {index}");
    }
}

#[test]
fn the_pages_tell_title_language_and_structure() {
    let bytes = pdf::render(&made(&hub(), monday()), Lang::En).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for sign in [
        "/Lang(en)",
        "/MarkInfo",
        "/StructTreeRoot",
        "/S/H1",
        "/S/TH",
        "/S/Figure",
        "/Scope/Column",
        "/DisplayDocTitle true",
    ] {
        assert!(text.contains(sign), "{sign}");
    }
    assert!(text.contains("<pdfuaid:part>1") && text.contains("Weekly Briefing, week 47 of 2026"));
    assert!(!text.contains("/Helvetica") && text.contains("/FontFile2"));
}

#[test]
fn characters_that_the_font_has_not_leave_a_mark() {
    let mut report = made(&hub(), monday());
    report.headline[0].id = "Nama: 山 dan Ü, kata-yang-sangat-panjang-sekali-".to_owned() + &"x".repeat(400);
    let all = reader::pages(&pdf::render(&report, Lang::Id).unwrap()).join("");
    assert!(all.contains("Nama: ? dan Ü,"));
    assert!(all.matches('x').count() >= 400);
}

#[test]
fn the_workbook_has_numbers_as_numbers_and_days_as_days() {
    let report = made(&hub(), monday());
    for lang in Lang::ALL {
        let mut book = workbook(&report, lang);
        let figures = book
            .worksheet_range(if lang == Lang::Id { "Angka" } else { "Figures" })
            .unwrap();
        let rows: Vec<&[Data]> = figures.rows().skip(1).collect();
        assert_eq!(rows.len(), report.figures().count());
        for (row, figure) in rows.iter().zip(report.figures()) {
            assert_eq!(row[1].as_string().unwrap(), figure.title.say(lang));
            assert_eq!(row[2].get_float(), figure.value, "{}", figure.metric);
            assert_eq!(row[3].get_float(), figure.before);
            assert_eq!(row[5].get_float(), figure.target);
            assert_eq!(row[6].as_date(), Some(figure.from));
            assert_eq!(row[9].as_string().unwrap(), figure.metric);
            assert_eq!(row[10].get_float(), Some(4711.0));
        }
        // Each table has a sheet; each question a line on the last.
        assert_eq!(book.sheet_names().len(), 3 + report.tables().count());
        let last = book.sheet_names().last().unwrap().clone();
        assert_eq!(
            book.worksheet_range(&last).unwrap().rows().count(),
            1 + report.questions.len()
        );
    }
    let mut book = workbook(&report, Lang::Id);
    let places = book.worksheet_range("Tidak hadir per kecamatan").unwrap();
    assert_eq!(places.get_value((1, 1)).unwrap(), &Data::Float(4.26));
    assert_eq!(
        places.get_value((2, 2)).unwrap_or(&Data::Empty),
        &Data::Empty,
        "what is not known stays empty"
    );
    let alerts = book.worksheet_range("Peringatan baru").unwrap();
    assert_eq!(
        alerts.get_value((1, 3)).unwrap().as_date(),
        Some("2026-11-18".parse().unwrap())
    );
}

#[test]
fn a_week_without_data_can_be_printed() {
    let report = made(&Hub(Vec::new()), monday());
    let all = reader::pages(&pdf::render(&report, Lang::Id).unwrap()).join("");
    assert!(all.contains("Belum ada data untuk minggu ini.") && all.contains("Tidak ada."));
    assert_eq!(
        workbook(&report, Lang::Id)
            .worksheet_range("Angka")
            .unwrap()
            .rows()
            .count(),
        1 + report.figures().count()
    );
}
