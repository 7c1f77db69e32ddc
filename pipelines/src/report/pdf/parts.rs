//! What stands on the pages: head, sentences, key figures, sections, where the figures came from.

use super::{
    cards::{key_figures, told, values},
    font::Weight,
    sheet::{Sheet, Style, Tag},
    style::{BAD, Colour, GOOD, GREY, HEIGHT, INK, LEFT, NAVY, PAPER, TINT, WIDTH},
    table::{self, Head, Piece},
};
use crate::report::{
    form::{Cell, Column, Figure, Kind, Report, Section, Table, none},
    sentences::period,
    words::{Lang, moment, number, range, short_day},
};
use pdf_writer::Rect;

const PLACE: &str = "Kabupaten Trenggalek";

pub(super) const fn style(weight: Weight, size: f32, colour: Colour) -> Style {
    Style { weight, size, colour }
}

const NAME: Style = style(Weight::Bold, 11.0, NAVY);
const SMALL: Style = style(Weight::Regular, 8.0, GREY);
const TITLE: Style = style(Weight::Bold, 21.0, INK);
const LEAD: Style = style(Weight::Regular, 10.5, INK);
const H2: Style = style(Weight::Bold, 13.0, NAVY);
const H3: Style = style(Weight::Bold, 9.6, INK);
const BODY: Style = style(Weight::Regular, 9.4, INK);
const NOTE: Style = style(Weight::Regular, 8.2, GREY);

/// What the document is called.
pub(super) fn title(report: &Report, lang: Lang) -> String {
    let (year, week) = report.week.number();
    match lang {
        Lang::Id => format!("Laporan Mingguan, minggu ke-{week} tahun {year}"),
        Lang::En => format!("Weekly Briefing, week {week} of {year}"),
    }
}

/// Everything.
pub(super) fn all(sheet: &mut Sheet, report: &Report, lang: Lang) {
    head(sheet, report, lang);
    headline(sheet, report, lang);
    key_figures(sheet, report, lang);
    changes(sheet, report, lang);
    for section in &report.sections {
        self::section(sheet, section, lang);
    }
    sources(sheet, report, lang);
    running(sheet, report, lang);
}

pub(super) fn said(lang: Lang, id: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Id => id,
        Lang::En => en,
    }
}

fn line(sheet: &mut Sheet, tag: Tag, text: &str, style: Style) {
    let node = sheet.node(Sheet::ROOT, tag);
    sheet.paragraph(node, (LEFT, WIDTH), text, style);
}

/// The head of the first page, as a letter of the office has it.
fn head(sheet: &mut Sheet, report: &Report, lang: Lang) {
    sheet.y = HEIGHT - 40.0;
    let office = said(
        lang,
        "PEMERINTAH KABUPATEN TRENGGALEK",
        "GOVERNMENT OF TRENGGALEK REGENCY",
    );
    line(sheet, Tag::P, office, NAME);
    line(sheet, Tag::P, "Smart Center", SMALL);
    sheet.y -= 4.0;
    sheet.rule(Sheet::across(), sheet.y, 2.0, NAVY);
    sheet.rule(Sheet::across(), sheet.y - 2.6, 0.5, NAVY);
    sheet.y -= 14.0;
    line(sheet, Tag::H1, said(lang, "Laporan Mingguan", "Weekly Briefing"), TITLE);
    let (year, week) = report.week.number();
    let days = range(report.from, report.to, lang);
    let when = match lang {
        Lang::Id => format!("Minggu ke-{week} tahun {year} · Senin–Minggu, {days}"),
        Lang::En => format!("Week {week} of {year} · Monday to Sunday, {days}"),
    };
    sheet.y -= 1.0;
    line(sheet, Tag::P, &when, LEAD);
    let made = moment(report.made_at, lang);
    let issue = match lang {
        Lang::Id => format!("Terbitan {}, dibuat {made}", report.version),
        Lang::En => format!("Issue {}, made on {made}", report.version),
    };
    let issue = match report.in_progress {
        true => format!(
            "{issue} · {}",
            said(lang, "minggu belum selesai", "the week is not over")
        ),
        false => issue,
    };
    line(sheet, Tag::P, &issue, NOTE);
    sheet.y -= 8.0;
}

