//! Tables that break over pages and repeat their headings there.

use super::{
    font::Weight,
    sheet::{Sheet, Style, Tag},
    spark,
    style::{BOTTOM, Colour, GREY, INK, LEFT, LINE, NAVY, TINT, TOP, WIDTH},
};
use pdf_writer::Rect;

const PAD: f32 = 4.0;
const TEXT: Style = Style {
    weight: Weight::Regular,
    size: 8.4,
    colour: INK,
};
const HEAD: Style = Style {
    weight: Weight::Bold,
    size: 7.8,
    colour: NAVY,
};
const NOTE: Style = Style {
    weight: Weight::Regular,
    size: 7.2,
    colour: GREY,
};
/// A trend.
const SPARK: (f32, f32) = (74.0, 13.0);
/// More lines than fit on a page; a text that long is no cell.
const MOST_LINES: usize = 60;

/// A column.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub title: String,
    /// Numbers stand to the right.
    pub right: bool,
}

/// What stands in a cell.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Text {
        text: String,
        colour: Colour,
        weight: Weight,
    },
    /// A name with a small line below.
    Named { text: String, note: String },
    /// A trend and what it shows.
    Spark { values: Vec<Option<f64>>, alt: String },
}

impl Piece {
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            colour: INK,
            weight: Weight::Regular,
        }
    }

    pub fn toned(text: impl Into<String>, colour: Colour) -> Self {
        Self::Text {
            text: text.into(),
            colour,
            weight: Weight::Regular,
        }
    }

    pub fn bold(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            colour: INK,
            weight: Weight::Bold,
        }
    }

    /// Its texts with their styles.
    fn texts(&self) -> Vec<(&str, Style)> {
        match self {
            Self::Text { text, colour, weight } => {
                let style = Style {
                    weight: *weight,
                    colour: *colour,
                    ..TEXT
                };
                vec![(text, style)]
            }
            Self::Named { text, note } if note.is_empty() => vec![(text, TEXT)],
            Self::Named { text, note } => vec![(text, TEXT), (note, NOTE)],
            Self::Spark { .. } => Vec::new(),
        }
    }
}

/// Draws a table at the present place.
pub(super) fn draw(sheet: &mut Sheet, parent: usize, heads: &[Head], rows: &[Vec<Piece>]) {
    let widths = widths(sheet, heads, rows);
    let table = sheet.node(parent, Tag::Table);
    let first = rows.first().map_or(0.0, |row| height(sheet, row, &widths));
    sheet.need(head_height(sheet, heads, &widths) + first);
    head(sheet, Some(table), heads, &widths);
    for row in rows {
        let height = height(sheet, row, &widths);
        if sheet.need(height) {
            // The table is told once; who reads it with the ears has the heading already.
            head(sheet, None, heads, &widths);
        }
        let line = sheet.node(table, Tag::Tr);
        let top = sheet.y;
        let mut x = LEFT;
        for ((piece, width), head) in row.iter().zip(&widths).zip(heads) {
            cell(sheet, line, piece, (x, top, *width), head.right);
            x += width;
        }
        sheet.y = top - height;
        sheet.rule(Sheet::across(), sheet.y, 0.4, LINE);
    }
    sheet.y -= 6.0;
}

fn cell(sheet: &mut Sheet, row: usize, piece: &Piece, (x, top, width): (f32, f32, f32), right: bool) {
    let cell = sheet.node(row, Tag::Td);
    if let Piece::Spark { values, alt } = piece {
        let area = Rect::new(
            x + PAD,
            top - PAD - SPARK.1,
            x + PAD + SPARK.0.min(width - 2.0 * PAD),
            top - PAD,
        );
        spark::draw(sheet, cell, area, values, alt);
        return;
    }
    let mut y = top - PAD + 1.0;
    for (text, style) in piece.texts() {
        for line in lines(sheet, text, width, style) {
            y -= style.leading();
            let at = match right {
                true => x + width - PAD - sheet.width(&line, style),
                false => x + PAD,
            };
            sheet.text(Some(cell), (at, y + style.size * 0.32), &line, style);
        }
    }
}

fn lines(sheet: &Sheet, text: &str, width: f32, style: Style) -> Vec<String> {
    let mut lines = sheet.wrap(text, width - 2.0 * PAD, style);
    lines.truncate(MOST_LINES);
    lines
}

