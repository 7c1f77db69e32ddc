//! Numbers and dates as people write them, Indonesian and English.

use super::Words;
use chrono::{Datelike, NaiveDate};

const BULAN: [&str; 12] = [
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
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day: `3 Agustus 2026`, `3 August 2026`.
pub(super) fn day(day: NaiveDate) -> Words {
    let in_words = |months: [&str; 12]| {
        let month = months.get(day.month0() as usize).copied().unwrap_or_default();
        format!("{} {month} {}", day.day(), day.year())
    };
    Words::of(in_words(BULAN), in_words(MONTHS))
}

/// A number with at most one decimal: `1.234,5`, `1,234.5`.
pub(super) fn number(value: f64) -> Words {
    let rounded = format!("{value:.1}");
    let (whole, tenth) = rounded.split_once('.').unwrap_or((&rounded, "0"));
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let with = |group: char, point: char| {
        let mut text = sign.to_owned();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(group);
            }
            text.push(digit);
        }
        if tenth != "0" {
            text.push(point);
            text.push_str(tenth);
        }
        text
    };
    Words::of(with('.', ','), with(',', '.'))
}

/// A sentence: a capital at its beginning and a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), chars.as_str())
}
