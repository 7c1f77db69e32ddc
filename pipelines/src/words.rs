//! Numbers and days as people write them, Indonesian and English.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Indonesian.
    #[default]
    Id,
    /// English.
    En,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }
}

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

/// The name of the month of a day.
pub fn month(language: Language, day: NaiveDate) -> &'static str {
    let months = match language {
        Language::Id => BULAN,
        Language::En => MONTHS,
    };
    months.get(day.month0() as usize).copied().unwrap_or_default()
}

/// A day in words, such as `3 Maret 2026`.
pub fn date(language: Language, day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), month(language, day), day.year())
}

/// A number with so many decimals; without a word on it, none of whole and large numbers and one of others. Indonesian
/// has a comma before them and points between thousands, English the other way round.
pub fn number(language: Language, x: f64, decimals: Option<usize>) -> String {
    let usual = usize::from(x.abs() < 100.0 && (x - x.round()).abs() > 1e-9);
    let digits = format!("{:.*}", decimals.unwrap_or(usual), x.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let (thousands, point) = match language {
        Language::Id => ('.', ','),
        Language::En => (',', '.'),
    };
    let mut text = String::new();
    // What rounds to zero has no sign.
    if x < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push('-');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_has_them() {
        let id = |x, decimals| number(Language::Id, x, decimals);
        assert_eq!(id(1_234_567.0, None), "1.234.567");
        assert_eq!(id(12.34, None), "12,3");
        assert_eq!(id(12.0, None), "12");
        assert_eq!(id(123.4, None), "123");
        assert_eq!(id(-0.04, Some(1)), "0,0");
        assert_eq!(id(-1234.5, Some(2)), "-1.234,50");
        assert_eq!(number(Language::En, 1234.5, Some(1)), "1,234.5");
        assert_eq!(
            date(Language::Id, NaiveDate::from_ymd_opt(2026, 8, 3).unwrap()),
            "3 Agustus 2026"
        );
        assert_eq!(
            date(Language::En, NaiveDate::from_ymd_opt(2026, 8, 3).unwrap()),
            "3 August 2026"
        );
    }
}
