//! Texts in both languages; numbers, days and moments as people write them.

use super::week::{in_wib, today};
use crate::words;
pub use crate::words::Language as Lang;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReportText)]
pub struct Text {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

impl Text {
    /// One of both.
    pub fn of(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            en: en.into(),
        }
    }

    /// In a language.
    pub fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::Id => &self.id,
            Lang::En => &self.en,
        }
    }
}

impl From<(&str, &str)> for Text {
    fn from((id, en): (&str, &str)) -> Self {
        Self::of(id, en)
    }
}

/// What a figure counts or measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ReportUnit)]
pub enum Unit {
    /// Percent, 0 to 100.
    Persen,
    /// Visits of patients.
    Kunjungan,
    /// Visitors of an office.
    Pengunjung,
    /// Cases of a disease.
    Kasus,
    /// Minutes.
    Menit,
    /// Hours.
    Jam,
    /// An index of 25 to 100.
    Indeks,
    /// Letters.
    Surat,
    /// Complaints.
    Pengaduan,
    /// Stars, 1 to 5.
    Bintang,
    /// A mean of counts.
    Rata,
    /// Anything that is counted.
    Bilangan,
}

impl Unit {
    /// Decimals that are worth writing.
    pub fn digits(self) -> usize {
        match self {
            Self::Persen | Self::Menit | Self::Jam | Self::Rata => 1,
            Self::Indeks | Self::Bintang => 2,
            _ => 0,
        }
    }

    /// The words behind a number, with the space before them.
    fn sign(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Self::Persen, _) => "%",
            (Self::Kunjungan, Lang::Id) => " kunjungan",
            (Self::Kunjungan, Lang::En) => " visits",
            (Self::Pengunjung, Lang::Id) => " pengunjung",
            (Self::Pengunjung, Lang::En) => " visitors",
            (Self::Kasus, Lang::Id) => " kasus",
            (Self::Kasus, Lang::En) => " cases",
            (Self::Menit, Lang::Id) => " menit",
            (Self::Menit, Lang::En) => " min",
            (Self::Jam, Lang::Id) => " jam",
            (Self::Jam, Lang::En) => " h",
            (Self::Surat, Lang::Id) => " surat",
            (Self::Surat, Lang::En) => " letters",
            (Self::Pengaduan, Lang::Id) => " pengaduan",
            (Self::Pengaduan, Lang::En) => " complaints",
            (Self::Bintang, Lang::Id) => " dari 5",
            (Self::Bintang, Lang::En) => " of 5",
            (Self::Indeks | Self::Rata | Self::Bilangan, _) => "",
        }
    }

    /// A number without the words: `1.204`, `4,2`.
    pub fn number(self, value: f64, lang: Lang) -> String {
        number(value, self.digits(), lang)
    }

    /// A number with its unit: `4,2%`, `1.204 kunjungan`.
    pub fn measure(self, value: f64, lang: Lang) -> String {
        format!("{}{}", self.number(value, lang), self.sign(lang))
    }

    /// A change with its sign; percentages change by points. What rounds to nothing has none.
    pub fn change(self, value: f64, lang: Lang) -> String {
        let value = self.rounded(value);
        let plus = if value > 0.0 { "+" } else { "" };
        let points = match (self, lang) {
            (Self::Persen, Lang::Id) => " poin",
            (Self::Persen, Lang::En) => " points",
            _ => "",
        };
        format!("{plus}{}{points}", self.number(value, lang))
    }

    /// As it is written, so that a change which nobody sees is none.
    pub fn rounded(self, value: f64) -> f64 {
        rounded(value, self.digits())
    }
}

/// Halves go away from zero, as people round. Never minus zero.
fn rounded(value: f64, digits: usize) -> f64 {
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
    (value * scale).round() / scale + 0.0
}

/// A number with `digits` decimals: `1.234,5`, `1,234.5`. The minus is a hyphen, which every reader reads.
pub fn number(value: f64, digits: usize, lang: Lang) -> String {
    words::number(lang, rounded(value, digits), Some(digits))
}

/// A day: `3 Agustus 2026`.
pub fn day(day: NaiveDate, lang: Lang) -> String {
    words::date(lang, day)
}

/// A day in a table: `3 Agt 2026`.
pub fn short_day(day: NaiveDate, lang: Lang) -> String {
    let name = words::month(lang, day);
    let short = match (lang, day.month()) {
        (Lang::Id, 8) => "Agt",
        _ => name.get(..3).unwrap_or(name),
    };
    format!("{} {short} {}", day.day(), day.year())
}

/// A month: `Agustus 2026`.
pub fn month(day: NaiveDate, lang: Lang) -> String {
    format!("{} {}", words::month(lang, day), day.year())
}

/// Days from one to another, saying month and year once where they are the same.
pub fn range(from: NaiveDate, to: NaiveDate, lang: Lang) -> String {
    let end = day(to, lang);
    if from.year() != to.year() {
        format!("{} – {end}", day(from, lang))
    } else if from.month() != to.month() {
        format!("{} {} – {end}", from.day(), words::month(lang, from))
    } else if from.day() != to.day() {
        format!("{}–{end}", from.day())
    } else {
        end
    }
}

/// A moment: `23 November 2026 pukul 06.00 WIB`.
pub fn moment(at: DateTime<Utc>, lang: Lang) -> String {
    let (date, time) = (day(today(at), lang), in_wib(at));
    match lang {
        Lang::Id => format!("{date} pukul {:02}.{:02} WIB", time.hour(), time.minute()),
        Lang::En => format!("{date}, {:02}:{:02} WIB (UTC+7)", time.hour(), time.minute()),
    }
}