fn height(sheet: &Sheet, row: &[Piece], widths: &[f32]) -> f32 {
    let of = |(piece, width): (&Piece, &f32)| match piece {
        Piece::Spark { .. } => SPARK.1,
        _ => {
            let texts = piece.texts();
            let count =
                |(text, style): &(&str, Style)| lines(sheet, text, *width, *style).len() as f32 * style.leading();
            texts.iter().map(count).sum()
        }
    };
    let tallest = row.iter().zip(widths).map(of).fold(0.0, f32::max);
    (tallest + 2.0 * PAD - 1.0).min(TOP - BOTTOM - 40.0)
}

fn head_height(sheet: &Sheet, heads: &[Head], widths: &[f32]) -> f32 {
    let count = |(head, width): (&Head, &f32)| lines(sheet, &head.title, *width, HEAD).len();
    let most = heads.iter().zip(widths).map(count).max().unwrap_or(1);
    most as f32 * HEAD.leading() + 2.0 * PAD - 1.0
}

fn head(sheet: &mut Sheet, table: Option<usize>, heads: &[Head], widths: &[f32]) {
    let height = head_height(sheet, heads, widths);
    let top = sheet.y;
    sheet.fill(Rect::new(LEFT, top - height, LEFT + WIDTH, top), TINT);
    let row = table.map(|table| sheet.node(table, Tag::Tr));
    let mut x = LEFT;
    for (head, width) in heads.iter().zip(widths) {
        let node = row.map(|row| sheet.node(row, Tag::Th));
        let mut y = top - PAD + 1.0;
        for line in lines(sheet, &head.title, *width, HEAD) {
            y -= HEAD.leading();
            let at = match head.right {
                true => x + width - PAD - sheet.width(&line, HEAD),
                false => x + PAD,
            };
            sheet.text(node, (at, y + HEAD.size * 0.32), &line, HEAD);
        }
        x += width;
    }
    sheet.y = top - height;
    sheet.rule(Sheet::across(), sheet.y, 0.8, NAVY);
}

/// Widths that fill the line: numbers and days take what they need, texts share the rest.
fn widths(sheet: &Sheet, heads: &[Head], rows: &[Vec<Piece>]) -> Vec<f32> {
    let mut least = Vec::new();
    let mut wanted = Vec::new();
    for (index, head) in heads.iter().enumerate() {
        let cells: Vec<&Piece> = rows.iter().filter_map(|row| row.get(index)).collect();
        let texts: Vec<(&str, Style)> = cells.iter().flat_map(|piece| piece.texts()).collect();
        let is_spark = cells.iter().any(|piece| matches!(piece, Piece::Spark { .. }));
        let words = texts
            .iter()
            .flat_map(|(text, style)| text.split_whitespace().map(|word| (word, *style)));
        let words = words.chain(head.title.split_whitespace().map(|word| (word, HEAD)));
        let longest = words.map(|(word, style)| sheet.width(word, style)).fold(0.0, f32::max);
        let whole = texts
            .iter()
            .map(|(text, style)| sheet.width(text, *style))
            .fold(longest, f32::max);
        let spark = if is_spark { SPARK.0 } else { 0.0 };
        // Numbers and short words stay on one line; a rounding must not break them.
        let kept = if head.right || whole < 76.0 {
            whole
        } else {
            longest.min(120.0)
        };
        least.push(kept.max(spark) + 2.0 * PAD + 0.5);
        wanted.push(whole.max(spark) + 2.0 * PAD + 0.5);
    }
    share(&least, &wanted)
}

fn share(least: &[f32], wanted: &[f32]) -> Vec<f32> {
    let (low, high): (f32, f32) = (least.iter().sum(), wanted.iter().sum());
    if low >= WIDTH {
        return least.iter().map(|width| width * WIDTH / low).collect();
    }
    if high <= WIDTH {
        // Half of what is left goes to the first column, where the names are, the rest to all others.
        let left = WIDTH - high;
        let each = left / 2.0 / (wanted.len().max(2) - 1) as f32;
        let mut widths: Vec<f32> = wanted.iter().map(|width| width + each).collect();
        if let Some(first) = widths.first_mut() {
            *first += WIDTH - (high + each * wanted.len() as f32);
        }
        return widths;
    }
    let part = (WIDTH - low) / (high - low);
    let give = |(least, wanted): (&f32, &f32)| least + (wanted - least) * part;
    least.iter().zip(wanted).map(give).collect()
}
