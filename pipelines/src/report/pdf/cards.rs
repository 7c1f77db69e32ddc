//! Key figures as cards, and the words that figures share.

use super::{
    font::Weight,
    parts::{said, style},
    sheet::{Sheet, Tag},
    spark,
    style::{BAD, Colour, GOOD, GREY, INK, LEFT, LINE, NAVY, WIDTH},
};
use crate::report::{
    form::{Figure, Report, none},
    sentences::period,
    words::{Lang, Unit},
};
use pdf_writer::Rect;

/// Cards, three on a line.
pub(super) fn key_figures(sheet: &mut Sheet, report: &Report, lang: Lang) {
    const GAP: f32 = 9.0;
    const TALL: f32 = 67.0;
    let wide = (WIDTH - 2.0 * GAP) / 3.0;
    let figures: Vec<&Figure> = report
        .key_figures
        .iter()
        .filter_map(|metric| report.figure(metric))
        .collect();
    for row in figures.chunks(3) {
        sheet.need(TALL);
        let top = sheet.y;
        for (index, figure) in row.iter().enumerate() {
            let left = LEFT + (wide + GAP) * index as f32;
            card(sheet, figure, Rect::new(left, top - TALL, left + wide, top), lang);
        }
        sheet.y = top - TALL - GAP;
    }
    sheet.y -= 3.0;
}

fn card(sheet: &mut Sheet, figure: &Figure, area: Rect, lang: Lang) {
    const PAD: f32 = 8.0;
    let value = style(Weight::Bold, 17.0, INK);
    let wide = area.x2 - area.x1 - 2.0 * PAD;
    sheet.rule((area.x1, area.x2), area.y2, 1.2, NAVY);
    sheet.rule((area.x1, area.x2), area.y1, 0.4, LINE);
    let x = area.x1;
    let node = sheet.node(Sheet::ROOT, Tag::P);
    let mut y = area.y2 - 13.0;
    sheet.text(
        Some(node),
        (x, y),
        figure.title.say(lang),
        style(Weight::Bold, 8.6, NAVY),
    );
    y -= 20.0;
    let shown = figure.value.map_or_else(none, |value| match figure.unit {
        // The title says what is counted.
        Unit::Persen => figure.unit.measure(value, lang),
        _ => figure.unit.number(value, lang),
    });
    sheet.text(Some(node), (x, y), &shown, value);
    y -= 13.0;
    let (text, colour) = step(figure, lang);
    sheet.text(Some(node), (x, y), &text, style(Weight::Regular, 8.0, colour));
    y -= 11.0;
    let note = match figure.target {
        Some(target) => format!(
            "{} {} · {}",
            said(lang, "sasaran", "target"),
            figure.unit.measure(target, lang),
            period(figure, lang)
        ),
        None => period(figure, lang),
    };
    sheet.text(Some(node), (x, y), &note, style(Weight::Regular, 7.2, GREY));
    let from = x + wide - 58.0;
    let trend = Rect::new(from, area.y2 - 36.0, x + wide + PAD, area.y2 - 21.0);
    spark::draw(sheet, Sheet::ROOT, trend, &values(figure), &told(figure, lang));
}

/// The change with its direction, in words where there is none.
fn step(figure: &Figure, lang: Lang) -> (String, Colour) {
    let Some(change) = figure.change() else {
        return (
            said(lang, "tanpa pembanding", "nothing to compare with").to_owned(),
            GREY,
        );
    };
    let colour = match figure.is_better() {
        Some(true) => GOOD,
        Some(false) => BAD,
        None => GREY,
    };
    let before = figure
        .before
        .map_or_else(none, |before| figure.unit.number(before, lang));
    let arrow = if change > 0.0 { "▲" } else { "▼" };
    let text = match (lang, change == 0.0) {
        (Lang::Id, true) => "tetap".to_owned(),
        (Lang::En, true) => "unchanged".to_owned(),
        (Lang::Id, false) => format!("{arrow} {} dari {before}", figure.unit.change(change, lang)),
        (Lang::En, false) => format!("{arrow} {} from {before}", figure.unit.change(change, lang)),
    };
    (text, colour)
}

pub(super) fn values(figure: &Figure) -> Vec<Option<f64>> {
    figure.trend.iter().map(|point| point.value).collect()
}

/// A trend in words.
pub(super) fn told(figure: &Figure, lang: Lang) -> String {
    let known: Vec<f64> = values(figure).into_iter().flatten().collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return String::new();
    };
    let [first, last] = [first, last].map(|value| figure.unit.measure(*value, lang));
    let title = figure.title.say(lang);
    match lang {
        Lang::Id => format!("{title}: perkembangan dari {first} menjadi {last}"),
        Lang::En => format!("{title}: trend from {first} to {last}"),
    }
}
