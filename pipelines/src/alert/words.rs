//! Numbers, days and sentences in both languages.

use super::Words;
use crate::words::{self, Language, date};
use chrono::NaiveDate;

/// A day: `3 Agustus 2026`, `3 August 2026`.
pub(super) fn day(day: NaiveDate) -> Words {
    Words::of(date(Language::Id, day), date(Language::En, day))
}

/// A number with at most one decimal: `1.234,5`, `1,234.5`.
pub(super) fn number(value: f64) -> Words {
    let decimals = usize::from((value * 10.0).round() % 10.0 != 0.0);
    let said = |language| words::number(language, value, Some(decimals));
    Words::of(said(Language::Id), said(Language::En))
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