/// The week in a few sentences, on a tint.
fn headline(sheet: &mut Sheet, report: &Report, lang: Lang) {
    const PAD: f32 = 9.0;
    let lines: usize = report
        .headline
        .iter()
        .map(|text| sheet.wrap(text.say(lang), WIDTH - 2.0 * PAD - 10.0, BODY).len())
        .sum();
    let gaps = report.headline.len().saturating_sub(1) as f32 * 3.0;
    let height = lines as f32 * BODY.leading() + gaps + 2.0 * PAD - 3.0;
    sheet.fill(Rect::new(LEFT, sheet.y - height, LEFT + WIDTH, sheet.y), TINT);
    sheet.fill(Rect::new(LEFT, sheet.y - height, LEFT + 3.0, sheet.y), NAVY);
    let end = sheet.y - height;
    sheet.y -= PAD - 2.0;
    for text in &report.headline {
        let node = sheet.node(Sheet::ROOT, Tag::P);
        sheet.paragraph(node, (LEFT + PAD + 6.0, WIDTH - 2.0 * PAD - 10.0), text.say(lang), BODY);
        sheet.y -= 3.0;
    }
    sheet.y = end - 14.0;
}

/// What differs from the issue before.
fn changes(sheet: &mut Sheet, report: &Report, lang: Lang) {
    if report.changes.is_empty() {
        return;
    }
    heading(
        sheet,
        Tag::H2,
        said(
            lang,
            "Yang berubah sejak terbitan sebelumnya",
            "What changed since the issue before",
        ),
        H2,
        40.0,
    );
    for change in &report.changes {
        line(sheet, Tag::P, &format!("• {}", change.sentence.say(lang)), BODY);
    }
    sheet.y -= 8.0;
}

fn heading(sheet: &mut Sheet, tag: Tag, text: &str, style: Style, keep: f32) {
    sheet.need(style.leading() + keep);
    if tag == Tag::H2 {
        sheet.bookmark(text);
    }
    line(sheet, tag, text, style);
}

fn section(sheet: &mut Sheet, section: &Section, lang: Lang) {
    sheet.y -= 6.0;
    heading(sheet, Tag::H2, section.title.say(lang), H2, 110.0);
    line(sheet, Tag::P, section.note.say(lang), NOTE);
    sheet.y -= 5.0;
    figures(sheet, &section.figures, lang);
    for table in &section.tables {
        self::table(sheet, table, lang);
    }
}

fn figures(sheet: &mut Sheet, figures: &[Figure], lang: Lang) {
    let heads = [
        (said(lang, "Angka", "Figure"), false),
        (said(lang, "Nilai", "Value"), true),
        (said(lang, "Sebelumnya", "Before"), true),
        (said(lang, "Perubahan", "Change"), true),
        (said(lang, "Sasaran", "Target"), true),
        (said(lang, "Perkembangan", "Trend"), false),
    ];
    let heads = heads.map(|(title, right)| Head {
        title: title.to_owned(),
        right,
    });
    let rows: Vec<Vec<Piece>> = figures.iter().map(|figure| figure_row(figure, lang)).collect();
    table::draw(sheet, Sheet::ROOT, &heads, &rows);
}

fn figure_row(figure: &Figure, lang: Lang) -> Vec<Piece> {
    let measure = |value: Option<f64>| value.map_or_else(none, |value| figure.unit.measure(value, lang));
    let note = figure
        .note
        .as_ref()
        .map(|note| format!("{} · ", note.say(lang)))
        .unwrap_or_default();
    let colour = match figure.is_better() {
        Some(true) => GOOD,
        Some(false) => BAD,
        None => INK,
    };
    let change = figure.change().map_or_else(none, |change| {
        let by = figure.unit.change(change, lang);
        match change {
            up if up > 0.0 => format!("▲ {by}"),
            down if down < 0.0 => format!("▼ {by}"),
            _ => said(lang, "tetap", "unchanged").to_owned(),
        }
    });
    vec![
        Piece::Named {
            text: figure.title.say(lang).to_owned(),
            note: format!("{note}{}", period(figure, lang)),
        },
        Piece::bold(measure(figure.value)),
        Piece::plain(measure(figure.before)),
        Piece::toned(change, colour),
        Piece::plain(measure(figure.target)),
        Piece::Spark {
            values: values(figure),
            alt: told(figure, lang),
        },
    ]
}

