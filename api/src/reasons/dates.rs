//! What a date pattern looks like.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use smartcenter_warehouse::contract::INDONESIAN_DATES;
use std::fmt::Write;

/// Examples that are shown.
const MOST: usize = 3;
/// Names as the pattern writes them, and as an Indonesian does, of the one day below.
const NAMES: [(&str, &str); 4] = [("July", "Juli"), ("Jul", "Jul"), ("Friday", "Jumat"), ("Fri", "Jum")];

/// 17 July 2026, 08:30, written by each pattern; some of them.
pub(super) fn examples(patterns: &[String]) -> Vec<String> {
    let day = NaiveDate::from_ymd_opt(2026, 7, 17).unwrap_or_default();
    let time = NaiveTime::from_hms_opt(8, 30, 0).unwrap_or_default();
    let moment = NaiveDateTime::new(day, time).and_utc();
    let mut examples = Vec::new();
    let patterns = patterns.iter().flat_map(|pattern| match pattern.as_str() {
        INDONESIAN_DATES => vec!["%d/%m/%Y", "%d %B %Y", "%Y-%m-%d"],
        pattern => vec![pattern],
    });
    for pattern in patterns {
        let mut text = String::new();
        if write!(text, "{}", moment.format(pattern)).is_err() {
            continue;
        }
        for (english, indonesian) in NAMES {
            text = text.replace(english, indonesian);
        }
        if !examples.contains(&text) && examples.len() < MOST {
            examples.push(text);
        }
    }
    examples
}
