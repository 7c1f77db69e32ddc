//! The split in one sentence, Indonesian and English, from the same figures.

use super::{Attribution, Part};
use crate::words::{Language, number};
use serde::{Deserialize, Serialize};

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentences {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// A part that is smaller than this share of the change is not worth a word.
const WORTH: f64 = 0.05;

/// The sentence about `what` (the service and its place, as in "antrean KTP di MPP").
pub fn sentences(what: &str, split: &Attribution) -> Sentences {
    let percent = |visits: f64| 100.0 * visits / split.before.max(1.0);
    let up = split.change >= 0.0;
    let (id, en) = (
        parts(
            split,
            Language::Id,
            [
                "kalender dan penduduk",
                "dilayani di tempat lain",
                "kunjungan ulang",
                "belum dapat dijelaskan",
            ],
        ),
        parts(
            split,
            Language::En,
            [
                "calendar and population",
                "served elsewhere",
                "repeat visits",
                "not explained",
            ],
        ),
    );
    Sentences {
        id: format!(
            "Kunjungan {what} {} {} ({} %): {}.",
            if up { "naik" } else { "turun" },
            number(Language::Id, split.change.abs(), Some(0)),
            number(Language::Id, percent(split.change).abs(), Some(1)),
            join(&id, "tidak ada perubahan yang berarti"),
        ),
        en: format!(
            "Visits of {what} {} by {} ({} %): {}.",
            if up { "rose" } else { "fell" },
            number(Language::En, split.change.abs(), Some(0)),
            number(Language::En, percent(split.change).abs(), Some(1)),
            join(&en, "no change worth mentioning"),
        ),
    }
}

/// The parts worth a word, largest first: name, signed share of the change.
fn parts(split: &Attribution, language: Language, names: [&'static str; 4]) -> Vec<String> {
    let all = [split.calendar, split.elsewhere, split.repeats, split.unexplained];
    let scale = split.change.abs().max(1.0);
    let mut told: Vec<(&str, Part)> = names.into_iter().zip(all).collect();
    told.retain(|(_, part)| part.visits.abs() >= WORTH * scale);
    told.sort_by(|a, b| b.1.visits.abs().total_cmp(&a.1.visits.abs()));
    told.into_iter()
        .map(|(name, part)| {
            let [visits, low, high] = [part.visits, part.low, part.high].map(|visits| signed(language, visits));
            format!("{name} {visits} ({low}..{high})")
        })
        .collect()
}

/// Whole visits with their sign.
fn signed(language: Language, visits: f64) -> String {
    let plus = if visits < 0.0 { "" } else { "+" };
    format!("{plus}{}", number(language, visits, Some(0)))
}

fn join(parts: &[String], none: &str) -> String {
    if parts.is_empty() {
        none.to_owned()
    } else {
        parts.join("; ")
    }
}