fn table(sheet: &mut Sheet, table: &Table, lang: Lang) {
    sheet.y -= 4.0;
    heading(sheet, Tag::H3, table.title.say(lang), H3, 84.0);
    if table.rows.is_empty() {
        line(sheet, Tag::P, said(lang, "Tidak ada.", "None."), BODY);
        sheet.y -= 6.0;
        return;
    }
    if let Some(note) = &table.note {
        line(sheet, Tag::P, note.say(lang), NOTE);
    }
    sheet.y -= 3.0;
    let right = |column: &Column| matches!(column.kind, Kind::Number | Kind::Change);
    let heads: Vec<Head> = table
        .columns
        .iter()
        .map(|column| Head {
            title: column.title.say(lang).to_owned(),
            right: right(column),
        })
        .collect();
    let row = |cells: &Vec<Cell>| {
        table
            .columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| piece(column, cell, lang))
            .collect()
    };
    let rows: Vec<Vec<Piece>> = table.rows.iter().map(row).collect();
    table::draw(sheet, Sheet::ROOT, &heads, &rows);
    if table.left_out > 0 {
        let count = number(table.left_out as f64, 0, lang);
        let text = match lang {
            Lang::Id => format!("{count} baris lain tidak ditampilkan."),
            Lang::En => format!("{count} more rows are not shown."),
        };
        line(sheet, Tag::P, &text, NOTE);
        sheet.y -= 4.0;
    }
}

fn piece(column: &Column, cell: &Cell, lang: Lang) -> Piece {
    match (cell, column.kind) {
        (Cell::Number(value), Kind::Change) => Piece::plain(column.unit.change(*value, lang)),
        (Cell::Number(value), _) if column.unit == crate::report::Unit::Persen => {
            Piece::plain(column.unit.measure(*value, lang))
        }
        (Cell::Number(value), _) => Piece::plain(column.unit.number(*value, lang)),
        (Cell::Day(day), _) => Piece::plain(short_day(*day, lang)),
        (Cell::Name(name), _) => Piece::plain(name.as_str()),
        (Cell::Words(words), _) => Piece::plain(words.say(lang)),
        (Cell::Nothing, _) => Piece::toned(none(), GREY),
    }
}

/// How a reader finds out where a figure came from.
fn sources(sheet: &mut Sheet, report: &Report, lang: Lang) {
    sheet.y -= 6.0;
    heading(
        sheet,
        Tag::H2,
        said(lang, "Asal angka", "Where the figures come from"),
        H2,
        60.0,
    );
    let (seq, week) = (report.seq, report.week);
    let text = match lang {
        Lang::Id => format!(
            "Semua angka dihitung dari tabel mart.* Smart Center pada posisi data {seq}. Pertanyaan SQL setiap angka ada dalam lembar \
             \"Asal angka\" pada berkas XLSX dan dalam JSON laporan {week}; dengan as_of {seq} jawabannya selalu sama. Minggu pada tabel \
             mart berjalan dari Minggu sampai Sabtu: yang dipakai ialah minggu yang berakhir di dalam minggu laporan ini. Tanda – berarti \
             tidak diketahui atau ditahan, bukan nol."
        ),
        Lang::En => format!(
            "All figures were worked out from the mart.* tables of Smart Center at data position {seq}. The SQL of each figure is on the \
             sheet \"Sources\" of the XLSX file and in the JSON of briefing {week}; as of {seq} its answer is always the same. Weeks of the \
             mart tables run from Sunday to Saturday: the one that ends within the week of this briefing is used. A dash means not known \
             or withheld, not zero."
        ),
    };
    line(sheet, Tag::P, &text, NOTE);
    let unanswered: Vec<&str> = report
        .questions
        .iter()
        .filter(|one| one.failed.is_some())
        .map(|one| one.metric.as_str())
        .collect();
    if !unanswered.is_empty() {
        let text = format!(
            "{}: {}.",
            said(lang, "Tanpa jawaban", "Without an answer"),
            unanswered.join(", ")
        );
        line(sheet, Tag::P, &text, NOTE);
    }
}

/// Running heads and page numbers, once it is known how many pages there are.
fn running(sheet: &mut Sheet, report: &Report, lang: Lang) {
    let count = sheet.pages.len();
    for page in 0..count {
        let number = match lang {
            Lang::Id => format!("Halaman {} dari {count}", page + 1),
            Lang::En => format!("Page {} of {count}", page + 1),
        };
        let wide = sheet.width(&number, SMALL);
        let left = match lang {
            Lang::Id => format!(
                "Smart Center · {PLACE} · terbitan {} · posisi data {}",
                report.version, report.seq
            ),
            Lang::En => format!(
                "Smart Center · {PLACE} · issue {} · data position {}",
                report.version, report.seq
            ),
        };
        sheet.stamp(page, (LEFT, 32.0), &left, SMALL);
        sheet.stamp(page, (PAPER - LEFT - wide, 32.0), &number, SMALL);
        if page > 0 {
            sheet.stamp(page, (LEFT, HEIGHT - 38.0), &title(report, lang), SMALL);
        }
    }
}
