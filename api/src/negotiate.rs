//! Content negotiation: which of the offered formats the `Accept` header prefers (RFC 9110, section 12.5.1).

use axum::http::{HeaderMap, header};

/// Picks from `offered` (media type and what it stands for, in our order of preference). No header means the first.
/// Among equally wanted ones the more specific range decides a type's weight, and our order decides the rest.
/// None when nothing offered is acceptable.
pub fn choose<T: Copy>(headers: &HeaderMap, offered: &[(&str, T)]) -> Option<T> {
    let mut ranges = Vec::new();
    for value in headers.get_all(header::ACCEPT) {
        ranges.extend(value.to_str().unwrap_or("*/*").split(',').filter_map(range));
    }
    if ranges.is_empty() {
        return offered.first().map(|o| o.1);
    }
    let mut best: Option<(f32, T)> = None;
    for (media, what) in offered {
        let weight = weight(&ranges, media);
        if weight > 0.0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, *what));
        }
    }
    best.map(|(_, what)| what)
}

/// A media range and its weight.
fn range(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().filter(|m| m.contains('/'))?;
    let quality = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .map_or(1.0, |(_, q)| q.trim().parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
    Some((media, quality))
}

fn weight(ranges: &[(&str, f32)], media: &str) -> f32 {
    let kind = media.split('/').next().unwrap_or_default();
    ranges
        .iter()
        .filter_map(|(range, q)| {
            let specific = match range.split_once('/') {
                _ if range.eq_ignore_ascii_case(media) => 2,
                Some((k, "*")) if k.eq_ignore_ascii_case(kind) => 1,
                Some(("*", "*")) => 0,
                _ => return None,
            };
            Some((specific, *q))
        })
        .max_by_key(|(specific, _)| *specific)
        .map_or(0.0, |(_, q)| q)
}

/// The media type of a `Content-Type` value: lower-case, without parameters.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
