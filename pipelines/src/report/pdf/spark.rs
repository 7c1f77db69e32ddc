//! A trend as a small line: a gap where a period is not known, a dot at its end.

use super::{
    sheet::{Sheet, Tag},
    style::{Colour, NAVY},
};
use pdf_writer::{
    Content, Rect,
    types::{LineCapStyle, LineJoinStyle},
};

/// Draws `values`, oldest first, within `area`, as a picture that `alt` describes. Fewer than two values show nothing.
pub(super) fn draw(sheet: &mut Sheet, parent: usize, area: Rect, values: &[Option<f64>], alt: &str) {
    let known: Vec<f64> = values.iter().flatten().copied().collect();
    if known.len() < 2 {
        return;
    }
    let (low, high) = known.iter().fold((f64::MAX, f64::MIN), |(low, high), value| {
        (low.min(*value), high.max(*value))
    });
    let last = (values.len() - 1).max(1) as f32;
    let spread = (high - low).max(f64::EPSILON);
    let at = |(index, value): (usize, &Option<f64>)| {
        let value = (*value)?;
        // A series that does not move runs through the middle.
        let share = if high > low { (value - low) / spread } else { 0.5 };
        let x = area.x1 + (area.x2 - area.x1) * index as f32 / last;
        Some((x, area.y1 + (area.y2 - area.y1) * share as f32))
    };
    let points: Vec<Option<(f32, f32)>> = values.iter().enumerate().map(at).collect();
    let node = sheet.node(parent, Tag::Figure);
    if let Some(found) = sheet.tree.get_mut(node) {
        found.picture = Some((alt.to_owned(), area));
    }
    let page = sheet.page();
    sheet.marked(page, Some(node), |content| {
        stroke(content, &points);
        if let Some((x, y)) = points.iter().rev().flatten().next() {
            dot(content, *x, *y, 1.7);
        }
    });
}

fn stroke(content: &mut Content, points: &[Option<(f32, f32)>]) {
    let Colour(red, green, blue) = NAVY;
    content
        .set_stroke_rgb(red, green, blue)
        .set_fill_rgb(red, green, blue)
        .set_line_width(1.0);
    content
        .set_line_cap(LineCapStyle::RoundCap)
        .set_line_join(LineJoinStyle::RoundJoin);
    let mut before = None;
    for point in points {
        match (before, point) {
            (_, None) => {}
            (None, Some((x, y))) => {
                content.move_to(*x, *y);
            }
            (Some(()), Some((x, y))) => {
                content.line_to(*x, *y);
            }
        }
        before = point.map(|_| ());
    }
    content.stroke();
}

/// A circle of four curves.
fn dot(content: &mut Content, x: f32, y: f32, r: f32) {
    const K: f32 = 0.552_285;
    let k = K * r;
    content.move_to(x + r, y);
    content.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    content.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    content.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    content.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    content.fill_nonzero();
}
